import Tables

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reads a whole file; also from a pipe.
///
/// - Parameters:
///   - path: The file.
///   - checkBeginning: Called with the beginning of the file, 8 bytes if there are as many; what it
///     throws ends the reading, so that a large file of another kind is not read to its end.
/// - Returns: The bytes.
/// - Throws: ``ModelFileError``.
func readFile(
  path: String, checkBeginning: ([UInt8]) throws(ModelFileError) -> Void
) throws(ModelFileError) -> [UInt8] {
  func failure() -> ModelFileError {
    ModelFileError(fileName: path, problem: .unreadable(systemReason(errno)))
  }
  let descriptor = unsafe SystemPath.withBytes(of: path) {
    unsafe open($0, O_RDONLY | O_CLOEXEC)
  }
  guard descriptor >= 0 else { throw failure() }
  defer { closeFile(descriptor) }

  // The size is a hint: what counts is what is read. A pipe's size is 0.
  var status = stat()
  guard unsafe fstat(descriptor, &status) == 0 else { throw failure() }
  var bytes: [UInt8] = []
  var isChecked = false
  var chunk = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = unsafe chunk.withUnsafeMutableBytes { buffer in
      unsafe read(descriptor, buffer.baseAddress, buffer.count)
    }
    if count > 0 {
      bytes.append(contentsOf: chunk[..<count])
      if !isChecked, bytes.count >= 8 {
        try checkBeginning(bytes)
        bytes.reserveCapacity(max(0, Int(status.st_size)))
        isChecked = true
      }
    } else if count == 0 {
      return bytes
    } else if errno != EINTR {
      throw failure()
    }
  }
}

/// The first bytes of a regular file; `nil` for anything else, from which reading would take them
/// away.
func readBeginning(path: String, byteCount: Int) throws(ModelFileError) -> [UInt8]? {
  func failure() -> ModelFileError {
    ModelFileError(fileName: path, problem: .unreadable(systemReason(errno)))
  }
  var status = stat()
  guard unsafe SystemPath.withBytes(of: path, { unsafe stat($0, &status) }) == 0 else {
    throw failure()
  }
  guard status.st_mode & S_IFMT == S_IFREG else { return nil }
  let descriptor = unsafe SystemPath.withBytes(of: path) {
    unsafe open($0, O_RDONLY | O_CLOEXEC)
  }
  guard descriptor >= 0 else { throw failure() }
  defer { closeFile(descriptor) }
  var bytes = [UInt8](repeating: 0, count: byteCount)
  let count = unsafe bytes.withUnsafeMutableBytes { buffer in
    unsafe read(descriptor, buffer.baseAddress, buffer.count)
  }
  guard count >= 0 else { throw failure() }
  return Array(bytes[..<count])
}

/// `close`, where a method of that name hides the system's.
func closeFile(_ descriptor: Int32) { close(descriptor) }
