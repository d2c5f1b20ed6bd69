import Basics

/// The examples of a part of a window of LIBSVM text.
///
/// The grammar is that of ``LIBSVMReader``, which also says what is wrong where something is.
@safe final class LIBSVMPart: ColumnPart, TextPart, @unchecked Sendable {
  private let places: SourcePlaces
  private var block: TextBlock
  /// Where the part begins and, once it is read, ends; offsets into the block.
  private(set) var start = 0
  private(set) var stop = 0
  private(set) var ending = RecordPart.Ending.atLimit
  /// The number of lines between `start` and `stop`.
  private(set) var lineCount = 0
  /// The number of lines of the text before the part.
  var firstLine = 0

  private var labels: [PartField] = []
  private var lineStarts: [Int32] = []
  private var lines: [Int32] = []
  /// Whether an example may begin with its first entry.
  private let labelsAreOptional: Bool
  /// The first example that has an index 0, or more than there are.
  private(set) var firstZeroIndex = Int.max
  /// For each example the number of entries up to its end.
  private(set) var entryEnds: [Int] = []
  /// Indices as they are written, and values; as many are in use as there are entries.
  private(set) var columns: [Int32] = []
  private(set) var values: [Double] = []
  private(set) var entryCount = 0
  private(set) var smallestIndex = Int.max
  private(set) var largestIndex = -1
  /// How many examples name a group, which is not used.
  private(set) var groupCount = 0

  init(places: SourcePlaces, block: TextBlock, labelsAreOptional: Bool) {
    self.places = places
    self.block = block
    self.labelsAreOptional = labelsAreOptional
  }

  /// Makes a part of the one example that a reader is at.
  init(of reader: LIBSVMReader) {
    places = reader.places
    labelsAreOptional = true
    block = TextBlock(holding: Array(reader.labelText.utf8)[...])
    firstLine = reader.line - 1
    labels = [PartField(start: 0, end: Int32(truncatingIfNeeded: block.end))]
    lineStarts = [Int32(truncatingIfNeeded: 1 - reader.labelPosition.column)]
    lines = [0]
    for (index, value) in zip(reader.indices, reader.values) where value != 0 {
      columns.append(index)
      values.append(value)
    }
    entryCount = values.count
    entryEnds = [entryCount]
    if reader.indices.first == 0 { firstZeroIndex = 0 }
  }

  /// The number of examples.
  var rowCount: Int { labels.count }

  /// Reads the examples of a part of a window.
  ///
  /// - Parameters:
  ///   - extent: Where they are.
  ///   - longestLine: A longer line is irregular.
  func read(_ extent: TextWindows<LIBSVMPart>.Extent, longestLine: Int) {
    let limit = extent.limit
    block = extent.block
    start = extent.start
    labels.removeAll(keepingCapacity: true)
    lineStarts.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    entryEnds.removeAll(keepingCapacity: true)
    entryCount = 0
    smallestIndex = .max
    largestIndex = -1
    firstZeroIndex = .max
    groupCount = 0
    // An entry takes four bytes, with what separates it from the next; a line may continue beyond
    // the limit.
    let room = (block.end - start) / 4 + 1
    let expected = limit - start < block.end - start ? (limit - start) / 4 + 1 : room
    grow(to: expected)
    unsafe read(
      block.base, end: block.end, limit: limit, isLast: extent.isLast, longestLine: longestLine)
  }

  private func grow(to capacity: Int) {
    guard columns.count < capacity else { return }
    columns.append(contentsOf: repeatElement(0, count: capacity - columns.count))
    values.append(contentsOf: repeatElement(0, count: capacity - values.count))
  }

