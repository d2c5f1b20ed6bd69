import Basics

/// Bytes that come from somewhere else than a file or memory: a decompressor, for example.
///
/// Whatever is wrong with the origin is an error of type ``TableError`` that names it.
package protocol ByteStream: AnyObject {
  /// Reads some bytes, at least one unless the stream is at its end.
  ///
  /// - Parameter buffer: Where to put them; not empty.
  /// - Returns: How many bytes were read; 0 at the end.
  /// - Throws: ``TableError``.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int

  /// Goes back to where reading began.
  /// Only called when `canRewind` says that it is possible.
  ///
  /// - Throws: ``TableError``.
  func rewind() throws(TableError)

  /// Whether the bytes can be read a second time.
  var canRewind: Bool { get }
}

/// A stream that knows whether it has to wait for another program.
package protocol WaitingStream: ByteStream {
  /// Whether reading gives bytes, or the end, without waiting for another program longer than for some
  /// time.
  ///
  /// - Parameter duration: How long to wait.
  /// - Returns: Whether there is something to read.
  func isReady(within duration: Duration) -> Bool
}

/// Where text comes from: a file, a pipe, standard input, memory or a `ByteStream`, read in pieces.
///
/// A source is read once, by one reader. It owns the file that it opened and closes it when it goes.
/// Files are read rather than mapped into memory: a file that somebody else cuts short while it is
/// mapped ends the process, and reading in pieces that fit the processor's cache costs little more.
public final class ByteSource {
  /// The name that messages give the source: the path as it was given, or `<stdin>`.
  package var name: String { places.name }
  /// Where its lines are.
  package let places: SourcePlaces
  /// The number of bytes that were read since reading began.
  private(set) var readByteCount = 0
  private let origin: Origin
  private var memoryOffset = 0
  private var hash: SHA256?
  /// What was read, kept because the origin cannot be read a second time.
  private var recording: [UInt8]?
  private var isReplaying = false
  /// The bytes of the text that are read, if it is not read from its beginning to its end.
  private var selected: Range<Int>?
  /// Bytes that were looked at in advance; they are read first.
  private var peeked: ArraySlice<UInt8> = []

  private enum Origin {
    /// The offset is where reading began, or `nil` for what cannot be read twice, like a pipe.
    case file(InputFile, start: Int?)
    case memory([UInt8], chunkSize: Int)
    case stream(any ByteStream)
    case files(FileSequence)
  }

  /// Opens a file.
  ///
  /// - Parameter path: The file's path, or `-` for standard input.
  /// - Throws: ``TableError``.
  public init(path: String) throws(TableError) {
    let file: InputFile
    if path == "-" {
      places = SourcePlaces(name: "<stdin>")
      file = .standardInput
    } else {
      places = SourcePlaces(name: path)
      // A path with a NUL byte would be cut off there by the operating system.
      guard !path.utf8.contains(0) else {
        throw TableError(.cannotOpen(path: path, reason: "the path contains a NUL byte"))
      }
      do throws(SystemError) {
        file = try InputFile(path: path)
      } catch {
        throw TableError(.cannotOpen(path: path, reason: error.reason))
      }
    }
    origin = .file(file, start: file.isRegular ? file.position : nil)
  }

  /// Makes a source of bytes that are in memory already.
  ///
  /// - Parameters:
  ///   - bytes: The text, as UTF-8.
  ///   - name: The name that messages give it.
  public convenience init(bytes: [UInt8], name: String) {
    self.init(bytes: bytes, name: name, chunkSize: Int.max)
  }

  /// Makes a source of bytes that were read from another one, whose lines they have.
  convenience init(bytes: [UInt8], places: SourcePlaces) {
    self.init(bytes: bytes, places: places, chunkSize: .max)
  }

  /// Makes a source that returns at most a number of bytes at a time, as a slow pipe would.
  package convenience init(bytes: [UInt8], name: String, chunkSize: Int) {
    self.init(bytes: bytes, places: SourcePlaces(name: name), chunkSize: chunkSize)
  }

  private init(bytes: [UInt8], places: SourcePlaces, chunkSize: Int) {
    precondition(chunkSize > 0, "a chunk of \(chunkSize) bytes")
    self.places = places
    origin = .memory(bytes, chunkSize: chunkSize)
  }

