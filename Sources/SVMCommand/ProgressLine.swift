import SMOSolver
import Synchronization

/// One line on a terminal that says where the training stands, written over and over.
final class ProgressLine: Sendable {
  /// The least time between two writings: fast enough for the eye, slow enough for a remote shell.
  private static let interval = Duration.milliseconds(100)

  private struct State {
    var lastShown: ContinuousClock.Instant?
    var isVisible = false
  }

  private let isEnabled: Bool
  private let state = Mutex(State())

  /// Makes a line; it stays invisible unless standard error is a terminal.
  init(isQuiet: Bool) {
    isEnabled = !isQuiet && Console.errorIsTerminal
  }

  /// What training should call, or `nil` when nobody looks.
  var handler: (@Sendable (SolverProgress) -> Void)? {
    guard isEnabled else { return nil }
    return { [self] progress in show(Self.text(progress)) }
  }

  /// Replaces the line by a text.
  func show(_ text: String) {
    guard isEnabled else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      if let last = state.lastShown, now - last < Self.interval { return }
      state.lastShown = now
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

  /// `pair 3 of 45   12 300 iterations   KKT violation 0.0042   1.2 s`.
  static func text(_ progress: SolverProgress) -> String {
    var parts: [String] = []
    if progress.problemCount > 1 {
      parts.append("pair \(progress.problemsDone + 1) of \(progress.problemCount)")
    }
    parts.append("\(Text.count(progress.iterations)) iterations")
    if progress.kktViolation.isFinite {
      parts.append("KKT violation \(Text.significant(progress.kktViolation, 3))")
    }
    parts.append("\(Text.seconds(progress.elapsedSeconds))")
    return "training   " + parts.joined(separator: "   ")
  }
}
