/// Where a solver's time went, and how many rounds there were.
package struct SolverPhases: Sendable, Equatable {
  /// Looking for violations of the KKT conditions and choosing working sets.
  package var selection: Duration = .zero
  /// Computing the working sets' blocks of the kernel matrix.
  package var block: Duration = .zero
  /// Moving pairs of variables inside the blocks.
  package var optimization: Duration = .zero
  /// Adding the changes to the gradient of all examples.
  package var gradient: Duration = .zero
  /// Computing gradients in Double, for refinement and for the certificate.
  package var certificate: Duration = .zero

  /// The rounds, each with one choice of a working set.
  package var rounds = 0

  /// No time at all.
  package init() {}

  /// Sums phase by phase; of problems that were solved side by side these are not the time on the clock.
  package static func + (left: SolverPhases, right: SolverPhases) -> SolverPhases {
    var sum = left
    sum.selection += right.selection
    sum.block += right.block
    sum.optimization += right.optimization
    sum.gradient += right.gradient
    sum.certificate += right.certificate
    sum.rounds += right.rounds
    return sum
  }
}
