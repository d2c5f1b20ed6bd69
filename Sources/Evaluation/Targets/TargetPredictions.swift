/// Targets and predictions of a regression, kept row by row for figures that need all of them at
/// once, for plots and for resampling.
///
/// ``RegressionErrors`` has a constant size instead, and no median.
package struct TargetPredictions: Sendable, Equatable {
  /// The target of each row.
  package let actual: [Double]
  /// The prediction for each row.
  package let predicted: [Double]
  /// The weight of each row.
  package let weights: [Double]

  /// Pairs targets and predictions.
  ///
  /// - Parameters:
  ///   - actual: The target of each row; finite.
  ///   - predicted: The prediction for each row; finite, as many as `actual`.
  ///   - weights: The weight of each row, at least 0; as many as `actual`. `nil` is 1 for all.
  /// - Throws: ``EvaluationError`` for a wrong count, or a value out of range.
  package init(
    actual: [Double], predicted: [Double], weights: [Double]? = nil
  ) throws(EvaluationError) {
    try checkCount(predicted.count, of: "predicted", rowCount: actual.count)
    try checkFinite(actual, "target")
    try checkFinite(predicted, "prediction")
    self.weights = try checkedWeights(weights, rowCount: actual.count)
    self.actual = actual
    self.predicted = predicted
  }

  /// The prediction minus the target of each row.
  package var residuals: [Double] { zip(predicted, actual).map { $0 - $1 } }

  /// RMSE, MAE and what else needs no memory.
  package var errors: RegressionErrors {
    RegressionErrors(actual: actual, predicted: predicted, weights: weights)
  }

  /// R² as ``RegressionErrors/coefficientOfDetermination`` defines it.
  ///
  /// Two passes over the rows keep its digits also where the mean of the targets is 10⁸ times their
  /// spread; the single pass of ``RegressionErrors`` keeps nine of them there.
  ///
  /// `nil` when all targets are equal.
  package var coefficientOfDetermination: Double? {
    guard let first = weights.indices.first(where: { weights[$0] > 0 }) else { return nil }
    // Differences from one of the targets are exact, or nearly so, and 0 for equal ones.
    let shifted = actual.map { $0 - actual[first] }
    let total = weights.reduce(0, +)
    let mean = weights.indices.reduce(0) { $0 + weights[$1] * shifted[$1] } / total
    var errors = 0.0
    var squares = 0.0
    for row in weights.indices {
      let error = predicted[row] - actual[row]
      errors += weights[row] * (error * error)
      squares += weights[row] * ((shifted[row] - mean) * (shifted[row] - mean))
    }
    return squares > 0 ? 1 - errors / squares : nil
  }

  /// The median of the absolute errors, in units of the target, or `nil` without rows.
  ///
  /// The smallest absolute error at which the summed weight reaches half the total; where it meets
  /// the half exactly, the mean of that one and the next.
  ///
  /// - Complexity: O(n log n).
  package var medianAbsoluteError: Double? {
    weightedMedian(residuals.map(\.magnitude), weights: weights)
  }

  /// The mean pinball loss of predictions of a quantile, in units of the target: an error costs
  /// `quantile` times its size where the target lies above, `1 − quantile` times where it lies below.
  ///
  /// > R. Koenker, G. Bassett. "Regression Quantiles." *Econometrica* 46 (1978), 33–50.
  ///
  /// - Parameter quantile: The quantile that was predicted; from 0 to 1. 0.5 gives half the mean
  ///   absolute error.
  /// - Returns: The loss, or `nil` without rows.
  package func pinballLoss(quantile: Double) -> Double? {
    precondition(
      quantile >= 0 && quantile <= 1, "a quantile must lie between 0 and 1, but is \(quantile)")
    var loss = 0.0
    for row in actual.indices {
      loss += weights[row] * Self.pinballLoss(actual[row], predicted[row], quantile)
    }
    return ratio(loss, weights.reduce(0, +))
  }

  /// What one prediction of a quantile costs.
  static func pinballLoss(_ actual: Double, _ predicted: Double, _ quantile: Double) -> Double {
    let above = actual - predicted
    return above >= 0 ? quantile * above : (quantile - 1) * above
  }
}
