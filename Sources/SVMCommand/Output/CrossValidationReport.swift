import Basics
import Evaluation
import Kernels
import ModelFiles
import ModelReports
import ModelSelection
import Tables
import TabularModels

/// What `svm cv` found, for people and for programs.
struct CrossValidationReport {
  let result: CrossValidationResult
  let dataName: String
  let plan: FoldPlan
  let group: String?
  let learningCurve: LearningCurveResult?
  /// Where a model went; `nil` when none was asked for.
  let modelPath: String?
  let shown: MetricChoice
  /// Whether training weighted the classes.
  let isWeighted: Bool
  let loadTime: Duration
  let totalTime: Duration

  /// More folds than this are summarised only.
  private static let maximumFoldsShown = 25

  // MARK: For people

  /// One line for each fold, then the mean and the deviation of every figure.
  var text: String {
    var lines: [(label: String, value: String)] = [
      ("data", dataLine),
      ("task", "\(result.decision.task.rawValue): \(result.decision.reason)"),
      ("folds", planLine),
    ]
    lines.append(("time", Text.seconds(totalTime / .seconds(1))))
    if let modelPath { lines.append(("model", MessageText.plain(modelPath))) }
    return Text.aligned(lines) + "\n" + foldTable + "\n" + summaryTable + curveTable
  }

  private var curveTable: String {
    guard let learningCurve else { return "" }
    func mean(_ values: [Double]) -> String {
      Text.significant(values.reduce(0, +) / Double(values.count), 4)
    }
    let name = learningCurve.metric.displayName
    return "\n"
      + Text.table(
        header: ["trained on", "\(name) there", "held out", "folds"],
        rows: learningCurve.sizes.map {
          [
            Text.count($0.rowCount), mean($0.training), mean($0.heldOut),
            Text.count($0.heldOut.count),
          ]
        }, leftAligned: 0)
  }

  private var dataLine: String {
    var line = "\(MessageText.plain(dataName)): \(Text.count(result.rowCount, "row"))"
    if let target = result.targetName { line += ", target \(MessageText.plain(target))" }
    if let balance = result.balance { line += ", \(balance.text)" }
    return line
  }

  private var planLine: String {
    var line = Text.count(plan.count, "fold")
    if plan.repetitionCount > 1 { line += ", \(plan.repetitionCount) times" }
    if plan.order == .timeOrdered { line += " in time order" }
    if let group { line += ", rows of one \(MessageText.plain(group)) together" }
    if !result.isComplete { line += "; \(result.folds.count) were finished" }
    return line
  }

  /// What the figures hide: of all rows together, since a fold may be small.
  var hints: ClassHints {
    let pooled = result.pooled
    return ClassHints(
      imbalance: pooled?.imbalance, measurement: pooled, balance: result.balance,
      isWeighted: isWeighted)
  }

  /// The figures that are shown fold by fold.
  private var idsByFold: [MetricID] { result.summaries.map(\.id).filter(shown.showsByFold) }

  private var foldTable: String {
    guard result.folds.count <= Self.maximumFoldsShown else { return "" }
    let ids = idsByFold
    var header = ["fold", "trained", "held out"]
    header += ids.map(\.displayName)
    header += ["support vectors", ""]
    return Text.table(header: header, rows: result.folds.map { fields(of: $0, ids) })
  }

  private func fields(of fold: FoldResult, _ ids: [MetricID]) -> [String] {
    var fields: [String] = []
    if plan.repetitionCount > 1 {
      fields.append("\(fold.repetition + 1).\(fold.fold + 1)")
    } else {
      fields.append("\(fold.fold + 1)")
    }
    fields.append(Text.count(fold.trainingRowCount))
    fields.append(Text.count(fold.heldOutRowCount))
    for id in ids {
      fields.append(fold.value(id).map { Text.significant($0, 4) } ?? "–")
    }
    fields.append(fold.supportVectorCount.map { Text.count($0) } ?? "–")
    fields.append(fold.isConverged ? "" : "not converged")
    return fields
  }

  private var summaryTable: String {
    let pooled = (result.pooled?.allMetrics ?? []).filter { shown.shows($0.id) }
    let summaries = result.summaries.filter { shown.shows($0.id) }
    var rows = summaries.map { summary in
      let all = pooled.first { $0.id == summary.id }
      return Self.fields(of: summary) + [all.map { Text.significant($0.value, 4) } ?? "–"]
    }
    // Some metrics exist for all rows together, and for no fold.
    for metric in pooled where !summaries.contains(where: { $0.id == metric.id }) {
      rows.append([metric.displayName, "–", "–", "–", "–", Text.significant(metric.value, 4)])
    }
    rows += shown.undefined(besides: summaries.map(\.id) + pooled.map(\.id))
      .map { [$0.displayName, "undefined", "–", "–", "–", "–"] }
    return Text.table(
      header: ["", "mean", "± sd", "minimum", "maximum", "all rows"], rows: rows)
  }

  private static func fields(of summary: MetricSummary) -> [String] {
    let deviation = summary.standardDeviation.map { Text.significant($0, 2) } ?? "–"
    return [
      summary.id.displayName, Text.significant(summary.mean, 4), deviation,
      Text.significant(summary.range.lowerBound, 4),
      Text.significant(summary.range.upperBound, 4),
    ]
  }

  // MARK: For programs

