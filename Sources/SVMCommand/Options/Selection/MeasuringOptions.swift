import ArgumentParser
import ModelSelection

/// How the model is measured.
struct MeasuringOptions: ParsableArguments {
  @Option(
    name: .customLong("holdout"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Hold out this share of the rows and measure on them; the final model is then trained on all \
      rows. (default: none)
      """, valueName: "share"))
  var holdout: String?

  @Option(
    name: .customLong("cv"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Estimate the metrics by k-fold cross-validation (svm cv shows more detail); the model is \
      trained on all rows. (default: none)
      """, valueName: "k"))
  var foldCount: String?

  @Option(
    name: .customLong("seed"), parsing: .unconditional,
    help: ArgumentHelp(
      "Seed for the choice of held-out and sampled rows. (default: 0)", valueName: "n"))
  var seed: String?

  /// The folds of a cross-validation, if one was requested.
  var folds: FoldPlan? {
    get throws(UsageError) {
      guard let foldCount else { return nil }
      guard holdout == nil else {
        throw UsageError(option: "--cv", "cannot be given together with --holdout")
      }
      return FoldPlan(count: try OptionValue.wholeNumber("--cv", foldCount, in: 2...100_000))
    }
  }
}
