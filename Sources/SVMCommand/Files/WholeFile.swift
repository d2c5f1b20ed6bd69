import Basics
import Tables

/// Files that are small enough to be held as a whole.
enum WholeFile {
  /// The most bytes that are read.
  private static let limit = 256 << 20

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - start: How it must begin.
  /// - Returns: The bytes; `nil` for a file that begins otherwise, which is not read to its end.
  /// - Throws: `TableError` for a file that cannot be read, ``CommandFailure`` for one that is too large.
  static func bytes(_ path: String, beginningWith start: String = "") throws -> [UInt8]? {
    let source = try ByteSource(path: path)
    let start = Array(start.utf8)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try unsafe chunk.withUnsafeMutableBytes { try unsafe source.read(into: $0) }
      guard count > 0 else { return bytes.starts(with: start) ? bytes : nil }
      bytes += chunk[..<count]
      if bytes.count >= start.count, !bytes.starts(with: start) { return nil }
      guard bytes.count <= limit else {
        throw CommandFailure(
          .badData,
          "\(MessageText.plain(path)): is larger than \(limit >> 20) MB, too large to be read")
      }
    }
  }
}
