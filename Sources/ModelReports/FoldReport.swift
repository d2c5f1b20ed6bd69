import Basics
import Evaluation
import ModelSelection
import Reports
import Tables
import TabularModels

/// The page about a cross-validation, with a learning curve if there is one.
public struct FoldReport: Sendable {
  /// The heading: the name of the data, as a rule.
  package var title: String
  /// What was measured.
  package var result: CrossValidationResult
  /// The metrics that are shown.
  package var metrics = MetricChoice.standard
  /// What more rows would bring, if that was measured.
  package var learningCurve: LearningCurveResult?
  /// How each column of the data is used; `nil` when it is not known.
  package var columns: HTMLReport.Table?
  /// What is worth knowing about the data.
  package var notes: [String] = []
  /// The command that made the report; empty when there was none.
  package var commandLine = ""

  /// A report on a cross-validation.
  public init(title: String, result: CrossValidationResult) {
    self.title = title
    self.result = result
  }

  /// The page as an HTML document.
  ///
  /// - Returns: The text of an `.html` file in UTF-8; equal reports give equal bytes.
  /// - Throws: `EvaluationError` when a figure of the rows cannot be computed.
  public func html() throws -> String { try page().html() }

  /// The page.
  ///
  /// - Throws: `EvaluationError` when a figure of the rows cannot be computed.
  package func page() throws -> HTMLReport {
    var sections = [try quality().section]
    if let learningCurve {
      let plot = Self.plot(learningCurve)
      if !plot.isEmpty { sections.append(.init("Learning curve", [.figures([plot])])) }
    }
    sections.append(.init("Fold by fold", [.table(foldTable)]))
    var data: [HTMLReport.Block] = notes.isEmpty ? [] : [.list(notes)]
    if let columns { data.append(.table(columns)) }
    if !data.isEmpty { sections.append(.init("Data", data)) }
    if !commandLine.isEmpty {
      sections.append(.init("How this was made", [.command(commandLine)]))
    }
    var warnings: [String] = []
    if !result.isComplete {
      warnings.append(
        "Stopped after \(result.folds.count) of \(result.plannedFoldCount) folds.")
    }
    let unsolved = result.folds.count { !$0.isConverged }
    if unsolved > 0 {
      warnings.append(
        "\(MessageText.count(unsolved, "fold")) stopped before the tolerance was met.")
    }
    return HTMLReport(
      title: title, subtitle: subtitle, summary: summary, warnings: warnings, sections: sections,
      footer: "svm \(toolkitVersion)")
  }

  /// The figures of the folds, with curves and the confusion matrix of all of them.
  ///
  /// - Throws: `EvaluationError` when a figure of the rows cannot be computed.
  package func quality() throws -> ModelReport.Validation {
    let predictions = result.predictions.filter { $0.repetition == 0 }
    let counts = counts
    var figures = [foldPlot(), counts.flatMap(Self.confusion)].compactMap { $0 }
    figures += try curves(predictions) + errors(predictions)
    figures = figures.filter { !$0.isEmpty }
    var blocks: [HTMLReport.Block] = [
      .paragraph(
        "Every row was predicted by a model that was trained without it, preprocessing included. "
          + "Standard deviations are over the folds.")
    ]
    if !figures.isEmpty { blocks.append(.figures(figures)) }
    if let counts { blocks += try ClassTables(counts).blocks() }
    if let table = summaryTable { blocks.append(.table(table)) }
    return ModelReport.Validation(section: .init("Performance", blocks), facts: summary)
  }

  private var subtitle: String {
    "\(result.formulation.rawValue)"
      + (result.targetName.map { "; predicts \($0)" } ?? "") + "; cross-validation"
  }

  /// The figures that have a place for each fold.
  private var idsByFold: [MetricID] {
    result.summaries.map(\.id).filter(metrics.showsByFold)
  }

  private var summary: [HTMLReport.Fact] {
    var facts = shown.prefix(FigureText.headlineCount).map { summary in
      HTMLReport.Fact(
        summary.id.displayName, NumberText.significant(summary.mean),
        detail: summary.standardDeviation.map {
          "± \(NumberText.significant($0, digits: 2)) (\(Self.range(summary)))"
        } ?? "")
    }
    facts.append(.init("rows", NumberText.count(result.rowCount)))
    facts.append(.init("folds", NumberText.count(result.folds.count)))
    return facts
  }

  /// The metrics that are shown; the first stand at the head of the page.
  private var shown: [MetricSummary] { result.summaries.filter { metrics.shows($0.id) } }

  private static func range(_ summary: MetricSummary) -> String {
    NumberText.significant(summary.range.lowerBound, digits: 3) + "–"
      + NumberText.significant(summary.range.upperBound, digits: 3)
  }

  /// The metrics that are not at the head of the page.
  private var summaryTable: HTMLReport.Table? {
    let summaries = shown.dropFirst(FigureText.headlineCount)
    guard !summaries.isEmpty else { return nil }
    return HTMLReport.Table(
      caption: "More metrics over \(MessageText.count(result.folds.count, "fold"))",
      columns: [
        .init("metric"), .init("mean", isNumeric: true), .init("± sd", isNumeric: true),
        .init("minimum", isNumeric: true), .init("maximum", isNumeric: true),
      ],
      rows: summaries.map { summary in
        [
          summary.id.displayName, NumberText.significant(summary.mean),
          summary.standardDeviation.map { NumberText.significant($0, digits: 2) } ?? "",
          NumberText.significant(summary.range.lowerBound),
          NumberText.significant(summary.range.upperBound),
        ]
      })
  }

  /// Folds that are listed.
  private static let foldLimit = 50

