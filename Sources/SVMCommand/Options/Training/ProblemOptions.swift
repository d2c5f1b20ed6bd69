import ArgumentParser
import TabularModels

/// What is to be learned, by minimising what: the options of every command that trains.
struct ProblemOptions: ParsableArguments {
  @Option(
    name: .customLong("task"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      auto, classification, regression, one-class (which rows are unlike the others) or components \
      (coordinates for each row); auto treats text, and at most 10 distinct whole numbers, as \
      classes. (default: auto)
      """, valueName: "name"))
  var task: String?

  @Option(
    name: [.customLong("formulation"), .customShort("s")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Classification: \(ProblemOptions.names(.classification)). Regression: \
      \(ProblemOptions.names(.regression)). Others: \(ProblemOptions.names(.novelty, .components)). \
      Or 0…4 as in LIBSVM. (default: \(ProblemOptions.defaults), by the task)
      """, valueName: "name"))
  var formulation: String?

  @Option(
    name: [.customLong("tolerance"), .customShort("e")], parsing: .unconditional,
    help: ArgumentHelp(
      "Stop when the KKT violation is at most this. (default: 1e-3)", valueName: "number"))
  var tolerance: String?
}

extension ProblemOptions {
  /// The formulations of some tasks.
  private static func names(_ tasks: LearningTask...) -> String {
    Formulation.allCases.filter { tasks.contains($0.task) }.map(\.rawValue)
      .joined(separator: ", ")
  }

  /// The default of each task.
  private static var defaults: String {
    alternatives(LearningTask.allCases.map { Formulation.default(for: $0).rawValue })
  }

  /// Options whose effect depends on the formulation.
  var explicitOptions: [String] { tolerance == nil ? [] : ["--tolerance"] }

  /// Checks the options and puts those that were given where they belong.
  func apply(to configuration: inout TrainingConfiguration) throws(UsageError) {
    if let tolerance {
      configuration.tolerance = try OptionValue.number("--tolerance", tolerance, in: .positive)
    }
    let task = try task.map { text throws(UsageError) in
      try OptionValue.choice("--task", text, amongCasesOf: TaskChoice.self)
    }
    if let task {
      configuration.task = task.task
      // What a file says of the formulation is of another task.
      if let wanted = task.task, configuration.method.formulation?.task != wanted {
        configuration.method.formulation = nil
      }
    }
    if let formulation {
      configuration.method.formulation = try OptionValue.choice(
        "--formulation", formulation, amongCasesOf: Formulation.self,
        aliases: Formulation.aliases)
      if task == nil { configuration.task = nil }
    }
    guard let formulation = configuration.method.formulation else { return }
    guard configuration.task == nil || configuration.task == formulation.task else {
      throw UsageError(
        option: "--formulation",
        "\(formulation.rawValue) is for \(formulation.task.rawValue), but --task is "
          + TaskChoice(configuration.task).rawValue)
    }
    configuration.task = formulation.task
  }
}
