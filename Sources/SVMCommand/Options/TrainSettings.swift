import Basics
import Kernels
import SupportVectors
import Tables
import TabularModels

extension Formulation {
  /// LIBSVM's numbers.
  package static let aliases = [
    "0": "c-svc", "1": "nu-svc", "2": "one-class", "3": "epsilon-svr", "4": "nu-svr",
  ]

  /// Whether an option shapes the problem.
  func uses(_ option: String, withMap: Bool) -> Bool {
    switch option {
    case "--c": [.cSVC, .logistic, .epsilonSVR, .nuSVR].contains(self)
    case "--epsilon": self == .epsilonSVR
    case "--nu": [.nuSVC, .nuSVR, .oneClass, .dataDescription].contains(self)
    case "--lambda":
      [.kernelRidge, .leastSquaresSVC, .leastSquaresSVR, .discriminant].contains(self)
    case "--components": self == .principalComponents || withMap
    case "--class-weight": task == .classification
    case "--scale-target": self == .epsilonSVR || self == .nuSVR
    case "--multiclass": [.cSVC, .nuSVC, .logistic].contains(self)
    case "--solver": [.cSVC, .logistic, .epsilonSVR].contains(self)
    case "--loss": self == .cSVC || self == .epsilonSVR
    case "--tolerance", "--max-iterations": !isSolvedAtOnce
    case "--probability": task != .components
    case "--calibration": task == .classification
    default: true
    }
  }

  /// Whether linear equations or eigenvectors take the place of a search that ends at a tolerance.
  private var isSolvedAtOnce: Bool {
    switch self {
    case .leastSquaresSVC, .leastSquaresSVR, .kernelRidge, .discriminant, .principalComponents: true
    case .cSVC, .nuSVC, .logistic, .epsilonSVR, .nuSVR, .oneClass, .dataDescription: false
    }
  }
}

extension LearningMethod {
  /// The kernel when none was asked for.
  fileprivate var usualKernel: KernelName {
    featureMap == nil && (formulation == .logistic || solver == .primal || loss == .squared)
      ? .linear : .default
  }

  /// Checks that what was chosen for linear models has a linear model to work on.
  fileprivate func checkLinear(_ kernel: KernelName) throws(UsageError) {
    if let featureMap {
      guard kernel != .linear else {
        throw UsageError(
          option: "--feature-map", "has no use for the linear kernel, which needs no map")
      }
      if featureMap == .fourier, !kernel.formula.hasSpectrum {
        throw UsageError(
          option: "--feature-map",
          "fourier is for the kernels \(KernelCatalog.names { $0.hasSpectrum }), but --kernel is "
            + kernel.rawValue)
      }
      if let formulation, ![.cSVC, .logistic, .epsilonSVR].contains(formulation) {
        throw UsageError(
          option: "--feature-map",
          "is for c-svc, logistic and epsilon-svr, but --formulation is \(formulation.rawValue)")
      }
      guard solver != .dual else {
        throw UsageError(option: "--solver", "dual does not go with --feature-map")
      }
    }
    let isLinear = kernel == .linear || featureMap != nil
    if solver == .primal && !isLinear {
      throw UsageError(
        option: "--solver",
        "primal is for --kernel linear or a --feature-map, but --kernel is \(kernel.rawValue)")
    }
    if formulation == .logistic && !isLinear {
      throw UsageError(
        option: "--formulation",
        "logistic is for --kernel linear or a --feature-map, but --kernel is \(kernel.rawValue)")
    }
    if loss == .squared && (!isLinear || solver == .dual) {
      throw UsageError(
        option: "--loss",
        "squared is for the primal solver, with --kernel linear or a --feature-map")
    }
  }
}

/// A command that trains models: its options, as the argument parser sees them.
protocol TrainingCommand {
  var learning: LearningOptions { get }
  /// The numbers of the problem and the kernel; `nil` where they are searched for.
  var givenParameters: ParameterOptions? { get }
  /// The share of the rows to measure on, if any.
  var holdout: String? { get }
  /// What decides by lot.
  var seed: String { get }
}

/// Everything `svm train` was asked to do, each option checked and fitting the others.
package struct TrainSettings: Sendable {
  /// The column to predict; `nil` is the last one.
  package var target: String?
  /// `nil` chooses by the format.
  package var scaling: Scaling?
  package var missing: MissingValuePolicy
  package var unseen: UnseenCategoryPolicy
  package var choices: ColumnChoices
  /// `nil` chooses by the format.
  package var scalesTarget: Bool?
  /// The number of rows to train on; `nil` is all.
  package var subsample: Int?
  package var task: TaskChoice
  package var kernel: KernelSettings
  package var method: LearningMethod
  package var calibration: CalibrationChoice?
  package var tolerance: Double
  package var holdout: Double?
  package var seed: UInt64
  package var threads: Int?
  package var memory: Int
  package var precision: Precision
  package var certify: Bool
  package var maximumIterations: Int?
  package var timeLimit: Duration?
  /// The options of the problem that were given: those that the formulation has no use for are told.
  package var given: [String]
  /// Options that have no effect on any formulation beside the others that were given, and why.
  package var idle: [(option: String, reason: String)]

  /// More threads than this are a slip of the fingers.
  private static let mostThreads = 1024
  /// More components than this are a slip of the fingers, too.
  private static let mostComponents = 100_000
}

