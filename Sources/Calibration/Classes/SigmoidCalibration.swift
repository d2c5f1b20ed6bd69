import Basics

// Platt's sigmoid, fitted so that it never falls.
//
// Read `fit`, then `risingMinimum`, which is the numerically safe Newton method of Lin, Lin and Weng, in
// decision values that were shifted and scaled to mean 0 and deviation 1 first: the Hessian is then
// well conditioned whatever the units are.

/// The probability of the positive class as a sigmoid of the decision value: p(d) = 1/(1 + e^(A·d+B)).
///
/// A is never positive, so that a larger decision value is never less probable. The parameters
/// minimise the cross-entropy to Platt's smoothed targets, (N₊+1)/(N₊+2) for the positive rows and
/// 1/(N₋+2) for the negative ones [1], by Newton's method with backtracking [2], under the constraint
/// A ≤ 0. The problem is convex: where the minimum without the constraint has A ≥ 0, the constrained
/// one has A = 0. Decision values that are worthless or reversed in these rows thus give a
/// **constant** probability, the mean of the targets (``isConstant``), and never a reversed one.
///
/// > [1] J. C. Platt. "Probabilistic Outputs for Support Vector Machines and Comparisons to
/// > Regularized Likelihood Methods." *Advances in Large Margin Classifiers* (1999), 61–74.
/// >
/// > [2] H.-T. Lin, C.-J. Lin, R. C. Weng. "A Note on Platt's Probabilistic Outputs for Support
/// > Vector Machines." *Machine Learning* 68 (2007), 267–276.
package struct SigmoidCalibration: Sendable, Equatable {
  /// A ≤ 0, in units of 1/decision value.
  package let a: Double
  /// B, the logarithm of the odds against the positive class at a decision value of 0.
  package let b: Double

  /// Makes a sigmoid of stored parameters.
  ///
  /// - Parameters:
  ///   - a: A; finite, at most 0.
  ///   - b: B; finite.
  /// - Throws: `CalibrationError/invalidParameter(name:value:expected:)`.
  package init(a: Double, b: Double) throws(CalibrationError) {
    guard a.isFinite, a <= 0 else {
      throw .invalidParameter(name: "the sigmoid's A", value: a, expected: "finite and at most 0")
    }
    guard b.isFinite else {
      throw .invalidParameter(name: "the sigmoid's B", value: b, expected: "finite")
    }
    self.init(checkedA: a, b: b)
  }

  /// Makes a sigmoid of parameters that are known to be in range; zeros lose their sign.
  init(checkedA a: Double, b: Double) {
    self.a = a + 0
    self.b = b + 0
  }

  /// The probability of the positive class.
  ///
  /// - Parameter decision: A decision value; infinities are limits, NaN gives NaN.
  /// - Returns: A number from 0 to 1 that never falls as the decision value grows.
  package func probability(_ decision: Double) -> Double { fallingLogistic(exponent(decision)) }

  /// The probability of the negative class, without the cancellation of 1 − p.
  func complement(_ decision: Double) -> Double { fallingLogistic(-exponent(decision)) }

  private func exponent(_ decision: Double) -> Double {
    // Without the first case an infinite decision value would meet A = 0 and become NaN.
    a == 0 && !decision.isNaN ? b : a * decision + b
  }

  /// The decision value at which both classes are equally probable, −B/A; for a constant ½ it is 0,
  /// and for another constant there is none.
  package var threshold: Double? { decision(atOdds: 1) }

  /// The decision value at which the positive class has these odds; for a constant of these odds it is
  /// 0, and for another constant there is none.
  func decision(atOdds odds: Double) -> Double? {
    // The odds against the positive class are e^(A·d+B).
    let exponent = odds == 1 ? 0 : -log(odds)
    if a == 0 { return b == exponent ? 0 : nil }
    let decision = (exponent - b) / a
    return decision.isFinite ? decision : nil
  }

  /// Whether the decision value changes nothing: the rows of the fit did not show that larger values
  /// are more probable.
  package var isConstant: Bool { a == 0 }
}

extension SigmoidCalibration {
  /// Fits a sigmoid to decision values of known rows.
  ///
  /// The values should come from models that did not see their rows (`OutOfFoldPlan`); values of
  /// training rows make probabilities too extreme. When only one class has decision values nothing
  /// can be measured, and the sigmoid is the one that takes Platt's targets at the margins: p(+1) =
  /// (N₊+1)/(N₊+2) and p(−1) = 1/(N₋+2), where N₊ and N₋ also count rows without a value.
  ///
  /// - Parameters:
  ///   - decisions: n decision values; NaN means that the row has none.
  ///   - isPositive: For each row whether it belongs to the positive class.
  ///   - weights: n finite weights of at least 0, or `nil` for 1 each. A row of weight 2 counts as
  ///     two rows, one of weight 0 as none.
  /// - Returns: The sigmoid.
  /// - Throws: ``CalibrationError`` when counts differ, a decision value is infinite or a weight is
  ///   out of range.
  /// - Complexity: O(n) for each of about ten Newton steps.
  package static func fit(
    decisions: [Double], isPositive: [Bool], weights: [Double]? = nil
  ) throws(CalibrationError) -> SigmoidCalibration {
    fit(try LabelledScores(decisions: decisions, isPositive: isPositive, weights: weights))
  }

