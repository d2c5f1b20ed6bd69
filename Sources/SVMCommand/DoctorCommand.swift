import ArgumentParser
import LinearAlgebra
import Tables

/// `svm doctor`: is BLAS as fast as the processor allows?
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Show how fast this machine's linear algebra is, and why.",
    discussion: """
      An OpenBLAS that is older than the processor may choose kernels for a far older one,
      silently. svm repairs that inside its own process; this command measures matrix products
      without and with the repair, each in a process of its own.
      """)

  mutating func run() async throws {
    let status = BLASRuntime.prepare()
    try Console.output(Text.aligned(Self.libraryLines(status)))
    let after = try MeasureCommand.inChild(repairing: true)
    let before = status.isRepaired ? try MeasureCommand.inChild(repairing: false) : nil
    try Console.output("\n" + Self.speedTable(status, before: before, after: after))
    try Console.output("\n" + Self.verdict(status, before: before, after: after) + "\n")
  }

  private static func libraryLines(
    _ status: BLASRuntime.Status
  ) -> [(label: String, value: String)] {
    let core =
      status.isRepaired
      ? "\(status.coreAfter ?? "unknown") (OpenBLAS had chosen \(status.coreBefore ?? "unknown"))"
      : status.coreAfter ?? "unknown"
    let processors = Machine.processorCount
    return [
      ("version", SVMCommand.version),
      ("BLAS", status.configuration ?? "not an OpenBLAS"),
      ("  products from", status.blasLibrary ?? "unknown"),
      ("  LAPACK from", status.lapackLibrary ?? "unknown"),
      ("  LAPACKE from", status.lapackeLibrary ?? "unknown"),
      ("processor", "kernels for \(status.supportedCore ?? "an unknown core") are the best it runs"),
      ("core", core),
      ("OPENBLAS_CORETYPE", status.coreSetting ?? "not set"),
      (
        "threads",
        "\(Text.count(processors, "processor")); svm computes on all of them, "
          + "\(Text.count(status.threads ?? 1, "thread")) in each BLAS call"
      ),
    ]
  }

  private static func speedTable(
    _ status: BLASRuntime.Status, before: ProductSpeed?,
    after: ProductSpeed
  ) -> String {
    func row(_ label: String, _ core: String?, _ speed: ProductSpeed) -> [String] {
      [label, core ?? "", Text.fixed(speed.single, 1), Text.fixed(speed.double, 1)]
    }
    var rows: [[String]] = []
    if let before {
      rows.append(row("as OpenBLAS chose", status.coreBefore, before))
      rows.append(row("repaired", status.coreAfter, after))
      rows.append([
        "ratio", "", Text.fixed(after.single / before.single, 1),
        Text.fixed(after.double / before.double, 1),
      ])
    } else {
      rows.append(row("as it runs", status.coreAfter, after))
    }
    return Text.table(
      header: ["GFLOP/s on one thread", "core", "single", "double"], rows: rows, leftAligned: 2)
  }

  /// One sentence: all is well, was put right, or what can be done.
  static func verdict(
    _ status: BLASRuntime.Status, before: ProductSpeed?,
    after: ProductSpeed
  ) -> String {
    if let before {
      let ratio = Text.fixed(after.single / before.single, 1)
      return "OpenBLAS chose the wrong core. svm has repaired that, for \(ratio) times the speed."
    }
    guard status.isBelowProcessor, let supported = status.supportedCore else {
      return "BLAS runs kernels that fit the processor."
    }
    if let setting = status.coreSetting {
      return "OPENBLAS_CORETYPE=\(MessageText.plain(setting)) is respected, though the processor "
        + "runs \(supported) kernels. Unset it to go faster."
    }
    return "BLAS runs kernels for a lesser processor, and this library cannot be switched from "
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
struct MeasureCommand: AsyncParsableCommand {
  static let name = "measure-blas"

  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Measure matrix products: GFLOP/s in single and double precision.",
    shouldDisplay: false)

  @Flag(help: "Leave the core as OpenBLAS chose it.")
  var unrepaired = false

  mutating func run() async throws {
    BLASRuntime.prepare(repairingCore: !unrepaired)
    let speed = try BLASRuntime.measureProducts()
    try Console.output("\(speed.single) \(speed.double)\n")
  }

  /// Runs this command in a child process.
  static func inChild(repairing: Bool) throws -> ProductSpeed {
    let output = try ChildProcess.output([name] + (repairing ? [] : ["--unrepaired"]))
    let figures = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard figures.count == 2 else {
      throw CommandFailure(
        .failure, "the measuring child process printed \(MessageText.quoted(output))")
    }
    return ProductSpeed(single: figures[0], double: figures[1])
  }
}
