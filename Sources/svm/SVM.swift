import SVMCommand

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program: all it does is in ``SVMCommand``.
@main
enum SVM {
  static func main() {
    let status = SVMCommand.main(arguments: Array(CommandLine.arguments.dropFirst()))
    // A training that was stopped may have left a thread behind that still computes. The handlers of
    // `exit` would free OpenBLAS's memory under it; all output is written by now.
    if status == 3 || status > 128 { _exit(status) }
    exit(status)
  }
}
