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

extension SignedProgram {
  /// Objectives, violation and multipliers from the signed variables and their gradient.
  ///
  /// With h = g + l + b, the duality gap is Σ over t of βₜhₜ + max(−lowerₜhₜ, −upperₜhₜ) for every
  /// choice of the multipliers b; for a classification the second term is Cₜ times the hinge loss.
  /// The primal objective is ½βᵀKβ + Σ max(−lowerₜhₜ, −upperₜhₜ) + Σ over groups of b · const, the
  /// dual one −(½βᵀKβ + lᵀβ).
  func measure(beta: [Double], gradient: [Double])
    -> (violation: Double, primal: Double, dual: Double, multipliers: [Double])
  {
    var extremes = [Extremes](repeating: Extremes(), count: groupCount)
    var freeSum = [Double](repeating: 0, count: groupCount)
    var freeCount = [Double](repeating: 0, count: groupCount)
    var total = [Double](repeating: 0, count: groupCount)
    var quadratic = 0.0
    var linearPart = 0.0
    for t in 0..<variableCount {
      let g = gradient[Int(example[t])]
      let v = -(g + linear[t])
      let k = Int(group[t])
      let mayGrow = beta[t] < upper[t]
      let mayFall = beta[t] > lower[t]
      if mayGrow { extremes[k].top = max(extremes[k].top, v) }
      if mayFall { extremes[k].bottom = min(extremes[k].bottom, v) }
      if mayGrow && mayFall {
        freeSum[k] += v
        freeCount[k] += 1
      }
      total[k] += beta[t]
      quadratic += beta[t] * g
      linearPart += beta[t] * linear[t]
    }
    // At the optimum v = b for every free variable. Without one, b is the middle of the interval
    // that the bounded variables leave. Short of the optimum, the largest v of those that may grow
    // leaves none of them on the wrong side.
    let multipliers = (0..<groupCount).map { k -> Double in
      if keepsBoundaryInside && extremes[k].top.isFinite { return extremes[k].top }
      if freeCount[k] > 0 { return freeSum[k] / freeCount[k] }
      switch (extremes[k].top.isFinite, extremes[k].bottom.isFinite) {
      case (true, true): return extremes[k].top / 2 + extremes[k].bottom / 2
      case (true, false): return extremes[k].top
      case (false, true): return extremes[k].bottom
      case (false, false): return 0
      }
    }
    var loss = 0.0
    for t in 0..<variableCount {
      let h = gradient[Int(example[t])] + linear[t] + multipliers[Int(group[t])]
      loss += max(-lower[t] * h, -upper[t] * h)
    }
    let constants = zip(multipliers, total).reduce(0) { $0 + $1.0 * $1.1 }
    return (
      extremes.map(\.violation).max() ?? 0, quadratic / 2 + loss + constants,
      -(quadratic / 2 + linearPart), multipliers
    )
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
  /// - Returns: The certificate, its source ``Certificate/Source/recomputed``.
  /// - Throws: `KernelError.notFinite`.
  package func certificate(
    of alpha: [Double], kernel: some KernelOperator, iterations: Int, stopReason: StopReason
  ) throws(KernelError) -> Certificate {
    let signed = SignedProgram(self)
    let beta = zip(alpha, isPositive).map { $1 ? $0 : -$0 }
    var sums = [Double](repeating: 0, count: exampleCount)
    for t in beta.indices { sums[Int(exampleIndex[t])] += beta[t] }
    let rows = (0..<Int32(exampleCount)).filter { sums[Int($0)] != 0 }
    var gradient = [Double](repeating: 0, count: exampleCount)
    _ = try unsafe gradient.withUnsafeMutableBufferPointer {
      (buffer) throws(KernelError) -> Bool in
      guard let base = buffer.baseAddress else { return true }
      return try unsafe kernel.accumulateInDouble(
        rows: rows, coefficients: rows.map { sums[Int($0)] }, columns: nil, into: base,
        stopping: { false })
    }
    var certificate = signed.certificate(
      beta: beta, gradient: gradient, iterations: iterations, stopReason: stopReason,
      isPositiveSemidefinite: kernel.isPositiveSemidefinite, source: .recomputed)
    // Kernel values round one by one, sums and what is subtracted from them by their size.
    let coefficients = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let largest =
      gradient.reduce(0) { max($0, abs($1)) } + linearTerm.reduce(0) { max($0, abs($1)) }
    certificate.resolution = 6 * kernel.rounding * coefficients + 8 * 0x1p-53 * largest
    return certificate
  }
}

extension SignedProgram {
  /// The certificate of signed variables and their gradient.
  func certificate(
    beta: [Double], gradient: [Double], iterations: Int, stopReason: StopReason,
    isPositiveSemidefinite: Bool, source: Certificate.Source
  ) -> Certificate {
    let measured = measure(beta: beta, gradient: gradient)
    let gap =
      (measured.primal - measured.dual) / max(abs(measured.primal), abs(measured.dual), 1e-12)
    return Certificate(
      iterations: iterations, stopReason: stopReason, kktViolation: measured.violation,
      primalObjective: measured.primal, dualObjective: measured.dual,
      relativeGap: isPositiveSemidefinite ? gap : nil, source: source)
  }
}
