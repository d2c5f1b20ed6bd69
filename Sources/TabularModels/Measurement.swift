import Calibration
import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// How good a model's predictions are on labelled rows.
public struct Measurement: Sendable, Equatable {
  /// What was compared, counted.
  public enum Counts: Sendable, Equatable {
    /// How often each class was predicted as each.
    case classes(ConfusionMatrix)
    /// Sums of errors.
    case errors(RegressionErrors)
    /// How many rows were called unlike the training data.
    case novelty(NoveltyFlags)
  }

  /// What was compared, counted.
  public let counts: Counts
  /// How good the probabilities are, of a model that has some.
  public let probabilities: ProbabilityScores?
  /// How often intervals of ``coverage`` held the target, of a model that has some.
  public let intervals: IntervalCoverage?
  /// `matthewsCorrelation` and, of two classes, `rocAUC` and `averagePrecision`, the decision value being
  /// the score of the later class; empty unless they were asked for.
  public let details: [Metric]
  /// How sure the figures are, by name: 95 % bootstrap intervals.
  ///
  /// Empty unless details were asked for; a figure that does not vary when rows are drawn again has none.
  public let confidence: [String: ConfidenceInterval]
  /// The rows that were measured.
  public let set: Metric.MeasuredSet

  /// The coverage of the intervals that are measured.
  public static let coverage = 0.9

  /// Accuracy and its kin, or the root of the mean squared error and its kin.
  public var metrics: [Metric] {
    let metrics =
      switch counts {
      case .classes(let confusion): confusion.metrics(on: set)
      case .errors(let errors): errors.metrics(on: set)
      case .novelty(let flags): flags.metrics(on: set)
      }
    return metrics + details + (probabilities?.metrics(on: set) ?? [])
      + (intervals?.metrics(on: set) ?? [])
  }

  /// The number of rows that were counted.
  public var rowCount: Int {
    switch counts {
    case .classes(let confusion): confusion.rowCount
    case .errors(let errors): errors.rowCount
    case .novelty(let flags): flags.rowCount
    }
  }
}

extension Measurement {
  /// Predicts features and compares with their targets; `nil` when there is nothing to compare.
  ///
  /// - Throws: ``TrainingInterrupted`` when it is to stop.
  init?(
    _ predictor: TabularModel.Predictor, _ calibration: ModelCalibration?,
    features: FeatureMatrix, targets: Targets, weights: [Double]?, set: Metric.MeasuredSet,
    threads: Int?, stopping: () -> Bool
  ) throws {
    guard predictor.task != .components else { return nil }
    let predictions = try Predictions(
      predictor, calibration, features, withDecisions: false, threads: threads, stopping: stopping)
    try self.init(
      predictor, calibration, predictions: predictions, targets: targets, weights: weights, set: set
    )
  }

  /// Compares predictions with their targets; `nil` when there is nothing to compare.
  init?(
    _ predictor: TabularModel.Predictor, _ calibration: ModelCalibration?,
    predictions: Predictions, targets: Targets, weights: [Double]?, set: Metric.MeasuredSet
  ) throws {
    guard predictor.task != .components else { return nil }
    var meter = try Meter(predictor, calibration)
    switch targets {
    case .classes(let names, let codes):
      // A part of the data may lack a class of the whole.
      let codeOfName = names.map { meter.code(of: $0) }
      try meter.add(predictions, classes: codes.map { codeOfName[$0] }, weights: weights)
    case .numbers(let numbers): try meter.add(predictions, numbers: numbers, weights: weights)
    case .none: meter.add(predictions, weights: weights)
    }
    self = try meter.measurement(on: set)
  }
}

