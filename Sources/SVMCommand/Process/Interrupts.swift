import Basics
import CCrashHandler
import Dispatch
import SMOSolver
import Synchronization
import Tables
import TabularModels

/// SIGINT and SIGTERM, and SIGHUP, which is what a terminal sends when it is closed.
///
/// While the solver runs, the first of them cancels the training, which then ends normally with
/// the best model so far; a second one ends the process. At any other time the first one ends the
/// process, after half-written files were removed: reading may wait for a terminal forever, and
/// nothing is lost.
final class Interrupts: Sendable {
  /// The signals of this process.
  static let shared = Interrupts()

  /// Cancelled by the first signal that arrives in ``whileTraining(_:)``.
  let token = CancellationToken()

  /// A signal so soon after the first is the same wish once more: `timeout`, for one, signals the
  /// process and then its group.
  private static let echo = Duration.milliseconds(300)

  private struct State {
    var isTraining = false
    /// What the next signal cancels while the solver runs; `nil` is ``Interrupts/token``.
    var token: CancellationToken?
    /// Whether a training has begun, which sees to its time limit itself.
    var hasBegun = false
    var received: Int32?
    var receivedAt: ContinuousClock.Instant?
    var halfWritten: [String] = []
    var folders: [String] = []
    var children: [ChildProcess] = []
  }

  private let state = Mutex(State())
  /// Not one of the global queues, which training keeps busy.
  private let queue = DispatchQueue(label: "svm.interrupts", qos: .userInteractive)

  /// The signal that cancelled the training, if one did.
  var received: Int32? { state.withLock { $0.received } }

