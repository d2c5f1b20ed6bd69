/// How unusual a decision value of a one-class model is: the share of the training rows with a lower
/// one.
///
/// The table is fitted to decision values of rows that the model of their fold did not see. A new row
/// with the quantile 0.01 looks less like the training data than 99 in 100 of its rows did; rows drawn
/// like the training data have quantiles that are spread evenly from 0 to 1.
package struct NoveltyQuantiles: Sendable, Equatable {
  /// The out-of-fold decision values.
  package let scores: EmpiricalDistribution

  /// Makes quantiles of a stored table.
  ///
  /// - Parameter scores: The distribution of the training rows' decision values.
  package init(scores: EmpiricalDistribution) { self.scores = scores }

  /// Fits quantiles to decision values.
  ///
  /// - Parameters:
  ///   - decisions: n out-of-fold decision values; NaN means that the row has none.
  ///   - weights: n finite weights of at least 0, or `nil` for 1 each.
  /// - Returns: The quantiles.
  /// - Throws: `CalibrationError/tooFewRows(found:needed:)` when no row of a weight above 0 has a
  ///   value, and other cases of ``CalibrationError`` when counts differ, a value is infinite or a
  ///   weight is out of range.
  /// - Complexity: O(n log n).
  package static func fit(
    decisions: [Double], weights: [Double]? = nil
  ) throws(CalibrationError) -> NoveltyQuantiles {
    NoveltyQuantiles(
      scores: try EmpiricalDistribution(decisions, weights: weights, denseTail: .lower))
  }

  /// The share of the training rows with a lower decision value.
  ///
  /// - Parameter decision: A decision value; NaN gives NaN.
  /// - Returns: A number from 0, lower than all, to 1 that never falls as the decision value grows.
  package func quantile(_ decision: Double) -> Double { scores.share(below: decision) }
}
