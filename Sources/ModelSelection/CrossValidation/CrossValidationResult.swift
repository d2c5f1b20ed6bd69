import Evaluation
import TabularModels

/// What one fold gave.
public struct FoldResult: Sendable {
  /// Which division of the rows it belongs to, from 0.
  package let repetition: Int
  /// Its number in the division, from 0.
  package let fold: Int
  /// The number of rows that its model was trained on.
  package let trainingRowCount: Int
  /// The number of rows that were held out.
  package let heldOutRowCount: Int
  /// What the held-out rows count together; their number when rows have no weights.
  package let weight: Double
  /// The number of support vectors, of a model that has some.
  package let supportVectorCount: Int?
  /// Whether the model's problems were solved to the tolerance.
  package let isConverged: Bool
  /// How long preparing, training and measuring took.
  package let duration: Duration
  let outcome: FoldOutcome
  let heldOut: [Int]

  /// The metrics on the held-out rows.
  package var metrics: [Metric] { outcome.metrics }
  /// What was compared, counted.
  public var measurement: Measurement { outcome.measurement }
  var predictions: FoldOutcome.HeldOut? { outcome.heldOut }

  /// A metric's value, that of its macro mean where there are more than two classes; `nil` where it has none.
  package func value(of definition: MetricDefinition) -> Double? {
    measurement.value(of: definition)
  }

  /// A metric's value, if the fold has it.
  package func value(_ id: MetricID) -> Double? { metrics.first { $0.id == id }?.value }
}

/// A figure over the folds.
public struct MetricSummary: Sendable, Equatable {
  /// What was measured.
  public let id: MetricID
  /// The mean of the folds, each counted by the weight of its rows.
  public let mean: Double
  /// The deviation of the folds, each counted by the weight of its rows; 0 where they differ by no more
  /// than rounding, `nil` for one fold.
  public let standardDeviation: Double?
  /// The smallest and the largest figure.
  package let range: ClosedRange<Double>
  /// The number of folds that have the figure.
  package let foldCount: Int

  /// Summarises figures.
  ///
  /// - Parameters:
  ///   - id: What was measured.
  ///   - values: A figure and a weight above 0 for each fold; at least one.
  init?(_ id: MetricID, _ values: [(value: Double, weight: Double)]) {
    guard let first = values.first, let spread = FoldSpread(values) else { return nil }
    self.id = id
    mean = spread.mean
    standardDeviation = spread.standardDeviation
    foldCount = values.count
    range = values.dropFirst().reduce(first.value...first.value) {
      min($0.lowerBound, $1.value)...max($0.upperBound, $1.value)
    }
  }

  /// The name of what was measured, as `Metric.name` has it.
  package var name: String { id.rawValue }
}

/// What was predicted of a row by a model that had not seen it.
public struct OutOfFoldPrediction: Sendable, Equatable {
  /// The row among all that were given, from 0.
  public let row: Int
  /// Which division of the rows, from 0.
  package let repetition: Int
  /// The fold that held the row out, from 0.
  package let fold: Int
  /// The row's target: a class's name or a number; empty when nothing is to be predicted.
  package let target: String
  /// What was predicted; empty when nothing is.
  public let prediction: String
  /// Decision values, or the predicted number; NaN where the fold's model did not know a class.
  public let decisionValues: [Double]
  /// The probability of each class, of models that know them; else empty.
  public let probabilities: [Double]
}

/// What a cross-validation found.
public struct CrossValidationResult: Sendable {
  /// What was learned, and why that.
  package let decision: TaskDecision
  /// The problem that was solved.
  package let formulation: Formulation
  /// The column that is predicted, or `nil` when nothing is.
  package let targetName: String?
  /// The classes in order, or `nil` when there are none.
  package let classNames: [String]?
  /// The quantiles that were predicted, ascending; none where something else was.
  package var quantiles: [Double] { examples.metricContext.quantileLevels }
  /// How the rows are spread over the classes, or `nil` when there are none.
  package let balance: ClassBalance?
  /// The figures of all held-out rows together, or `nil` when nothing was measured.
  ///
  /// Means of folds say little where a fold has few rows: Matthews correlation and F1 are not
  /// means of their parts. Figures that need scores of one model, areas under curves, are left
  /// out. With repetitions every row counts once for each.
  public let pooled: Measurement?
  /// The number of rows that were divided.
  package let rowCount: Int
  /// The folds that were measured, in order.
  public let folds: [FoldResult]
  /// The number of folds that there should be.
  package let plannedFoldCount: Int
  /// How long all took, reading the data excluded.
  package let duration: Duration
  private let examples: FoldTraining

  init(
    examples: FoldTraining, rowCount: Int, folds: [FoldResult], plannedFoldCount: Int,
    duration: Duration
  ) {
    self.examples = examples
    decision = examples.decision
    formulation = examples.formulation
    targetName = examples.targetName
    classNames = examples.classNames
    self.rowCount = rowCount
    balance = examples.balance
    pooled = Measurement(pooling: folds.map(\.measurement), balance: examples.balance)
    self.folds = folds
    self.plannedFoldCount = plannedFoldCount
    self.duration = duration
  }

  /// Whether no fold was left out.
  public var isComplete: Bool { folds.count == plannedFoldCount }

  /// Every figure that some fold has, over the folds.
  public var summaries: [MetricSummary] {
    var ids: [MetricID] = []
    for metric in folds.flatMap(\.metrics) where !ids.contains(metric.id) { ids.append(metric.id) }
    return ids.compactMap { id in
      MetricSummary(
        id,
        folds.compactMap { fold in
          fold.weight > 0 ? fold.value(id).map { ($0, fold.weight) } : nil
        })
    }
  }

  /// One metric over the folds, or its macro mean where there are more than two classes; `nil` when no fold
  /// has it.
  package func summary(of definition: MetricDefinition) -> MetricSummary? {
    summaries.first { $0.id == definition.id || $0.id == definition.ofSeveralClasses }
  }

  /// What was predicted of each row, repetition after repetition, rows ascending.
  public var predictions: [OutOfFoldPrediction] {
    let rows = examples.fileRows
    let codes = examples.strata
    var found: [OutOfFoldPrediction] = []
    for fold in folds {
      guard let predictions = fold.predictions else { continue }
      for (place, example) in fold.heldOut.enumerated() {
        let target: String
        if let names = examples.classNames {
          target = names[codes[example]]
        } else {
          target = examples.numbers.map { "\($0[example])" } ?? ""
        }
        let prediction: String
        if !predictions.classNames.isEmpty {
          prediction = predictions.classNames[place]
        } else {
          prediction = predictions.numbers.isEmpty ? "" : "\(predictions.numbers[place])"
        }
        found.append(
          OutOfFoldPrediction(
            row: rows[example], repetition: fold.repetition, fold: fold.fold, target: target,
            prediction: prediction,
            decisionValues: predictions.decisions.map { Array($0.row(place)) } ?? [],
            probabilities: predictions.probabilities.map { Array($0.row(place)) } ?? []))
      }
    }
    return found.sorted { ($0.repetition, $0.row) < ($1.repetition, $1.row) }
  }
}
