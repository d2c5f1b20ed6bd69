import Kernels
import SupportVectors
import Tables
import TabularModels

extension Formulation {
  /// LIBSVM's numbers.
  package static let aliases = ["0": "c-svc", "3": "epsilon-svr"]
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
  package var boxConstraint: Double
  package var tubeWidth: Double
  package var tolerance: Double
  package var holdout: Double?
  package var seed: UInt64
  package var threads: Int?
  package var memory: Int
  package var precision: Precision
  package var certify: Bool
  package var maximumIterations: Int?
  package var timeLimit: Duration?
  /// Whether `--epsilon` was given, which only a regression uses.
  package var givesTubeWidth: Bool

  /// The least `--memory` that makes sense.
  private static let leastMemory = 16 << 20
  /// More threads than this are a slip of the fingers.
  private static let mostThreads = 1024
}

extension TrainSettings {
  /// Checks the options.
  ///
  /// - Throws: ``UsageError`` that names the option.
  init(_ command: TrainCommand) throws(UsageError) {
    let (columns, problem) = (command.columns, command.problem)
    let (effort, measuring) = (command.effort, command.measuring)
    target = columns.target
    scaling = try columns.scale.map { text throws(UsageError) in
      try OptionValue.choice("--scale", text, amongCasesOf: Scaling.self)
    }
    missing = try columns.missingPolicy
    unseen = try OptionValue.choice(
      "--unseen", columns.unseen, amongCasesOf: UnseenCategoryPolicy.self)
    var choices = try columns.choices
    choices.kinds += command.texts.columns.map { ColumnChoices.Choice(column: $0, kind: .text) }
    choices.textOptions = try command.texts.vectorizerOptions(
      isUsed: choices.kinds.contains { $0.kind == .text })
    self.choices = choices
    scalesTarget = try columns.scaleTarget.map { text throws(UsageError) in
      try OptionValue.choice("--scale-target", text, among: [("on", true), ("off", false)])
    }
    subsample = try columns.subsample.map { text throws(UsageError) in
      try OptionValue.wholeNumber("--subsample", text, in: 1...Int(Int32.max))
    }
    task = try Self.task(problem.task, formulation: problem.formulation)
    kernel = try KernelSettings(command.kernel)
    boxConstraint = try OptionValue.number("--c", problem.boxConstraint, in: .positive)
    tubeWidth = try OptionValue.number("--epsilon", problem.tubeWidth ?? "0.1", in: .notNegative)
    givesTubeWidth = problem.tubeWidth != nil
    tolerance = try OptionValue.number("--tolerance", problem.tolerance, in: .positive)
    holdout = try measuring.holdout.map { text throws(UsageError) in
      try OptionValue.number("--holdout", text, in: .fraction)
    }
    seed = try OptionValue.seed("--seed", measuring.seed)
    threads = try Self.threadCount(effort.threads)
    memory = try OptionValue.bytes("--memory", effort.memory, atLeast: Self.leastMemory)
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
    guard let formulation else { return task }
    let name = try OptionValue.choice(
      "--formulation", formulation, amongCasesOf: Formulation.self,
      aliases: Formulation.aliases)
    let implied: TaskChoice = name.task == .classification ? .classification : .regression
    guard task == .auto || task == implied else {
      throw UsageError(
        option: "--formulation",
        "\(name.rawValue) is for \(name.task.rawValue), but --task is \(task.rawValue)")
    }
    return implied
  }

  /// Options that have no effect, given what the others say.
  func unusedOptions(isRegression: Bool) -> [String] {
    kernel.unusedOptions
      + (isRegression
        ? []
        : (givesTubeWidth ? ["--epsilon"] : []) + (scalesTarget != nil ? ["--scale-target"] : []))
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
      target: target, task: task, kernel: kernel.kernel, boxConstraint: boxConstraint,
      tubeWidth: tubeWidth, scaling: scaling, missing: missing, unseen: unseen, choices: choices,
      scalesTarget: scalesTarget, holdoutFraction: holdout, seed: seed,
      options: TrainingOptions(
        tolerance: tolerance, precision: precision, threads: threads, memoryLimit: memory,
        maximumIterations: maximumIterations, timeLimit: timeLimit, certify: certify,
        cancellation: cancellation, onProgress: onProgress))
  }
}
