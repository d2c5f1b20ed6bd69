import Evaluation
import LinearAlgebra
import SupportVectors
import Tables
import Transport

/// How good a model's predictions are on a file of labelled rows.
public struct TabularEvaluation: Sendable {
  /// The figures.
  public let measurement: Measurement
  /// The number of rows that were left out because a value was missing.
  public let skippedRowCount: Int
  /// Classes that occur in the file but not in the model, which can only be predicted wrongly.
  package let unknownClasses: [String]
  /// Whether the file is, byte for byte, the one that the model was trained on, whose rows it has seen;
  /// `nil` when the model does not say.
  package let isTrainingData: Bool?
  /// How many entries of LIBSVM text had an index beyond the model's features.
  package let ignoredEntryCount: Int
  /// In which columns values were filled in, or categories met that training did not see.
  package let treatedColumns: [TreatedColumn]
  /// How long reading the rows took: text to features and targets.
  package let readingTime: Duration
  /// How long predicting took: features to classes or numbers, the model's preparation for its first
  /// prediction included, and nothing else.
  package let predictionTime: Duration
  /// Some of the rows with their predictions, if they were requested.
  public let rows: MeasuredRows?
}

extension TabularModel {
  /// Predicts labelled rows and compares with their targets, in bounded memory.
  ///
  /// A class that the model does not know counts as predicted wrongly, and is reported in the
  /// result.
  ///
  /// - Parameters:
  ///   - source: The rows, in the kind of text that the model was trained on, with the target.
  ///   - options: What is known about the text.
  ///   - weight: The column of row weights, or `nil` if all are equal.
  ///   - metrics: The metrics that are wanted; those that are named must fit the model.
  ///   - sampling: Which single rows to keep for curves and explanations, or `nil` for none.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: The figures.
  /// - Throws: `TableError`, `ModelError`, `MetricError`, or ``TabularError``: without preprocessing, of a model
  ///   that finds components, and when there is no row to measure on.
  public func evaluate(
    reading source: ByteSource, options: TextOptions = TextOptions(), weight: String? = nil,
    metrics: MetricChoice = .standard, sampling: RowKeeping? = nil, threads: Int? = nil
  ) throws -> TabularEvaluation {
    try evaluate(
      reading: source, options: options, weight: weight, metrics: metrics, sampling: sampling,
      Applying(threads: threads))
  }

  /// How a model is applied to rows.
  package struct Applying {
    /// The number of threads, or `nil` for one on each core.
    var threads: Int?
    /// What messages call the model.
    var modelName: String
    /// Ranks that read the same rows and predict them in turn; `nil` predicts all here.
    var ranks: (any Transport)?

    /// Collects the parts.
    package init(
      threads: Int? = nil, modelName: String = "model", ranks: (any Transport)? = nil
    ) {
      self.threads = threads
      self.modelName = modelName
      self.ranks = ranks
    }
  }

