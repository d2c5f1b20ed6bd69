import ArgumentParser
import Evaluation
import ModelReports

/// Which figures are shown, in every command that measures.
struct MetricOptions: ParsableArguments {
  @Option(
    name: .customLong("metrics"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Which figures to show: standard, all, or a list such as accuracy,rare-recall,roc-auc; \
      --json always has all.
      """, valueName: "names"))
  var names = "standard"

  /// The option, checked.
  var choice: MetricChoice {
    get throws(UsageError) { try MetricChoice(names) }
  }
}

/// Some of the figures.
package enum MetricChoice: Sendable, Equatable {
  /// Those that are shown when nothing else is asked for.
  case standard
  /// Every figure that there is.
  case all
  /// Figures by their names in reports.
  case names(Set<String>)

  /// Reads `standard`, `all` or a list of names, which may be written as in reports or with hyphens.
  package init(_ text: String) throws(UsageError) {
    switch text {
    case "standard": self = .standard
    case "all": self = .all
    default:
      let known = Dictionary(
        Metric.names.map { (Self.key($0), $0) }, uniquingKeysWith: { first, _ in first })
      var chosen: Set<String> = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let name = String(part)
        guard let found = known[Self.key(name)] else {
          throw UsageError(
            option: "--metrics",
            "there is no figure \"\(name)\"; figures are "
              + Metric.names.map(Self.hyphenated).joined(separator: ", ") + ", and standard and all"
              + didYouMean(name, among: Metric.names.map(Self.hyphenated) + ["standard", "all"]))
        }
        chosen.insert(found)
      }
      self = .names(chosen)
    }
  }

  /// Lower case without hyphens, so that `rocAUC`, `roc-auc` and `rocauc` are one name.
  private static func key(_ name: String) -> String {
    name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
  }

  /// `balanced-accuracy` for `balancedAccuracy`, `roc-auc` for `rocAUC`.
  private static func hyphenated(_ name: String) -> String {
    var text = ""
    var wasLower = false
    for letter in name {
      if letter.isUppercase, wasLower { text += "-" }
      wasLower = !letter.isUppercase
      text += letter.lowercased()
    }
    return text
  }

  /// Whether a figure is among them.
  func shows(_ name: String) -> Bool {
    switch self {
    case .standard: Metric.standardNames.contains(name)
    case .all: true
    case .names(let names): names.contains(name)
    }
  }

  /// Whether a figure has a place in a table with a row for each fold.
  func showsByFold(_ name: String) -> Bool {
    self == .standard ? Metric.briefNames.contains(name) : shows(name)
  }
}
