import Kernels

// Whether the running gradient can be believed. Kernel values in Float move it by rounding; where that
// matters it is recomputed in Double, and the solver continues from there with values in Float, as
// iterative refinement does with linear systems.

extension BlockSolver {
  enum Confirmation { case confirmed, changed, stalled, interrupted }

  /// Decides whether the running gradient can be believed, and recomputes it where it cannot.
  ///
  /// - Parameter extremes: The ends of each group that the running gradient shows.
  /// - Returns: Whether it is believed, or what became of it.
  /// - Throws: `KernelError.notFinite`.
  func confirm(_ extremes: [Extremes]) throws(KernelError) -> Confirmation {
    let violation = extremes.violation
    let drift = 3 * field.rounding * rounds.squaredChanges.squareRoot()
    // Rounding may hide that the violation, a difference of two places, is above the tolerance.
    func mayHide(_ error: Double) -> Bool {
      error > options.tolerance / 10 || violation + 2 * error > options.tolerance
    }
    var doubted: Double?
    if options.certifies {
      doubted = .infinity
    } else if options.refinesInDouble && mayHide(drift) {
      guard let measured = try measuredDrift() else { return .interrupted }
      if mayHide(measured) { doubted = measured }
    }
    guard let doubted else {
      isConfirmed = true
      return .confirmed
    }
    guard try refresh(near: extremes, error: doubted) else { return .interrupted }
    let exact = try field.extremes().violation
    isConfirmed = exact <= options.tolerance
    if isConfirmed { return .changed }
    let least = rounds.violationAtRefresh ?? .infinity
    rounds.fruitlessRefreshes = exact < least / 2 ? 0 : rounds.fruitlessRefreshes + 1
    rounds.violationAtRefresh = min(exact, least)
    guard rounds.fruitlessRefreshes >= 3 else { return .changed }
    needsMorePrecision = Scalar.self == Float.self && options.refinesInDouble
    return .stalled
  }

  /// Computes the gradient in Double of all examples, or, where there are many and the error is small, of
  /// those that can decide whether the solver is done.
  ///
  /// Three times the error of the sample is allowed for, in an example as in the end that it is compared with. The
  /// other examples keep a gradient whose error is then at most half the tolerance.
  ///
  /// - Parameters:
  ///   - extremes: The last ends of each group.
  ///   - error: The largest error on a sample.
  /// - Returns: `false` when interrupted, and then the gradient is as before.
  /// - Throws: `KernelError.notFinite`.
  private func refresh(near extremes: [Extremes], error: Double) throws(KernelError) -> Bool {
    guard field.shape.exampleCount >= options.partialRefreshMinimum,
      6 * error <= options.tolerance, rounds.fruitlessRefreshes == 0
    else { return try refresh(inDouble: true) }
    return try timing(\.certificate) { () throws(KernelError) in
      try field.refresh(near: extremes, margin: 6 * error, isCancelled: isCancelled)
    }
  }

  /// The largest error of the running gradient on a sample; see ``ExampleField/drift(isCancelled:)``.
  func measuredDrift() throws(KernelError) -> Double? {
    try timing(\.certificate) { () throws(KernelError) in
      try field.drift(isCancelled: isCancelled)
    }
  }

  /// Computes the gradient of all examples again; `false` when interrupted, and then it
  /// is as before.
  func refresh(inDouble: Bool) throws(KernelError) -> Bool {
    let squares = try timing(inDouble ? \.certificate : \.gradient) { () throws(KernelError) in
      try field.refresh(inDouble: inDouble, isCancelled: isCancelled)
    }
    guard let squares else { return false }
    // Values in the kernel's precision round as those of the steps do.
    rounds.squaredChanges = inDouble ? 0 : squares
    return true
  }
}