  private var foldTable: HTMLReport.Table {
    let ids = idsByFold
    return HTMLReport.Table(
      caption: result.folds.count > Self.foldLimit
        ? "The first \(Self.foldLimit) of \(result.folds.count) folds" : "Folds",
      columns: [
        .init("fold", isNumeric: true), .init("trained on", isNumeric: true),
        .init("held out", isNumeric: true),
      ] + ids.map { .init($0.displayName, isNumeric: true) },
      rows: result.folds.prefix(Self.foldLimit).enumerated().map { index, fold in
        [
          "\(index + 1)", NumberText.count(fold.trainingRowCount),
          NumberText.count(fold.heldOutRowCount),
        ] + ids.map { fold.value($0).map { NumberText.significant($0) } ?? "" }
      })
  }

  // MARK: Figures

  /// The first figure of every fold, and their mean.
  private func foldPlot() -> Plot? {
    guard let id = idsByFold.first, let mean = result.summaries.first(where: { $0.id == id })?.mean,
      result.folds.count > 1
    else { return nil }
    let name = id.displayName
    let points = result.folds.enumerated().compactMap { index, fold in
      fold.value(id).map { PlotPoint(Double(index + 1), $0) }
    }
    let count = Double(result.folds.count)
    return Plot(
      title: "\(name) fold by fold",
      description:
        "\(name) of \(result.folds.count) folds, \(NumberText.significant(mean)) on average.",
      xAxis: PlotAxis("fold", range: 0.5...(count + 0.5)), yAxis: PlotAxis(name),
      marks: [
        PlotMark(
          .segment(PlotPoint(0.5, mean), PlotPoint(count + 0.5, mean)), color: .muted,
          name: "mean", isDashed: true),
        PlotMark(.points(points), name: "fold", size: 4, opacity: 1),
      ])
  }

  /// The counts of all folds together, those of the first division of the rows where there are several;
  /// `nil` unless classes were predicted.
  private var counts: ConfusionMatrix? {
    guard let names = result.classNames, names.count > 1 else { return nil }
    let place = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var counts = ConfusionMatrix(classNames: names)
    for fold in result.folds where fold.repetition == 0 {
      guard case .classes(let matrix) = fold.measurement.counts else { continue }
      for actual in matrix.classNames.indices {
        for predicted in matrix.classNames.indices {
          guard let row = place[matrix.classNames[actual]],
            let column = place[matrix.classNames[predicted]]
          else { continue }
          let count = matrix.count(actual: actual, predicted: predicted)
          let weight = matrix.weight(actual: actual, predicted: predicted)
          for _ in 0..<count {
            counts.add(actual: row, predicted: column, weight: weight / Double(count))
          }
        }
      }
    }
    return counts.rowCount > 0 ? counts : nil
  }

  private static func confusion(_ counts: ConfusionMatrix) -> Plot? {
    let indices = counts.classNames.indices
    return ConfusionMatrixChart(
      title: "Confusion matrix, all folds", classNames: counts.classNames,
      counts: indices.map { actual in
        indices.map { counts.weight(actual: actual, predicted: $0) }
      }
    ).plot()
  }

  /// Curves of two classes, whose decision values are those of different models.
  private func curves(_ predictions: [OutOfFoldPrediction]) throws -> [Plot] {
    guard let names = result.classNames, names.count == 2, !predictions.isEmpty,
      predictions.allSatisfy({ $0.decisionValues.count == 1 && $0.decisionValues[0].isFinite })
    else { return [] }
    let labels = try ScoredLabels(
      scores: predictions.map { $0.decisionValues[0] },
      isPositive: predictions.map { $0.target == names[1] })
    let roc = labels.rocCurve(pointLimit: 400)
    let precision = labels.precisionRecallCurve(pointLimit: 400)
    guard !roc.isEmpty, !precision.isEmpty else { return [] }
    let share =
      Double(predictions.count { $0.target == names[1] }) / Double(predictions.count)
    return [
      ROCChart(curves: [
        ThresholdCurve(
          name: names[1], points: roc.map { PlotPoint($0.falsePositiveRate, $0.recall) },
          area: labels.rocAUC)
      ]).plot(),
      PrecisionRecallChart(
        curves: [
          ThresholdCurve(
            name: names[1], points: precision.map { PlotPoint($0.recall, $0.precision) },
            area: labels.averagePrecision)
        ], positiveShare: share
      ).plot(),
    ]
  }

  /// Numbers and their errors.
  private func errors(_ predictions: [OutOfFoldPrediction]) -> [Plot] {
    guard result.decision.task == .regression else { return [] }
    let pairs = predictions.compactMap { prediction -> (actual: Double, predicted: Double)? in
      guard let actual = Double(prediction.target), let predicted = Double(prediction.prediction)
      else { return nil }
      return (actual, predicted)
    }
    let (actual, predicted) = (pairs.map(\.actual), pairs.map(\.predicted))
    let residuals = pairs.map { $0.actual - $0.predicted }
    let name = result.targetName ?? "target"
    return [
      PredictedVersusTrueChart(targetName: name, predicted: predicted, actual: actual).plot(),
      ResidualChart(targetName: name, predicted: predicted, residuals: residuals).plot(),
      ResidualHistogramChart(residuals: residuals).plot(),
    ]
  }

  /// The picture of a learning curve.
  package static func plot(_ curve: LearningCurveResult) -> Plot {
    func value(_ values: [Double]) -> MeasuredValue {
      let mean = values.reduce(0, +) / Double(max(values.count, 1))
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return MeasuredValue(
        mean: mean,
        deviation: values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0)
    }
    return LearningCurveChart(
      scoreName: curve.metric.displayName,
      sizes: curve.sizes.map {
        .init(
          rowCount: $0.rowCount, training: value($0.training), validation: value($0.heldOut))
      }
    ).plot()
  }
}
