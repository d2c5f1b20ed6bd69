import CMemoryFailure
import SVMCommand
import Tables

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program: all it does is in ``SVMCommand``.
@main
enum SVM {
  static func main() {
    // Any thread may be refused memory: the closure belongs to no actor.
    memory_failure_watch { @Sendable bytes in
      SVMCommand.endForLackOfMemory(bytes: Int(clamping: bytes))
    }
    let status = SVMCommand.main(arguments: arguments)
    // A training that was stopped may have left a thread behind that still computes. The handlers of
    // `exit` would free OpenBLAS's memory under it; all output is written by now.
    if status == 3 || status > 128 { _exit(status) }
    exit(status)
  }

  /// The arguments, also those that are no UTF-8, as names of files may be.
  private static var arguments: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
      guard let start = unsafe CommandLine.unsafeArgv[index] else { return nil }
      let count = unsafe strlen(start)
      return unsafe SystemPath.string(
        UnsafeBufferPointer(start: start, count: count).map { UInt8(bitPattern: $0) })
    }
  }
}
