import Basics
import LinearAlgebra
import SMOSolver
import Synchronization

/// What every training does with its options, whatever solves it: checks them, knows when to stop, and
/// reports its progress to the caller.
package final class TrainingControl: Sendable {
  /// The options, checked.
  package let options: TrainingOptions
  /// The number of threads to use.
  package let threads: Int
  /// When to stop at the latest.
  package let deadline: ContinuousClock.Instant?
  /// Stops the training when it is cancelled.
  package let token: CancellationToken
  private let begin: ContinuousClock.Instant
  private let problemCount: Int
  private let progress = Mutex(ProgressState())

  private struct ProgressState {
    var problemsDone = 0
    var iterationsDone = 0
    var lastReport: ContinuousClock.Instant?
  }

  /// Begins a training; its time runs from here.
  ///
  /// - Parameters:
  ///   - options: How to train.
  ///   - problemCount: The number of its problems.
  ///   - solver: What solves it, when that keeps no checkpoints.
  /// - Throws: ``TrainingError`` when an option is out of its range, or checkpoints are asked of a solver
  ///   that has none.
  package init(
    _ options: TrainingOptions, problemCount: Int = 1,
    solverLackingCheckpoints solver: String? = nil
  ) throws(TrainingError) {
    guard options.tolerance > 0, options.tolerance.isFinite else {
      throw .invalidParameter(
        name: "tolerance", value: "\(options.tolerance)", expected: "greater than 0")
    }
    if let threads = options.threads, threads < 1 {
      throw .invalidParameter(name: "threads", value: "\(threads)", expected: "at least 1")
    }
    if let limit = options.maximumIterations, limit < 1 {
      throw .invalidParameter(name: "max-iterations", value: "\(limit)", expected: "at least 1")
    }
    guard options.memoryLimit >= 1 << 20 else {
      throw .invalidParameter(
        name: "memory", value: "\(options.memoryLimit) bytes", expected: "at least 1M")
    }
    if let solver, options.checkpoint != nil || options.resuming != nil {
      throw .noCheckpoints(solver: solver)
    }
    self.options = options
    threads = options.threads ?? processorCount
    begin = ContinuousClock.now
    deadline = options.withDeadline().deadline
    token = options.cancellation ?? CancellationToken()
    self.problemCount = problemCount
  }

  /// Why to stop at once, if there is a reason; once there is one, there always is.
  package var interruption: StopReason? {
    if token.isCancelled { return .cancelled }
    if let deadline, ContinuousClock.now >= deadline { return .timeLimit }
    return nil
  }

  /// Whether to stop; asked between tiles, on any thread.
  package var shouldStop: @Sendable () -> Bool { { self.interruption != nil } }

  /// Counts a problem that is done.
  package func finishProblem(iterations: Int) {
    progress.withLock {
      $0.problemsDone += 1
      $0.iterationsDone += iterations
    }
  }

  private static let reportInterval = Duration.milliseconds(100)

  /// Whether the next ``report(problem:iterations:violation:gap:active:of:)`` reaches the caller.
  package var isReportDue: Bool {
    guard options.onProgress != nil else { return false }
    let last = progress.withLock { $0.lastReport }
    return last.map { ContinuousClock.now - $0 >= Self.reportInterval } ?? true
  }

  /// Reports the progress of a problem to the caller, at most ten times a second.
  ///
  /// - Parameters:
  ///   - problem: Its number among the problems.
  ///   - iterations: The iterations of this problem so far.
  ///   - violation: Its KKT violation.
  ///   - gap: Its relative duality gap, if that is known.
  ///   - active: The examples that take part at the moment.
  ///   - count: All its examples.
  package func report(
    problem: Int = 0, iterations: Int, violation: Double, gap: Double? = nil, active: Int,
    of count: Int
  ) {
    guard let callback = options.onProgress else { return }
    let now = ContinuousClock.now
    let snapshot: ProgressState? = progress.withLock { state in
      if let last = state.lastReport, now - last < Self.reportInterval { return nil }
      state.lastReport = now
      return state
    }
    guard let snapshot else { return }
    callback(
      SolverProgress(
        iterations: snapshot.iterationsDone + iterations, kktViolation: violation,
        relativeGap: gap, activeCount: active, exampleCount: count,
        problemsDone: snapshot.problemsDone, problemCount: problemCount, problem: problem,
        problemIterations: iterations, elapsedSeconds: (now - begin) / .seconds(1)))
  }
}

/// Runs a training on a Dispatch thread; cancelling the task cancels the training's own token, not
/// the caller's, which other trainings may share.
package func onDispatchThread<Model: Sendable>(
  _ options: TrainingOptions,
  _ train: @escaping @Sendable (TrainingOptions) throws(TrainingError) -> Model
) async throws(TrainingError) -> Model {
  try await onDispatchThread(options.cancellation) { token throws(TrainingError) in
    var options = options
    options.cancellation = token
    return try train(options)
  }
}
