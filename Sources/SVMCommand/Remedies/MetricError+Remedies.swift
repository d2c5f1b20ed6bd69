import Basics
import Evaluation
import Tables

extension MetricError {
  /// The error with the option that named the metric, and with what can be done about it.
  ///
  /// - Parameter arguments: What the command was called with, its name first.
  /// - Returns: One sentence.
  func sentence(arguments: [String]) -> String {
    let option = isAboutComparing(arguments) ? "--metric" : "--metrics"
    let remedy = remedy(option: option, isTraining: arguments.first != "evaluate")
    return "\(option): \(self); \(remedy)"
  }

  private var metric: MetricDefinition? {
    switch reason {
    case .unknown, .argument: nil
    case .subject(_, let metric), .need(_, let metric, _), .noDirection(let metric): metric
    }
  }

  /// Whether `--metric` of a search named the metric, and not `--metrics`.
  private func isAboutComparing(_ arguments: [String]) -> Bool {
    // What a comparison needs is learned without being asked for.
    if case .need(.probabilities, _, _) = reason { return false }
    if case .need(.scores, _, _) = reason { return false }
    if case .need(.intervals, _, _) = reason { return false }
    let names = arguments.indices.compactMap { place -> String? in
      if arguments[place] == "--metric" {
        return place + 1 < arguments.count ? arguments[place + 1] : nil
      }
      let prefix = "--metric="
      return arguments[place].hasPrefix(prefix)
        ? String(arguments[place].dropFirst(prefix.count)) : nil
    }
    guard let name = names.last else { return false }
    do {
      return try MetricCatalog.definition(named: name) == metric
    } catch {
      return false
    }
  }

  private func remedy(option: String, isTraining: Bool) -> String {
    switch reason {
    case .need(.probabilities, _, _), .need(.scores, _, _), .need(.intervals, _, _):
      return isTraining ? "add --probability" : "train a model with 'svm train --probability'"
    case .need(.quantile, let metric, let context):
      let name = metric.optionName.prefix { $0 != "@" }
      return "choose "
        + alternatives(context.quantileLevels.map { "\(name)@\(NumberText.shortest($0))" })
    case .need(.classes, let metric, let context):
      let narrower = MetricCatalog.all.first { $0.ofSeveralClasses == metric.id }
      if context.classCount == 2, let narrower { return "choose \(narrower.optionName)" }
      return Self.choices(for: .classes)
    case .subject(nil, _): return "leave \(option) out"
    case .subject(let subject?, _): return Self.choices(for: subject)
    case .noDirection(let metric): return Self.choices(for: metric.subject)
    case .unknown, .argument: return "'svm train --help' lists the names"
    }
  }

  /// `choose accuracy, balanced-accuracy or macro-f1`: metrics that every model of a kind has.
  private static func choices(for subject: MetricDefinition.Subject) -> String {
    let fitting = MetricCatalog.all.filter {
      $0.subject == subject && $0.needs.isEmpty && $0.placement == .brief
    }
    return "choose \(alternatives(fitting.map(\.optionName)))"
  }
}
