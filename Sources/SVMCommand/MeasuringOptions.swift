import ArgumentParser

/// How the model is measured.
struct HoldoutOptions: ParsableArguments {
  @Option(
    name: .customLong("holdout"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Measure on this share of the rows, held out; the final model is then trained on all rows. \
      (default: none)
      """, valueName: "share"))
  var holdout: String?

  @Option(
    name: .customLong("seed"), parsing: .unconditional,
    help: ArgumentHelp("Chooses which rows are held out or sampled.", valueName: "n"))
  var seed = "0"
}
