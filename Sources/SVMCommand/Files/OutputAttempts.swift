/// Writes several outputs, each whether or not the others succeeded.
///
/// A disk that is full or a pipe that nobody reads costs what was to go there, and nothing else.
struct OutputAttempts {
  private var failures: [any Error] = []

  /// Writes one output; a failure is kept for ``finish()``.
  mutating func attempt(_ write: () throws -> Void) {
    do {
      try write()
    } catch {
      failures.append(error)
    }
  }

  /// Throws the first failure, after the others were printed.
  func finish() throws {
    for failure in failures.dropFirst() { Console.message("\(failure)") }
    if let first = failures.first { throw first }
  }
}
