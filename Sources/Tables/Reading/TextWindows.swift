import Basics

/// Reads one row after the other, whatever it looks like, and says what is wrong with it.
protocol RowReader {
  /// Goes to the next row.
  ///
  /// - Returns: Whether there is one.
  /// - Throws: ``TableError``.
  mutating func next() throws(TableError) -> Bool
}

/// The rows of a part of a window, which one thread reads.
protocol TextPart: AnyObject, Sendable {
  /// What continues alone where a row is not quite regular.
  associatedtype Reader: RowReader
  /// Makes a part of the one row that a reader is at.
  init(of reader: Reader)
  /// Where the part begins and, once it is read, ends; offsets into the window's block.
  var start: Int { get }
  var stop: Int { get }
  var ending: RecordPart.Ending { get }
  /// The number of lines between `start` and `stop`.
  var lineCount: Int { get }
  var rowCount: Int { get }
  /// The number of lines of the text before the part.
  var firstLine: Int { get set }
}

/// A text's rows, window after window, each of which several threads read.
///
/// A window onto the text is cut into parts at what seem to be beginnings of rows. Each part is
/// read by itself; then it is looked at, in order, whether every part ended where the next one
/// began, which shows that it was right to begin there, and a part that began elsewhere, inside
/// quotes, is read again from the right place. What is read is therefore what one thread would
/// read from the beginning to the end.
struct TextWindows<Part: TextPart> {
  /// A part of a window: what lies between an offset, which is the beginning of a line, and a limit at
  /// or after which no row begins.
  struct Extent: Sendable {
    let block: TextBlock
    var start: Int
    let limit: Int
    /// Whether nothing follows the window.
    let isLast: Bool
  }

  private let pipeline: TextPipeline
  /// What quotes fields in which line ends end no row, if there are such fields.
  private let quote: UInt8?
  private let makePart: (TextBlock) -> Part
  private let makeReader: (InputBuffer, _ line: Int) -> Part.Reader
  /// Who reads on where something is not regular; it says what is wrong, or continues where nothing is.
  private(set) var reader: Part.Reader?
  private var parts: [Part] = []
  /// The number of lines before what was not read.
  private var line: Int
  /// Where the window begins that was not read, in the current block.
  private var offset: Int
  private var ending = RecordPart.Ending.atLimit
  /// Whether no window was read so far.
  private var isFirst = true
  /// Whether the text was known to end with the window that was read last.
  ///
  /// When its end is found only then, there is one more: the record that the window cut off.
  private var wasLast = false
  /// Whether the next row needs a closer look, by a reader that continues alone.
  private(set) var isIrregular = false

  /// Begins with what an input holds.
  ///
  /// - Parameters:
  ///   - input: The text; its window begins at the beginning of a line.
  ///   - line: That line's number, from 1.
  ///   - quote: What quotes fields in which line ends end no row, if there are such fields.
  ///   - cutting: How to cut the text.
  ///   - makePart: Makes a part, to be read later.
  ///   - makeReader: Makes a reader that continues at the beginning of a line.
  init(
    _ input: InputBuffer, line: Int, quote: UInt8?, cutting: TextPipeline.Cutting,
    makePart: @escaping (TextBlock) -> Part,
    makeReader: @escaping (InputBuffer, _ line: Int) -> Part.Reader
  ) {
    pipeline = TextPipeline(input, cutting)
    self.line = line - 1
    self.quote = quote
    self.makePart = makePart
    self.makeReader = makeReader
    offset = pipeline.current.start
  }

  /// The largest number of bytes of a row.
  var longestRow: Int { pipeline.cutting.sizes.longestRecord }

  /// The source that is read.
  var source: ByteSource { pipeline.source }

  /// The expected size of what is still to come, as a multiple of the window that was read last; `nil`
  /// when it is not known.
  var remainingShare: Double? {
    guard let left = pipeline.source.remainingSize else { return nil }
    return Double(left + pipeline.unusedSize(from: offset))
      / Double(max(1, offset - pipeline.current.start))
  }

  /// Reads the next rows: those of a window, or one that needs a closer look.
  ///
  /// - Parameter read: Reads a part; any thread may do it.
  /// - Returns: The parts, in order, which hold their rows until the next call; `nil` when there are no
  ///   more.
  /// - Throws: ``TableError``: what is wrong with the first row after those that were returned.
  mutating func next(
    _ read: @Sendable (Part, Extent) -> Void
  ) throws(TableError) -> ArraySlice<Part>? {
    if let parts = try nextWindow(read) { return parts }
    return try advanceReader() ? reader.map { [Part(of: $0)] } : nil
  }

  /// Goes to the next row that needs a closer look, once there are no more windows.
  ///
  /// - Returns: Whether there is one: then ``reader`` is at it.
  /// - Throws: ``TableError``: what is wrong with it.
  mutating func advanceReader() throws(TableError) -> Bool {
    guard isIrregular else { return false }
    if reader == nil {
      reader = makeReader(try pipeline.remainder(from: offset), line + 1)
    }
    return try reader?.next() ?? false
  }

  /// Reads the next window.
  ///
  /// - Parameter read: Reads a part; any thread may do it.
  /// - Returns: The parts, in order, which hold their rows until the next call; `nil` when there are no
  ///   more, or ``isIrregular``.
  /// - Throws: ``TableError`` when reading failed.
  mutating func nextWindow(
    _ read: @Sendable (Part, Extent) -> Void
  ) throws(TableError) -> ArraySlice<Part>? {
    if isIrregular || wasLast { return nil }
    if !isFirst { try pipeline.advance(from: offset) }
    isFirst = false
    let block = pipeline.current
    let isLast = pipeline.isLast
    wasLast = isLast
    let begins = block.partBegins(
      partSize: pipeline.cutting.sizes.part, threads: pipeline.cutting.threads, quote: quote)
    while parts.count < begins.count { parts.append(makePart(block)) }
    let work = parts
    let extents = begins.indices.map { index in
      Extent(
        block: block, start: begins[index],
        limit: index + 1 < begins.count ? begins[index + 1] : block.end, isLast: isLast)
    }
    pipeline.work(count: extents.count) { index in read(work[index], extents[index]) }

    // Which parts began at the right places?
    offset = block.start
    var used = 0
    ending = .atLimit
    while used < begins.count, ending == .atLimit {
      let part = parts[used]
      if part.start != offset {
        var extent = extents[used]
        extent.start = offset
        read(part, extent)
      }
      part.firstLine = line
      line += part.lineCount
      offset = part.stop
      ending = part.ending
      used += 1
    }
    isIrregular =
      ending == .irregular || block.end - offset > longestRow
    return parts[..<used]
  }
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
