import Foundation
import LinearAlgebra
import LinearModels

/// `Tests/References/linear.json`; the README.md beside it says how it was made.
struct LinearReferences: Decodable {
  struct Case: Decodable, CustomStringConvertible {
    var dataset: String
    var loss: String
    var intercept: String
    var c: Double
    var objective: Double
    var bias: Double
    var weights: [Double]

    var description: String { "\(dataset), \(loss), intercept \(intercept), C \(c)" }
  }

  var epsilon: Double
  var cases: [Case]

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func load() throws -> LinearReferences {
    let url = root.appending(path: "Tests/References/linear.json")
    return try JSONDecoder().decode(LinearReferences.self, from: Data(contentsOf: url))
  }
}

/// A data set of the repository, standardised.
struct StandardisedData {
  var features: Matrix<Double>
  /// As the file has them.
  var labels: [String]

  init(_ name: String) throws {
    let text = try String(
      contentsOf: LinearReferences.root.appending(path: "Datasets/\(name)"), encoding: .utf8)
    let records = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    let columns = records[0].indices.dropLast().map { column in
      Self.standardised(records.map { Double($0[column]) ?? .nan })
    }
    features = Matrix(rowCount: records.count, columnCount: columns.count) { columns[$1][$0] }
    labels = records.map { String($0[$0.count - 1]) }
  }

  /// The labels as numbers, standardised.
  var targets: [Double] { Self.standardised(labels.map { Double($0) ?? .nan }) }

  private static func standardised(_ values: [Double]) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return values.map { variance > 0 ? ($0 - mean) / variance.squareRoot() : 0 }
  }
}
