import Calibration
import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// How good a model's predictions are on labelled rows.
public struct Measurement: Sendable, Equatable {
  /// What was compared, counted.
  package enum Counts: Sendable, Equatable {
    /// How often each class was predicted as each.
    case classes(ConfusionMatrix)
    /// Sums of errors.
    case errors(RegressionErrors)
    /// How many rows were called unlike the training data.
    case novelty(NoveltyFlags)
  }

  /// What was compared, counted.
  package let counts: Counts
  /// How good the probabilities are, of a model that has some.
  package let probabilities: ProbabilityScores?
  /// How often intervals of `coverage` held the target, of a model that has some.
  package let intervals: IntervalCoverage?
  /// All metrics that have a value, in the order of `MetricCatalog.all`.
  package let allMetrics: [Metric]
  /// How sure the figures are, by name: 95 % bootstrap intervals.
  ///
  /// Empty unless details were requested; a figure that does not vary when rows are drawn
  /// again has none.
  public let confidence: [MetricID: ConfidenceInterval]
  /// The rows that were measured.
  package let set: Metric.MeasuredSet

  /// The coverage of the intervals that are measured.
  package static let coverage = 0.9

  /// The metrics that every account of a measurement shows.
  public var metrics: [Metric] { allMetrics.filter { MetricChoice.standard.shows($0.id) } }

  /// A metric's value, that of its macro mean where there are more than two classes; `nil` where it has none.
  public func value(of definition: MetricDefinition) -> Double? {
    allMetrics.first { $0.id == definition.id || $0.id == definition.ofSeveralClasses }?.value
  }

  /// How often each class was predicted as each, or `nil` when no classes were predicted.
  public var confusionMatrix: ConfusionMatrix? {
    if case .classes(let confusion) = counts { confusion } else { nil }
  }

  /// What the accuracy hides of these predictions, if anything.
  package var imbalance: ClassImbalance? {
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
  /// Adds the counts of several measurements of the same classes; `nil` without any.
  ///
  /// - Parameters:
  ///   - parts: What was measured on rows that no two parts share.
  ///   - balance: How all rows of the data are spread over the classes.
  package init?(pooling parts: [Measurement], balance: ClassBalance?) {
    guard let first = parts.first else { return nil }
    var input = MetricInput()
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
      (input.confusion, input.balance) = (sum, balance)
    case .errors:
      var sum = RegressionErrors()
      for case .errors(let part) in parts.map(\.counts) { sum.add(part) }
      counts = .errors(sum)
      input.errors = sum
    case .novelty:
      var sum = NoveltyFlags()
      for case .novelty(let part) in parts.map(\.counts) { sum.add(part) }
      counts = .novelty(sum)
      input.flags = sum
    }
    self.init(
      counts: counts, probabilities: nil, intervals: nil, allMetrics: input.metrics(on: first.set),
      confidence: [:], set: first.set)
  }
}

/// What a meter knows of predictions before it sees any.
struct MeteredPredictions {
  /// What is predicted.
  var task: LearningTask
  /// The classes that indices refer to; none unless classes are predicted.
  var classes: [String] = []
  /// How decision values are arranged.
  var shape: DecisionShape?
  /// Whether predictions come with probabilities.
  var hasProbabilities = false
  /// The quantiles that are predicted; none where one number is.
  var quantiles: [Double] = []
  /// Half the width of the intervals that hold ``Measurement/coverage`` of the targets; `nil` without any.
  var intervalHalfWidth: Double?

  /// Those of some classes, numbers or novelties.
  init(
    _ task: LearningTask, classes: [String], shape: DecisionShape?, hasProbabilities: Bool
  ) {
    self.task = task
    self.classes = classes
    self.shape = shape
    self.hasProbabilities = hasProbabilities
  }

  /// Those of a model.
  ///
  /// - Throws: `CalibrationError`.
  init(_ predictor: TabularModel.Predictor, _ calibration: ModelCalibration?) throws {
    var hasProbabilities = false
    if case .classes? = calibration { hasProbabilities = true }
    self.init(
      predictor.task, classes: predictor.classifier?.classes ?? [],
      shape: predictor.classifier?.decisionShape, hasProbabilities: hasProbabilities)
    quantiles = predictor.quantiles
    intervalHalfWidth = try calibration?.intervalHalfWidth
  }

  /// What they can be measured by.
  var context: MetricContext {
    var context = MetricContext(subject: task.subject, classCount: classes.count)
    context.quantileLevels = quantiles
    context.hasProbabilities = hasProbabilities && classes.count > 1
    context.hasScores =
      classes.count == 2 || classes.count > 2 && (hasProbabilities || shape == .perClass)
    context.hasIntervals = intervalHalfWidth != nil
    return context
  }
}

extension LearningTask {
  /// What is measured of its models, or `nil` when nothing is.
  package var subject: MetricDefinition.Subject? {
    switch self {
    case .classification: .classes
    case .regression: .numbers
    case .novelty: .novelties
    case .components: nil
    }
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
  /// The quantiles that are predicted.
  private let levels: [Double]
  /// The metrics that are computed.
  private let definitions: [MetricDefinition]
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
    static let maximumScores = 10_000_000
  }

  private struct NumberPairs {
    var actual: [Double] = []
    var predicted: [Double] = []
    var weights: [Double] = []
    /// Row-major; empty where one number is predicted.
    var quantiles: [Double] = []

    static let maximumRows = 10_000_000
  }

