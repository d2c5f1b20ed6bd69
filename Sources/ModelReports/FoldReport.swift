import Evaluation
import ModelSelection
import Reports
import Tables
import TabularModels

import enum Reports.NumberText

/// The page about a cross-validation, with a learning curve if there is one.
public struct FoldReport: Sendable {
  /// The heading: the name of the data, as a rule.
  public var title: String
  /// What was measured.
  public var result: CrossValidationResult
  /// What more rows would bring, if that was measured.
  public var learningCurve: LearningCurveResult?

  /// A report on a cross-validation.
  public init(
    title: String, result: CrossValidationResult, learningCurve: LearningCurveResult? = nil
  ) {
    self.title = title
    self.result = result
    self.learningCurve = learningCurve
  }

  /// The page.
  ///
  /// - Throws: `EvaluationError` when a figure of the rows cannot be computed.
  public func page() throws -> HTMLReport {
    var sections = [try quality().section]
    if let learningCurve {
      sections.append(.init("More rows", [.figures([Self.plot(learningCurve)])]))
    }
    sections.append(.init("Fold by fold", [.table(foldTable)]))
    var warnings: [String] = []
    if !result.isComplete {
      warnings.append(
        "Stopped after \(result.folds.count) of \(result.plannedFoldCount) folds.")
    }
    let unsolved = result.folds.count { !$0.isConverged }
    if unsolved > 0 {
      warnings.append(
        "\(MessageText.count(unsolved, "fold")) ended before the tolerance was met.")
    }
    return HTMLReport(
      title: title, subtitle: subtitle, summary: summary, warnings: warnings, sections: sections,
      footer: "svm \(toolkitVersion)")
  }

  /// The figures of the folds, with curves and the confusion matrix of all of them.
  ///
  /// - Throws: `EvaluationError` when a figure of the rows cannot be computed.
  public func quality() throws -> ModelReport.Validation {
    let predictions = result.predictions.filter { $0.repetition == 0 }
    var figures = [foldPlot(), confusion()].compactMap { $0 }
    figures += try curves(predictions) + errors(predictions)
    return ModelReport.Validation(
      section: .init(
        "How good it is",
        [
          .paragraph(
            "Every row was predicted by a model that was trained without it, preprocessing included. "
              + "Deviations are those of the folds."),
          .table(summaryTable), .figures(figures),
        ]), facts: summary)
  }

  private var subtitle: String {
    "\(result.formulation.rawValue)"
      + (result.targetName.map { "; predicts \($0)" } ?? "") + "; cross-validation"
  }

  /// The figures that have a place for each fold.
  private var shortNames: [String] {
    result.summaries.map(\.name).filter(Metric.briefNames.contains)
  }

  private var summary: [HTMLReport.Fact] {
    var facts = shortNames.prefix(6).compactMap { name -> HTMLReport.Fact? in
      result.summary(name).map { summary in
        return .init(
          Metric.words(name), NumberText.significant(summary.mean),
          detail: summary.standardDeviation.map { "± \(NumberText.significant($0, digits: 2))" }
            ?? "")
      }
    }
    facts.append(.init("rows", NumberText.count(result.rowCount)))
    facts.append(.init("folds", NumberText.count(result.folds.count)))
    return facts
  }

  private var summaryTable: HTMLReport.Table {
    HTMLReport.Table(
      caption: "Figures over \(MessageText.count(result.folds.count, "fold"))",
      columns: [
        .init("figure"), .init("mean", isNumeric: true), .init("± sd", isNumeric: true),
        .init("least", isNumeric: true), .init("greatest", isNumeric: true),
      ],
      rows: result.summaries.filter { Metric.standardNames.contains($0.name) }.map { summary in
        [
          Metric.words(summary.name), NumberText.significant(summary.mean),
          summary.standardDeviation.map { NumberText.significant($0, digits: 2) } ?? "",
          NumberText.significant(summary.range.lowerBound),
          NumberText.significant(summary.range.upperBound),
        ]
      })
  }

  /// Folds that are told one by one.
  private static let foldLimit = 50

  private var foldTable: HTMLReport.Table {
    let names = shortNames
    return HTMLReport.Table(
      caption: result.folds.count > Self.foldLimit
        ? "The first \(Self.foldLimit) of \(result.folds.count) folds" : "Folds",
      columns: [
        .init("fold", isNumeric: true), .init("trained on", isNumeric: true),
        .init("held out", isNumeric: true),
      ] + names.map { .init(Metric.words($0), isNumeric: true) },
      rows: result.folds.prefix(Self.foldLimit).enumerated().map { index, fold in
        [
          "\(index + 1)", NumberText.count(fold.trainingRowCount),
          NumberText.count(fold.heldOutRowCount),
        ] + names.map { fold.metric($0).map { NumberText.significant($0) } ?? "" }
      })
  }

  // MARK: Figures

  /// The first figure of every fold, and their mean.
  private func foldPlot() -> Plot? {
    guard let name = shortNames.first, let mean = result.summary(name)?.mean,
      result.folds.count > 1
    else { return nil }
    let words = Metric.words(name)
    let points = result.folds.enumerated().compactMap { index, fold in
      fold.metric(name).map { PlotPoint(Double(index + 1), $0) }
    }
    let count = Double(result.folds.count)
    return Plot(
      title: "\(words) fold by fold",
      description:
        "\(words) of \(result.folds.count) folds, \(NumberText.significant(mean)) on average.",
      xAxis: PlotAxis("fold", range: 0.5...(count + 0.5)), yAxis: PlotAxis(words),
      marks: [
        PlotMark(
          .segment(PlotPoint(0.5, mean), PlotPoint(count + 0.5, mean)), color: .muted,
          name: "mean", isDashed: true),
        PlotMark(.points(points), name: "fold", size: 4, opacity: 1),
      ])
  }

  /// The counts of all folds together.
  private func confusion() -> Plot? {
    guard let names = result.classNames, names.count > 1 else { return nil }
    let place = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var counts = [[Double]](
      repeating: [Double](repeating: 0, count: names.count), count: names.count)
    for fold in result.folds {
      guard case .classes(let matrix) = fold.measurement.counts else { continue }
      for actual in matrix.classNames.indices {
        for predicted in matrix.classNames.indices {
          guard let row = place[matrix.classNames[actual]],
            let column = place[matrix.classNames[predicted]]
          else { continue }
          counts[row][column] += matrix.weight(actual: actual, predicted: predicted)
        }
      }
    }
    return ConfusionMatrixChart(
      title: "Confusion matrix, all folds", classNames: names, counts: counts
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
  public static func plot(_ curve: LearningCurveResult) -> Plot {
    func value(_ values: [Double]) -> MeasuredValue {
      let mean = values.reduce(0, +) / Double(max(values.count, 1))
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return MeasuredValue(
        mean: mean,
        deviation: values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0)
    }
    return LearningCurveChart(
      scoreName: Metric.words(curve.metric.rawValue),
      sizes: curve.sizes.map {
        .init(
          rowCount: $0.rowCount, training: value($0.training), validation: value($0.heldOut))
      }
    ).plot()
  }
}
