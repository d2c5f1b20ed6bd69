import Kernels

/// What a solver found.
package struct Solution: Sendable {
  /// The dual variables α, within their bounds.
  package var alpha: [Double]
  /// The multiplier of each group's equality: the bias b of a classifier or regressor, positive
  /// when added to the decision value.
  package var multipliers: [Double]
  /// How well the program was solved.
  package var certificate: Certificate
  /// The kernel values computed.
  package var kernelValuesComputed: Int
  /// Where the time went.
  package var phases: SolverPhases
  /// Of a program that keeps its boundary inside, the examples that may lie on it within the gradient's
  /// error; `nil` where that is not known.
  package var nearBoundary: [Int]?

  /// Collects the parts.
  package init(
    alpha: [Double], multipliers: [Double], certificate: Certificate, kernelValuesComputed: Int,
    phases: SolverPhases = SolverPhases()
  ) {
    self.alpha = alpha
    self.multipliers = multipliers
    self.certificate = certificate
    self.kernelValuesComputed = kernelValuesComputed
    self.phases = phases
  }
}

extension QuadraticProgram {
  /// The certificate of given dual variables, from a gradient computed in Double.
  ///
  /// - Parameters:
  ///   - alpha: One value for each variable, within its bounds.
  ///   - kernel: K.
  ///   - iterations: What to report as the number of iterations.
  ///   - stopReason: What to report as the reason why the solver stopped.
  /// - Returns: The certificate, its source `Certificate/Source/recomputed`.
  /// - Throws: `KernelError.notFinite`.
  package func certificate<Operator: KernelOperator>(
    of alpha: [Double], kernel: Operator, iterations: Int, stopReason: StopReason
  ) throws(KernelError) -> Certificate where Operator.Scalar: SMOScalar {
    try certificate(
      of: alpha, LocalField(self, kernel: kernel), iterations: iterations, stopReason: stopReason)
  }

  /// The certificate of given dual variables, from a gradient that a field of this program computes in
  /// Double.
  ///
  /// - Parameters:
  ///   - alpha: One value for each variable, within its bounds.
  ///   - field: The examples; it is left at `alpha`.
  ///   - iterations: What to report as the number of iterations.
  ///   - stopReason: What to report as the reason why the solver stopped.
  /// - Returns: The certificate, its source `Certificate/Source/recomputed`.
  /// - Throws: `KernelError.notFinite`.
  package func certificate<Field: ExampleField>(
    of alpha: [Double], _ field: Field, iterations: Int, stopReason: StopReason
  ) throws(KernelError) -> Certificate {
    field.place(at: alpha)
    let squares = try field.refresh(inDouble: true, isCancelled: { false }) ?? 0
    var certificate = Certificate(
      try field.measure(), iterations: iterations, stopReason: stopReason,
      isPositiveSemidefinite: field.isPositiveSemidefinite, source: .recomputed)
    // Kernel values round one by one, sums and what is subtracted from them by their size.
    let largest =
      try field.snapshot().gradient.reduce(0) { max($0, abs($1)) }
      + linearTerm.reduce(0) { max($0, abs($1)) }
    certificate.resolution =
      6 * field.rounding * squares.squareRoot() + 8 * 0x1p-53 * largest
    return certificate
  }
}

extension Certificate {
  /// The certificate of a point.
  init(
    _ measured: ProgramMeasurement, iterations: Int, stopReason: StopReason,
    isPositiveSemidefinite: Bool, source: Source
  ) {
    let gap =
      (measured.primal - measured.dual) / max(abs(measured.primal), abs(measured.dual), 1e-12)
    self.init(
      iterations: iterations, stopReason: stopReason, kktViolation: measured.violation,
      primalObjective: measured.primal, dualObjective: measured.dual,
      relativeGap: isPositiveSemidefinite ? gap : nil, source: source)
  }
}
