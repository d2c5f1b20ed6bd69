import Foundation
import KernelMethods

/// `Tests/References/kernel-methods.json`; its README.md says how it was made.
struct MethodReferences: Decodable {
  struct Parameters: Decodable {
    var gamma: Double?
    var degree: Int?
    var coef0: Double?
  }

  struct Ridge: Decodable, CustomStringConvertible {
    var kernel: String
    var parameters: Parameters
    var lambda: Double
    var weighted: Bool
    var coefficients: [Double]
    var predictions: [Double]

    var description: String { "\(kernel), λ \(lambda), weighted \(weighted)" }
  }

  struct Components: Decodable, CustomStringConvertible {
    var dataset: String
    var kernel: String
    var parameters: Parameters
    var eigenvalues: [Double]
    var scores: [[Double]]

    var description: String { "\(dataset), \(kernel)" }
  }

  struct Nystroem: Decodable, CustomStringConvertible {
    var kernel: String
    var parameters: Parameters
    var landmarks: [Int]
    var features: [[Double]]

    var description: String { kernel }
  }

  struct NotANumber: Error {}

  var ridge: [Ridge]
  var components: [Components]
  var nystroem: [Nystroem]

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  init() throws {
    let url = Self.root.appending(path: "Tests/References/kernel-methods.json")
    self = try JSONDecoder().decode(MethodReferences.self, from: Data(contentsOf: url))
  }

  /// A data set of this repository: standardised features, and the last column.
  static func examples(_ name: String) throws -> (features: Matrix<Double>, targets: [String]) {
    let text = try String(
      contentsOf: root.appending(path: "Datasets/\(name).csv"), encoding: .utf8)
    let records = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    let columns = try records[0].indices.dropLast().map { column in
      let values = try records.map { record in
        guard let value = Double(record[column]) else { throw NotANumber() }
        return value
      }
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let deviation =
        (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
      return values.map { deviation == 0 ? 0 : ($0 - mean) / deviation }
    }
    return (
      Matrix(rowCount: records.count, columnCount: columns.count) { columns[$1][$0] },
      records.map { String($0[$0.count - 1]) }
    )
  }
}

/// The kernel of a reference.
func referenceKernel(_ name: String, _ parameters: MethodReferences.Parameters) -> Kernel {
  let gamma = Gamma.value(parameters.gamma ?? 1)
  return switch name {
  case "linear": .linear
  case "gaussian": .gaussian(gamma: gamma)
  case "laplacian-l1": .laplacianL1(gamma: gamma)
  default:
    .polynomial(
      degree: parameters.degree ?? 3, gamma: gamma, constantTerm: parameters.coef0 ?? 0)
  }
}
