import Basics
import Evaluation
import Reports
import TabularModels

/// Figures with their intervals, as text.
package enum FigureText {
  private static func text(_ metric: Metric, _ measurement: Measurement) -> String {
    value(metric, measurement.confidence[metric.id]) { NumberText.significant($0) }
  }

  /// A figure with its interval in small print.
  static func fact(_ metric: Metric, _ measurement: Measurement) -> HTMLReport.Fact {
    HTMLReport.Fact(
      metric.displayName, text(metric, measurement),
      detail: measurement.confidence[metric.id].map { "95 %: \(range($0))" } ?? "")
  }

  /// `0.93–0.99`: as many decimals as the width of an interval deserves.
  ///
  /// - Parameters:
  ///   - interval: The interval.
  ///   - isPlain: Whether numbers are written as programs do, without groups of digits.
  /// - Returns: The text; empty for an interval without extent.
  package static func range(_ interval: ConfidenceInterval, isPlain: Bool = false) -> String {
    let half = (interval.upper - interval.lower) / 2
    guard half > 0, half.isFinite else { return "" }
    return "\(text(interval.lower, half, isPlain))–\(text(interval.upper, half, isPlain))"
  }

  /// A figure with four significant digits, or as many more as its interval deserves.
  package static func value(
    _ metric: Metric, _ interval: ConfidenceInterval?, plain: (Double) -> String
  ) -> String {
    guard let interval, interval.upper > interval.lower else { return plain(metric.value) }
    let half = (interval.upper - interval.lower) / 2
    guard half.isFinite, half < 2e-4 * metric.value.magnitude else { return plain(metric.value) }
    return text(metric.value, half, true)
  }

  /// A number with the digits that an uncertainty leaves it: that of its first digit, or of the second
  /// where the first is 1.
  private static func text(_ value: Double, _ half: Double, _ isPlain: Bool) -> String {
    var decimals = 0
    var unit = 1.0
    while decimals < 12, half < 2 * unit {
      decimals += 1
      unit /= 10
    }
    var rounding = 1.0
    while half >= 20 * rounding { rounding *= 10 }
    let rounded = decimals > 0 ? value : (value / rounding).rounded() * rounding
    let text = NumberText.fixed(rounded, decimals: decimals)
    return isPlain ? text : NumberText.grouped(text)
  }

  /// The number of metrics at the head of a page; a table has the others.
  static let headlineCount = 8

  /// The metrics of a measurement that are not at the head of the page; `nil` when all are.
  static func table(_ measurement: Measurement, _ shown: MetricChoice) -> HTMLReport.Table? {
    let metrics = measurement.allMetrics.filter { shown.shows($0.id) }.dropFirst(headlineCount)
    guard !metrics.isEmpty else { return nil }
    let hasIntervals = metrics.contains { measurement.confidence[$0.id] != nil }
    return HTMLReport.Table(
      caption: "More metrics on \(text(measurement.set))",
      columns: [.init("metric"), .init("value", isNumeric: true)]
        + (hasIntervals ? [.init("95 % interval", isNumeric: true)] : []),
      rows: metrics.map { metric in
        [metric.displayName, text(metric, measurement)]
          + (hasIntervals
            ? [measurement.confidence[metric.id].map { range($0) } ?? ""] : [])
      })
  }

  /// The figure of a regression that always predicts the mean; the accuracy of the most
  /// frequent class is a separate metric.
  ///
  /// - Parameter measurement: What was measured.
  /// - Returns: The figure to compare with, or `nil` where there is none.
  static func baseline(_ measurement: Measurement) -> HTMLReport.Fact? {
    // R² is 1 less the mean squared error divided by that of the mean.
    guard let rmse = measurement.value(of: .rmse), let r2 = measurement.value(of: .r2), r2 < 1,
      rmse > 0
    else { return nil }
    return .init(
      "baseline RMSE", NumberText.significant(rmse / (1 - r2).squareRoot()),
      detail: "predicting the mean")
  }

  /// What was measured, to follow "measured on".
  private static func text(_ set: Metric.MeasuredSet) -> String {
    switch set {
    case .training: "training rows"
    case .holdout: "held-out rows"
    case .crossValidation: "out-of-fold rows"
    case .evaluation: "rows of the file"
    }
  }
}
