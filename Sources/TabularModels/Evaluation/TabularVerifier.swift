import Kernels
import LinearAlgebra
import SupportVectors
import Tables
import Transport

/// Certificates that were recomputed from a stored model and its training data.
public struct TabularVerification: Sendable {
  /// One for each pair of classes, in the order of the model's biases, or one for a regression.
  public let certificates: [Certificate]
  /// Whether the data is, byte for byte, what the model was trained on.
  ///
  /// `nil` when the model does not say. If not, the certificates say how well the model solves the
  /// problem that this data poses.
  public let isTrainingData: Bool?
  /// What the data was read from.
  package let file: String
  /// How far the model's predictions of this data lie from those in Double.
  package let predictions: PredictionCheck
  /// Whether the model's predictions of this data agree with those in Double to the model's tolerance.
  public var predictionsAgree: Bool { predictions.isAgreed }
}

/// Predictions as a model makes them, compared with those in Double.
package struct PredictionCheck: Sendable, Equatable {
  /// The precision of the model's predictions.
  package let precision: Precision
  /// The largest difference of decision values, or of predicted numbers.
  package let largestDifference: Double
  /// The rows that get another class, or are called inliers by one alone.
  package let differingRowCount: Int
  /// The largest difference that does not matter: the model's tolerance, or 10⁻⁴ of the
  /// values' spread.
  package let allowedDifference: Double
  /// Whether the predictions agree.
  package var isAgreed: Bool { largestDifference <= allowedDifference }
}

extension TabularModel {
  /// Recomputes in Double, from the stored dual variables, how well the model solves its problem.
  ///
  /// - Parameters:
  ///   - data: The training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  ///   - modelName: What messages call the model.
  ///   - byteLimit: The most memory that the features may take, or `nil` for any.
  /// - Returns: The certificates, and whether the data is the training data.
  /// - Throws: ``TabularError`` for a model of another program, and when the data cannot be what the model was trained on: another kind
  ///   of text, another number of rows, other classes; `TableError` or `ModelError`.
  public func verify(
    _ data: TrainingData, threads: Int? = nil, modelName: String = "model",
    byteLimit: Int? = nil
  ) throws -> TabularVerification {
    try verify(data, threads: threads, modelName: modelName, byteLimit: byteLimit, ranks: nil)
  }

  /// The same on ranks that all have the data: each computes what concerns its share of the rows, and gets
  /// the result.
  ///
  /// - Parameters:
  ///   - data: The training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  ///   - modelName: What messages call the model.
  ///   - byteLimit: The most memory that the features may take, or `nil` for any.
  ///   - ranks: The ranks, or `nil` for this process alone.
  /// - Returns: The certificates, and whether the data is the training data.
  /// - Throws: As alone; `TransportError` when a rank does not answer.
  package func verify(
    _ data: TrainingData, threads: Int? = nil, modelName: String = "model", byteLimit: Int? = nil,
    ranks: (any Transport)?
  ) throws -> TabularVerification {
    let machine = try verifiable(modelName)
    let used = try examples(data, modelName: modelName, byteLimit: byteLimit)
    return try verified(
      machine, used, examples: ExampleSet(dividing: used.features, among: ranks), data.examples,
      threads: threads, modelName: modelName)
  }

  /// The same of rows that ranks have read together, each of which has the features of its own.
  ///
  /// - Throws: As for all rows in one process; of what is wrong with a row `TableError`, perhaps without its
  ///   place, which reading all rows tells.
  package func verify(
    _ data: SharedData, threads: Int? = nil, modelName: String = "model", byteLimit: Int? = nil
  ) throws -> TabularVerification {
    let machine = try verifiable(modelName)
    guard let preprocessor else { throw TabularError(.noPreprocessing(model: modelName)) }
    let used = try usedExamples(
      try data.repeated(
        by: preprocessor, hasTarget: predictor.task.hasTarget, model: modelName,
        byteLimit: byteLimit), data.examples, preprocessor, modelName: modelName)
    return try verified(
      machine, used, examples: ExampleSet(own: used.features, data.examples.transport),
      data.examples, threads: threads, modelName: modelName)
  }

  private func verified(
    _ machine: any DualVariableModel, _ used: UsedExamples, examples: ExampleSet,
    _ data: any ExampleText, threads: Int?, modelName: String
  ) throws -> TabularVerification {
    guard used.rows.count == predictor.trainingCount else {
      throw TabularError(
        .rowCount(
          file: data.file, found: used.rows.count, model: modelName,
          expected: predictor.trainingCount))
    }
    let certificates = try machine.certificates(
      VerifiedExamples(
        examples: examples, target: .column(used.target, rows: used.rows), weights: used.weights,
        file: data.file, modelName: modelName, targetName: targetName,
        targetScaling: provenance.targetScaling),
      threads: threads)
    let digest = data.digest.isEmpty ? nil : data.digest
    let isTrainingData: Bool? =
      if let digest, let expected = provenance.dataDigest { digest == expected } else { nil }
    return TabularVerification(
      certificates: certificates, isTrainingData: isTrainingData, file: data.file,
      predictions: try predictionCheck(examples, threads: threads))
  }

