import Basics
import LinearAlgebra

extension DelimitedText {
  /// The columns of a text that was read to its end.
  ///
  /// - Parameter builders: What the columns became; one for each.
  /// - Returns: The columns, with their names.
  func columns(_ builders: [ColumnBuilder]) -> [TableColumn] {
    builders.enumerated().map { index, builder in
      var column = builder.column(fieldName(index))
      column.wholeNumberDecimals = wholeNumberDecimals[index] ?? 0
      return column
    }
  }

  /// Reads all records that are left into columns, on several threads.
  ///
  /// A window onto the text is cut into parts at what seem to be beginnings of records. Each part is
  /// read by itself; then it is looked at, in order, whether every part ended where the next one
  /// began, which shows that it was right to begin there, and a part that began elsewhere, inside
  /// quotes, is read again from the right place. What is read is therefore what one thread would
  /// read from the beginning to the end.
  ///
  /// - Parameters:
  ///   - builders: What the columns become; one for each.
  ///   - wanted: The columns to read.
  ///   - threads: The number of threads.
  ///   - sizes: How to cut the text.
  ///   - byteLimit: What the columns and the features made of them may take, or `nil` for any.
  /// - Returns: The number of records.
  /// - Throws: ``TableError``, the first one in the order of the text.
  mutating func readColumns(
    into builders: inout [ColumnBuilder], wanted: [Int], threads: Int, sizes: ReadingSizes,
    byteLimit: Int? = nil
  ) throws(TableError) -> Int {
    var rowCount = 0
    commentCount = records.commentCount
    let (input, firstLine) = try records.remainder(withCurrent: isAtFirstRecord)
    isAtFirstRecord = false
    let pipeline = TextPipeline(input, threads: threads, sizes: sizes)
    let file = records.file
    let rules = records.rules
    var line = firstLine - 1
    var parts: [RecordPart] = []
    var isReserved = false

    while true {
      let block = pipeline.current
      let isLast = pipeline.isLast
      let begins = block.partBegins(
        partSize: sizes.part, threads: threads,
        quote: records.grammar.separator == .tab ? nil : records.grammar.quote.byte)
      let modes = builders.map { rules.keepPlainNumbers ? $0.mode : .text }
      while parts.count < begins.count {
        parts.append(
          RecordPart(
            grammar: records.grammar, rules: rules, columnCount: names.count, file: file,
            block: block))
      }
      let work = parts
      let longestRecord = sizes.longestRecord
      pipeline.work(count: begins.count) { index in
        work[index].read(
          block, from: begins[index],
          limit: index + 1 < begins.count ? begins[index + 1] : block.end, isLast: isLast,
          modes: modes, longestRecord: longestRecord)
      }

      // Which parts began at the right places?
      var offset = block.start
      var used = 0
      var ending = RecordPart.Ending.atLimit
      while used < begins.count, ending == .atLimit {
        let part = parts[used]
        let limit = used + 1 < begins.count ? begins[used + 1] : block.end
        if part.start != offset {
          part.read(
            block, from: offset, limit: limit, isLast: isLast, modes: modes,
            longestRecord: longestRecord)
        }
        part.firstLine = line
        line += part.lineCount
        rowCount += part.rowCount
        commentCount += part.commentCount
        offset = part.stop
        ending = part.ending
        used += 1
      }

      let usedParts = Array(parts[..<used])
      append(usedParts, to: &builders, wanted: wanted, threads: threads)
      try requireMemory(
        rows: rowCount, isEstimate: false, builders, pipeline.source, byteLimit)
      if !isReserved, rowCount > 0, let left = pipeline.source.remainingSize {
        // Room for a few records more than it will probably be.
        let perByte = Double(rowCount) / Double(max(1, offset - block.start))
        let rest = Double(left + pipeline.unusedSize(from: offset))
        let estimate = Double(rowCount) + perByte * rest * 1.02
        try requireMemory(
          rows: Int(min(estimate, 0x1p52)), isEstimate: true, builders, pipeline.source, byteLimit)
        for column in wanted { builders[column].reserve(Int(estimate)) }
        isReserved = true
      }

      if ending == .irregular || block.end - offset > sizes.longestRecord {
        // The other reader says what is wrong, or continues where nothing is.
        records = RecordReader(
          try pipeline.remainder(from: offset), grammar: records.grammar, line: line + 1)
        records.rules = rules
        while try next() {
          for column in wanted { builders[column].append(records, column) }
          rowCount += 1
        }
        commentCount += records.commentCount
        return rowCount
      }
      if isLast { return rowCount }
      try pipeline.advance(from: offset)
    }
  }

