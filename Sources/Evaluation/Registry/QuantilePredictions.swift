/// Targets and the quantiles that were predicted for each, row by row.
package struct QuantilePredictions: Sendable, Equatable {
  /// The quantiles, each from 0 to 1; at least one, none twice.
  package let levels: [Double]
  /// The target and one quantile's predictions, for each level.
  private let parts: [TargetPredictions]

  /// Collects predictions.
  ///
  /// - Parameters:
  ///   - actual: The target of each row; finite.
  ///   - predicted: `n × levels.count`, row-major: the predicted quantiles of each row; finite.
  ///   - levels: The quantiles, each from 0 to 1; at least one, none twice.
  ///   - weights: The weight of each row, at least 0. `nil` is 1 for all.
  /// - Throws: ``EvaluationError`` for a wrong count, or a value out of range.
  package init(
    actual: [Double], predicted: [Double], levels: [Double], weights: [Double]? = nil
  ) throws(EvaluationError) {
    guard !levels.isEmpty, Set(levels).count == levels.count else {
      throw .setting(
        "the number of different levels", value: Double(Set(levels).count),
        expected: levels.isEmpty ? "at least 1" : "\(levels.count)")
    }
    for level in levels where !(level >= 0 && level <= 1) {
      throw .setting("level", value: level, expected: "between 0 and 1")
    }
    guard predicted.count == actual.count * levels.count else {
      throw .elementCount("predicted", found: predicted.count, rowCount: actual.count)
    }
    self.levels = levels
    var parts: [TargetPredictions] = []
    for place in levels.indices {
      parts.append(
        try TargetPredictions(
          actual: actual,
          predicted: actual.indices.map { predicted[$0 * levels.count + place] }, weights: weights))
    }
    self.parts = parts
  }

  /// The number of rows whose weight is above 0.
  package var rowCount: Int { parts[0].weights.count { $0 > 0 } }

  /// The predictions of one quantile, or `nil` when it was not predicted.
  package func predictions(of level: Double) -> TargetPredictions? {
    levels.firstIndex(of: level).map { parts[$0] }
  }

  /// The mean pinball loss of one quantile, in units of the target, or `nil` without rows, or when the
  /// quantile was not predicted.
  package func pinballLoss(_ level: Double) -> Double? {
    predictions(of: level)?.pinballLoss(quantile: level)
  }

  /// The mean over the quantiles of their mean pinball losses, or `nil` without rows.
  package var meanPinballLoss: Double? { mean(levels.compactMap(pinballLoss)) }
}

extension SampledRows {
  /// What each row's predictions of a quantile contribute.
  ///
  /// - Parameters:
  ///   - level: The quantile; `nil` is the mean over those that were predicted, 0.5 where one number is.
  ///   - loss: What a prediction costs.
  /// - Returns: A number for each row, or `nil` when the quantile was not predicted.
  func quantileContributions(
    _ level: Double?, _ loss: (_ actual: Double, _ predicted: Double, _ quantile: Double) -> Double
  ) -> [Double]? {
    guard !levels.isEmpty else { return contributions { loss($0, $1, level ?? 0.5) } }
    let places = levels.indices.filter { level == nil || levels[$0] == level }
    guard !places.isEmpty, actual.count == count, quantiles.count == count * levels.count else {
      return nil
    }
    return (0..<count).map { row in
      let losses = places.map { loss(actual[row], quantiles[row * levels.count + $0], levels[$0]) }
      return losses.reduce(0, +) / Double(losses.count)
    }
  }
}