  static func fit(_ scores: LabelledScores) -> SigmoidCalibration {
    guard scores.measuresBothClasses else {
      return atMargins(positive: scores.allPositiveWeight, negative: scores.allNegativeWeight)
    }
    let problem = PlattProblem(scores)
    if let (a, b) = problem.risingMinimum(), a.isFinite, b.isFinite {
      return SigmoidCalibration(checkedA: a, b: b)
    }
    return SigmoidCalibration(checkedA: 0, b: problem.constant)
  }

  /// The sigmoid with p(+1) = (N₊+1)/(N₊+2) and p(−1) = 1/(N₋+2): two equations for A and B, with
  /// log-odds ln(N₊+1) and −ln(N₋+1).
  static func atMargins(positive: Double, negative: Double) -> SigmoidCalibration {
    let (upper, lower) = (log1p(positive), log1p(negative))
    return SigmoidCalibration(checkedA: -(upper + lower) / 2, b: (lower - upper) / 2)
  }
}

/// The cross-entropy of a sigmoid in standardised decision values, as a function of A and B.
private struct PlattProblem {
  /// The standardised decision value, the target and the share of the weight of each row.
  private var rows: [(z: Double, target: Double, weight: Double)] = []
  /// The decision value is `unit · (centre + deviation · z)`.
  private var unit = 1.0
  private var centre = 0.0
  private var deviation = 0.0
  /// B of the best constant: the logarithm of the mean targets' odds against the positive class.
  let constant: Double

  init(_ scores: LabelledScores) {
    let (upper, lower) = scores.targets
    constant = log(scores.meanOdds)

    // Dividing by the largest magnitude first keeps the squares from overflowing.
    unit = scores.decisions.reduce(0) { max($0, $1.magnitude) }
    guard unit > 0 else { return }
    let total = scores.weights.reduce(0, +)
    for (decision, weight) in zip(scores.decisions, scores.weights) {
      centre += weight / total * (decision / unit)
    }
    var variance = 0.0
    for (decision, weight) in zip(scores.decisions, scores.weights) {
      let offset = decision / unit - centre
      variance += weight / total * offset * offset
    }
    deviation = variance.squareRoot()
    // Equal values differ from their mean by rounding alone.
    guard deviation > 1e-14 else {
      deviation = 0
      return
    }
    rows = scores.decisions.indices.map { index in
      (
        (scores.decisions[index] / unit - centre) / deviation,
        scores.isPositive[index] ? upper : lower, scores.weights[index] / total
      )
    }
  }

  /// The value, gradient and Hessian at a point.
  private struct Point {
    var a: Double
    var b: Double
    var value = 0.0
    var gradientA = 0.0
    var gradientB = 0.0
    var hessianAA = 0.0
    var hessianAB = 0.0
    var hessianBB = 0.0
    var gradientSize: Double { max(gradientA.magnitude, gradientB.magnitude) }
  }

  private func point(_ a: Double, _ b: Double) -> Point {
    var point = Point(a: a, b: b)
    for (z, target, weight) in rows {
      let f = a * z + b
      point.value += weight * crossEntropy(target: target, f)
      let probability = fallingLogistic(f)
      let slope = weight * (target - probability)
      point.gradientA += slope * z
      point.gradientB += slope
      let curvature = weight * probability * fallingLogistic(-f)
      point.hessianAA += curvature * z * z
      point.hessianAB += curvature * z
      point.hessianBB += curvature
    }
    return point
  }

  /// A < 0 and B of the unconstrained minimum in the units of the decision values; nil when it
  /// does not rise, or all decision values are equal.
  func risingMinimum() -> (a: Double, b: Double)? {
    guard deviation > 0 else { return nil }
    var current = point(0, constant)
    for _ in 0..<200 where current.gradientSize > 1e-14 {
      guard let next = step(from: current) else { break }
      current = next
    }
    // A slope of a billionth for each deviation is rounding: its threshold would be anywhere.
    guard current.a < -1e-9 else { return nil }
    return (current.a / (unit * deviation), current.b - current.a * centre / deviation)
  }

  /// One Newton step, halved until the value falls enough; nil when rounding leaves nothing to gain.
  private func step(from current: Point) -> Point? {
    // The ridge keeps the Hessian invertible where every probability is nearly 0 or 1.
    let ridge = 1e-12
    let (aa, bb, ab) = (current.hessianAA + ridge, current.hessianBB + ridge, current.hessianAB)
    let determinant = aa * bb - ab * ab
    let stepA = -(bb * current.gradientA - ab * current.gradientB) / determinant
    let stepB = -(aa * current.gradientB - ab * current.gradientA) / determinant
    let slope = current.gradientA * stepA + current.gradientB * stepB
    guard slope.isFinite, slope < 0 else { return nil }
    var length = 1.0
    while length >= 1e-10 {
      let next = point(current.a + length * stepA, current.b + length * stepB)
      if next.value < current.value + 1e-4 * length * slope { return next }
      // Near the minimum the value has no digits left to show progress; the gradient has.
      if length == 1, next.gradientSize < 0.5 * current.gradientSize,
        (next.value - current.value).magnitude <= 1e-12
      {
        return next
      }
      length /= 2
    }
    return nil
  }
}
