import Basics
import Evaluation
import Kernels
import ModelFiles
import ModelReports
import ModelSelection
import Reports
import Tables
import TabularModels

/// What `svm tune` found, for people and for programs.
struct SearchReport {
  let result: SearchResult
  /// The model that was trained with the parameters that were found; `nil` when none was.
  var training: TabularTraining?
  /// What a cross-validation of these parameters gave; `nil` when rows were held out, or it was stopped.
  var validation: CrossValidationResult?
  /// The figures that people see.
  var shown = MetricChoice.standard
  /// Whether training weighted the classes.
  var isWeighted = false
  let data: any ExampleText
  /// The kernel of candidates that are not linear.
  let kernelName: String
  let strategy: ParameterSearch.Strategy
  /// Where the model went; `nil` when it was not written.
  var modelPath: String?
  let trialsPath: String?
  /// Whether a budget of time decided what was tried.
  let isTimed: Bool
  let threads: Int
  let machine: Machine
  let loadTime: Duration
  var totalTime = Duration.zero

  /// How many of the best trials are shown.
  private static let bestShown = 8

  /// `tuning   37 trials   accuracy 0.952 with C 8, gamma 0.125   1.2 s`.
  static func progress(
    _ trials: [Trial], _ metric: MetricDefinition?, elapsed: Double
  ) -> String {
    var parts = ["tuning", Text.count(trials.count, "trial")]
    // Only trials on as many rows can be compared.
    let eligible = trials.filter { $0.isEligible && $0.mean != nil }
    let most = eligible.map(\.rowCount).max() ?? 0
    let latest = eligible.filter { $0.rowCount == most }
    func score(_ trial: Trial) -> Double {
      metric.map { $0.score(trial.mean ?? 0) } ?? trial.mean ?? 0
    }
    if let best = latest.max(by: { score($0) < score($1) }), let mean = best.mean {
      let name = metric?.displayName ?? "best"
      parts.append(
        "\(name) \(Text.significant(mean, 4)) with \(words(best.candidate)) on \(Text.count(most, "row"))"
      )
    }
    parts.append(Text.seconds(elapsed))
    return parts.joined(separator: "   ")
  }

  /// `C 8, gamma 0.125`.
  private static func words(_ candidate: Candidate) -> String {
    var parts = candidate.isLinear ? ["\(Candidate.linearKernelName) kernel"] : []
    let values: [(name: String, value: Double?)] = [
      ("C", candidate.boxConstraint), ("gamma", candidate.gamma),
      ("epsilon", candidate.epsilon), ("nu", candidate.nu),
    ]
    for (name, value) in values {
      if let value { parts.append("\(name) \(Text.significant(value, 5))") }
    }
    return parts.joined(separator: ", ")
  }

  // MARK: For people

  /// The summary and the best of the trials.
  var text: String {
    var lines: [(label: String, value: String)] = [
      ("data", dataLine),
      ("task", "\(result.decision.task.rawValue): \(result.decision.reason)"),
      ("search", searchLine), ("best", bestLine),
    ]
    if let training {
      lines += honestLines(training)
      lines += Solution(training.model.predictor).lines
    }
    lines.append(("time", timeLine))
    if let trialsPath, trialsPath != "-" { lines.append(("trials", MessageText.plain(trialsPath))) }
    var place = "not written"
    if let modelPath { place = modelPath == "-" ? "standard output" : MessageText.plain(modelPath) }
    lines.append(("model", place))
    return Text.aligned(lines) + "\n" + bestTable
  }

  /// What was found, before the model is trained with it.
  var found: String {
    "found \(bestLine) after \(Text.count(result.trials.count, "trial")); "
      + "training on \(Text.count(result.rowCount, "row"))"
  }

