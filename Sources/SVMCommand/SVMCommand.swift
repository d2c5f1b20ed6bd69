import ArgumentParser
import Basics
import Calibration
import Evaluation
import KernelMethods
import ModelExport
import ModelFiles
import ModelReports
import ModelSelection
import SupportVectors
import Tables
import TabularModels

/// The `svm` command as a function.
public enum SVMCommand {
  /// The version that `svm --version` prints and reports contain.
  public static let version = toolkitVersion

  /// Runs the command.
  ///
  /// - Parameter arguments: The arguments without the program's name.
  /// - Returns: The exit status: 0 done, 1 failure, 3 stopped before the tolerance was met,
  ///   64 usage, 65 bad data or an unreadable model, 130 or 143 after SIGINT or SIGTERM. A crash ends
  ///   the process with 70.
  public static func main(arguments: [String]) -> Int32 {
    StandardStreams.fill()
    Interrupts.shared.install()
    do {
      try checkCommandName(arguments)
      try LIBSVMOptions.check(arguments)
      var command = try RootCommand.parseAsRoot(arguments)
      try command.run()
      return ExitStatus.done.code
    } catch {
      return end(error, arguments: arguments).code
    }
  }

  /// Ends the process because the operating system refused memory, with a message and status 1.
  ///
  /// Any thread may call it, in the middle of anything.
  ///
  /// - Parameter bytes: How much was requested; 0 when it was a thread.
  public static func endForLackOfMemory(bytes: Int) -> Never {
    let what =
      bytes == 0 ? "another thread" : "another \(max(1, bytes >> 20)) MB of memory"
    Interrupts.shared.leave(
      .failure,
      saying: "the system refused \(what); try a smaller --memory, fewer --threads or fewer "
        + "rows")
  }

  /// The argument parser calls an unknown sub-command an unexpected argument; we know better.
  private static func checkCommandName(_ arguments: [String]) throws(UsageError) {
    // `svm help NAME` is `svm NAME --help`.
    let words = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
    guard let name = words.first, !name.hasPrefix("-") else { return }
    let names = RootCommand.commandNames
    guard !names.contains(name), name != MeasureCommand.name else { return }
    let hint =
      closestMatch(to: name, in: names).map { "did you mean \(MessageText.quoted($0))?" }
      ?? "the commands are \(names.dropLast().joined(separator: ", ")) and \(names.last ?? "")"
    throw UsageError("unknown command \(MessageText.quoted(name)); \(hint)")
  }

  /// Prints what has to be printed when a command ends early, and finds the exit status.
  private static func end(_ error: any Error, arguments: [String]) -> ExitStatus {
    switch error {
    case is ClosedPipe:
      return .done
    case let failure as CommandFailure:
      if !failure.description.isEmpty { Console.message(failure.description) }
      return failure.status
    case let usage as UsageError:
      return endUsage(usage.description, arguments: arguments)
    case let error as TableError where error.shortage != nil:
      Console.message("\(error)\(samplingHint(error, arguments))")
      return .failure
    case let error as TrainingError where error.reason == .memory || error.reason == .matrices:
      Console.message("\(error)\(samplingHint(error, arguments))")
      return .failure
    case let error as TrainingError where error.stopReason != nil:
      Console.message("\(error)")
      return Interrupts.shared.received.map { .interrupted(signal: $0) } ?? .notConverged
    case is TableError, is TabularError, is ModelFileError, is ModelExportError, is ModelError,
      is TrainingError, is DataSplitError, is CalibrationError, is EvaluationError, is PlaneError:
      Console.message("\(error)")
      return .badData
    case let error as MetricError:
      Console.message(error.sentence(arguments: arguments))
      return .badData
    case let error as SelectionError:
      if error == .stopped, let signal = Interrupts.shared.received {
        return .interrupted(signal: signal)
      }
      Console.message("\(error)")
      return error == .stopped ? .notConverged : .badData
    case let failure as OutputFileError:
      if failure.isClosedPipe { return .done }
      Console.message("\(failure)")
      return .failure
    default:
      return endParsing(error, arguments: arguments)
    }
  }

  /// What commands that train can do about too many rows.
  private static func samplingHint(_ error: any Error, _ arguments: [String]) -> String {
    // Another remedy means that not the rows are too many.
    if (error as? TableError)?.shortage?.remedy != nil { return "" }
    if (error as? TrainingError)?.reason == .memory { return "" }
    let takesSamples = ["train", "cv", "tune"].contains(arguments.first)
    return takesSamples && !arguments.contains { $0.hasPrefix("--subsample") }
      ? ", or take some of the rows with --subsample" : ""
  }

  /// `--help`, `--version`, and what the argument parser does not understand.
  private static func endParsing(_ error: any Error, arguments: [String]) -> ExitStatus {
    switch RootCommand.exitCode(for: error) {
    case .success:
      do {
        try Console.output(RootCommand.fullMessage(for: error) + "\n")
        return .done
      } catch {
        return end(error, arguments: arguments)
      }
    case .validationFailure:
      return endUsage(parserMessage(error, arguments), arguments: arguments)
    default:
      Console.message("\(error)")
      return .failure
    }
  }

  /// The argument parser's message: its first line, since others only guess at what else may have
  /// been meant, with a suggestion also for the options that the parser adds by itself.
  private static func parserMessage(_ error: any Error, _ arguments: [String]) -> String {
    let message = RootCommand.message(for: error).prefix { $0 != "\n" }
    let parts = message.split(separator: "'")
    if parts.count >= 2, parts[0] == "Unknown option ",
      let hint = LIBSVMOptions.hint(String(parts[1]), among: arguments)
    {
      return "Unknown option '\(parts[1])': \(hint)"
    }
    guard parts.count == 2, parts[0] == "Unknown option " else { return String(message) }
    let own = closestMatch(to: String(parts[1]), in: ["--help", "--version"])
    return message + (own.map { ". Did you mean '\($0)'?" } ?? "")
  }

  private static func endUsage(_ text: String, arguments: [String]) -> ExitStatus {
    Console.message(text)
    let command = arguments.first.flatMap { name in
      RootCommand.commandNames.contains(name) ? "svm \(name)" : nil
    }
    Console.message("See '\(command ?? "svm") --help'.")
    return .usage
  }
}
