import Basics
import Transport

/// A text of which each rank reads its own part, and none reads all.
///
/// The bytes are cut into equal parts, and each part begins with the first row that begins in it. Where a
/// row begins is guessed from the number of quotes before, as for the parts of a window (`TextWindows`), and
/// checked by reading: a part must not end inside a quoted field. Where one does, it is read further, up to
/// the end of its last row, and the parts after it are cut again from there. What all ranks have read is
/// therefore what one process reads from the beginning to the end.
struct TextShares {
  let ranks: Ranks
  let source: ByteSource
  /// How records are cut into fields; `nil` where every line is a row.
  private let grammar: RecordGrammar?
  /// Where the ranks' parts of the bytes begin, and the number of all.
  private let cuts: [Int]
  /// What each rank has counted in its part of the bytes.
  private var counts: [Counts] = []
  /// Where the rows of each rank begin; `nil` for a rank without rows.
  private(set) var begins: [Cut?] = []

  /// A place between two rows.
  struct Cut: Codable, Equatable {
    /// The number of bytes before it.
    let offset: Int
    /// The number of the line that begins there, from 1.
    let line: Int
  }

  /// What a part of the bytes contains.
  private struct Counts: Codable {
    /// The quotes.
    var quotes = 0
    /// The line ends, and for each of several files those in it.
    var lineEnds = 0
    var lineEndsOfFiles: [Int: Int] = [:]
  }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let chunkSize = 1 << 20

  /// Cuts a text.
  ///
  /// - Parameters:
  ///   - source: The text, of which the beginning was read.
  ///   - start: Where its first row begins.
  ///   - grammar: How records are cut into fields; `nil` where every line is a row.
  ///   - ranks: The ranks.
  /// - Throws: ``TableError``.
  init(
    _ source: ByteSource, from start: Cut, _ grammar: RecordGrammar?, _ ranks: Ranks
  ) throws(TableError) {
    self.ranks = ranks
    self.source = source
    self.grammar = grammar
    let sizes = try ranks.gathered(source.size ?? 0)
    let size = sizes[0]
    guard sizes.allSatisfy({ $0 == size }), size >= start.offset else {
      throw TableError(.changedWhileReading(path: source.name))
    }
    let share = (size - start.offset) / ranks.size
    cuts = [0] + (1..<ranks.size).map { start.offset + share * $0 } + [size]
    let (first, last) = (cuts[ranks.rank], cuts[ranks.rank + 1])
    let own = try ranks.agreed { () throws(TableError) in
      let begin = max(first, start.offset)
      return [try count(first..<begin), try count(begin..<last)]
    }
    let all = try ranks.gathered(own)
    counts = all.map { $0[1] }
    placeFiles(all.flatMap { $0 })
    begins = [Cut?](repeating: nil, count: ranks.size)
    try cut(from: start, rank: 0)
  }

  /// The bytes of this rank's rows, and the line with which they begin; `nil` without rows.
  var own: (range: Range<Int>, line: Int)? {
    begins[ranks.rank].map { ($0.offset..<end(of: ranks.rank), $0.line) }
  }

  /// Where the rows of a rank end.
  private func end(of rank: Int) -> Int {
    for next in begins.dropFirst(rank + 1) { if let next { return next.offset } }
    return cuts[ranks.size]
  }

  // MARK: Reading

