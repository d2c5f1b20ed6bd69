import LinearAlgebra
import SupportVectors
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One training: when it has to stop, and what its problems share.
final class LinearRun: Sendable {
  let options: TrainingOptions
  let threads: Int
  private let begin: ContinuousClock.Instant
  private let deadline: ContinuousClock.Instant?
  private let token: CancellationToken
  private let problemCount: Int
  private let progress = Mutex(ProgressState())

  private struct ProgressState {
    var problemsDone = 0
    var iterationsDone = 0
    var lastReport: ContinuousClock.Instant?
  }

  init(_ options: TrainingOptions, problemCount: Int) throws(TrainingError) {
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
    self.options = options
    threads = options.threads ?? Self.processorCount
    let now = ContinuousClock.now
    begin = now
    deadline = options.timeLimit.map { now.advanced(by: $0) }
    token = options.cancellation ?? CancellationToken()
    self.problemCount = problemCount
  }

  /// The processors that this process may use.
  static var processorCount: Int { max(1, min(256, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))) }

  /// Why to stop at once, if there is a reason; once there is one, there always is.
  var interruption: StopReason? {
    if token.isCancelled { return .cancelled }
    if let deadline, ContinuousClock.now >= deadline { return .timeLimit }
    return nil
  }

  /// The relative duality gap at which a problem is solved.
  ///
  /// A thousandth of the tolerance, and no less than Double can tell.
  var gapLimit: Double { max(1e-3 * options.tolerance, 5e-13) }

  /// Reports that a problem is done.
  func finishProblem(iterations: Int) {
    progress.withLock {
      $0.problemsDone += 1
      $0.iterationsDone += iterations
    }
  }

  /// Tells the caller where a problem stands, at most ten times a second.
  func report(iterations: Int, violation: Double, active: Int, of count: Int) {
    guard let callback = options.onProgress else { return }
    let now = ContinuousClock.now
    let snapshot: ProgressState? = progress.withLock { state in
      if let last = state.lastReport, now - last < .milliseconds(100) { return nil }
      state.lastReport = now
      return state
    }
    guard let snapshot else { return }
    let elapsed = (now - begin).components
    callback(
      SolverProgress(
        iterations: snapshot.iterationsDone + iterations, kktViolation: violation,
        activeCount: active, exampleCount: count, problemsDone: snapshot.problemsDone,
        problemCount: problemCount,
        elapsedSeconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18))
  }
}