  /// Predicts examples as the model does, and in Double.
  private func predictionCheck(
    _ examples: ExampleSet, threads: Int?
  ) throws -> PredictionCheck {
    let features = examples.own
    let precision = predictor.servingPrecision
    var largest = 0.0
    var differing = 0
    var highest = [Double](repeating: -.infinity, count: predictor.outputCount)
    var lowest = [Double](repeating: .infinity, count: predictor.outputCount)
    if precision != .double {
      let exactPredictor = predictor.computing(in: .double)
      let size = TabularPredictor.batchSize(
        featureCount: max(predictor.featureCount, predictor.outputCount))
      for first in stride(from: 0, to: features.rowCount, by: size) {
        let part = features.gatheringRows(
          Array(first..<min(first + size, features.rowCount)))
        let own = try predictor.decisionValues(part, threads: threads)
        let exact = try exactPredictor.decisionValues(part, threads: threads)
        for (value, other) in zip(own.elements, exact.elements) {
          largest = max(largest, abs(value - other))
        }
        for row in 0..<exact.rowCount {
          for output in 0..<exact.columnCount {
            highest[output] = max(highest[output], exact[row, output])
            lowest[output] = min(lowest[output], exact[row, output])
          }
        }
        if let classifier = predictor.classifier {
          let classes = zip(
            classifier.classIndices(decisionValues: own),
            classifier.classIndices(decisionValues: exact))
          differing += classes.count { $0 != $1 }
        } else if predictor.task == .novelty {
          differing += zip(own.elements, exact.elements).count { ($0 > 0) != ($1 > 0) }
        }
      }
    }
    if let ranks = examples.ranks {
      let count = highest.count
      let maxima = try ranks.allReduceMaxima([largest] + highest + lowest.map { -$0 })
      largest = maxima[0]
      highest = Array(maxima[1..<1 + count])
      lowest = maxima[(1 + count)...].map { -$0 }
      differing = try ranks.allReduceSums([differing])[0]
    }
    let spread = zip(highest, lowest).map { $0 - $1 }.filter(\.isFinite).min() ?? 0
    return PredictionCheck(
      precision: precision, largestDifference: largest, differingRowCount: differing,
      allowedDifference: max(predictor.tolerance ?? 0, spread / 2 * 1e-4))
  }

  /// Recomputes certificates from features and from targets in the model's classes or units.
  ///
  /// - Parameters:
  ///   - examples: The training examples; codes are indices into the model's classes.
  ///   - modelName: What messages call the model.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: One for each problem.
  /// - Throws: ``TabularError`` for a model without dual variables or of another program; `TrainingError`
  ///   when these cannot be the training examples.
  package func certificates(
    _ examples: FeatureExamples, modelName: String = "model", threads: Int? = nil
  ) throws -> [Certificate] {
    try verifiable(modelName).certificates(
      VerifiedExamples(
        examples: .local(examples.features), target: .known(examples.targets),
        weights: examples.weights,
        file: examples.name, modelName: modelName, targetName: targetName,
        targetScaling: provenance.targetScaling),
      threads: threads)
  }

  /// The model, if certificates can be recomputed.
  private func verifiable(_ modelName: String) throws(TabularError) -> any DualVariableModel {
    guard let machine = predictor.model as? any DualVariableModel else {
      throw TabularError(.noDualVariables(model: modelName, formulation: predictor.formulation))
    }
    guard !predictor.isImported else { throw TabularError(.trainedElsewhere(model: modelName)) }
    return machine
  }

  /// Data as the model's training saw it.
  typealias UsedExamples = (
    features: FeatureMatrix, target: TableColumn?, rows: [Int], weights: [Double]?
  )

  /// The features, targets and weights of data as the model's training saw them.
  func examples(
    _ data: TrainingData, modelName: String, byteLimit: Int? = nil
  ) throws -> UsedExamples {
    guard let preprocessor else { throw TabularError(.noPreprocessing(model: modelName)) }
    return try usedExamples(
      try preprocessor.rows.repeated(
        data, hasTarget: predictor.task.hasTarget, model: modelName, byteLimit: byteLimit),
      data.examples, preprocessor, modelName: modelName)
  }

  private func usedExamples(
    _ repeated: RepeatedExamples, _ data: any ExampleText, _ preprocessor: Preprocessor,
    modelName: String
  ) throws -> UsedExamples {
    switch repeated {
    case .examples(let features, let target, let rows, let weights):
      return (features, target, rows, weights)
    case .noTarget:
      throw TabularError(.noTarget(file: data.file, model: modelName, name: targetName))
    case .otherFeatureCount(let count):
      throw ModelError.featureCount(found: count, expected: preprocessor.featureCount)
    case .otherKind:
      throw TabularError(
        .formatMismatch(
          file: data.file, model: modelName, modelTakesTable: preprocessor.table != nil))
    }
  }
}
