/// All that a solver knows between two rounds; with the program and the kernel it determines every
/// later step.
package struct SolverState: Sendable, Equatable, Codable {
  /// The signed dual variables.
  package var beta: [Double]
  /// g of each example; stale for examples that are not active.
  package var gradient: [Double]
  /// The pairs moved so far.
  package var iterations: Int
  /// The examples in the working block's slots, −1 for an empty slot.
  package var slots: [Int32]
  /// What examples set aside were set aside with; `nil` while all are active.
  package var shrunk: Shrunk?
  /// For how many rounds in a row each example looked settled at its bounds.
  package var settledRounds: [UInt8]
  /// Σ of squared changes of β since the gradient was last computed in Double.
  package var squaredChanges: Double
  /// Whether ``gradient`` is that of ``beta``; not so before the first round.
  package var isBegun: Bool

  /// The state at the moment when the first examples were set aside.
  package struct Shrunk: Sendable, Equatable, Codable {
    /// The examples that still take part, ascending.
    package var active: [Int32]
    /// β when all examples were last active.
    package var beta: [Double]
    /// The gradient at that β.
    package var gradient: [Double]
  }
}
