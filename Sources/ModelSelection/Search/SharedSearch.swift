import Basics
import Synchronization

// Several processes that search together run the same search, which makes the same decisions in each: what one measures,
// the others read. A path on a fold is measured by the process that has its lock, and recorded as a line of a file
// beside the table of trials:
//
//     3f09…  v0.96:12044 v0.97:9310 s:0 .
//
// the digest of what was measured; for each candidate a letter for its outcome, the figure, and microseconds; and a
// point, without which a line is not whole.

/// What processes that search together tell each other.
package final class SharedSearch: Sendable {
  private let record: SharedRecord
  private let search: String
  private let known = Mutex<[String: [PathWalk.Step]]>([:])
  private let computed = Mutex(0)

  /// Joins a search.
  ///
  /// - Parameters:
  ///   - path: The file that the processes share.
  ///   - search: What the search is made of, as in the table of trials.
  /// - Throws: `SystemError` where the file cannot be opened or locked.
  package init(path: String, search: String) throws(SystemError) {
    record = try SharedRecord(path: path)
    self.search = search
  }

  /// How many paths on folds this process measured.
  package var computedCount: Int { computed.withLock { $0 } }

  /// Whether nobody has measured anything.
  package var isUnused: Bool { computedCount == 0 && known.withLock { $0.isEmpty } }

  /// How long to wait when others are measuring all that is left.
  private static let patience = Duration.milliseconds(20)

  /// Replaces what the processes write in turn, such as the table of trials.
  package func whileWriting(_ body: () throws -> Void) throws { try record.exclusively(body) }

  /// Measures tasks, some here and some elsewhere.
  ///
  /// - Parameters:
  ///   - tasks: What each measures, in words that are the same in all processes.
  ///   - threads: The number of threads.
  ///   - isStopped: Whether to stop waiting for others.
  ///   - measure: Measures a task.
  /// - Returns: The steps of each task; when stopped, `nil` for those that nobody has measured.
  /// - Throws: What `measure` throws; `SystemError` where the file cannot be read or written.
  func results(
    _ tasks: [String], threads: Int, isStopped: () -> Bool,
    measure: @Sendable (Int) throws -> [PathWalk.Step]
  ) throws -> [[PathWalk.Step]?] {
    let keys = tasks.map(key)
    var found = [[PathWalk.Step]?](repeating: nil, count: tasks.count)
    while true {
      try read()
      known.withLock { known in
        for task in tasks.indices where found[task] == nil { found[task] = known[keys[task]] }
      }
      let missing = tasks.indices.filter { found[$0] == nil }
      if missing.isEmpty { return found }
      let steps = try concurrentResults(count: missing.count, threads: threads) { place in
        try self.step(keys[missing[place]]) { try measure(missing[place]) }
      }
      for (task, steps) in zip(missing, steps) { found[task] = steps }
      if isStopped() { return found }
      if steps.allSatisfy({ $0 == nil }) { CurrentProcess.pause(for: Self.patience) }
    }
  }

  /// Measures a task if nobody else does; `nil` if somebody else does.
  private func step(
    _ key: String, _ measure: () throws -> [PathWalk.Step]
  ) throws -> [PathWalk.Step]? {
    guard let number = UInt64(key.prefix(15), radix: 16), try record.take(number) else {
      return nil
    }
    defer { record.giveBack(number) }
    // It may have been measured between the last look and the lock.
    try read()
    if let steps = known.withLock({ $0[key] }) { return steps }
    let steps = try measure()
    guard let line = Self.line(key, steps) else { return steps }
    try record.append(line)
    computed.withLock { $0 += 1 }
    return steps
  }

  private func key(_ task: String) -> String {
    var hash = SHA256()
    hash.update(Array("\(search) \(task)".utf8))
    return String(hash.finish().prefix(32))
  }

  private func read() throws {
    try known.withLock { known in
      for line in try record.newLines() {
        guard let (key, steps) = Self.steps(line) else { continue }
        known[key] = steps
      }
    }
  }

  // MARK: Lines

  /// The line of a task; `nil` where it was interrupted.
  static func line(_ key: String, _ steps: [PathWalk.Step]) -> String? {
    var words = [key]
    for step in steps {
      let outcome: String
      switch step.outcome {
      case .value(let value, let isLimited):
        outcome = (isLimited ? "l" : "v") + NumberText.shortest(value)
      case .skipped: outcome = "s"
      case .refused: outcome = "r"
      case .interrupted: return nil
      }
      words.append("\(outcome):\(Int((step.duration / .microseconds(1)).rounded()))")
    }
    return (words + ["."]).joined(separator: " ")
  }

  /// What a line says; `nil` where it is not whole.
  static func steps(_ line: String) -> (key: String, steps: [PathWalk.Step])? {
    guard let found = parsed(line), found.key.utf8.count == 32 else { return nil }
    return found
  }

  /// The same, whatever names the task.
  static func parsed(_ line: String) -> (key: String, steps: [PathWalk.Step])? {
    let words = line.split(separator: " ")
    guard words.count >= 2, words.last == "." else { return nil }
    var steps: [PathWalk.Step] = []
    for word in words.dropFirst().dropLast() {
      let parts = word.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let letter = parts[0].first, let time = Int(parts[1]) else {
        return nil
      }
      let outcome: PathWalk.Step.Outcome
      switch (letter, Double(parts[0].dropFirst())) {
      case ("v", let value?): outcome = .value(value, isLimited: false)
      case ("l", let value?): outcome = .value(value, isLimited: true)
      case ("s", nil): outcome = .skipped
      case ("r", nil): outcome = .refused
      default: return nil
      }
      steps.append(PathWalk.Step(outcome: outcome, duration: .microseconds(time)))
    }
    return (String(words[0]), steps)
  }
}
