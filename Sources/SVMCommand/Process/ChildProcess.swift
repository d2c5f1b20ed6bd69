import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// This program once more, as a child: what is measured in a fresh process is not touched by what
/// this one has already set.
enum ChildProcess {
  /// Runs this program and waits for it.
  ///
  /// - Parameters:
  ///   - arguments: The arguments without the program's name.
  ///   - variable: A variable of the environment that the child does not get.
  /// - Returns: What the child wrote to standard output.
  /// - Throws: ``CommandFailure`` when it cannot be started or does not end with status 0.
  static func output(
    _ arguments: [String], withoutVariable variable: String? = nil
  ) throws -> String {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw failure("pipe", errno) }
    let (readEnd, writeEnd) = (ends[0], ends[1])
    defer { close(readEnd) }
    let child: pid_t
    do {
      defer { close(writeEnd) }
      child = try spawn(
        arguments, withoutVariable: variable, output: writeEnd, unused: readEnd)
    }
    let output = readAll(readEnd)
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else { throw failure("waitpid", errno) }
    }
    guard status == 0 else {
      throw CommandFailure(.failure, "a child process that measures ended with status \(status)")
    }
    return output
  }

  /// Runs another program, silently, and waits for it.
  ///
  /// - Parameters:
  ///   - name: The program's name, which is looked for where the shell would.
  ///   - arguments: Its arguments.
  ///   - seconds: How long it may take; it is killed then.
  /// - Returns: Its exit status, -1 when it was killed, or `nil` when there is no such program.
  static func status(of name: String, _ arguments: [String], seconds: Int) -> Int32? {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, mode) in [
      (STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_WRONLY), (STDERR_FILENO, O_WRONLY),
    ] {
      unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", mode, 0)
    }
    let words = unsafe pointers([name] + arguments)
    let variables = unsafe pointers(
      ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" })
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // A group of its own, so that it can be ended with all that it starts.
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let started = Interrupts.shared.startingChild {
      var child: pid_t = 0
      let code = unsafe posix_spawnp(&child, name, &actions, &attributes, words, variables)
      return code == 0 ? child : nil
    }
    guard let child = started else { return nil }
    defer { Interrupts.shared.unregister(child: child) }
    var status: Int32 = 0
    for _ in 0..<seconds * 50 {
      if unsafe waitpid(child, &status, WNOHANG) == child {
        let isExit = status & 0x7f == 0
        // A program that cannot be found may only be known to the child.
        return isExit ? (status >> 8 & 0xff == 127 ? nil : status >> 8 & 0xff) : -1
      }
      usleep(20_000)
    }
    kill(-child, SIGKILL)
    _ = unsafe waitpid(child, &status, 0)
    return -1
  }

  private static func spawn(
    _ arguments: [String], withoutVariable variable: String?, output: Int32, unused: Int32
  ) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_addclose(&actions, unused)
    let words = unsafe pointers(["svm"] + arguments)
    let variables = unsafe pointers(
      ProcessInfo.processInfo.environment.filter { $0.key != variable }
        .map { "\($0.key)=\($0.value)" })
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var child: pid_t = 0
    let code = unsafe posix_spawn(&child, executablePath, &actions, nil, words, variables)
    guard code == 0 else { throw failure("posix_spawn", code) }
    return child
  }

  /// C strings, and the null that ends such a list; the caller frees them.
  private static func pointers(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    unsafe texts.map { unsafe strdup($0) } + [nil]
  }

  /// Where this program lies; `/proc` knows even when it was started through a search path.
  private static var executablePath: String {
    guard let path = unsafe realpath("/proc/self/exe", nil) else {
      return CommandLine.arguments.first ?? "svm"
    }
    defer { unsafe free(path) }
    return unsafe String(cString: path)
  }

  private static func readAll(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { room in
        unsafe read(descriptor, room.baseAddress, room.count)
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      bytes += buffer.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func failure(_ call: String, _ code: Int32) -> CommandFailure {
    CommandFailure(.failure, "cannot start a process: \(call): \(systemMessage(code))")
  }
}
