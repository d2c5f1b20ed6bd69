import ArgumentParser
import ModelSelection
import SupportVectors
import Tables
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
      What is compared: accuracy, balanced-accuracy, macro-f1, log-loss, roc-auc, rmse, mae or r2. \
      (default: accuracy; rmse for a regression)
      """, valueName: "name"))
  var metric: String?

  @Option(
    name: .customLong("budget"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Search no longer than this, such as 10m; what is tried then depends on the machine. \
      (default: no limit)
      """, valueName: "time"))
  var budget: String?

  @Option(
    name: .customLong("budget-trials"), parsing: .unconditional,
    help: ArgumentHelp(
      "Try at most so many candidates. (default: 60 for random; no limit)", valueName: "n"))
  var trialBudget: String?

  @Option(
    name: .customLong("search-rows"), parsing: .unconditional,
    help: ArgumentHelp(
      "Search on at most so many rows; grid and random take all.", valueName: "n"))
  var rowLimit = "10000"

  @Flag(
    name: .customLong("one-standard-error"),
    help: "Take the simplest candidate within one standard error of the best.")
  var oneStandardError = false

  @Option(
    name: .customLong("trials"), parsing: .unconditional,
    help: ArgumentHelp(
      "Write a table of all that was tried as CSV; - is standard output. (default: none)",
      valueName: "file"))
  var trials: String?

  @Option(
    name: .customLong("resume"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Go on with the search whose table of trials this is, and write to it unless --trials says \
      otherwise; what is in it is not computed again. (default: none)
      """, valueName: "file"))
  var resume: String?
}

/// Which values of the parameters are tried.
struct RangeOptions: ParsableArguments {
  @Option(
    name: [.customLong("c"), .customShort("c")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Values of C: a number, a list such as 0.1,1,10, or from:to:factor such as 2^-5:2^15:4. \
      (default: chosen by the data, as are the others)
      """, valueName: "values"))
  var boxConstraint: String?

  @Option(
    name: [.customLong("gamma"), .customShort("g")], parsing: .unconditional,
    help: ArgumentHelp("Values of the kernel's gamma.", valueName: "values"))
  var gamma: String?

  @Option(
    name: [.customLong("epsilon"), .customShort("p")], parsing: .unconditional,
    help: ArgumentHelp("Values of half the width of a regression's tube.", valueName: "values"))
  var tubeWidth: String?

  @Option(
    name: [.customLong("nu"), .customShort("n")], parsing: .unconditional,
    help: ArgumentHelp("Values of nu, of nu-svc and nu-svr.", valueName: "values"))
  var nu: String?

  @Flag(
    name: .customLong("no-linear"),
    help: "Do not compare the gaussian kernel with the linear one.")
  var noLinear = false

  /// The options, checked.
  var space: SearchSpace {
    get throws(UsageError) {
      SearchSpace(
        boxConstraints: try values("--c", boxConstraint, in: .positive),
        gammas: try values("--gamma", gamma, in: .positive),
        tubeWidths: try values("--epsilon", tubeWidth, in: .notNegative),
        nus: try values("--nu", nu, in: .share), comparesLinear: !noLinear)
    }
  }

  private func values(
    _ option: String, _ text: String?, in range: NumberRange
  ) throws(UsageError) -> [Double]? {
    guard let text else { return nil }
    return try OptionValue.values(option, text, in: range)
  }
}

/// What a search leaves as it is.
struct TunedProblemOptions: ParsableArguments {
  @Option(
    name: .customLong("task"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      auto, classification or regression; auto takes text and at most 10 distinct whole numbers for \
      classes.
      """, valueName: "name"))
  var task = "auto"

  @Option(
    name: [.customLong("formulation"), .customShort("s")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Classes: c-svc, nu-svc, logistic, ls-svc, discriminant. Numbers: epsilon-svr, nu-svr, ls-svr, \
      kernel-ridge. (default: c-svc or epsilon-svr, by the task)
      """, valueName: "name"))
  var formulation: String?

  @Option(
    name: [.customLong("kernel"), .customShort("t")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      linear, polynomial, gaussian (rbf), laplacian, laplacian-l1 or sigmoid; or 0…3 as in LIBSVM. \
      (default: gaussian; linear for logistic and the primal solver)
      """, valueName: "name"))
  var kernel: String?

  @Option(
    name: [.customLong("degree"), .customShort("d")], parsing: .unconditional,
    help: ArgumentHelp("Degree of the polynomial kernel. (default: 3)", valueName: "d"))
  var degree: String?

  @Option(
    name: [.customLong("coef0"), .customShort("r")], parsing: .unconditional,
    help: ArgumentHelp(
      "Constant term of the polynomial and sigmoid kernels. (default: 0)", valueName: "r"))
  var constantTerm: String?

  @Option(
    name: .customLong("multiclass"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Several classes by one-versus-one (each pair votes) or one-versus-rest (the largest decision \
      value wins).
      """, valueName: "way"))
  var decomposition = "one-versus-one"