  /// Begins to count for a model.
  ///
  /// - Parameters:
  ///   - predictor: What predicts.
  ///   - calibration: Its calibration.
  ///   - metrics: The metrics that are wanted.
  ///   - isDetailed: Whether ``Measurement/confidence`` is asked for.
  /// - Throws: `CalibrationError` or `EvaluationError`.
  init(
    _ predictor: TabularModel.Predictor, _ calibration: ModelCalibration?, metrics: MetricChoice,
    isDetailed: Bool = false
  ) throws {
    try self.init(
      MeteredPredictions(predictor, calibration), metrics: metrics, isDetailed: isDetailed)
  }

  /// Begins to count predictions.
  ///
  /// - Parameters:
  ///   - predictions: What is predicted.
  ///   - metrics: The metrics that are wanted.
  ///   - isDetailed: Whether ``Measurement/confidence`` is asked for.
  /// - Throws: `CalibrationError` or `EvaluationError`.
  init(
    _ predictions: MeteredPredictions, metrics: MetricChoice, isDetailed: Bool = false
  ) throws {
    let context = predictions.context
    levels = predictions.quantiles
    definitions = metrics.computed(quantiles: levels)
    self.isDetailed = isDetailed
    task = predictions.task
    let classes = predictions.classes
    index = classes.isEmpty ? nil : ClassIndex(names: classes)
    names = classes
    knownCount = classes.count
    cells = Array(repeating: Array(repeating: (0, 0), count: classes.count), count: classes.count)
    if context.hasProbabilities {
      probabilities = try ProbabilityScores(classCount: classes.count)
    }
    if context.hasScores {
      ranking = Ranking(
        classCount: classes.count, usesProbabilities: predictions.hasProbabilities)
    }
    if task == .regression { pairs = NumberPairs() }
    if predictions.intervalHalfWidth != nil { intervals = IntervalCoverage() }
    halfWidth = predictions.intervalHalfWidth ?? 0
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
    case .classes(let classes):
      // A part of the data may lack a class of the whole.
      let codeOfName = classes.names.map { code(of: $0) }
      try add(predictions, classes: classes.codes.map { codeOfName[$0] }, weights: weights)
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
    var sampled = IntervalSample.ClassRow(actual: actual < knownCount ? actual : nil)
    if let found = predictions.probabilities, found.columnCount > 1 {
      sampled.probabilities = found.row(row)
    }
    if let ranking, ranking.classCount == 2, let decisions = predictions.decisions {
      sampled.score = (Meter.score(decisions, row), actual == 1)
    }
    if let ranking, ranking.classCount > 2 {
      sampled.classScores = Array(ranking.scores.suffix(ranking.classCount))
    }
    sample.add(sampled, weight: weight)
  }

  /// The score of the later of two classes, from one value or one for each of them.
  ///
  /// A model that knows one of them alone ranks nothing.
  private static func score(_ decisions: Matrix<Double>, _ row: Int) -> Double {
    let score =
      decisions.columnCount == 1 ? decisions[row, 0] : decisions[row, 1] - decisions[row, 0]
    return score.isNaN ? 0 : score
  }

  /// Keeps a row's scores, unless scores are not kept or do not separate classes.
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
      (ranking?.scores.count ?? 0) + scores.count <= Ranking.maximumScores
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
      let quantiles = predictions.quantiles?.row(row) ?? []
      if isDetailed {
        sample.add(
          actual: actual, predicted: predicted, quantiles: (levels, quantiles), weight: weight)
      }
      if actual.isFinite, predicted.isFinite, quantiles.allSatisfy(\.isFinite),
        pairs?.actual.count ?? 0 < NumberPairs.maximumRows
      {
        pairs?.actual.append(actual)
        pairs?.predicted.append(predicted)
        pairs?.weights.append(weight)
        pairs?.quantiles += quantiles
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
    var input = MetricInput()
    (input.probabilities, input.intervals) = (probabilities, intervals)
    let counts: Measurement.Counts
    switch task {
    case .classification:
      let confusion = confusion
      counts = .classes(confusion)
      (input.confusion, input.balance) = (confusion, balance)
      try addRanking(to: &input)
    case .regression:
      counts = .errors(errors)
      input.errors = errors
      if let pairs, !pairs.actual.isEmpty {
        input.targets = try TargetPredictions(
          actual: pairs.actual, predicted: pairs.predicted, weights: pairs.weights)
        if !levels.isEmpty {
          input.quantiles = try QuantilePredictions(
            actual: pairs.actual, predicted: pairs.quantiles, levels: levels,
            weights: pairs.weights)
        }
      }
    case .novelty, .components:
      counts = .novelty(flags)
      input.flags = flags
    }
    let metrics = input.metrics(on: set, definitions)
    return Measurement(
      counts: counts, probabilities: probabilities, intervals: intervals, allMetrics: metrics,
      confidence: isDetailed ? try confidence(metrics, counts) : [:], set: set)
  }

  private func addRanking(to input: inout MetricInput) throws {
    guard let ranking, !ranking.actual.isEmpty else { return }
    if ranking.classCount == 2 {
      input.ranking = try ScoredLabels(
        scores: ranking.scores, isPositive: ranking.actual.map { $0 == 1 },
        weights: ranking.weights)
    } else {
      let scores = try ClassScores(
        scores: ranking.scores, classCount: ranking.classCount, actual: ranking.actual,
        weights: ranking.weights)
      (input.classScores, input.oneVersusRest) = (scores, try OneVersusRest(scores))
    }
  }

  /// The intervals of the metrics that have some extent.
  private func confidence(
    _ metrics: [Metric], _ counts: Measurement.Counts
  ) throws -> [MetricID: ConfidenceInterval] {
    var intervals = try sample.intervals(of: metrics, definitions)
    if case .classes(let confusion) = counts {
      intervals.merge(confusion.intervals(of: definitions)) { _, new in new }
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
