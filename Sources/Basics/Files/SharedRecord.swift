import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A text file to which several processes append lines, on one machine or in a folder that machines share, with locks
/// by number for what they do in turn.
///
/// A lock is a locked byte of the file, held by the open file: the system releases those of a process that is killed.
package final class SharedRecord: Sendable {
  private let descriptor: Int32
  private let position = Mutex<off_t>(0)

  /// The locks for what this type does; callers' numbers come after it.
  private static let appending: UInt64 = 0
  private static let writing: UInt64 = 1
  private static let firstLock: UInt64 = 16
  /// Numbers of locks are less than this.
  package static let lockLimit: UInt64 = 1 << 60

  /// Opens a file, which is made where there is none.
  ///
  /// - Parameter path: Its path.
  /// - Throws: ``SystemError`` where it cannot be opened for reading and writing, or its system has no locks.
  package init(path: String) throws(SystemError) {
    descriptor = unsafe SystemPath.withBytes(of: path) {
      unsafe open($0, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw .last }
    // Tells now, not after an hour, whether files can be locked here.
    if try lock(Self.appending, waiting: true) { unlock(at: Self.appending) }
  }

  deinit { close(descriptor) }

  /// Takes a lock, if no other open file has it.
  ///
  /// - Parameter number: Which one, less than ``lockLimit``; no two threads of a process ask for the same.
  /// - Returns: Whether it was free.
  /// - Throws: ``SystemError`` where the file cannot be locked.
  package func take(_ number: UInt64) throws(SystemError) -> Bool {
    precondition(number < Self.lockLimit, "there is no lock \(number)")
    return try lock(Self.firstLock + number, waiting: false)
  }

  /// Gives a lock back.
  package func giveBack(_ number: UInt64) { unlock(at: Self.firstLock + number) }

  /// Appends a line; nobody else's comes in between.
  ///
  /// - Parameter line: The line, without its end.
  /// - Throws: ``SystemError`` where the file cannot be locked or written.
  package func append(_ line: String) throws(SystemError) {
    try position.withLock { _ throws(SystemError) in
      _ = try lock(Self.appending, waiting: true)
      defer { unlock(at: Self.appending) }
      // A process that was killed may have left half a line.
      var last: UInt8 = UInt8(ascii: "\n")
      let end = lseek(descriptor, 0, SEEK_END)
      if end > 0, unsafe pread(descriptor, &last, 1, end - 1) < 0 { throw .last }
      let separator = last == UInt8(ascii: "\n") ? "" : "\n"
      try writeAll(Array((separator + line + "\n").utf8), to: descriptor)
    }
  }

  /// Does something that no other open file's owner does at the same time.
  ///
  /// - Parameter body: What to do.
  /// - Returns: What `body` returns.
  /// - Throws: ``SystemError`` where the file cannot be locked, or what `body` throws.
  package func exclusively<Value>(_ body: () throws -> Value) throws -> Value {
    _ = try lock(Self.writing, waiting: true)
    defer { unlock(at: Self.writing) }
    return try body()
  }

  /// The lines that were appended since the last call, by whomever; half a line is left for the next.
  ///
  /// - Returns: The lines, without their ends.
  /// - Throws: ``SystemError`` where the file cannot be read.
  package func newLines() throws(SystemError) -> [String] {
    try position.withLock { position throws(SystemError) in
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let start = position + off_t(bytes.count)
        let count = unsafe buffer.withUnsafeMutableBytes {
          unsafe pread(descriptor, $0.baseAddress, $0.count, start)
        }
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw .last }
        guard count > 0 else { break }
        bytes += buffer[..<count]
      }
      let whole = bytes.prefix((bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)
      position += off_t(whole.count)
      return whole.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  #if canImport(Darwin)
    private static let setLock: Int32 = 90
    private static let setLockWaiting: Int32 = 91
  #else
    private static let setLock: Int32 = 37
    private static let setLockWaiting: Int32 = 38
  #endif

  /// Locks a byte for this open file; `false` when another has it.
  private func lock(_ place: UInt64, waiting: Bool) throws(SystemError) -> Bool {
    while !setting(place, F_WRLCK, waiting ? Self.setLockWaiting : Self.setLock) {
      if errno == EINTR { continue }
      guard !waiting, errno == EAGAIN || errno == EACCES else { throw .last }
      return false
    }
    return true
  }

  private func unlock(at place: UInt64) { _ = setting(place, F_UNLCK, Self.setLock) }

  private func setting(_ place: UInt64, _ kind: some BinaryInteger, _ command: Int32) -> Bool {
    var request = flock()
    request.l_type = .init(kind)
    request.l_whence = .init(SEEK_SET)
    request.l_start = off_t(place)
    request.l_len = 1
    request.l_pid = 0
    return unsafe fcntl(descriptor, command, &request) == 0
  }
}
