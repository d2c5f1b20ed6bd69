import ArgumentParser
import Tables
import TabularModels

/// What `train` takes from the table.
struct ColumnOptions: ParsableArguments {
  @Option(
    name: .customLong("target"), parsing: .unconditional,
    help: ArgumentHelp("The column to predict. (default: the last one)", valueName: "column"))
  var target: String?

  @Option(
    name: .customLong("column"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Take a column for numeric, category, text or ignore; may be repeated. (default: by values)",
      valueName: "column=kind"))
  var kinds: [String] = []

  @Option(
    name: .customLong("drop"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Leave a column out; may be repeated. (default: none)", valueName: "column"))
  var dropped: [String] = []

  @Option(
    name: .customLong("id"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      A column that names rows: no feature, but kept in predictions; may be repeated. (default: none)
      """,
      valueName: "column"))
  var identifiers: [String] = []

  @Option(
    name: .customLong("weight-column"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      A column that says how much each row counts: 2 is the row twice, 0 leaves it out; no feature. \
      (default: none)
      """, valueName: "column"))
  var weight: String?

  @Option(
    name: .customLong("scale"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      standard (mean 0, deviation 1), minmax (0 to 1), maxabs (at most 1, zeros kept) or none. \
      (default: standard; none for LIBSVM text)
      """, valueName: "name"))
  var scale: String?

  @Option(
    name: [.customLong("impute"), .customLong("missing")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Missing values: mean, median (most frequent in text columns), most-frequent, constant=VALUE, \
      error, or drop the row.
      """, valueName: "policy"))
  var missing = "mean"

  @Option(
    name: .customLong("unseen"), parsing: .unconditional,
    help: ArgumentHelp(
      "Categories that appear only when predicting: error, or ignore them.", valueName: "policy"))
  var unseen = "error"

  @Option(
    name: .customLong("scale-target"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      on or off: solve a regression in units of the target's deviation; C and epsilon stay in units \
      of the target. (default: on; off for LIBSVM text)
      """, valueName: "choice"))
  var scaleTarget: String?

  @Option(
    name: .customLong("subsample"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Train on so many rows of a table, chosen by the seed in proportion to the classes; the file \
      is read once and may be larger than memory. (default: all rows)
      """, valueName: "rows"))
  var subsample: String?
}

extension ColumnOptions {
  /// What columns are taken for, checked as far as that can be done without the data.
  var choices: ColumnChoices {
    get throws(UsageError) {
      var choices = ColumnChoices(identifiers: identifiers)
      for text in kinds {
        // The kind follows the last equals sign: names may have some, too.
        guard let sign = text.lastIndex(of: "="), sign != text.startIndex else {
          throw UsageError(
            option: "--column",
            "must be a column and its kind such as age=numeric, but is \(MessageText.quoted(text))")
        }
        choices.kinds.append(
          ColumnChoices.Choice(
            column: String(text[..<sign]),
            kind: try OptionValue.choice(
              "--column", String(text[text.index(after: sign)...]),
              amongCasesOf: ColumnChoices.Kind.self)))
      }
      choices.kinds += dropped.map { ColumnChoices.Choice(column: $0, kind: .ignore) }
      return choices
    }
  }

  /// What is done about missing values.
  var missingPolicy: MissingValuePolicy {
    get throws(UsageError) {
      if let policy = MissingValuePolicy(rawValue: missing) { return policy }
      let names = ["error", "mean", "median", "most-frequent", "constant=VALUE", "drop"]
      throw UsageError(
        option: "--impute",
        "\(MessageText.quoted(missing)) is unknown; expected \(alternatives(names))"
          + didYouMean(missing, among: names))
    }
  }
}
