import Basics
import Evaluation
import ModelSelection
import Synchronization
import Tables

/// Writes the trials so far, to a temporary file that then replaces the table, so that it
/// is always complete.
final class TrialWriter: Sendable {
  private struct State {
    var lastWritten: ContinuousClock.Instant?
    var hasFailed = false
  }

  private let path: String
  private let input: String
  private let search: String
  private let kernel: String
  private let metric: MetricDefinition?
  /// Other processes that write the same table.
  private let shared: SharedSearch?
  private let state = Mutex(State())

  /// The least time between two writings.
  private static let interval = Duration.milliseconds(300)

  /// Remembers where trials go; ``check(_:input:)`` has tried the place before.
  init(
    path: String, input: String, search: String, kernel: String, metric: MetricDefinition?,
    shared: SharedSearch? = nil
  ) {
    self.path = path
    self.input = input
    self.search = search
    self.kernel = kernel
    self.metric = metric
    self.shared = shared
  }

  /// Tries a place: an hour later is too late to learn that the folder does not exist.
  static func check(_ path: String, input: String) throws {
    _ = try OutputPlace(path: path, option: "--trials", inputs: [input])
  }

  /// Reads the trials of an earlier search; a table that does not exist yet has none.
  static func read(_ path: String, search: String, kernel: String) throws -> [Trial] {
    guard FileStatus.exists(path) else { return [] }
    let bytes = try WholeFile.bytes(path) ?? []
    let text = String(decoding: bytes, as: UTF8.self)
    do {
      return try TrialTable.trials(text, search: search, kernel: kernel)
    } catch {
      throw CommandFailure(.badData, "\(MessageText.plain(path)): \(error)")
    }
  }

  /// Writes the table if the last writing was a while ago.
  func update(_ trials: [Trial]) {
    guard path != "-" else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      if state.hasFailed { return }
      if let last = state.lastWritten, now - last < Self.interval { return }
      state.lastWritten = now
      do {
        try write(trials, metric: metric)
      } catch {
        // It is tried once more at the end, and told then.
        state.hasFailed = true
      }
    }
  }

  /// Writes the whole table.
  func finish(_ trials: [Trial], metric: MetricDefinition) throws {
    try write(trials, metric: metric)
  }

  private func write(_ trials: [Trial], metric: MetricDefinition?) throws {
    guard let shared else { return try replace(trials, metric: metric) }
    try shared.whileWriting {
      // All make the same trials in the same order: a longer table is a later one.
      let known = try Self.read(path, search: search, kernel: kernel)
      if known.count <= trials.count { try replace(trials, metric: metric) }
    }
  }

  private func replace(_ trials: [Trial], metric: MetricDefinition?) throws {
    let place = try OutputPlace(path: path, option: "--trials", inputs: [input])
    try place.write(
      TrialTable.text(trials, search: search, kernel: kernel, metric: metric ?? .accuracy))
    try place.commit()
  }
}