  // All offsets stay below `end`, where the block is sealed with zeros, at which every loop stops.
  private func read(
    _ text: UnsafeMutablePointer<UInt8>, end: Int, limit: Int, isLast: Bool, longestLine: Int
  ) {
    let lineFeed = UInt8(ascii: "\n")
    let carriageReturn = UInt8(ascii: "\r")
    @inline(__always)
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    @inline(__always)
    func isEnd(_ byte: UInt8) -> Bool {
      byte == lineFeed || byte == carriageReturn || byte == UInt8(ascii: "#")
    }
    @inline(__always)
    func skipBlanks(_ offset: Int) -> Int {
      var offset = offset
      while unsafe isBlank(text[offset]) { offset &+= 1 }
      return offset
    }

    var line = 0
    var lineStart = start
    var count = 0
    // Properties of a class are guarded at each access; these are for the time being local.
    var (columns, values, labels, entryEnds) = (columns, values, labels, entryEnds)
    (self.columns, self.values, self.labels, self.entryEnds) = ([], [], [], [])
    var (smallest, largest, firstZero) = (smallestIndex, largestIndex, firstZeroIndex)
    defer {
      (self.columns, self.values, self.labels, self.entryEnds) = (
        columns, values, labels, entryEnds
      )
      (smallestIndex, largestIndex, firstZeroIndex) = (smallest, largest, firstZero)
      entryCount = count
      lineCount = line
      stop = lineStart
    }

    while lineStart < limit {
      let countBefore = count
      func leave(_ reason: RecordPart.Ending) {
        count = countBefore
        ending = reason
      }
      var isExample = false
      var hasGroup = false
      var (first, last) = (-1, -1)
      var label = PartField(start: 0, end: 0)
      var i = skipBlanks(lineStart)
      var byte = unsafe text[i]

      if i < end, !isEnd(byte) {
        let labelStart = i
        var isASCII = true
        while i < end, !isBlank(byte), !isEnd(byte) {
          if byte == UInt8(ascii: ":"), labelsAreOptional {
            i = labelStart
            break
          }
          // An entry without a label, a record of a table, or no text at all.
          if byte == UInt8(ascii: ":") || byte == UInt8(ascii: ",") || byte == 0 {
            return leave(.irregular)
          }
          if byte >= 0x80 { isASCII = false }
          i &+= 1
          byte = unsafe text[i]
        }
        let buffer = unsafe UnsafeBufferPointer(start: text + labelStart, count: i - labelStart)
        if !isASCII, unsafe UTF8Check.firstInvalid(buffer.span, 0..<buffer.count) != nil {
          return leave(i == end && !isLast ? .incomplete : .irregular)
        }
        isExample = true
        label.start = Int32(truncatingIfNeeded: labelStart)
        label.end = Int32(truncatingIfNeeded: i)

        while true {
          i = skipBlanks(i)
          byte = unsafe text[i]
          if i == end || isEnd(byte) { break }
          if byte == UInt8(ascii: "q"), unsafe text[i + 1] == UInt8(ascii: "i"),
            unsafe text[i + 2] == UInt8(ascii: "d"), unsafe text[i + 3] == UInt8(ascii: ":")
          {
            hasGroup = true
            while i < end, !isBlank(byte), !isEnd(byte), byte != 0 {
              i += 1
              byte = unsafe text[i]
            }
            if byte == 0, i < end { return leave(.irregular) }
          } else {
            var index = 0
            let indexStart = i
            var digit = byte &- UInt8(ascii: "0")
            while digit < 10, index <= LIBSVMReader.largestIndex {
              index = index &* 10 &+ Int(digit)
              i &+= 1
              digit = unsafe text[i] &- UInt8(ascii: "0")
            }
            var length = 0
            var value = Double.nan
            if i > indexStart, unsafe text[i] == UInt8(ascii: ":"), index > last,
              index <= LIBSVMReader.largestIndex
            {
              value = unsafe NumberParser.scan(text + i + 1, length: &length)
            }
            i += 1 + length
            byte = value == value ? unsafe text[i] : 0
            if value != value || !isBlank(byte) && !isEnd(byte) && i != end {
              // What is cut off by the window's end is looked at again.
              return leave(isLast || !reachesEnd(lineStart) ? .irregular : .incomplete)
            }
            if first < 0 { first = index }
            last = index
            if value != 0 {
              if count == columns.count {
                columns.append(contentsOf: repeatElement(0, count: max(count, 1024)))
                values.append(contentsOf: repeatElement(0, count: max(count, 1024)))
              }
              columns[count] = Int32(truncatingIfNeeded: index)
              values[count] = value
              count &+= 1
            }
          }
        }
      }
      // A comment, and the line's end.
      if i < end, unsafe text[i] == UInt8(ascii: "#") {
        while i < end, unsafe text[i] != lineFeed, unsafe text[i] != carriageReturn { i += 1 }
      }
      let isPair = unsafe text[i] == carriageReturn && text[i + 1] == lineFeed
      if !isLast, unsafe i == end || i + 1 == end && text[i] == carriageReturn {
        return leave(.incomplete)
      }
      if i - lineStart > longestLine {
        return leave(.irregular)
      }
      if isExample {
        if first == 0 { firstZero = min(firstZero, labels.count) }
        labels.append(label)
        lineStarts.append(Int32(truncatingIfNeeded: lineStart))
        lines.append(Int32(truncatingIfNeeded: line))
        entryEnds.append(count)
        if hasGroup { groupCount += 1 }
        if first >= 0 {
          smallest = min(smallest, first)
          largest = max(largest, last)
        }
      }
      if i == end {
        lineStart = end
        ending = .atEnd
        return
      }
      line += 1
      lineStart = i + (isPair ? 2 : 1)
    }
    ending = isLast && lineStart >= block.end ? .atEnd : .atLimit
  }