  /// Makes a source of a stream.
  ///
  /// - Parameters:
  ///   - stream: Where the bytes come from.
  ///   - name: The name that messages give it.
  package init(stream: any ByteStream, name: String) {
    places = SourcePlaces(name: name)
    origin = .stream(stream)
  }

  /// Makes a source of several files, which are read one after the other as one text.
  ///
  /// The names of the columns are read of the first file alone; all others have to have the same.
  ///
  /// - Parameters:
  ///   - files: The files' paths, at least one, in the order of reading.
  ///   - name: The name that messages give them together.
  ///   - open: Opens one of them.
  package init(
    files: [String], name: String,
    open: @escaping @Sendable (String) throws(TableError) -> ByteSource
  ) {
    places = SourcePlaces(name: name)
    origin = .files(FileSequence(places, files, open: open))
  }

  /// The name of the file that says what the text is: of several, the first one with records.
  var fileName: String {
    if case .files(let files) = origin { files.firstPath } else { name }
  }

  /// Prepares several files for being read as one text; does nothing for others.
  ///
  /// - Parameter options: What is known about the text.
  /// - Throws: ``TableError``: files that cannot be opened, or that have different columns.
  func join(_ options: TextOptions) throws(TableError) {
    if case .files(let files) = origin { try files.join(options) }
  }

  /// The number of bytes of the whole text, of which any part can be read; `nil` for a text that is read only
  /// from its beginning to its end.
  var size: Int? {
    switch origin {
    case .memory(let bytes, _): return bytes.count
    case .file(let file, let start?): return file.size.map { $0 - start }
    case .file(_, start: nil), .stream: return nil
    case .files(let files): return files.size
    }
  }

  /// Several files of which the text is made.
  var sequence: FileSequence? {
    if case .files(let files) = origin { files } else { nil }
  }

  /// Whether the text comes from another program.
  var isStandardInput: Bool { name == "<stdin>" }

  /// Reads only a part of the text from now on, as if that were all; the digest is that of the part.
  ///
  /// - Parameter range: Bytes of a text that has a ``size``.
  /// - Throws: ``TableError``.
  func select(_ range: Range<Int>) throws(TableError) {
    selected = range
    try rewind()
  }

