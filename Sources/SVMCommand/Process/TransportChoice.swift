import ArgumentParser
import Basics
import Transport

/// How a command finds the other processes that were started with it.
enum TransportChoice: Equatable {
  /// By what the environment says of mpirun or srun.
  case automatic
  /// Not at all.
  case alone
  /// Through a file that `make mpi` built.
  case library(String)

  private static let option = "--transport"

  /// Reads the option's value.
  init(_ text: String) throws(UsageError) {
    switch text {
    case "auto": self = .automatic
    case "none": self = .alone
    default:
      guard text.hasPrefix("mpi:"), text.count > 4 else {
        throw UsageError(
          option: Self.option,
          "expected auto, none or mpi:FILE, but is \(MessageText.quoted(text))")
      }
      self = .library(String(text.dropFirst(4)))
    }
  }

  /// Looks for the option among arguments that nobody has parsed yet.
  init(arguments: [String]) throws(UsageError) {
    self = .automatic
    for (place, argument) in arguments.enumerated() {
      if argument.hasPrefix(Self.option + "=") {
        self = try Self(String(argument.dropFirst(Self.option.count + 1)))
      } else if argument == Self.option, place + 1 < arguments.count {
        self = try Self(arguments[place + 1])
      }
    }
  }
}

/// How ranks reach each other, as an option.
struct TransportOption: ParsableArguments {
  @Option(
    name: .customLong("transport"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      How processes that mpirun or srun started together reach each other: auto (through \
      svm_mpi.so, which 'make mpi' builds), mpi:FILE (through this file) or none (each works alone).
      """, valueName: "way"))
  var transport = "auto"
}

/// A command that ranks carry out together; others run on the first of them alone.
protocol RankedCommand {}

/// The library through which ranks reach MPI.
enum TransportLibrary {
  static let name = "svm_mpi.so"

  /// Where it is looked for, in this order: beside the command, in `../lib/svm`, where `make install` puts
  /// it, and in `../../mpi`, where `make mpi` puts it for the command in `.build`.
  static var places: [String] {
    let program = CurrentProcess.executablePath ?? CurrentProcess.programName
    let folder = program.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    return ["", "../lib/svm/", "../../mpi/"].map { "\(folder)/\($0)\(name)" }
  }

  /// The first place that has it, or `nil`.
  static var found: String? { places.first { FileStatus.exists($0) } }

  /// The library for a process that was started with others.
  ///
  /// - Throws: ``CommandFailure`` when it is nowhere.
  static func path(for environment: RankEnvironment) throws(CommandFailure) -> String {
    if let found { return found }
    throw CommandFailure(
      .failure,
      "this is one of \(environment.size) processes that were started together, but \(name), through "
        + "which they reach each other, is neither beside svm nor in ../lib/svm; 'make mpi' builds it, "
        + "--transport mpi:FILE says where it is, and --transport none lets each work alone")
  }
}