  /// Refuses a table that takes too much memory, together with its features.
  ///
  /// - Parameters:
  ///   - rows: The number of rows so far, or what it will probably be.
  ///   - isEstimate: Whether it is the latter.
  ///   - builders: The columns so far.
  ///   - source: Where the text comes from.
  ///   - byteLimit: The number of bytes that may be taken, or `nil` for any.
  /// - Throws: ``TableError/memory(file:_:)``.
  private func requireMemory(
    rows: Int, isEstimate: Bool, _ builders: [ColumnBuilder], _ source: ByteSource,
    _ byteLimit: Int?
  ) throws(TableError) {
    guard byteLimit != nil else { return }
    let texts = builders.reduce(0) { $0 + $1.textByteCount }
    // A number takes as much as the feature that is made of it.
    let columns = MemoryLayout<Double>.stride * builders.count
    let bytes = max(2 * columns * rows + texts, columns * rows + texts + source.recordedByteCount)
    do throws(MemoryShortage) {
      try MemoryShortage.require(
        1, each: bytes, limit: byteLimit,
        purpose: "\(isEstimate ? "about" : "the first") \(rows) rows of "
          + "\(MessageText.count(builders.count, "column")) and their features")
    } catch {
      throw .memory(file: records.file, error)
    }
  }

  /// Adds the records of some parts to the columns; each column is the work of one thread.
  private func append(
    _ parts: [RecordPart], to builders: inout [ColumnBuilder], wanted: [Int], threads: Int
  ) {
    unsafe builders.withUnsafeMutableBufferPointer { builders in
      let columns = unsafe UnsafeSendable(builders)
      concurrentTiles(count: wanted.count, threads: threads) { index in
        for part in parts { unsafe columns.value[wanted[index]].append(part, wanted[index]) }
      }
    }
  }
}

/// One result for each tile, written by different threads.
@safe final class TileResults<Value: Sendable>: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<Value>

  init(count: Int, repeating value: Value) {
    unsafe storage = .allocate(capacity: count)
    unsafe storage.initialize(repeating: value)
  }

  deinit {
    unsafe storage.deinitialize()
    unsafe storage.deallocate()
  }

  /// Stores a tile's result; each tile has its own index.
  func set(_ index: Int, _ value: Value) { unsafe storage[index] = value }

  var values: [Value] { unsafe Array(storage) }
}

extension TextBlock {
  /// Where the parts of a window begin, ascending, the window's beginning first.
  ///
  /// The others are the first line ends after equal distances, outside quotes if quotes come in
  /// pairs. Usually they do; whether a part begins at the right place is checked later.
  ///
  /// - Parameters:
  ///   - partSize: The number of bytes of a part.
  ///   - threads: With one thread there is one part.
  ///   - quote: What quotes fields in which line ends end no record, if there are such fields.
  /// - Returns: The offsets.
  func partBegins(
    partSize: Int, threads: Int, quote: UInt8?
  ) -> [Int] {
    let count = threads == 1 ? 1 : max(1, (end - start) / partSize)
    guard count > 1 else { return [start] }
    let places = (0..<count).map { start + (end - start) / count * $0 }
    let limits = Array(places.dropFirst()) + [end]
    var isInside = [Bool](repeating: false, count: count)
    if let quote, hasQuotes(quote) {
      let quotes = TileResults<Int>(count: count, repeating: 0)
      concurrentTiles(count: count, threads: threads) { index in
        quotes.set(index, self.quoteCount(quote, places[index]..<limits[index]))
      }
      for index in 1..<count {
        isInside[index] = isInside[index - 1] != (quotes.values[index - 1] % 2 == 1)
      }
    }
    var begins = [start]
    for index in 1..<count {
      let begin = lineBegin(
        places[index]..<limits[index], isInsideQuotes: isInside[index], quote: quote)
      if let begin, begin > begins[begins.count - 1], begin < end { begins.append(begin) }
    }
    return begins
  }

  /// Whether the text has a quote.
  private func hasQuotes(_ quote: UInt8) -> Bool {
    unsafe memchr(base + start, Int32(quote), end - start) != nil
  }

  /// The number of quotes in a range.
  private func quoteCount(_ quote: UInt8, _ range: Range<Int>) -> Int {
    var count = 0
    for i in range where unsafe base[i] == quote { count &+= 1 }
    return count
  }

  /// The first offset after a line end outside quotes in a range.
  private func lineBegin(
    _ range: Range<Int>, isInsideQuotes: Bool, quote: UInt8?
  ) -> Int? {
    var isInside = isInsideQuotes
    for i in range {
      let byte = unsafe base[i]
      if byte == quote {
        isInside.toggle()
      } else if !isInside, byte == UInt8(ascii: "\n") {
        return i + 1
      } else if !isInside, byte == UInt8(ascii: "\r"), unsafe base[i + 1] != UInt8(ascii: "\n") {
        return i + 1
      }
    }
    return nil
  }
}
