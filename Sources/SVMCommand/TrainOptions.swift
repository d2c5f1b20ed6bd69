import ArgumentParser
import Tables

/// Where a table's columns go.
struct TableOptions: ParsableArguments {
  @Option(
    name: .customLong("format"), parsing: .unconditional,
    help: ArgumentHelp(
      "auto, csv, tsv or libsvm; auto looks at the first lines.", valueName: "name"))
  var format = "auto"

  @Option(
    name: .customLong("input-header"), parsing: .unconditional,
    help: ArgumentHelp(
      "Whether the first line names the columns: auto, yes or no.", valueName: "choice"))
  var header = "auto"

  @Option(
    name: .customLong("decimal"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      What numbers have before their fraction: a point, a comma, or auto, which sees commas where \
      semicolons or tabs separate fields.
      """, valueName: "mark"))
  var decimal = "auto"

  @Option(
    name: .customLong("missing-marker"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      A text that stands for a missing value; may be repeated. (default: an empty field, NA, N/A, \
      NaN, null and ? do in any case)
      """, valueName: "text"))
  var missingMarkers: [String] = []
}

/// What `train` takes from the table.
struct ColumnOptions: ParsableArguments {
  @Option(
    name: .customLong("target"), parsing: .unconditional,
    help: ArgumentHelp("The column to predict. (default: the last one)", valueName: "column"))
  var target: String?

  @Option(
    name: .customLong("column"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Take a column for numeric, category or ignore; may be repeated. (default: by its values)",
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

/// What is to be minimised.
struct ProblemOptions: ParsableArguments {
  @Option(
    name: .customLong("task"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      auto, classification or regression; auto takes text and at most 10 distinct whole numbers \
      for classes.
      """, valueName: "name"))
  var task = "auto"

  @Option(
    name: [.customLong("formulation"), .customShort("s")], parsing: .unconditional,
    help: ArgumentHelp(
      "c-svc or epsilon-svr; or 0, 3 as in LIBSVM. (default: by the task)", valueName: "name"))
  var formulation: String?

  @Option(
    name: [.customLong("c"), .customShort("c")], parsing: .unconditional,
    help: ArgumentHelp("Bound C of the dual variables: the price of errors.", valueName: "C"))
  var boxConstraint = "1"

  @Option(
    name: [.customLong("epsilon"), .customShort("p")], parsing: .unconditional,
    help: ArgumentHelp(
      "Half the width of a regression's tube, in units of the target. (default: 0.1)",
      valueName: "ε"))
  var tubeWidth: String?

  @Option(
    name: [.customLong("tolerance"), .customShort("e")], parsing: .unconditional,
    help: ArgumentHelp("Stop when the KKT violation is at most this.", valueName: "number"))
  var tolerance = "1e-3"
}

/// How the problem is solved, and for how long.
struct EffortOptions: ParsableArguments {
  @Option(
    name: .customLong("threads"), parsing: .unconditional,
    help: ArgumentHelp(
      "Number of threads; the result is the same. (default: one on each core)", valueName: "n"))
  var threads: String?

  @Option(
    name: .customLong("memory"), parsing: .unconditional,
    help: ArgumentHelp("Ceiling for what grows with the rows.", valueName: "size"))
  var memory = "2G"

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
    help: ArgumentHelp("Stop after so many pairs were moved. (default: no limit)", valueName: "n"))
  var maximumIterations: String?

  @Option(
    name: .customLong("time-limit"), parsing: .unconditional,
    help: ArgumentHelp("Stop after a time such as 30s or 1h30m. (default: none)", valueName: "time")
  )
  var timeLimit: String?
}

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

/// A report for programs.
struct JSONOption: ParsableArguments {
  @Option(
    name: .customLong("json"), defaultAsFlag: "-", parsing: .next,
    help: ArgumentHelp(
      "Write a report as JSON; - is standard output, which then holds nothing else.",
      valueName: "file"))
  var json: String?

  /// The option and its path, if it was given.
  var given: (option: String, path: String)? { json.map { ("--json", $0) } }

  /// Opens the place that the option names.
  func place(inputs: [String]) throws -> OutputPlace? {
    try json.map { try OutputPlace(path: $0, option: "--json", inputs: inputs) }
  }
}

extension TableOptions {
  /// The options, checked.
  var textOptions: TextOptions {
    get throws(UsageError) {
      TextOptions(
        format: try OptionValue.choice("--format", format, amongCasesOf: TextFormat.self),
        header: try OptionValue.choice("--input-header", header, amongCasesOf: HeaderMode.self),
        decimal: try OptionValue.choice(
          "--decimal", decimal, amongCasesOf: DecimalMark.self,
          aliases: ["point": ".", "comma": ","]),
        missingMarkers: try checkedMarkers())
    }
  }

  private func checkedMarkers() throws(UsageError) -> [String] {
    guard missingMarkers.allSatisfy({ !$0.isEmpty }) else {
      throw UsageError(
        option: "--missing-marker", "must not be empty; an empty field is missing in any case")
    }
    return missingMarkers
  }
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