  /// Starts to watch.
  ///
  /// A closed pipe is an error of `write` from here on, not a signal.
  func install() {
    CurrentProcess.ignoreClosedPipes()
    installCrashHandler()
    for number in [
      CurrentProcess.interruptSignal, CurrentProcess.terminationSignal, CurrentProcess.hangupSignal,
    ] {
      // If the signal was ignored when we were started (`nohup`, `&` in a script), that
      // was intended.
      if CurrentProcess.ignore(signal: number) { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      // The handler holds its source, which so lives as long as the process.
      source.setEventHandler { [self] in
        withExtendedLifetime(source) { receive(number) }
      }
      source.activate()
    }
  }

  /// From here on a mistake of ours ends the process with a message, whatever the Swift
  /// runtime was told to do about crashes, and without half-written files.
  private func installCrashHandler() {
    let message =
      (Console.errorIsTerminal ? "\n" : "")
      + "internal error: this is a bug in svm \(toolkitVersion), not your mistake; please report "
      + "the command, and the data if you can"
    unsafe crash_handler_install(message, ExitStatus.internalError.code)
    // The runtime may have taken this one, too, for its backtraces.
    CurrentProcess.restoreQuitSignal()
  }

  /// Runs a training; signals cancel it instead of ending the process.
  func whileTraining<Result>(_ body: () throws -> Result) throws -> Result {
    beginTraining()
    return try untilTrained(body)
  }

  /// Runs a training with a new token, after one that a signal may have cancelled.
  ///
  /// - Parameters:
  ///   - token: What the next signal cancels; the one after it ends the process.
  ///   - body: The training.
  /// - Returns: What the training returns.
  /// - Throws: What the training throws; `TransportError` when another rank failed.
  func whileTraining<Result>(
    cancelling token: CancellationToken, _ body: () throws -> Result
  ) throws -> Result {
    state.withLock { $0.token = token }
    defer { state.withLock { $0.token = nil } }
    return try whileTraining(body)
  }

  /// From now on signals cancel the training instead of ending the process.
  func beginTraining() {
    state.withLock {
      $0.isTraining = true
      $0.hasBegun = true
    }
  }

  /// Ends the process when the time is up before a training has begun: while rows are read and features
  /// made there is nothing to write.
  func limitPreparation(_ time: Duration?) {
    // All ranks end with the first.
    guard let time, CommandRanks.current.isFirst else { return }
    let (seconds, attoseconds) = time.components
    let nanoseconds = Double(seconds) * 1e9 + Double(attoseconds) / 1e9
    queue.asyncAfter(deadline: .now() + .nanoseconds(Int(min(nanoseconds, 0x1p60)))) { [self] in
      guard !state.withLock({ $0.hasBegun }) else { return }
      leave(
        .notConverged,
        saying: "stopped at the time limit before the training began; nothing was written")
    }
  }

  /// Runs a training that calls ``beginTraining()`` when there is something to lose.
  ///
  /// A signal that one rank has received is from then on one of all.
  func untilTrained<Result>(_ body: () throws -> Result) throws -> Result {
    defer { state.withLock { $0.isTraining = false } }
    let result = try body()
    let signal = try CommandRanks.current.largest(Double(received ?? 0))
    if signal > 0 { state.withLock { $0.received = $0.received ?? Int32(signal) } }
    return result
  }

  /// Names a file that must not stay behind when a signal ends the process.
  func register(halfWritten path: String) {
    state.withLock { $0.halfWritten.append(path) }
    unsafe crash_handler_add_file(path)
  }

  /// Takes the name back: the file is complete, or gone.
  func unregister(halfWritten path: String) {
    state.withLock { $0.halfWritten.removeAll { $0 == path } }
    unsafe crash_handler_remove_file(path)
  }

  /// Names a folder that must not stay behind, with all that is in it.
  func register(folder path: String) { state.withLock { $0.folders.append(path) } }

  /// Takes the name back: the folder is gone.
  func unregister(folder path: String) {
    state.withLock { $0.folders.removeAll { $0 == path } }
  }

  /// Starts a process that must not outlive this one when a signal ends it; it leads a separate
  /// group.
  ///
  /// - Parameter start: Starts it, or returns `nil` when it cannot be started.
  /// - Returns: The process.
  func startingChild(_ start: () -> ChildProcess?) -> ChildProcess? {
    state.withLock { state in
      let child = start()
      if let child { state.children.append(child) }
      return child
    }
  }

  /// Takes it back: the process has ended and been waited for.
  func unregister(child: ChildProcess) {
    state.withLock { $0.children.removeAll { $0 == child } }
  }

  private func receive(_ number: Int32) {
    /// What a signal means at this moment.
    enum Wish { case echo, cancel(CancellationToken), leave }
    let wish = state.withLock { state -> Wish in
      let now = ContinuousClock.now
      if let last = state.receivedAt, now - last < Self.echo { return .echo }
      let token = state.token ?? token
      guard state.isTraining, !token.isCancelled else { return .leave }
      state.received = number
      state.receivedAt = now
      return .cancel(token)
    }
    switch wish {
    case .echo: break
    case .cancel(let token): token.cancel()
    case .leave: leave(number)
    }
  }

  /// Ends the process without running anything but the removal of half-written files.
  ///
  /// The lock is kept, so that no further file is begun meanwhile.
  private func leave(_ number: Int32) {
    state.withLock { state in
      for path in state.halfWritten { FileStatus.remove(path) }
      for child in state.children { child.end() }
      for path in state.folders { FolderTree.remove(path) }
      if Console.errorIsTerminal { Console.errorText("\n") }
      CurrentProcess.exitImmediately(ExitStatus.interrupted(signal: number).code)
    }
  }

  /// Ends the process with a message, from any thread, in the middle of anything.
  func leave(_ status: ExitStatus, saying message: String) -> Never {
    // A thread that has no memory may be the one that holds the lock.
    _ = state.withLockIfAvailable { state -> Void in
      for path in state.halfWritten { FileStatus.removeWithoutMemory(path) }
      if Console.errorIsTerminal { Console.errorText("\n") }
      Console.alarm(message)
      CurrentProcess.exitImmediately(status.code)
    }
    Console.alarm(message)
    CurrentProcess.exitImmediately(status.code)
  }
}
