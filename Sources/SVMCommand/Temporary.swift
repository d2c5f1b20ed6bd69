import ArgumentParser
struct PredictCommand: AsyncParsableCommand { static let configuration = CommandConfiguration(commandName: "predict")}
struct EvaluateCommand: AsyncParsableCommand { static let configuration = CommandConfiguration(commandName: "evaluate")}
struct VerifyCommand: AsyncParsableCommand { static let configuration = CommandConfiguration(commandName: "verify")}
