import Basics
import FoundationEssentials

extension ChildProcess {
  /// Runs this program once more and waits for it: what is measured in a fresh process is not touched by
  /// what this one has already set.
  ///
  /// - Parameters:
  ///   - arguments: The arguments without the program's name.
  ///   - variable: A variable of the environment that the child does not get.
  /// - Returns: What the child wrote to standard output.
  /// - Throws: ``CommandFailure`` when it cannot be started or does not end with status 0.
  static func output(
    _ arguments: [String], withoutVariable variable: String? = nil
  ) throws -> String {
    // `/proc` knows the program even when it was started through a search path.
    let path = CurrentProcess.executablePath ?? CommandLine.arguments.first ?? "svm"
    let environment = ProcessInfo.processInfo.environment.filter { $0.key != variable }
    let child: (text: String, status: Int32)
    do throws(Failure) {
      child = try output(of: path, ["svm"] + arguments, environment: environment)
    } catch {
      throw CommandFailure(
        .failure, "cannot start a process: \(error.call): \(error.error.reason)")
    }
    guard child.status == 0 else {
      throw CommandFailure(
        .failure, "a child process that measures ended with status \(child.status)")
    }
    return child.text
  }

  /// Runs another program, silently, and waits for it.
  ///
  /// - Parameters:
  ///   - name: The program's name, which is looked for where the shell would.
  ///   - arguments: Its arguments.
  ///   - seconds: How long it may take; it is killed then.
  /// - Returns: Its exit status, -1 when it was killed, or `nil` when the program does not exist.
  static func status(of name: String, _ arguments: [String], seconds: Int) -> Int32? {
    let environment = ProcessInfo.processInfo.environment
    let started = Interrupts.shared.startingChild {
      startSilently(name, arguments, environment: environment)
    }
    guard let child = started else { return nil }
    defer { Interrupts.shared.unregister(child: child) }
    return child.wait(seconds: seconds)
  }
}
