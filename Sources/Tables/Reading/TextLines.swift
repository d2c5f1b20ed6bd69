extension ByteSource {
  /// All lines, as bytes without their ends.
  package func lines() throws(TableError) -> [[UInt8]] {
    var lines = TextLines(try InputBuffer(self))
    var all: [[UInt8]] = []
    while let line = try lines.next() { all.append(line) }
    return all
  }
}

/// The lines of a text, one after the other, whatever they hold.
struct TextLines {
  private(set) var input: InputBuffer
  /// The physical line, from 1, that was read last; 0 before the first one.
  private(set) var line = 0

  /// Reads lines from where an input's window begins, which is the beginning of line 1.
  init(_ input: InputBuffer) { self.input = input }

  /// Goes to the next line.
  ///
  /// - Returns: Its bytes without its end, or `nil` when there is none.
  /// - Throws: ``TableError``.
  mutating func next() throws(TableError) -> [UInt8]? {
    while true {
      let window = input.bytes[input.start..<input.end]
      let end = window.firstIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
      // A CR at the window's end may be the first half of a line end.
      let isCut =
        end.map { $0 + 1 == input.end && window[$0] == UInt8(ascii: "\r") } ?? true
      if isCut, !input.isComplete {
        guard window.count <= input.longestRecord else {
          throw TableError(
            .recordTooLong(
              SourcePosition(file: input.source.name, line: line + 1, column: 1),
              limit: input.longestRecord))
        }
        try input.readMore()
        continue
      }
      guard !window.isEmpty else { return nil }
      line += 1
      let stop = end ?? input.end
      let isPair =
        stop + 1 < input.end && window[stop] == UInt8(ascii: "\r")
        && window[stop + 1] == UInt8(ascii: "\n")
      let content = Array(window[..<stop])
      input.advance(to: min(stop + (isPair ? 2 : 1), input.end))
      return content
    }
  }
}
