import Kernels

// Where a solver begins that does not begin at 0: the gradient there.

/// The gradient at some point, from which that at a point nearby follows.
package struct KnownGradient: Sendable {
  /// The signed dual variables.
  package var beta: [Double]
  /// g = Kβ of each example.
  package var gradient: [Double]
  /// Σ of squared changes of β since the gradient was last computed in Double.
  package var squaredChanges: Double
  /// Whether the kernel values were in Double.
  package var isDouble: Bool
}

extension BlockSolver {
  /// The gradient of all examples as it stands, or `nil` where it is stale.
  package var knownGradient: KnownGradient? {
    guard state.isBegun, state.shrunk == nil else { return nil }
    return KnownGradient(
      beta: state.beta, gradient: state.gradient, squaredChanges: state.squaredChanges,
      isDouble: Operator.Scalar.self == Double.self)
  }

  /// Computes the gradient at a start that is not 0; `false` when interrupted.
  func startGradient() throws(KernelError) -> Bool {
    if let known, try startGradient(near: known) { return true }
    guard block.capacity == program.exampleCount, !kernel.hasRowsAtHand else {
      return try refresh(inDouble: false)
    }
    // The block holds all of K, and is needed anyway.
    guard try fillWholeBlock() else { return false }
    let (rows, coefficients) = support(of: state.beta)
    block.accumulate(
      changes: zip(rows, coefficients).map { (Int($0), $1) }, into: &state.gradient)
    state.squaredChanges = coefficients.reduce(0) { $0 + $1 * $1 }
    return true
  }

  /// Computes the gradient from that at an earlier solution; `false` when there is little to gain, or
  /// the solver was interrupted.
  ///
  /// g is linear in β. A start along a path of C is a multiple of the earlier solution, but for what
  /// bounds and equalities have moved:
  ///
  ///     β = fβ′ + δ   ⇒   Kβ = f·Kβ′ + Kδ
  ///
  /// and δ has few elements. What lies within the rounding of f·β′ counts as equal.
  private func startGradient(near known: KnownGradient) throws(KernelError) -> Bool {
    let isDouble = Operator.Scalar.self == Double.self
    guard known.beta.count == state.beta.count, known.isDouble || !isDouble,
      let largest = known.beta.indices.max(by: { abs(known.beta[$0]) < abs(known.beta[$1]) }),
      known.beta[largest] != 0
    else { return false }
    let factor = state.beta[largest] / known.beta[largest]
    guard factor.isFinite, factor != 0 else { return false }
    let resolution = 1e-14 * abs(state.beta[largest])
    let changes = zip(state.beta, known.beta).map { new, old in
      let change = new - factor * old
      return abs(change) > resolution ? change : 0
    }
    let (rows, coefficients) = support(of: changes)
    guard rows.count < support(of: state.beta).rows.count / 2 else { return false }
    state.gradient = known.gradient.map { factor * $0 }
    guard try accumulate(rows: rows, coefficients: coefficients) else {
      state.gradient = Array(repeating: 0, count: program.exampleCount)
      return false
    }
    state.squaredChanges =
      (known.isDouble && !isDouble ? 0 : factor * factor * known.squaredChanges)
      + coefficients.reduce(0) { $0 + $1 * $1 }
    return true
  }
}
