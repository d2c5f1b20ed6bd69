import Basics
import Evaluation
import ModelFiles
import ModelReports

extension Metric {
  /// `{"name", "value", "set", "rows"}`.
  var json: JSONValue {
    [
      "name": .string(name), "value": .finite(value), "set": .string(set.rawValue),
      "rows": .integer(rows),
    ]
  }

  /// The same with its interval: `"interval": {"lower", "upper", "level", "replicates"}`, or `null`.
  func json(_ interval: ConfidenceInterval?) -> JSONValue {
    [
      "name": .string(name), "value": .finite(value), "set": .string(set.rawValue),
      "rows": .integer(rows),
      "interval": interval.map {
        [
          "lower": .finite($0.lower), "upper": .finite($0.upper), "level": .finite($0.level),
          "replicates": .integer($0.replicateCount),
        ]
      } ?? .null,
    ]
  }

  /// One line for each set that something was measured on.
  static func lines(_ metrics: [Metric]) -> [(label: String, value: String)] {
    var sets: [MeasuredSet] = []
    for metric in metrics where !sets.contains(metric.set) { sets.append(metric.set) }
    return sets.map { set in
      let measured = metrics.filter { $0.set == set }
      let figures = measured.map { "\($0.words) \(Text.significant($0.value, 4))" }
      let rows = Text.count(measured.first?.rows ?? 0, "row")
      return (set.label, "\(figures.joined(separator: ", ")) (\(rows))")
    }
  }
}

extension Metric.MeasuredSet {
  fileprivate var label: String {
    switch self {
    case .training: "on training rows"
    case .holdout: "on held-out rows"
    case .crossValidation: "cross-validated"
    case .evaluation: "measured"
    }
  }
}
