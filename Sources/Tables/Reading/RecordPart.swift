import Basics
import Synchronization

/// A field of a part of a text; its text is the bytes from `start` to `end` of the window.
struct PartField {
  var start: Int32
  var end: Int32
  var isQuoted = false
  var hasDoubledQuotes = false
}

/// The rows of a part of a text, for the columns that are made of them.
protocol ColumnPart {
  var rowCount: Int { get }
  /// Appends the plain numbers of a column from a row on, up to the first field that is none.
  ///
  /// - Returns: The first row that was not appended.
  func appendNumbers(_ column: Int, from row: Int, to numbers: inout [Double]) -> Int
  /// A field, whether it is a plain number or not.
  func field(_ row: Int, _ column: Int) -> PartField
  /// The number that a field spells.
  func number(_ field: PartField) -> NumberParser.Outcome
  /// What the spelling of a field that is a number says beyond its value.
  func trait(_ field: PartField) -> NumberTrait?
  /// Whether a field is empty or holds one of the markers for missing values.
  func isMissing(_ field: PartField) -> Bool
  /// The text of a field.
  func text(_ field: PartField) -> String
  /// The code of a field's text in a table of texts, if it occurred before.
  func code(_ field: PartField, in texts: TextTable) -> Int32?
  /// The place of a field: its first byte, or its opening quote.
  func position(_ row: Int, _ field: PartField) -> SourcePosition
}

/// The records of a part of a window, as cells: numbers where fields are numbers and places of texts
/// elsewhere.
///
/// The grammar is that of ``RecordReader``, which also decides whatever is not quite regular: at the
/// first record that has another number of fields than the table has columns, is no UTF-8, has text
/// after a closing quote and so on, a part ends, and the other reader takes over there.
@safe final class RecordPart: ColumnPart, @unchecked Sendable {
  /// How a part ends.
  enum Ending {
    /// The next record begins at or after the limit.
    case atLimit
    /// The text has ended.
    case atEnd
    /// The next record reaches beyond the window.
    case incomplete
    /// The next record needs a closer look.
    case irregular
  }

  /// What fields of a column are read as.
  enum ColumnMode: UInt8 {
    /// Numbers where they are some.
    case number
    /// Texts, whose spelling counts.
    case text
  }

  private let grammar: RecordGrammar
  private let rules: FieldRules
  private let classes: [UInt8]
  private let file: String
  let columnCount: Int
  private var block: TextBlock
  private var end = 0
  private var isLastWindow = false

  /// Where the part begins and, once it is read, ends; offsets into the block.
  private(set) var start = 0
  private(set) var stop = 0
  private(set) var ending = Ending.atLimit
  /// The number of lines between `start` and `stop`.
  private(set) var lineCount = 0
  /// The number of comments among them.
  private(set) var commentCount = 0
  /// The number of lines of the text before the part.
  var firstLine = 0

  /// Row after row, one cell for each column.
  ///
  /// A field that is no plain number is NaN, the lowest bits of which are its index in `fields`.
  private var cells: UnsafeMutablePointer<Double>
  private var cellCapacity: Int
  private var fields: [PartField] = []
  /// For each row where its line begins, and how many lines of the part are before that.
  private var rowStarts: [Int32] = []
  private var rowLines: [Int32] = []

  /// A NaN that no arithmetic makes.
  private static let fieldTag: UInt64 = 0x7FFC_0000_0000_0000

  init(
    grammar: RecordGrammar, rules: FieldRules, columnCount: Int, file: String, block: TextBlock
  ) {
    self.grammar = grammar
    self.rules = rules
    self.columnCount = columnCount
    self.file = file
    self.block = block
    classes = RecordReader.byteClasses(grammar.separator)
    cellCapacity = 1024 + columnCount
    unsafe cells = .allocate(capacity: cellCapacity)
  }

  deinit { unsafe cells.deallocate() }

  /// The number of records.
  var rowCount: Int { rowStarts.count }

