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
    exit(SVMCommand.main(arguments: Array(CommandLine.arguments.dropFirst())))
  }
}
