import ArgumentParser
import ModelSelection

/// How the model is measured.
struct MeasuringOptions: ParsableArguments {
  @Option(
    name: .customLong("holdout"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Measure on this share of the rows, held out; the final model is then trained on all rows. \
      (default: none)
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
    help: ArgumentHelp("Seed for the choice of rows that are held out or sampled.", valueName: "n"))
  var seed = "0"

  /// The folds of a cross-validation, if one was asked for.
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