extension TrainSettings {
  /// Checks the options.
  ///
  /// - Throws: ``UsageError`` that names the option.
  init(_ command: some TrainingCommand) throws(UsageError) {
    let options = command.learning
    let (columns, problem, effort) = (options.columns, options.problem, options.effort)
    target = columns.target
    scaling = try columns.scale.map { text throws(UsageError) in
      try OptionValue.choice("--scale", text, amongCasesOf: Scaling.self)
    }
    missing = try columns.missingPolicy
    unseen = try OptionValue.choice(
      "--unseen", columns.unseen, amongCasesOf: UnseenCategoryPolicy.self)
    var choices = try columns.choices
    choices.weight = columns.weight
    choices.kinds += try OptionValue.names("--text", options.texts.columns).map {
      ColumnChoices.Choice(column: $0, kind: .text)
    }
    choices.textOptions = try options.texts.vectorizerOptions(
      isUsed: choices.kinds.contains { $0.kind == .text })
    self.choices = choices
    scalesTarget = try columns.scaleTarget.map { text throws(UsageError) in
      try OptionValue.choice("--scale-target", text, among: [("on", true), ("off", false)])
    }
    subsample = try columns.subsample.map { text throws(UsageError) in
      try OptionValue.wholeNumber("--subsample", text, in: 1...Int(Int32.max))
    }
    task = try Self.task(problem.task, formulation: problem.formulation)
    let parameters = command.givenParameters?.problem
    method = try Self.method(problem, parameters, options.linear)
    kernel = try KernelSettings(
      options.kernel, command.givenParameters?.width, usual: method.usualKernel)
    method.kernel = kernel.kernel
    try method.checkLinear(kernel.name)
    calibration = try options.calibration.choice
    given =
      [
        ("--c", parameters?.boxConstraint), ("--epsilon", parameters?.tubeWidth),
        ("--nu", parameters?.nu), ("--lambda", parameters?.ridge),
        ("--components", parameters?.componentCount),
        ("--class-weight", problem.classWeights), ("--scale-target", columns.scaleTarget),
        ("--max-iterations", effort.maximumIterations),
      ].filter { $0.1 != nil }.map(\.0)
      + [
        ("--multiclass", method.decomposition != .oneVersusOne),
        ("--solver", method.solver != .auto), ("--loss", method.loss != .linear),
        ("--tolerance", problem.tolerance != ProblemOptions.usualTolerance),
        ("--probability", options.calibration.probability),
      ].filter(\.1).map(\.0)
    let chosen = options.calibration.chosen
    if calibration == nil {
      idle = chosen.map { ($0, "a training without --probability") }
    } else {
      idle = []
      given += chosen
    }
    tolerance = try OptionValue.number("--tolerance", problem.tolerance, in: .positive)
    holdout = try command.holdout.map { text throws(UsageError) in
      try OptionValue.number("--holdout", text, in: .fraction)
    }
    seed = try OptionValue.seed("--seed", command.seed)
    threads = try Self.threadCount(effort.threads)
    memory = try effort.memory.bytes
    precision = try OptionValue.choice(
      "--precision", effort.precision, amongCasesOf: Precision.self)
    certify = effort.certify
    maximumIterations = try effort.maximumIterations.map { text throws(UsageError) in
      try OptionValue.wholeNumber("--max-iterations", text, in: 1...Int.max)
    }
    timeLimit = try effort.timeLimit.map { text throws(UsageError) in
      try OptionValue.duration("--time-limit", text)
    }
  }

  /// The value of `--threads`; `nil` is one on each core.
  static func threadCount(_ text: String?) throws(UsageError) -> Int? {
    try text.map { text throws(UsageError) in
      try OptionValue.wholeNumber("--threads", text, in: 1...mostThreads)
    }
  }

  /// The task that `--task` and `--formulation` agree on.
  private static func task(_ text: String, formulation: String?) throws(UsageError) -> TaskChoice {
    let task = try OptionValue.choice("--task", text, amongCasesOf: TaskChoice.self)
    guard let name = try self.formulation(formulation) else { return task }
    guard task == .auto || task.task == name.task else {
      throw UsageError(
        option: "--formulation",
        "\(name.rawValue) is for \(name.task.rawValue), but --task is \(task.rawValue)")
    }
    return TaskChoice(name.task)
  }

