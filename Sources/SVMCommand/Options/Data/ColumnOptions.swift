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
      Treat columns as numeric, category, text, date (date-dmy, date-mdy or date-ymd where the \
      order of day and month is ambiguous) or ignore, such as age=numeric or a,b=category; put \
      names that contain commas in double quotes. May be repeated. (default: from the values)
      """, valueName: "columns=kind"))
  var kinds: [String] = []

  @Option(
    name: .customLong("drop"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Columns to leave out, separated by commas; put a name that contains commas in double quotes. \
      May be repeated. (default: none)
      """, valueName: "columns"))
  var dropped: [String] = []

  @Option(
    name: .customLong("id"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Columns that identify rows: not used as features, but repeated in predictions. A list as for \
      --drop. (default: none)
      """,
      valueName: "columns"))
  var identifiers: [String] = []

  @Option(
    name: .customLong("weight-column"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      A column with the weight of each row: 2 is equivalent to the row twice, 0 leaves it out. It \
      is not used as a feature. (default: none)
      """, valueName: "column"))
  var weight: String?

  @Option(
    name: .customLong("scale"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      How numbers are scaled: standard (mean 0, standard deviation 1), minmax (0 to 1), maxabs (at \
      most 1, zeros kept) or none. (default: standard; none for LIBSVM text)
      """, valueName: "name"))
  var scale: String?

  @Option(
    name: [.customLong("impute"), .customLong("missing")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      How missing values are handled: mean or median (texts: see --impute-text), most-frequent, \
      constant=VALUE, error, or drop (leave out the row). (default: mean)
      """, valueName: "policy"))
  var missing: String?

  @Option(
    name: .customLong("impute-text"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      How missing texts are handled: category (a separate one), most-frequent, error, or drop \
      (leave out the row). (default: with --impute mean and median, category if more than 2 % are \
      missing, otherwise most-frequent; with other policies, the same as --impute)
      """, valueName: "policy"))
  var missingText: String?

  @Flag(
    name: .customLong("indicate-missing"),
    help: """
      Add an indicator feature for each column of numbers or dates with missing values. (default: \
      no)
      """)
  var indicatesMissing = false

  @Option(
    name: .customLong("unseen"), parsing: .unconditional,
    help: ArgumentHelp(
      "Categories that occur only in prediction: error or ignore. (default: error)",
      valueName: "policy"))
  var unseen: String?

  @Option(
    name: .customLong("scale-target"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      on or off: solve a regression in units of the target's standard deviation; C and epsilon \
      stay in units of the target. (default: on; off for LIBSVM text)
      """, valueName: "choice"))
  var scaleTarget: String?

  @Option(
    name: .customLong("subsample"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Train on a random sample of this many rows, chosen by the seed in proportion to the classes; the file is read \
      once and may be larger than memory. (default: all rows)
      """, valueName: "rows"))
  var subsample: String?
}

extension ColumnOptions {
  /// Options whose effect depends on the formulation.
  var explicitOptions: [String] { scaleTarget == nil ? [] : ["--scale-target"] }

  /// How columns are treated.
  var columnKinds: [ColumnChoices.Choice] {
    get throws(UsageError) {
      try Self.kinds(kinds)
        + OptionValue.names("--drop", dropped).map {
          ColumnChoices.Choice(column: $0, kind: .ignore)
        }
    }
  }

  /// Checks the options, as far as that can be done without the data, and puts those that were given where
  /// they belong.
  func apply(to configuration: inout TrainingConfiguration) throws(UsageError) {
    if let target { configuration.target = target }
    if let scale {
      configuration.scaling = try OptionValue.choice("--scale", scale, amongCasesOf: Scaling.self)
    }
    if let missing { configuration.missing = try Self.missingPolicy(missing) }
    if let unseen {
      configuration.unseen = try OptionValue.choice(
        "--unseen", unseen, amongCasesOf: UnseenCategoryPolicy.self)
    }
    if let scaleTarget {
      configuration.standardizesTarget = try OptionValue.choice(
        "--scale-target", scaleTarget, among: [("on", true), ("off", false)])
    }
    if let subsample {
      configuration.sampleSize = try OptionValue.wholeNumber(
        "--subsample", subsample, in: 1...Int(Int32.max))
    }
    try apply(to: &configuration.columnOverrides)
  }

  private func apply(to overrides: inout ColumnChoices) throws(UsageError) {
    let identifiers = try OptionValue.names("--id", identifiers)
    if !identifiers.isEmpty { overrides.identifiers = identifiers }
    if let missingText {
      overrides.missingCategories = try OptionValue.choice(
        "--impute-text", missingText, amongCasesOf: ColumnChoices.MissingCategories.self)
    }
    if indicatesMissing { overrides.indicatesMissing = true }
    if let weight { overrides.weight = weight }
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
  private static func missingPolicy(_ missing: String) throws(UsageError) -> MissingValuePolicy {
    if let policy = MissingValuePolicy(rawValue: missing) { return policy }
    let names = ["error", "mean", "median", "most-frequent", "constant=VALUE", "drop"]
    throw UsageError(
      option: "--impute",
      "\(MessageText.quoted(missing)) is unknown; expected \(alternatives(names))"
        + didYouMean(missing, among: names))
  }
}

extension ColumnChoices {
  /// Puts kinds of columns over those that a configuration file has for the same columns.
  mutating func override(kinds others: [Choice]) {
    kinds.removeAll { kind in others.contains { $0.column == kind.column } }
    kinds += others
  }
}
