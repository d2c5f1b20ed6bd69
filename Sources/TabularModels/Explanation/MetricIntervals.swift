import Evaluation

// How sure the figures are that need single rows: errors of numbers, the quality of probabilities, and
// the ranking of two classes. At most 4000 rows are drawn again, chosen at random when there are more;
// the spread of a figure falls with the root of the number of rows, so that the interval of the sample,
// narrowed by √(4000 / n) about the figure of all rows, is that of n rows.

/// Keeps what intervals are computed from.
struct IntervalSample {
  private var reservoir = RowReservoir(limit: rowLimit, seed: seed)
  private var rows = SampledRows()

  private static let rowLimit = 4000
  private static let seed: UInt64 = 0

  /// What is kept of a row with a class.
  struct ClassRow {
    /// The index of its class; `nil` for one that the model does not know.
    var actual: Int?
    /// The probability of each class; empty without.
    var probabilities: [Double] = []
    /// The decision value of the later of two classes, and whether the row is of it.
    var score: (value: Double, isPositive: Bool)?
    /// A score for each of several classes; empty without.
    var classScores: [Double] = []
  }

  /// Adds a row with a number, and the quantiles that were predicted for it, if any.
  mutating func add(
    actual: Double, predicted: Double,
    quantiles: (levels: [Double], predicted: [Double]) = ([], []),
    weight: Double
  ) {
    guard weight > 0, let place = reservoir.place() else { return }
    rows.actual.put(actual, at: place)
    rows.predicted.put(predicted, at: place)
    rows.levels = quantiles.levels
    if !quantiles.levels.isEmpty { rows.quantiles.putRow(quantiles.predicted, at: place) }
    rows.weights.put(weight, at: place)
  }

  /// Adds a row with a class.
  mutating func add(_ row: ClassRow, weight: Double) {
    guard !row.probabilities.isEmpty || row.score != nil || !row.classScores.isEmpty, weight > 0,
      let place = reservoir.place()
    else { return }
    rows.classes.put(row.actual, at: place)
    if !row.probabilities.isEmpty { rows.probabilities.putRow(row.probabilities, at: place) }
    if let score = row.score {
      rows.scores.put(score.value, at: place)
      rows.isPositive.put(score.isPositive, at: place)
    }
    if !row.classScores.isEmpty { rows.classScores.putRow(row.classScores, at: place) }
    rows.weights.put(weight, at: place)
  }

  /// The intervals of metrics.
  ///
  /// - Parameters:
  ///   - metrics: The metrics of all rows.
  ///   - definitions: How they are computed.
  /// - Returns: The intervals of those that can be computed from the rows.
  /// - Throws: `EvaluationError`.
  func intervals(
    of metrics: [Metric], _ definitions: [MetricDefinition]
  ) throws -> [MetricID: ConfidenceInterval] {
    guard rows.count > 1 else { return [:] }
    let values = Dictionary(uniqueKeysWithValues: metrics.map { ($0.id, $0.value) })
    let scale = (Double(rows.count) / Double(max(reservoir.seenCount, 1))).squareRoot()
    var intervals: [MetricID: ConfidenceInterval] = [:]
    for (id, interval) in try rows.intervals(of: definitions, seed: Self.seed) {
      guard let value = values[id] else { continue }
      intervals[id] = ConfidenceInterval(
        estimate: value, lower: value + (interval.lower - interval.estimate) * scale,
        upper: value + (interval.upper - interval.estimate) * scale, level: interval.level,
        replicateCount: interval.replicateCount)
    }
    return intervals
  }
}
