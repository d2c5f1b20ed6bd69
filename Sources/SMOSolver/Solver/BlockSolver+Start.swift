import Kernels

// Where a solver begins that does not begin at 0: the gradient there.

extension BlockSolver {
  /// The gradient of all examples as it stands, or `nil` where it is stale.
  package func knownGradient() throws(KernelError) -> KnownGradient? {
    guard rounds.isBegun, !needsMorePrecision, !field.isShrunk else { return nil }
    let examples = try field.snapshot()
    return KnownGradient(
      beta: examples.beta, gradient: examples.gradient, squaredChanges: rounds.squaredChanges,
      isDouble: Scalar.self == Double.self)
  }

  /// Computes the gradient at a start that is not 0; `false` when interrupted.
  func startGradient() throws(KernelError) -> Bool {
    if let known {
      let found = try timing(\.gradient) { () throws(KernelError) in
        try field.startGradient(near: known, isCancelled: isCancelled)
      }
      if let found {
        rounds.squaredChanges = found
        return true
      }
    }
    guard block.capacity == field.shape.exampleCount, !field.providesRows else {
      return try refresh(inDouble: false)
    }
    // The block holds all of K, and is needed anyway.
    guard try fillWholeBlock() else { return false }
    let members = try field.members(of: block.examples)
    var update = BlockUpdate()
    for (member, example) in members.examples.enumerated() {
      let sum = members.variables[members.range(member)].reduce(0) { $0 + $1.beta }
      guard sum != 0 else { continue }
      update.rows.append(example)
      update.coefficients.append(sum)
    }
    update.know(block.gradient(of: members, after: update), of: members)
    rounds.squaredChanges = update.coefficients.reduce(0) { $0 + $1 * $1 }
    return try field.apply(update, isCancelled: isCancelled)
  }
}
