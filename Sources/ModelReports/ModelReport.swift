import Basics
import Evaluation
import Reports
import SupportVectors
import Tables
import TabularModels

// The page about one model on some rows, from what was measured to what may explain it. A section that has
// nothing to show is left out.

/// A report on a model.
public struct ModelReport: Sendable {
  /// The heading: the name of the data, as a rule.
  package var title: String
  /// The model that is kept.
  package var model: TabularModel
  /// The figures; `nil` when nothing was measured.
  package var measurement: Measurement?
  /// The rows that they were measured on; `nil` leaves out what needs rows.
  package var rows: MeasuredRows?
  /// The metrics that are shown.
  package var metrics = MetricChoice.standard
  /// What is worth knowing besides: name and value.
  package var facts: [HTMLReport.Fact] = []
  /// What a reader must know before believing the figures.
  package var warnings: [String] = []
  /// How the training went; empty when it was not watched.
  package var moments: [TrainingMoment] = []
  /// How each column of the data is used; `nil` when it is not known.
  package var columns: HTMLReport.Table?
  /// What is worth knowing about the data: what was filled in, what was left out.
  package var notes: [String] = []
  /// The command that made the report; empty when there was none.
  package var commandLine = ""
  /// Sections that come before all others, such as one about the search that found the parameters.
  package var leading: [HTMLReport.Section] = []
  /// What folds said of models that were made as this one was; it stands instead of figures of the rows
  /// that the model was trained on.
  package var validation: Validation?
  /// Two columns of numbers to draw regions of; `nil` chooses the two most important.
  package var plane: (String, String)?
  /// The number of threads, or `nil` for one on each core.
  package var threads: Int?

  /// Figures of rows that the models which predicted them had not seen.
  package struct Validation: Sendable {
    /// Figures, curves and counts.
    package let section: HTMLReport.Section
    /// The figures in short.
    package let facts: [HTMLReport.Fact]
  }

  /// A report on a model and what was measured of it.
  public init(
    title: String, model: TabularModel, measurement: Measurement?, rows: MeasuredRows?,
    threads: Int? = nil
  ) {
    self.title = title
    self.model = model
    self.measurement = measurement
    self.rows = rows
    self.threads = threads
  }

  /// The page as an HTML document.
  ///
  /// - Returns: The text of an `.html` file in UTF-8; equal reports give equal bytes.
  /// - Throws: `EvaluationError` when a figure of the rows cannot be computed.
  public func html() throws -> String { try page().html() }

  /// The page.
  ///
  /// - Throws: `ModelError`, `EvaluationError` or `TrainingError` from measuring columns and rows.
  /// - Complexity: Some thousand predictions for importance, dependence and regions: see `ModelInsight`.
  package func page() throws -> HTMLReport {
    var sections = leading + (try validation.map { [$0.section] } ?? quality())
    let insight = rows.flatMap { rows in
      rows.examples.count > 0 && rows.model.classes?.count != 1
        ? ModelInsight(rows.model, examples: rows.examples, seed: rows.seed, threads: threads) : nil
    }
    let ranking = try insight?.importance()
    if let insight, let section = try columnsSection(insight, ranking) { sections.append(section) }
    if let section = try planeSection(ranking) { sections.append(section) }
    // Rows that the model knows say little about where it errs.
    if validation == nil, let section = rowsSection(ranking) { sections.append(section) }
    if let section = dataSection { sections.append(section) }
    if let section = trainingSection { sections.append(section) }
    sections.append(aboutSection)
    return HTMLReport(
      title: title, subtitle: subtitle, summary: summary, warnings: warnings + ownWarnings,
      sections: sections, footer: "svm \(toolkitVersion)")
  }

  // MARK: Head

  private var subtitle: String {
    let predictor = model.predictor
    let task =
      switch predictor.task {
      case .classification, .regression: model.targetName.map { "predicts \($0)" } ?? "predicts"
      case .novelty: "finds rows unlike the training rows"
      case .components: "finds components"
      }
    let columns = MessageText.count(model.columnCount, "column")
    return
      "\(predictor.formulation.rawValue), \(predictor.kernel.name) kernel; \(task) from \(columns)"
  }

  private var summary: [HTMLReport.Fact] {
    var facts: [HTMLReport.Fact] = []
    if let validation {
      facts += validation.facts
    } else if let measurement {
      let shown = measurement.allMetrics.filter { metrics.shows($0.id) }
      facts += shown.prefix(FigureText.headlineCount).map { FigureText.fact($0, measurement) }
      if let baseline = FigureText.baseline(measurement) { facts.append(baseline) }
      facts.append(
        .init(
          measurement.set == .holdout ? "rows held out" : "rows measured",
          NumberText.count(measurement.rowCount)))
    }
    facts.append(.init("trained on", "\(NumberText.count(model.predictor.trainingCount)) rows"))
    if let count = model.predictor.expansion?.supportIndices.count {
      facts.append(.init("support vectors", NumberText.count(count)))
    }
    // What a search found is more than what its model does on rows that it knows.
    return leading.isEmpty ? facts + self.facts : self.facts + facts
  }

