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
  ///
  /// - Parameters:
  ///   - metrics: All metrics that have a value.
  ///   - shown: Those that are wanted.
  ///   - trainingCount: The number of training rows; a measurement may use only some of them.
  /// - Returns: The lines.
  static func lines(
    _ metrics: [Metric], _ shown: MetricChoice, trainingCount: Int? = nil
  ) -> [(label: String, value: String)] {
    var sets: [MeasuredSet] = []
    for metric in metrics where !sets.contains(metric.set) { sets.append(metric.set) }
    return sets.compactMap { set in
      let measured = metrics.filter { $0.set == set }
      let texts =
        measured.filter { shown.shows($0.id) }
        .map { "\($0.displayName) \(Text.significant($0.value, 4))" }
        + shown.undefined(besides: measured.map(\.id)).map { "\($0.displayName) undefined" }
      guard !texts.isEmpty else { return nil }
      let count = measured[0].rows
      let rows =
        if set == .training, let trainingCount, count < trainingCount {
          "\(Text.count(count)) of \(Text.count(trainingCount, "row"))"
        } else {
          Text.count(count, "row")
        }
      return (set.label, "\(texts.joined(separator: ", ")) (\(rows))")
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
