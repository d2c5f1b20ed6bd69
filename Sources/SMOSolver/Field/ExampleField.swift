import Kernels

/// What a solver keeps for each example — gradient, dual variables, bounds, the active set — with the
/// kernel among the examples: all that grows with their number.
///
/// ``BlockSolver`` sees examples through this protocol alone, and through parts of at most a few thousand
/// of them. Examples may therefore be anywhere: in one process (``LocalField``), or in shards of
/// consecutive examples (``ExampleShard``) on several machines. Every process runs the solver, and has the
/// same arguments; each call below merges what the shards answer, and there are at most seven in a round (on
/// several machines some are answered from what others have said; see `DistributedField`):
///
/// | call | from the solver | back from the shards |
/// |---|---|---|
/// | ``extremes()`` | nothing | a pair of extremes for each group: merged |
/// | ``members(of:)`` twice | numbers of examples in the block | their variables and gradients: gathered |
/// | ``violators(_:)`` | extremes, numbers of the block's examples | the worst of each shard: gathered, the worst of all kept |
/// | `block(_:into:stride:isCancelled:)` | numbers of newcomers | their features, from which a block of K follows |
/// | ``apply(_:isCancelled:)`` | the rows that moved, new β, changes in their order | nothing |
/// | ``shrink(_:)`` | extremes | the number of examples to keep: added |
///
/// The others are calls for the start, the end and the rare round that doubts its gradient.
///
/// A field must give the same bits however its examples are cut. Maxima, gathered lists and the gradient
/// of an example, whose terms come in the order of the rows, do so by themselves. Sums over all examples
/// (`measure()`) go through the sections of ``ProgramShape`` and through the shards in their order, one
/// adding to what the one before it has found; it is at the end of a training that they are needed.
///
/// Calls do not overlap. Those whose answers come from all examples throw `KernelError.unreachable` where
/// some of them do not answer.
package protocol ExampleField: AnyObject {
  /// The precision of kernel values.
  associatedtype Scalar: SMOScalar

  /// The program's figures.
  var shape: ProgramShape { get }

  // MARK: The kernel

  /// Whether K is positive semi-definite.
  var isPositiveSemidefinite: Bool { get }
  /// An estimate of how far kernel values lie from the exact ones, as a standard deviation.
  var rounding: Double { get }
  /// The number of kernel values computed so far.
  var valuesComputed: Int { get throws(KernelError) }

  /// Computes a block of K.
  ///
  /// - Parameters:
  ///   - examples: The rows and columns, at most some thousand each.
  ///   - target: Where the values go.
  ///   - isCancelled: Asked before each tile; once it says yes, the values are left half computed.
  /// - Returns: Whether all values were computed.
  /// - Throws: `KernelError.notFinite`.
  func block(
    _ examples: (rows: [Int32], columns: [Int32]), into target: BlockTarget<Scalar>,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool

  /// Whether whole rows of K are in memory, so that a block that is all of K need not be made before it
  /// is known which of its rows are used.
  var providesRows: Bool { get }

  /// Copies a row of K, where the field provides rows.
  @unsafe
  func copyRow(_ row: Int, into target: UnsafeMutablePointer<Scalar>)

  /// Copies the diagonal of K, where the field provides rows.
  @unsafe
  func copyDiagonal(into target: UnsafeMutablePointer<Scalar>)

  // MARK: Start and end

  /// Takes over a state.
  func load(_ state: ExampleState)

  /// Goes to a point whose gradient is not known yet: dual variables, not signed, or the program's start.
  func place(at alpha: [Double]?)

  /// Whether all dual variables are 0, and so the gradient.
  var isAtZero: Bool { get throws(KernelError) }

  /// Computes the gradient from that at an earlier solution.
  ///
  /// - Returns: Σ of squared changes of β since the gradient was last computed in Double, or `nil` where
  ///   there is little to gain or the computation was cancelled, and then the gradient is 0.
  /// - Throws: `KernelError.notFinite`.
  func startGradient(near known: KnownGradient, isCancelled: @Sendable () -> Bool)
    throws(KernelError) -> Double?

  /// The state of all examples.
  func snapshot() throws(KernelError) -> ExampleState

  /// Remembers the present state for ``markedSnapshot()``, in place of the one before.
  func mark()

  /// The state when ``mark()`` was last called, or `nil` if it never was.
  func markedSnapshot() throws(KernelError) -> ExampleState?

  /// The dual variables α.
  func alpha() throws(KernelError) -> [Double]

  /// The examples of variables that may grow and are on the boundary or within a margin of it:
  /// g + l + multiplier ≤ margin.
  func examplesNearBoundary(multiplier: Double, margin: Double) throws(KernelError) -> [Int]

  // MARK: A round

  /// The extremes of each group among the active examples.
  func extremes() throws(KernelError) -> [Extremes]

  /// What the block needs to know of some examples, in their order.
  func members(of examples: [Int32]) throws(KernelError) -> BlockMembers

  /// The variables that violate most at the last ``extremes()``.
  func violators(_ request: Violators.Request) throws(KernelError) -> Violators

  /// Moves variables, and adds what follows to the gradient of the active examples.
  ///
  /// - Returns: Whether all is done; if not, nothing has changed.
  /// - Throws: `KernelError.notFinite`.
  func apply(_ update: BlockUpdate, isCancelled: @Sendable () -> Bool) throws(KernelError) -> Bool

  // MARK: The active set

  /// The examples that take part, or `nil` while all do.
  var shrunkCount: Int? { get }

  /// Leaves out examples all of whose variables have been at a bound, and beyond the extremes, for three
  /// rounds, when these are a quarter of the active ones; their gradient is not updated until
  /// ``restore(isCancelled:)``.
  func shrink(_ extremes: [Extremes]) throws(KernelError)

  /// The kernel values that ``restore(isCancelled:)`` would compute.
  func restoreCost() throws(KernelError) -> Int

  /// Brings the gradient of the shrunk examples up to date and makes all active.
  ///
  /// - Returns: Whether all is done; if not, nothing has changed.
  /// - Throws: `KernelError.notFinite`.
  func restore(isCancelled: @Sendable () -> Bool) throws(KernelError) -> Bool

  // MARK: Figures

  /// Computes the gradient of all examples anew; all are active.
  ///
  /// - Parameters:
  ///   - inDouble: Whether kernel values are computed in Double, whatever ``Scalar`` is.
  ///   - isCancelled: Asked before each tile.
  /// - Returns: Σ of the squared coefficients of the rows, or `nil` when it was cancelled, and then the
  ///   gradient is as before.
  /// - Throws: `KernelError.notFinite`.
  func refresh(inDouble: Bool, isCancelled: @Sendable () -> Bool) throws(KernelError) -> Double?

  /// Computes the gradient of some examples anew, in Double; all are active.
  ///
  /// - Parameters:
  ///   - extremes: The last ``extremes()``.
  ///   - margin: The examples are those with a variable that may move, and that an error of the gradient
  ///     of half this margin may have kept from being an end of its group.
  ///   - isCancelled: Asked before each tile.
  /// - Returns: Whether all is done; if not, nothing has changed.
  /// - Throws: `KernelError.notFinite`.
  func refresh(near extremes: [Extremes], margin: Double, isCancelled: @Sendable () -> Bool)
    throws(KernelError) -> Bool

  /// The largest error of the gradient among at most 256 active examples: most of them spread over all,
  /// the others those with the largest gradients, whose kernel values are large.
  ///
  /// - Returns: The error, or `nil` when the computation was cancelled.
  /// - Throws: `KernelError.notFinite`.
  func drift(isCancelled: @Sendable () -> Bool) throws(KernelError) -> Double?

  /// Objectives, violation and multipliers at the gradient as it stands.
  func measure() throws(KernelError) -> ProgramMeasurement
}

extension ExampleField {
  package var providesRows: Bool { false }

  @unsafe
  package func copyRow(_ row: Int, into target: UnsafeMutablePointer<Scalar>) {
    preconditionFailure("the field provides no rows")
  }

  @unsafe
  package func copyDiagonal(into target: UnsafeMutablePointer<Scalar>) {
    preconditionFailure("the field provides no rows")
  }

  /// Without knowledge of an earlier solution, the gradient is computed from nothing.
  package func startGradient(near known: KnownGradient, isCancelled: @Sendable () -> Bool)
    throws(KernelError) -> Double?
  { nil }

  /// Whether some examples take no part.
  var isShrunk: Bool { shrunkCount != nil }
  /// The examples that take part.
  package var activeCount: Int { shrunkCount ?? shape.exampleCount }
}

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
