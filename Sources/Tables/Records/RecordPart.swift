import Basics
import Synchronization

/// The records of a part of a window, as cells: numbers where fields are numbers and places of texts
/// elsewhere.
///
/// The grammar is that of ``RecordReader``, which also decides whatever is not quite regular: at the
/// first record that has another number of fields than the table has columns, is not UTF-8, has
/// text after a closing quote and so on, a part ends, and the other reader takes over there.
@safe final class RecordPart: @unchecked Sendable {
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

  let grammar: RecordGrammar
  let rules: FieldRules
  private let classes: [UInt8]
  let places: SourcePlaces
  let columnCount: Int
  private(set) var block: TextBlock
  private var end = 0
  private(set) var isLastWindow = false

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
  /// A field that is not a plain number is NaN, the lowest bits of which are its index in `fields`.
  private(set) var cells: UnsafeMutablePointer<Double>
  private var cellCapacity: Int
  private(set) var fields: [PartField] = []
  /// For each row where its line begins, and how many lines of the part are before that.
  private(set) var rowStarts: [Int32] = []
  private(set) var rowLines: [Int32] = []

  /// Rows of many columns whose fields were looked up, so that a look at each field of a row takes
  /// time in proportion to the row.
  let spelledRows = Mutex<[Int: RecordPart]>([:])

  /// A NaN that no arithmetic makes.
  private static let fieldTag: UInt64 = 0x7FFC_0000_0000_0000

  init(
    grammar: RecordGrammar, rules: FieldRules, columnCount: Int, places: SourcePlaces,
    block: TextBlock
  ) {
    self.grammar = grammar
    self.rules = rules
    self.columnCount = columnCount
    self.places = places
    self.block = block
    classes = RecordReader.byteClasses(grammar.separator)
    cellCapacity = 1024 + columnCount
    unsafe cells = .allocate(capacity: cellCapacity)
  }

  /// Makes a part of the one record that a reader is at.
  init(of text: DelimitedText) {
    let reader = text.records
    grammar = reader.grammar
    rules = reader.rules
    columnCount = reader.fields.count
    places = reader.places
    classes = []
    block = TextBlock(holding: reader.recordBytes)
    end = block.end
    stop = end
    isLastWindow = true
    ending = .atEnd
    firstLine = reader.line - 1
    cellCapacity = columnCount
    unsafe cells = .allocate(capacity: cellCapacity)
    for (column, field) in reader.fields.enumerated() {
      unsafe cells[column] = Double(bitPattern: Self.fieldTag | UInt64(column))
      fields.append(
        PartField(
          start: field.start, end: field.end, isQuoted: field.isQuoted,
          hasDoubledQuotes: field.hasDoubledQuotes))
    }
    rowStarts = [0]
    rowLines = [0]
  }

  deinit { unsafe cells.deallocate() }

  private func makeRoom(for count: Int) {
    let capacity = max(count, 2 * cellCapacity)
    let wider = UnsafeMutablePointer<Double>.allocate(capacity: capacity)
    unsafe wider.moveInitialize(from: cells, count: cellCapacity)
    unsafe cells.deallocate()
    unsafe cells = unsafe wider
    cellCapacity = capacity
  }

  // MARK: Reading

  /// Reads the records of a part of a window.
  ///
  /// - Parameters:
  ///   - extent: Where they are.
  ///   - modes: For each column how to read it; all are texts where plain numbers need not mean themselves.
  ///   - longestRecord: A longer record is irregular.
  func read(_ extent: TextWindows<RecordPart>.Extent, modes: [ColumnMode], longestRecord: Int) {
    block = extent.block
    start = extent.start
    end = block.end
    isLastWindow = extent.isLast
    commentCount = 0
    spelledRows.withLock { $0 = [:] }
    fields.removeAll(keepingCapacity: true)
    rowStarts.removeAll(keepingCapacity: true)
    rowLines.removeAll(keepingCapacity: true)
    let modes =
      rules.keepPlainNumbers ? modes : [ColumnMode](repeating: .text, count: modes.count)
    unsafe classes.withUnsafeBufferPointer { classes in
      unsafe modes.withUnsafeBufferPointer { modes in
        unsafe read(
          block.base, limit: extent.limit, classes: classes, modes: modes,
          longestRecord: longestRecord)
      }
    }
  }

  // All offsets stay below `end`, where the block is sealed with zeros: these are not blanks,
  // digits or separators, so that every loop that runs over such bytes stops there.
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
    let grammar = grammar
    let escape = grammar.escape ?? 0
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
            // At the window's end it may continue.
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
            } else if byte == escape, byte != 0 {
              guard unsafe k < end && grammar.escapes(byte, text[k]) else { continue }
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
          // A quote at the window's end may be the first of two, or the text may continue.
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
}
