#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the system knows of a file without reading it.
package enum FileStatus {
  /// A regular file, by whatever name; equal for two names of one file.
  package struct Identity: Equatable, Sendable {
    private var device: UInt64
    private var number: UInt64

    fileprivate init?(_ status: stat) {
      guard status.st_mode & S_IFMT == S_IFREG else { return nil }
      device = UInt64(truncatingIfNeeded: status.st_dev)
      number = UInt64(truncatingIfNeeded: status.st_ino)
    }
  }

  /// Which regular file a path leads to; `nil` when it leads to none.
  package static func identity(path: String) -> Identity? {
    var status = stat()
    guard unsafe SystemPath.withBytes(of: path, { unsafe stat($0, &status) }) == 0 else {
      return nil
    }
    return Identity(status)
  }

  /// Which regular file a descriptor stands for; `nil` when it stands for none.
  package static func identity(descriptor: Int32) -> Identity? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    return Identity(status)
  }

  /// Whether there is something at a path.
  package static func exists(_ path: String) -> Bool {
    unsafe SystemPath.withBytes(of: path) { unsafe access($0, F_OK) } == 0
  }

  /// Whether there is something at a path that this process may read.
  package static func isReadable(_ path: String) -> Bool {
    unsafe SystemPath.withBytes(of: path) { unsafe access($0, R_OK) } == 0
  }

  /// Removes a file's name; what cannot be removed stays.
  package static func remove(_ path: String) {
    unsafe SystemPath.withBytes(of: path) { _ = unsafe unlink($0) }
  }

  /// Removes a file's name without asking for memory, for when there is none; the path is UTF-8.
  package static func removeWithoutMemory(_ path: String) { _ = unsafe unlink(path) }
}
