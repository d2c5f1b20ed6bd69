#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file, pipe or device that is open for reading.
///
/// A class, because an open file has one owner and an end: `deinit` closes it on every way out.
package final class InputFile {
  private let descriptor: Int32
  private let isOwned: Bool
  /// Whether it is a regular file, which has a size and can be read twice.
  package let isRegular: Bool

  /// Opens a file.
  ///
  /// - Parameter path: Its path, without NUL.
  /// - Throws: ``SystemError``.
  package convenience init(path: String) throws(SystemError) {
    var opened: Int32
    repeat {
      opened = unsafe SystemPath.withBytes(of: path) { unsafe open($0, O_RDONLY | O_CLOEXEC) }
    } while opened < 0 && errno == EINTR
    guard opened >= 0 else { throw .last }
    self.init(descriptor: opened, isOwned: true)
  }

  /// Standard input, which stays open.
  package static var standardInput: InputFile {
    InputFile(descriptor: STDIN_FILENO, isOwned: false)
  }

  init(descriptor: Int32, isOwned: Bool) {
    self.descriptor = descriptor
    self.isOwned = isOwned
    var status = stat()
    isRegular = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  deinit {
    if isOwned { close(descriptor) }
  }

  /// Reads some bytes, at least one unless the file is at its end.
  ///
  /// - Parameter buffer: Where to put them; not empty.
  /// - Returns: How many bytes were read; 0 at the end.
  /// - Throws: ``SystemError``.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    var count: Int
    repeat { count = unsafe systemRead(descriptor, buffer) } while count < 0 && errno == EINTR
    guard count >= 0 else { throw .last }
    return count
  }

  /// Whether reading gives bytes, or the end, without waiting longer than for some time.
  ///
  /// - Parameter duration: How long to wait; parts of a millisecond are left out.
  /// - Returns: Whether there is something to read.
  package func isReady(within duration: Duration) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let (seconds, attoseconds) = duration.components
    let milliseconds = Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    // An error, or a closed pipe, is what reading says.
    return unsafe poll(&request, 1, milliseconds) != 0
  }

  /// Reads up to this many bytes at once.
  ///
  /// - Parameter count: The largest number of bytes, at least 1.
  /// - Returns: The bytes; none at the end.
  /// - Throws: ``SystemError``.
  package func read(atMost count: Int) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let found = try unsafe bytes.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
      try unsafe read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    bytes.removeLast(count - found)
    return bytes
  }

  /// The size of the file in bytes, if the system knows it; 0 for a pipe.
  package var size: Int? {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : nil
  }

  /// Where the next byte is read, or `nil` for what has no places.
  package var position: Int? {
    let offset = lseek(descriptor, 0, SEEK_CUR)
    return offset < 0 ? nil : Int(offset)
  }

  /// Goes to a place.
  ///
  /// - Parameter position: A place that ``position`` gave.
  /// - Throws: ``SystemError``.
  package func seek(to position: Int) throws(SystemError) {
    guard lseek(descriptor, off_t(position), SEEK_SET) == off_t(position) else { throw .last }
  }
}

/// The system's function, which a method of the same name would hide.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  unsafe read(descriptor, buffer.baseAddress, buffer.count)
}
