import ArgumentParser
import Calibration
import TabularModels

/// How probabilities and intervals are calibrated.
struct CalibrationOptions: ParsableArguments {
  @Flag(
    name: .customLong("probability"),
    help: ArgumentHelp(
      """
      Calibrate probabilities on out-of-fold predictions (for a regression, the width of \
      intervals). The predicted class is then the most probable one, or with --class-weight the \
      one with the largest product of weight and probability.
      """))
  var probability = false

  @Option(
    name: .customLong("calibration"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      How decision values are mapped to probabilities: sigmoid, isotonic, temperature, or auto, \
      which chooses the one with the lowest log loss on rows that it was not fitted to. (default: \
      sigmoid)
      """, valueName: "name"))
  var method: String?

  @Option(
    name: .customLong("calibration-folds"), parsing: .unconditional,
    help: ArgumentHelp(
      "The number of folds for calibration. (default: 5)", valueName: "k"))
  var folds: String?

  /// The options besides --probability that were given.
  private var details: [String] {
    [("--calibration", method), ("--calibration-folds", folds)].filter { $0.1 != nil }.map(\.0)
  }

  /// Options whose effect depends on the formulation.
  var explicitOptions: [String] { (probability ? ["--probability"] : []) + details }

  /// Checks the options and puts those that were given where they belong.
  ///
  /// - Returns: Options that have no effect, and on what.
  func apply(
    to configuration: inout TrainingConfiguration
  ) throws(UsageError) -> [(option: String, reason: String)] {
    var choice = configuration.calibration ?? CalibrationChoice()
    if let method {
      let methods: [(String, CalibrationMethod?)] = CalibrationMethod.allCases.map {
        ($0.rawValue, $0)
      }
      choice.method = try OptionValue.choice(
        "--calibration", method, among: methods + [("auto", nil)])
    }
    if let folds {
      choice.foldCount = try OptionValue.wholeNumber("--calibration-folds", folds, in: 2...1000)
    }
    guard probability || configuration.calibration != nil else {
      return details.map { ($0, "training without --probability") }
    }
    configuration.calibration = choice
    return []
  }
}
