import Basics
import SupportVectors
import Transport

/// How a training runs: what may change its time and whether it ends early, but not what it aims at.
public struct RunControl: Sendable {
  /// The number of threads, or `nil` for one on each core; the model is the same whatever the number.
  package var threads: Int?
  /// The ceiling in bytes for the rows with their features, and again for what trains on them.
  ///
  /// What does not fit is refused.
  package var memoryLimit: Int
  /// How long to train, or `nil` for as long as it takes.
  package var timeLimit: Duration?
  /// Stops the training when it is cancelled.
  package var cancellation: CancellationToken?
  /// Called at most about ten times a second, on a thread that computes.
  package var onProgress: (@Sendable (SolverProgress) -> Void)?
  /// How often to hand out where the training stands, and to whom, or `nil` for never; see
  /// `TrainingOptions.checkpoint`.
  package var checkpoint: (interval: Duration, write: @Sendable (TrainingCheckpoint) -> Void)?
  /// Where to continue, or `nil` to begin; the configuration and the data must be those of the checkpoint.
  package var resuming: TrainingCheckpoint?
  /// When the time is up, for trainings of several steps that share one limit.
  package var deadline: ContinuousClock.Instant?
  /// What this training has in common with others of the same examples and kernel.
  package var sharedKernel: SharedKernel?
  /// The ranks that train together, each on its share of the examples; `nil` when this process is alone.
  ///
  /// The model and its figures are those of one process, and every rank gets them.
  package var ranks: (any Transport)?
  /// Whether more is asked of the rows than one model: ranks keep the columns of a table otherwise only until
  /// features are made of them.
  package var keepsColumns = true
  /// Called before the training begins on ranks, with what each of them holds.
  package var willShare: (@Sendable (RankShares) -> Void)?
  /// Called when the features are made and the solver begins: from then on there is something to lose.
  ///
  /// It is passed how long the training will probably take, when that is known and long.
  package var willSolve: (@Sendable (TrainingForecast?) -> Void)?

  /// Makes a control, with the defaults of the command.
  ///
  /// - Parameters:
  ///   - threads: The number of threads, or `nil` for one on each core; the model is the same whatever the
  ///     number.
  ///   - memoryLimit: The ceiling in bytes for the rows with their features, and again for what trains on
  ///     them. What does not fit is refused.
  ///   - timeLimit: How long to train, or `nil` for as long as it takes.
  ///   - cancellation: Stops the training when it is cancelled.
  ///   - checkpoint: How often to hand out where the training stands, and to whom, or `nil` for never.
  ///   - resuming: Where to continue, or `nil` to begin; the configuration and the data must be those of the
  ///     checkpoint.
  ///   - onProgress: Called at most about ten times a second, on a thread that computes.
  public init(
    threads: Int? = nil, memoryLimit: Int = 2 << 30, timeLimit: Duration? = nil,
    cancellation: CancellationToken? = nil,
    checkpoint: (interval: Duration, write: @Sendable (TrainingCheckpoint) -> Void)? = nil,
    resuming: TrainingCheckpoint? = nil,
    onProgress: (@Sendable (SolverProgress) -> Void)? = nil
  ) {
    self.threads = threads
    self.memoryLimit = memoryLimit
    self.timeLimit = timeLimit
    self.cancellation = cancellation
    self.checkpoint = checkpoint
    self.resuming = resuming
    self.onProgress = onProgress
  }
}

extension TabularTrainer {
  /// The solver's options: what the configuration says of exactness, and the control.
  package var options: TrainingOptions {
    get {
      var options = TrainingOptions(
        tolerance: configuration.tolerance, precision: configuration.precision,
        threads: control.threads, memoryLimit: control.memoryLimit,
        maximumIterations: configuration.maximumIterations, timeLimit: control.timeLimit,
        certify: configuration.certify, shrinking: configuration.shrinking,
        cancellation: control.cancellation, checkpoint: control.checkpoint,
        resuming: control.resuming, onProgress: control.onProgress)
      options.deadline = control.deadline
      options.sharedKernel = control.sharedKernel
      return options
    }
    set {
      configuration.tolerance = newValue.tolerance
      configuration.precision = newValue.precision
      configuration.maximumIterations = newValue.maximumIterations
      configuration.certify = newValue.certify
      configuration.shrinking = newValue.shrinking
      control.threads = newValue.threads
      control.memoryLimit = newValue.memoryLimit
      control.timeLimit = newValue.timeLimit
      control.cancellation = newValue.cancellation
      control.checkpoint = newValue.checkpoint
      control.resuming = newValue.resuming
      control.onProgress = newValue.onProgress
      control.deadline = newValue.deadline
      control.sharedKernel = newValue.sharedKernel
    }
  }
}
