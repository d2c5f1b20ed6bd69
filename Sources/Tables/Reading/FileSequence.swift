import Basics

/// Several files that are read as one text, one after the other.
///
/// The bytes are those of all files, without what further files repeat of the first one: the names of the
/// columns. Files without records contribute nothing. Only one file is open at a time, and what was read of
/// it is kept nowhere.
final class FileSequence {
  /// Opens one of the files, which may be compressed.
  typealias Opener = @Sendable (String) throws(TableError) -> ByteSource

  /// What is read of a file.
  struct Part: Codable {
    let path: String
    /// What is not read at its beginning.
    var skippedByteCount = 0
    var skippedLineCount = 0
    /// The number of bytes of the file, if it is known.
    var byteCount: Int?
    /// Where the file's bytes are in the text, with the line end that is put after the last one if it lacks
    /// it; `nil` before anybody has asked.
    var range: Range<Int>?
  }

  private let places: SourcePlaces
  private let paths: [String]
  private let open: Opener
  /// The files with records; `nil` before it is known what they begin with.
  private(set) var parts: [Part]?
  /// The next one to open.
  private var next = 0
  private var current: ByteSource?
  /// The number of lines that were read so far.
  private var lineCount = 0
  private var lastByte: UInt8?

  /// A text of this many lines shows whether the first one is a header.
  private static let enoughLines = 3
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(_ places: SourcePlaces, _ paths: [String], open: @escaping Opener) {
    precondition(!paths.isEmpty, "a sequence without files")
    self.places = places
    self.paths = paths
    self.open = open
  }

  /// The first file with records, whose name says what the others are.
  var firstPath: String { parts?.first?.path ?? paths[0] }

  /// The number of bytes that are still to come, if that is known.
  var remainingSize: Int? {
    var size = 0
    if let current {
      guard let left = current.remainingSize else { return nil }
      size = left
    }
    for part in (parts ?? [])[next...] {
      guard let count = part.byteCount else { return nil }
      size += count - part.skippedByteCount
    }
    return size
  }

  /// Goes to a byte of the text; to another one than the first after ``locate()``.
  ///
  /// Lines are then counted from there on, so that the places have to be known.
  ///
  /// - Parameter offset: The number of bytes before it.
  /// - Throws: ``TableError``.
  func rewind(to offset: Int) throws(TableError) {
    (next, current, lineCount, lastByte) = (0, nil, 0, nil)
    guard offset > 0, let parts else { return }
    while next < parts.count {
      let part = parts[next]
      next += 1
      guard let range = part.range, range.contains(offset) else { continue }
      let source = try open(part.path)
      let first = part.skippedByteCount + offset - range.lowerBound
      guard let size = source.size, size == part.byteCount else {
        throw TableError(.changedWhileReading(path: part.path))
      }
      // The line end that is put after the last line is read next, if nothing else is.
      if first == size { lastByte = 0 }
      try source.select(min(first, size)..<size)
      current = source
      return
    }
  }

  /// The number of bytes of the text; known after ``locate()``.
  var size: Int? { parts?.last?.range?.upperBound }

  /// Finds out where in the text each file is, after ``join(_:)``.
  ///
  /// - Throws: ``TableError``: a file of which the number of bytes is not known, as compressed ones.
  func locate() throws(TableError) {
    guard var parts else { preconditionFailure("files are located before they are joined") }
    var (end, last) = (0, Self.lineFeed)
    for index in parts.indices {
      let source = try open(parts[index].path)
      guard let size = source.size, parts[index].byteCount ?? size == size else {
        throw TableError(
          .notDivisible(
            file: parts[index].path,
            reason: "it is compressed, or no regular file; decompress it first"))
      }
      let start = end
      end += size - parts[index].skippedByteCount
      if end > start {
        try source.select(size - 1..<size)
        last = try source.peek(1).first ?? last
      }
      if last != Self.lineFeed, last != Self.carriageReturn, index + 1 < parts.count {
        end += 1
        last = Self.lineFeed
      }
      parts[index].byteCount = size
      parts[index].range = start..<end
    }
    self.parts = parts
  }

  /// Takes over what another process has found out.
  func adopt(_ parts: [Part]) { self.parts = parts }

  // MARK: What files begin with

  /// Looks at the beginning of each file, once: which ones have records, and whether they have the same
  /// columns.
  ///
  /// - Parameter options: What is known about the text.
  /// - Throws: ``TableError``: a file that cannot be opened, or has other columns than the first one.
  func join(_ options: TextOptions) throws(TableError) {
    guard parts == nil else { return }
    var found: [Part] = []
    var first: (format: any DataFormat, text: DelimitedText?, beginning: TextBeginning)?
    for (index, path) in paths.enumerated() {
      let source = try open(path)
      var part = Part(path: path, byteCount: source.size ?? source.remainingSize)
      var input = try InputBuffer(source)
      let sample = try TextSample(&input)
      guard !sample.isBlank else { continue }
      guard let known = first else {
        let format = DataFormats.format(path, options, sample)
        var text: DelimitedText?
        if let format = format as? any TableFormat {
          var together = try InputBuffer(
            ByteSource(bytes: try beginnings(from: index), name: path))
          text = try format.open(together, TextSample(&together), options)
        }
        if let beginning = try format.beginning(input, sample, options, like: text) {
          first = (format, text, beginning)
          found.append(part)
        }
        continue
      }
      guard
        let beginning = try known.format.beginning(input, sample, options, like: known.text)
      else { continue }
      try beginning.requireColumns(of: known.beginning)
      part.skippedByteCount = source.readByteCount - (beginning.rest.end - beginning.rest.start)
      part.skippedLineCount = beginning.line - 1
      found.append(part)
    }
    // Nothing but empty files: reading the first one says so.
    parts = found.isEmpty ? [Part(path: paths[0], byteCount: nil)] : found
  }