  private var ownWarnings: [String] {
    var warnings: [String] = []
    if validation == nil, measurement?.set == .training, model.predictor.task.hasTarget {
      warnings.append(
        "The metrics were measured on the rows that the model was trained on and are too optimistic. "
          + "Hold rows out, or evaluate the model on another file.")
    }
    let reasons = model.predictor.problems.map(\.certificate.stopReason)
    if let reason = reasons.first(where: { $0 != .converged && $0 != .imported }) {
      warnings.append(
        "The training stopped before its tolerance was met (\(reason.rawValue)).")
    }
    if let rows {
      let predicted = Set(rows.predictedClasses)
      if rows.count > 1, predicted.count == 1, let only = predicted.first,
        rows.classNames.count > 1
      {
        warnings.append("The model predicts \(rows.classNames[only]) for every row.")
      }
      if rows.classNames.count == 1 {
        warnings.append(
          "There is only one class, \(rows.classNames[0]): there is nothing to distinguish.")
      }
      let numbers = rows.predictedNumbers
      if numbers.count > 1, numbers.allSatisfy({ $0 == numbers[0] }) {
        warnings.append("The model predicts \(NumberText.significant(numbers[0])) for every row.")
      }
    }
    return warnings
  }

  // MARK: Quality

  /// Figures and curves, by the task.
  private func quality() throws -> [HTMLReport.Section] {
    var blocks: [HTMLReport.Block] = []
    if let measurement { blocks.append(.paragraph(measuredOn(measurement))) }
    var tables =
      measurement.flatMap({ FigureText.table($0, metrics) }).map { [HTMLReport.Block.table($0)] }
      ?? []
    if let rows {
      let charts = RowCharts(rows)
      let plots = [
        measurement.flatMap(RowCharts.confusion), try charts.roc(), try charts.precisionRecall(),
        try charts.threshold(), try charts.gain(), try charts.calibration(),
        charts.scoreHistogram(), charts.predictedVersusTrue(), charts.residualPlot(),
        charts.residualHistogram(), charts.residualQuantiles(),
      ].compactMap { $0 }.filter { !$0.isEmpty }
      if !plots.isEmpty { blocks.append(.figures(plots)) }
      if let measurement { tables = try ClassTables(measurement, charts).blocks() + tables }
    }
    blocks += tables
    return blocks.isEmpty ? [] : [.init("Performance", blocks)]
  }

  private func measuredOn(_ measurement: Measurement) -> String {
    let count = NumberText.count(measurement.rowCount)
    let rows = MessageText.count(measurement.rowCount, "row")
    let set =
      switch measurement.set {
      case .training: "Measured on the \(rows) that the model was trained on."
      case .holdout:
        "Measured on \(count) held-out \(measurement.rowCount == 1 ? "row" : "rows"); the saved model was "
          + "then trained on all rows."
      case .crossValidation:
        "Measured on \(rows), each predicted by a model that was trained without it."
      case .evaluation: "Measured on \(rows) of the file."
      }
    return set
      + (measurement.confidence.isEmpty
        ? "" : " Intervals are 95 % bootstrap confidence intervals from 1000 resamples.")
  }

  // MARK: Columns

  /// The most columns of a model through which a slice is drawn.
  private static let sliceLimit = 40

  private func columnsSection(
    _ insight: ModelInsight, _ ranking: ImportanceRanking?
  ) throws -> HTMLReport.Section? {
    guard insight.model.hasDescribableColumns else {
      return .init(
        "Feature importance",
        [
          .paragraph(
            "The model takes \(MessageText.count(insight.model.columnCount, "column")), too many to "
              + "show the importance of each.")
        ])
    }
    var figures: [Plot] = []
    var text = ""
    if let ranking {
      figures.append(ModelInsight.plot(ranking))
      text =
        "Importance is the loss in performance when a column is shuffled. Redundant columns share their "
        + "importance, so each looks small. "
    }
    if let weights = ModelInsight.weights(of: insight.model) { figures.append(weights) }
    let chosen = ranking?.columns.map(\.column) ?? insight.model.columns.map(\.name)
    var shown = 0
    for column in chosen where shown < ModelInsight.dependenceLimit {
      guard let plot = try insight.dependence(on: column) else { continue }
      figures.append(plot)
      shown += 1
    }
    if shown > 0 {
      text +=
        "Partial dependence is the mean prediction when a column has the same value in all rows; it "
        + "describes the model and does not imply causation."
    }
    figures = figures.filter { !$0.isEmpty }
    guard !figures.isEmpty else { return nil }
    return .init(
      "Feature importance", (text.isEmpty ? [] : [.paragraph(text)]) + [.figures(figures)])
  }

  private func planeSection(_ ranking: ImportanceRanking?) throws -> HTMLReport.Section? {
    guard let rows, rows.examples.count > 1 else { return nil }
    let plane = ModelPlane(rows.model, examples: rows.examples, seed: rows.seed, threads: threads)
    var figures: [Plot] = []
    let columnCount = rows.model.columnCount
    let numeric = rows.model.hasDescribableColumns ? plane.numericColumns.map(\.name) : []
    let ranked = (ranking?.columns.map(\.column) ?? []).filter(Set(numeric).contains)
    let axes = self.plane.map { [$0.0, $0.1] } ?? (ranked.count > 1 ? ranked : numeric)
    // A slice through many columns says little.
    if axes.count > 1, columnCount <= Self.sliceLimit || self.plane != nil {
      // In the order of the table, so that two columns are drawn as they stand there.
      let chosen = self.plane == nil ? numeric.filter(Set(axes.prefix(2)).contains) : axes
      if let plot = try plane.regions(chosen[0], chosen[1]) { figures.append(plot) }
    }
    if columnCount != 2 || model.predictor.task == .components || figures.isEmpty,
      let plot = try plane.map()
    {
      figures.append(plot)
    }
    figures = figures.filter { !$0.isEmpty }
    return figures.isEmpty ? nil : .init("Decision map", [.figures(figures)])
  }
}
