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
  let features: FeatureMatrix
  /// The target of all rows of the data, if it has one.
  let target: TableColumn?
  /// The row of the data of each example.
  let rows: [Int]
  /// What each example counts; `nil` for 1 each.
  let weights: [Double]?
  /// Where the examples come from, for errors.
  let file: String
  /// What errors call the model and its target.
  let modelName: String
  let targetName: String?
  /// The units in which a regression was solved.
  let targetScaling: TargetScaling?

  /// The code of each example's class.
  func codes(_ classes: [String]) throws(TabularError) -> [Int] {
    let labels = TargetClasses(try requiredTarget(), rows: rows)
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
  func centeredTargets() throws(TabularError) -> [Double] {
    let target = try requiredTarget()
    guard case .numbers(let numbers) = target.values else {
      throw TabularError(.textTarget(file: file, column: target.name))
    }
    let targets = rows.map { numbers[$0] }
    if let deviation = TargetScaling.impossibleDeviation(of: targets, weights: weights) {
      throw TabularError(.targetSpread(file: file, column: target.name, deviation: deviation))
    }
    let center = targetScaling?.center ?? 0
    return targets.map { $0 - center }
  }

  private func requiredTarget() throws(TabularError) -> TableColumn {
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
  static let tubeWidth = member("tubeWidth", "ε of a regression; with ν the one that was found")
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
