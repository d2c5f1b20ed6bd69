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
  /// Figures that need all rows together, and those of the rarest class: `rocAUC` and `averagePrecision`
  /// of two classes, the decision value being the score of the later class; their macro means where there
  /// is a score for each class; `majorityAccuracy`, and where classes are unbalanced `rareRecall` and
  /// `rarePrecision`;
  /// `medianAbsoluteError` and its kin of numbers.
  public let details: [Metric]
  /// How sure the figures are, by name: 95 % bootstrap intervals.
  ///
  /// Empty unless details were asked for; a figure that does not vary when rows are drawn again has none.
  public let confidence: [String: ConfidenceInterval]
  /// The rows that were measured.
  public let set: Metric.MeasuredSet

  /// The coverage of the intervals that are measured.
  public static let coverage = 0.9

  /// The figures that every account of a measurement shows, in the order of `Metric.names`.
  public var metrics: [Metric] {
    allMetrics.filter { Metric.standardNames.contains($0.name) }
  }

  /// All figures that there are, in the order of `Metric.names`.
  public var allMetrics: [Metric] {
    let counted =
      switch counts {
      case .classes(let confusion): confusion.detailedMetrics(on: set)
      case .errors(let errors): errors.metrics(on: set)
      case .novelty(let flags): flags.metrics(on: set)
      }
    // What is known of all rows of the data comes before what the measured ones alone say.
    return Metric.sorted(
      details + counted + (probabilities?.metrics(on: set) ?? [])
        + (intervals?.metrics(on: set) ?? []))
  }

  /// What the accuracy hides of these predictions, if anything.
  public var imbalance: ClassImbalance? {
    guard case .classes(let confusion) = counts else { return nil }
    return .found(in: confusion, on: set)
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
    balance: ClassBalance?, threads: Int?, stopping: () -> Bool
  ) throws {
    guard predictor.task != .components else { return nil }
    var meter = try Meter(predictor, calibration)
    let predictions = try Predictions(
      predictor, calibration, features, withDecisions: meter.needsDecisions, threads: threads,
      stopping: stopping)
    try meter.add(predictions, targets: targets, weights: weights)
    self = try meter.measurement(on: set, balance: balance)
  }
}

extension Measurement {
  /// Adds the counts of several measurements of the same classes; `nil` without any.
  ///
  /// - Parameters:
  ///   - parts: What was measured on rows that no two parts share.
  ///   - balance: How all rows of the data are spread over the classes.
  package init?(pooling parts: [Measurement], balance: ClassBalance?) {
    guard let first = parts.first else { return nil }
    var details: [Metric] = []
    let counts: Counts
    switch first.counts {
    case .classes(let confusion):
      var sum = ConfusionMatrix(classNames: confusion.classNames)
      for case .classes(let part) in parts.map(\.counts) where part.classNames == sum.classNames {
        for actual in sum.classNames.indices {
          for predicted in sum.classNames.indices {
            sum.add(
              actual: actual, predicted: predicted,
              rows: part.count(actual: actual, predicted: predicted),
              totalWeight: part.weight(actual: actual, predicted: predicted))
          }
        }
      }
      counts = .classes(sum)
      details = (balance ?? ClassBalance(sum)).metrics(of: sum, on: first.set)
    case .errors:
      var sum = RegressionErrors()
      for case .errors(let part) in parts.map(\.counts) { sum.add(part) }
      counts = .errors(sum)
    case .novelty:
      var sum = NoveltyFlags()
      for case .novelty(let part) in parts.map(\.counts) { sum.add(part) }
      counts = .novelty(sum)
    }
    self.init(
      counts: counts, probabilities: nil, intervals: nil, details: details, confidence: [:],
      set: first.set)
  }
}

/// Compares predictions with targets, batch after batch.
struct Meter {
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
  /// Whether ``Measurement/confidence`` is asked for.
  private let isDetailed: Bool
  private var ranking: Ranking?
  /// Numbers and what was predicted, for figures that need all of them; `nil` where they are too many.
  private var pairs: NumberPairs?
  /// What intervals are computed from; only kept for details.
  private var sample = IntervalSample()

