import Basics

/// What a byte means outside quotes.
enum ByteClass {
  static let ordinary: UInt8 = 0
  static let separator: UInt8 = 1
  static let lineEnd: UInt8 = 2
  static let nul: UInt8 = 3
  static let notASCII: UInt8 = 4
}

/// Takes records from delimited text, one after the other, without a String for each field.
///
/// The grammar is that of RFC 4180, and what files in the field need beyond it: lines end with LF,
/// CRLF or a lone CR; blanks around a field do not belong to it, unless they are quoted; a quote
/// inside an unquoted field is an ordinary character; blank lines are not records, and neither are
/// comments, if there are some; the last line needs no end. Text is UTF-8 without NUL bytes.
///
/// Between tabs quotes are usually nothing special, and a sentence may begin with one. There a quoted
/// field is one that ends with its closing quote on the line on which it begins; everything else that
/// begins with a quote is an ordinary field, and a line end always ends a record.
///
/// A record that reaches beyond the window onto the source is looked at again once more of it was
/// read. That is rare, and it keeps the grammar in one straight function.
package struct RecordReader {
  /// A field of the current record; its text is the bytes `range` after the record's beginning.
  package struct Field {
    var start: Int32
    var end: Int32
    package var isQuoted: Bool
    /// Whether the text holds doubled quotes, each of which stands for one.
    var hasDoubledQuotes: Bool
  }

  /// A table has at most this many columns.
  package static let maximumFields = 1 << 20

  private(set) var input: InputBuffer
  /// How the text is cut into fields.
  let grammar: RecordGrammar
  /// What fields mean.
  var rules = FieldRules()
  /// For each byte, what it means outside quotes.
  private let classes: [UInt8]
  /// The fields of the current record.
  package private(set) var fields: [Field] = []
  /// The physical line, from 1, on which the current record begins.
  package private(set) var line = 1
  /// Where in the window the current record begins: at the beginning of a line.
  private var recordStart = 0
  /// The line after the current record.
  private var nextLine = 1
  /// Whether a line ended with CR, so that an LF right after it belongs to the same end.
  private var mayBeginWithLineFeed = false

  /// The number of comments so far.
  private(set) var commentCount = 0

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Reads records from where an input's window begins, which is the beginning of line 1.
  init(_ input: InputBuffer, grammar: RecordGrammar) {
    self.input = input
    self.grammar = grammar
    classes = Self.byteClasses(grammar.separator)
  }

  init(_ input: InputBuffer, separator: Separator) {
    self.init(input, grammar: RecordGrammar(separator))
  }

  /// Continues with an input whose window begins at the beginning of a line.
  init(_ input: InputBuffer, grammar: RecordGrammar, line: Int) {
    self.init(input, grammar: grammar)
    self.line = line
    nextLine = line
  }

  /// For each byte, what it means outside quotes.
  static func byteClasses(_ separator: Separator) -> [UInt8] {
    var classes = [UInt8](repeating: ByteClass.ordinary, count: 256)
    for byte in 128..<256 { classes[byte] = ByteClass.notASCII }
    classes[0] = ByteClass.nul
    classes[Int(Self.lineFeed)] = ByteClass.lineEnd
    classes[Int(Self.carriageReturn)] = ByteClass.lineEnd
    classes[Int(separator.byte)] = ByteClass.separator
    if separator == .blanks { classes[Int(UInt8(ascii: "\t"))] = ByteClass.separator }
    return classes
  }

  /// Reads records from a source.
  init(_ source: ByteSource, grammar: RecordGrammar) throws(TableError) {
    self.init(try InputBuffer(source), grammar: grammar)
  }

  /// Reads records from a source.
  package init(_ source: ByteSource, separator: Separator) throws(TableError) {
    try self.init(source, grammar: RecordGrammar(separator))
  }

  /// Whether nothing follows the current record.
  var isAtEnd: Bool { input.isComplete && input.start == input.end }

  /// The name of the text's source.
  package var file: String { input.source.name }

  /// Where the text's lines are.
  var places: SourcePlaces { input.source.places }

  /// The number of bytes of the source up to the end of the current record.
  var usedByteCount: Int { input.source.readByteCount - (input.end - input.start) }

  // MARK: Moving on

  /// Goes to the next record.
  ///
  /// - Returns: Whether there is one.
  package mutating func next() throws(TableError) -> Bool {
    while true {
      switch try scan() {
      case .record(let end):
        guard end - recordStart <= input.longestRecord else { throw tooLong() }
        return true
      case .end:
        fields.removeAll(keepingCapacity: true)
        return false
      case .incomplete:
        guard input.end - input.start <= input.longestRecord else { throw tooLong() }
        try input.readMore()
      }
    }
  }

  private func tooLong() -> TableError {
    TableError(
      .recordTooLong(
        input.source.places.position(line: line, column: 1), limit: input.longestRecord))
  }

  private enum Scan {
    case record(end: Int)
    case end
    case incomplete
  }

  /// Looks for the next record in the window; moves the window only past what is done with.
  private mutating func scan() throws(TableError) -> Scan {
    fields.removeAll(keepingCapacity: true)
    guard skipLinesWithoutRecords() else { return .incomplete }
    let start = input.start
    recordStart = start
    line = nextLine
    let end = input.end
    let isLast = input.isComplete
    guard start < end else { return isLast ? .end : .incomplete }

    // Copies of the arrays' references: spans of properties would lock all of `self`.
    let (window, byteClasses) = (input.bytes, classes)
    let bytes = window.span
    let classes = byteClasses.span
    let separator = grammar.separator
    let quote = grammar.quote.byte
    let escape = grammar.escape
    let tabIsBlank = separator != .tab
    func isBlank(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: " ") || (byte == UInt8(ascii: "\t") && tabIsBlank)
    }
    var i = start
    var innerLines = 0
    var isASCII = true
    while true {
      while i < end, isBlank(bytes[i]) { i += 1 }
      if i == end, !isLast { return .incomplete }
      // What trails a record of blank-separated fields is not a field.
      if separator == .blanks, i == end || classes[Int(bytes[i])] == ByteClass.lineEnd { break }
      guard fields.count < Self.maximumFields else {
        throw TableError(.tooManyFields(position(at: i), limit: Self.maximumFields))
      }

      var isQuoted = i < end && bytes[i] == quote
      if isQuoted, !tabIsBlank {
        switch Self.closingQuote(bytes, quote, after: i, end: end, isLast: isLast) {
        case .closed: break
        case .none: isQuoted = false
        case .unknown: return .incomplete
        }
      }
      if isQuoted {
        let opening = i
        var hasDoubledQuotes = false
        i += 1
        while true {
          if i == end {
            guard isLast, end - start <= input.longestRecord else { return .incomplete }
            throw TableError(.unclosedQuote(position(at: opening)))
          }
          let byte = bytes[i]
          i += 1
          if byte == quote {
            if i == end, !isLast { return .incomplete }
            guard i < end, bytes[i] == quote else { break }
            hasDoubledQuotes = true
            i += 1
          } else if byte == escape {
            if i == end, !isLast { return .incomplete }
            guard i < end, grammar.escapes(byte, bytes[i]) else { continue }
            hasDoubledQuotes = true
            i += 1
          } else if byte == Self.lineFeed {
            innerLines += 1
          } else if byte == Self.carriageReturn {
            innerLines += 1
            if i < end, bytes[i] == Self.lineFeed { i += 1 }
          } else if byte == 0 {
            throw TableError(.nulByte(position(at: i - 1)))
          } else if byte >= 0x80 {
            isASCII = false
          }
        }
        fields.append(
          Field(
            start: Int32(truncatingIfNeeded: opening + 1 - start),
            end: Int32(truncatingIfNeeded: i - 1 - start),
            isQuoted: true, hasDoubledQuotes: hasDoubledQuotes))
        let closing = i
        while i < end, isBlank(bytes[i]) { i += 1 }
        if i == end, !isLast { return .incomplete }
        if i < end {
          let kind = classes[Int(bytes[i])]
          let isSeparated = separator == .blanks && i > closing
          guard kind == ByteClass.separator || kind == ByteClass.lineEnd || isSeparated else {
            throw TableError(.textAfterQuote(position(at: i), field: fields.count))
          }
        }
      } else {
        let first = i
        while i < end {
          let kind = classes[Int(bytes[i])]
          if kind == ByteClass.ordinary {
            i += 1
          } else if kind == ByteClass.notASCII {
            isASCII = false
            i += 1
          } else if kind == ByteClass.nul {
            throw TableError(.nulByte(position(at: i)))
          } else {
            break
          }
        }
        if i == end, !isLast { return .incomplete }
        var last = i
        while last > first, isBlank(bytes[last - 1]) { last -= 1 }
        fields.append(
          Field(
            start: Int32(truncatingIfNeeded: first - start),
            end: Int32(truncatingIfNeeded: last - start),
            isQuoted: false, hasDoubledQuotes: false))
      }

      if separator == .blanks { continue }
      guard i < end, classes[Int(bytes[i])] == ByteClass.separator else { break }
      i += 1
    }

    if !isASCII, let offset = UTF8Check.firstInvalid(bytes, start..<i) {
      throw TableError(.invalidUTF8(position(at: offset)))
    }
    nextLine = line + innerLines + 1
    var after = i
    if i < end {
      mayBeginWithLineFeed = bytes[i] == Self.carriageReturn
      after += 1
    }
    input.advance(to: after)
    return .record(end: i)
  }

  /// Whether a field between tabs is a quoted one.
  private enum ClosingQuote {
    case closed
    case none
    /// The window ends before that is decided.
    case unknown
  }

  /// Looks whether the quote at an offset has its closing quote on the same line, at a field's end.
  private static func closingQuote(
    _ bytes: Span<UInt8>, _ quote: UInt8, after opening: Int, end: Int, isLast: Bool
  ) -> ClosingQuote {
    var i = opening + 1
    while i < end, bytes[i] != lineFeed, bytes[i] != carriageReturn {
      i += 1
      guard bytes[i - 1] == quote else { continue }
      if i < end, bytes[i] == quote {
        i += 1
        continue
      }
      while i < end, bytes[i] == UInt8(ascii: " ") { i += 1 }
      guard i < end else { return isLast ? .closed : .unknown }
      let isAtEnd =
        bytes[i] == UInt8(ascii: "\t") || bytes[i] == lineFeed || bytes[i] == carriageReturn
      return isAtEnd ? .closed : .none
    }
    return i == end && !isLast ? .unknown : .none
  }

  /// What was read and not used: the current record too, or only what follows it.
  ///
  /// - Returns: The input, whose window begins at the beginning of a line, and that line's number.
  mutating func remainder(
    withCurrent: Bool
  ) throws(TableError) -> (input: InputBuffer, line: Int) {
    if withCurrent {
      var input = input
      input.reopen(from: recordStart)
      return (input, line)
    }
    // The line end of which a CR was the first half.
    if mayBeginWithLineFeed {
      if input.start == input.end, !input.isComplete { try input.readMore() }
      if input.start < input.end, input.bytes[input.start] == Self.lineFeed {
        input.advance(to: input.start + 1)
      }
      mayBeginWithLineFeed = false
    }
    return (input, nextLine)
  }

  /// Moves the window past lines that hold nothing, and past comments, as far as they are in it.
  ///
  /// - Returns: Whether a record may begin now; if not, it has to be seen first whether the line is a
  ///   comment.
  private mutating func skipLinesWithoutRecords() -> Bool {
    while true {
      if mayBeginWithLineFeed, input.start < input.end {
        mayBeginWithLineFeed = false
        if input.bytes[input.start] == Self.lineFeed { input.advance(to: input.start + 1) }
      }
      var i = input.start
      let end = input.end
      while i < end {
        let byte = input.bytes[i]
        guard
          byte == UInt8(ascii: " ") || (byte == UInt8(ascii: "\t") && grammar.separator != .tab)
        else { break }
        i += 1
      }
      if i == end {
        if input.isComplete { input.advance(to: end) }
        return true
      }
      let byte = input.bytes[i]
      if byte != Self.lineFeed, byte != Self.carriageReturn {
        guard let comments = grammar.comments, byte == comments.mark.first else { return true }
        let lineEnd = lineEnd(from: i)
        guard lineEnd < end || input.isComplete else { return false }
        guard isComment(i..<lineEnd, comments) else { return true }
        commentCount += 1
        i = lineEnd
        if i == end {
          input.advance(to: end)
          return true
        }
      }
      mayBeginWithLineFeed = input.bytes[i] == Self.carriageReturn
      nextLine += 1
      input.advance(to: i + 1)
    }
  }

  private func isComment(_ line: Range<Int>, _ comments: CommentLines) -> Bool {
    let bytes = input.bytes.span
    return comments.contains(line, grammar) { bytes[$0] }
  }

  /// Where the line that an offset lies on ends, or the window does.
  private func lineEnd(from offset: Int) -> Int {
    let bytes = input.bytes.span
    let end = input.end
    var i = offset
    while i < end, bytes[i] != Self.lineFeed, bytes[i] != Self.carriageReturn { i += 1 }
    return i
  }

  // MARK: The current record

  /// The bytes of a field, as offsets into the window.
  @inline(__always)
  private func range(_ field: Field) -> Range<Int> {
    recordStart + Int(field.start)..<recordStart + Int(field.end)
  }

  /// The bytes of a field without blanks at its ends, which only quotes can have kept.
  private func trimmedRange(_ field: Field) -> Range<Int> {
    let range = range(field)
    guard field.isQuoted else { return range }
    return FieldText.trimmed(input.bytes.span, range)
  }

  /// The bytes of the current record, without its line end; the next record invalidates nothing.
  var recordBytes: ArraySlice<UInt8> {
    guard let last = fields.last else { return [] }
    return input.bytes[recordStart..<recordStart + Int(last.end) + (last.isQuoted ? 1 : 0)]
  }

  /// The number that a field spells.
  @inline(__always)
  package func number(_ index: Int) -> NumberParser.Outcome {
    rules.number(input.bytes.span, trimmedRange(fields[index]))
  }

  /// What the spelling of a field that is a number says beyond its value.
  @inline(__always)
  func trait(_ index: Int) -> NumberTrait? {
    NumberTrait(input.bytes.span, trimmedRange(fields[index]))
  }

  /// Whether a field is empty or holds one of the markers for missing values.
  package func isMissing(_ index: Int) -> Bool {
    rules.isMissing(input.bytes.span, trimmedRange(fields[index]))
  }

  /// The text of a field.
  package func text(_ index: Int) -> String {
    let field = fields[index]
    let bytes = input.bytes.span
    guard field.hasDoubledQuotes else { return NumberParser.text(bytes, range(field)) }
    var single: [UInt8] = []
    appendText(of: field, to: &single)
    return String(decoding: single, as: UTF8.self)
  }

  private func appendText(of field: Field, to output: inout [UInt8]) {
    grammar.appendText(input.bytes.span, range(field), to: &output)
  }

  // MARK: Positions

  /// The place of a field: its first byte, or its opening quote.
  package func position(_ index: Int) -> SourcePosition {
    let field = fields[index]
    return position(at: recordStart + Int(field.start) - (field.isQuoted ? 1 : 0))
  }

  /// The place where the current record begins.
  package var recordPosition: SourcePosition {
    input.source.places.position(line: line, column: 1)
  }

  /// The place of a byte of the current record; looks for line ends before it.
  private func position(at offset: Int) -> SourcePosition {
    let bytes = input.bytes.span
    var line = line
    var lineStart = recordStart
    var i = recordStart
    while i < offset {
      let byte = bytes[i]
      i += 1
      guard byte == Self.lineFeed || byte == Self.carriageReturn else { continue }
      if byte == Self.carriageReturn, i < offset, bytes[i] == Self.lineFeed { i += 1 }
      line += 1
      lineStart = i
    }
    return input.source.places.position(line: line, column: offset - lineStart + 1)
  }
}
