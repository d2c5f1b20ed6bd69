#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where text comes from: a file, a pipe, standard input or memory, read in pieces.
///
/// A source is read once, by one reader. It owns the file that it opened and closes it when it goes.
public final class ByteSource {
  /// The name that messages give the source: the path as it was given, or `<stdin>`.
  public let name: String
  private let origin: Origin
  private var memoryOffset = 0
  private var hash: SHA256?
  /// What was read, kept because the origin cannot be read a second time.
  private var recording: [UInt8]?
  private var isReplaying = false

  private enum Origin {
    /// The offset is where reading began, or `nil` for what cannot be read twice, like a pipe.
    case file(descriptor: Int32, isOwned: Bool, start: off_t?)
    case memory([UInt8], chunkSize: Int)
  }

  /// Opens a file.
  ///
  /// - Parameter path: The file's path, or `-` for standard input.
  /// - Throws: ``TableError/cannotOpen(path:reason:)``.
  public init(path: String) throws(TableError) {
    let descriptor: Int32
    if path == "-" {
      name = "<stdin>"
      descriptor = 0
    } else {
      name = path
      // A path with a NUL byte would be cut off there by the operating system.
      guard !path.utf8.contains(0) else {
        throw .cannotOpen(path: path, reason: "the path contains a NUL byte")
      }
      var opened: Int32
      repeat { opened = unsafe open(path, O_RDONLY | O_CLOEXEC) } while opened < 0 && errno == EINTR
      guard opened >= 0 else { throw .cannotOpen(path: path, reason: Self.reason(errno)) }
      descriptor = opened
    }
    var status = stat()
    let isRegular =
      unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    let start = isRegular ? lseek(descriptor, 0, SEEK_CUR) : -1
    origin = .file(
      descriptor: descriptor, isOwned: path != "-", start: start >= 0 ? start : nil)
  }

  /// Makes a source of bytes that are in memory already.
  ///
  /// - Parameters:
  ///   - bytes: The text, as UTF-8.
  ///   - name: The name that messages give it.
  public convenience init(bytes: [UInt8], name: String) {
    self.init(bytes: bytes, name: name, chunkSize: Int.max)
  }

  /// Makes a source that hands out at most so many bytes at a time, as a slow pipe would.
  package init(bytes: [UInt8], name: String, chunkSize: Int) {
    precondition(chunkSize > 0, "a chunk of \(chunkSize) bytes")
    self.name = name
    origin = .memory(bytes, chunkSize: chunkSize)
  }

  deinit {
    if case .file(let descriptor, isOwned: true, _) = origin { close(descriptor) }
  }

  /// The number of bytes of a source in memory.
  var memorySize: Int? {
    if case .memory(let bytes, _) = origin { bytes.count } else { nil }
  }

  /// Begins to digest what is read, and to keep it if it can be read only once, so that ``rewind()``
  /// works and ``finishDigest()`` has a result.
  func prepareForSecondReading() {
    hash = SHA256()
    if case .file(_, _, start: nil) = origin { recording = [] }
  }

  /// Begins to digest what is read, which is kept nowhere.
  func prepareForDigest() { hash = SHA256() }

  /// The SHA-256 of what was read since the source was prepared or rewound, in hexadecimal.
  func finishDigest() -> String { hash?.finish() ?? "" }

  /// Goes back to where reading began.
  func rewind() throws(TableError) {
    hash = SHA256()
    memoryOffset = 0
    switch origin {
    case .memory: break
    case .file(let descriptor, _, let start?):
      guard lseek(descriptor, start, SEEK_SET) == start else {
        throw .cannotRead(path: name, reason: Self.reason(errno))
      }
    case .file(_, _, start: nil):
      precondition(recording != nil, "a source that was not prepared is read a second time")
      isReplaying = true
    }
  }

  /// Reads some bytes, at least one unless the source is at its end.
  ///
  /// - Parameter buffer: Where to put them; not empty.
  /// - Returns: How many bytes were read; 0 at the end.
  /// - Throws: ``TableError/cannotRead(path:reason:)``.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
    let count: Int
    switch origin {
    case .memory(let bytes, let chunkSize):
      count = unsafe copy(bytes, upTo: chunkSize, into: buffer)
    case .file where isReplaying:
      count = unsafe copy(recording ?? [], upTo: Int.max, into: buffer)
    case .file(let descriptor, _, _):
      var found: Int
      repeat { found = unsafe readDescriptor(descriptor, buffer) } while found < 0 && errno == EINTR
      guard found >= 0 else { throw .cannotRead(path: name, reason: Self.reason(errno)) }
      count = found
      unsafe recording?.append(contentsOf: buffer[..<count])
    }
    unsafe hash?.update(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
    return count
  }

  private func copy(
    _ bytes: [UInt8], upTo limit: Int, into buffer: UnsafeMutableRawBufferPointer
  ) -> Int {
    let count = min(buffer.count, limit, bytes.count - memoryOffset)
    unsafe buffer.copyBytes(from: bytes[memoryOffset..<memoryOffset + count])
    memoryOffset += count
    return count
  }

  private static func reason(_ code: Int32) -> String {
    unsafe String(cString: strerror(code))
  }
}

/// The system's function, which a method of the same name would hide.
private func readDescriptor(
  _ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer
) -> Int {
  unsafe read(descriptor, buffer.baseAddress, buffer.count)
}
