/// What metrics are computed from: what is true of some rows, and what was predicted of them.
///
/// Only what the predictions provide is there. A metric whose part is missing has no value.
///
/// ```swift
/// let matrix = ConfusionMatrix(classNames: ["no", "yes"], actual: actual, predicted: predicted)
/// for metric in MetricInput(\.confusion, matrix).metrics(on: .holdout) { print(metric.name, metric.value) }
/// ```
package struct MetricInput: Sendable {
  /// How often each class was predicted as each.
  package var confusion: ConfusionMatrix?
  /// How all rows of the data are spread over the classes, when the measured ones are a part of them.
  package var balance: ClassBalance?
  /// How good predicted probabilities are.
  package var probabilities: ProbabilityScores?
  /// The rows of two classes in order of their scores.
  package var ranking: ScoredLabels?
  /// The scores of several classes.
  package var classScores: ClassScores?
  /// The rows in order of the score of each of several classes.
  package var oneVersusRest: OneVersusRest?
  /// Errors of predicted numbers, summed row by row.
  package var errors: RegressionErrors?
  /// Numbers and what was predicted for each.
  package var targets: TargetPredictions?
  /// Numbers and the quantiles that were predicted for each.
  package var quantiles: QuantilePredictions?
  /// How often predicted intervals held the target.
  package var intervals: IntervalCoverage?
  /// How many rows were classified as outliers.
  package var flags: NoveltyFlags?

  /// Nothing yet.
  package init() {}

  /// One part; the others can be set afterwards.
  ///
  /// - Parameters:
  ///   - path: Which part, such as `\.confusion`.
  ///   - part: The part.
  package init<Part>(_ path: WritableKeyPath<MetricInput, Part?>, _ part: Part) {
    self[keyPath: path] = part
  }

  /// The number of rows that were counted; their weight is above 0.
  package var rowCount: Int {
    confusion?.rowCount ?? errors?.rowCount ?? flags?.rowCount ?? probabilities?.rowCount
      ?? ranking?.rowCount ?? oneVersusRest?.classes.first?.rowCount ?? classScores?.rowCount
      ?? targets?.errors.rowCount ?? quantiles?.rowCount ?? intervals?.rowCount ?? 0
  }

  /// Errors of predicted numbers, also where only the rows are known.
  var summedErrors: RegressionErrors? { errors ?? targets?.errors }

  /// How the rows of the data are spread over the classes, or else the measured ones.
  var classBalance: ClassBalance? { balance ?? confusion.map { ClassBalance($0) } }

  /// Computes metrics.
  ///
  /// - Parameters:
  ///   - set: What the rows are.
  ///   - definitions: The metrics; by default all of ``MetricCatalog/all``.
  /// - Returns: Those that have a value, in the order of the definitions.
  package func metrics(
    on set: Metric.MeasuredSet, _ definitions: [MetricDefinition] = MetricCatalog.all
  ) -> [Metric] {
    let rows = rowCount
    return definitions.compactMap { definition in
      definition.value(of: self).map {
        Metric(id: definition.id, value: $0, set: set, rows: rows)
      }
    }
  }
}

/// Something that metrics can be computed from.
package protocol MetricSource {
  /// What metrics take.
  var metricInput: MetricInput { get }
}

extension MetricSource {
  /// The metrics that have a value, in the order of ``MetricCatalog/all``.
  ///
  /// - Parameter set: What the rows are.
  /// - Returns: The metrics, labelled.
  package func metrics(on set: Metric.MeasuredSet) -> [Metric] { metricInput.metrics(on: set) }
}

extension ConfusionMatrix: MetricSource {
  /// This matrix alone.
  package var metricInput: MetricInput { MetricInput(\.confusion, self) }
}

extension ProbabilityScores: MetricSource {
  /// These scores alone.
  package var metricInput: MetricInput { MetricInput(\.probabilities, self) }
}

extension ScoredLabels: MetricSource {
  /// This ranking alone.
  package var metricInput: MetricInput { MetricInput(\.ranking, self) }
}

extension OneVersusRest: MetricSource {
  /// These rankings alone.
  package var metricInput: MetricInput { MetricInput(\.oneVersusRest, self) }
}

extension ClassScores: MetricSource {
  /// These scores alone.
  package var metricInput: MetricInput { MetricInput(\.classScores, self) }
}

extension RegressionErrors: MetricSource {
  /// These sums alone.
  package var metricInput: MetricInput { MetricInput(\.errors, self) }
}

extension TargetPredictions: MetricSource {
  /// These rows alone.
  package var metricInput: MetricInput { MetricInput(\.targets, self) }
}

extension QuantilePredictions: MetricSource {
  /// These rows alone.
  package var metricInput: MetricInput { MetricInput(\.quantiles, self) }
}

extension IntervalCoverage: MetricSource {
  /// These sums alone.
  package var metricInput: MetricInput { MetricInput(\.intervals, self) }
}

extension NoveltyFlags: MetricSource {
  /// These sums alone.
  package var metricInput: MetricInput { MetricInput(\.flags, self) }
}