  /// Scores of classes, for figures that need all of them together.
  private struct Ranking {
    /// 2 for one score of the later class, more for a score of each.
    let classCount: Int
    /// Whether the scores of more than two classes are probabilities, or else their decision values.
    let usesProbabilities: Bool
    var scores: [Double] = []
    /// `nil` for a class that the model does not know.
    var actual: [Int?] = []
    var weights: [Double] = []

    /// Sorting more scores would take more memory and time than the figures are worth.
    static let mostScores = 10_000_000
  }

  private struct NumberPairs {
    var actual: [Double] = []
    var predicted: [Double] = []
    var weights: [Double] = []

    static let mostRows = 10_000_000
  }

  /// Begins to count for a model.
  ///
  /// - Parameters:
  ///   - predictor: What predicts.
  ///   - calibration: What it knows of how sure it is.
  ///   - isDetailed: Whether ``Measurement/confidence`` is asked for.
  /// - Throws: `CalibrationError` or `EvaluationError`.
  init(
    _ predictor: TabularModel.Predictor, _ calibration: ModelCalibration?, isDetailed: Bool = false
  ) throws {
    var hasProbabilities = false
    if case .classes? = calibration { hasProbabilities = true }
    try self.init(
      predictor.task, classes: predictor.classifier?.classes ?? [],
      shape: predictor.classifier?.decisionShape, hasProbabilities: hasProbabilities, calibration,
      isDetailed: isDetailed)
  }