  private func makeRoom(for count: Int) {
    let capacity = max(count, 2 * cellCapacity)
    let wider = UnsafeMutablePointer<Double>.allocate(capacity: capacity)
    unsafe wider.moveInitialize(from: cells, count: cellCapacity)
    unsafe cells.deallocate()
    unsafe cells = unsafe wider
    cellCapacity = capacity
  }

  // MARK: Reading

  /// Reads the records that begin between an offset, which is the beginning of a line, and a limit.
  ///
  /// - Parameters:
  ///   - block: The window.
  ///   - start: Where to begin.
  ///   - limit: No record that begins here or later is read.
  ///   - isLast: Whether nothing follows the window.
  ///   - modes: For each column how to read it.
  ///   - longestRecord: A longer record is irregular.
  func read(
    _ block: TextBlock, from start: Int, limit: Int, isLast: Bool, modes: [ColumnMode],
    longestRecord: Int
  ) {
    self.block = block
    self.start = start
    end = block.end
    isLastWindow = isLast
    commentCount = 0
    spelledRows.withLock { $0 = [:] }
    fields.removeAll(keepingCapacity: true)
    rowStarts.removeAll(keepingCapacity: true)
    rowLines.removeAll(keepingCapacity: true)
    unsafe classes.withUnsafeBufferPointer { classes in
      unsafe modes.withUnsafeBufferPointer { modes in
        unsafe read(
          block.base, limit: limit, classes: classes, modes: modes, longestRecord: longestRecord)
      }
    }
  }

  // All offsets stay below `end`, where the block is sealed with zeros: these are no blanks, digits
  // or separators, so that every loop that runs over such bytes stops there.
  private func read(
    _ text: UnsafeMutablePointer<UInt8>, limit: Int, classes: UnsafeBufferPointer<UInt8>,
    modes: UnsafeBufferPointer<ColumnMode>, longestRecord: Int
  ) {
    let end = end
    let isLast = isLastWindow
    let columnCount = columnCount
    let separatorByte = grammar.separator.byte
    let isBlankSeparated = grammar.separator == .blanks
    let tabIsBlank = grammar.separator != .tab
    let quote = grammar.quote.byte
    let comments = grammar.comments
    let firstOfComment = comments?.mark.first ?? 0
    let lineFeed = UInt8(ascii: "\n")
    let carriageReturn = UInt8(ascii: "\r")
    @inline(__always)
    func isBlank(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: " ") || (byte == UInt8(ascii: "\t") && tabIsBlank)
    }
    @inline(__always)
    func skipBlanks(_ offset: Int) -> Int {
      var offset = offset
      while unsafe isBlank(text[offset]) { offset &+= 1 }
      return offset
    }

    var line = 0
    var lineStart = start
    var cellCount = 0
    // Properties of a class are guarded at each access; these are for the time being local.
    var (fields, rowStarts, rowLines) = (self.fields, self.rowStarts, self.rowLines)
    (self.fields, self.rowStarts, self.rowLines) = ([], [], [])
    defer { (self.fields, self.rowStarts, self.rowLines) = (fields, rowStarts, rowLines) }
    var cells = unsafe self.cells
    var cellCapacity = cellCapacity
    func finish(_ ending: Ending, at offset: Int) {
      stop = offset
      self.ending = ending
      lineCount = line
    }

