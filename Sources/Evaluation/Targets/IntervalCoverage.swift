/// How often targets lie within predicted intervals, and how wide these are.
///
/// Rows are counted one by one. Either figure alone is easily made perfect by intervals that are
/// useless: wide ones cover everything, narrow ones are narrow.
package struct IntervalCoverage: Sendable, Equatable {
  /// The number of rows counted.
  package private(set) var rowCount = 0
  private var totalWeight = 0.0
  private var covered = 0.0
  private var widths = 0.0

  /// Starts with no rows counted.
  package init() {}

  /// Counts one row.
  ///
  /// - Parameters:
  ///   - actual: Its target; finite.
  ///   - lower: The lower end of its interval, which belongs to it; may be −∞.
  ///   - upper: The upper end of its interval, which belongs to it; may be ∞.
  ///   - weight: How much the row counts; finite and at least 0. A row of weight 0 is not counted.
  /// - Throws: ``EvaluationError`` for a target that is not finite, ends that are NaN or in the wrong
  ///   order, or a weight out of range; nothing is counted then. Rows are named by their number
  ///   among those counted.
  package mutating func add(
    actual: Double, lower: Double, upper: Double, weight: Double = 1
  ) throws(EvaluationError) {
    guard actual.isFinite else { throw .notFinite("target", actual, row: rowCount) }
    guard lower <= upper else { throw .interval(lower: lower, upper: upper, row: rowCount) }
    guard isWeight(weight) else { throw .weight(weight, row: rowCount) }
    guard weight > 0 else { return }
    rowCount += 1
    totalWeight += weight
    if lower <= actual, actual <= upper { covered += weight }
    widths += weight * (upper - lower)
  }

  /// The part of the targets that lie in their intervals, ends included, or `nil` without rows.
  package var coverage: Double? { ratio(covered, totalWeight) }

  /// The mean of the intervals' widths, in units of the target, or `nil` without rows; infinite when
  /// an interval is.
  package var meanWidth: Double? { ratio(widths, totalWeight) }
}