  private static func formulation(_ text: String?) throws(UsageError) -> Formulation? {
    try text.map { text throws(UsageError) in
      try OptionValue.choice(
        "--formulation", text, amongCasesOf: Formulation.self, aliases: Formulation.aliases)
    }
  }

  /// The problem and its numbers; the kernel is still to come.
  private static func method(
    _ problem: ProblemOptions, _ parameters: ProblemParameters?, _ linear: LinearOptions
  ) throws(UsageError) -> LearningMethod {
    var method = LearningMethod(formulation: try formulation(problem.formulation))
    if let text = parameters?.boxConstraint {
      method.boxConstraint = try OptionValue.numberOrAuto("--c", text, in: .positive)
      if method.boxConstraint == nil { method.automatic.insert(.boxConstraint) }
    }
    if let text = parameters?.tubeWidth {
      method.tubeWidth = try OptionValue.numberOrAuto("--epsilon", text, in: .notNegative)
      if method.tubeWidth == nil { method.automatic.insert(.tubeWidth) }
    }
    method.nu = try OptionValue.number("--nu", parameters?.nu ?? "0.5", in: .share)
    if parameters?.ridge == "auto", method.formulation == .discriminant {
      throw UsageError(
        option: "--lambda",
        "auto is for kernel-ridge, ls-svc and ls-svr; discriminant has no leave-one-out error")
    }
    method.ridge = try parameters?.ridge.flatMap { text throws(UsageError) in
      try OptionValue.numberOrAuto("--lambda", text, in: .positive)
    }
    method.componentCount = try parameters?.componentCount.map { text throws(UsageError) in
      try OptionValue.wholeNumber("--components", text, in: 1...mostComponents)
    }
    method.decomposition = try OptionValue.choice(
      "--multiclass", problem.decomposition, amongCasesOf: Decomposition.self,
      aliases: ["ovo": "one-versus-one", "ovr": "one-versus-rest"])
    method.classWeights = try classWeights(problem.classWeights)
    method.solver = try OptionValue.choice(
      "--solver", linear.solver, amongCasesOf: LearningMethod.Solver.self)
    method.loss = try OptionValue.choice(
      "--loss", linear.loss, amongCasesOf: LearningMethod.Loss.self)
    method.featureMap = try linear.featureMap.map { text throws(UsageError) in
      try OptionValue.choice("--feature-map", text, amongCasesOf: LearningMethod.MapKind.self)
    }
    return method
  }

  /// `balanced`, or `CLASS=WEIGHT,…`.
  private static func classWeights(_ text: String?) throws(UsageError) -> ClassWeights {
    guard let text else { return .equal }
    if text == "balanced" { return .balanced }
    var weights: [String: Double] = [:]
    for part in try OptionValue.list("--class-weight", text) {
      // The weight follows the last equals sign: names may have some, too.
      guard let sign = part.lastIndex(of: "="), sign != part.startIndex else {
        throw UsageError(
          option: "--class-weight",
          "must be balanced or classes with weights such as yes=2,no=1, but is "
            + MessageText.quoted(text) + didYouMean(text, among: ["balanced"]))
      }
      let name = String(part[..<sign])
      let weight = try OptionValue.number(
        "--class-weight", String(part[part.index(after: sign)...]), in: .positive)
      guard weights.updateValue(weight, forKey: name) == nil else {
        throw UsageError(
          option: "--class-weight", "names class \(MessageText.quoted(name)) twice")
      }
    }
    guard !weights.isEmpty else {
      throw UsageError(
        option: "--class-weight", "must be balanced or classes with weights such as yes=2,no=1")
    }
    return .weights(weights)
  }

  /// Options that have no effect on a formulation, and why.
  func unusedOptions(_ formulation: Formulation) -> [(option: String, reason: String)] {
    kernel.unusedOptions.map { ($0, "the \(kernel.name.rawValue) kernel") } + idle
      + given.filter { !formulation.uses($0, withMap: method.featureMap != nil) }
      .map { ($0, formulation.rawValue) }
  }

  /// Which rows of a table to keep, if not all.
  var sampling: RowSampling? {
    subsample.map { RowSampling(count: $0, seed: seed, target: target, choices: choices) }
  }

  /// A trainer that does as asked.
  func trainer(
    cancellation: CancellationToken, onProgress: (@Sendable (SolverProgress) -> Void)?
  ) -> TabularTrainer {
    TabularTrainer(
      target: target, task: task, method: method, scaling: scaling, missing: missing,
      unseen: unseen, choices: choices, scalesTarget: scalesTarget, holdoutFraction: holdout,
      calibration: calibration, seed: seed,
      options: TrainingOptions(
        tolerance: tolerance, precision: precision, threads: threads, memoryLimit: memory,
        maximumIterations: maximumIterations, timeLimit: timeLimit, certify: certify,
        cancellation: cancellation, onProgress: onProgress))
  }
}
