/// A window onto a source: bytes that were read and not yet used.
///
/// The window moves forward as records are taken from it, and grows only while one record does not
/// fit, so that memory is bounded by the longest record.
struct InputBuffer {
  /// No record, and no line of LIBSVM text, may be longer: memory would follow its length.
  static let defaultLongestRecord = 16 << 20
  private static let initialCapacity = 256 << 10

  let source: ByteSource
  let longestRecord: Int
  /// The window is `bytes[start..<end]`.
  private(set) var bytes: [UInt8]
  private(set) var start = 0
  private(set) var end = 0
  /// Whether nothing follows the window.
  private(set) var isComplete = false

  /// Opens the window on the first bytes, after a byte-order mark if there is one.
  init(
    _ source: ByteSource, longestRecord: Int = defaultLongestRecord
  ) throws(TableError) {
    self.source = source
    self.longestRecord = longestRecord
    // One byte more than there is, so that the end is found without growing.
    let capacity = min(Self.initialCapacity, max(16, source.memorySize ?? .max - 1) + 1)
    bytes = [UInt8](repeating: 0, count: capacity)
    while end < 4, !isComplete { try readOnce() }
    if let encoding = Self.encoding(bytes[..<end]) {
      throw TableError(
        .otherEncoding(
          SourcePosition(file: source.name, line: 1, column: 1), name: encoding))
    }
    if end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { start = 3 }
  }

  /// The encoding whose byte-order mark a text begins with, if it is not UTF-8.
  private static func encoding(_ bytes: ArraySlice<UInt8>) -> String? {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
      return "UTF-32"
    }
    return bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) ? "UTF-16" : nil
  }

  /// Opens the window on bytes that were read already.
  init(_ source: ByteSource, holding bytes: [UInt8], isComplete: Bool, longestRecord: Int) {
    self.source = source
    self.longestRecord = longestRecord
    end = bytes.count
    self.isComplete = isComplete
    // A window that holds nothing has room for what is read next.
    self.bytes =
      bytes.isEmpty && !isComplete ? [UInt8](repeating: 0, count: Self.initialCapacity) : bytes
  }

  /// Moves the window's beginning forward.
  mutating func advance(to offset: Int) {
    precondition(offset >= start && offset <= end, "the window cannot begin at \(offset)")
    start = offset
  }

  /// Moves the window's beginning back to bytes that were used, and are still held because nothing was
  /// read since.
  mutating func reopen(from offset: Int) {
    precondition(offset >= 0 && offset <= start, "the window cannot be reopened at \(offset)")
    start = offset
  }

  /// Reads further bytes; there are some unless the window is complete afterwards.
  ///
  /// The caller looks at the window again from its beginning. To keep that linear in the
  /// length of a long record, its window at least doubles; for short ones whatever has arrived is
  /// enough, so that a slow pipe is served immediately.
  mutating func readMore() throws(TableError) {
    let held = end - start
    try read(until: held < 64 << 10 ? held + 1 : 2 * held)
  }

  /// Reads until the window holds a number of bytes, or everything.
  mutating func read(until count: Int) throws(TableError) {
    while end - start < count, !isComplete { try readOnce() }
  }

  private mutating func readOnce() throws(TableError) {
    if end == bytes.count {
      let held = end - start
      if held > bytes.count / 2 {
        bytes.append(contentsOf: repeatElement(0, count: bytes.count))
      }
      if start > 0 {
        bytes.replaceSubrange(0..<held, with: Array(bytes[start..<end]))
        start = 0
        end = held
      }
    }
    let source = source
    let end = end
    let count = try unsafe bytes.withUnsafeMutableBufferPointer { buffer throws(TableError) in
      try unsafe source.read(
        into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[end...])))
    }
    self.end += count
    isComplete = count == 0
  }
}
