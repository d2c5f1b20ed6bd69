import Basics
import Evaluation
import ModelFiles
import ModelSelection
import SupportVectors
import Tables
import TabularModels

/// Everything `svm tune` was asked to do beyond training.
struct SearchSetup {
  /// The search; groups, cancellation and callbacks are still to come.
  let search: ParameterSearch
  /// What is compared, if the user said so.
  let metric: MetricDefinition?
  /// Checks the options.
  init(_ command: TuneCommand, _ request: TrainingRequest) throws(UsageError) {
    let options = command.search
    let metric = try options.metric.map { text throws(UsageError) in
      try OptionValue.metric("--metric", text, among: MetricCatalog.comparableOptionNames)
    }
    self.metric = metric
    var search = ParameterSearch(
      trainer: request.trainer(),
      space: try command.ranges.space,
      strategy: try OptionValue.choice(
        "--search", options.strategy, amongCasesOf: ParameterSearch.Strategy.self),
      metric: metric, folds: try command.folds.plan,
      budget: try options.budget.map { text throws(UsageError) in
        try OptionValue.duration("--budget", text)
      })
    search.trialBudget = try options.trialBudget.map { text throws(UsageError) in
      try OptionValue.wholeNumber("--budget-trials", text, in: 1...1_000_000)
    }
    search.oneStandardError = options.oneStandardError
    search.rowLimit = try options.rowLimit.map { text throws(UsageError) in
      try OptionValue.wholeNumber("--search-rows", text, in: 10...Int.max)
    }
    self.search = search
    var unused: [(option: String, reason: String)] = []
    if command.ranges.gamma != nil, !request.kernel.name.usesGamma {
      unused.append(("--gamma", "the \(request.kernel.name.rawValue) kernel"))
    }
    if command.ranges.noLinear, request.kernel.name != .default {
      unused.append(("--no-linear", "the \(request.kernel.name.rawValue) kernel"))
    }
    inapplicableOptions = unused
  }

  /// Options of the search that have no effect given the other options, and why.
  let inapplicableOptions: [(option: String, reason: String)]

  /// What identifies the search: a digest of the data and of every setting that decides the trials.
  ///
  /// Left out is what decides where results go, how fast and how long the search runs, and which of the
  /// trials is chosen in the end. The data counts by its contents.
  ///
  /// - Parameter data: The rows; `nil` compares settings alone.
  /// - Returns: 16 hexadecimal digits.
  func fingerprint(_ data: (any ExampleText)?) -> String {
    // A file's name may decide how it is read.
    let kind = data.map { type(of: $0).kind } ?? Table.kind
    let settings: JSONValue = [
      "version": .string(SVMCommand.version), "data": .string(data?.digest ?? ""),
      "kind": .string(kind), "configuration": search.trainer.configuration.json,
      "search": search.settings.json,
      // What does not fit is refused, and a refused trial is a trial.
      "memory": .integer(search.trainer.control.memoryLimit),
    ]
    var hash = SHA256()
    hash.update(settings.canonicalBytes)
    return String(hash.finish().prefix(16))
  }
}
