import Basics

/// How sure a figure is, by drawing its rows again.
///
/// Each replicate draws as many rows as there are, with replacement, and measures them again. The rows
/// are never copied: the figure is a function of weights, and a row that was drawn twice counts twice.
/// What is costly about a figure, such as sorting scores, is done once:
///
/// ```swift
/// let labels = try ScoredLabels(scores: scores, isPositive: isPositive)
/// let interval = try Bootstrap(seed: 0).interval(
///   weights: weights, strata: isPositive.map { $0 ? 1 : 0 },
///   of: labels.rocAUC(weights:))
/// ```
///
/// A bootstrap sees nothing that did not occur: the accuracy of a model that made no mistake on the
/// given rows has the interval from 1 to 1.
///
/// > B. Efron. "Better Bootstrap Confidence Intervals." *Journal of the American Statistical
/// > Association* 82 (1987), 171–185.
package struct Bootstrap: Sendable, Equatable {
  /// How an interval is read off the replicates.
  package enum Method: Sendable, Equatable {
    /// Quantiles of the replicates: for 95 %, from 2.5 % to 97.5 %.
    case percentile
    /// Quantiles shifted by the replicates' bias and by the skewness of the figure, which costs up to
    /// 200 measurements more.
    case biasCorrectedAccelerated
  }

  /// The number of replicates.
  package var replicateCount: Int
  /// The part of such intervals that should hold the true figure.
  package var level: Double
  /// How an interval is read off the replicates.
  package var method: Method
  /// Equal seeds give equal intervals.
  package var seed: UInt64

  /// Chooses how to draw.
  ///
  /// - Parameters:
  ///   - replicateCount: The number of replicates, from 10 to 1 000 000.
  ///   - level: The part of such intervals that should hold the true figure; `0 < level < 1`.
  ///   - seed: Equal seeds give equal intervals.
  package init(replicateCount: Int = 1000, level: Double = 0.95, seed: UInt64) {
    self.init(
      replicateCount: replicateCount, level: level, method: .biasCorrectedAccelerated, seed: seed)
  }

  /// Chooses how to draw and how to read an interval off the replicates.
  package init(replicateCount: Int = 1000, level: Double = 0.95, method: Method, seed: UInt64) {
    self.replicateCount = replicateCount
    self.level = level
    self.method = method
    self.seed = seed
  }

  /// Computes the confidence interval of a figure.
  ///
  /// - Parameters:
  ///   - weights: The weight of each row, at least 0. Rows of weight 0 are not drawn; the others are
  ///     drawn alike and bring their weight along.
  ///   - strata: The stratum of each row, as any number: as many rows of each are drawn as there are.
  ///     Give the classes for figures that need all of them. `nil` draws from all rows together.
  ///   - metric: The figure, for the weights of all rows: each its own times how often it was drawn.
  /// - Returns: The interval, or `nil` when the figure has no finite value on the rows themselves or on
  ///   more than a tenth of the replicates.
  /// - Throws: ``EvaluationError`` for a setting, a weight or a count out of range, and what `metric`
  ///   throws.
  /// - Complexity: `replicateCount` measurements, and as many draws of `n` random numbers. Replicate
  ///   `r` has a separate generator.
  package func interval(
    weights: [Double], strata: [Int]? = nil, of metric: (_ weights: [Double]) throws -> Double?
  ) throws -> ConfidenceInterval? {
    try intervals(weights: weights, strata: strata) { [try metric($0)] }[0]
  }

  /// Computes the confidence intervals of several figures of the same rows, from the same
  /// replicates.
  ///
  /// - Parameters:
  ///   - weights: The weight of each row, as in `interval(weights:strata:of:)`.
  ///   - strata: The stratum of each row, as there.
  ///   - metrics: The figures for the weights of all rows; always as many.
  /// - Returns: For each figure the interval, or `nil` where a single figure would have none.
  /// - Throws: ``EvaluationError`` for a setting, a weight or a count out of range, and what `metrics`
  ///   throws.
  /// - Complexity: That of one figure, with all figures measured each time.
  package func intervals(
    weights: [Double], strata: [Int]? = nil,
    of metrics: (_ weights: [Double]) throws -> [Double?]
  ) throws -> [ConfidenceInterval?] {
    try check(weights: weights, strata: strata)
    let estimates = try metrics(weights)
    guard estimates.contains(where: { $0?.isFinite == true }) else {
      return [ConfidenceInterval?](repeating: nil, count: estimates.count)
    }
    let parts = drawnParts(weights: weights, strata: strata)
    var replicates = [[Double]](repeating: [], count: estimates.count)
    var drawn = [Double](repeating: 0, count: weights.count)
    for index in 0..<replicateCount {
      var generator = SeededGenerator(seed: SeededGenerator.derivedSeed(seed, index: index))
      for part in parts {
        for row in part { drawn[row] = 0 }
        for _ in part {
          let row = part[generator.integer(below: part.count)]
          drawn[row] += weights[row]
        }
      }
      for (figure, value) in try metrics(drawn).enumerated() {
        if let value, value.isFinite { replicates[figure].append(value) }
      }
    }
    let accelerations =
      method == .percentile
      ? []
      : try accelerations(
        weights: weights, rows: parts.flatMap { $0 }, figureCount: estimates.count, of: metrics)
    return estimates.indices.map { figure in
      guard let estimate = estimates[figure], estimate.isFinite,
        replicates[figure].count * 10 >= replicateCount * 9
      else { return nil }
      let sorted = replicates[figure].sorted()
      var tails = (lower: (1 - level) / 2, upper: (1 + level) / 2)
      if method == .biasCorrectedAccelerated {
        let bias = biasCorrection(sorted, estimate: estimate)
        tails.lower = shifted(tails.lower, bias: bias, acceleration: accelerations[figure])
        tails.upper = shifted(tails.upper, bias: bias, acceleration: accelerations[figure])
      }
      return ConfidenceInterval(
        estimate: estimate, lower: quantile(sorted, tails.lower),
        upper: quantile(sorted, tails.upper), level: level, replicateCount: sorted.count)
    }
  }

  /// Computes the confidence interval of a weighted mean, such as an accuracy or a mean error.
  ///
  /// - Parameters:
  ///   - contributions: What each row contributes: 1 and 0 for hits and misses, absolute errors.
  ///   - weights: The weight of each row, at least 0. `nil` is 1 for all.
  ///   - strata: The stratum of each row, as in `interval(weights:strata:of:)`.
  /// - Returns: The interval of Σ weight · contribution / Σ weight, or `nil` without rows.
  /// - Throws: ``EvaluationError`` for a setting, a value or a count out of range.
  package func interval(
    ofMean contributions: [Double], weights: [Double]? = nil, strata: [Int]? = nil
  ) throws -> ConfidenceInterval? {
    try checkFinite(contributions, "contribution")
    let weights = try checkedWeights(weights, rowCount: contributions.count)
    return try interval(weights: weights, strata: strata) { weights in
      var sum = 0.0
      var total = 0.0
      for row in weights.indices {
        sum += weights[row] * contributions[row]
        total += weights[row]
      }
      return ratio(sum, total)
    }
  }

  private func check(weights: [Double], strata: [Int]?) throws(EvaluationError) {
    guard 10...1_000_000 ~= replicateCount else {
      throw .setting(
        "replicateCount", value: Double(replicateCount), expected: "from 10 to 1000000")
    }
    guard level > 0, level < 1 else {
      throw .setting("level", value: level, expected: "greater than 0 and less than 1")
    }
    _ = try checkedWeights(weights, rowCount: weights.count)
    if let strata { try checkCount(strata.count, of: "strata", rowCount: weights.count) }
  }

  /// The rows that are drawn from each other; strata ascend, and so do the rows of each.
  private func drawnParts(weights: [Double], strata: [Int]?) -> [[Int]] {
    var parts: [Int: [Int]] = [:]
    for row in weights.indices where weights[row] > 0 {
      parts[strata?[row] ?? 0, default: []].append(row)
    }
    return parts.sorted { $0.key < $1.key }.map(\.value)
  }
}

