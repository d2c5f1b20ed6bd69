import ModelSelection
import SupportVectors
import Tables
import TabularModels

/// Everything `svm tune` was asked to do beyond training.
struct SearchSetup {
  /// The search; groups, cancellation and callbacks are still to come.
  let search: ParameterSearch
  /// What is compared, if the user said so.
  let metric: SelectionMetric?
  private let texts: [String]

  /// Checks the options.
  init(_ command: TuneCommand, _ settings: TrainSettings) throws(UsageError) {
    let options = command.search
    let metric = try options.metric.map { text throws(UsageError) in
      try OptionValue.choice("--metric", text, amongCasesOf: SelectionMetric.self)
    }
    self.metric = metric
    search = ParameterSearch(
      trainer: settings.trainer(cancellation: CancellationToken(), onProgress: nil),
      space: try command.ranges.space,
      strategy: try OptionValue.choice(
        "--search", options.strategy, amongCasesOf: ParameterSearch.Strategy.self),
      metric: metric, folds: try command.folds.plan,
      budget: try options.budget.map { text throws(UsageError) in
        try OptionValue.duration("--budget", text)
      },
      trialBudget: try options.trialBudget.map { text throws(UsageError) in
        try OptionValue.wholeNumber("--budget-trials", text, in: 1...1_000_000)
      },
      oneStandardError: options.oneStandardError,
      rowLimit: try OptionValue.wholeNumber("--search-rows", options.rowLimit, in: 10...Int.max))
    let (learning, folds) = (command.learning, command.folds)
    let (columns, problem) = (learning.columns, learning.problem)
    let (kernel, linear) = (learning.kernel, learning.linear)
    let lists = [columns.kinds, columns.dropped, columns.identifiers, learning.texts.columns]
    let ranges = command.ranges
    var words: [String?] = [options.strategy, options.metric, options.rowLimit]
    words += [ranges.boxConstraint, ranges.gamma, ranges.tubeWidth, ranges.nu]
    words += [folds.count, folds.repetitions, folds.group, folds.seed]
    words += [columns.target, columns.weight, columns.scale, columns.missing, columns.unseen]
    words += [columns.scaleTarget, columns.subsample]
    words += [problem.task, problem.formulation, problem.decomposition, problem.classWeights]
    words += [problem.tolerance, kernel.kernel, kernel.degree, kernel.constantTerm]
    words += [linear.solver, linear.loss, linear.featureMap]
    words += [learning.calibration.method, learning.calibration.folds]
    words += [learning.effort.precision, learning.effort.memory]
    let flags = [ranges.noLinear, folds.timeOrdered, learning.calibration.probability]
    words += flags.map { $0 ? "yes" : "no" }
    words.append("\(settings.choices.textOptions)")
    texts = words.map { $0 ?? "-" } + lists.map { $0.joined(separator: "\u{1F}") }
  }

  /// What the search is made of: a digest of the data and of every option that shapes the trials.
  func fingerprint(digest: String) -> String {
    var hash = SHA256()
    hash.update(
      Array(([SVMCommand.version, digest] + texts).joined(separator: "\u{1E}").utf8))
    return String(hash.finish().prefix(16))
  }
}
