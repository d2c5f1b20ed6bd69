import Evaluation
import Reports
import TabularModels

/// Figures with their intervals, as text.
package enum FigureText {
  /// A figure with its interval in small print.
  static func fact(_ metric: Metric, _ measurement: Measurement) -> HTMLReport.Fact {
    HTMLReport.Fact(
      metric.words, NumberText.significant(metric.value),
      detail: measurement.confidence[metric.name].map { "95 %: \(range($0, minus: "−"))" } ?? "")
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
    while decimals < 12, half < 2 * unit {
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
    let hasIntervals = !measurement.confidence.isEmpty
    return HTMLReport.Table(
      caption: "Figures on \(measurement.set.words)",
      columns: [.init("figure"), .init("value", isNumeric: true)]
        + (hasIntervals ? [.init("95 % interval", isNumeric: true)] : []),
      rows: measurement.metrics.map { metric in
        [metric.words, NumberText.significant(metric.value)]
          + (hasIntervals
            ? [measurement.confidence[metric.name].map { range($0, minus: "−") } ?? ""] : [])
      })
  }
}
