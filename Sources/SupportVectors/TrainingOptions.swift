import Kernels
import LinearAlgebra
import SMOSolver

/// How to train: everything that may change the time a training takes, or how exact it is, but not
/// what it aims at.
public struct TrainingOptions: Sendable {
  /// Stop when the KKT violation is at most this, in units of the decision value; > 0.
  public var tolerance: Double
  /// The precision of kernel products.
  public var precision: Precision
  /// The number of threads, or `nil` for one on each core.
  ///
  /// The model is the same, bit for bit, whatever the number.
  public var threads: Int?
  /// The ceiling in bytes for what grows with the number of examples, on top of the features.
  public var memoryLimit: Int
  /// The largest number of pairs to move in one binary problem, or `nil` for ten millions, or 100
  /// for each variable when these are more.
  public var maximumIterations: Int?
  /// How long to train, or `nil` for as long as it takes.
  public var timeLimit: Duration?
  /// Whether to recompute the certificate in Double from the dual variables at the end, and to
  /// continue when the recomputed violation is above the tolerance.
  public var certify: Bool
  /// Whether variables that look settled at a bound may be left out for a while.
  ///
  /// It changes the time, never the answer beyond the tolerance.
  public var shrinking: Bool
  /// Stops the training when it is cancelled.
  ///
  /// The `async` functions also stop when their task is.
  public var cancellation: CancellationToken?
  /// How often to hand out where the training stands, and to whom, or `nil` for never.
  ///
  /// The function is called on a thread that computes, which waits for it: also when a training is
  /// cancelled or reaches its time limit. A checkpoint is of the last round that was begun, which is
  /// about ten thousand steps ago at most.
  public var checkpoint: (interval: Duration, write: @Sendable (TrainingCheckpoint) -> Void)?
  /// Where to continue, or `nil` to begin.
  ///
  /// Data, parameters and options must be those of the training that it comes from, but for threads,
  /// limits of time, cancellation and progress.
  public var resuming: TrainingCheckpoint?
  /// What this training has in common with others of the same examples and kernel.
  package var sharedKernel: SharedKernel?
  /// Called at most about ten times a second, on a thread that computes.
  public var onProgress: (@Sendable (SolverProgress) -> Void)?

  /// When the time is up, for trainings of several steps that share one limit.
  package var deadline: ContinuousClock.Instant?

  /// The options with ``timeLimit`` counted from now on, however many trainings get them.
  package func withDeadline() -> TrainingOptions {
    var options = self
    options.deadline = deadline ?? timeLimit.map { ContinuousClock.now.advanced(by: $0) }
    return options
  }

  /// Makes options, with the defaults of the command.
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

/// What training rejects.
public enum TrainingError: Error, Equatable, Sendable {
  /// A parameter is out of its range.
  case invalidParameter(name: String, value: String, expected: String)
  /// The examples are missing, or have no features.
  case empty(rows: Int, columns: Int)
  /// There is not one label or target for each example.
  case countMismatch(what: String, found: Int, rows: Int)
  /// A feature or target is NaN or infinite; rows and columns count from 0, targets have no column.
  case notFinite(row: Int, column: Int?, value: Double)
  /// A weight is negative, NaN or infinite; rows count from 0.
  case invalidWeight(row: Int, value: Double)
  /// Every weight is 0.
  case noPositiveWeight(rows: Int)
  /// A class weight is given for a name that is not a class.
  case unknownClass(name: String, classes: [String])
  /// ν is larger than the sizes of the classes allow.
  case infeasibleNu(nu: Double, largest: Double, classes: [String])
  /// A checkpoint is not of this training; the text says why.
  case checkpoint(String)
  /// Checkpoints are asked of a solver that keeps none.
  case noCheckpoints(solver: String)
  /// Data that is said to be a model's training data cannot be; the text says why.
  case notTheTrainingData(String)
  /// The parts of the trained model do not fit together, which is a defect of this package.
  case model(ModelError)
  /// The kernel cannot be used with these examples.
  case kernel(KernelError)
  /// The training would take more memory than its limit.
  case memory(MemoryShortage)
}

extension TrainingError: CustomStringConvertible {
  /// One sentence that says what was found and what was expected.
  public var description: String {
    switch self {
    case .invalidParameter(let name, let value, let expected):
      "\(name): must be \(expected), but is \(value)"
    case .empty(let rows, let columns):
      "the training data has \(rows) rows and \(columns) features; at least one of each is needed"
    case .countMismatch(let what, let found, let rows):
      "\(what) has \(found) elements, but features has \(rows) rows"
    case .notFinite(let row, let column?, let value):
      "row \(row + 1), feature \(column + 1) is \(value); every feature needs a finite number"
    case .notFinite(let row, nil, let value):
      "row \(row + 1): the target is \(value); it must be a finite number"
    case .invalidWeight(let row, let value):
      "row \(row + 1): the weight is \(value); it must be a finite number of at least 0"
    case .noPositiveWeight(let rows):
      "all \(rows) rows have the weight 0; at least one must have a greater weight"
    case .unknownClass(let name, let classes):
      "class-weight: \"\(name)\" is not a class; the classes are "
        + classes.map { "\"\($0)\"" }.joined(separator: ", ")
    case .infeasibleNu(let nu, let largest, let classes):
      "nu: must be at most \(largest) for the classes "
        + classes.map { "\"\($0)\"" }.joined(separator: " and ") + ", but is \(nu)"
    case .checkpoint(let reason): "the checkpoint cannot be resumed: \(reason)"
    case .noCheckpoints(let solver):
      "checkpoint: \(solver) write none; only the solver of dual variables does"
    case .notTheTrainingData(let reason): "this is not the training data of the model: \(reason)"
    case .model(let error): error.description
    case .kernel(let error): error.description
    case .memory(let shortage): shortage.description
    }
  }
}
