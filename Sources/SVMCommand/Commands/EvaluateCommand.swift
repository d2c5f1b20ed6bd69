import ArgumentParser
import Basics
import Evaluation
import ModelFiles
import ModelReports
import Reports
import SupportVectors
import Tables
import TabularModels

/// `svm evaluate`: predictions against the truth.
struct EvaluateCommand: ParsableCommand, RankedCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a model's predictions on rows with known targets.")

  @Argument(help: ArgumentHelp("The model file.", valueName: "model"))
  var model: String

  @Argument(
    help: ArgumentHelp(
      DataInput.help(for: "Rows like those of the training data, with their target"),
      valueName: "data"))
  var data: String

  @OptionGroup var unseen: UnseenOption
  @OptionGroup var weighting: WeightOption

  @OptionGroup var figures: MetricOptions
  @OptionGroup var report: ReportOption
  @OptionGroup var json: JSONOption

  @OptionGroup var precision: PredictionPrecisionOption
  @OptionGroup(title: "READING") var table: TableOptions
  @OptionGroup(title: "EFFORT") var transport: TransportOption

  mutating func run() throws {
    let textOptions = try table.textOptions
    let precision = try precision.checked
    let shown = try figures.choice
    try OutputPlace.checkDifferent(report.given, json.given)
    let page = try report.place(inputs: [model, data])
    let place = try json.place(inputs: [model, data])
    Machine.prepare()
    let unseen = try unseen.checked
    let begin = ContinuousClock.now
    let loaded = try loadModel(model, precision: precision).replacing(unseen: unseen)
    let modelTime = ContinuousClock.now - begin
    let source = try DataInput.open(data)
    let evaluation = try applying(model: model) {
      try loaded.evaluate(
        reading: source, options: textOptions, weight: weighting.column, metrics: shown,
        sampling: report.sampling(), .init(modelName: model, ranks: CommandRanks.current.transport))
    }
    let account = EvaluationReport(
      modelPath: model, dataName: source.name, weightName: weighting.column, evaluation: evaluation,
      shown: shown, isWeighted: loaded.classWeights != nil,
      loadTime: modelTime + evaluation.readingTime, totalTime: ContinuousClock.now - begin)
    if !evaluation.unknownClasses.isEmpty {
      Console.message(
        "warning: the model does not know the "
          + (evaluation.unknownClasses.count == 1 ? "class " : "classes ")
          + MessageText.list(evaluation.unknownClasses))
    }
    TreatedValues(columns: evaluation.treatedColumns).tell()
    if evaluation.isTrainingData == true {
      Console.message("note: \(EvaluationReport.trainingDataNote(source.name))")
    }
    noteIgnored(evaluation.ignoredEntryCount)
    for hint in account.hints.lines { Console.message(hint) }
    var writing = OutputAttempts()
    writing.attempt { try page?.write(account.page(loaded)) }
    writing.attempt {
      try place?.write(account.json.text(.indented) + "\n")
      try place?.commit()
    }
    if page?.isStandardOutput == true {
      Console.errorText(account.text)
    } else if place?.isStandardOutput != true {
      writing.attempt { try Console.output(account.text) }
    }
    try writing.finish()
  }
}

/// How good a model is on some rows, for people and for programs.
struct EvaluationReport {
  let modelPath: String
  let dataName: String
  /// The column that said how much each row counts.
  let weightName: String?
  let evaluation: TabularEvaluation
  /// The figures that people see.
  let shown: MetricChoice
  /// Whether the model's training weighted the classes.
  let isWeighted: Bool
  /// Reading the model and the rows.
  let loadTime: Duration
  let totalTime: Duration

  /// Tables with more classes than this are not printed.
  private static let maximumClassesShown = 12

  /// What is said of figures on the file that the model was trained on.
  static func trainingDataNote(_ name: String) -> String {
    "\(MessageText.plain(name)) is the file that the model was trained on; to see how well it "
      + "predicts, use other rows, or --holdout or --cv of 'svm train'"
  }

  private var measurement: Measurement { evaluation.measurement }

  private var balance: ClassBalance? {
    guard case .classes(let confusion) = measurement.counts else { return nil }
    return ClassBalance(confusion)
  }

  /// What the figures hide.
  var hints: ClassHints {
    var imbalance = measurement.imbalance
    // A class that the model does not know is not found whatever the weights are.
    if case .unbalanced(let rarest)? = imbalance, evaluation.unknownClasses.contains(rarest) {
      imbalance = nil
    }
    return ClassHints(
      imbalance: imbalance, measurement: measurement, balance: balance, isWeighted: isWeighted)
  }

