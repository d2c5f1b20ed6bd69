import LinearAlgebra
import SupportVectors
import Tables

/// A support vector machine that keeps its dual variables, from which its certificates are recomputed.
package protocol DualVariableModel: TrainedModel {
  /// The support vectors, their coefficients and biases.
  var expansion: KernelExpansion { get set }
  /// Whether the training examples had weights of their own.
  var usesExampleWeights: Bool { get }
  /// The number of training examples that were left out for their weight of 0.
  var excludedCount: Int { get }

  /// Recomputes in Double how well the model solves its problem.
  ///
  /// - Parameters:
  ///   - examples: The training examples.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: One for each problem, in the order of the biases.
  /// - Throws: `TabularError` when the examples cannot be those of the training; `ModelError`.
  func certificates(_ examples: VerifiedExamples, threads: Int?) throws -> [Certificate]
}

/// Data as a model's training saw it.
package struct VerifiedExamples {
  /// The features.
  let examples: ExampleSet
  /// What the examples were to be predicted as.
  let target: Target
  /// What each example counts; `nil` for 1 each.
  let weights: [Double]?
  /// Where the examples come from, for errors.
  let file: String
  /// What errors call the model and its target.
  let modelName: String
  let targetName: String?
  /// The units in which a regression was solved.
  let targetScaling: TargetScaling?

  /// Where targets come from.
  enum Target {
    /// A column of data, if they have one, and the rows that the examples are.
    case column(TableColumn?, rows: [Int])
    /// Codes of the model's classes, or numbers.
    case known(Targets)
  }

  /// The code of each example's class.
  func codes(_ classes: [String]) throws -> [Int] {
    let column: TableColumn?
    let rows: [Int]
    switch target {
    case .known(.classes(let table)): return table.codes
    case .known: throw Self.otherKind
    case .column(let found, let places): (column, rows) = (found, places)
    }
    let labels = TargetClasses(try required(column), rows: rows)
    // Names are compared as the classes that they mean: 1 and 1.0 are one.
    let index = ClassIndex(names: classes)
    let known = labels.names.map(index.code(for:))
    guard Set(known) == Set((0..<classes.count).map(Optional.some)) else {
      throw TabularError(
        .classes(file: file, found: labels.names, model: modelName, expected: classes))
    }
    return labels.codes.map { known[$0] ?? 0 }
  }

  /// The numbers that a regression learned, with their center at 0 where training moved it there.
  func centeredTargets() throws -> [Double] {
    let center = targetScaling?.center ?? 0
    let column: TableColumn
    let rows: [Int]
    switch target {
    case .known(.numbers(let numbers)): return numbers.map { $0 - center }
    case .known: throw Self.otherKind
    case .column(let found, let places): (column, rows) = (try required(found), places)
    }
    guard case .numbers(let numbers) = column.values else {
      throw TabularError(.textTarget(file: file, column: column.name))
    }
    let targets = rows.map { numbers[$0] }
    if let deviation = TargetScaling.impossibleDeviation(of: targets, weights: weights) {
      throw TabularError(.targetSpread(file: file, column: column.name, deviation: deviation))
    }
    return targets.map { $0 - center }
  }

  private static let otherKind = TrainingError.notTheTrainingData(
    "its targets are of another kind than the model's")

  private func required(_ target: TableColumn?) throws(TabularError) -> TableColumn {
    guard let target else {
      throw TabularError(.noTarget(file: file, model: modelName, name: targetName))
    }
    return target
  }
}

// MARK: In model files

extension StoredField {
  /// ν.
  static let nu = member("nu", "ν, or null where another program trained the model")
  /// ε.
  static let epsilon = member("tubeWidth", "ε of a regression; with ν the one that was found")
  fileprivate static let exampleWeights = optionalMember(
    "exampleWeights", "whether rows had individual weights; false when absent")
  fileprivate static let excludedRows = optionalMember(
    "excludedRows", "training rows left out for their weight of 0; 0 when absent")
}

extension DualVariableModel {
  /// What a file holds of every such model.
  static var storedDualFields: [StoredField] {
    KernelExpansion.storedFields + [.exampleWeights, .excludedRows]
  }

  /// Writes what every such model has.
  func encodeDualVariables(to writer: inout ModelWriter) {
    expansion.encode(to: &writer)
    writer.store(.bool(usesExampleWeights), as: .exampleWeights)
    writer.store(.integer(excludedCount), as: .excludedRows)
  }
}

extension ModelReader {
  /// Whether training rows had weights, and how many were left out for theirs.
  func weighting() throws(ModelFileError) -> (isUsed: Bool, excludedCount: Int) {
    (
      try optionalMember(.exampleWeights)?.bool() ?? false,
      try optionalMember(.excludedRows)?.integer(in: 0...Int.max) ?? 0
    )
  }
}
