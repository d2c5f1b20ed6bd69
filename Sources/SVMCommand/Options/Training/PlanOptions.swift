import ArgumentParser
import Basics
import Tables
import TabularModels

/// The options of `svm plan` besides those of a training.
enum PlanOptions {
  /// How large the problem is.
  struct Size: ParsableArguments {
    @Option(
      name: .customLong("rows"), parsing: .unconditional,
      help: ArgumentHelp(
        "Number of rows, such as 250000 or 1e6. (default: those of the data)", valueName: "n"))
    var rows: String?

    @Option(
      name: .customLong("features"), parsing: .unconditional,
      help: ArgumentHelp(
        "Number of features, where no data is given.", valueName: "d"))
    var features: String?

    @Option(
      name: .customLong("density"), parsing: .unconditional,
      help: ArgumentHelp(
        "Share of the features of a row that are not 0, where no data is given; below 1 they are stored sparsely. (default: 1)",
        valueName: "share"))
    var density: String?

    @Option(
      name: .customLong("classes"), parsing: .unconditional,
      help: ArgumentHelp(
        "Number of classes of equal size, where no data is given. (default: 2)", valueName: "k"))
    var classes: String?

    @Option(
      name: .customLong("support-vectors"), parsing: .unconditional,
      help: ArgumentHelp(
        "Share of the rows that become support vectors: a rough guess is 1.5 times the error rate. (default: by formulation, 0.3 for c-svc)",
        valueName: "share"))
    var supportVectors: String?
  }

  /// The size of a problem, checked.
  struct Checked {
    var rowCount: Int?
    var featureCount: Int?
    var density: Double
    var classCount: Int
    var supportShare: Double?
  }

  /// Where it runs.
  struct Machines: ParsableArguments {
    @Option(
      name: .customLong("ranks"), parsing: .unconditional,
      help: ArgumentHelp("Number of ranks, one on each machine.", valueName: "p"))
    var ranks = "1"

    @Option(
      name: .customLong("network"), parsing: .unconditional,
      help: ArgumentHelp(
        "Bits that a machine sends in a second, such as 1G or 25G.", valueName: "rate"))
    var network = "10G"

    @Option(
      name: .customLong("latency"), parsing: .unconditional,
      help: ArgumentHelp(
        "Time that an empty message takes, such as 50us or 1ms.", valueName: "time"))
    var latency = "50us"

    @Option(
      name: .customLong("speed"), parsing: .unconditional,
      help: ArgumentHelp(
        "Speed of a thread relative to the reference machine: this machine if data is given, otherwise one from 2023.",
        valueName: "factor"))
    var speed = "1"
  }
}

extension PlanOptions.Size {
  /// More than this are not counted in an Int, as squares.
  private static let largestCount = 1_000_000_000_000

  /// Checks the options.
  ///
  /// - Parameter hasData: Whether the rows come from data, which then says how wide they are.
  /// - Returns: The size.
  /// - Throws: ``UsageError`` that names the option.
  func checked(hasData: Bool) throws(UsageError) -> PlanOptions.Checked {
    let own = [
      ("--features", features), ("--density", density), ("--classes", classes),
    ]
    if hasData, let option = own.first(where: { $0.1 != nil })?.0 {
      throw UsageError(option: option, "cannot be given together with data, which says it")
    }
    if !hasData {
      for (option, value) in [("--rows", rows), ("--features", features)] where value == nil {
        throw UsageError(option: option, "is missing; give it, or data to count")
      }
    }
    return PlanOptions.Checked(
      rowCount: try rows.map { text throws(UsageError) in
        try OptionValue.count("--rows", text, in: 1...Self.largestCount)
      },
      featureCount: try features.map { text throws(UsageError) in
        try OptionValue.count("--features", text, in: 1...Int(Int32.max))
      },
      density: try Self.share("--density", density) ?? 1,
      classCount: try classes.map { text throws(UsageError) in
        try OptionValue.wholeNumber("--classes", text, in: 2...100_000)
      } ?? 2,
      supportShare: try Self.share("--support-vectors", supportVectors))
  }

  private static func share(_ option: String, _ text: String?) throws(UsageError) -> Double? {
    guard let text else { return nil }
    let value = try OptionValue.number(option, text, in: .positive)
    guard value <= 1 else {
      throw UsageError(option: option, "must be greater than 0 and at most 1, but is \(text)")
    }
    return value
  }
}

extension PlanOptions.Machines {
  /// The machines.
  ///
  /// - Parameter control: The threads and the memory of each.
  /// - Returns: The machines and their network.
  /// - Throws: ``UsageError`` that names the option.
  func cluster(_ control: RunControl) throws(UsageError) -> TrainingCostModel.Cluster {
    TrainingCostModel.Cluster(
      rankCount: try OptionValue.count(
        "--ranks", ranks, in: 1...TrainingCostModel.largestRankCount),
      threadCount: control.threads ?? Machine.processorCount, memoryLimit: control.memoryLimit,
      bitsPerSecond: try Self.rate("--network", network),
      latency: try Self.seconds("--latency", latency))
  }

  /// The value of `--speed`.
  var speedFactor: Double {
    get throws(UsageError) { try OptionValue.number("--speed", speed, in: .positive) }
  }

  /// Bits a second; k, M, G and T are powers of 1000.
  private static func rate(_ option: String, _ text: String) throws(UsageError) -> Double {
    let units: [Character: Double] = ["k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12]
    var digits = text.lowercased()
    for ending in ["bit/s", "bits", "bit", "bps"] where digits.hasSuffix(ending) {
      digits.removeLast(ending.count)
      break
    }
    var unit = 1.0
    if let last = digits.last, let factor = units[last] {
      unit = factor
      digits.removeLast()
    }
    guard let value = Double(digits), digits.first?.isNumber == true, value.isFinite,
      value * unit >= 1000, value * unit <= 1e15
    else {
      throw UsageError(
        option: option,
        "must be a rate such as 1G or 100M bits a second, but is \(MessageText.quoted(text))")
    }
    return value * unit
  }

  /// A time, also in microseconds.
  private static func seconds(_ option: String, _ text: String) throws(UsageError) -> Double {
    for ending in ["us", "µs"] where text.hasSuffix(ending) {
      if let value = Double(text.dropLast(ending.count)), value >= 0, value.isFinite {
        return value * 1e-6
      }
    }
    if Double(text) == 0 { return 0 }
    return try OptionValue.duration(option, text, examples: "50us or 1ms") / .seconds(1)
  }
}
