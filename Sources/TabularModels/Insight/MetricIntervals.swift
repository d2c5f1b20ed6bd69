import Evaluation

// How sure the figures are that need single rows: errors of numbers, the quality of probabilities, and
// the ranking of two classes. At most 4000 rows are drawn again, chosen at random when there are more;
// the spread of a figure falls with the root of the number of rows, so that the interval of the sample,
// narrowed by √(4000 / n) about the figure of all rows, is that of n rows.

/// Keeps what intervals are computed from.
struct IntervalSample {
  private var reservoir = RowReservoir(limit: rowLimit, seed: seed)
  private var weights: [Double] = []
  // Of numbers.
  private var actual: [Double] = []
  private var predicted: [Double] = []
  // Of classes.
  private var logLosses: [Double] = []
  private var briers: [Double] = []
  private var scores: [Double] = []
  private var isPositive: [Bool] = []

  private static let rowLimit = 4000
  private static let seed: UInt64 = 0

  /// Adds a row with a number.
  mutating func add(actual: Double, predicted: Double, weight: Double) {
    guard weight > 0, let place = reservoir.place() else { return }
    self.actual.put(actual, at: place)
    self.predicted.put(predicted, at: place)
    weights.put(weight, at: place)
  }

  /// Adds a row with a class.
  ///
  /// - Parameters:
  ///   - loss: The row's log loss and Brier score, if it has probabilities.
  ///   - score: The decision value of the later of two classes, and whether the row is of it, if so.
  ///   - weight: What the row counts.
  mutating func add(
    loss: (log: Double, brier: Double)?, score: (value: Double, isPositive: Bool)?,
    weight: Double
  ) {
    guard loss != nil || score != nil, weight > 0, let place = reservoir.place() else { return }
    if let loss {
      logLosses.put(loss.log, at: place)
      briers.put(loss.brier, at: place)
    }
    if let score {
      scores.put(score.value, at: place)
      isPositive.put(score.isPositive, at: place)
    }
    weights.put(weight, at: place)
  }

  /// The intervals of figures, by their names.
  ///
  /// - Parameter values: The figures of all rows.
  /// - Returns: The intervals of those that can be computed from the rows.
  /// - Throws: `EvaluationError`.
  func intervals(of values: [String: Double]) throws -> [String: ConfidenceInterval] {
    guard weights.count > 1 else { return [:] }
    var names: [String] = []
    var figures: [(_ weights: [Double]) -> Double?] = []
    func mean(_ values: [Double], _ weights: [Double]) -> Double? {
      var (sum, total) = (0.0, 0.0)
      for row in weights.indices {
        sum += weights[row] * values[row]
        total += weights[row]
      }
      return total > 0 ? sum / total : nil
    }
    if actual.count == weights.count {
      let errors = zip(predicted, actual).map { $0 - $1 }
      let absolute = errors.map(\.magnitude)
      let squared = errors.map { $0 * $0 }
      let first = actual[0]
      let shifted = actual.map { $0 - first }
      let shiftedSquares = shifted.map { $0 * $0 }
      names += ["rmse", "mae", "r2"]
      figures += [
        { mean(squared, $0)?.squareRoot() }, { mean(absolute, $0) },
        { weights in
          guard let error = mean(squared, weights), let centre = mean(shifted, weights),
            let square = mean(shiftedSquares, weights), square - centre * centre > 0
          else { return nil }
          return 1 - error / (square - centre * centre)
        },
      ]
    }
    if logLosses.count == weights.count {
      names += ["logLoss", "brierScore"]
      figures += [{ mean(logLosses, $0) }, { mean(briers, $0) }]
    }
    if scores.count == weights.count {
      let labels = try ScoredLabels(scores: scores, isPositive: isPositive, weights: weights)
      names += ["rocAUC", "averagePrecision"]
      figures += [
        { labels.rocAUC(weights: $0) }, { labels.averagePrecision(weights: $0) },
      ]
    }
    guard !names.isEmpty else { return [:] }
    let found = try Bootstrap(seed: Self.seed).intervals(weights: weights) { weights in
      figures.map { $0(weights) }
    }
    let scale = (Double(weights.count) / Double(max(reservoir.seenCount, 1))).squareRoot()
    var intervals: [String: ConfidenceInterval] = [:]
    for (name, interval) in zip(names, found) {
      guard let interval, let value = values[name] else { continue }
      intervals[name] = ConfidenceInterval(
        estimate: value, lower: value + (interval.lower - interval.estimate) * scale,
        upper: value + (interval.upper - interval.estimate) * scale, level: interval.level,
        replicateCount: interval.replicateCount)
    }
    return intervals
  }
}
