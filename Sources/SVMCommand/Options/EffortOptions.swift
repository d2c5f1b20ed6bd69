import ArgumentParser

/// How much memory may be taken.
struct MemoryOption: ParsableArguments {
  @Option(
    name: .customLong("memory"), parsing: .unconditional,
    help: ArgumentHelp(
      "Ceiling for the rows with their features, and again for what trains on them.",
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
      "Number of threads; the result is the same. (default: one on each core)", valueName: "n"))
  var threads: String?

  @OptionGroup var memory: MemoryOption

  @Option(
    name: .customLong("precision"), parsing: .unconditional,
    help: ArgumentHelp("Kernel products: auto, single or double.", valueName: "name"))
  var precision = "auto"

  @Flag(
    name: .customLong("certify"),
    help: "Recompute the certificate in double precision at the end.")
  var certify = false

  @Option(
    name: .customLong("max-iterations"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Stop each problem after so many pairs were moved; more than the default raises the limit. \
      (default: 10 million, or 100 for each dual variable where that is more)
      """, valueName: "n"))
  var maximumIterations: String?

  @Option(
    name: .customLong("time-limit"), parsing: .unconditional,
    help: ArgumentHelp("Stop after a time such as 30s or 1h30m. (default: none)", valueName: "time")
  )
  var timeLimit: String?
}
