/// How many rows a novelty detector took for new.
///
/// Where it is known which rows are new, a ``ConfusionMatrix`` and ``ScoredLabels`` say more.
package struct NoveltyFlags: Sendable, Equatable {
  /// The number of rows counted.
  package private(set) var rowCount = 0
  private var totalWeight = 0.0
  private var flagged = 0.0

  /// Starts with no rows counted.
  package init() {}

  /// Counts one row.
  ///
  /// - Parameters:
  ///   - isFlagged: Whether it was predicted as new.
  ///   - weight: How much the row counts; finite and at least 0. A row of weight 0 is not counted.
  package mutating func add(isFlagged: Bool, weight: Double = 1) {
    precondition(isWeight(weight), "a weight must be finite and at least 0, but is \(weight)")
    guard weight > 0 else { return }
    rowCount += 1
    totalWeight += weight
    if isFlagged { flagged += weight }
  }

  /// Adds the rows that another one counted.
  ///
  /// - Parameter other: Sums over other rows.
  package mutating func add(_ other: NoveltyFlags) {
    rowCount += other.rowCount
    totalWeight += other.totalWeight
    flagged += other.flagged
  }

  /// The part of the rows that was predicted as new, or `nil` without rows.
  package var flaggedFraction: Double? { ratio(flagged, totalWeight) }
}
