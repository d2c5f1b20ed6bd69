import Evaluation
import Reports
import TabularModels

/// Figures with their intervals, as text.
package enum FigureText {
  /// `0.9667 (0.93–0.99)`.
  static func value(_ metric: Metric, _ measurement: Measurement) -> String {
    let text = NumberText.significant(metric.value)
    guard let interval = measurement.confidence[metric.name] else { return text }
    return "\(text) (\(range(interval, minus: "−")))"
  }

  /// `0.93–0.99`: as many decimals as the width of an interval deserves.
  ///
  /// - Parameters:
  ///   - interval: The interval.
  ///   - minus: The sign of numbers below 0.
  package static func range(_ interval: ConfidenceInterval, minus: String = "-") -> String {
    let half = (interval.upper - interval.lower) / 2
    guard half > 0, half.isFinite else { return "" }
    var decimals = 0
    var unit = 1.0
    while decimals < 12, half < unit {
      decimals += 1
      unit /= 10
    }
    func text(_ value: Double) -> String {
      let text = NumberText.fixed(value, decimals: decimals)
      return text.hasPrefix("-") ? minus + text.dropFirst() : text
    }
    return "\(text(interval.lower))–\(text(interval.upper))"
  }

  /// All figures of a measurement.
  static func table(_ measurement: Measurement) -> HTMLReport.Table {
    HTMLReport.Table(
      caption: "Figures on \(measurement.set.words)",
      columns: [
        .init("figure"), .init("value", isNumeric: true), .init("95 % interval", isNumeric: true),
      ],
      rows: measurement.metrics.map { metric in
        [
          metric.words, NumberText.significant(metric.value),
          measurement.confidence[metric.name].map { range($0, minus: "−") } ?? "",
        ]
      })
  }
}
