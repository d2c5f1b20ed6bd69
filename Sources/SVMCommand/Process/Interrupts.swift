import Dispatch
import SMOSolver
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// SIGINT and SIGTERM, and SIGHUP, which is what a terminal sends when it is closed.
///
/// While the solver runs, the first of them cancels the training, which then ends by itself with
/// the best model so far; a second one ends the process. At any other time the first one ends the
/// process, after half-written files were removed: reading may wait for a terminal for ever, and
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
    var received: Int32?
    var receivedAt: ContinuousClock.Instant?
    var halfWritten: [String] = []
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
    _ = signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Whoever started us with the signal ignored (`nohup`, `&` in a script) meant it.
      let previous = signal(number, SIG_IGN)
      if isIgnored(previous) { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      // The handler holds its source, which so lives as long as the process.
      source.setEventHandler { [self] in
        withExtendedLifetime(source) { receive(number) }
      }
      source.activate()
    }
  }

  /// Runs a training; signals cancel it instead of ending the process.
  func whileTraining<Result>(_ body: () throws -> Result) rethrows -> Result {
    beginTraining()
    return try untilTrained(body)
  }

  /// From now on signals cancel the training instead of ending the process.
  func beginTraining() { state.withLock { $0.isTraining = true } }

  /// Runs a training that calls ``beginTraining()`` when there is something to lose.
  func untilTrained<Result>(_ body: () throws -> Result) rethrows -> Result {
    defer { state.withLock { $0.isTraining = false } }
    return try body()
  }

  /// Names a file that must not stay behind when a signal ends the process.
  func register(halfWritten path: String) {
    state.withLock { $0.halfWritten.append(path) }
  }

  /// Takes the name back: the file is complete, or gone.
  func unregister(halfWritten path: String) {
    state.withLock { $0.halfWritten.removeAll { $0 == path } }
  }

  private func receive(_ number: Int32) {
    let mayFinish = state.withLock { state in
      let now = ContinuousClock.now
      if let first = state.receivedAt { return now - first < Self.echo }
      guard state.isTraining else { return false }
      state.received = number
      state.receivedAt = now
      return true
    }
    if mayFinish {
      token.cancel()
    } else {
      leave(number)
    }
  }

  /// Ends the process without running anything but the removal of half-written files.
  ///
  /// The lock is kept, so that no further file is begun meanwhile.
  private func leave(_ number: Int32) {
    state.withLock { state in
      for path in state.halfWritten { _ = unsafe unlink(path) }
      if Console.errorIsTerminal { Console.errorText("\n") }
      _exit(ExitStatus.interrupted(signal: number).code)
    }
  }

  /// Whether a handler is `SIG_IGN`, which C defines as the function at address 1.
  private func isIgnored(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafe unsafeBitCast(handler, to: UInt.self) == unsafeBitCast(SIG_IGN, to: UInt.self)
  }
}
