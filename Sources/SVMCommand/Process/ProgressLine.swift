import Basics
import SMOSolver
import Synchronization
import Tables

/// Shows the progress of the training: on a terminal in one line that is written over and
/// over, elsewhere in a line from time to time, for readers of the log of a long training.
final class ProgressLine: Sendable {
  /// The least time between two writings: fast enough for the eye, slow enough for a remote shell.
  private static let interval = Duration.milliseconds(100)
  /// The same for lines of a log; the first comes after as long, so that short trainings write none.
  private static let logInterval = Duration.seconds(10)

  private struct State {
    var lastShown: ContinuousClock.Instant?
    var isVisible = false
    var trend = ConvergenceTrend()
    /// How long the training was expected to take.
    var expected: Double?
  }

  private let isEnabled: Bool
  private let isTerminal: Bool
  private let tolerance: Double?
  private let state: Mutex<State>

  /// Makes a line; it stays invisible when nobody wants to see it.
  ///
  /// - Parameters:
  ///   - isQuiet: Whether nobody does.
  ///   - tolerance: The KKT violation at which a training ends, to estimate how long that may take.
  init(isQuiet: Bool, tolerance: Double? = nil) {
    isEnabled = !isQuiet
    isTerminal = Console.errorIsTerminal
    self.tolerance = tolerance
    state = Mutex(State(lastShown: isTerminal ? nil : .now))
  }

  /// What training should call, or `nil` when nobody looks.
  var handler: (@Sendable (SolverProgress) -> Void)? {
    guard isEnabled else { return nil }
    return { [self] progress in
      let left = state.withLock { state -> Double? in
        state.trend.add(progress.kktViolation, at: progress.elapsedSeconds)
        return secondsLeft(progress, state)
      }
      show(Self.text(progress, secondsLeft: left))
    }
  }

  /// How long the training may still take, by its violation or, of many problems, by those that are done.
  private func secondsLeft(_ progress: SolverProgress, _ state: State) -> Double? {
    let elapsed = progress.elapsedSeconds
    guard elapsed > 2 else { return nil }
    if progress.problemCount > 1 {
      guard progress.problemsDone > 0 else { return nil }
      let each = elapsed / Double(progress.problemsDone)
      return each * Double(progress.problemCount - progress.problemsDone)
    }
    // Before the violation falls, what was expected is all there is; where it falls slowly at first and fast at the end, as
    // that of many examples does, its trend says far too much.
    let expected = state.expected.flatMap { $0 > elapsed ? $0 - elapsed : nil }
    guard let left = tolerance.flatMap({ state.trend.secondsUntil($0, from: elapsed) }) else {
      return expected
    }
    return expected.map { min($0, left) } ?? left
  }

  /// Notes how long the training will probably take.
  func expect(seconds: Double) { state.withLock { $0.expected = seconds } }

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
      // A line that wraps could not be cleared.
      Console.control(
        "\r\u{1B}[K" + MessageText.harmless(text).prefix(max(20, Console.errorWidth - 1)))
    }
  }

  /// Clears the line, so that what is printed next stands alone.
  func clear() {
    state.withLock { state in
      if state.isVisible { Console.control("\r\u{1B}[K") }
      state.isVisible = false
    }
  }

  /// `pair 3 of 45   KKT violation 0.0042   gap 0.001   about 8.0 s left   active 900 of 4 000   1.2 s …`:
  /// what matters most comes first, since narrow terminals cut the rest.
  static func text(_ progress: SolverProgress, secondsLeft: Double? = nil) -> String {
    var parts: [String] = []
    if progress.problemCount > 1 {
      let current = min(progress.problemsDone + 1, progress.problemCount)
      parts.append("problem \(current) of \(progress.problemCount)")
    }
    if progress.kktViolation.isFinite {
      parts.append("KKT violation \(Text.significant(progress.kktViolation, 3))")
    }
    if let gap = progress.relativeGap, gap.isFinite {
      parts.append("gap \(Text.significant(gap, 2))")
    }
    parts.append(Text.seconds(progress.elapsedSeconds))
    if let secondsLeft { parts.append("about \(Text.seconds(secondsLeft)) left") }
    if progress.activeCount < progress.exampleCount {
      parts.append(
        "active \(Text.count(progress.activeCount)) of \(Text.count(progress.exampleCount))")
    }
    parts.append("\(Text.count(progress.iterations)) iterations")
    if progress.elapsedSeconds > 0 && progress.iterations > 0 {
      let rate = Double(progress.iterations) / progress.elapsedSeconds
      parts.append("\(Text.count(Int(min(rate, 1e15))))/s")
    }
    return "training   " + parts.joined(separator: "   ")
  }
}