  /// Passes over some bytes; there are as many.
  func skip(_ count: Int) throws(TableError) {
    var left = count
    var passed = [UInt8](repeating: 0, count: min(count, 64 << 10))
    while left > 0 {
      let size = min(left, passed.count)
      let found = try unsafe passed.withUnsafeMutableBufferPointer { buffer throws(TableError) in
        try unsafe read(
          into: UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(rebasing: buffer[..<size])))
      }
      guard found > 0 else { throw TableError(.changedWhileReading(path: name)) }
      left -= found
    }
  }

  /// The number of bytes of a source in memory.
  var memorySize: Int? {
    if case .memory(let bytes, _) = origin { bytes.count } else { nil }
  }

  /// The number of bytes that are still to come, if that is known.
  var remainingSize: Int? {
    if let selected { return selected.count - readByteCount }
    switch origin {
    case .memory(let bytes, _): return bytes.count - memoryOffset
    case .stream: return nil
    case .files(let files): return files.remainingSize
    case .file(_, start: nil): return nil
    case .file(let file, _):
      guard let size = file.size, let position = file.position else { return nil }
      return max(0, size - position)
    }
  }

  /// The number of bytes that were kept because they can be read only once.
  var recordedByteCount: Int { recording?.count ?? 0 }

  /// Whether the source can be read again without keeping its bytes.
  package var canRewind: Bool {
    switch origin {
    case .memory, .files: true
    case .file(_, let start): start != nil
    case .stream(let stream): stream.canRewind
    }
  }

  /// Whether reading gives bytes, or the end, without waiting for another program longer than for some
  /// time.
  ///
  /// - Parameter duration: How long to wait.
  /// - Returns: Whether there is something to read.
  package func isReady(within duration: Duration) -> Bool {
    guard peeked.isEmpty, !isReplaying else { return true }
    return switch origin {
    case .memory, .files, .file(_, start: .some): true
    case .file(let file, start: nil): file.isReady(within: duration)
    case .stream(let stream):
      (stream as? any WaitingStream)?.isReady(within: duration) ?? true
    }
  }

  /// Looks at the first bytes; they are read all the same.
  ///
  /// - Parameter count: How many bytes to look at.
  /// - Returns: The bytes; fewer at the end of the source.
  /// - Throws: ``TableError``.
  package func peek(_ count: Int) throws(TableError) -> [UInt8] {
    var bytes = Array(peeked)
    while bytes.count < count {
      var more = [UInt8](repeating: 0, count: count - bytes.count)
      let found = try unsafe more.withUnsafeMutableBufferPointer { buffer throws(TableError) in
        try unsafe readOrigin(into: UnsafeMutableRawBufferPointer(buffer))
      }
      guard found > 0 else { break }
      bytes += more[..<found]
    }
    peeked = bytes[...]
    return bytes
  }

  /// Begins to digest what is read, and to keep it if it can be read only once, so that `rewind()`
  /// works and ``finishDigest()`` has a result.
  func prepareForSecondReading() {
    hash = SHA256()
    if !canRewind { recording = [] }
  }

  /// Begins to digest what is read, which is kept nowhere.
  package func prepareForDigest() { hash = SHA256() }

  /// The SHA-256 of what was read since the source was prepared or rewound, in hexadecimal.
  package func finishDigest() -> String { hash?.finish() ?? "" }

  /// Goes back to where reading began.
  package func rewind() throws(TableError) {
    if hash != nil { hash = SHA256() }
    let offset = selected?.lowerBound ?? 0
    memoryOffset = offset
    readByteCount = 0
    peeked = []
    switch origin {
    case .memory: break
    case .files(let files): try files.rewind(to: offset)
    case .file(let file, let start?):
      do throws(SystemError) {
        try file.seek(to: start + offset)
      } catch {
        throw TableError(.cannotRead(path: name, reason: error.reason))
      }
    case .stream(let stream) where stream.canRewind: try stream.rewind()
    case .file(_, start: nil), .stream:
      precondition(recording != nil, "a source that was not prepared is read a second time")
      isReplaying = true
    }
  }

  /// Reads some bytes, at least one unless the source is at its end.
  ///
  /// - Parameter buffer: Where to put them; not empty.
  /// - Returns: How many bytes were read; 0 at the end.
  /// - Throws: ``TableError``, or what a stream throws.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
    let count = try unsafe readUndigested(into: buffer)
    unsafe digest(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
    return count
  }

  /// Reads some bytes whose digest is left to the caller, who calls `digest(_:)` with all of them
  /// in order; reading and digesting may then take place at the same time.
  func readUndigested(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
    var buffer = unsafe buffer
    if let selected {
      let left = min(selected.count - readByteCount, buffer.count)
      guard left > 0 else { return 0 }
      unsafe buffer = UnsafeMutableRawBufferPointer(rebasing: buffer[..<left])
    }
    var count = min(peeked.count, buffer.count)
    if count > 0 {
      unsafe buffer.copyBytes(from: peeked.prefix(count))
      peeked.removeFirst(count)
    } else {
      count = try unsafe readOrigin(into: buffer)
      // A part of a text has its bytes, or somebody has cut the file short.
      guard count > 0 || selected == nil else {
        throw TableError(.changedWhileReading(path: name))
      }
    }
    readByteCount += count
    if !isReplaying { unsafe recording?.append(contentsOf: buffer[..<count]) }
    return count
  }

  /// Adds bytes to the digest.
  func digest(_ bytes: UnsafeRawBufferPointer) { unsafe hash?.update(bytes) }

  private func readOrigin(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(TableError) -> Int {
    switch origin {
    case .memory(let bytes, let chunkSize):
      return unsafe copy(bytes, upTo: chunkSize, into: buffer)
    case _ where isReplaying:
      return unsafe copy(recording ?? [], upTo: Int.max, into: buffer)
    case .file(let file, _):
      do throws(SystemError) {
        return try unsafe file.read(into: buffer)
      } catch {
        throw TableError(.cannotRead(path: name, reason: error.reason))
      }
    case .stream(let stream): return try unsafe stream.read(into: buffer)
    case .files(let files): return try unsafe files.read(into: buffer)
    }
  }

  private func copy(
    _ bytes: [UInt8], upTo limit: Int, into buffer: UnsafeMutableRawBufferPointer
  ) -> Int {
    let count = min(buffer.count, limit, bytes.count - memoryOffset)
    unsafe buffer.copyBytes(from: bytes[memoryOffset..<memoryOffset + count])
    memoryOffset += count
    return count
  }
}
