import ArgumentParser
import Kernels
import TabularModels

/// How much memory may be taken.
struct MemoryOption: ParsableArguments {
  @Option(
    name: .customLong("memory"), parsing: .unconditional,
    help: ArgumentHelp(
      "Memory limit for the rows with their features, and again for training on them.",
      valueName: "size"))
  var size = "2G"

  /// The least value that makes sense.
  private static let least = 16 << 20

  /// The number of bytes, checked.
  var bytes: Int {
    get throws(UsageError) { try OptionValue.bytes("--memory", size, atLeast: Self.least) }
  }
}

/// How the problem is solved, and for how long.
struct EffortOptions: ParsableArguments {
  @Option(
    name: .customLong("threads"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Number of threads; the result does not depend on it. (default: one on each core that the process may \
      use; ranks on one machine divide its cores, unless they are bound to some)
      """,
      valueName: "n"))
  var threads: String?

  @OptionGroup var memory: MemoryOption
  @OptionGroup var transport: TransportOption

  @Option(
    name: .customLong("precision"), parsing: .unconditional,
    help: ArgumentHelp(
      "Precision of kernel products: auto, single or double. (default: auto)", valueName: "name"))
  var precision: String?

  @Flag(
    name: .customLong("certify"),
    help: "Recompute the certificate in double precision at the end.")
  var certify = false

  @Option(
    name: .customLong("max-iterations"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Maximum number of solver steps for each binary problem; more than the default raises the limit. \
      (default: 10 million, or 100 for each dual variable where that is more)
      """, valueName: "n"))
  var maximumIterations: String?

  @Option(
    name: .customLong("time-limit"), parsing: .unconditional,
    help: ArgumentHelp("Time limit, such as 30s or 1h30m. (default: none)", valueName: "time")
  )
  var timeLimit: String?
}

extension EffortOptions {
  /// Larger values are almost certainly typing errors.
  private static let maximumThreads = 1024

  /// The value of `--threads`; `nil` is one on each core.
  static func threadCount(_ text: String?) throws(UsageError) -> Int? {
    try text.map { text throws(UsageError) in
      try OptionValue.wholeNumber("--threads", text, in: 1...maximumThreads)
    }
  }

  /// Options whose effect depends on the formulation.
  var explicitOptions: [String] { maximumIterations == nil ? [] : ["--max-iterations"] }

  /// Checks the options and puts those that were given where they belong.
  func apply(
    to configuration: inout TrainingConfiguration, _ control: inout RunControl
  ) throws(UsageError) {
    control.threads = try Self.threadCount(threads)
    control.memoryLimit = try memory.bytes
    control.timeLimit = try timeLimit.map { text throws(UsageError) in
      try OptionValue.duration("--time-limit", text)
    }
    if let precision {
      configuration.precision = try OptionValue.choice(
        "--precision", precision, amongCasesOf: Precision.self)
    }
    if certify { configuration.certify = true }
    if let maximumIterations {
      configuration.maximumIterations = try OptionValue.wholeNumber(
        "--max-iterations", maximumIterations, in: 1...Int.max)
    }
  }
}