  /// The beginning of the text, as far as it matters for recognising it: of the first file and, where that
  /// is short, of further ones without the first line if it is the same.
  ///
  /// A further file that begins with another line says nothing about the first one once that has some
  /// lines.
  private func beginnings(from index: Int) throws(TableError) -> [UInt8] {
    var bytes: [UInt8] = []
    var header: ArraySlice<UInt8>?
    for path in paths[index...] {
      var input = try InputBuffer(try open(path))
      let isWhole = try TextSample(&input).isWhole
      var text = input.bytes[input.start..<input.end]
      let line = text.prefix { $0 != Self.lineFeed && $0 != Self.carriageReturn }
      if header == nil {
        header = line
      } else if line != header, bytes.count(where: { $0 == Self.lineFeed }) >= Self.enoughLines {
        // A row, or another header: what there is shows which.
        break
      } else if line == header {
        text = text[line.endIndex...].drop {
          $0 == Self.lineFeed || $0 == Self.carriageReturn
        }
      }
      bytes += text
      if !isWhole || bytes.count > TextSample.defaultSize { break }
      if let last = bytes.last, last != Self.lineFeed, last != Self.carriageReturn {
        bytes.append(Self.lineFeed)
      }
    }
    return bytes
  }

  // MARK: Reading

  /// Reads some bytes, at least one unless the last file is at its end.
  ///
  /// - Parameter buffer: Where to put them; not empty.
  /// - Returns: How many bytes were read; 0 at the end.
  /// - Throws: ``TableError``.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
    guard let parts else {
      preconditionFailure("files are read before it is known what they begin with")
    }
    while true {
      if let current {
        let count = try unsafe current.read(into: buffer)
        if count > 0 {
          unsafe countLines(
            UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
          return count
        }
        self.current = nil
        if let lastByte, lastByte != Self.lineFeed, lastByte != Self.carriageReturn,
          next < parts.count
        {
          // The last line of a file needs no end.
          unsafe buffer[0] = Self.lineFeed
          self.lastByte = Self.lineFeed
          lineCount += 1
          return 1
        }
      }
      guard next < parts.count else { return 0 }
      let part = parts[next]
      next += 1
      let source = try open(part.path)
      try source.skip(part.skippedByteCount)
      places.begin(
        part.path, atLine: lineCount + 1, skippedLineCount: part.skippedLineCount)
      current = source
    }
  }

  /// Counts the line ends of bytes that follow those that were read: LF, CRLF and lone CR.
  private func countLines(_ bytes: UnsafeRawBufferPointer) {
    var count = 0
    for index in bytes.indices where unsafe bytes[index] == Self.lineFeed { count &+= 1 }
    let hasReturns =
      unsafe lastByte == Self.carriageReturn
      || memchr(bytes.baseAddress!, Int32(Self.carriageReturn), bytes.count) != nil
    if hasReturns {
      var before = lastByte
      for index in bytes.indices {
        let byte = unsafe bytes[index]
        if byte == Self.carriageReturn { count += 1 }
        if byte == Self.lineFeed, before == Self.carriageReturn { count -= 1 }
        before = byte
      }
    }
    lineCount += count
    lastByte = unsafe bytes[bytes.count - 1]
  }
}

/// What a text has before its records.
struct TextBeginning {
  /// What names the columns; empty where nothing does.
  var columns: [String] = []
  /// What they are declared to hold; empty where the values decide.
  var declared: [DeclaredContent] = []
  /// Where that is.
  let start: SourcePosition
  /// What follows it.
  let rest: InputBuffer
  /// The line, from 1, with which that begins.
  let line: Int

  /// Refuses other columns than those of the first file.
  func requireColumns(of first: TextBeginning) throws(TableError) {
    guard columns.count == first.columns.count else {
      throw TableError(
        .otherColumnCount(
          start, found: columns.count, expected: first.columns.count, file: first.start.file))
    }
    for index in columns.indices {
      guard columns[index] == first.columns[index] else {
        throw TableError(
          .otherColumn(
            start, number: index + 1, found: columns[index], expected: first.columns[index],
            file: first.start.file))
      }
      guard declared == [] || declared[index] == first.declared[index] else {
        throw TableError(
          .otherDeclaration(
            start, FieldName(number: index + 1, name: columns[index]), file: first.start.file))
      }
    }
  }
}