    while true {
      guard lineStart < limit else { return finish(.atLimit, at: lineStart) }
      var i = skipBlanks(lineStart)
      if i == end { return finish(isLast ? .atEnd : .incomplete, at: isLast ? end : lineStart) }
      let first = unsafe text[i]
      if first == lineFeed || first == carriageReturn {
        if first == carriageReturn {
          if i + 1 == end, !isLast { return finish(.incomplete, at: lineStart) }
          if unsafe text[i + 1] == lineFeed { i += 1 }
        }
        line += 1
        lineStart = i + 1
        continue
      }

      if first == firstOfComment, let comments {
        var lineEnd = i
        while lineEnd < end, unsafe text[lineEnd] != lineFeed && text[lineEnd] != carriageReturn {
          lineEnd += 1
        }
        if lineEnd == end, !isLast { return finish(.incomplete, at: lineStart) }
        if comments.contains(i..<lineEnd, grammar, { unsafe text[$0] }) {
          if lineEnd < end, unsafe text[lineEnd] == carriageReturn {
            if lineEnd + 1 == end, !isLast { return finish(.incomplete, at: lineStart) }
            if lineEnd + 1 < end, unsafe text[lineEnd + 1] == lineFeed { lineEnd += 1 }
          }
          commentCount += 1
          line += 1
          lineStart = min(lineEnd + 1, end)
          continue
        }
      }

      if cellCount + columnCount > cellCapacity {
        makeRoom(for: cellCount + columnCount)
        unsafe cells = unsafe self.cells
        cellCapacity = self.cellCapacity
      }
      let row = unsafe cells + cellCount
      let fieldsBefore = fields.count
      var column = 0
      var innerLines = 0
      var isASCII = true
      /// What follows the fields: a line end, or the end of the text.
      var recordEnd = -1
      var problem: Ending?

      fieldLoop: while true {
        guard column < columnCount else {
          problem = .irregular
          break
        }
        let isNumber = unsafe modes[column] == .number
        if isNumber {
          var length = 0
          let value = unsafe NumberParser.scan(text + i, length: &length)
          if unsafe value == value && !Self.hasLeadingZero(text + i) {
            let after = i &+ length
            let byte = unsafe text[after]
            if byte == separatorByte {
              unsafe row[column] = value
              column &+= 1
              i = skipBlanks(after &+ 1)
              if isBlankSeparated, unsafe i == end || classes[Int(text[i])] == ByteClass.lineEnd {
                recordEnd = i
                break
              }
              continue
            }
            // At the window's end it may go on.
            if byte == lineFeed || byte == carriageReturn {
              unsafe row[column] = value
              column &+= 1
              recordEnd = after
              break
            }
          }
        }

        // Everything else.
        var fieldStart = i
        var fieldEnd = i
        var isQuoted = false
        var hasDoubledQuotes = false
        if unsafe text[i] == quote {
          var k = i + 1
          var lines = 0
          var isPlain = true
          var isClosed = false
          quotes: while k < end {
            let byte = unsafe text[k]
            k += 1
            if byte == quote {
              guard k < end, unsafe text[k] == quote else {
                isClosed = true
                break
              }
              hasDoubledQuotes = true
              k += 1
            } else if byte == lineFeed || byte == carriageReturn {
              if !tabIsBlank {
                // Between tabs a quoted field ends on its line.
                k -= 1
                break
              }
              lines += 1
              if byte == carriageReturn, k < end, unsafe text[k] == lineFeed { k += 1 }
            } else if byte == 0 {
              problem = .irregular
              break fieldLoop
            } else if byte >= 0x80 {
              isPlain = false
            }
          }
          // A quote at the window's end may be the first of two, or the text go on.
          if k == end, !isLast {
            problem = .incomplete
            break
          }
          let closing = k
          k = skipBlanks(k)
          if k == end, !isLast {
            problem = .incomplete
            break
          }
          if isClosed, k < end {
            let kind = unsafe classes[Int(text[k])]
            isClosed =
              kind == ByteClass.separator || kind == ByteClass.lineEnd
              || (isBlankSeparated && k > closing)
          }
          if isClosed {
            isQuoted = true
            fieldStart = i + 1
            fieldEnd = closing - 1
            innerLines += lines
            isASCII = isASCII && isPlain
            i = k
          } else if tabIsBlank {
            problem = .irregular
            break
          } else {
            hasDoubledQuotes = false
          }
        }
        if !isQuoted {
          while i < end {
            let kind = unsafe classes[Int(text[i])]
            if kind == ByteClass.ordinary {
              i &+= 1
            } else if kind == ByteClass.notASCII {
              isASCII = false
              i &+= 1
            } else if kind == ByteClass.nul {
              problem = .irregular
              break fieldLoop
            } else {
              break
            }
          }
          if i == end, !isLast {
            problem = .incomplete
            break
          }
          fieldEnd = i
          while fieldEnd > fieldStart, unsafe isBlank(text[fieldEnd - 1]) { fieldEnd -= 1 }
        }

        var value = Double.nan
        if isNumber, fieldEnd > fieldStart {
          // A number with blanks after it, in quotes, or at the end of the text.
          var length = 0
          value = unsafe NumberParser.scan(text + fieldStart, length: &length)
          if unsafe length != fieldEnd - fieldStart || Self.hasLeadingZero(text + fieldStart) {
            value = .nan
          }
        }
        if value == value {
          unsafe row[column] = value
        } else {
          unsafe row[column] = Double(bitPattern: Self.fieldTag | UInt64(fields.count))
          fields.append(
            PartField(
              start: Int32(truncatingIfNeeded: fieldStart),
              end: Int32(truncatingIfNeeded: fieldEnd), isQuoted: isQuoted,
              hasDoubledQuotes: hasDoubledQuotes))
        }
        column += 1

        if isBlankSeparated {
          i = skipBlanks(i)
          guard i < end, unsafe classes[Int(text[i])] != ByteClass.lineEnd else {
            recordEnd = i
            break
          }
        } else if i < end, unsafe text[i] == separatorByte {
          i = skipBlanks(i + 1)
        } else {
          recordEnd = i
          break
        }
      }

      if problem == nil {
        if recordEnd == end, !isLast {
          problem = .incomplete
        } else if unsafe column != columnCount || recordEnd - lineStart > longestRecord
          || !isASCII && !Self.isUTF8(text, lineStart..<recordEnd)
        {
          problem = .irregular
        } else if recordEnd < end, unsafe text[recordEnd] == carriageReturn, recordEnd + 1 == end,
          !isLast
        {
          problem = .incomplete
        }
      }
      if let problem {
        fields.removeSubrange(fieldsBefore...)
        return finish(problem, at: lineStart)
      }
      rowStarts.append(Int32(truncatingIfNeeded: lineStart))
      rowLines.append(Int32(truncatingIfNeeded: line))
      cellCount += columnCount
      line += innerLines + 1
      lineStart = recordEnd
      if recordEnd < end {
        let isPair = unsafe text[recordEnd] == carriageReturn && text[recordEnd + 1] == lineFeed
        lineStart += isPair ? 2 : 1
      }
    }
  }

  /// Whether a number begins with a 0 and another digit, so that its spelling matters.
  @inline(__always)
  private static func hasLeadingZero(_ start: UnsafePointer<UInt8>) -> Bool {
    unsafe start[0] == UInt8(ascii: "0") && start[1] &- UInt8(ascii: "0") < 10
  }

  private static func isUTF8(_ text: UnsafeMutablePointer<UInt8>, _ range: Range<Int>) -> Bool {
    let buffer = unsafe UnsafeBufferPointer(start: text + range.lowerBound, count: range.count)
    return unsafe UTF8Check.firstInvalid(buffer.span, 0..<range.count) == nil
  }

  // MARK: What was read

  /// Appends the plain numbers of a column from a row on, up to the first field that is none.
  ///
  /// - Returns: The first row that was not appended.
  func appendNumbers(_ column: Int, from row: Int, to numbers: inout [Double]) -> Int {
    let stride = columnCount
    let count = rowCount
    var last = row
    var cell = unsafe cells + (row * stride + column)
    while last < count {
      let value = unsafe cell.pointee
      guard value == value else { break }
      last &+= 1
      unsafe cell += stride
    }
    let before = numbers.count
    numbers.append(contentsOf: repeatElement(0, count: last - row))
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      var cell = unsafe cells + (row * stride + column)
      for index in before..<before + last - row {
        unsafe numbers[index] = cell.pointee
        unsafe cell += stride
      }
    }
    return last
  }

  /// Rows of many columns whose fields were looked up, so that a look at each field of a row takes
  /// time in proportion to the row.
  private let spelledRows = Mutex<[Int: RecordPart]>([:])
  /// Rows of so many columns are kept; they are few in a part, and long.
  private static let manyColumns = 64

  /// A field, whether it is a plain number or not.
  func field(_ row: Int, _ column: Int) -> PartField {
    let cell = unsafe cells[row * columnCount + column]
    if cell == cell { return spelling(row, column) }
    return fields[Int(cell.bitPattern & 0xFFFF_FFFF)]
  }

  /// The field of a plain number, of which only the value was kept.
  ///
  /// That happens where a column turns out to hold texts, before the reader knows.
  private func spelling(_ row: Int, _ column: Int) -> PartField {
    guard columnCount >= Self.manyColumns else { return spelled(row).field(0, column) }
    return spelledRows.withLock { rows in
      if let known = rows[row] { return known.field(0, column) }
      let again = spelled(row)
      rows[row] = again
      return again.field(0, column)
    }
  }

  /// A row with all its fields.
  private func spelled(_ row: Int) -> RecordPart {
    let again = RecordPart(
      grammar: grammar, rules: rules, columnCount: columnCount, file: file, block: block)
    let start = Int(rowStarts[row])
    again.read(
      block, from: start, limit: start + 1, isLast: isLastWindow,
      modes: [ColumnMode](repeating: .text, count: columnCount), longestRecord: .max)
    return again
  }

  /// The text of a field as a span, for a closure.
  private func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    let buffer = unsafe UnsafeBufferPointer(start: block.base, count: block.end)
    return unsafe body(buffer.span)
  }

  private func trimmedRange(_ field: PartField, _ bytes: Span<UInt8>) -> Range<Int> {
    let range = Int(field.start)..<Int(field.end)
    return field.isQuoted ? FieldText.trimmed(bytes, range) : range
  }

  /// The number that a field spells.
  func number(_ field: PartField) -> NumberParser.Outcome {
    withSpan { rules.number($0, trimmedRange(field, $0)) }
  }

  /// What the spelling of a field that is a number says beyond its value.
  func trait(_ field: PartField) -> NumberTrait? {
    withSpan { NumberTrait($0, trimmedRange(field, $0)) }
  }

  /// Whether a field is empty or holds one of the markers for missing values.
  func isMissing(_ field: PartField) -> Bool {
    withSpan { rules.isMissing($0, trimmedRange(field, $0)) }
  }

  /// The text of a field.
  func text(_ field: PartField) -> String {
    unsafe withBytes(field) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The code of a field's text in a table of texts, if it occurred before.
  func code(_ field: PartField, in texts: TextTable) -> Int32? {
    unsafe withBytes(field) { unsafe texts.knownCode($0) }
  }

  /// Gives the bytes of a field to a closure, doubled quotes as one.
  private func withBytes<Result>(_ field: PartField, _ body: (UnsafeBufferPointer<UInt8>) -> Result)
    -> Result
  {
    let raw = unsafe UnsafeBufferPointer(
      start: block.base + Int(field.start), count: Int(field.end - field.start))
    guard field.hasDoubledQuotes else { return unsafe body(raw) }
    var single: [UInt8] = []
    var i = 0
    while i < raw.count {
      unsafe single.append(raw[i])
      i += unsafe raw[i] == grammar.quote.byte ? 2 : 1
    }
    return unsafe single.withUnsafeBufferPointer { unsafe body($0) }
  }

  /// The place of a field: its first byte, or its opening quote.
  func position(_ row: Int, _ field: PartField) -> SourcePosition {
    let offset = Int(field.start) - (field.isQuoted ? 1 : 0)
    var line = firstLine + Int(rowLines[row]) + 1
    var lineStart = Int(rowStarts[row])
    var i = lineStart
    // Quoted fields before it may hold line ends, but hardly ever do.
    let hasLineEnds = [UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains { byte in
      unsafe memchr(block.base + lineStart, Int32(byte), offset - lineStart) != nil
    }
    while hasLineEnds, i < offset {
      let byte = unsafe block.base[i]
      i += 1
      guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else { continue }
      if byte == UInt8(ascii: "\r"), i < offset, unsafe block.base[i] == UInt8(ascii: "\n") {
        i += 1
      }
      line += 1
      lineStart = i
    }
    return SourcePosition(file: file, line: line, column: offset - lineStart + 1)
  }
}