  /// Begins to count predictions of some classes.
  ///
  /// - Parameters:
  ///   - task: What is predicted.
  ///   - classes: The classes that indices refer to; none unless classes are predicted.
  ///   - shape: How decision values are arranged.
  ///   - hasProbabilities: Whether predictions come with probabilities.
  ///   - calibration: What the model knows of intervals.
  ///   - isDetailed: Whether ``Measurement/confidence`` is asked for.
  /// - Throws: `CalibrationError` or `EvaluationError`.
  init(
    _ task: LearningTask, classes: [String], shape: DecisionShape?, hasProbabilities: Bool,
    _ calibration: ModelCalibration?, isDetailed: Bool = false
  ) throws {
    self.isDetailed = isDetailed
    self.task = task
    index = classes.isEmpty ? nil : ClassIndex(names: classes)
    names = classes
    knownCount = classes.count
    cells = Array(repeating: Array(repeating: (0, 0), count: classes.count), count: classes.count)
    if hasProbabilities, classes.count > 1 {
      probabilities = try ProbabilityScores(classCount: classes.count)
    }
    if classes.count == 2 || classes.count > 2 && (hasProbabilities || shape == .perClass) {
      ranking = Ranking(classCount: classes.count, usesProbabilities: hasProbabilities)
    }
    if task == .regression { pairs = NumberPairs() }
    if case .intervals(let calibrated)? = calibration {
      intervals = IntervalCoverage()
      halfWidth = try calibrated.halfWidth(coverage: Measurement.coverage)
    } else {
      halfWidth = 0
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
  var needsDecisions: Bool {
    ranking.map { $0.classCount == 2 || !$0.usesProbabilities } ?? false
  }

  /// Counts predictions against targets.
  mutating func add(_ predictions: Predictions, targets: Targets, weights: [Double]?) throws {
    switch targets {
    case .classes(let names, let codes):
      // A part of the data may lack a class of the whole.
      let codeOfName = names.map { code(of: $0) }
      try add(predictions, classes: codes.map { codeOfName[$0] }, weights: weights)
    case .numbers(let numbers): try add(predictions, numbers: numbers, weights: weights)
    case .none: add(predictions, weights: weights)
    }
  }

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
      rank(predictions, row, actual, weight)
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
    if let ranking, ranking.classCount == 2, let decisions = predictions.decisions {
      score = (Meter.score(decisions, row), actual == 1)
    }
    sample.add(loss: loss, score: score, weight: weight)
  }

  /// The score of the later of two classes, from one value or one for each of them.
  ///
  /// A model that knows one of them alone ranks nothing.
  private static func score(_ decisions: Matrix<Double>, _ row: Int) -> Double {
    let score =
      decisions.columnCount == 1 ? decisions[row, 0] : decisions[row, 1] - decisions[row, 0]
    return score.isNaN ? 0 : score
  }

  /// Keeps a row's scores, unless scores are not kept or do not tell classes apart.
  private mutating func rank(
    _ predictions: Predictions, _ row: Int, _ actual: Int, _ weight: Double
  ) {
    guard let count = ranking?.classCount, let usesProbabilities = ranking?.usesProbabilities
    else { return }
    var scores: [Double] = []
    if count == 2, actual < 2, let decisions = predictions.decisions {
      scores = [Meter.score(decisions, row)]
    } else if count > 2, usesProbabilities, let probabilities = predictions.probabilities {
      scores = Array(probabilities.row(row))
    } else if count > 2, !usesProbabilities, let decisions = predictions.decisions {
      // A class that the model does not know ranks below all others.
      scores = decisions.row(row).map { $0.isNaN ? -.infinity : $0 }
    }
    guard !scores.isEmpty, scores.allSatisfy({ $0 < .infinity }),
      count > 2 || scores[0].isFinite,
      (ranking?.scores.count ?? 0) + scores.count <= Ranking.mostScores
    else {
      ranking = nil
      return
    }
    ranking?.scores += scores
    ranking?.actual.append(actual < knownCount ? actual : nil)
    ranking?.weights.append(weight)
  }

  /// Counts predicted numbers against actual ones.
  mutating func add(_ predictions: Predictions, numbers: [Double], weights: [Double]?) throws {
    for (row, actual) in numbers.enumerated() {
      let (predicted, weight) = (predictions.numbers[row], weights?[row] ?? 1)
      errors.add(actual: actual, predicted: predicted, weight: weight)
      if isDetailed { sample.add(actual: actual, predicted: predicted, weight: weight) }
      if actual.isFinite, predicted.isFinite, pairs?.actual.count ?? 0 < NumberPairs.mostRows {
        pairs?.actual.append(actual)
        pairs?.predicted.append(predicted)
        pairs?.weights.append(weight)
      } else {
        pairs = nil
      }
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
  ///
  /// - Parameters:
  ///   - set: What the rows are.
  ///   - balance: How all rows of the data are spread over the classes, of which these are a part, or
  ///     `nil` when these are all.
  /// - Returns: The figures.
  /// - Throws: `EvaluationError`.
  func measurement(on set: Metric.MeasuredSet, balance: ClassBalance? = nil) throws -> Measurement {
    let counts: Measurement.Counts
    var details: [Metric] = []
    switch task {
    case .classification:
      let confusion = confusion
      counts = .classes(confusion)
      details += (balance ?? ClassBalance(confusion)).metrics(of: confusion, on: set)
      details += try rankingMetrics(on: set)
    case .regression:
      counts = .errors(errors)
      if let pairs, !pairs.actual.isEmpty {
        details = try TargetPredictions(
          actual: pairs.actual, predicted: pairs.predicted, weights: pairs.weights
        ).metrics(on: set).filter { !["rmse", "mae", "r2"].contains($0.name) }
      }
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

  private func rankingMetrics(on set: Metric.MeasuredSet) throws -> [Metric] {
    guard let ranking, !ranking.actual.isEmpty else { return [] }
    if ranking.classCount == 2 {
      return try ScoredLabels(
        scores: ranking.scores, isPositive: ranking.actual.map { $0 == 1 },
        weights: ranking.weights
      ).metrics(on: set)
    }
    return try OneVersusRest(
      scores: ranking.scores, classCount: ranking.classCount, actual: ranking.actual,
      weights: ranking.weights
    ).metrics(on: set)
  }

  /// The intervals of the figures that have some extent.
  private func confidence(_ measurement: Measurement) throws -> [String: ConfidenceInterval] {
    let values = Dictionary(
      measurement.allMetrics.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
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
