/// How far predictions lie from their targets.
///
/// Rows are counted one by one; the variance of the targets is kept by Welford's update, which does
/// not cancel when the mean is large beside the spread. Figures without a value are `nil`.
///
/// > B. P. Welford. "Note on a Method for Calculating Corrected Sums of Squares and Products."
/// > *Technometrics* 4 (1962), 419–420.
public struct RegressionErrors: Sendable, Equatable {
  /// The number of rows counted.
  public private(set) var rowCount = 0
  private var squaredErrors = 0.0
  private var absoluteErrors = 0.0
  private var targetMean = 0.0
  /// Σ (target − mean of the targets)².
  private var targetSquares = 0.0

  /// Starts with no rows counted.
  public init() {}

  /// Counts pairs of targets and predictions.
  ///
  /// - Parameters:
  ///   - actual: The target of each row.
  ///   - predicted: The prediction for each row; as many as `actual`.
  public init(actual: [Double], predicted: [Double]) {
    precondition(
      actual.count == predicted.count,
      "actual has \(actual.count) rows, but predicted has \(predicted.count)")
    for (actual, predicted) in zip(actual, predicted) { add(actual: actual, predicted: predicted) }
  }

  /// Counts one row.
  ///
  /// - Parameters:
  ///   - actual: Its target.
  ///   - predicted: The prediction for it.
  public mutating func add(actual: Double, predicted: Double) {
    rowCount += 1
    let error = predicted - actual
    squaredErrors += error * error
    absoluteErrors += error.magnitude
    let beforeUpdate = actual - targetMean
    targetMean += beforeUpdate / Double(rowCount)
    targetSquares += beforeUpdate * (actual - targetMean)
  }

  /// √(mean of the squared errors), in units of the target, or `nil` without rows.
  public var rootMeanSquaredError: Double? {
    rowCount == 0 ? nil : (squaredErrors / Double(rowCount)).squareRoot()
  }

  /// The mean of the absolute errors, in units of the target, or `nil` without rows.
  public var meanAbsoluteError: Double? {
    rowCount == 0 ? nil : absoluteErrors / Double(rowCount)
  }

  /// R² = 1 − Σ(error²) / Σ(target − mean)², the part of the variance that is explained: 1 for a
  /// perfect fit, 0 for one that is as good as the mean, negative for worse.
  ///
  /// `nil` when all targets are equal (also one row, and none): there is no variance to explain.
  public var coefficientOfDetermination: Double? {
    targetSquares > 0 ? 1 - squaredErrors / targetSquares : nil
  }

  /// The figures, labelled; those without a value are left out, and so are those that
  /// overflowed (errors beyond about 10¹⁵⁰).
  ///
  /// - Parameter set: What the counted rows are.
  /// - Returns: `rmse`, `mae` and `r2`, in this order.
  public func metrics(on set: Metric.MeasuredSet) -> [Metric] {
    [
      ("rmse", rootMeanSquaredError), ("mae", meanAbsoluteError),
      ("r2", coefficientOfDetermination),
    ]
    .compactMap { name, value in
      guard let value, value.isFinite else { return nil }
      return Metric(name: name, value: value, set: set, rows: rowCount)
    }
  }
}