  /// The page with charts.
  func page(_ model: TabularModel) throws -> HTMLReport {
    var report = ModelReport(
      title: reportTitle(dataName), model: model, measurement: measurement,
      rows: evaluation.rows)
    report.metrics = shown
    report.facts.append(.init("model", reportTitle(modelPath)))
    if !evaluation.unknownClasses.isEmpty {
      report.warnings.append(
        "The model does not know the classes \(MessageText.list(evaluation.unknownClasses)); their "
          + "rows are always predicted wrongly.")
    }
    if evaluation.isTrainingData == true {
      report.warnings.append(
        "The model was trained on this file; only other rows show how well it predicts.")
    }
    if evaluation.skippedRowCount > 0 {
      report.warnings.append(
        "\(MessageText.count(evaluation.skippedRowCount, "row")) with missing values left out.")
    }
    if let weightName {
      report.facts.append(.init("rows weighted by", MessageText.plain(weightName)))
    }
    report.notes = hints.sentences
    report.commandLine = reportCommandLine()
    return try report.page()
  }

  /// The figures, and for few classes the confusion matrix.
  var text: String {
    var rows = Text.count(measurement.rowCount, "row")
    if evaluation.skippedRowCount > 0 {
      rows += ", \(Text.count(evaluation.skippedRowCount)) more with missing values left out"
    }
    if let weightName { rows += ", weighted by \(MessageText.plain(weightName))" }
    if let balance { rows += ", \(balance.text)" }
    var lines: [(label: String, value: String)] = [
      ("model", MessageText.plain(modelPath)),
      ("data", "\(MessageText.plain(dataName)): \(rows)"),
    ]
    for metric in measurement.allMetrics where shown.shows(metric.id) {
      let interval = measurement.confidence[metric.id].map {
        " (95 % \(FigureText.range($0, isPlain: true)))"
      }
      let value = FigureText.value(metric, measurement.confidence[metric.id]) {
        Text.significant($0, 4)
      }
      lines.append((metric.displayName, value + (interval ?? "")))
    }
    lines += shown.undefined(besides: measurement.allMetrics.map(\.id))
      .map { ($0.displayName, "undefined for these rows") }
    return Text.aligned(lines) + confusionText
  }

  private var confusionText: String {
    guard case .classes(let confusion) = measurement.counts,
      confusion.classNames.count <= Self.maximumClassesShown
    else { return "" }
    let names = confusion.classNames.map(MessageText.plain)
    func share(_ value: Double?) -> String { value.map { Text.significant($0, 3) } ?? "–" }
    let rows = names.indices.map { actual in
      let cells = names.indices.map { predicted in
        weightName == nil
          ? Text.count(confusion.count(actual: actual, predicted: predicted))
          : Text.significant(confusion.weight(actual: actual, predicted: predicted), 6)
      }
      return [names[actual]] + cells + [
        share(confusion.recall(of: actual)), share(confusion.precision(of: actual)),
        share(confusion.f1(of: actual)),
      ]
    }
    return "\n"
      + Text.table(
        header: ["actual \\ predicted"] + names + ["recall", "precision", "F1"], rows: rows)
  }

  /// Figures, counts and sets under the names that `train` uses.
  var json: JSONValue {
    var confusion = JSONValue.null
    if case .classes(let matrix) = measurement.counts {
      let indices = matrix.classNames.indices
      confusion = [
        "classes": .strings(matrix.classNames),
        "counts": .array(
          indices.map { actual in
            .array(indices.map { .integer(matrix.count(actual: actual, predicted: $0)) })
          }),
        "weights": weightName == nil
          ? .null
          : .array(
            indices.map { actual in
              .array(indices.map { .finite(matrix.weight(actual: actual, predicted: $0)) })
            }),
      ]
    }
    return [
      "version": .string(SVMCommand.version),
      "model": .string(modelPath),
      "data": dataJSON,
      "timing": [
        "load": .number(loadTime / .seconds(1)),
        "evaluate": .number(evaluation.predictionTime / .seconds(1)),
        "total": .number(totalTime / .seconds(1)),
      ],
      "metrics": .array(measurement.allMetrics.map { $0.json(measurement.confidence[$0.id]) }),
      "confusion": confusion,
      "hints": hints.json,
    ]
  }

  private var dataJSON: JSONValue {
    let members: [JSONValue.Member] = [
      .init("name", .string(dataName)),
      .init("rows", .integer(measurement.rowCount)),
      .init("weightColumn", weightName.map(JSONValue.string) ?? .null),
      .init("skippedRows", .integer(evaluation.skippedRowCount)),
      .init("unknownClasses", .strings(evaluation.unknownClasses)),
      .init("isTrainingData", evaluation.isTrainingData.map(JSONValue.bool) ?? .null),
      .init("treatedColumns", TreatedValues(columns: evaluation.treatedColumns).json),
      .init("classes", balance.map { .strings($0.classNames) } ?? .null),
    ]
    return .object(members + ClassBalance.members(balance))
  }
}
