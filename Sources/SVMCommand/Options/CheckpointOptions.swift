import ArgumentParser

/// Where a training keeps how far it is, and where it goes on from.
struct CheckpointOptions: ParsableArguments {
  @Option(
    name: .customLong("checkpoint"), parsing: .unconditional,
    help: ArgumentHelp(
      "Write where the training stands to a file now and then, for --resume.", valueName: "file"))
  var path: String?

  @Option(
    name: .customLong("checkpoint-interval"), parsing: .unconditional,
    help: ArgumentHelp(
      "The time from one checkpoint to the next. (default: 60s)", valueName: "time"))
  var interval: String?

  @Option(
    name: .customLong("resume"), parsing: .unconditional,
    help: ArgumentHelp(
      "Go on from a checkpoint; data and options are those it was written with.",
      valueName: "file"))
  var resume: String?
}
