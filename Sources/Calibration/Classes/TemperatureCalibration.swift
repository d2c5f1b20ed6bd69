import Basics

/// Probabilities as the softmax of scores divided by a temperature T > 0.
///
/// One score for each class: p_c = e^(s_c/T) / Σ e^(s_j/T); two classes with one decision value d are
/// the scores 0 and d, so that p(d) = 1/(1 + e^(−d/T)). One parameter moves no threshold and changes
/// no label, only how sure the probabilities are [1].
///
/// The inverse temperature β = 1/T ≥ 0 minimises the cross-entropy to smoothed targets: a row of
/// class c with N_c rows has the target (N_c+1)/(N_c+k) at its class and 1/(N_c+k) at each other,
/// which for two classes are Platt's. The problem is convex in β. Scores that are worthless or
/// reversed give β = 0, equal probabilities.
///
/// > [1] C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger. "On Calibration of Modern Neural Networks."
/// > *ICML* (2017), 1321–1330.
package struct TemperatureCalibration: Sendable, Equatable {
  /// β = 1/T ≥ 0, in units of 1/score.
  package let inverseTemperature: Double

  /// Makes a calibration of a stored parameter.
  ///
  /// - Parameter inverseTemperature: β; finite, at least 0.
  /// - Throws: `CalibrationError/invalidParameter(name:value:expected:)`.
  package init(inverseTemperature: Double) throws(CalibrationError) {
    guard inverseTemperature.isFinite, inverseTemperature >= 0 else {
      throw .invalidParameter(
        name: "the inverse temperature", value: inverseTemperature,
        expected: "finite and at least 0")
    }
    self.init(checked: inverseTemperature)
  }

  init(checked inverseTemperature: Double) {
    self.inverseTemperature = inverseTemperature + 0
  }

  /// The probability of the positive class of two.
  ///
  /// - Parameter decision: A decision value; infinities are limits, NaN gives NaN.
  /// - Returns: A number from 0 to 1 that never falls as the decision value grows.
  package func probability(_ decision: Double) -> Double { fallingLogistic(exponent(decision)) }

  /// The probability of the negative class, without the cancellation of 1 − p.
  func complement(_ decision: Double) -> Double { fallingLogistic(-exponent(decision)) }

  private func exponent(_ decision: Double) -> Double {
    inverseTemperature == 0 && !decision.isNaN ? 0 : -inverseTemperature * decision
  }

  /// The decision value at which the positive class has these odds; `nil` when it never has them.
  func decision(atOdds odds: Double) -> Double? {
    if odds == 1 { return 0 }
    let decision = log(odds) / inverseTemperature
    return decision.isFinite ? decision : nil
  }

  /// Whether the decision value changes nothing.
  package var isConstant: Bool { inverseTemperature == 0 }

  /// Replaces scores by their softmax.
  ///
  /// - Parameter scores: The finite scores of one row, one for each class.
  func softmax(_ scores: inout [Double]) {
    guard let largest = scores.max() else { return }
    var total = 0.0
    for index in scores.indices {
      let below = scores[index] - largest
      let power = inverseTemperature == 0 ? 1 : exp(inverseTemperature * below)
      scores[index] = power
      total += power
    }
    for index in scores.indices { scores[index] /= total }
  }
}

extension TemperatureCalibration {
  /// Fits a temperature to decision values of known rows of two classes.
  ///
  /// - Parameters:
  ///   - decisions: n decision values; NaN means that the row has none.
  ///   - isPositive: For each row whether it belongs to the positive class.
  ///   - weights: n finite weights of at least 0, or `nil` for 1 each.
  /// - Returns: The calibration; β = 1 when no row has a decision value.
  /// - Throws: ``CalibrationError`` when counts differ, a decision value is infinite or a weight is
  ///   out of range.
  /// - Complexity: O(n) for each of a few dozen steps.
  package static func fit(
    decisions: [Double], isPositive: [Bool], weights: [Double]? = nil
  ) throws(CalibrationError) -> TemperatureCalibration {
    fit(try LabelledScores(decisions: decisions, isPositive: isPositive, weights: weights))
  }

