import Basics
import ArgumentParser
import Evaluation
import Tables

/// Which metrics are shown, in every command that measures.
struct MetricOptions: ParsableArguments {
  @Option(
    name: .customLong("metrics"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Which metrics to show: standard, all, or a list of names; --json always has all. Names are \
      \(MetricCatalog.optionNames.joined(separator: ", ")).
      """, valueName: "names"))
  var names = "standard"

  /// The option, checked.
  var choice: MetricChoice {
    get throws(UsageError) {
      switch names {
      case "standard": return .standard
      case "all": return .all
      default:
        var definitions: [MetricDefinition] = []
        for part in names.split(separator: ",", omittingEmptySubsequences: false) {
          definitions.append(
            try OptionValue.metric(
              "--metrics", String(part), among: MetricCatalog.optionNames,
              others: ["standard", "all"]))
        }
        return .named(definitions)
      }
    }
  }
}

extension OptionValue {
  /// A metric by its name.
  ///
  /// - Parameters:
  ///   - option: The option.
  ///   - text: The name.
  ///   - names: The names that are suggested and listed.
  ///   - others: What else the option takes.
  /// - Returns: The metric.
  /// - Throws: ``UsageError`` for a name that is not a metric's.
  static func metric(
    _ option: String, _ text: String, among names: [String], others: [String] = []
  ) throws(UsageError) -> MetricDefinition {
    do {
      return try MetricCatalog.definition(named: text)
    } catch {
      switch error.reason {
      case .unknown:
        throw UsageError(
          option: option,
          "there is no metric \(MessageText.quoted(text)); expected \(alternatives(names + others))"
            + didYouMean(text, among: names + others))
      case .argument(let argument, let name, let expected):
        throw UsageError(
          option: option,
          "\(name) takes \(expected) after the at sign, but is \(MessageText.quoted(argument))")
      default: throw UsageError(option: option, "\(error)")
      }
    }
  }
}
