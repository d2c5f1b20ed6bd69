/// How to solve a program.
package struct SolverOptions: Sendable {
  /// Stop when the KKT violation is at most this.
  package var tolerance: Double
  /// The largest number of pairs to move.
  package var maximumIterations: Int
  /// When to stop at the latest.
  package var deadline: ContinuousClock.Instant?
  /// Stops the solver when it is cancelled.
  package var cancellation: CancellationToken?
  /// Whether settled examples may be shrunk away.
  package var shrinking: Bool
  /// Whether the gradient is refreshed in Double when rounding of kernel values may have moved it
  /// by more than a tenth of the tolerance.
  package var refinesInDouble = true
  /// From this many examples on, only those that can decide the violation are refreshed.
  package var partialRefreshMinimum = 50_000
  /// Whether convergence counts only once a gradient recomputed in Double confirms it.
  package var certifies: Bool
  /// The bytes that the working block may take.
  package var blockByteLimit: Int
  /// The number of threads for the solver's own work, besides the kernel's.
  package var threads = 1
  /// Called after each round and from time to time within long ones.
  package var onProgress: (@Sendable (Progress) -> Void)?
  /// Whether ``onProgress`` would pass on the progress, so that figures are worth computing.
  package var isProgressDue: (@Sendable () -> Bool)?

  /// Where checkpoints go, if anywhere.
  package var checkpointing: Checkpointing?

  /// When checkpoints are taken, and where they go.
  package struct Checkpointing: Sendable {
    /// Asked once in each round.
    package var isDue: @Sendable () -> Bool
    /// Takes a checkpoint: one that is due, or the last one before an interruption.
    package var take: @Sendable (SolverCheckpoint) -> Void

    package init(
      isDue: @escaping @Sendable () -> Bool, take: @escaping @Sendable (SolverCheckpoint) -> Void
    ) {
      self.isDue = isDue
      self.take = take
    }
  }

  /// Where the solver stands.
  package struct Progress: Sendable {
    package var iterations: Int
    package var kktViolation: Double
    package var relativeGap: Double?
    package var activeCount: Int
  }

  /// A problem of up to this many examples is solved as one block.
  package static var wholeBlockLimit: Int { 2560 }

  /// Makes options; what is rarely needed is set afterwards.
  package init(
    tolerance: Double = 1e-3, maximumIterations: Int = .max, shrinking: Bool = true,
    certifies: Bool = false, blockByteLimit: Int = 256 << 20,
    onProgress: (@Sendable (Progress) -> Void)? = nil
  ) {
    self.tolerance = tolerance
    self.maximumIterations = maximumIterations
    self.shrinking = shrinking
    self.certifies = certifies
    self.blockByteLimit = blockByteLimit
    self.onProgress = onProgress
  }

  /// What several processes that take the same steps have agreed on, in place of ``deadline`` and
  /// ``cancellation``, which each would see at a time of its own.
  package var agreedInterruption: (@Sendable () -> StopReason?)?

  /// The reason to stop immediately, if there is one.
  var interruption: StopReason? {
    if let agreedInterruption { return agreedInterruption() }
    if let cancellation, cancellation.isCancelled { return .cancelled }
    if let deadline, ContinuousClock.now >= deadline { return .timeLimit }
    return nil
  }
}
