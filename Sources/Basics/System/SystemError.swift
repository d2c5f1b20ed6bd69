#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A call that the operating system refused.
package struct SystemError: Error, Equatable, Sendable {
  /// The operating system's error number.
  package var code: Int32

  package init(code: Int32) { self.code = code }

  /// The error of the call that this thread made last.
  package static var last: SystemError { SystemError(code: errno) }

  /// The operating system's words for it.
  package var reason: String { systemReason(code) }

  /// Whether the reader at the other end of a pipe went away.
  package var isClosedPipe: Bool { code == EPIPE }
}

/// The operating system's words for an error number.
package func systemReason(_ code: Int32) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}