  /// Whether no line end follows an offset in the window.
  private func reachesEnd(_ offset: Int) -> Bool {
    var i = offset
    while i < block.end {
      let byte = unsafe block.base[i]
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return false }
      i += 1
    }
    return true
  }

  /// The physical line, from 1, of an example.
  func line(_ row: Int) -> Int { firstLine + Int(lines[row]) + 1 }

  /// Where an example's entries are among those of the part.
  func entries(_ row: Int) -> Range<Int> { (row == 0 ? 0 : entryEnds[row - 1])..<entryEnds[row] }

  /// Appends the bytes of a label.
  func append(_ field: PartField, to bytes: inout [UInt8]) {
    unsafe bytes.append(contentsOf: self.bytes(field))
  }

  // MARK: Labels as a column

  func appendNumbers(_ column: Int, from row: Int, to numbers: inout [Double]) -> Int {
    for index in row..<labels.count {
      let label = labels[index]
      var length = 0
      let value = unsafe NumberParser.scan(block.base + Int(label.start), length: &length)
      guard value == value, length == Int(label.end - label.start) else { return index }
      numbers.append(value)
    }
    return labels.count
  }

  func field(_ row: Int, _ column: Int) -> PartField { labels[row] }

  func number(_ field: PartField) -> NumberParser.Outcome {
    let buffer = unsafe UnsafeBufferPointer(start: block.base, count: block.end)
    return unsafe NumberParser.parse(buffer.span, Int(field.start)..<Int(field.end))
  }

  func trait(_ field: PartField) -> NumberTrait? {
    // Labels are numbers or names; a 0 before other digits makes no difference to either.
    guard field.end - field.start > 15 else { return nil }
    let buffer = unsafe UnsafeBufferPointer(start: block.base, count: block.end)
    return unsafe NumberTrait(buffer.span, Int(field.start)..<Int(field.end))
  }

  func isMissing(_ field: PartField) -> Bool { false }

  private func bytes(_ field: PartField) -> UnsafeBufferPointer<UInt8> {
    unsafe UnsafeBufferPointer(
      start: block.base + Int(field.start), count: Int(field.end - field.start))
  }

  func text(_ field: PartField) -> String {
    unsafe String(decoding: bytes(field), as: UTF8.self)
  }

  func code(_ field: PartField, in texts: TextTable) -> Int32? {
    unsafe texts.knownCode(bytes(field))
  }

  func position(_ row: Int, _ field: PartField) -> SourcePosition {
    places.position(
      line: line(row), column: Int(field.start - lineStarts[row]) + 1)
  }
}
