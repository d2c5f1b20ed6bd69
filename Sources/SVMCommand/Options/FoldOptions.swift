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
    help: ArgumentHelp("How often the rows are divided anew.", valueName: "n"))
  var repetitions = "1"

  @Option(
    name: .customLong("group"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      A column that says which rows belong together; no feature, and no group is divided. \
      (default: none)
      """, valueName: "column"))
  var group: String?

  @Flag(
    name: .customLong("time-ordered"),
    help: "Rows are in order of time: each fold trains on what comes before it.")
  var timeOrdered = false

  @Option(
    name: .customLong("seed"), parsing: .unconditional,
    help: ArgumentHelp("Chooses the folds. (default: 0)", valueName: "n"))
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
            option: "--repeat", "has no use with --time-ordered, which leaves nothing to chance")
        }
        guard group == nil else {
          throw UsageError(option: "--group", "cannot be given together with --time-ordered")
        }
      }
      return FoldPlan(
        count: count, repetitionCount: repetitions, order: timeOrdered ? .timeOrdered : .shuffled)
    }
  }
}
