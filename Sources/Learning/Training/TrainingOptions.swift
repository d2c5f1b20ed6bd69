import Kernels
import LinearAlgebra
import SMOSolver

/// How to train: everything that may change the time a training takes, or how exact it is, but not
/// what it aims at.
///
/// The initializer says what each of them is.
public struct TrainingOptions: Sendable {
  package var tolerance: Double
  package var precision: Precision
  package var threads: Int?
  package var memoryLimit: Int
  package var maximumIterations: Int?
  package var timeLimit: Duration?
  package var certify: Bool
  package var shrinking: Bool
  package var cancellation: CancellationToken?
  package var checkpoint: (interval: Duration, write: @Sendable (TrainingCheckpoint) -> Void)?
  package var resuming: TrainingCheckpoint?
  /// What this training has in common with others of the same examples and kernel.
  package var sharedKernel: SharedKernel?
  package var onProgress: (@Sendable (SolverProgress) -> Void)?

  /// When the time is up, for trainings of several steps that share one limit.
  package var deadline: ContinuousClock.Instant?

  /// The options with ``timeLimit`` counted from now on, however many trainings get them.
  package func withDeadline() -> TrainingOptions {
    var options = self
    options.deadline = deadline ?? timeLimit.map { ContinuousClock.now.advanced(by: $0) }
    return options
  }

  /// Makes options, with the defaults of the command.
  ///
  /// - Parameters:
  ///   - tolerance: Stop when the KKT violation is at most this, in units of the decision value; > 0.
  ///   - precision: The precision of kernel products.
  ///   - threads: The number of threads, or `nil` for one on each core. The model is the same, bit for
  ///     bit, whatever the number.
  ///   - memoryLimit: The ceiling in bytes for what grows with the number of examples, on top of the
  ///     features.
  ///   - maximumIterations: The largest number of pairs to move in one binary problem, or `nil` for ten
  ///     millions, or 100 for each variable when these are more.
  ///   - timeLimit: How long to train, or `nil` for as long as it takes.
  ///   - certify: Whether to recompute the certificate in Double from the dual variables at the end, and
  ///     to continue when the recomputed violation is above the tolerance.
  ///   - shrinking: Whether variables that look settled at a bound may be left out for a while. It
  ///     changes the time, never the answer beyond the tolerance.
  ///   - cancellation: Stops the training when it is cancelled. The `async` functions also stop when
  ///     their task is.
  ///   - checkpoint: How often to hand out where the training stands, and to whom, or `nil` for never.
  ///     The function is called on a thread that computes, which waits for it: also when a training is
  ///     cancelled or reaches its time limit. A checkpoint is of the last round that was begun, which is
  ///     about ten thousand steps ago at most.
  ///   - resuming: Where to continue, or `nil` to begin. Data, parameters and options must be those of
  ///     the training that it comes from, but for threads, limits of time, cancellation and progress.
  ///   - onProgress: Called at most about ten times a second, on a thread that computes.
  public init(
    tolerance: Double = 1e-3, precision: Precision = .automatic, threads: Int? = nil,
    memoryLimit: Int = 2 << 30, maximumIterations: Int? = nil, timeLimit: Duration? = nil,
    certify: Bool = false, shrinking: Bool = true, cancellation: CancellationToken? = nil,
    checkpoint: (interval: Duration, write: @Sendable (TrainingCheckpoint) -> Void)? = nil,
    resuming: TrainingCheckpoint? = nil,
    onProgress: (@Sendable (SolverProgress) -> Void)? = nil
  ) {
    self.tolerance = tolerance
    self.precision = precision
    self.threads = threads
    self.memoryLimit = memoryLimit
    self.maximumIterations = maximumIterations
    self.timeLimit = timeLimit
    self.certify = certify
    self.shrinking = shrinking
    self.cancellation = cancellation
    self.checkpoint = checkpoint
    self.resuming = resuming
    self.onProgress = onProgress
  }
}
