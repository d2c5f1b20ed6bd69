#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that cannot be written.
package struct OutputFileError: Error, Equatable, Sendable {
  /// The path as the user gave it.
  package var path: String
  /// The operating system's error number.
  package var code: Int32

  package init(path: String, code: Int32) {
    self.path = path
    self.code = code
  }

  /// Whether the reader at the other end of a pipe went away, which is not an error.
  package var isClosedPipe: Bool { code == EPIPE }
}

extension OutputFileError: CustomStringConvertible {
  package var description: String {
    "\(MessageText.path(path)): cannot be written: \(systemReason(code))"
  }
}

/// What a path given for output leads to.
package enum OutputTarget {
  /// A regular file, or nothing yet, at a path that is not a symbolic link.
  case regular(path: String, stat?)
  /// A device, pipe or terminal.
  case special(path: String)
  /// A file that this process has open: `/dev/stdout`, `/dev/fd/3`.
  case descriptor(Int32)

  /// As many symbolic links as the kernel follows in one path.
  private static let linkLimit = 40

  init(path: String) throws(OutputFileError) {
    guard !path.isEmpty else { throw OutputFileError(path: path, code: ENOENT) }
    var current = path
    for _ in 0..<Self.linkLimit {
      if let number = Self.openDescriptor(current) {
        self = .descriptor(number)
        return
      }
      var status = stat()
      guard unsafe SystemPath.withBytes(of: current, { unsafe lstat($0, &status) }) == 0 else {
        guard errno == ENOENT else { throw OutputFileError(path: path, code: errno) }
        self = .regular(path: current, nil)
        return
      }
      switch status.st_mode & S_IFMT {
      case S_IFLNK:
        let target = try Self.linkTarget(current, path: path)
        current =
          target.hasPrefix("/") ? target : SystemPath.joined(SystemPath.folder(of: current), target)
      case S_IFREG:
        self = .regular(path: current, status)
        return
      case S_IFDIR:
        throw OutputFileError(path: path, code: EISDIR)
      default:
        self = .special(path: current)
        return
      }
    }
    throw OutputFileError(path: path, code: ELOOP)
  }

  /// The number of an open descriptor that a path of the form `/proc/self/fd/1` names.
  ///
  /// Such a link is not a path to be followed: opening its target again would begin at the file's start, and
  /// renaming over it would take the file away from the program that redirected the output there.
  private static func openDescriptor(_ path: String) -> Int32? {
    guard let number = Int32(SystemPath.lastName(of: path)), number >= 0 else { return nil }
    let folder = SystemPath.resolved(SystemPath.folder(of: path))
    guard folder == "/proc/\(getpid())/fd" || folder == "/dev/fd" else { return nil }
    return number
  }

  private static func linkTarget(_ link: String, path: String) throws(OutputFileError) -> String {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe bytes.withUnsafeMutableBufferPointer { buffer -> Int in
      guard let start = buffer.baseAddress else { return -1 }
      return unsafe SystemPath.withBytes(of: link) { unsafe readlink($0, start, buffer.count) }
    }
    guard count >= 0 else { throw OutputFileError(path: path, code: errno) }
    return SystemPath.string(bytes[0..<count].map { UInt8(bitPattern: $0) })
  }
}

extension OutputTarget {
  /// A text that two paths share if what is written to them goes to one place; `nil` for a device or a
  /// pipe, which may take several outputs, and for a path that leads nowhere.
  package static func place(of path: String) -> String? {
    if path == "-" { return "descriptor \(STDOUT_FILENO)" }
    let target: OutputTarget
    do throws(OutputFileError) {
      target = try OutputTarget(path: path)
    } catch {
      // Opening it will say why.
      return nil
    }
    switch target {
    case .special: return nil
    case .descriptor(let number): return "descriptor \(number)"
    case .regular(let path, _):
      return SystemPath.resolved(SystemPath.folder(of: path)).map {
        SystemPath.joined($0, String(SystemPath.lastName(of: path)))
      }
    }
  }
}
