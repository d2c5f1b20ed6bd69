import Kernels
import SupportVectors
import Tables
import TabularModels

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
    method = LearningMethod(formulation: try Self.formulation(problem.formulation))
    try command.givenParameters?.problem.apply(to: &method)
    try options.choices.apply(to: &method)
    try options.linear.apply(to: &method)
    kernel = try KernelSettings(
      options.kernel, command.givenParameters?.width, usual: method.usualKernel)
    method.kernel = kernel.kernel
    try method.check(kernel.name)
    calibration = try options.calibration.choice
    given =
      [
        ("--scale-target", columns.scaleTarget != nil),
        ("--max-iterations", effort.maximumIterations != nil),
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

  /// Options that have no effect on a formulation, and why.
  func unusedOptions(_ formulation: Formulation) -> [(option: String, reason: String)] {
    kernel.unusedOptions.map { ($0, "the \(kernel.name.rawValue) kernel") } + idle
      + (method.inapplicableParameters(formulation).map(\.option)
      + given.filter { !formulation.uses($0) })
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
