import Kernels

// Whether the running gradient can be believed. Kernel values in Float move it by rounding; where that
// matters it is computed anew in Double, and the solver goes on from there with values in Float, as
// iterative refinement does with linear systems.

extension BlockSolver {
  enum Confirmation { case confirmed, changed, stalled, interrupted }

  /// Decides whether the running gradient can be believed, and computes it anew where it cannot.
  ///
  /// - Parameter violation: The violation that the running gradient shows.
  /// - Returns: Whether it is believed, or what became of it.
  /// - Throws: `KernelError.notFinite`.
  func confirm(_ violation: Double) throws(KernelError) -> Confirmation {
    let drift = 3 * kernel.rounding * state.squaredChanges.squareRoot()
    // Rounding may hide that the violation, a difference of two places, is above the tolerance.
    func mayHide(_ error: Double) -> Bool {
      error > options.tolerance / 10 || violation + 2 * error > options.tolerance
    }
    let mustRefresh: Bool
    if options.certifies {
      mustRefresh = true
    } else if options.refinesInDouble && mayHide(drift) {
      guard let measured = try measuredDrift() else { return .interrupted }
      mustRefresh = mayHide(measured)
    } else {
      mustRefresh = false
    }
    guard mustRefresh else {
      isConfirmed = true
      return .confirmed
    }
    guard try refresh(inDouble: true) else { return .interrupted }
    let extremes = WorkingSet.extremes(
      of: activeVariables, program, beta: state.beta, gradient: state.gradient, v: &v)
    let exact = extremes.map(\.violation).max() ?? 0
    isConfirmed = exact <= options.tolerance
    if isConfirmed { return .changed }
    let least = state.violationAtRefresh ?? .infinity
    state.fruitlessRefreshes = exact < least / 2 ? 0 : state.fruitlessRefreshes + 1
    state.violationAtRefresh = min(exact, least)
    guard state.fruitlessRefreshes >= 3 else { return .changed }
    needsMorePrecision = Operator.Scalar.self == Float.self && options.refinesInDouble
    return .stalled
  }

  /// The largest error of the running gradient among at most 256 active examples: most of them spread over
  /// all, the others those with the largest gradients, whose kernel values are large.
  func measuredDrift() throws(KernelError) -> Double? {
    let active = state.shrunk?.active ?? (0..<Int32(program.exampleCount)).map { $0 }
    let spread = min(192, active.count)
    var sample = (0..<spread).map { active[$0 * active.count / spread] }
    if active.count > spread {
      let gradient = state.gradient
      let largest = active.sorted {
        let (first, second) = (abs(gradient[Int($0)]), abs(gradient[Int($1)]))
        return first != second ? first > second : $0 < $1
      }
      sample = Set(sample).union(largest.prefix(64)).sorted()
    }
    let (rows, coefficients) = support(of: state.beta)
    var exact = [Double](repeating: 0, count: program.exampleCount)
    guard try exactGradient(rows, coefficients, columns: sample, into: &exact) else { return nil }
    return sample.reduce(0) { max($0, abs(exact[Int($1)] - state.gradient[Int($1)])) }
  }

  /// Computes the gradient of all examples anew; `false` when interrupted, and then it is as before.
  func refresh(inDouble: Bool) throws(KernelError) -> Bool {
    let (rows, coefficients) = support(of: state.beta)
    var gradient = [Double](repeating: 0, count: program.exampleCount)
    if inDouble {
      guard try exactGradient(rows, coefficients, columns: nil, into: &gradient) else {
        return false
      }
    } else {
      let before = state.gradient
      state.gradient = gradient
      guard try accumulate(rows: rows, coefficients: coefficients) else {
        state.gradient = before
        return false
      }
      gradient = state.gradient
    }
    state.gradient = gradient
    // Values in the kernel's precision round as those of the steps do.
    state.squaredChanges = inDouble ? 0 : coefficients.reduce(0) { $0 + $1 * $1 }
    return true
  }

  func exactGradient(
    _ rows: [Int32], _ coefficients: [Double], columns: [Int32]?, into gradient: inout [Double]
  ) throws(KernelError) -> Bool {
    let options = options
    let began = ContinuousClock.now
    defer { phases.certificate += ContinuousClock.now - began }
    return try unsafe gradient.withUnsafeMutableBufferPointer {
      (buffer) throws(KernelError) -> Bool in
      guard let base = buffer.baseAddress else { return true }
      return try unsafe kernel.accumulateInDouble(
        rows: rows, coefficients: coefficients, columns: columns, into: base,
        stopping: { options.interruption != nil })
    }
  }

  /// The examples with a coefficient, and the coefficient Σ β of each.
  func support(of beta: [Double]) -> (rows: [Int32], coefficients: [Double]) {
    var sums = [Double](repeating: 0, count: program.exampleCount)
    for t in 0..<program.variableCount { sums[Int(program.example[t])] += beta[t] }
    let rows = (0..<Int32(program.exampleCount)).filter { sums[Int($0)] != 0 }
    return (rows, rows.map { sums[Int($0)] })
  }
}
