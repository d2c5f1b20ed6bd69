import ArgumentParser
import Basics
import ModelFiles
import SupportVectors
import Tables
import TabularModels

/// `svm predict`: rows in, one line for each out, in bounded memory.
struct PredictCommand: ParsableCommand, RankedCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Predict the rows of a table.",
    discussion: """
      The output is CSV: the columns to keep, the prediction and, on request, probabilities and \
      decision values. Every row of the input gives one line, in order. Columns are matched by name.

      svm predict flowers.model new.csv --keep all -o labelled.csv
      svm predict flowers.model big.csv.gz | head
      """)

  @Argument(help: ArgumentHelp("The model file.", valueName: "model"))
  var model: String

  @Argument(
    help: ArgumentHelp(
      DataInput.help(for: "Rows like those of the training data"), valueName: "data"))
  var data: String

  @Option(
    name: [.customLong("output"), .customShort("o")], parsing: .unconditional,
    help: ArgumentHelp("Where predictions go; - is standard output.", valueName: "file"))
  var output = "-"

  @Option(
    name: .customLong("keep"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Columns of the input to repeat: all, none, or names separated by commas; put a name that \
      contains commas in double quotes. (default: those named by --id in training)
      """, valueName: "columns"))
  var keep: String?

  @OptionGroup var unseen: UnseenOption

  @Flag(
    name: [.customLong("probability"), .customLong("probabilities")],
    help: """
      Add the probability of each class, or for a one-class model how unusual a row is; the model \
      must have been trained with --probability.
      """)
  var probability = false

  @Option(
    name: .customLong("interval"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Add the ends, lower and upper, of an interval that contains the target with this \
      probability; the model must have been trained with --probability. (default: none)
      """, valueName: "coverage"))
  var interval: String?

  @Option(
    name: .customLong("interval-method"), parsing: .unconditional,
    help: ArgumentHelp(
      "How intervals are computed: conformal (ranks of errors) or laplace (mean size of errors).",
      valueName: "name"))
  var intervalMethod = "conformal"

  @Flag(
    name: .customLong("decision-values"),
    help: "Add the decision values; a positive value favours the later class of a pair.")
  var decisionValues = false

  @Option(
    name: .customLong("decision-shape"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      How decision values of more than two classes are arranged: trained (one for each pair, or each \
      class, as they were trained) or classes (one score for each class).
      """, valueName: "shape"))
  var decisionShape = "trained"

  @Flag(name: .customLong("no-output-header"), help: "Omit the header line.")
  var noOutputHeader = false

  @Flag(
    name: .customLong("spreadsheet-safe"),
    help: """
      Put an apostrophe before texts that a spreadsheet would treat as formulas: those that begin \
      with =, +, - or @ and are not numbers.
      """)
  var isSpreadsheetSafe = false

  @OptionGroup var precision: PredictionPrecisionOption
  @OptionGroup(title: "READING") var table: TableOptions
  @OptionGroup(title: "EFFORT") var transport: TransportOption

  mutating func run() throws {
    let textOptions = try table.textOptions
    let kept = try keptColumns
    let precision = try precision.checked
    let place = try OutputPlace(path: output, option: "--output", inputs: [model, data])
    Machine.prepare()
    let unseen = try unseen.checked
    let columns = try outputColumns
    let loaded = try loadModel(model, precision: precision).replacing(unseen: unseen)
    try applying(model: model) {
      var predictor = try TabularPredictor(
        loaded, reading: DataInput.open(data), options: textOptions, passthroughColumns: kept,
        output: columns,
        TabularModel.Applying(modelName: model, ranks: CommandRanks.current.transport))
      for (name, newName) in predictor.renamedColumns where !noOutputHeader {
        Console.message(
          "note: the input's column \(MessageText.quoted(name)) is called "
            + "\(MessageText.quoted(newName)) in the output, which has a column of that name itself"
        )
      }
      if !noOutputHeader { try place.write(predictor.header) }
      while let lines = try predictor.next() {
        try place.write(lines)
        if place.isStream { try place.flush() }
      }
      try place.commit()
      tell(predictor)
    }
  }

  private var outputColumns: OutputColumns {
    get throws(UsageError) {
      OutputColumns(
        decisionValues: decisionValues,
        scoresClasses: try OptionValue.choice(
          "--decision-shape", decisionShape, among: [("trained", false), ("classes", true)]),
        probabilities: probability,
        coverage: try interval.map { text throws(UsageError) in
          try OptionValue.number("--interval", text, in: .fraction)
        },
        intervalMethod: try OptionValue.choice(
          "--interval-method", intervalMethod, amongCasesOf: IntervalMethod.self),
        isSpreadsheetSafe: isSpreadsheetSafe)
    }
  }

  private var keptColumns: KeptColumns {
    get throws(UsageError) {
      switch keep {
      case nil: .identifiers
      case "none": .none
      case "all": .all
      case let names?: .columns(try OptionValue.list("--keep", names))
      }
    }
  }

  private func tell(_ predictor: TabularPredictor) {
    if predictor.skippedRowCount > 0 {
      Console.message(
        "note: \(Text.count(predictor.skippedRowCount, "row")) with missing values got no prediction"
      )
    }
    TreatedValues(columns: predictor.treatedColumns).tell()
    noteIgnored(predictor.ignoredEntryCount)
  }
}

/// Says how many entries of LIBSVM text a model could not use.
func noteIgnored(_ count: Int) {
  guard count > 0 else { return }
  let entries = Text.count(count, "entry", plural: "entries")
  Console.message(
    "note: \(entries) beyond the features of the training data had no effect")
}

/// Puts a model's name into errors that do not know it, and says which options accept
/// what is rejected.
func applying<Result>(model: String, _ body: () throws -> Result) throws -> Result {
  try naming(model: model) { try hintingAtOptions(Remedies(unseenOption: true), body) }
}

/// Puts a model's name into errors that do not know it.
func naming<Result>(model: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as ModelError {
    guard case .featureCount(let found, let expected) = error.reason else { throw error }
    throw CommandFailure(
      .badData,
      "features have \(found) columns, but model \(MessageText.plain(model)) was trained on "
        + "\(expected)")
  }
}