/// Compares predictions with targets, batch after batch.
struct Meter {
  private let calibration: ModelCalibration?
  private let index: ClassIndex?
  /// The classes of the model, and then those that only the data has.
  private var names: [String]
  private let knownCount: Int
  private var codeOfUnknown: [String: Int] = [:]
  /// Rows and their weights, for each actual and predicted class.
  private var cells: [[(rows: Int, weight: Double)]]
  private var probabilities: ProbabilityScores?
  private var intervals: IntervalCoverage?
  private var errors = RegressionErrors()
  private var flags = NoveltyFlags()
  private let task: LearningTask
  private let halfWidth: Double
  private let isDetailed: Bool
  private var ranking: Ranking?
  /// What intervals are computed from; only kept for details.
  private var sample = IntervalSample()

  /// Scores of two classes, for figures that need all of them together.
  private struct Ranking {
    var scores: [Double] = []
    var isPositive: [Bool] = []
    var weights: [Double] = []

    /// Sorting more rows would take more memory and time than the figures are worth.
    static let mostRows = 10_000_000
  }

  /// Begins to count for a model.
  ///
  /// - Parameters:
  ///   - predictor: What predicts.
  ///   - calibration: What it knows of how sure it is.
  ///   - isDetailed: Whether ``Measurement/details`` are asked for; of two classes they need decision
  ///     values.
  /// - Throws: `CalibrationError` or `EvaluationError`.
  init(
    _ predictor: TabularModel.Predictor, _ calibration: ModelCalibration?, isDetailed: Bool = false
  ) throws {
    self.calibration = calibration
    self.isDetailed = isDetailed
    ranking = isDetailed && predictor.classifier?.classes.count == 2 ? Ranking() : nil
    task = predictor.task
    let classes = predictor.classifier?.classes ?? []
    index = classes.isEmpty ? nil : ClassIndex(names: classes)
    names = classes
    knownCount = classes.count
    cells = Array(repeating: Array(repeating: (0, 0), count: classes.count), count: classes.count)
    switch calibration {
    case .classes(let calibration)?:
      probabilities =
        calibration.classCount > 1 ? try ProbabilityScores(classCount: calibration.classCount) : nil
      halfWidth = 0
    case .intervals(let calibrated)?:
      intervals = IntervalCoverage()
      halfWidth = try calibrated.halfWidth(coverage: Measurement.coverage)
    case .quantiles?, nil: halfWidth = 0
    }
  }

  /// The number of an actual class; classes that the model does not know get numbers beyond its own.
  mutating func code(of name: String) -> Int {
    if let code = index?.code(for: name) ?? codeOfUnknown[name] { return code }
    let code = names.count
    codeOfUnknown[name] = code
    names.append(name)
    cells.append(Array(repeating: (0, 0), count: knownCount))
    return code
  }

  /// Whether predictions are to come with decision values.
  var needsDecisions: Bool { ranking != nil }

  /// Counts predicted classes against actual ones.
  mutating func add(
    _ predictions: Predictions, classes: [Int], weights: [Double]?
  ) throws {
    for (row, actual) in classes.enumerated() {
      let weight = weights?[row] ?? 1
      guard weight > 0 else { continue }
      cells[actual][predictions.classIndices[row]].rows += 1
      cells[actual][predictions.classIndices[row]].weight += weight
      if let found = predictions.probabilities {
        try probabilities?.add(
          probabilities: found.row(row), actual: actual < knownCount ? actual : nil,
          weight: weight)
      }
      if let decisions = predictions.decisions { rank(decisions, row, actual, weight) }
      if isDetailed { keep(predictions, row, actual, weight) }
    }
  }

  /// Keeps what intervals are computed from.
  private mutating func keep(
    _ predictions: Predictions, _ row: Int, _ actual: Int, _ weight: Double
  ) {
    var loss: (log: Double, brier: Double)?
    if let found = predictions.probabilities, found.columnCount > 1 {
      loss = ProbabilityScores.losses(found.row(row), actual: actual < knownCount ? actual : nil)
    }
    var score: (value: Double, isPositive: Bool)?
    if ranking != nil, let decisions = predictions.decisions {
      score = (Meter.score(decisions, row), actual == 1)
    }
    sample.add(loss: loss, score: score, weight: weight)
  }