  static func fit(_ scores: LabelledScores) -> TemperatureCalibration {
    var problem = TemperatureProblem(
      classWeights: [scores.negatives.weight, scores.positives.weight])
    for index in scores.decisions.indices {
      problem.add(
        [0, scores.decisions[index]], class: scores.isPositive[index] ? 1 : 0,
        weight: scores.weights[index])
    }
    return TemperatureCalibration(checked: problem.minimum())
  }
}

/// The cross-entropy of a softmax as a function of β.
///
/// A row's share is ln Σ_c e^(β·s_c) − β·Σ_c t_c·s_c. Its derivative is the mean of the scores under
/// the softmax less the mean under the targets, which grows with β; the second derivative is the
/// scores' variance under the softmax.
struct TemperatureProblem {
  private let classWeights: [Double]
  /// The scores of the rows, one row after the other, less each row's largest: at most 0.
  ///
  /// A class that has no score in a row has −∞ and takes no part there.
  private var scores: [Double] = []
  /// Σ_c t_c·s_c of each row.
  private var targetMeans: [Double] = []
  private var weights: [Double] = []
  private var classCount: Int { classWeights.count }

  /// Starts without rows.
  ///
  /// - Parameter classWeights: The weight of the rows of each class that will be added.
  init(classWeights: [Double]) { self.classWeights = classWeights }

  /// Adds a row; NaN marks a class without a score.
  ///
  /// A row whose own class has none is left out.
  mutating func add(_ row: [Double], class own: Int, weight: Double) {
    guard weight > 0, !row[own].isNaN else { return }
    let largest = row.reduce(-Double.infinity) { $1.isNaN ? $0 : max($0, $1) }
    let scored = row.reduce(0) { $1.isNaN ? $0 : $0 + 1 }
    let other = max(1e-12, 1 / (classWeights[own] + Double(scored)))
    var mean = 0.0
    for (index, score) in row.enumerated() {
      let below = score.isNaN ? -Double.infinity : score - largest
      scores.append(below)
      guard !score.isNaN else { continue }
      mean += below * (index == own ? 1 - other * Double(scored - 1) : other)
    }
    targetMeans.append(mean)
    weights.append(weight)
  }

  /// The β ≥ 0 of the smallest cross-entropy; 1 without rows.
  func minimum() -> Double {
    guard !weights.isEmpty else { return 1 }
    // In units of the largest difference, β has the size of a log-odds.
    let unit = scores.reduce(0) { $1.isFinite ? max($0, -$1) : $0 }
    guard unit > 0, unit.isFinite else { return 0 }
    guard derivatives(0, unit: unit).first < 0 else { return 0 }
    // The derivative grows from below 0 to above it: bracket its root, then close in by Newton steps,
    // or by halving where such a step leaves the bracket.
    var (low, high) = (0.0, 1.0)
    while derivatives(high, unit: unit).first < 0, high < 1e300 { (low, high) = (high, high * 2) }
    var beta = high
    for _ in 0..<200 {
      let (first, second) = derivatives(beta, unit: unit)
      if first < 0 { low = beta } else { high = beta }
      var next = beta - first / second
      if !(next > low && next < high) { next = low + (high - low) / 2 }
      if first == 0 || (next - beta).magnitude <= 1e-15 * beta { break }
      beta = next
    }
    let inUnits = beta / unit
    return inUnits.isFinite ? inUnits : 0
  }

  /// The first two derivatives by β, for scores divided by a unit.
  private func derivatives(_ beta: Double, unit: Double) -> (first: Double, second: Double) {
    let total = weights.reduce(0, +)
    var (first, second) = (0.0, 0.0)
    for row in weights.indices {
      var (sum, mean, square) = (0.0, 0.0, 0.0)
      for score in scores[row * classCount..<(row + 1) * classCount] where score.isFinite {
        let scaled = score / unit
        let power = exp(beta * scaled)
        sum += power
        mean += power * scaled
        square += power * scaled * scaled
      }
      // The largest score is 0 and its power 1: the sum is at least 1.
      mean /= sum
      let weight = weights[row] / total
      first += weight * (mean - targetMeans[row] / unit)
      second += weight * max(0, square / sum - mean * mean)
    }
    return (first, second)
  }
}
