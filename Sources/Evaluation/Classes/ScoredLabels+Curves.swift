/// What a threshold on the score brings: rows at or above it are predicted positive.
public struct OperatingPoint: Sendable, Equatable {
  /// The lowest score that is predicted positive; ∞ where no row is.
  public let threshold: Double
  /// The part of the positive rows that is found: the recall, or true positive rate.
  public let recall: Double
  /// The part of the negative rows that is predicted positive; 0 when there are none.
  public let falsePositiveRate: Double
  /// The part of the rows predicted positive that are positive; 1 where none is predicted.
  public let precision: Double
}

extension ScoredLabels {
  /// The receiver operating characteristic: recall over false positive rate, from (0, 0) to (1, 1).
  ///
  /// - Parameter pointLimit: The largest number of points; at least 3. A longer curve is thinned:
  ///   its length, the sum of its steps in both directions, is divided evenly, and of each part the
  ///   last point is kept. No point that is left out is farther than 2 / (`pointLimit` − 2) from one
  ///   that is kept.
  /// - Returns: The points by descending threshold; none unless both classes have rows.
  /// - Complexity: O(n).
  public func rocCurve(pointLimit: Int = 500) -> [OperatingPoint] {
    let points = operatingPoints()
    guard let last = points.last, last.falsePositiveRate > 0 else { return [] }
    return thinned(points, limit: pointLimit) {
      ($0.falsePositiveRate - $1.falsePositiveRate).magnitude + ($0.recall - $1.recall).magnitude
    }
  }

  /// Precision over recall, from recall 0, where precision is 1 by convention, to recall 1.
  ///
  /// The area below, without interpolation, is ``averagePrecision``; draw it in steps.
  ///
  /// - Parameter pointLimit: The largest number of points; at least 3. A longer curve is thinned as
  ///   ``rocCurve(pointLimit:)`` is.
  /// - Returns: The points by descending threshold; none without positive rows.
  /// - Complexity: O(n).
  public func precisionRecallCurve(pointLimit: Int = 500) -> [OperatingPoint] {
    thinned(operatingPoints(), limit: pointLimit) {
      ($0.recall - $1.recall).magnitude + ($0.precision - $1.precision).magnitude
    }
  }

  /// A point before the first block and one after each; none without positive rows.
  private func operatingPoints() -> [OperatingPoint] {
    var sums: [(block: Int, positives: Double, negatives: Double)] = []
    var positives = 0.0
    var negatives = 0.0
    forEachBlock(weights) { block, positive, negative in
      positives += positive
      negatives += negative
      if positive + negative > 0 { sums.append((block, positives, negatives)) }
    }
    guard positives > 0 else { return [] }
    let none = OperatingPoint(
      threshold: .infinity, recall: 0, falsePositiveRate: 0, precision: 1)
    return [none]
      + sums.map { sum in
        OperatingPoint(
          threshold: thresholds[sum.block], recall: sum.positives / positives,
          falsePositiveRate: negatives > 0 ? sum.negatives / negatives : 0,
          precision: sum.positives / (sum.positives + sum.negatives))
      }
  }

  private func thinned(
    _ points: [OperatingPoint], limit: Int,
    step: (OperatingPoint, OperatingPoint) -> Double
  ) -> [OperatingPoint] {
    precondition(limit >= 3, "a curve needs a limit of at least 3 points, but has \(limit)")
    guard points.count > limit else { return points }
    var lengths = [0.0]
    for (previous, point) in zip(points, points.dropFirst()) {
      lengths.append(lengths[lengths.count - 1] + step(previous, point))
    }
    let total = lengths[lengths.count - 1]
    // Kept are the first point, the last of each part (the end of the curve begins one more part)
    // and the last point: at most 1 + parts + 1.
    let parts = Double(limit - 2)
    func part(of index: Int) -> Int { Int(lengths[index] / total * parts) }
    return points.indices.filter { index in
      index == 0 || index == points.count - 1 || part(of: index) != part(of: index + 1)
    }
    .map { points[$0] }
  }
}