/// A figure, and the range in which it could as well have come out.
public struct ConfidenceInterval: Sendable, Equatable, Codable {
  /// The figure on the rows themselves.
  package let estimate: Double
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double
  /// The part of such intervals that should hold the true figure.
  package let level: Double
  /// The number of replicates on which the figure had a value.
  package let replicateCount: Int

  /// An interval from its parts.
  package init(
    estimate: Double, lower: Double, upper: Double, level: Double, replicateCount: Int
  ) {
    self.estimate = estimate
    self.lower = lower
    self.upper = upper
    self.level = level
    self.replicateCount = replicateCount
  }
}

// MARK: - Bias correction and acceleration
//
// With Φ the normal distribution, the interval's ends are not the α-quantiles of the replicates but
// those of
//
//     Φ(z + (z + z_α) / (1 − a (z + z_α))),    z = Φ⁻¹(part of the replicates below the estimate)
//
// where a is a sixth of the skewness of the rows' influences, taken from a jackknife: the figure is
// measured without one row at a time. Groups of rows serve as well, because sums of m influences give
// the same quotient Σd³ / (Σd²)^{3/2} on average, and 200 of them leave a an error below 0.004.

extension Bootstrap {
  private static let jackknifeGroupLimit = 200

  private func biasCorrection(_ replicates: [Double], estimate: Double) -> Double {
    // Replicates that equal the estimate lie below it by half: figures of few rows have many.
    let below = replicates.reduce(0) { $0 + ($1 < estimate ? 1 : $1 == estimate ? 0.5 : 0) }
    let count = Double(replicates.count)
    return normalQuantile(min(max(below, 0.5), count - 0.5) / count)
  }

