#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Names of files are bytes on most systems, and need not be UTF-8; Strings hold Unicode. A byte that is part
// of no UTF-8 is kept as a character at the end of the last private plane, U+10FF80 to U+10FFFF, which stands
// for the byte when the system is asked for the file.

/// Names of files as Strings.
package enum SystemPath {
  private static let firstScalar: UInt32 = 0x10FF00

  /// Bytes as a String that ``withBytes(of:_:)`` turns back into the same bytes.
  ///
  /// - Parameter bytes: Any bytes.
  /// - Returns: Their text, with characters that stand for bytes where they are not UTF-8.
  package static func string(_ bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    var start = 0
    while start < bytes.count {
      let end = UTF8Check.firstInvalid(bytes.span, start..<bytes.count) ?? bytes.count
      for scalar in String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars {
        if byte(scalar) == nil {
          text.append(scalar)
        } else {
          // The character itself: its bytes are kept one by one.
          for byte in String(scalar).utf8 { append(byte, to: &text) }
        }
      }
      if end < bytes.count { append(bytes[end], to: &text) }
      start = end + 1
    }
    return String(text)
  }

  private static func append(_ byte: UInt8, to text: inout String.UnicodeScalarView) {
    guard let scalar = Unicode.Scalar(firstScalar + UInt32(byte)) else { return }
    text.append(scalar)
  }

  /// The byte that a character stands for, if it stands for one.
  static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
    scalar.value >= firstScalar + 0x80 ? UInt8(truncatingIfNeeded: scalar.value) : nil
  }

  /// Calls a closure with a path as the system takes it.
  ///
  /// - Parameters:
  ///   - path: The path; without NUL.
  ///   - body: Asks the system.
  /// - Returns: What the closure returns.
  package static func withBytes<Result>(
    of path: String, _ body: (UnsafePointer<CChar>) -> Result
  ) -> Result {
    var bytes: [CChar] = []
    for scalar in path.unicodeScalars {
      if let byte = byte(scalar) {
        bytes.append(CChar(bitPattern: byte))
      } else {
        bytes.append(contentsOf: String(scalar).utf8.map(CChar.init(bitPattern:)))
      }
    }
    bytes.append(0)
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("a path without an end") }
      return unsafe body(start)
    }
  }

  // MARK: Parts and places

  /// The path that leads to the same place without symbolic links; `nil` when it leads nowhere.
  package static func resolved(_ path: String) -> String? {
    guard let found = unsafe withBytes(of: path, { unsafe realpath($0, nil) }) else { return nil }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }

  /// The folder that a path's last name is in.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// What follows the last slash.
  static func lastName(of path: String) -> Substring {
    path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
  }

  /// The path of a name in a folder.
  static func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
