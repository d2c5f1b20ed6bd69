import Tables

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The two streams of the process: results go to standard output, all else to standard error.
///
/// Both are written through `write(2)`: Swift 6 does not allow C's `stderr`, and a result that
/// cannot be written must be noticed.
enum Console {
  /// Whether somebody reads standard error as it appears.
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// The columns of the terminal that shows standard error; 80 where nobody knows.
  static var errorWidth: Int {
    var size = winsize()
    guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 80
    }
    return Int(size.ws_col)
  }

  /// Makes sure that the three standard descriptors are open.
  ///
  /// Else the first file to be opened would become, say, standard output, and get what is printed.
  /// The stand-ins are open the wrong way round, so that their use is an error as it should be.
  static func fillStandardDescriptors() {
    for (descriptor, mode) in [
      (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ] where fcntl(descriptor, F_GETFD) < 0 {
      _ = unsafe open("/dev/null", mode)
    }
  }

  /// Writes what people read to standard output at once.
  static func output(_ text: String) throws {
    try write(
      Array(MessageText.harmless(text).utf8)[...], to: STDOUT_FILENO, name: "standard output")
  }

  /// Writes a line to standard error.
  ///
  /// Whatever it is made of, it neither moves the cursor nor changes colours. That it cannot be written is
  /// not worth an error: there is no place left to say so.
  static func message(_ text: String) {
    errorText(text + "\n")
  }

  /// Writes what people read to standard error.
  static func errorText(_ text: String) { control(MessageText.harmless(text)) }

  /// Writes to standard error as it is, also what moves the cursor.
  static func control(_ text: String) {
    do {
      try write(Array(text.utf8)[...], to: STDERR_FILENO, name: "standard error")
    } catch {
      return
    }
  }

  /// Writes all of some bytes, however small the pieces are that the system takes.
  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, name: String) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe systemWrite(descriptor, buffer.baseAddress, buffer.count)
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN: awaitRoom(descriptor)
      case EPIPE: throw ClosedPipe()
      case let code:
        throw CommandFailure(.failure, "\(name): cannot be written: \(systemMessage(code))")
      }
    }
  }

  /// Sleeps until a descriptor that somebody made non-blocking takes bytes again.
  private static func awaitRoom(_ descriptor: Int32) {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&entry, 1, 1000)
  }
}

/// The function of that name, whose name ``Console`` uses for its own.
private func systemWrite(
  _ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int
) -> Int {
  unsafe write(descriptor, bytes, count)
}

/// What the system says about an error number.
func systemMessage(_ code: Int32) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}
