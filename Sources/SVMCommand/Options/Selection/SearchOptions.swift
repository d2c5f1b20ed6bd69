import ArgumentParser
import Evaluation
import ModelSelection
import TabularModels

/// How candidates are chosen, and for how long.
struct SearchOptions: ParsableArguments {
  @Option(
    name: .customLong("search"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      auto (many candidates on some rows, few on all, then refinement), halving (without the \
      refinement), grid (every combination) or random.
      """, valueName: "name"))
  var strategy = "auto"

  @Option(
    name: .customLong("metric"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Metric used to compare candidates: \(alternatives(MetricCatalog.comparableOptionNames)). \
      (default: \(SearchOptions.defaultMetrics))
      """, valueName: "name"))
  var metric: String?

  /// `accuracy; rmse for a regression; pinball-loss for quantile-svr`.
  private static var defaultMetrics: String {
    func name(_ task: LearningTask) -> String { MetricDefinition.default(for: task).optionName }
    let quantiles = Formulation.having(.quantile).map(\.rawValue).joined(separator: ", ")
    return "\(name(.classification)); \(name(.regression)) for a regression; "
      + "\(MetricDefinition.pinballLoss(nil).optionName) for \(quantiles)"
  }

  @Option(
    name: .customLong("budget"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Time limit of the search, such as 10m; which candidates are tried then depends on the \
      machine. (default: no limit)
      """, valueName: "time"))
  var budget: String?

  @Option(
    name: .customLong("budget-trials"), parsing: .unconditional,
    help: ArgumentHelp(
      "Maximum number of candidates. (default: 60 for random, otherwise no limit)",
      valueName: "n"))
  var trialBudget: String?

  @Option(
    name: .customLong("search-rows"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Search on a random sample of at most this many rows; the model is trained on all of them. \
      (default: 10000; grid and random: all rows)
      """, valueName: "n"))
  var rowLimit: String?

  @Flag(
    name: .customLong("one-standard-error"),
    help: "Choose the simplest candidate within one standard error of the best.")
  var oneStandardError = false

  @Option(
    name: .customLong("trials"), parsing: .unconditional,
    help: ArgumentHelp(
      "Write a table of all trials as CSV; - is standard output. (default: none)",
      valueName: "file"))
  var trials: String?

  @Option(
    name: .customLong("resume"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Continue the search that wrote this table of trials, with the same data and options; new \
      trials are added to it unless --trials names another file, and recorded ones are not \
      repeated. Several processes may use the same table at once: they share the work and end with \
      the same model. (default: none)
      """, valueName: "file"))
  var resume: String?
}

/// Which values of the parameters are tried.
struct RangeOptions: ParsableArguments {
  @Option(
    name: [.customLong("c"), .customShort("c")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Values of C: a number, a list such as 0.1,1,10, from:to:factor such as 2^-5:2^15:4, or auto \
      (chosen from the data). (default: auto, also for the other parameters)
      """, valueName: "values"))
  var boxConstraint: String?

  @Option(
    name: [.customLong("gamma"), .customShort("g")], parsing: .unconditional,
    help: ArgumentHelp("Values of the kernel's gamma.", valueName: "values"))
  var gamma: String?

  @Option(
    name: [.customLong("epsilon"), .customShort("p")], parsing: .unconditional,
    help: ArgumentHelp("Values of epsilon (half the width of the tube).", valueName: "values"))
  var epsilon: String?

  @Option(
    name: [.customLong("nu"), .customShort("n")], parsing: .unconditional,
    help: ArgumentHelp("Values of nu, for nu-svc and nu-svr.", valueName: "values"))
  var nu: String?

  @Flag(
    name: .customLong("no-linear"),
    help: "Do not compare the default kernel with the linear one.")
  var noLinear = false

  /// The options that were given.
  var given: [String] {
    [
      ("--c", boxConstraint), ("--gamma", gamma), ("--epsilon", epsilon), ("--nu", nu),
    ].filter { $0.1 != nil }.map(\.0)
  }

  /// The options, checked.
  var space: SearchSpace {
    get throws(UsageError) {
      SearchSpace(
        boxConstraints: try values("--c", boxConstraint, in: .positive),
        gammas: try values("--gamma", gamma, in: .positive),
        epsilons: try values("--epsilon", epsilon, in: .notNegative),
        nus: try values("--nu", nu, in: .share), comparesLinear: !noLinear)
    }
  }

  private func values(
    _ option: String, _ text: String?, in range: NumberRange
  ) throws(UsageError) -> [Double]? {
    // The data chooses what is not given, too.
    guard let text, text != "auto" else { return nil }
    return try OptionValue.values(option, text, in: range)
  }
}
