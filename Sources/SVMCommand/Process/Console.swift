import Basics

/// The two streams of the process: results go to standard output, all else to standard error.
///
/// Of several ranks the first alone writes.
///
/// Both are written through `write(2)`: Swift 6 does not allow C's `stderr`, and a result that
/// cannot be written must be noticed.
enum Console {
  /// Whether somebody reads standard error as it appears.
  static var errorIsTerminal: Bool { StandardStreams.isTerminal(StandardStreams.error) }

  /// The columns of the terminal that shows standard error; 80 where nobody knows.
  static var errorWidth: Int { StandardStreams.terminalWidth(StandardStreams.error) ?? 80 }

  /// Writes what people read to standard output at once.
  static func output(_ text: String) throws {
    guard CommandRanks.current.isFirst else { return }
    do throws(SystemError) {
      try writeAll(Array(MessageText.harmless(text).utf8), to: StandardStreams.output)
    } catch {
      if error.isClosedPipe { throw ClosedPipe() }
      throw CommandFailure(.failure, "standard output: cannot be written: \(error.reason)")
    }
  }

  /// Writes a line to standard error.
  ///
  /// Whatever it is made of, it neither moves the cursor nor changes colours. That it cannot be written is
  /// not worth an error: nothing is left to report it to.
  static func message(_ text: String) {
    errorText(text + "\n")
  }

  /// Writes what people read to standard error.
  static func errorText(_ text: String) { control(MessageText.harmless(text)) }

  /// Writes a line to standard error on any rank: this process is about to end, and the others with it.
  static func alarm(_ text: String) {
    let ranks = CommandRanks.current
    let name = ranks.isFirst ? "" : "rank \(ranks.rank): "
    write(MessageText.harmless(name + text) + "\n")
  }

  /// Writes to standard error as it is, also what moves the cursor.
  static func control(_ text: String) {
    if CommandRanks.current.isFirst { write(text) }
  }

  private static func write(_ text: String) {
    do throws(SystemError) {
      try writeAll(Array(text.utf8), to: StandardStreams.error)
    } catch {
      return
    }
  }
}