  /// The figures of rows that the models which predicted them had not seen.
  private func honestLines(_ training: TabularTraining) -> [(label: String, value: String)] {
    let measured = training.measurement?.allMetrics ?? []
    var lines: [(label: String, value: String)] = []
    if let validation { lines.append(("cross-validated", validation.text(of: shown))) }
    return lines + Metric.lines(measured.filter { $0.set == .holdout }, shown)
  }

  private var dataLine: String {
    var line = "\(MessageText.plain(data.file)): \(Text.count(data.rowCount, "row"))"
    if let training {
      line += ", \(Text.count(training.model.predictor.featureCount, "feature"))"
      if let target = training.targetName { line += ", target \(MessageText.plain(target))" }
    }
    if let balance = result.balance { line += ", \(balance.text)" }
    return line
  }

  private var searchLine: String {
    var line =
      "\(strategy.rawValue): \(Text.count(result.trials.count, "trial")) by \(result.metric.displayName)"
    let searched = result.trials.map(\.rowCount).max() ?? 0
    if result.trainer.holdoutFraction != nil {
      line += " without the held-out rows"
    } else if searched < result.rowCount {
      line += " on at most \(Text.count(searched, "row"))"
    }
    if !result.isComplete { line += ", ended early" }
    return line
  }

  private var bestLine: String {
    "\(Self.words(result.best.candidate)): \(result.metric.displayName) \(Self.figure(result.best)) "
      + "(\(Text.count(result.best.foldCount, "fold")) of \(Text.count(result.best.rowCount, "row")))"
  }

  private var timeLine: String {
    var parts = [
      "loading \(Text.seconds(loadTime / .seconds(1)))",
      "searching \(Text.seconds(result.duration / .seconds(1)))",
    ]
    if let training {
      parts.append("training \(Text.seconds(training.timing.training / .seconds(1)))")
    }
    if let validation {
      parts.append("folds \(Text.seconds(validation.duration / .seconds(1)))")
    }
    return "\(Text.seconds(totalTime / .seconds(1))) (\(parts.joined(separator: ", ")))"
  }

  private static func figure(_ trial: Trial) -> String {
    guard let mean = trial.mean else { return "–" }
    return Text.significant(mean, 4)
      + (trial.standardDeviation.map { " ± \(Text.significant($0, 2))" } ?? "")
  }

  /// The best trials on the rows that the chosen one was measured on.
  private var bestTable: String {
    let eligible = result.trials.filter { trial in
      trial.isEligible && trial.mean != nil && trial.rowCount == result.best.rowCount
        && trial.foldCount == result.best.foldCount
    }
    func score(_ index: Int) -> Double { result.metric.score(eligible[index].mean ?? 0) }
    let order = eligible.indices.sorted { left, right in
      let (a, b) = (score(left), score(right))
      return a == b ? left < right : a > b
    }
    // The one that was chosen is always among them.
    let shown = order.enumerated().filter { rank, index in
      rank < Self.bestShown || eligible[index] == result.best
    }.map(\.element)
    return Text.table(
      header: ["candidate", "\(result.metric.displayName) ± sd", "folds", ""],
      rows: shown.map { fields(of: eligible[$0]) })
  }

  private func fields(of trial: Trial) -> [String] {
    var note = trial.status == .limited ? "not converged" : ""
    if trial == result.best { note = "chosen" }
    return [Self.words(trial.candidate), Self.figure(trial), "\(trial.foldCount)", note]
  }

  /// What the figures hide.
  private var hints: ClassHints {
    let measurement = validation?.pooled ?? training?.measurement
    return ClassHints(
      imbalance: measurement?.imbalance, measurement: measurement,
      balance: result.balance, isWeighted: isWeighted,
      searchesAccuracy: result.metric == .accuracy)
  }

  /// What a user should know.
  var warnings: [String] {
    var warnings = training.map { $0.warnings.map { "warning: \($0)" } } ?? []
    warnings += hints.lines
    if let training,
      let warning = Solution(training.model.predictor).warning(
        scaling: training.model.preprocessor?.scaler.scaling ?? .none)
    {
      warnings.append(warning)
    }
    if isTimed && !result.isComplete {
      warnings.append("note: the time budget ended the search; another run may choose differently")
    }
    return warnings
  }

