import Basics

/// Takes lines from LIBSVM's sparse text, one after the other.
///
/// ```
/// line  = [label] *( blanks index ":" value ) [comment]
/// label = any text without blanks, colons and commas, usually a number or a class's name
/// index = digits; ascending within the line, from 1 or from 0
/// value = a decimal number, see NumberParser
/// ```
///
/// Lines end with LF, CRLF or a lone CR; empty lines and comments, which begin with `#`, are passed
/// over, as are `qid:` groups.
package struct LIBSVMReader {
  /// The largest index; one more would be too many features for 32-bit columns.
  package static let largestIndex = Int(Int32.max) - 1

  private(set) var input: InputBuffer
  /// The physical line, from 1, of the current example.
  package private(set) var line = 0
  private var nextLine = 1
  private var mayBeginWithLineFeed = false
  private var lineStart = 0
  private var lineContent = 0..<0
  private var label = 0..<0
  /// The indices of the current example, as they are written.
  package private(set) var indices: [Int32] = []
  /// The values of the current example, zeros included.
  package private(set) var values: [Double] = []
  /// Whether the current example names a group, which is not used.
  package private(set) var hasGroup = false

  /// Reads lines from where an input's window begins, which is the beginning of a line.
  init(_ input: InputBuffer, line: Int = 1) {
    self.input = input
    nextLine = line
  }

  /// Reads lines from a source.
  package init(_ source: ByteSource) throws(TableError) { self.init(try InputBuffer(source)) }

  package var file: String { input.source.name }

  /// Where the text's lines are.
  var places: SourcePlaces { input.source.places }

  /// Goes to the next example.
  ///
  /// - Returns: Whether there is one.
  package mutating func next() throws(TableError) -> Bool {
    while let content = try nextLineContent() {
      if try parse(content) { return true }
    }
    return false
  }

  /// The next line without its end, as a range of the window.
  private mutating func nextLineContent() throws(TableError) -> Range<Int>? {
    while true {
      if mayBeginWithLineFeed, input.start < input.end {
        mayBeginWithLineFeed = false
        if input.bytes[input.start] == UInt8(ascii: "\n") { input.advance(to: input.start + 1) }
      }
      let start = input.start
      let end = input.end
      let i = lineEnd()
      guard i - start <= input.longestRecord else {
        throw TableError(
          .recordTooLong(
            input.source.places.position(line: nextLine, column: 1), limit: input.longestRecord))
      }
      if i < end {
        mayBeginWithLineFeed = input.bytes[i] == UInt8(ascii: "\r")
        input.advance(to: i + 1)
      } else if !input.isComplete {
        try input.readMore()
        continue
      } else if start == end {
        return nil
      } else {
        input.advance(to: end)
      }
      line = nextLine
      nextLine += 1
      lineStart = start
      lineContent = start..<i
      return lineContent
    }
  }

  /// Where the first line of the window ends, or the window does.
  private func lineEnd() -> Int {
    let bytes = input.bytes.span
    let end = input.end
    var i = input.start
    while i < end, bytes[i] != UInt8(ascii: "\n"), bytes[i] != UInt8(ascii: "\r") { i += 1 }
    return i
  }

  /// Takes a line apart; says whether it holds an example.
  private mutating func parse(_ content: Range<Int>) throws(TableError) -> Bool {
    indices.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    hasGroup = false
    let window = input.bytes
    let bytes = window.span
    let end = content.upperBound
    var i = content.lowerBound
    var isFirst = true
    label = i..<i
    while true {
      while i < end, FieldText.isBlank(bytes[i]) { i += 1 }
      guard i < end, bytes[i] != UInt8(ascii: "#") else { return !isFirst }
      let start = i
      var colon = -1
      while i < end, !FieldText.isBlank(bytes[i]), bytes[i] != UInt8(ascii: "#") {
        let byte = bytes[i]
        if byte == UInt8(ascii: ":"), colon < 0 { colon = i }
        if byte == 0 { throw TableError(.nulByte(position(at: i))) }
        i += 1
      }
      if isFirst, colon < 0 {
        label = start..<i
        if let invalid = UTF8Check.firstInvalid(bytes, label) {
          throw TableError(.invalidUTF8(position(at: invalid)))
        }
        // A record of a CSV file would otherwise be a label without features, and be predicted.
        if label.contains(where: { bytes[$0] == UInt8(ascii: ",") }) {
          let text = NumberParser.text(bytes, label)
          let hasEntries = (i..<end).contains { bytes[$0] == UInt8(ascii: ":") }
          throw hasEntries
            ? TableError(.severalLabels(position(at: start), text: text))
            : TableError(.notAnEntry(position(at: start), text: text))
        }
      } else {
        if isFirst { label = start..<start }
        try parseEntry(bytes, start: start, colon: colon, end: i)
      }
      isFirst = false
    }
  }

  private mutating func parseEntry(
    _ bytes: Span<UInt8>, start: Int, colon: Int, end: Int
  ) throws(TableError) {
    func token() -> String { NumberParser.text(bytes, start..<end) }
    guard colon > start else { throw TableError(.notAnEntry(position(at: start), text: token())) }
    var index = 0
    for i in start..<colon {
      let digit = bytes[i] &- UInt8(ascii: "0")
      guard digit < 10 else {
        if NumberParser.text(bytes, start..<colon) == "qid" {
          hasGroup = true
          return
        }
        throw TableError(.notAnEntry(position(at: start), text: token()))
      }
      index = min(index * 10 + Int(digit), Self.largestIndex + 1)
    }
    guard index <= Self.largestIndex else {
      throw TableError(
        .indexOutOfRange(
          position(at: start), index: NumberParser.text(bytes, start..<colon),
          range: 0...Self.largestIndex))
    }
    if let previous = indices.last, index <= Int(previous) {
      throw TableError(
        .indicesDoNotAscend(position(at: start), index: index, previous: Int(previous)))
    }
    switch NumberParser.parse(bytes, colon + 1..<end) {
    case .number(let value):
      indices.append(Int32(index))
      values.append(value)
    case .notFinite:
      throw TableError(
        .entryNotFinite(
          position(at: colon + 1), text: NumberParser.text(bytes, colon + 1..<end)))
    case .notANumber:
      throw TableError(.notAnEntry(position(at: start), text: token()))
    }
  }

  // MARK: The current example

  /// Whether the line begins with a label.
  package var hasLabel: Bool { !label.isEmpty }

  /// The label as it is written.
  package var labelText: String { NumberParser.text(input.bytes.span, label) }

  /// The number that the label spells.
  package var labelNumber: NumberParser.Outcome { NumberParser.parse(input.bytes.span, label) }

  /// The bytes of the line.
  var lineBytes: [UInt8] { Array(input.bytes[lineContent]) }

  /// The place of the label, or of what is there instead.
  package var labelPosition: SourcePosition { position(at: label.lowerBound) }

  private func position(at offset: Int) -> SourcePosition {
    input.source.places.position(line: line, column: offset - lineStart + 1)
  }
}

extension LIBSVMReader: RowReader {}
