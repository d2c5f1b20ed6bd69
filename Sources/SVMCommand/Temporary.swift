import ArgumentParser
struct PredictCommand: AsyncParsableCommand { static let configuration = CommandConfiguration(commandName: "predict")}
struct EvaluateCommand: AsyncParsableCommand { static let configuration = CommandConfiguration(commandName: "evaluate")}
struct VerifyCommand: AsyncParsableCommand { static let configuration = CommandConfiguration(commandName: "verify")}
struct InspectCommand: AsyncParsableCommand { static let configuration = CommandConfiguration(commandName: "inspect")}
struct DoctorCommand: AsyncParsableCommand { static let configuration = CommandConfiguration(commandName: "doctor")}
struct MeasureCommand: AsyncParsableCommand { static let name = "measure-blas"; static let configuration = CommandConfiguration(commandName: "measure", shouldDisplay: false)}