  /// The acceleration of each figure.
  private func accelerations(
    weights: [Double], rows: [Int], figureCount: Int,
    of metrics: ([Double]) throws -> [Double?]
  ) throws -> [Double] {
    var shuffled = rows
    var generator = SeededGenerator(
      seed: SeededGenerator.derivedSeed(seed, index: replicateCount))
    generator.shuffle(&shuffled)
    let groupCount = min(rows.count, Self.jackknifeGroupLimit)
    var remaining = weights
    var values: [[Double?]] = []
    for group in 0..<groupCount {
      let left = stride(from: group, to: shuffled.count, by: groupCount).map { shuffled[$0] }
      for row in left { remaining[row] = 0 }
      values.append(try metrics(remaining))
      for row in left { remaining[row] = weights[row] }
    }
    return (0..<figureCount).map { figure in
      Self.acceleration(values.compactMap { $0[figure] }.filter(\.isFinite))
    }
  }

  private static func acceleration(_ values: [Double]) -> Double {
    guard let mean = mean(values) else { return 0 }
    let squares = values.reduce(0) { $0 + (mean - $1) * (mean - $1) }
    let cubes = values.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
    let spread = squares * squares.squareRoot()
    return spread > 0 ? cubes / (6 * spread) : 0
  }

  private func shifted(_ tail: Double, bias: Double, acceleration: Double) -> Double {
    let place = bias + normalQuantile(tail)
    let room = 1 - acceleration * place
    // The formula has a pole; beyond it lies the end of the replicates.
    guard room > 0 else { return place > 0 ? 1 : 0 }
    return normalDistribution(bias + place / room)
  }
}

/// A quantile of sorted values, between neighbours by a straight line.
func quantile(_ sorted: [Double], _ part: Double) -> Double {
  let place = part * Double(sorted.count - 1)
  let below = min(Int(place), sorted.count - 1)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}

/// Φ: the part of a normal distribution below a number of standard deviations.
func normalDistribution(_ deviations: Double) -> Double {
  erfc(-deviations / 2.0.squareRoot()) / 2
}

/// Φ⁻¹, by bisection: it is computed a few times in each interval.
func normalQuantile(_ part: Double) -> Double {
  // Φ is more exact below 0, where its values are not rounded against 1.
  if part > 0.5 { return -normalQuantile(1 - part) }
  var (low, high) = (-40.0, 0.0)
  while true {
    let middle = (low + high) / 2
    if middle <= low || middle >= high { return high }
    if normalDistribution(middle) < part { low = middle } else { high = middle }
  }
}
