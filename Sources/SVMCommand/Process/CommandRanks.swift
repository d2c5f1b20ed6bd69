import Basics
import FoundationEssentials
import SupportVectors
import Synchronization
import Tables
import Transport

/// The processes that mpirun or srun has started to carry out one command together, or this process alone.
///
/// Every rank runs the command. The first alone prints and writes: ``Console`` and ``OutputPlace`` see to
/// that, so that no command has to.
final class CommandRanks: Sendable {
  /// Those of this process, which is alone until ``start(_:)`` has found others.
  static var current: CommandRanks { held.withLock { $0 } }

  private static let held = Mutex(CommandRanks(nil, rank: 0, size: 1))

  /// How they reach each other; `nil` when this process is alone.
  let transport: MPITransport?
  /// This process, from 0.
  let rank: Int
  /// Their number.
  let size: Int

  private init(_ transport: MPITransport?, rank: Int, size: Int) {
    (self.transport, self.rank, self.size) = (transport, rank, size)
  }

  /// Whether this process prints and writes.
  var isFirst: Bool { rank == 0 }

  /// Finds out whether there are others, and joins them.
  ///
  /// - Parameter arguments: The arguments of the command: `--transport` is looked for before anything else,
  ///   so that a mistake in the others is reported once.
  /// - Throws: ``UsageError`` or ``CommandFailure`` when the others cannot be reached.
  static func start(_ arguments: [String]) throws {
    // A process that a rank has started to measure something is none.
    guard arguments.first != MeasureCommand.name else { return }
    let environment = RankEnvironment(ProcessInfo.processInfo.environment)
    let choice = try TransportChoice(arguments: arguments)
    guard choice != .alone else { return }
    if let environment {
      held.withLock { $0 = CommandRanks(nil, rank: environment.rank, size: environment.size) }
    }
    let library: String
    switch (choice, environment) {
    case (.library(let path), _): library = path
    case (_, let environment?): library = try TransportLibrary.path(for: environment)
    case (_, nil): return
    }
    let transport: MPITransport
    do throws(TransportError) {
      transport = try MPITransport(library: library)
    } catch {
      throw CommandFailure(.failure, error.description)
    }
    held.withLock { $0 = CommandRanks(transport, rank: transport.rank, size: transport.size) }
    guard let environment, environment.size != transport.size else { return }
    throw CommandFailure(
      .failure,
      "\(environment.size) processes were started together, but MPI knows \(transport.size) of "
        + "them; start them by the mpirun of the MPI that \(MessageText.plain(library)) was built "
        + "with (srun may need --mpi=pmix), or train alone with --transport none")
  }

  /// Ends what this process does with the others, wherever these are.
  ///
  /// - Parameter ending: How this process ends.
  /// - Returns: How all end: as the first rank that failed, which is named if others went on.
  func end(_ ending: Ending) -> Ending {
    guard let transport else { return ending }
    // Of a rank that ended in good order, as for a reader that has seen enough, the others hear this way.
    let isLeft = transport.isEnded && !ending.isOwnFailure
    let place = MessageText.rank(rank, host: CurrentProcess.hostName)
    let report = transport.end(ending.isOwnFailure ? ending.bytes(place: place) : nil)
    return report.flatMap { Ending($0, showsPlace: transport.cutsOthersShort) }
      ?? (isLeft ? Ending(.done) : ending)
  }

  /// Ends the connection; the last thing that a rank does.
  func finish() { transport?.finish() }

  /// Waits until all are here.
  ///
  /// - Throws: `TransportError` when one is not.
  func meet() throws { try transport?.barrier() }

  /// The largest of a number over all ranks.
  ///
  /// - Throws: `TransportError` when a rank does not answer.
  func largest(_ value: Double) throws -> Double {
    try transport?.allReduceMaxima([value])[0] ?? value
  }
}

extension TrainingError {
  /// Whether another rank is why this one cannot continue.
  var isUnreachable: Bool {
    if case .kernel(let error) = reason { error.reason == .unreachable } else { false }
  }
}

extension TableError {
  /// Whether another rank is why this one cannot continue.
  var isUnreachable: Bool { if case .unreachable = reason { true } else { false } }
}

/// How the command ends: with a status, and a message for each line.
struct Ending {
  /// The status of the process.
  let code: Int32
  /// What is printed to standard error.
  let messages: [String]
  /// Whether this process failed, and not because another did.
  let isOwnFailure: Bool

  /// Describes an end.
  init(_ status: ExitStatus, _ messages: [String] = [], isOwnFailure: Bool = true) {
    code = status.code
    self.messages = messages
    self.isOwnFailure = isOwnFailure && status != .done
  }

  /// The end as another rank reads it.
  ///
  /// - Parameter place: The name of this rank.
  /// - Returns: The bytes of its status, its name and its messages.
  func bytes(place: String) -> [UInt8] {
    ByteWriter.bytes { writer in
      writer.append(code)
      writer.append(([place] + messages).joined(separator: "\n"))
    }
  }

  /// The end of another rank; `nil` when it cannot be read.
  ///
  /// - Parameters:
  ///   - bytes: What ``bytes(place:)`` gave there.
  ///   - showsPlace: Whether to name that rank.
  init?(_ bytes: [UInt8], showsPlace: Bool) {
    var reader = ByteReader(bytes)
    do throws(TransportError) {
      code = try reader.integer32()
      var lines = try reader.text().split(separator: "\n").map(String.init)
      let place = lines.isEmpty ? "" : lines.removeFirst()
      if showsPlace, let first = lines.first { lines[0] = "\(place): \(first)" }
      messages = lines
    } catch {
      return nil
    }
    isOwnFailure = false
  }
}
