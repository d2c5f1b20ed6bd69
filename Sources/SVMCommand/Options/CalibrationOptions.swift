import ArgumentParser
import Calibration
import TabularModels

/// What is learned about how sure a prediction is.
struct CalibrationOptions: ParsableArguments {
  @Flag(
    name: .customLong("probability"),
    help: ArgumentHelp(
      """
      Learn probabilities from predictions of rows that were held out, fold after fold; for a \
      regression, how wide intervals must be. Predictions are then the most probable class, or with \
      --class-weight the one with the largest product of weight and probability.
      """))
  var probability = false

  @Option(
    name: .customLong("calibration"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      How decision values become probabilities: sigmoid, isotonic, temperature, or auto, which takes the \
      one with the least log loss on rows that it was not fitted to.
      """, valueName: "name"))
  var method = usualMethod

  @Option(
    name: .customLong("calibration-folds"), parsing: .unconditional,
    help: ArgumentHelp("The number of folds that probabilities are learned from.", valueName: "k"))
  var folds = usualFolds

  private static let usualMethod = "sigmoid"
  private static let usualFolds = "5"

  /// The options besides --probability that differ from their defaults.
  var chosen: [String] {
    [
      ("--calibration", method != Self.usualMethod),
      ("--calibration-folds", folds != Self.usualFolds),
    ].filter(\.1).map(\.0)
  }

  /// The options, checked.
  var choice: CalibrationChoice? {
    get throws(UsageError) {
      let methods: [(String, CalibrationMethod?)] = CalibrationMethod.allCases.map {
        ($0.rawValue, $0)
      }
      let method = try OptionValue.choice(
        "--calibration", method, among: methods + [("auto", nil)])
      let folds = try OptionValue.wholeNumber("--calibration-folds", folds, in: 2...1000)
      return probability ? CalibrationChoice(method: method, foldCount: folds) : nil
    }
  }
}
