#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The three descriptors that every process has.
package enum StandardStreams {
  package static let input = STDIN_FILENO
  package static let output = STDOUT_FILENO
  package static let error = STDERR_FILENO

  /// Makes sure that the three are open.
  ///
  /// Else the first file to be opened would become, say, standard output, and get what is printed.
  /// The stand-ins are open the wrong way round, so that their use is an error as it should be.
  package static func fill() {
    for (descriptor, mode) in [(input, O_WRONLY), (output, O_RDONLY), (error, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) < 0 {
      _ = unsafe open("/dev/null", mode)
    }
  }

  /// Whether a terminal shows what is written to a descriptor.
  package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// The columns of the terminal that shows what is written to a descriptor; `nil` when there is none.
  package static func terminalWidth(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }
}

/// Writes all of some bytes, however small the pieces are that the system takes.
///
/// Waits while a pipe or terminal that somebody made non-blocking takes none.
///
/// - Parameters:
///   - bytes: The bytes.
///   - descriptor: Where to write them.
/// - Throws: ``SystemError``; some of the bytes may have been written.
package func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
  var start = 0
  while start < bytes.count {
    let written = unsafe bytes.withUnsafeBytes { buffer in
      unsafe write(descriptor, buffer.baseAddress! + start, buffer.count - start)
    }
    if written >= 0 {
      start += written
    } else if errno == EAGAIN {
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      unsafe poll(&wait, 1, -1)
    } else if errno != EINTR {
      throw .last
    }
  }
}
