import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// How good a model's predictions are on a file of labelled rows.
public struct TabularEvaluation: Sendable {
  /// The figures.
  public let measurement: Measurement
  /// The number of rows that were left out because a value was missing.
  public let skippedRowCount: Int
  /// Classes that occur in the file but not in the model, which can only be predicted wrongly.
  public let unknownClasses: [String]
  /// How many entries of LIBSVM text had an index beyond the model's features.
  public let ignoredEntryCount: Int
  /// How long reading the rows took: text to features and targets.
  public let readingTime: Duration
  /// How long predicting took: features to classes or numbers, the model's preparation for its first
  /// prediction included, and nothing else.
  public let predictionTime: Duration
}

extension TabularModel {
  /// Predicts labelled rows and compares with their targets, in bounded memory.
  ///
  /// A class that the model does not know counts as predicted wrongly, and is told in the result.
  ///
  /// - Parameters:
  ///   - source: The rows, in the kind of text that the model was trained on, with the target.
  ///   - options: What is known about the text.
  ///   - weight: A column that says how much each row counts, or `nil` for all alike.
  ///   - threads: The number of threads, or `nil` for one on each core.
  ///   - modelName: What messages call the model.
  /// - Returns: The figures.
  /// - Throws: `TableError`, `ModelError`, ``TabularError/noPreprocessing(model:)``, or
  ///   ``TabularError/nothingToMeasure(model:)`` of a model that finds components.
  public func evaluate(
    reading source: ByteSource, options: TextOptions = TextOptions(), weight: String? = nil,
    threads: Int? = nil, modelName: String = "model"
  ) throws -> TabularEvaluation {
    guard let preprocessor else { throw TabularError.noPreprocessing(model: modelName) }
    guard predictor.task != .components else {
      throw TabularError.nothingToMeasure(model: modelName)
    }
    var reader = try BatchReader(
      source, preprocessor: preprocessor, options: options,
      target: predictor.task.targetUse, weight: weight,
      batchSize: TabularPredictor.batchSize(featureCount: preprocessor.featureCount),
      model: modelName)
    var skippedRowCount = 0
    var readingTime = Duration.zero
    var predictionTime = Duration.zero
    func next() throws -> FeatureBatch? {
      let begin = ContinuousClock.now
      defer { readingTime += ContinuousClock.now - begin }
      return try reader.next()
    }
    func timed<Result>(_ predict: () throws -> Result) rethrows -> Result {
      let begin = ContinuousClock.now
      defer { predictionTime += ContinuousClock.now - begin }
      return try predict()
    }
    var meter = try Meter(predictor, calibration, isDetailed: true)
    while let batch = try next() {
      let predictions = try timed {
        try Predictions(
          predictor, calibration, batch.features, withDecisions: meter.needsDecisions,
          threads: threads)
      }
      try meter.add(predictions, batch)
      skippedRowCount += batch.skippedRows.count
    }
    return TabularEvaluation(
      measurement: try meter.measurement(on: .evaluation),
      skippedRowCount: skippedRowCount, unknownClasses: meter.unknownClasses,
      ignoredEntryCount: reader.ignoredEntryCount, readingTime: readingTime,
      predictionTime: predictionTime)
  }
}

extension Meter {
  /// Counts a batch's predictions against its targets.
  fileprivate mutating func add(_ predictions: Predictions, _ batch: FeatureBatch) throws {
    let rows = batch.completeRows
    let weights = batch.weights.map { weights in rows.map { weights[$0] } }
    switch batch.targets {
    case .texts(let targets)?:
      try add(predictions, classes: rows.map { code(of: targets[$0]) }, weights: weights)
    case .numbers(let targets)?:
      try add(predictions, numbers: rows.map { targets[$0] }, weights: weights)
    case nil: add(predictions, weights: weights)
    }
  }
}

extension LearningTask {
  /// What is read of a column that is known beforehand.
  fileprivate var targetUse: TargetUse {
    switch self {
    case .classification: .texts
    case .regression: .numbers
    case .novelty, .components: .ignored
    }
  }
}

extension FeatureBatch {
  /// The rows that have features, ascending.
  fileprivate var completeRows: [Int] {
    guard !skippedRows.isEmpty else { return Array(0..<rowCount) }
    let skipped = Set(skippedRows)
    return (0..<rowCount).filter { !skipped.contains($0) }
  }
}
