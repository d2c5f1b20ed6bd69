import ArgumentParser

/// `svm`: only its sub-commands do anything.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "svm",
    abstract: "Support vector machines: from a CSV file to a model with an optimality certificate.",
    discussion: """
      svm train flowers.csv               learns to predict the last column: flowers.model
      svm predict flowers.model new.csv   prints a prediction for each row
      svm evaluate flowers.model old.csv  compares predictions with the truth
      svm cv flowers.csv                  estimates the metrics by cross-validation
      svm tune flowers.csv                tunes the parameters, then trains with them

      Exit status: 0 done; 1 failure; 3 stopped before the tolerance was met (the model is \
      written); 64 usage; 65 bad data or an unreadable model; 130 and 143 after SIGINT and SIGTERM.
      """,
    version: "svm \(SVMCommand.version)",
    subcommands: [
      TrainCommand.self, PredictCommand.self, EvaluateCommand.self, CrossValidateCommand.self,
      TuneCommand.self, PlotCommand.self, VerifyCommand.self, InspectCommand.self,
      ConvertCommand.self, PlanCommand.self,
      DoctorCommand.self, MeasureCommand.self,
    ])

  /// The names of the sub-commands that `--help` shows.
  static var commandNames: [String] {
    var names: [String] = []
    for command in configuration.subcommands {
      let configuration = command.configuration
      if configuration.shouldDisplay, let name = configuration.commandName { names.append(name) }
    }
    return names
  }
}
