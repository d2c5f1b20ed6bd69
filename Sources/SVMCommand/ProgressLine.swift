import SMOSolver
import Synchronization

/// Says where the training stands: on a terminal in one line that is written over and over, elsewhere in
/// a line now and then, for whoever reads the log of a long training.
final class ProgressLine: Sendable {
  /// The least time between two writings: fast enough for the eye, slow enough for a remote shell.
  private static let interval = Duration.milliseconds(100)
  /// The same for lines of a log; the first comes after as long, so that short trainings write none.
  private static let logInterval = Duration.seconds(10)

  private struct State {
    var lastShown: ContinuousClock.Instant?
    var isVisible = false
  }

  private let isEnabled: Bool
  private let isTerminal: Bool
  private let state: Mutex<State>

  /// Makes a line; it stays invisible when nobody wants to see it.
  init(isQuiet: Bool) {
    isEnabled = !isQuiet
    isTerminal = Console.errorIsTerminal
    state = Mutex(State(lastShown: isTerminal ? nil : .now))
  }

  /// What training should call, or `nil` when nobody looks.
  var handler: (@Sendable (SolverProgress) -> Void)? {
    guard isEnabled else { return nil }
    return { [self] progress in show(Self.text(progress)) }
  }

  /// Replaces the line by a text, or adds it to the log; not when the last one is too recent.
  func show(_ text: String) {
    guard isEnabled else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      let interval = isTerminal ? Self.interval : Self.logInterval
      if let last = state.lastShown, now - last < interval { return }
      state.lastShown = now
      guard isTerminal else { return Console.message(text) }
      state.isVisible = true
      Console.errorText("\r\u{1B}[K" + text)
    }
  }

  /// Clears the line, so that what is printed next stands alone.
  func clear() {
    state.withLock { state in
      if state.isVisible { Console.errorText("\r\u{1B}[K") }
      state.isVisible = false
    }
  }

  /// `pair 3 of 45   12 300 iterations   KKT violation 0.0042   active 900 of 4 000   1.2 s`.
  static func text(_ progress: SolverProgress) -> String {
    var parts: [String] = []
    if progress.problemCount > 1 {
      parts.append("pair \(progress.problemsDone + 1) of \(progress.problemCount)")
    }
    parts.append("\(Text.count(progress.iterations)) iterations")
    if progress.kktViolation.isFinite {
      parts.append("KKT violation \(Text.significant(progress.kktViolation, 3))")
    }
    if progress.activeCount < progress.exampleCount {
      parts.append(
        "active \(Text.count(progress.activeCount)) of \(Text.count(progress.exampleCount))")
    }
    if progress.elapsedSeconds > 0 && progress.iterations > 0 {
      let rate = Double(progress.iterations) / progress.elapsedSeconds
      parts.append("\(Text.count(Int(min(rate, 1e15)))) pairs/s")
    }
    parts.append("\(Text.seconds(progress.elapsedSeconds))")
    return "training   " + parts.joined(separator: "   ")
  }
}
