import ArgumentParser
import Basics
import LinearAlgebra
import Tables

/// `svm doctor`: whether BLAS is as fast as the processor allows.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show how fast this machine's linear algebra is, and why.",
    discussion: """
      An OpenBLAS that is older than the processor may silently choose kernels for a much older \
      one. svm corrects that within its own process; this command measures matrix products without \
      and with the correction, each in a separate process.
      """)

  @OptionGroup(title: "EFFORT") var transport: TransportOption

  mutating func run() throws {
    let status = BLASRuntime.prepared()
    try Console.output(Text.aligned(Self.libraryLines(status)))
    let comparison = try Comparison(status)
    try Console.output("\n" + comparison.table + "\n" + comparison.verdict + "\n")
  }

  private static func libraryLines(
    _ status: BLASRuntime.Status
  ) -> [(label: String, value: String)] {
    let core =
      status.isRepaired
      ? "\(status.coreAfter ?? "unknown") (OpenBLAS had chosen \(status.coreBefore ?? "unknown"))"
      : status.coreAfter ?? "unknown"
    return [
      ("version", SVMCommand.version),
      ("BLAS", status.configuration ?? "not an OpenBLAS"),
      ("  products from", status.blasLibrary ?? "unknown"),
      ("  LAPACK from", status.lapackLibrary ?? "unknown"),
      ("  LAPACKE from", status.lapackeLibrary ?? "unknown"),
      (
        "processor", "runs kernels for \(status.supportedCore ?? "an unknown core") or older"
      ),
      ("core", core),
      ("OPENBLAS_CORETYPE", status.coreSetting ?? "not set"),
      (
        "threads",
        "\(processorWords), "
          + "\(Text.count(status.threads ?? 1, "thread")) in each BLAS call"
      ),
    ] + rankLines
  }

  /// How many processors are used, of those that there are.
  private static var processorWords: String {
    let processors = Processors(environment: CurrentProcess.variable)
    let count = Machine.processorCount
    return processors.isPartial
      ? "svm computes on \(Text.count(count, "processor")), its part of the machine's"
      : "\(Text.count(count, "processor")); svm computes on all of them"
  }

  /// Whether there are other processes, and whether they could be reached.
  private static var rankLines: [(label: String, value: String)] {
    let ranks = CommandRanks.current
    let library =
      TransportLibrary.found.map(MessageText.plain)
      ?? "not beside svm nor in ../lib/svm; 'make mpi' builds it"
    return [
      (
        "ranks",
        ranks.size == 1
          ? "this process is alone; 'mpirun -n 4 svm train DATA' trains on four" : "\(ranks.size)"
      ),
      ("  \(TransportLibrary.name)", library),
    ]
  }
}

/// The speed of BLAS as svm runs it, next to how fast it would be otherwise.
struct Comparison {
  let status: BLASRuntime.Status
  /// As svm runs it.
  let present: ProductSpeed
  /// Without the repair, when there was one.
  let unrepaired: ProductSpeed?
  /// Without the user's setting, when that chose a lesser core.
  let unset: ProductSpeed?

  /// Measures, each in a child process.
  init(_ status: BLASRuntime.Status) throws {
    self.status = status
    unrepaired = status.isRepaired ? try MeasureCommand.inChild(repairing: false) : nil
    present = try MeasureCommand.inChild()
    unset =
      status.coreSetting != nil && status.isBelowProcessor
      ? try MeasureCommand.inChild(ignoringSetting: true) : nil
  }

  /// What is compared: the slower and the faster one, if there are two.
  private var ends: (slow: ProductSpeed, fast: ProductSpeed)? {
    if let unrepaired { return (unrepaired, present) }
    return unset.map { (present, $0) }
  }

  var table: String {
    func row(_ label: String, _ core: String?, _ speed: ProductSpeed) -> [String] {
      [label, core ?? "", Text.fixed(speed.single, 1), Text.fixed(speed.double, 1)]
    }
    var rows: [[String]] = []
    if let unrepaired { rows.append(row("as OpenBLAS chose", status.coreBefore, unrepaired)) }
    let label =
      status.isRepaired ? "repaired" : status.coreSetting == nil ? "as it runs" : "as set"
    rows.append(row(label, status.coreAfter, present))
    if let unset { rows.append(row("without the setting", nil, unset)) }
    if let ends {
      rows.append([
        "ratio", "", Text.fixed(ends.fast.single / ends.slow.single, 1),
        Text.fixed(ends.fast.double / ends.slow.double, 1),
      ])
    }
    return Text.table(
      header: ["GFLOP/s on one thread", "core", "single", "double"], rows: rows, leftAligned: 2)
  }

  /// One sentence: all is well, was put right, or what can be done.
  var verdict: String {
    let ratio = ends.map { Text.fixed($0.fast.single / $0.slow.single, 1) } ?? ""
    if status.isRepaired {
      return "OpenBLAS chose the wrong core; svm corrects that and runs \(ratio) times as fast."
    }
    guard status.isBelowProcessor, let supported = status.supportedCore else {
      return "BLAS runs kernels that fit the processor."
    }
    if let setting = status.coreSetting {
      return "OPENBLAS_CORETYPE=\(MessageText.plain(setting)) is respected. "
        + "Unset it to run \(ratio) times as fast."
    }
    return "BLAS runs kernels for an older processor, and this library cannot be switched from "
      + "inside.\nSet the environment variable OPENBLAS_CORETYPE=\(supported), or install a newer "
      + "OpenBLAS."
  }
}

/// Billions of floating-point operations per second in matrix products.
struct ProductSpeed {
  var single: Double
  var double: Double
}

/// `svm measure-blas`: what `doctor` runs in a child process; not shown by `--help`.
struct MeasureCommand: ParsableCommand {
  static let name = "measure-blas"

  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Measure matrix products: GFLOP/s in single and double precision.",
    shouldDisplay: false)

  @Flag(help: "Leave the core as OpenBLAS chose it.")
  var unrepaired = false

  mutating func run() throws {
    BLASRuntime.prepare(repairingCore: !unrepaired)
    let speed = try BLASRuntime.measureProducts()
    try Console.output("\(speed.single) \(speed.double)\n")
  }

  /// Runs this command in a child process.
  ///
  /// - Parameters:
  ///   - repairing: Whether the child repairs the core.
  ///   - ignoringSetting: Whether the child is started without `OPENBLAS_CORETYPE`, which OpenBLAS
  ///     reads when it is loaded.
  /// - Returns: What the child measured.
  /// - Throws: ``CommandFailure``.
  static func inChild(repairing: Bool = true, ignoringSetting: Bool = false) throws -> ProductSpeed
  {
    let output = try ChildProcess.output(
      [name] + (repairing ? [] : ["--unrepaired"]),
      withoutVariable: ignoringSetting ? "OPENBLAS_CORETYPE" : nil)
    let figures = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard figures.count == 2 else {
      throw CommandFailure(
        .failure, "the measuring child process printed \(MessageText.quoted(output))")
    }
    return ProductSpeed(single: figures[0], double: figures[1])
  }
}