  /// The same on ranks, each of which gets the figures.
  ///
  /// - Parameters:
  ///   - source: The rows, in the kind of text that the model was trained on, with the target.
  ///   - options: What is known about the text.
  ///   - weight: The column of row weights, or `nil` if all are equal.
  ///   - metrics: The metrics that are wanted; those that are named must fit the model.
  ///   - sampling: Which single rows to keep for curves and explanations, or `nil` for none.
  ///   - applying: Threads, ranks, and the model's name.
  /// - Returns: The figures.
  /// - Throws: As alone; `TransportError` when a rank does not answer.
  package func evaluate(
    reading source: ByteSource, options: TextOptions, weight: String?, metrics: MetricChoice,
    sampling: RowKeeping?, _ applying: Applying
  ) throws -> TabularEvaluation {
    let (threads, modelName, ranks) = (applying.threads, applying.modelName, applying.ranks)
    guard let preprocessor else { throw TabularError(.noPreprocessing(model: modelName)) }
    guard predictor.task != .components else {
      throw TabularError(.nothingToMeasure(model: modelName))
    }
    try metrics.check(try MeteredPredictions(predictor, calibration).context)
    if provenance.dataDigest != nil { source.prepareForDigest() }
    var reader = try BatchReader(
      source, preprocessor: preprocessor, options: options,
      wishes: StreamWishes(
        kept: sampling == nil ? .none : .all, target: predictor.task.targetUse, weight: weight),
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
    var meter = try Meter(predictor, calibration, metrics: metrics, isDetailed: true)
    var collector = sampling.map { RowCollector(self, on: .evaluation, sampling: $0) }
    let needsDecisions = meter.needsDecisions || collector != nil
    let places = reader.places
    func predictions(of batch: FeatureBatch) throws -> Predictions {
      do {
        return try batch.naming(file: source.name, model: modelName) {
          try Predictions(
            predictor, calibration, $0, withDecisions: needsDecisions, threads: threads)
        }
      } catch let error as TabularError {
        throw error.located(in: places)
      }
    }
    var shared: SharedPredictions?
    if let ranks, collector == nil {
      let begin = ContinuousClock.now
      shared = try reader.sharedPredictions(
        of: source, options, ranks, wantsDigest: provenance.dataDigest != nil
      ) { batch in try timed { try predictions(of: batch) } }
      readingTime = ContinuousClock.now - begin - predictionTime
    }
    var waiting = BatchesInTurn(ranks: ranks, shared)
    while let (batch, predictions) = try waiting.next(
      reading: next, predicting: { batch in try timed { try predictions(of: batch) } })
    {
      let known = try meter.add(predictions, batch)
      if collector != nil {
        let (names, classNames) = (reader.keptNames, meter.classNames)
        collector?.add(
          RowCollector.Batch(
            features: batch.features, classes: known.classes, numbers: known.numbers,
            weights: known.weights, className: { classNames[$0] },
            place: { batch.lineNumbers[known.rows[$0]] },
            values: {
              zip(names, batch.kept.texts(known.rows[$0])).filter { $0.0 != targetName }
                .map { (name: $0.0, text: $0.1) }
            }), predictions)
      }
      skippedRowCount += batch.skippedRows.count
    }
    let measurement = try meter.measurement(on: .evaluation)
    guard measurement.rowCount > 0 else {
      throw TabularError(.noRowsToMeasure(file: source.name, skipped: skippedRowCount))
    }
    let isTrainingData = provenance.dataDigest.map {
      $0 == shared?.digest ?? source.finishDigest()
    }
    return TabularEvaluation(
      measurement: measurement,
      skippedRowCount: skippedRowCount, unknownClasses: meter.unknownClasses,
      isTrainingData: isTrainingData,
      ignoredEntryCount: reader.ignoredEntryCount, treatedColumns: reader.treatedColumns,
      readingTime: readingTime,
      predictionTime: predictionTime,
      rows: collector?.rows(classNames: meter.classNames, countsLines: true))
  }
}

extension Meter {
  /// Counts a batch's predictions against its targets.
  fileprivate mutating func add(
    _ predictions: Predictions, _ batch: FeatureBatch
  ) throws -> BatchTruth {
    let rows = batch.completeRows
    let weights = batch.weights.map { weights in rows.map { weights[$0] } }
    var truth = BatchTruth(rows: rows, weights: weights)
    switch batch.targets {
    case .texts(let targets)?:
      let classes = rows.map { code(of: targets[$0]) }
      try add(predictions, classes: classes, weights: weights)
      truth.classes = classes
    case .numbers(let targets)?:
      let numbers = rows.map { targets[$0] }
      try add(predictions, numbers: numbers, weights: weights)
      truth.numbers = numbers
    case nil: add(predictions, weights: weights)
    }
    return truth
  }
}

/// What is true of the rows of a batch that have features.
private struct BatchTruth {
  /// Their places in the batch.
  var rows: [Int]
  var weights: [Double]?
  var classes: [Int]?
  var numbers: [Double]?
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
