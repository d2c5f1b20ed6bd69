import Basics
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
  /// Whether the command holds rows out.
  var holdsOut: Bool { get }
  /// The column of rows that belong together, if any.
  var group: String? { get }
  /// What decides random choices.
  var seed: String? { get }
}

extension TrainingCommand {
  var holdsOut: Bool { true }
  var group: String? { nil }
}

/// What a command was asked to train: the configuration file, if there is one, with the options over it.
package struct TrainingRequest: Sendable {
  /// Everything that decides the model.
  package var configuration: TrainingConfiguration
  /// Threads, memory and time.
  package var control: RunControl
  /// The kernel's name and where its gamma comes from.
  package let kernel: KernelSettings
  /// Options besides those of the method's parameters that were given: notes name those that the
  /// formulation has no use for.
  package var explicitOptions: [String]
  /// Options that have no effect on any formulation given the other options, and why.
  private let inapplicable: [(option: String, reason: String)]

  /// Checks the options.
  ///
  /// - Throws: ``UsageError`` that names the option, also one of a configuration file; what reading that
  ///   file throws.
  init(_ command: some TrainingCommand) throws {
    let options = command.learning
    configuration = try options.config.configuration()
    try options.table.apply(to: &configuration.reading)
    try options.columns.apply(to: &configuration)
    configuration.columnOverrides.override(
      kinds: try options.columns.columnKinds + options.texts.columnKinds)
    try options.texts.apply(to: &configuration.columnOverrides)
    try options.problem.apply(to: &configuration)
    try command.givenParameters?.problem.apply(to: &configuration.method)
    try options.choices.apply(to: &configuration.method)
    try options.linear.apply(to: &configuration.method)
    kernel = try KernelSettings(
      options.kernel, command.givenParameters?.width, over: configuration.method)
    configuration.method.kernel = kernel.kernel
    try configuration.method.check(kernel.name)
    inapplicable = try options.calibration.apply(to: &configuration)
    explicitOptions =
      options.columns.explicitOptions + options.problem.explicitOptions
      + options.effort.explicitOptions + options.calibration.explicitOptions
    if let group = command.group { configuration.columnOverrides.group = group }
    if let text = command.holdout {
      configuration.holdoutFraction = try OptionValue.number("--holdout", text, in: .fraction)
    } else if !command.holdsOut {
      configuration.holdoutFraction = nil
    }
    if let text = command.seed { configuration.seed = try OptionValue.seed("--seed", text) }
    control = RunControl()
    try options.effort.apply(to: &configuration, &control)
  }

  /// Options that have no effect on a formulation, and why.
  func inapplicableOptions(_ formulation: Formulation) -> [(option: String, reason: String)] {
    kernel.unusedOptions.map { ($0, "the \(kernel.name.rawValue) kernel") } + inapplicable
      + (configuration.method.inapplicableParameters(formulation).map(\.option)
      + explicitOptions.filter { !formulation.uses($0) })
      .map { ($0, formulation.rawValue) }
  }

  /// A trainer that does as asked.
  func trainer(
    cancellation: CancellationToken? = nil,
    onProgress: (@Sendable (SolverProgress) -> Void)? = nil
  ) -> TabularTrainer {
    var control = control
    control.cancellation = cancellation
    control.onProgress = onProgress
    return TabularTrainer(configuration: configuration, control: control)
  }
}

extension KernelSettings {
  /// Checks the options of a command, over the kernel of its configuration file.
  ///
  /// - Throws: ``UsageError`` that names the option.
  init(
    _ options: KernelOptions, _ width: WidthOptions?, over method: LearningMethod
  ) throws(UsageError) {
    let configured = method.chosenKernel
    if let configured, configured.formula == nil {
      let kernel =
        configured.isComposite
        ? "a composite kernel (\(configured.name))" : "the kernel \(configured.name)"
      throw UsageError(
        option: ConfigOption.option,
        "method.kernel.name: \(kernel) cannot be chosen on the command line; expected "
          + alternatives(KernelCatalog.formulas.map { $0.name }))
    }
    try self.init(
      kernel: options.kernel ?? configured?.name ?? method.defaultKernel.rawValue,
      gamma: width?.gamma, sigma: width?.sigma, parameters: options.parameters,
      over: configured?.formula)
  }
}
