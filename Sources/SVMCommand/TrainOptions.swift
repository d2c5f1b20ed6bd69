import ArgumentParser
import Calibration
import Tables
import TabularModels

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

/// What is to be minimised.
struct ProblemOptions: ParsableArguments {
  @Option(
    name: .customLong("task"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      auto, classification, regression, one-class (which rows are unlike the others) or components \
      (coordinates for each row); auto takes text and at most 10 distinct whole numbers for classes.
      """, valueName: "name"))
  var task = "auto"

  @Option(
    name: [.customLong("formulation"), .customShort("s")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Classes: c-svc, nu-svc, logistic, ls-svc, discriminant. Numbers: epsilon-svr, nu-svr, ls-svr, \
      kernel-ridge. Neither: one-class, svdd, kernel-pca. Or 0…4 as in LIBSVM. (default: c-svc, \
      epsilon-svr, one-class or kernel-pca, by the task)
      """, valueName: "name"))
  var formulation: String?

  @Option(
    name: [.customLong("c"), .customShort("c")], parsing: .unconditional,
    help: ArgumentHelp(
      "Bound C of the dual variables: the price of errors. (default: 1)", valueName: "C"))
  var boxConstraint: String?

  @Option(
    name: [.customLong("epsilon"), .customShort("p")], parsing: .unconditional,
    help: ArgumentHelp(
      "Half the width of a regression's tube, in units of the target. (default: 0.1)",
      valueName: "ε"))
  var tubeWidth: String?

  @Option(
    name: [.customLong("nu"), .customShort("n")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Of nu-svc, nu-svr, one-class and svdd: at most this share of the rows errs, at least this share \
      are support vectors. (default: 0.5)
      """, valueName: "ν"))
  var nu: String?

  @Option(
    name: .customLong("lambda"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      What kernel-ridge, ls-svc, ls-svr and discriminant pay for large functions: a number, or auto, \
      which tries many and keeps the one with the least leave-one-out error. (default: auto; \
      discriminant: 1e-3)
      """, valueName: "λ"))
  var ridge: String?

  @Option(
    name: .customLong("components"), parsing: .unconditional,
    help: ArgumentHelp(
      "The number of components of kernel-pca (default: 2) or of a feature map (default: 500).",
      valueName: "n"))
  var componentCount: String?

  @Option(
    name: .customLong("multiclass"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Several classes by one-versus-one (each pair votes) or one-versus-rest (the largest decision \
      value wins).
      """, valueName: "way"))
  var decomposition = "one-versus-one"

  @Option(
    name: .customLong("class-weight"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      balanced: every class counts alike in all; or CLASS=WEIGHT,… for some classes. (default: every \
      row counts alike)
      """, valueName: "weights"))
  var classWeights: String?

  @Option(
    name: [.customLong("tolerance"), .customShort("e")], parsing: .unconditional,
    help: ArgumentHelp("Stop when the KKT violation is at most this.", valueName: "number"))
  var tolerance = usualTolerance

  static let usualTolerance = "1e-3"
}

/// What linear models and maps of features have to choose.
struct LinearOptions: ParsableArguments {
  @Option(
    name: .customLong("solver"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      dual solves in the rows, for any kernel; primal in the weights, for --kernel linear alone; auto \
      takes primal where it is the faster. The model is the same.
      """, valueName: "name"))
  var solver = "auto"

  @Option(
    name: .customLong("loss"), parsing: .unconditional,
    help: ArgumentHelp(
      "What errors cost: linear, as support vector machines have it, or squared (primal only).",
      valueName: "name"))
  var loss = "linear"

  @Option(
    name: .customLong("feature-map"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Approximate the kernel by --components features and train a linear model of them, for many rows: \
      nystrom (any kernel) or fourier (gaussian, laplacian, laplacian-l1). (default: none)
      """, valueName: "name"))
  var featureMap: String?
}

/// What is learned about how sure a prediction is.
struct CalibrationOptions: ParsableArguments {
  @Flag(
    name: .customLong("probability"),
    help: ArgumentHelp(
      """
      Learn probabilities from predictions of rows that were held out, fold after fold; for a \
      regression, how wide intervals must be. Predictions are then the most probable class.
      """))
  var probability = false

  @Option(
    name: .customLong("calibration"), parsing: .unconditional,
    help: ArgumentHelp(
      "How decision values become probabilities: sigmoid, isotonic or temperature.",
      valueName: "name"))
  var method = usualMethod

  @Option(
    name: .customLong("folds"), parsing: .unconditional,
    help: ArgumentHelp("The number of folds that probabilities are learned from.", valueName: "k"))
  var folds = usualFolds

  private static let usualMethod = "sigmoid"
  private static let usualFolds = "5"

  /// The options besides --probability that differ from their defaults.
  var chosen: [String] {
    [("--calibration", method != Self.usualMethod), ("--folds", folds != Self.usualFolds)]
      .filter(\.1).map(\.0)
  }
}

extension CalibrationOptions {
  /// The options, checked.
  static func choice(
    _ isWanted: Bool, _ method: String, folds: String, option: String
  ) throws(UsageError) -> CalibrationChoice? {
    let method = try OptionValue.choice(
      "--calibration", method, amongCasesOf: CalibrationMethod.self)
    let folds = try OptionValue.wholeNumber(option, folds, in: 2...1000)
    return isWanted ? CalibrationChoice(method: method, foldCount: folds) : nil
  }
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
