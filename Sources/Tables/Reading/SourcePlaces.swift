import Synchronization

/// Where the lines of a text are: in one file, or in one of several that are read as one text.
package final class SourcePlaces: Sendable {
  /// The name that messages give the whole text.
  package let name: String
  /// Where each of several files begins, ascending by lines of the whole text.
  private let starts = Mutex<[Start]>([])

  private struct Start {
    /// The line of the whole text, from 1.
    let line: Int
    let file: String
    /// The number of lines of the file that are not part of the text.
    let skippedLineCount: Int
  }

  init(name: String) { self.name = name }

  /// Takes note that a file begins.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - line: The line of the whole text, from 1, that is the file's first one that is read.
  ///   - skippedLineCount: The number of lines before it.
  func begin(_ file: String, atLine line: Int, skippedLineCount: Int) {
    starts.withLock { starts in
      // A text that is read again begins in the same places.
      if let last = starts.last, last.line >= line, starts.contains(where: { $0.file == file }) {
        return
      }
      starts.append(Start(line: line, file: file, skippedLineCount: skippedLineCount))
    }
  }

  /// Takes over where all files begin, which somebody else has counted.
  ///
  /// - Parameter files: For each file its first line in the whole text, from 1, and the number of its lines
  ///   that are not part of the text; ascending.
  func begin(_ files: [(file: String, line: Int, skippedLineCount: Int)]) {
    let all = files.map {
      Start(line: $0.line, file: $0.file, skippedLineCount: $0.skippedLineCount)
    }
    starts.withLock { $0 = all }
  }

  /// A place in the text as a place in the file where it is.
  ///
  /// - Parameters:
  ///   - line: The line of the whole text, from 1.
  ///   - column: The byte in the line, from 1.
  /// - Returns: The place.
  package func position(line: Int, column: Int) -> SourcePosition {
    let start = starts.withLock { starts in
      // The first one that begins behind the line ends those that do not.
      var (low, high) = (0, starts.count)
      while low < high {
        let middle = (low + high) / 2
        if starts[middle].line <= line { low = middle + 1 } else { high = middle }
      }
      return low > 0 ? starts[low - 1] : starts.first
    }
    guard let start else { return SourcePosition(file: name, line: line, column: column) }
    return SourcePosition(
      file: start.file, line: line - start.line + 1 + start.skippedLineCount, column: column)
  }
}