  @Option(
    name: .customLong("class-weight"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      balanced: every class counts alike in all; or CLASS=WEIGHT,… for some classes. (default: every \
      row counts alike)
      """, valueName: "weights"))
  var classWeights: String?

  @Option(
    name: [.customLong("tolerance"), .customShort("e")], parsing: .unconditional,
    help: ArgumentHelp("Stop when the KKT violation is at most this.", valueName: "number"))
  var tolerance = ProblemOptions.usualTolerance

  @Option(
    name: .customLong("solver"), parsing: .unconditional,
    help: ArgumentHelp(
      "Of linear models, as train has it: auto, dual or primal.", valueName: "name"))
  var solver = "auto"

  @Option(
    name: .customLong("feature-map"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Approximate the kernel by 500 features and train a linear model of them: nystrom or fourier. \
      (default: none)
      """, valueName: "name"))
  var featureMap: String?

  /// As `train` has it; what is searched for is not given.
  var problem: ProblemOptions {
    var problem = ProblemOptions()
    problem.task = task
    problem.formulation = formulation
    problem.boxConstraint = nil
    problem.tubeWidth = nil
    problem.nu = nil
    problem.ridge = nil
    problem.componentCount = nil
    problem.decomposition = decomposition
    problem.classWeights = classWeights
    problem.tolerance = tolerance
    return problem
  }

  /// As `train` has it; gamma is not given.
  var kernelOptions: KernelOptions {
    var options = KernelOptions()
    options.kernel = kernel
    options.gamma = nil
    options.sigma = nil
    options.degree = degree
    options.constantTerm = constantTerm
    return options
  }

  /// As `train` has it.
  var linear: LinearOptions {
    var linear = LinearOptions()
    linear.solver = solver
    linear.loss = "linear"
    linear.featureMap = featureMap
    return linear
  }
}

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
    let (columns, tuned, folds) = (command.columns, command.tuned, command.folds)
    let lists = [columns.kinds, columns.dropped, columns.identifiers, command.texts.columns]
    let ranges = command.ranges
    var words: [String?] = [options.strategy, options.metric, options.rowLimit]
    words += [ranges.boxConstraint, ranges.gamma, ranges.tubeWidth, ranges.nu]
    words += [folds.count, folds.repetitions, folds.group, folds.seed]
    words += [columns.target, columns.weight, columns.scale, columns.missing, columns.unseen]
    words += [columns.scaleTarget, columns.subsample]
    words += [tuned.task, tuned.formulation, tuned.kernel, tuned.degree, tuned.constantTerm]
    words += [tuned.decomposition, tuned.classWeights, tuned.tolerance, tuned.solver]
    words += [tuned.featureMap, command.calibration.method, command.calibration.folds]
    words += [command.effort.precision, command.effort.memory]
    let flags = [ranges.noLinear, folds.timeOrdered, command.calibration.probability]
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

extension OptionValue {
  /// The largest number of values that an option may name.
  private static let mostValues = 1000

  /// Numbers: one, several separated by commas, or `from:to:factor`; each may be written as a power, `2^-5`.
  package static func values(
    _ option: String, _ text: String, in range: NumberRange
  ) throws(UsageError) -> [Double] {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1 else {
      var values: [Double] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let value = try power(option, String(part), in: range)
        if !values.contains(value) { values.append(value) }
      }
      return values.sorted()
    }
    guard parts.count <= 3 else {
      throw UsageError(
        option: option,
        "must be from:to:factor such as 2^-5:2^15:4, but is \(MessageText.quoted(text))")
    }
    let (from, to) = (
      try power(option, parts[0], in: .positive), try power(option, parts[1], in: .positive)
    )
    let factor = parts.count == 3 ? try power(option, parts[2], in: .positive) : 2
    guard factor > 1 else {
      throw UsageError(
        option: option, "must have a factor greater than 1, but has \(parts[2])")
    }
    guard from <= to else {
      throw UsageError(
        option: option, "must run from the lesser to the greater value, but is \(text)")
    }
    var values: [Double] = []
    var value = from
    // The end is meant to be reached: rounding must not keep it away.
    while value <= to * (1 + 1e-9) {
      guard values.count < mostValues else {
        throw UsageError(
          option: option, "must have at most \(mostValues) values, but \(text) has more")
      }
      _ = try number(option, "\(value)", in: range)
      values.append(value)
      value *= factor
    }
    return values
  }

  /// A number, or a power of one such as `2^-5`.
  private static func power(
    _ option: String, _ text: String, in range: NumberRange
  ) throws(UsageError) -> Double {
    let parts = text.split(separator: "^", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return try number(option, text, in: range) }
    guard let base = Double(parts[0]), let exponent = Int(parts[1]), base > 0, base.isFinite,
      abs(exponent) <= 1100
    else {
      throw UsageError(
        option: option,
        "must be a number or a power such as 2^-5, but is \(MessageText.quoted(text))")
    }
    var value = 1.0
    for _ in 0..<abs(exponent) { value = exponent > 0 ? value * base : value / base }
    return try number(option, "\(value)", in: range)
  }
}