  /// Reads the rows of this rank.
  ///
  /// - Parameter read: Reads what the source gives from a line on; called again if the part turns out to be
  ///   another one.
  /// - Returns: What was read; `nil` without rows.
  /// - Throws: ``TableError``, on all ranks the one that a single process would have found.
  mutating func read<Value>(
    _ read: (_ line: Int) throws(TableError) -> Value
  ) throws(TableError) -> Value? {
    var value: Value?
    var known: Range<Int>?
    var problem: TableError?
    var settled = 0
    while true {
      if known != own?.range {
        (value, problem, known) = (nil, nil, own?.range)
        do throws(TableError) {
          if let own {
            try source.select(own.range)
            value = try read(own.line)
          }
        } catch {
          problem = error
        }
      }
      // The first rank that did not come to the end of its rows: those before it began where they should.
      let problems = try ranks.gathered(problem)
      guard let rank = (settled..<ranks.size).first(where: { problems[$0] != nil }),
        let first = problems[rank]
      else { return value }
      guard case .unclosedQuote = first.reason, end(of: rank) < cuts[ranks.size],
        let begin = begins[rank]
      else { throw first }
      let limit = end(of: rank)
      let boundary = try ranks.shared(from: rank) { () throws(TableError) in
        try self.boundary(after: limit, from: begin)
      }
      guard boundary.offset > limit else { throw first }
      try recount(from: boundary.offset)
      try cut(from: boundary, rank: rank + 1)
      settled = rank
    }
  }

  /// Where the first row begins at or after a byte, found by reading all rows from another one on.
  private func boundary(after limit: Int, from begin: Cut) throws(TableError) -> Cut {
    guard let grammar else { preconditionFailure("a line of a text without quotes is left open") }
    try source.select(begin.offset..<cuts[ranks.size])
    var records = RecordReader(
      InputBuffer(
        source, holding: [], isComplete: false, longestRecord: InputBuffer.defaultLongestRecord),
      grammar: grammar, line: begin.line)
    while begin.offset + records.usedByteCount < limit { guard try records.next() else { break } }
    let (rest, line) = try records.remainder(withCurrent: false)
    return Cut(
      offset: begin.offset + source.readByteCount - (rest.end - rest.start), line: line)
  }

  /// The digest of all bytes: each rank continues where the one before it ended.
  func digest() throws(TableError) -> String {
    var progress = SHA256().progress
    for rank in 0..<ranks.size {
      progress = try ranks.shared(from: rank) { () throws(TableError) in
        var hash = SHA256(continuing: progress)
        try unsafe forEachChunk(cuts[rank]..<cuts[rank + 1]) { bytes, _ in
          unsafe hash.update(bytes)
        }
        return hash.progress
      }
    }
    return SHA256(continuing: progress).finish()
  }

  // MARK: Cutting

  /// Finds out where the rows of some ranks begin.
  ///
  /// - Parameters:
  ///   - start: Where a row begins, in the part of the first of these ranks or later.
  ///   - first: The first of these ranks; all after it are looked at, too.
  /// - Throws: ``TableError``.
  private mutating func cut(from start: Cut, rank first: Int) throws(TableError) {
    var (line, isInside) = (start.line, false)
    for rank in first..<max(first, ranks.rank) where cuts[rank + 1] > start.offset {
      line += counts[rank].lineEnds
      if counts[rank].quotes % 2 == 1 { isInside.toggle() }
    }
    let own = try ranks.agreed { () throws(TableError) -> Cut? in
      let (begin, end) = (cuts[ranks.rank], cuts[ranks.rank + 1])
      guard ranks.rank >= first, end > start.offset else { return nil }
      if begin <= start.offset { return start }
      return try firstRow(begin..<end, line: line, isInsideQuotes: isInside)
    }
    let found = try ranks.gathered(own)
    for rank in first..<ranks.size { begins[rank] = found[rank] }
  }

  /// Counts the part again in which a row begins, from there on.
  private mutating func recount(from offset: Int) throws(TableError) {
    let (begin, end) = (cuts[ranks.rank], cuts[ranks.rank + 1])
    let own = try ranks.agreed { () throws(TableError) in
      (begin..<end).contains(offset) ? try count(offset..<end) : counts[ranks.rank]
    }
    counts = try ranks.gathered(own)
  }

