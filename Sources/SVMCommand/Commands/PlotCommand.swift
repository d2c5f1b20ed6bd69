import ArgumentParser
import Basics
import ModelFiles
import ModelReports
import ModelSelection
import Reports
import Tables
import TabularModels

/// `svm plot`: one picture of a model on some rows, or of the trials of a search.
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot",
    abstract: "Draw one chart of a model on labelled rows, or of a search.",
    discussion: """
      The charts of --report, one at a time, as SVG or PNG.

      svm plot flowers.model old.csv                       the default chart, here confusion.svg
      svm plot spam.model old.csv --kind roc -o roc.png    PNG by rsvg-convert or another converter
      svm plot flowers.model old.csv --kind dependence --x petal_length
      svm plot flowers.model old.csv --kind regions --x petal_length --y petal_width
      svm plot trials.csv --kind heatmap                   of svm tune --trials trials.csv
      """)

  @Argument(
    help: ArgumentHelp(
      "A model file, or a table of trials that tune wrote.", valueName: "model"))
  var model: String

  @Argument(
    help: ArgumentHelp(
      "Rows with known targets, in the format of the training data; not for weights and trials.",
      valueName: "data"))
  var data: String?

  @Option(
    name: [.customLong("kind"), .customShort("k")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Classification: confusion, roc, precision-recall (pr), threshold, gain, calibration, scores. \
      Regression: predicted, residuals, residual-histogram, residual-quantiles. Columns: \
      importance, dependence, weights. Decision maps: regions, map. Trials: heatmap, path. \
      (default: depends on the model)
      """, valueName: "name"))
  var kind: String?

  @Option(
    name: .customLong("x"), parsing: .unconditional,
    help: ArgumentHelp(
      "The column of dependence, or of the horizontal axis of regions. (default: the most important)",
      valueName: "column"))
  var x: String?

  @Option(
    name: .customLong("y"), parsing: .unconditional,
    help: ArgumentHelp(
      "The column of the vertical axis of regions. (default: the next in importance)",
      valueName: "column"))
  var y: String?

  @Option(
    name: [.customLong("output"), .customShort("o")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      A file that ends in .svg or .png; - is standard output, as SVG. (default: the kind with .svg, in \
      the current folder)
      """, valueName: "file"))
  var output: String?

  @Option(
    name: .customLong("width"), parsing: .unconditional,
    help: ArgumentHelp("The width of a PNG file in pixels.", valueName: "pixels"))
  var width = "1320"

  @Option(
    name: .customLong("seed"), parsing: .unconditional,
    help: ArgumentHelp(
      "Seed for the random sample that is drawn when there are too many rows.", valueName: "n"))
  var seed = "0"

  @OptionGroup var weighting: WeightOption

  @OptionGroup(title: "READING") var table: TableOptions
  @OptionGroup(title: "EFFORT") var transport: TransportOption

  mutating func run() throws {
    let wanted = try kind.map { text throws(UsageError) in
      try OptionValue.choice(
        "--kind", text, amongCasesOf: PlotKind.self, aliases: ["pr": "precision-recall"])
    }
    let textOptions = try table.textOptions
    let width = try OptionValue.wholeNumber("--width", width, in: 100...20_000)
    let seed = try OptionValue.seed("--seed", seed)
    try checkAxes(wanted)
    let named = try output.map { path throws(UsageError) in try Picture(path, width: width) }
    // Opened before anything is read, where its name is known.
    var place = try named.map { try self.place($0) }
    Machine.prepare()

    let found: (kind: PlotKind, plot: Plot)
    if let trials = try TrialFile(path: model) {
      guard data == nil else {
        throw UsageError("\(MessageText.plain(model)) is a table of trials, which takes no data")
      }
      found = try trials.plot(wanted)
      guard !found.plot.isEmpty else { throw nothing(found.kind, MessageText.plain(model)) }
    } else {
      let loaded = try loadModel(model)
      let kind = wanted ?? .default(for: loaded)
      let plot = try plot(kind, loaded, textOptions, seed: seed)
      guard !plot.isEmpty else { throw nothing(kind, MessageText.plain(model)) }
      found = (kind, plot)
    }
    let picture =
      if let named { named } else { try Picture("\(found.kind.rawValue).svg", width: width) }
    if place == nil { place = try self.place(picture) }
    try place?.write(picture.bytes(found.plot))
    try place?.commit()
    if picture.path != "-" {
      try Console.output("\(found.kind.rawValue)  \(MessageText.plain(picture.path))\n")
    }
  }

  private func place(_ picture: Picture) throws -> OutputPlace {
    try OutputPlace(
      path: picture.path, option: "--output", inputs: [model] + (data.map { [$0] } ?? []))
  }

  private func checkAxes(_ kind: PlotKind?) throws(UsageError) {
    if let x, kind != .dependence, kind != .regions {
      throw UsageError(
        option: "--x", "\(MessageText.quoted(x)) is for --kind dependence or regions")
    }
    guard let y else { return }
    guard kind == .regions else {
      throw UsageError(option: "--y", "\(MessageText.quoted(y)) is for --kind regions")
    }
    guard x != nil else { throw UsageError(option: "--y", "needs --x, too") }
  }

  private func plot(
    _ kind: PlotKind, _ loaded: TabularModel, _ textOptions: TextOptions, seed: UInt64
  ) throws -> Plot {
    let name = MessageText.plain(model)
    if kind.isOfTrials {
      throw UsageError(
        option: "--kind",
        "\(kind.rawValue) needs a table that 'svm tune --trials' wrote, but \(name) is a model")
    }
    if kind.isOfColumns, !loaded.hasDescribableColumns {
      throw CommandFailure(
        .badData,
        "model \(name) takes \(loaded.columnCount) features, too many to draw as \(kind.rawValue); "
          + "the maximum is \(TabularModel.describableFeatures)")
    }
    if kind == .weights {
      guard let plot = ModelInsight.weights(of: loaded) else { throw nothing(kind, name) }
      return plot
    }
    guard let data else {
      throw UsageError(option: "--kind", "\(kind.rawValue) needs rows: svm plot MODEL DATA")
    }
    let source = try DataInput.open(data)
    if loaded.predictor.task == .components {
      var textOptions = textOptions
      if case .table(let preprocessor) = loaded.preprocessor {
        textOptions.spelled = .model(preprocessor, hasClasses: false)
      }
      let plane = try naming(model: model) {
        ModelPlane(
          loaded,
          examples: try LabelledExamples(
            TrainingData(
              reading: source,
              options: loaded.preprocessor.map(textOptions.expecting) ?? textOptions),
            for: loaded, limit: 2000,
            seed: seed, modelName: model), seed: seed)
      }
      guard kind == .map, let plot = try plane.map() else { throw nothing(kind, name) }
      return plot
    }
    let evaluation = try naming(model: model) {
      try loaded.evaluate(
        reading: source, options: textOptions, weight: weighting.column, metrics: .standard,
        sampling: RowKeeping(seed: seed), .init(modelName: model))
    }
    if kind == .confusion, let plot = RowCharts.confusion(evaluation.measurement) { return plot }
    guard let rows = evaluation.rows else { throw nothing(kind, name) }
    guard let plot = try plot(kind, rows) else { throw nothing(kind, name) }
    return plot
  }

  private func plot(_ kind: PlotKind, _ rows: MeasuredRows) throws -> Plot? {
    let charts = RowCharts(rows)
    let insight = ModelInsight(rows.model, examples: rows.examples, seed: rows.seed)
    let plane = ModelPlane(rows.model, examples: rows.examples, seed: rows.seed)
    switch kind {
    case .confusion, .weights, .heatmap, .path: return nil
    case .roc: return try charts.roc()
    case .precisionRecall: return try charts.precisionRecall()
    case .threshold: return try charts.threshold()
    case .gain: return try charts.gain()
    case .calibration: return try charts.calibration()
    case .scores: return charts.scoreHistogram()
    case .predicted: return charts.predictedVersusTrue()
    case .residuals: return charts.residualPlot()
    case .residualHistogram: return charts.residualHistogram()
    case .residualQuantiles: return charts.residualQuantiles()
    case .importance: return try insight.importance().map(ModelInsight.plot)
    case .map: return try plane.map()
    case .dependence:
      if let x {
        guard rows.model.columns.contains(where: { $0.name == x }) else {
          throw PlaneError.noSuchColumn(x, columns: rows.model.columns.map(\.name))
        }
        return try insight.dependence(on: x)
      }
      for column in try ranked(insight) {
        if let plot = try insight.dependence(on: column) { return plot }
      }
      return nil
    case .regions:
      if let x, let y { return try plane.regions(x, y) }
      let numeric = Set(plane.numericColumns.map(\.name))
      let chosen = try ranked(insight).filter { numeric.contains($0) && $0 != x }
      let axes = (x.map { [$0] } ?? []) + chosen
      return axes.count > 1 ? try plane.regions(axes[0], axes[1]) : nil
    }
  }

  /// The columns, the most important first.
  private func ranked(_ insight: ModelInsight) throws -> [String] {
    try insight.importance()?.columns.map(\.column) ?? insight.model.columns.map(\.name)
  }

  private func nothing(_ kind: PlotKind, _ name: String) -> CommandFailure {
    let what =
      kind.isOfTrials
      ? "table \(name)" : kind == .weights ? "model \(name)" : "model \(name) with these rows"
    return CommandFailure(
      .badData, "\(what) has nothing to draw as \(kind.rawValue): \(kind.needs)")
  }
}

