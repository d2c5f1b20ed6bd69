// A metric's interval needs single rows. Of these a sample is kept; a statistic computes the metric for
// any weights of the sampled rows, with everything prepared that the weights do not change.

/// Rows that are drawn again for intervals: each with its truth and its prediction.
///
/// A list is empty where the rows lack what it holds.
package struct SampledRows: Sendable {
  /// Computes a metric for weights of the rows.
  package typealias Statistic = (_ weights: [Double]) -> Double?

  /// The weight of each row, above 0.
  package var weights: [Double] = []
  /// The target of each row of a regression.
  package var actual: [Double] = []
  /// The number that was predicted for each.
  package var predicted: [Double] = []
  /// The quantiles that were predicted for each, row-major; empty when one number is predicted.
  package var quantiles: [Double] = []
  /// Which quantiles these are.
  package var levels: [Double] = []
  /// The index of each row's class; `nil` for one that the model does not know.
  package var classes: [Int?] = []
  /// The probabilities of each row's classes, row-major.
  package var probabilities: [Double] = []
  /// The score of the later of two classes.
  package var scores: [Double] = []
  /// Whether a row with such a score belongs to the later class.
  package var isPositive: [Bool] = []
  /// The scores of each of several classes, row-major.
  package var classScores: [Double] = []

  /// No rows.
  package init() {}

  /// The number of rows.
  package var count: Int { weights.count }

  /// The mean of what each row contributes.
  static func mean(_ contributions: [Double]) -> Statistic {
    { weights in
      var (sum, total) = (0.0, 0.0)
      for row in weights.indices {
        sum += weights[row] * contributions[row]
        total += weights[row]
      }
      return total > 0 ? sum / total : nil
    }
  }

  /// What each row's target and prediction contribute; `nil` unless all rows have both.
  func contributions(_ contribution: (_ actual: Double, _ predicted: Double) -> Double) -> [Double]?
  {
    guard count > 0, actual.count == count, predicted.count == count else { return nil }
    return (0..<count).map { contribution(actual[$0], predicted[$0]) }
  }

  /// What each row's probabilities contribute; `nil` unless all rows have some.
  func contributions(
    _ contribution: (_ probabilities: ArraySlice<Double>, _ actual: Int?) -> Double
  ) -> [Double]? {
    Self.contributions(of: probabilities, classes, count, contribution)
  }

  /// What each row's scores of classes contribute; `nil` unless all rows have some.
  func classScoreContributions(
    _ contribution: (_ scores: ArraySlice<Double>, _ actual: Int?) -> Double
  ) -> [Double]? {
    Self.contributions(of: classScores, classes, count, contribution)
  }

  private static func contributions(
    of values: [Double], _ classes: [Int?], _ count: Int,
    _ contribution: (_ values: ArraySlice<Double>, _ actual: Int?) -> Double
  ) -> [Double]? {
    guard count > 0, !values.isEmpty, values.count.isMultiple(of: count), classes.count == count
    else { return nil }
    let width = values.count / count
    return (0..<count).map { contribution(values[$0 * width..<($0 + 1) * width], classes[$0]) }
  }

  /// The rows in order of the score of the later class; `nil` unless all rows have one.
  func ranking() throws(EvaluationError) -> ScoredLabels? {
    guard count > 0, scores.count == count else { return nil }
    return try ScoredLabels(scores: scores, isPositive: isPositive, weights: weights)
  }

  /// The intervals of metrics.
  ///
  /// - Parameters:
  ///   - definitions: The metrics.
  ///   - seed: Equal seeds give equal intervals.
  /// - Returns: Those that can be computed from the rows.
  /// - Throws: ``EvaluationError``.
  package func intervals(
    of definitions: [MetricDefinition], seed: UInt64
  ) throws -> [(id: MetricID, interval: ConfidenceInterval)] {
    var names: [MetricID] = []
    var statistics: [Statistic] = []
    for definition in definitions {
      guard case .rows(let prepare) = definition.uncertainty, let statistic = try prepare(self)
      else { continue }
      names.append(definition.id)
      statistics.append(statistic)
    }
    guard !names.isEmpty else { return [] }
    let found = try Bootstrap(seed: seed).intervals(weights: weights) { weights in
      statistics.map { $0(weights) }
    }
    return zip(names, found).compactMap { name, interval in interval.map { (name, $0) } }
  }
}
