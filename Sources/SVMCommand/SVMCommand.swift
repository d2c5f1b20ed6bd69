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
import Transport

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
      try CommandRanks.start(arguments)
    } catch {
      let ending = ending(error, arguments: arguments)
      // Where all have failed alike, the first has said so by then, and its end is that of the others.
      if !CommandRanks.current.isFirst { CurrentProcess.pause(for: .milliseconds(900)) }
      ending.messages.forEach(Console.alarm)
      return ending.code
    }
    let ranks = CommandRanks.current
    let ending = ranks.end(run(arguments))
    ending.messages.forEach(Console.message)
    ranks.finish()
    return ending.code
  }

  /// Runs the command on this process.
  private static func run(_ arguments: [String]) -> Ending {
    do {
      try checkCommandName(arguments)
      try LIBSVMOptions.check(arguments)
      var command = try RootCommand.parseAsRoot(arguments)
      if CommandRanks.current.isFirst || command is any RankedCommand { try command.run() }
      return Ending(.done)
    } catch {
      return ending(error, arguments: arguments)
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

  /// What has to be printed when a command ends early, and the exit status.
  private static func ending(_ error: any Error, arguments: [String]) -> Ending {
    switch error {
    case is ClosedPipe:
      return Ending(.done)
    case let failure as CommandFailure:
      return Ending(failure.status, failure.description.isEmpty ? [] : [failure.description])
    case let usage as UsageError:
      return usageEnding(usage.description, arguments: arguments)
    case let error as TransportError:
      return Ending(.failure, [error.description], isOwnFailure: false)
    case let error as TableError where error.shortage != nil:
      return Ending(.failure, ["\(error)\(samplingHint(error, arguments))"])
    case let error as TrainingError where error.reason == .memory || error.reason == .matrices:
      return Ending(.failure, ["\(error)\(samplingHint(error, arguments))"])
    case let error as TrainingError where error.stopReason != nil:
      return Ending(
        Interrupts.shared.received.map { .interrupted(signal: $0) } ?? .notConverged, ["\(error)"])
    case is TableError, is TabularError, is ModelFileError, is ModelExportError, is ModelError,
      is TrainingError, is DataSplitError, is CalibrationError, is EvaluationError, is PlaneError:
      return Ending(
        .badData, ["\(error)"],
        isOwnFailure: (error as? TrainingError)?.isUnreachable != true
          && (error as? TableError)?.isUnreachable != true)
    case let error as MetricError:
      return Ending(.badData, [error.sentence(arguments: arguments)])
    case let error as SelectionError:
      if error == .stopped, let signal = Interrupts.shared.received {
        return Ending(.interrupted(signal: signal))
      }
      return Ending(error == .stopped ? .notConverged : .badData, ["\(error)"])
    case let failure as OutputFileError:
      return failure.isClosedPipe ? Ending(.done) : Ending(.failure, ["\(failure)"])
    default:
      return parsingEnding(error, arguments: arguments)
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
  private static func parsingEnding(_ error: any Error, arguments: [String]) -> Ending {
    switch RootCommand.exitCode(for: error) {
    case .success:
      do {
        try Console.output(RootCommand.fullMessage(for: error) + "\n")
        return Ending(.done)
      } catch {
        return ending(error, arguments: arguments)
      }
    case .validationFailure:
      return usageEnding(parserMessage(error, arguments), arguments: arguments)
    default:
      return Ending(.failure, ["\(error)"])
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

  private static func usageEnding(_ text: String, arguments: [String]) -> Ending {
    let command = arguments.first.flatMap { name in
      RootCommand.commandNames.contains(name) ? "svm \(name)" : nil
    }
    return Ending(.usage, [text, "See '\(command ?? "svm") --help'."])
  }
}
