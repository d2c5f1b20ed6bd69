import LinearAlgebra
import SupportVectors
import Tables

// A regression in units of the target is the same problem as one in other units. With y = s·y' + m
// and f = s·f' + m, where f(x) = Σ βᵢ k(xᵢ, x) + b, the primal objective in units of the target is
//
//     ½‖w‖² + C Σ max(0, |y − f(x)| − ε)  =  s² · [ ½‖w'‖² + (C/s) Σ max(0, |y' − f'(x)| − ε/s) ]
//
// so that the problem in y' with C' = C/s and ε' = ε/s has the solution β' = β/s, b' = (b − m)/s.
// C and ε stay in the user's units, and neither the optimum nor the model depends on m and s.
//
// What does depend on them is how far the solver goes: its tolerance bounds the violation in y'. In
// units of a price, a tolerance of 0.001 asks for eight digits; in units of the deviation, for three.
// Floats have fewer digits than that, too.
//
// s is the power of two nearest to the deviation: dividing by it and multiplying again changes no
// digit, so that |β| ≤ C holds exactly.

/// The units in which a regression is solved: `(target − center) / unit`.
///
/// The model that results is in units of the target; see ``TrainingConfiguration/standardizesTarget``.
package struct TargetScaling: Sendable, Equatable {
  /// What is subtracted: the mean of the training targets.
  package let center: Double
  /// What the difference is divided by: the power of two nearest to their deviation.
  package let unit: Double

  /// Collects the numbers.
  ///
  /// - Parameters:
  ///   - center: A finite number.
  ///   - unit: A finite number greater than 0.
  package init(center: Double, unit: Double) {
    precondition(center.isFinite && unit.isFinite && unit > 0, "(y − \(center)) / \(unit)")
    self.center = center
    self.unit = unit
  }

  /// Deviations beyond 2 to this power, or below its inverse, are cut off there, so that squares of
  /// the unit, and sums of many of them, are numbers.
  private static let largestExponent = 480

  /// Coefficients and predictions in units beyond 2 to this power may leave the range of single precision,
  /// whatever precision served in the units of the training.
  private static let singleExponent = 60

  /// The deviation of targets that no regression can be solved for, or `nil` when it can: objectives and
  /// squared errors of larger ones overflow, and those of smaller ones vanish.
  ///
  /// - Parameters:
  ///   - targets: As for ``init(fitting:weights:)``.
  ///   - weights: As there.
  /// - Returns: The deviation in units of the target, finite or not.
  static func impossibleDeviation(of targets: [Double], weights: [Double]? = nil) -> Double? {
    let moments = moments(of: targets, weights: weights)
    guard moments.deviation > 0 else { return nil }
    let exponent = moments.deviation.exponent + moments.exponent
    guard exponent.magnitude >= largestExponent.magnitude else { return nil }
    return moments.deviation * Double(sign: .plus, exponent: moments.exponent, significand: 1)
  }

  /// Learns center and unit from targets; a constant has the unit 1.
  ///
  /// - Parameters:
  ///   - targets: Finite numbers, at least one.
  ///   - weights: What each counts, finite numbers of at least 0, of which one at least is greater; a
  ///     target of weight 0 does not count at all. `nil` for 1 each.
  init(fitting targets: [Double], weights: [Double]? = nil) {
    let moments = Self.moments(of: targets, weights: weights)
    guard moments.deviation > 0 else {
      self.init(center: moments.mean, unit: 1)
      return
    }
    // √2 is the border between two powers of two.
    let exponent =
      moments.deviation.exponent + (moments.deviation.significand > 2.0.squareRoot() ? 1 : 0)
      + moments.exponent
    let limit = Double.Exponent(Self.largestExponent)
    self.init(
      center: moments.mean,
      unit: Double(sign: .plus, exponent: max(-limit, min(limit, exponent)), significand: 1))
  }

  /// The standard deviation of targets, between 2⁻⁴⁸⁰ and 2⁴⁸⁰; a constant has 1.
  ///
  /// - Parameters:
  ///   - targets: As for the initializer.
  ///   - weights: As for the initializer: a weight of 2 is the target twice.
  /// - Returns: The standard deviation.
  static func standardDeviation(of targets: [Double], weights: [Double]? = nil) -> Double {
    let moments = Self.moments(of: targets, weights: weights)
    guard moments.deviation > 0 else { return 1 }
    let limit = Double(sign: .plus, exponent: largestExponent, significand: 1)
    let unit = Double(sign: .plus, exponent: moments.exponent, significand: 1)
    return min(limit, max(1 / limit, moments.deviation * unit))
  }

  /// The mean of targets, and their deviation in units of 2 to an exponent; a constant has the deviation 0.
  private static func moments(
    of targets: [Double], weights: [Double]?
  ) -> (mean: Double, deviation: Double, exponent: Int) {
    precondition(
      weights == nil || weights?.count == targets.count,
      "\(weights?.count ?? 0) weights of \(targets.count) targets")
    let used = weights.map { weights in targets.indices.filter { weights[$0] > 0 } }
    let targets = used.map { $0.map { targets[$0] } } ?? targets
    let weights =
      used.flatMap { used in
        weights.map { weights in WeightUnits.scaled(used.map { weights[$0] }) }
      } ?? [Double](repeating: 1, count: targets.count)
    let moments = ColumnMoments(targets, weights: weights)
    return (moments.mean, moments.deviationInUnits, moments.exponent)
  }

  /// Targets in these units.
  func scaled(_ targets: [Double]) -> [Double] { targets.map { ($0 - center) / unit } }

  /// Whether a parameter in units of the target survives the way there and back.
  func keeps(_ parameter: Double) -> Bool {
    let scaled = parameter / unit
    return scaled.isFinite && (parameter == 0 || scaled > 0) && scaled * unit == parameter
  }

  /// An expansion that was trained in these units, in units of the target.
  ///
  /// - Throws: `ModelError` when a number becomes too large.
  func restored(_ expansion: KernelExpansion) throws(ModelError) -> KernelExpansion {
    try replacing(
      expansion, coefficientFactor: unit, biases: expansion.biases.map { $0 * unit + center },
      precision: unit.exponent.magnitude > Self.singleExponent ? .double : expansion.precision)
  }

  /// An expansion with its targets' center at 0, so that no digit of a target goes into the place where
  /// it is: near 10¹⁵ an eighth is all that is left of a number after the point.
  ///
  /// - Throws: `ModelError` when a number becomes too large.
  func centered(_ expansion: KernelExpansion) throws(ModelError) -> KernelExpansion {
    try replacing(
      expansion, coefficientFactor: 1, biases: expansion.biases.map { $0 - center },
      precision: expansion.precision)
  }

  private func replacing(
    _ expansion: KernelExpansion, coefficientFactor: Double, biases: [Double], precision: Precision
  ) throws(ModelError) -> KernelExpansion {
    let coefficients = expansion.dualCoefficients
    return try KernelExpansion(
      kernel: expansion.kernel, featureCount: expansion.featureCount,
      supportVectors: expansion.supportVectors, supportIndices: expansion.supportIndices,
      supportCounts: expansion.supportCounts,
      dualCoefficients: Matrix(
        rowCount: coefficients.rowCount, columnCount: coefficients.columnCount
      ) { coefficients[$0, $1] * coefficientFactor },
      biases: biases, precision: precision, layout: expansion.layout)
  }

  /// A problem's figures in units of the target.
  func restored(_ report: ProblemReport) -> ProblemReport {
    var report = report
    report.certificate.kktViolation *= unit
    report.certificate.primalObjective *= unit * unit
    report.certificate.dualObjective *= unit * unit
    return report
  }
}