  /// The score of the later of two classes: one value, or one for each of two classes.
  private static func score(_ decisions: Matrix<Double>, _ row: Int) -> Double {
    decisions.columnCount == 1 ? decisions[row, 0] : decisions[row, 1] - decisions[row, 0]
  }

  /// Keeps a row's score, unless scores are not kept or do not tell two classes apart.
  private mutating func rank(
    _ decisions: Matrix<Double>, _ row: Int, _ actual: Int, _ weight: Double
  ) {
    guard ranking != nil else { return }
    let score = Meter.score(decisions, row)
    guard actual < 2, score.isFinite, ranking?.scores.count ?? 0 < Ranking.mostRows else {
      ranking = nil
      return
    }
    ranking?.scores.append(score)
    ranking?.isPositive.append(actual == 1)
    ranking?.weights.append(weight)
  }

  /// Counts predicted numbers against actual ones.
  mutating func add(_ predictions: Predictions, numbers: [Double], weights: [Double]?) throws {
    for (row, actual) in numbers.enumerated() {
      let (predicted, weight) = (predictions.numbers[row], weights?[row] ?? 1)
      errors.add(actual: actual, predicted: predicted, weight: weight)
      if isDetailed { sample.add(actual: actual, predicted: predicted, weight: weight) }
      try intervals?.add(
        actual: actual, lower: predicted - halfWidth, upper: predicted + halfWidth, weight: weight)
    }
  }

  /// Counts rows that look unlike the training data.
  mutating func add(_ predictions: Predictions, weights: [Double]?) {
    guard let decisions = predictions.decisions else { return }
    for row in 0..<decisions.rowCount {
      flags.add(isFlagged: !(decisions[row, 0] > 0), weight: weights?[row] ?? 1)
    }
  }

  /// The classes of the model, and then those that only the data has.
  var classNames: [String] { names }

  /// Classes that only the data has.
  var unknownClasses: [String] { Array(names[knownCount...]) }

  /// What was counted.
  func measurement(on set: Metric.MeasuredSet) throws -> Measurement {
    let counts: Measurement.Counts
    var details: [Metric] = []
    switch task {
    case .classification:
      let confusion = confusion
      counts = .classes(confusion)
      if isDetailed {
        details = confusion.detailedMetrics(on: set).filter { $0.name == "matthewsCorrelation" }
      }
      if let ranking {
        details += try ScoredLabels(
          scores: ranking.scores, isPositive: ranking.isPositive, weights: ranking.weights
        ).metrics(on: set)
      }
    case .regression: counts = .errors(errors)
    case .novelty, .components: counts = .novelty(flags)
    }
    let measurement = Measurement(
      counts: counts, probabilities: probabilities, intervals: intervals, details: details,
      confidence: [:], set: set)
    guard isDetailed else { return measurement }
    return Measurement(
      counts: counts, probabilities: probabilities, intervals: intervals, details: details,
      confidence: try confidence(measurement), set: set)
  }

  /// The intervals of the figures that have some extent.
  private func confidence(_ measurement: Measurement) throws -> [String: ConfidenceInterval] {
    let values = Dictionary(
      measurement.metrics.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    var intervals = try sample.intervals(of: values)
    if case .classes(let confusion) = measurement.counts {
      intervals.merge(confusion.intervals()) { _, new in new }
    }
    return intervals.filter { $0.value.upper > $0.value.lower }
  }

  private var confusion: ConfusionMatrix {
    var confusion = ConfusionMatrix(classNames: names)
    for actual in cells.indices {
      for predicted in cells[actual].indices {
        let cell = cells[actual][predicted]
        confusion.add(
          actual: actual, predicted: predicted, rows: cell.rows, totalWeight: cell.weight)
      }
    }
    return confusion
  }
}
