import Basics

/// How good predicted probabilities of classes are.
///
/// Rows are counted one by one in constant space. With pₖ the probability that a row gives to class k
/// and a the class it belongs to:
/// ```
/// log loss      mean of −ln pₐ, pₐ clipped to [2⁻⁵², 1 − 2⁻⁵²]
/// Brier score   mean of Σₖ (pₖ − [k = a])²; for two classes half of it, which is (p − [a = 1])²
/// ```
/// Clip and scale are those of scikit-learn. Both are proper: no predictor gains by stating other
/// probabilities than those it holds true.
///
/// > G. W. Brier. "Verification of Forecasts Expressed in Terms of Probability." *Monthly Weather
/// > Review* 78 (1950), 1–3.
public struct ProbabilityScores: Sendable, Equatable {
  /// The number of classes.
  package let classCount: Int
  /// The number of rows counted.
  package private(set) var rowCount = 0
  private var totalWeight = 0.0
  private var logLosses = 0.0
  private var squares = 0.0
  private var sums: ReliabilitySums

  /// Starts with no rows counted.
  ///
  /// - Parameters:
  ///   - classCount: The number of classes; at least 2.
  ///   - binCount: The number of bins of `reliability`, from 1 to 10 000.
  /// - Throws: `EvaluationError/setting(_:value:expected:)` for a number out of range.
  public init(classCount: Int, binCount: Int = 15) throws(EvaluationError) {
    guard classCount >= 2 else {
      throw .setting("classCount", value: Double(classCount), expected: "at least 2")
    }
    self.classCount = classCount
    sums = try ReliabilitySums(binCount: binCount)
  }

  /// Counts one row.
  ///
  /// - Parameters:
  ///   - probabilities: The probability of each class; `classCount` numbers from 0 to 1 whose sum is 1
  ///     (up to 10⁻⁴: nothing is rescaled).
  ///   - actual: The index of the row's class, or `nil` for a class that the model does not know and
  ///     so gives the probability 0.
  ///   - weight: How much the row counts; finite and at least 0. A row of weight 0 is not counted.
  /// - Throws: ``EvaluationError`` for a value out of range; nothing is counted then. Rows are named
  ///   by their number among those counted.
  /// - Complexity: O(`classCount`).
  public mutating func add(
    probabilities: some RandomAccessCollection<Double>, actual: Int?, weight: Double = 1
  ) throws(EvaluationError) {
    guard probabilities.count == classCount else {
      throw .setting(
        "the number of probabilities of row \(rowCount)", value: Double(probabilities.count),
        expected: "the number of classes, \(classCount)")
    }
    if let actual, !(0..<classCount ~= actual) {
      throw .classIndex(actual, classCount: classCount, row: rowCount)
    }
    guard isWeight(weight) else { throw .weight(weight, row: rowCount) }
    var sum = 0.0
    var square = 0.0
    var ofActual = 0.0
    var largest = (index: 0, probability: -1.0)
    var last = 0.0
    for (index, probability) in probabilities.enumerated() {
      guard probability >= 0, probability <= 1 else {
        throw .probability(probability, row: rowCount)
      }
      let distance = probability - (index == actual ? 1 : 0)
      sum += probability
      square += distance * distance
      if index == actual { ofActual = probability }
      if probability > largest.probability { largest = (index, probability) }
      last = probability
    }
    // A class without a place in the list is a separate term (0 − 1)².
    if actual == nil { square += 1 }
    guard (sum - 1).magnitude <= 1e-4 else { throw .probabilitySum(sum, row: rowCount) }
    guard weight > 0 else { return }
    rowCount += 1
    totalWeight += weight
    logLosses -= weight * log(min(max(ofActual, 0x1p-52), 1 - 0x1p-52))
    squares += weight * square
    if classCount == 2 {
      sums.add(probability: last, isTrue: actual == 1, weight: weight)
    } else {
      sums.add(
        probability: largest.probability, isTrue: largest.index == actual, weight: weight)
    }
  }

  /// What one row adds to the log loss and to the Brier score, its weight aside.
  ///
  /// - Parameters:
  ///   - probabilities: The probability of each class, as ``add(probabilities:actual:weight:)`` takes
  ///     them.
  ///   - actual: The index of the row's class, or `nil` for a class without a probability.
  /// - Returns: −ln of the class's probability, and the squared distance, halved for two classes.
  package static func losses(
    _ probabilities: some RandomAccessCollection<Double>, actual: Int?
  ) -> (log: Double, brier: Double) {
    var ofActual = 0.0
    var square = actual == nil ? 1.0 : 0
    for (index, probability) in probabilities.enumerated() {
      let distance = probability - (index == actual ? 1 : 0)
      square += distance * distance
      if index == actual { ofActual = probability }
    }
    return (
      -log(min(max(ofActual, 0x1p-52), 1 - 0x1p-52)),
      probabilities.count == 2 ? square / 2 : square
    )
  }

  /// The mean of −ln(probability of the row's class), or `nil` without rows.
  ///
  /// A row whose class was given the probability 0 costs 36.04.
  public var logLoss: Double? { ratio(logLosses, totalWeight) }

  /// The mean squared distance of the probabilities from what happened, or `nil` without rows: from 0
  /// to 1 for two classes, from 0 to 2 for more.
  public var brierScore: Double? {
    ratio(classCount == 2 ? squares / 2 : squares, totalWeight)
  }

  /// The probability of the second class against how often it came true, for two classes; for more,
  /// the largest probability against how often that class was right.
  ///
  /// The bins have equal width.
  package var reliability: ReliabilityCurve { sums.curve }

  /// The expected calibration error of `reliability`, or `nil` without rows.
  public var calibrationError: Double? { reliability.expectedCalibrationError }
}
