import ArgumentParser
import ModelSelection

/// How rows are divided.
struct FoldOptions: ParsableArguments {
  @Option(
    name: .customLong("folds"), parsing: .unconditional,
    help: ArgumentHelp("The number of folds.", valueName: "k"))
  var count = "5"

  @Option(
    name: .customLong("repeat"), parsing: .unconditional,
    help: ArgumentHelp("The number of repetitions, each with new folds.", valueName: "n"))
  var repetitions = "1"

  @Option(
    name: .customLong("group"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      A column that identifies groups of rows: no group is split across folds. It is not used \
      as a feature. (default: none)
      """, valueName: "column"))
  var group: String?

  @Flag(
    name: .customLong("time-ordered"),
    help: "Rows are in time order: each fold trains on the rows before it.")
  var timeOrdered = false

  @Option(
    name: .customLong("seed"), parsing: .unconditional,
    help: ArgumentHelp("Seed for the assignment of rows to folds. (default: 0)", valueName: "n"))
  var seed: String?

  /// The options, checked.
  var plan: FoldPlan {
    get throws(UsageError) {
      let count = try OptionValue.wholeNumber(
        "--folds", count, in: (timeOrdered ? 1 : 2)...100_000)
      let repetitions = try OptionValue.wholeNumber("--repeat", repetitions, in: 1...10_000)
      if timeOrdered {
        guard repetitions == 1 else {
          throw UsageError(
            option: "--repeat", "cannot be used with --time-ordered, which is not random")
        }
        guard group == nil else {
          throw UsageError(option: "--group", "cannot be given together with --time-ordered")
        }
      }
      return FoldPlan(
        count: count, repetitionCount: repetitions, inTimeOrder: timeOrdered)
    }
  }
}
