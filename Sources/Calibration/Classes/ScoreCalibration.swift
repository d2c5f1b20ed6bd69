/// How decision values are turned into probabilities.
public enum CalibrationMethod: String, Sendable, CaseIterable {
  /// Platt's sigmoid: two parameters, good from few rows on.
  case sigmoid
  /// A non-decreasing function of any shape, for thousands of rows.
  case isotonic
  /// A softmax with one parameter, which moves no threshold.
  case temperature
}

/// The probability of the positive class as a function of one decision value that never falls.
package enum ScoreCalibration: Sendable, Equatable {
  /// Platt's sigmoid.
  case sigmoid(SigmoidCalibration)
  /// A non-decreasing, piecewise linear function.
  case isotonic(IsotonicCalibration)
  /// A softmax of 0 and the decision value.
  case temperature(TemperatureCalibration)

  /// The fewest rows of either class to which a non-decreasing function is fitted.
  static let minimumIsotonicRows = 10

  /// Fits a calibration to decision values of known rows.
  ///
  /// Where the rows cannot carry the method, a sigmoid takes its place: for `isotonic` when fewer than
  /// ten rows of either class have a decision value; for every method when one class has none, see
  /// ``SigmoidCalibration/fit(decisions:isPositive:weights:)``.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - decisions: n decision values; NaN means that the row has none.
  ///   - isPositive: For each row whether it belongs to the positive class.
  ///   - weights: n finite weights of at least 0, or `nil` for 1 each.
  /// - Returns: The calibration.
  /// - Throws: ``CalibrationError`` when counts differ, a decision value is infinite or a weight is
  ///   out of range.
  package static func fit(
    _ method: CalibrationMethod, decisions: [Double], isPositive: [Bool], weights: [Double]? = nil
  ) throws(CalibrationError) -> ScoreCalibration {
    fit(method, try LabelledScores(decisions: decisions, isPositive: isPositive, weights: weights))
  }

  static func fit(_ method: CalibrationMethod, _ scores: LabelledScores) -> ScoreCalibration {
    let fewest = min(scores.positives.count, scores.negatives.count)
    return switch method {
    case .isotonic where fewest >= minimumIsotonicRows: .isotonic(.fit(scores))
    case .temperature where fewest > 0: .temperature(.fit(scores))
    default: .sigmoid(.fit(scores))
    }
  }

  /// The probability of the positive class.
  ///
  /// - Parameter decision: A decision value; infinities are limits, NaN gives NaN.
  /// - Returns: A number from 0 to 1 that never falls as the decision value grows.
  package func probability(_ decision: Double) -> Double {
    switch self {
    case .sigmoid(let calibration): calibration.probability(decision)
    case .isotonic(let calibration): calibration.probability(decision)
    case .temperature(let calibration): calibration.probability(decision)
    }
  }

  /// The probability of the negative class, without cancellation where a formula allows it.
  func complement(_ decision: Double) -> Double {
    switch self {
    case .sigmoid(let calibration): calibration.complement(decision)
    case .isotonic(let calibration): 1 - calibration.probability(decision)
    case .temperature(let calibration): calibration.complement(decision)
    }
  }

  /// A and B of p = 1/(1 + e^(A·d+B)), where the calibration has that form.
  package var exponent: (a: Double, b: Double)? {
    switch self {
    case .sigmoid(let calibration): (calibration.a, calibration.b)
    case .temperature(let calibration): (-calibration.inverseTemperature, 0)
    case .isotonic: nil
    }
  }

  /// The decision value at which both classes are equally probable.
  ///
  /// Without a calibration it would be 0. `nil` when one class always is more probable.
  package var threshold: Double? {
    switch self {
    case .sigmoid(let calibration): calibration.threshold
    case .isotonic(let calibration): calibration.threshold
    case .temperature: 0
    }
  }

  /// The decision value at which the positive class has a certain probability; `nil` where there is
  /// none.
  ///
  /// - Parameter odds: The probability over that of the negative class; finite and above 0.
  /// - Returns: The decision value.
  func decision(atOdds odds: Double) -> Double? {
    switch self {
    case .sigmoid(let calibration): calibration.decision(atOdds: odds)
    case .isotonic(let calibration): calibration.decision(at: odds / (1 + odds))
    case .temperature(let calibration): calibration.decision(atOdds: odds)
    }
  }

  /// Whether the decision value changes nothing: the rows of the fit did not show that larger values
  /// are more probable.
  package var isConstant: Bool {
    switch self {
    case .sigmoid(let calibration): calibration.isConstant
    case .isotonic(let calibration): calibration.isConstant
    case .temperature(let calibration): calibration.isConstant
    }
  }
}
