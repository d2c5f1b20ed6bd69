import Basics

extension RecordPart: ColumnPart, TextPart {
  /// The number of records.
  var rowCount: Int { rowStarts.count }

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

  /// The cells of a row, one for each column: plain numbers, and NaN for fields that are something else.
  @inline(__always)
  func row(_ row: Int) -> UnsafePointer<Double> {
    unsafe UnsafePointer(cells + row * columnCount)
  }

  /// The physical line, from 1, on which a row begins.
  func line(_ row: Int) -> Int { firstLine + Int(rowLines[row]) + 1 }

  /// The number that a field of a row spells.
  func number(_ row: Int, _ column: Int) -> NumberParser.Outcome {
    let cell = unsafe self.row(row)[column]
    return cell == cell ? .number(cell) : number(field(row, column))
  }

  /// Rows with at least this many columns are kept; they are few in a part, and long.
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
      grammar: grammar, rules: rules, columnCount: columnCount, places: places, block: block)
    let start = Int(rowStarts[row])
    again.read(
      TextWindows.Extent(block: block, start: start, limit: start + 1, isLast: isLastWindow),
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

  /// Appends the bytes of a field, doubled quotes as one.
  func append(_ field: PartField, to bytes: inout [UInt8]) {
    unsafe withBytes(field) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Gives the bytes of a field to a closure, doubled quotes as one.
  private func withBytes<Result>(_ field: PartField, _ body: (UnsafeBufferPointer<UInt8>) -> Result)
    -> Result
  {
    let raw = unsafe UnsafeBufferPointer(
      start: block.base + Int(field.start), count: Int(field.end - field.start))
    guard field.hasDoubledQuotes else { return unsafe body(raw) }
    var single: [UInt8] = []
    unsafe grammar.appendText(raw.span, raw.indices, to: &single)
    return unsafe single.withUnsafeBufferPointer { unsafe body($0) }
  }

  /// The place of a field: its first byte, or its opening quote.
  func position(_ row: Int, _ field: PartField) -> SourcePosition {
    let offset = Int(field.start) - (field.isQuoted ? 1 : 0)
    var line = line(row)
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
    return places.position(line: line, column: offset - lineStart + 1)
  }
}