  /// The first row that begins after a line end outside quotes in a part of the bytes.
  private func firstRow(
    _ range: Range<Int>, line: Int, isInsideQuotes: Bool
  ) throws(TableError) -> Cut? {
    let quote = quote
    var (line, isInside) = (line, isInsideQuotes)
    var previous: UInt8?
    var mayBegin = false
    var found: Cut?
    try unsafe forEachChunk(range.lowerBound - 1..<range.upperBound) { bytes, first in
      for index in bytes.indices {
        let byte = unsafe bytes[index]
        guard let before = previous else {
          previous = byte
          continue
        }
        previous = byte
        if mayBegin, byte != Self.lineFeed {
          found = Cut(offset: first + index, line: line)
          return
        }
        mayBegin = false
        if byte == quote {
          isInside.toggle()
        } else if byte == Self.lineFeed {
          if before != Self.carriageReturn { line += 1 }
          if !isInside {
            let next = first + index + 1
            if next < range.upperBound { found = Cut(offset: next, line: line) }
            return
          }
        } else if byte == Self.carriageReturn {
          line += 1
          mayBegin = !isInside
        }
      }
    } until: {
      found != nil
    }
    return found
  }

  /// What quotes fields in which line ends end no row, if there are such fields.
  private var quote: UInt8? {
    grammar.flatMap { $0.separator == .tab ? nil : $0.quote.byte }
  }

  /// Counts what is in a part of the bytes.
  private func count(_ range: Range<Int>) throws(TableError) -> Counts {
    var counts = Counts()
    guard !range.isEmpty else { return counts }
    let quote = quote
    let files = source.sequence?.parts?.compactMap(\.range) ?? []
    var file = files.firstIndex { $0.upperBound > range.lowerBound } ?? 0
    // The byte before tells whether a line feed ends a line of its own.
    let lookBehind = range.lowerBound > 0 ? 1 : 0
    var previous = UInt8(0)
    try unsafe forEachChunk(range.lowerBound - lookBehind..<range.upperBound) { bytes, first in
      var index = 0
      if first < range.lowerBound {
        unsafe previous = bytes[0]
        index = 1
      }
      while index < bytes.count {
        while file < files.count, files[file].upperBound <= first + index { file += 1 }
        let end =
          file < files.count ? min(bytes.count, files[file].upperBound - first) : bytes.count
        var (quotes, lineEnds) = (0, 0)
        for place in index..<end {
          let byte = unsafe bytes[place]
          if byte == quote { quotes &+= 1 }
          if byte == Self.carriageReturn || byte == Self.lineFeed && previous != Self.carriageReturn
          {
            lineEnds &+= 1
          }
          previous = byte
        }
        counts.quotes += quotes
        counts.lineEnds += lineEnds
        if !files.isEmpty { counts.lineEndsOfFiles[file, default: 0] += lineEnds }
        index = end
      }
    }
    return counts
  }

  /// Says where the lines of the whole text are, if it is made of several files.
  private func placeFiles(_ counts: [Counts]) {
    guard let files = source.sequence?.parts else { return }
    var line = 1
    var begins: [(file: String, line: Int, skippedLineCount: Int)] = []
    for (index, file) in files.enumerated() {
      begins.append((file.path, line, file.skippedLineCount))
      line += counts.reduce(0) { $0 + ($1.lineEndsOfFiles[index] ?? 0) }
    }
    source.places.begin(begins)
  }

  /// Reads a part of the bytes, piece by piece.
  ///
  /// - Parameters:
  ///   - range: The part.
  ///   - body: Takes a piece, and the number of bytes of the text before it.
  ///   - isEnough: Whether no further piece is needed.
  /// - Throws: ``TableError``.
  private func forEachChunk(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer, Int) -> Void,
    until isEnough: () -> Bool = { false }
  ) throws(TableError) {
    try source.select(range)
    var buffer = [UInt8](repeating: 0, count: min(Self.chunkSize, range.count))
    var offset = range.lowerBound
    while offset < range.upperBound, !isEnough() {
      let first = offset
      offset += try unsafe buffer.withUnsafeMutableBufferPointer { buffer throws(TableError) in
        let raw = UnsafeMutableRawBufferPointer(buffer)
        let count = try unsafe source.read(into: raw)
        unsafe body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(raw)[..<count]), first)
        return count
      }
    }
  }
}
