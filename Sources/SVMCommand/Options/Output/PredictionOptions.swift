import ArgumentParser
import Kernels
import Tables

/// In what precision a model is evaluated.
struct PredictionPrecisionOption: ParsableArguments {
  @Option(
    name: .customLong("precision"), parsing: .unconditional,
    help: ArgumentHelp(
      "Precision of kernel products: auto, single or double. (default: as trained)",
      valueName: "name"))
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

/// How categories that were not seen in training are handled.
struct UnseenOption: ParsableArguments {
  @Option(
    name: .customLong("unseen"), parsing: .unconditional,
    help: ArgumentHelp(
      "Categories not seen in training: error or ignore. (default: as chosen in training)",
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
      "A column with the weight of each row. (default: all rows have the same weight)",
      valueName: "column"))
  var column: String?
}
