import Basics

/// Reads a whole file; also from a pipe.
///
/// - Parameters:
///   - path: The file.
///   - checkBeginning: Called with the beginning of the file, 8 bytes if there are as many; what it
///     throws ends the reading, so that a large file of another kind is not read to its end.
/// - Returns: The bytes.
/// - Throws: `ModelFileError`.
func readFile(
  path: String, checkBeginning: ([UInt8]) throws(ModelFileError) -> Void
) throws(ModelFileError) -> [UInt8] {
  let file = try reading(path) { () throws(SystemError) in try InputFile(path: path) }
  var bytes: [UInt8] = []
  var isChecked = false
  while true {
    let chunk = try reading(path) { () throws(SystemError) in try file.read(atMost: 1 << 20) }
    if chunk.isEmpty { return bytes }
    bytes.append(contentsOf: chunk)
    if !isChecked, bytes.count >= 8 {
      try checkBeginning(bytes)
      // The size is a hint: what counts is what is read. A pipe's size is 0.
      bytes.reserveCapacity(max(0, file.size ?? 0))
      isChecked = true
    }
  }
}

/// The first bytes of a regular file; `nil` for anything else, from which reading would take them
/// away.
func readBeginning(path: String, byteCount: Int) throws(ModelFileError) -> [UInt8]? {
  // Opening a pipe would wait for its writer.
  guard FileStatus.identity(path: path) != nil else {
    guard FileStatus.exists(path) else {
      throw ModelFileError(fileName: path, problem: .unreadable(SystemError.last.reason))
    }
    return nil
  }
  return try reading(path) { () throws(SystemError) in
    try InputFile(path: path).read(atMost: byteCount)
  }
}

/// Calls a closure; what the system refuses is an error of the file.
private func reading<Value>(
  _ path: String, _ body: () throws(SystemError) -> Value
) throws(ModelFileError) -> Value {
  do throws(SystemError) {
    return try body()
  } catch {
    throw ModelFileError(fileName: path, problem: .unreadable(error.reason))
  }
}
