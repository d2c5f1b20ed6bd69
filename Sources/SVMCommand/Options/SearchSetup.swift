import Evaluation
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
  /// The options that shape the trials.
  private let shaping: [ParsedOption]

  /// Options that leave every trial as it is.
  ///
  /// They say where results go and which are printed, how fast and how long the search runs, and which of the trials is chosen
  /// in the end. Every other option, and each that is added, belongs to
  /// the fingerprint. The data counts by its contents.
  static let harmless: Set = [
    "data", "output", "figures.names", "page.report", "json.json", "quiet", "search.trials",
    "search.resume",
    "search.budget", "search.trialBudget", "search.oneStandardError", "learning.effort.threads",
    "learning.effort.timeLimit",
  ]

  /// Checks the options.
  init(_ command: TuneCommand, _ settings: TrainSettings) throws(UsageError) {
    let options = command.search
    let metric = try options.metric.map { text throws(UsageError) in
      try OptionValue.metric("--metric", text, among: MetricCatalog.comparableOptionNames)
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
      rowLimit: try options.rowLimit.map { text throws(UsageError) in
        try OptionValue.wholeNumber("--search-rows", text, in: 10...Int.max)
      })
    var unused: [(option: String, reason: String)] = []
    if command.ranges.gamma != nil, !settings.kernel.name.usesGamma {
      unused.append(("--gamma", "the \(settings.kernel.name.rawValue) kernel"))
    }
    if command.ranges.noLinear, settings.kernel.name != .gaussian {
      unused.append(("--no-linear", "the \(settings.kernel.name.rawValue) kernel"))
    }
    unusedOptions = unused
    shaping = Self.shaping(command)
  }

  /// The options that shape the trials.
  static func shaping(_ command: TuneCommand) -> [ParsedOption] {
    command.parsedOptions.filter { !harmless.contains($0.name) }
  }

  /// Options of the search that have no effect beside the others that were given, and why.
  let unusedOptions: [(option: String, reason: String)]

  /// What the search is made of: a digest of the data and of every option that shapes the trials.
  func fingerprint(_ data: TrainingData) -> String {
    // A file's name may decide how it is read.
    var kind = "table"
    if case .libsvm = data { kind = "libsvm" }
    var texts = [SVMCommand.version, data.digest, kind]
    texts += shaping.map { "\($0.name)=\($0.value)" }
    var hash = SHA256()
    hash.update(Array(texts.joined(separator: "\u{1E}").utf8))
    return String(hash.finish().prefix(16))
  }
}
