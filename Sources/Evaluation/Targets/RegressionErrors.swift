/// How far predictions lie from their targets.
///
/// Rows are counted one by one; the variance of the targets is kept by West's weighted form of
/// Welford's update, which does not cancel when the mean is large compared with the spread. A
/// row may carry a weight: 2 counts as the row twice, 0 as no row at all. Figures without a
/// value are `nil`.
///
/// > D. H. D. West. "Updating Mean and Variance Estimates: An Improved Method." *Communications of
/// > the ACM* 22 (1979), 532–535.
public struct RegressionErrors: Sendable, Equatable {
  /// The number of rows counted.
  package private(set) var rowCount = 0
  /// The summed weight of the rows counted.
  package private(set) var totalWeight = 0.0
  private var squaredErrors = 0.0
  private var absoluteErrors = 0.0
  /// Σ weight · |error / target|; infinite or NaN once a target was 0.
  private var relativeErrors = 0.0
  private var largestError = 0.0
  private var targetMean = 0.0
  /// Σ weight · (target − mean of the targets)².
  private var targetSquares = 0.0

  /// Starts with no rows counted.
  package init() {}

  /// Counts pairs of targets and predictions.
  ///
  /// - Parameters:
  ///   - actual: The target of each row.
  ///   - predicted: The prediction for each row; as many as `actual`.
  ///   - weights: The weight of each row, finite and at least 0; as many as `actual`. `nil` is 1 for
  ///     all.
  public init(actual: [Double], predicted: [Double], weights: [Double]? = nil) {
    precondition(
      actual.count == predicted.count,
      "actual has \(actual.count) rows, but predicted has \(predicted.count)")
    precondition(
      weights.map { $0.count == actual.count } ?? true,
      "actual has \(actual.count) rows, but weights has \(weights?.count ?? 0)")
    for row in actual.indices {
      add(actual: actual[row], predicted: predicted[row], weight: weights?[row] ?? 1)
    }
  }

  /// Counts one row.
  ///
  /// - Parameters:
  ///   - actual: Its target.
  ///   - predicted: The prediction for it.
  ///   - weight: How much the row counts; finite and at least 0. A row of weight 0 is not counted.
  package mutating func add(actual: Double, predicted: Double, weight: Double = 1) {
    precondition(isWeight(weight), "a weight must be finite and at least 0, but is \(weight)")
    guard weight > 0 else { return }
    rowCount += 1
    totalWeight += weight
    let error = predicted - actual
    squaredErrors += weight * (error * error)
    absoluteErrors += weight * error.magnitude
    relativeErrors += weight * (error / actual).magnitude
    largestError = max(largestError, error.magnitude)
    let beforeUpdate = actual - targetMean
    // Not weight · before / total: of a first row the mean must become its target exactly, so that
    // equal targets have no variance, and with weights of 1 this is before / n.
    targetMean += beforeUpdate / (totalWeight / weight)
    targetSquares += weight * beforeUpdate * (actual - targetMean)
  }

  /// Adds the rows that another one counted.
  ///
  /// - Parameter other: Sums over other rows.
  package mutating func add(_ other: RegressionErrors) {
    guard other.rowCount > 0 else { return }
    let total = totalWeight + other.totalWeight
    let distance = other.targetMean - targetMean
    // Chan, Golub and LeVeque's pairwise update; the quotients are at most 1.
    targetSquares +=
      other.targetSquares + distance * distance * totalWeight * (other.totalWeight / total)
    targetMean += distance * (other.totalWeight / total)
    rowCount += other.rowCount
    totalWeight = total
    squaredErrors += other.squaredErrors
    absoluteErrors += other.absoluteErrors
    relativeErrors += other.relativeErrors
    largestError = max(largestError, other.largestError)
  }

  /// √(mean of the squared errors), in units of the target, or `nil` without rows.
  public var rootMeanSquaredError: Double? {
    ratio(squaredErrors, totalWeight).map { $0.squareRoot() }
  }

  /// The mean of the absolute errors, in units of the target, or `nil` without rows.
  public var meanAbsoluteError: Double? { ratio(absoluteErrors, totalWeight) }

  /// The largest absolute error, in units of the target, or `nil` without rows.
  ///
  /// Weights do not matter, as long as they are not 0.
  package var maximumError: Double? { rowCount == 0 ? nil : largestError }

  /// The mean of |error / target|: 0.1 is ten percent.
  ///
  /// `nil` without rows, and when a target is 0, which no percentage can be taken of. (scikit-learn
  /// divides by 2⁻⁵² there.)
  package var meanAbsolutePercentageError: Double? {
    relativeErrors.isFinite ? ratio(relativeErrors, totalWeight) : nil
  }

  /// R² = 1 − Σ(error²) / Σ(target − mean)², the part of the variance that is explained: 1 for a
  /// perfect fit, 0 for one that is as good as the mean, negative for worse.
  ///
  /// `nil` without variance to explain: when all targets are equal (also one row, and none).
  public var coefficientOfDetermination: Double? {
    targetSquares > 0 ? 1 - squaredErrors / targetSquares : nil
  }
}
