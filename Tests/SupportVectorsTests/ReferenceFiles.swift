import Foundation
import Kernels
import LinearAlgebra

/// A file of `Tests/References`; its README.md says what the numbers mean and how they were made.
struct ReferenceFile: Decodable {
  struct Case: Decodable {
    var kernel: String
    var parameters: Parameters
    var c: Double
    var epsilon: Double?
    var optimum: Answer
    var libsvm: [String: Answer]
  }

  struct Parameters: Decodable {
    var gamma: Double?
    var degree: Int?
    var coef0: Double?
  }

  struct Answer: Decodable {
    var problems: [Problem]
    var rows: [Int]?
    var decisionValues: [[Double]]
    /// Indices of classes, or predicted targets.
    var predictions: [Double]
    var doubtfulRows: [Int]?
  }

  struct Problem: Decodable {
    var classes: [String]?
    var dualObjective: Double
    var bias: Double
    var supportVectors: Int
  }

  var dataset: String
  /// Sorted class names; none for regression.
  var classes: [String]?
  /// `standardised` when the regression's target was shifted and scaled.
  var target: String?
  var cases: [Case]

  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  init(named name: String) throws {
    let url = Self.root.appending(path: "Tests/References/\(name).json")
    self = try JSONDecoder().decode(ReferenceFile.self, from: Data(contentsOf: url))
  }

  /// The standardised features and the targets of the file's data set.
  func examples() throws -> (features: Matrix<Double>, targets: [String]) {
    let text = try String(
      contentsOf: Self.root.appending(path: "Datasets/\(dataset)"), encoding: .utf8)
    let records = text.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    let columns = try records[0].indices.dropLast().map { column in
      standardised(try records.map { try number($0[column]) })
    }
    let features = Matrix(rowCount: records.count, columnCount: columns.count) { row, column in
      columns[column][row]
    }
    return (features, records.map { String($0[$0.count - 1]) })
  }

  /// The targets of a regression as numbers, standardised where the references are.
  func numericTargets(_ targets: [String]) throws -> [Double] {
    let values = try targets.map { try number($0[...]) }
    return target == "standardised" ? standardised(values) : values
  }

  struct NotANumber: Error {
    var text: String
  }

  private func number(_ text: Substring) throws -> Double {
    guard let value = Double(text) else { throw NotANumber(text: String(text)) }
    return value
  }

  /// Mean 0 and variance 1 with the divisor n; a constant column becomes 0.
  private func standardised(_ values: [Double]) -> [Double] {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let deviation = variance.squareRoot()
    return values.map { deviation == 0 ? 0 : ($0 - mean) / deviation }
  }
}

extension ReferenceFile.Case: CustomStringConvertible {
  var description: String {
    "\(kernel), coef0 \(parameters.coef0 ?? 0), C \(c)" + (epsilon.map { ", epsilon \($0)" } ?? "")
  }

  /// The kernel with gamma as the reference has it, or with the rule that should give the same.
  func kernelFunction(gamma: Gamma) -> Kernel? {
    switch kernel {
    case "linear": .linear
    case "polynomial":
      .polynomial(
        degree: parameters.degree ?? 3, gamma: gamma, constantTerm: parameters.coef0 ?? 0)
    case "gaussian": .gaussian(gamma: gamma)
    case "laplacian": .laplacian(gamma: gamma)
    case "laplacian-l1": .laplacianL1(gamma: gamma)
    default: nil
    }
  }
}