  /// Folds and summaries under fixed names.
  var json: JSONValue {
    let folds: [JSONValue] = result.folds.map { Self.json(of: $0) }
    let summaries: [JSONValue] = result.summaries.map { Self.json(of: $0) }
    return [
      "version": .string(SVMCommand.version),
      "formulation": .string(result.formulation.rawValue),
      "task": .string(result.decision.task.rawValue),
      "data": dataJSON,
      "plan": planJSON,
      "folds": .array(folds),
      "summaries": .array(summaries),
      "pooled": .array((result.pooled?.allMetrics ?? []).map(\.json)),
      "hints": hints.json,
      "learningCurve": learningCurve.map { Self.json(of: $0) } ?? .null,
      "timing": [
        "load": .number(loadTime / .seconds(1)),
        "crossValidation": .number(result.duration / .seconds(1)),
        "total": .number(totalTime / .seconds(1)),
      ],
      "model": modelPath.map(JSONValue.string) ?? .null,
    ]
  }

  private var dataJSON: JSONValue {
    let members: [JSONValue.Member] = [
      .init("name", .string(dataName)),
      .init("target", result.targetName.map(JSONValue.string) ?? .null),
      .init("rows", .integer(result.rowCount)),
      .init("classes", result.classNames.map(JSONValue.strings) ?? .null),
    ]
    return .object(members + ClassBalance.members(result.balance))
  }

  private var planJSON: JSONValue {
    [
      "folds": .integer(plan.count),
      "repetitions": .integer(plan.repetitionCount),
      "order": .string(plan.order.rawValue),
      "group": group.map(JSONValue.string) ?? .null,
      "isComplete": .bool(result.isComplete),
    ]
  }

  private static func json(of curve: LearningCurveResult) -> JSONValue {
    [
      "metric": .string(curve.metric.optionName),
      "isComplete": .bool(curve.isComplete),
      "sizes": .array(
        curve.sizes.map {
          [
            "rows": .integer($0.rowCount), "training": .numbers($0.training),
            "heldOut": .numbers($0.heldOut),
          ]
        }),
    ]
  }

  private static func json(of fold: FoldResult) -> JSONValue {
    let metrics: [JSONValue] = fold.metrics.map(\.json)
    return [
      "repetition": .integer(fold.repetition),
      "fold": .integer(fold.fold),
      "trainingRows": .integer(fold.trainingRowCount),
      "heldOutRows": .integer(fold.heldOutRowCount),
      "weight": .finite(fold.weight),
      "supportVectors": fold.supportVectorCount.map(JSONValue.integer) ?? .null,
      "isConverged": .bool(fold.isConverged),
      "seconds": .number(fold.duration / .seconds(1)),
      "metrics": .array(metrics),
    ]
  }

  private static func json(of summary: MetricSummary) -> JSONValue {
    [
      "name": .string(summary.name),
      "mean": .finite(summary.mean),
      "standardDeviation": .finite(summary.standardDeviation),
      "least": .finite(summary.range.lowerBound),
      "greatest": .finite(summary.range.upperBound),
      "folds": .integer(summary.foldCount),
    ]
  }
}

extension CrossValidationResult {
  /// What was predicted of each row, as CSV; rows count from 1, as lines of the data do.
  var predictionTable: String {
    let predictions = predictions
    let width = predictions.map(\.decisionValues.count).max() ?? 0
    let hasProbabilities = predictions.contains { !$0.probabilities.isEmpty }
    let names =
      (hasProbabilities ? (classNames ?? []).map { "probability_\($0)" } : [])
      + (!quantiles.isEmpty
        ? quantiles.map { "quantile_\(NumberText.shortest($0))" }
        : width == 1 ? ["decision"] : (0..<width).map { "decision_\($0 + 1)" })
    let writer = CSVText()
    var lines = [writer.record(["row", "repetition", "fold", "target", "prediction"] + names)]
    for prediction in predictions {
      var fields: [String] = [
        "\(prediction.row + 1)", "\(prediction.repetition + 1)", "\(prediction.fold + 1)",
      ]
      fields += [prediction.target, prediction.prediction]
      if hasProbabilities {
        fields += prediction.probabilities.map { "\($0)" }
        fields += [String](
          repeating: "", count: (classNames?.count ?? 0) - prediction.probabilities.count)
      }
      for value in prediction.decisionValues { fields.append(value.isNaN ? "" : "\(value)") }
      // A fold that lacks a class has no decision values of it.
      fields += [String](repeating: "", count: width - prediction.decisionValues.count)
      lines.append(writer.record(fields))
    }
    return lines.joined()
  }
}

extension CrossValidationResult {
  /// The means of the folds.
  var metrics: [Metric] {
    summaries.map {
      Metric(id: $0.id, value: $0.mean, set: .crossValidation, rows: rowCount)
    }
  }

  /// Some of the figures in one line; `svm cv` and the JSON report know more.
  ///
  /// - Parameter shown: The figures that are wanted.
  /// - Returns: Means and deviations over the folds.
  func text(of shown: MetricChoice) -> String {
    let figures =
      summaries.filter { shown.shows($0.id) }.map { summary in
        let spread = summary.standardDeviation.map { " ± \(Text.significant($0, 2))" } ?? ""
        return "\(summary.id.displayName) \(Text.significant(summary.mean, 4))\(spread)"
      } + shown.undefined(besides: summaries.map(\.id)).map { "\($0.displayName) undefined" }
    return "\(figures.joined(separator: ", ")) "
      + "(\(Text.count(folds.count, "fold")) of \(Text.count(rowCount, "row")))"
  }
}
