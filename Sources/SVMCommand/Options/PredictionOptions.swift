import ArgumentParser
import Kernels
import Tables

/// In what precision a model is evaluated.
struct PredictionPrecisionOption: ParsableArguments {
  @Option(
    name: .customLong("precision"), parsing: .unconditional,
    help: ArgumentHelp(
      "Kernel products: auto, single or double. (default: as trained)", valueName: "name"))
  var precision: String?

  /// The option, checked.
  var checked: Precision? {
    get throws(UsageError) {
      try precision.map { text throws(UsageError) in
        try OptionValue.choice("--precision", text, amongCasesOf: Precision.self)
      }
    }
  }
}

/// What becomes of categories that training did not see.
struct UnseenOption: ParsableArguments {
  @Option(
    name: .customLong("unseen"), parsing: .unconditional,
    help: ArgumentHelp(
      "Categories that training did not see: error or ignore. (default: what training said)",
      valueName: "policy"))
  var policy: String?

  /// The option, checked.
  var checked: UnseenCategoryPolicy? {
    get throws(UsageError) {
      try policy.map { text throws(UsageError) in
        try OptionValue.choice("--unseen", text, amongCasesOf: UnseenCategoryPolicy.self)
      }
    }
  }
}

/// How much the rows count that a model is measured on.
struct WeightOption: ParsableArguments {
  @Option(
    name: .customLong("weight-column"), parsing: .unconditional,
    help: ArgumentHelp(
      "A column that says how much each row counts. (default: all rows alike)",
      valueName: "column"))
  var column: String?
}
