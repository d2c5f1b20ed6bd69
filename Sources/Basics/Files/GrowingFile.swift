#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file whose text is on the disk's side of this process as soon as it is appended, such as a record of results
/// that another run continues.
package final class GrowingFile {
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: Its path.
  ///   - isKept: Whether what it holds stays; else it becomes empty.
  /// - Throws: ``SystemError`` where it cannot be opened for writing.
  package init(path: String, keeping isKept: Bool) throws(SystemError) {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (isKept ? O_APPEND : O_TRUNC)
    descriptor = unsafe SystemPath.withBytes(of: path) { unsafe open($0, flags, 0o666) }
    guard descriptor >= 0 else { throw .last }
  }

  deinit { close(descriptor) }

  /// Appends text.
  package func append(_ text: String) throws(SystemError) {
    try writeAll(Array(text.utf8), to: descriptor)
  }
}
