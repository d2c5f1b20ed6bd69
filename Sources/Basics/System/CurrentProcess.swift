#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// This process, as the system knows it.
package enum CurrentProcess {
  /// Has this thread wait.
  package static func pause(for duration: Duration) {
    usleep(UInt32(max(0, min(duration / .microseconds(1), 999_999))))
  }

  // MARK: What it was started with

  /// The arguments without the program's name, also those that are not UTF-8, as names of files may be.
  package static var arguments: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap(argument)
  }

  /// The name that the process was started with: its path, or the name of a link to it.
  package static var programName: String { argument(0) ?? "" }

  private static func argument(_ index: Int) -> String? {
    guard index < CommandLine.argc, let start = unsafe CommandLine.unsafeArgv[index] else {
      return nil
    }
    let count = unsafe strlen(start)
    return unsafe SystemPath.string(
      UnsafeBufferPointer(start: start, count: count).map { UInt8(bitPattern: $0) })
  }

  /// The value of a variable of the environment; `nil` when it is not set or no UTF-8.
  package static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(validatingCString: value)
  }

  /// Where the program lies, or `nil` where the system does not say.
  package static var executablePath: String? { SystemPath.resolved("/proc/self/exe") }

  /// The name of the machine; empty where the system does not say.
  package static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Whether it runs with the rights of the superuser.
  package static var isSuperuser: Bool { geteuid() == 0 }

  // MARK: What it uses

  /// Gives memory that was freed back to the system, where the allocator would keep it for later.
  package static func giveBackFreedMemory() {
    #if canImport(Glibc)
      // In a header that Swift does not import.
      typealias Trim = @convention(c) (Int) -> Int32
      guard let address = unsafe dlsym(nil, "malloc_trim") else { return }
      _ = unsafe unsafeBitCast(address, to: Trim.self)(0)
    #endif
  }

  #if canImport(Glibc)
    private static let thisProcess = __rusage_who_t(RUSAGE_SELF.rawValue)
  #else
    private static let thisProcess = RUSAGE_SELF
  #endif

  /// The most memory that it has held so far, in bytes.
  package static var peakMemory: Int? {
    var usage = rusage()
    guard unsafe getrusage(Self.thisProcess, &usage) == 0 else { return nil }
    #if canImport(Darwin)
      return Int(usage.ru_maxrss)
    #else
      return Int(usage.ru_maxrss) * 1024
    #endif
  }

  // MARK: Signals

  /// The key that interrupts a program.
  package static let interruptSignal = SIGINT
  /// The wish that a program ends.
  package static let terminationSignal = SIGTERM
  /// The end of the terminal.
  package static let hangupSignal = SIGHUP

  /// From now on a signal does nothing.
  ///
  /// - Parameter number: The signal.
  /// - Returns: Whether it did nothing before.
  @discardableResult
  package static func ignore(signal number: Int32) -> Bool {
    let previous = signal(number, SIG_IGN)
    // C defines `SIG_IGN` as the function at address 1.
    return unsafe unsafeBitCast(previous, to: UInt.self) == unsafeBitCast(SIG_IGN, to: UInt.self)
  }

  /// From now on a write to a closed pipe is an error of that write, not a signal.
  package static func ignoreClosedPipes() { ignore(signal: SIGPIPE) }

  /// From now on the key that ends a program and dumps its memory does so.
  package static func restoreQuitSignal() { _ = signal(SIGQUIT, SIG_DFL) }

  // MARK: Its end

  /// Ends it after what was registered for its end.
  package static func exit(_ status: Int32) -> Never { systemExit(status) }

  /// Ends it at once; nothing else runs.
  package static func exitImmediately(_ status: Int32) -> Never { _exit(status) }
}

/// The system's function, which a method of the same name would hide.
private func systemExit(_ status: Int32) -> Never { exit(status) }
