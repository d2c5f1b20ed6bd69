/// How the command ends, as a shell sees it.
package enum ExitStatus: Sendable, Equatable {
  /// Everything was done.
  case done
  /// A failure not caused by the options or the data: an output that cannot be written, a
  /// machine that lacks memory, a model whose violation is above its tolerance.
  case failure
  /// Training stopped before the tolerance was met; the model was written and is marked so.
  case notConverged
  /// The options make no sense (`EX_USAGE`).
  case usage
  /// The data or the model cannot be read (`EX_DATAERR`).
  case badData
  /// A mistake of this program (`EX_SOFTWARE`): a crash, whose message the crash handler prints.
  case internalError
  /// A signal ended the work: SIGINT, SIGTERM or SIGHUP.
  case interrupted(signal: Int32)

  /// The number that the shell gets.
  package var code: Int32 {
    switch self {
    case .done: 0
    case .failure: 1
    case .notConverged: 3
    case .usage: 64
    case .badData: 65
    case .internalError: 70
    case .interrupted(let signal): 128 + signal
    }
  }
}

/// Options that make no sense; the text names the option.
package struct UsageError: Error, Equatable, CustomStringConvertible {
  /// `--c: must be greater than 0, but is -1`.
  package let description: String

  /// Makes an error from its text.
  package init(_ description: String) { self.description = description }

  /// Makes an error about one option.
  package init(option: String, _ text: String) { self.description = "\(option): \(text)" }
}

/// A failure with the exit status that belongs to it.
package struct CommandFailure: Error, Equatable, CustomStringConvertible {
  /// How the command ends.
  package let status: ExitStatus
  /// What is printed to standard error; nothing when it is empty.
  package let description: String

  /// Makes a failure; an empty text prints nothing.
  package init(_ status: ExitStatus, _ description: String = "") {
    self.status = status
    self.description = description
  }
}

/// The reader of our output has gone away (`svm predict … | head`): we end quietly.
struct ClosedPipe: Error {}