/// What can be drawn.
enum PlotKind: String, CaseIterable {
  case confusion
  case roc
  case precisionRecall = "precision-recall"
  case threshold
  case gain
  case calibration
  case scores
  case predicted
  case residuals
  case residualHistogram = "residual-histogram"
  case residualQuantiles = "residual-quantiles"
  case importance
  case dependence
  case weights
  case regions
  case map
  case heatmap
  case path

  /// What suits a model best.
  static func `default`(for model: TabularModel) -> PlotKind {
    switch model.predictor.task {
    case .classification: .confusion
    case .regression: .predicted
    case .novelty: .scores
    case .components: .map
    }
  }

  /// Whether it is of a search.
  var isOfTrials: Bool { self == .heatmap || self == .path }

  /// Whether it tells columns apart.
  var isOfColumns: Bool {
    [.importance, .dependence, .weights, .regions].contains(self)
  }

  /// What there must be.
  var needs: String {
    switch self {
    case .confusion: "it needs a classifier"
    case .roc, .precisionRecall, .gain: "it needs rows of both classes, or of several"
    case .threshold: "it needs two classes, and rows of both"
    case .calibration: "it needs probabilities, which 'svm train --probability' learns"
    case .scores: "it needs two classes or a one-class model, and rows"
    case .predicted, .residuals, .residualHistogram, .residualQuantiles:
      "it needs a regression"
    case .importance: "it needs predictions that can be right or wrong"
    case .dependence: "it needs a column of numbers or categories"
    case .weights:
      "it needs a linear kernel, classes or numbers to predict, and at most "
        + "\(ModelInsight.weightedFunctionLimit) decision functions"
    case .regions:
      "it needs two columns of numbers, and a model that does not predict one class everywhere"
    case .map: "it needs a kernel with components, and rows that differ"
    case .heatmap: "it needs trials of several values of C"
    case .path: "it needs trials"
    }
  }
}
