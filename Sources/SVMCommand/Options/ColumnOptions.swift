import ArgumentParser
import Basics
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
      """
      Take columns for numeric, category, text, date (date-dmy, date-mdy or date-ymd where the order of \
      day and month is not clear) or ignore, such as age=numeric or a,b=category; names with commas stand \
      in double quotes. May be repeated. (default: by values)
      """, valueName: "columns=kind"))
  var kinds: [String] = []

  @Option(
    name: .customLong("drop"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Columns to leave out, with commas between; a name that holds commas stands in double quotes. May be \
      repeated. (default: none)
      """, valueName: "columns"))
  var dropped: [String] = []

  @Option(
    name: .customLong("id"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Columns that name rows: no features, but kept in predictions. A list as for --drop. (default: none)
      """,
      valueName: "columns"))
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
      Missing values: mean or median (texts: see --impute-text), most-frequent, constant=VALUE, \
      error, or drop the row.
      """, valueName: "policy"))
  var missing = "mean"

  @Option(
    name: .customLong("impute-text"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Missing texts: category (one of their own), most-frequent, error, or drop the row. \
      (default: with means and medians, category where more than 2 % are missing, else most-frequent; \
      otherwise as --impute says)
      """, valueName: "policy"))
  var missingText: String?

  @Flag(
    name: .customLong("indicate-missing"),
    help: """
      Give columns of numbers and dates with missing values a feature that says where. \
      (default: no)
      """)
  var indicatesMissing = false

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
      Train on so many rows, chosen by the seed in proportion to the classes; the file is read \
      once and may be larger than memory. (default: all rows)
      """, valueName: "rows"))
  var subsample: String?
}

extension ColumnOptions {
  /// What columns are taken for, checked as far as that can be done without the data.
  var choices: ColumnChoices {
    get throws(UsageError) {
      var choices = ColumnChoices(
        kinds: try Self.kinds(kinds), identifiers: try OptionValue.names("--id", identifiers))
      choices.kinds += try OptionValue.names("--drop", dropped).map {
        ColumnChoices.Choice(column: $0, kind: .ignore)
      }
      choices.missingCategories = try missingText.map { text throws(UsageError) in
        try OptionValue.choice(
          "--impute-text", text, amongCasesOf: ColumnChoices.MissingCategories.self)
      }
      choices.indicatesMissing = indicatesMissing
      return choices
    }
  }

  /// The values of `--column`.
  static func kinds(_ texts: [String]) throws(UsageError) -> [ColumnChoices.Choice] {
    var choices: [ColumnChoices.Choice] = []
    for text in texts { choices += try Self.choices(text) }
    return choices
  }

  /// What `age=numeric`, or `a,b=category,c=text`, says: a kind is that of all names since the last one.
  private static func choices(_ text: String) throws(UsageError) -> [ColumnChoices.Choice] {
    var choices: [ColumnChoices.Choice] = []
    var names: [String] = []
    for part in try OptionValue.list("--column", text) {
      // The kind follows the last equals sign: names may have some, too.
      guard let sign = part.lastIndex(of: "="), sign != part.startIndex else {
        names.append(part)
        continue
      }
      let kind = try OptionValue.choice(
        "--column", String(part[part.index(after: sign)...]),
        amongCasesOf: ColumnChoices.Kind.self)
      names.append(String(part[..<sign]))
      choices += names.map { ColumnChoices.Choice(column: $0, kind: kind) }
      names = []
    }
    guard names.isEmpty else {
      throw UsageError(
        option: "--column",
        "must be a column and its kind such as age=numeric, but is \(MessageText.quoted(text))")
    }
    return choices
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