  /// The page with charts: the search, and then the model that it ended with.
  ///
  /// - Parameters:
  ///   - moments: How the last training went.
  ///   - columns: How each column is used.
  ///   - notes: What is said about columns, in sentences.
  /// - Returns: The page.
  /// - Throws: What measuring the model throws.
  func page(
    _ moments: [TrainingMoment], columns: HTMLReport.Table?, notes: [String]
  ) throws -> HTMLReport {
    let title = reportTitle(data.file)
    let section = SearchCharts(
      result.trials, metric: result.metric, kernelName: kernelName
    ).section
    var facts: [HTMLReport.Fact] = [
      .init("best", Self.words(result.best.candidate)),
      .init("trials", Text.count(result.trials.count)),
    ]
    if validation == nil {
      facts.insert(
        .init("\(result.metric.displayName) of folds", Self.figure(result.best)), at: 1)
    }
    guard let training else {
      return HTMLReport(
        title: title, subtitle: "a search that was interrupted", summary: facts,
        sections: [section], footer: "svm \(SVMCommand.version)")
    }
    var page = ModelReport(
      title: title, model: training.model, measurement: training.measurement, rows: training.rows,
      threads: threads)
    page.metrics = shown
    page.leading = [section]
    page.facts = facts
    if let validation {
      var folds = FoldReport(title: title, result: validation)
      folds.metrics = shown
      page.validation = try folds.quality()
    }
    page.moments = moments
    page.columns = columns
    page.notes = hints.sentences + notes
    page.commandLine = reportCommandLine()
    if !result.isComplete { page.warnings = ["The search ended early."] }
    return try page.page()
  }

  // MARK: For programs

  /// Best, trials and times under fixed names.
  var json: JSONValue {
    let trials: [JSONValue] = result.trials.map { json($0) }
    let metrics = (validation?.metrics ?? []) + (training?.measurement?.allMetrics ?? [])
    return [
      "version": .string(SVMCommand.version),
      "formulation": .string(result.formulation.rawValue),
      "task": .string(result.decision.task.rawValue),
      "metric": .string(result.metric.optionName),
      "search": .string(strategy.rawValue),
      "isComplete": .bool(result.isComplete),
      "data": .object(
        [
          .init("name", .string(data.file)), .init("rows", .integer(data.rowCount)),
          .init("classes", result.balance.map { .strings($0.classNames) } ?? .null),
        ] + ClassBalance.members(result.balance)),
      "best": json(result.best),
      "trials": .array(trials),
      "timing": [
        "load": .number(loadTime / .seconds(1)),
        "search": .number(result.duration / .seconds(1)),
        "train": .finite(training.map { $0.timing.training / .seconds(1) }),
        "total": .number(totalTime / .seconds(1)),
      ],
      "threads": .integer(threads),
      "blas": ["core": .string(machine.core), "repaired": .bool(machine.isRepaired)],
      "metrics": .array(metrics.map(\.json)),
      "hints": hints.json,
      "model": modelPath.map(JSONValue.string) ?? .null,
    ]
  }

  private func json(_ trial: Trial) -> JSONValue {
    let candidate = trial.candidate
    return [
      "kernel": .string(candidate.kernelName(else: kernelName)),
      "c": .finite(candidate.boxConstraint), "gamma": .finite(candidate.gamma),
      "epsilon": .finite(candidate.epsilon), "nu": .finite(candidate.nu),
      "rows": .integer(trial.rowCount), "folds": .integer(trial.foldCount),
      "mean": .finite(trial.mean), "standardDeviation": .finite(trial.standardDeviation),
      "status": .string(trial.status.rawValue),
      "seconds": .number(trial.duration / .seconds(1)), "values": .numbers(trial.values),
    ]
  }
}
