import Kernels

// Whether the running gradient can be believed. Kernel values in Float move it by rounding; where that
// matters it is recomputed in Double, and the solver continues from there with values in Float, as
// iterative refinement does with linear systems.

extension BlockSolver {
  enum Confirmation { case confirmed, changed, stalled, interrupted }

  /// The violation that the running gradient has to show.
  ///
  /// What rounding may hide of a violation just below the tolerance would have the gradient recomputed in Double. That takes
  /// as many kernel values as all rounds do where there are hundreds of thousands of examples, of which few are
  /// still active in the last rounds; these go on a little instead, and leave room for the rounding.
  var target: Double {
    let refines = Scalar.self == Float.self && options.refinesInDouble && !options.certifies
    return refines && field.shape.exampleCount >= Self.manyExamples
      ? 0.9 * options.tolerance : options.tolerance
  }

  private static var manyExamples: Int { 50_000 }

  /// Decides whether the running gradient can be believed, and recomputes it where it cannot.
  ///
  /// - Parameter violation: The violation that the running gradient shows.
  /// - Returns: Whether it is believed, or what became of it.
  /// - Throws: `KernelError.notFinite`.
  func confirm(_ violation: Double) throws(KernelError) -> Confirmation {
    let drift = 3 * field.rounding * rounds.squaredChanges.squareRoot()
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
    let exact = try field.extremes().map(\.violation).max() ?? 0
    isConfirmed = exact <= options.tolerance
    if isConfirmed { return .changed }
    let least = rounds.violationAtRefresh ?? .infinity
    rounds.fruitlessRefreshes = exact < least / 2 ? 0 : rounds.fruitlessRefreshes + 1
    rounds.violationAtRefresh = min(exact, least)
    guard rounds.fruitlessRefreshes >= 3 else { return .changed }
    needsMorePrecision = Scalar.self == Float.self && options.refinesInDouble
    return .stalled
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
