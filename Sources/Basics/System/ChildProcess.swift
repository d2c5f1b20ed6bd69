#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Another program, started by this one.
package struct ChildProcess: Equatable, Sendable {
  /// A child that could not be started or waited for.
  package struct Failure: Error {
    /// The call that the system refused.
    package var call: String
    /// Why.
    package var error: SystemError
  }

  /// Its number, and that of the group that it leads.
  private let number: pid_t

  // MARK: One that computes

  /// Runs a program, and waits for what it writes and for its end.
  ///
  /// - Parameters:
  ///   - path: Where the program lies.
  ///   - arguments: Its arguments, from its name on.
  ///   - environment: Its environment.
  /// - Returns: What it wrote to standard output, and its status, 0 for success.
  /// - Throws: ``Failure``.
  package static func output(
    of path: String, _ arguments: [String], environment: [String: String]
  ) throws(Failure) -> (text: String, status: Int32) {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw Failure(call: "pipe", error: .last) }
    let (readEnd, writeEnd) = (ends[0], ends[1])
    let source = InputFile(descriptor: readEnd, isOwned: true)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, writeEnd, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_addclose(&actions, readEnd)
    let words = unsafe cStrings(arguments)
    let variables = unsafe cStrings(environment.map { "\($0.key)=\($0.value)" })
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var child: pid_t = 0
    let code = unsafe posix_spawn(
      &child, path, &actions, nil, words, variables)
    close(writeEnd)
    guard code == 0 else {
      throw Failure(call: "posix_spawn", error: SystemError(code: code))
    }
    let text = readAll(source)
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else { throw Failure(call: "waitpid", error: .last) }
    }
    return (text, status)
  }

  /// All that there is to read; an error ends it, as the writer's status says more.
  private static func readAll(_ source: InputFile) -> String {
    var bytes: [UInt8] = []
    do throws(SystemError) {
      while true {
        let chunk = try source.read(atMost: 4096)
        if chunk.isEmpty { break }
        bytes += chunk
      }
    } catch {
      return String(decoding: bytes, as: UTF8.self)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: One that works in silence

  /// Starts a program that reads and writes nothing, at the head of a group of its own, so that it can be
  /// ended with all that it starts.
  ///
  /// - Parameters:
  ///   - name: The program's name, which is looked for where the shell would.
  ///   - arguments: Its arguments.
  ///   - environment: Its environment.
  /// - Returns: The child, or `nil` when it cannot be started.
  package static func startSilently(
    _ name: String, _ arguments: [String], environment: [String: String]
  ) -> ChildProcess? {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, mode) in [
      (STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_WRONLY), (STDERR_FILENO, O_WRONLY),
    ] {
      unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", mode, 0)
    }
    let words = unsafe cStrings([name] + arguments)
    let variables = unsafe cStrings(environment.map { "\($0.key)=\($0.value)" })
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    var child: pid_t = 0
    let code = unsafe posix_spawnp(
      &child, name, &actions, &attributes, words, variables)
    return code == 0 ? ChildProcess(number: child) : nil
  }

  /// Waits for its end.
  ///
  /// - Parameter seconds: How long it may take; it is ended then.
  /// - Returns: Its exit status, -1 when it was ended, or `nil` when there is no such program.
  package func wait(seconds: Int) -> Int32? {
    var status: Int32 = 0
    for _ in 0..<seconds * 50 {
      if unsafe waitpid(number, &status, WNOHANG) == number {
        let isExit = status & 0x7f == 0
        // A program that cannot be found may only be known to the child.
        return isExit ? (status >> 8 & 0xff == 127 ? nil : status >> 8 & 0xff) : -1
      }
      usleep(20_000)
    }
    end()
    return -1
  }

  /// Ends it and all that it started.
  package func end() {
    kill(-number, SIGKILL)
    _ = waitpid(number, nil, 0)
  }
}

/// C strings and the null that ends such a list; the caller frees them.
private func cStrings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
  unsafe texts.map { unsafe strdup($0) } + [nil]
}
