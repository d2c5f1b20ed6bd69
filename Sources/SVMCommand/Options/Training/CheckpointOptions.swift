import ArgumentParser

/// Where a training saves its state, and the checkpoint that it continues from.
struct CheckpointOptions: ParsableArguments {
  @Option(
    name: .customLong("checkpoint"), parsing: .unconditional,
    help: ArgumentHelp(
      "Save the state of the training to a file at intervals, for --resume. (default: none)",
      valueName: "file"))
  var path: String?

  @Option(
    name: .customLong("checkpoint-interval"), parsing: .unconditional,
    help: ArgumentHelp(
      "The time between checkpoints. (default: 60s)", valueName: "time"))
  var interval: String?

  @Option(
    name: .customLong("resume"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Continue from a checkpoint, with the data and options that it was written with; the final \
      model is identical to that of an uninterrupted run. (default: none)
      """,
      valueName: "file"))
  var resume: String?
}
