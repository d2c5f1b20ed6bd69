// Summaries of figures over folds.

import Evaluation
import Testing

@testable import ModelSelection

@Suite struct MetricSummaryTests {
  /// The unit of the figures changes nothing but the unit of their summary.
  @Test(arguments: [1, 0x1p-600, 0x1p600, 0x1p1000])
  func hugeFiguresHaveADeviation(unit: Double) throws {
    let summary = try #require(
      MetricSummary(MetricDefinition.rmse.id, [(3 * unit, 1), (7 * unit, 1), (8 * unit, 2)]))
    #expect(abs(summary.mean / unit - 6.5) < 1e-12)
    let expected = 17.0 / 2.5
    let deviation = try #require(summary.standardDeviation)
    // Squares of figures near the smallest number vanish, and with them the deviation.
    if unit > 0x1p-500 { #expect(abs(deviation / unit - expected.squareRoot()) < 1e-12) }
    #expect(deviation.isFinite)
  }

  /// Folds that differ by rounding alone have no deviation, with any weights; others keep theirs.
  @Test(arguments: [0.1, 29.0 / 30, 1.0 / 3, 0x1p900 / 3, 1e-300])
  func roundingIsNoDeviation(figure: Double) throws {
    for count in 2...12 {
      let weights = (0..<count).map { 1 + Double($0) / 7 }
      let equal = try #require(
        MetricSummary(MetricDefinition.rmse.id, weights.map { (figure, $0) }))
      #expect(equal.standardDeviation == 0)
      let nearly = try #require(
        MetricSummary(
          MetricDefinition.rmse.id,
          weights.enumerated().map { ($0 == 0 ? figure.nextUp : figure, $1) }))
      #expect(nearly.standardDeviation == 0)
      let different = try #require(
        MetricSummary(
          MetricDefinition.rmse.id,
          weights.enumerated().map { ($0 == 0 ? figure * (1 + 1e-12) : figure, $1) }))
      // Squares of differences near the smallest number vanish.
      if figure > 1e-100 { #expect(try #require(different.standardDeviation) > 0) }
    }
    #expect(MetricSummary(MetricDefinition.rmse.id, [(figure, 1)])?.standardDeviation == nil)
  }

  /// A trial of a search and a summary of a cross-validation have the same mean and deviation.
  @Test(arguments: [[0.9, 0.95, 0.85], Array(repeating: 29.0 / 30, count: 5), [0.5], [3, 1e160]])
  func trialsHaveTheSameDeviation(values: [Double]) throws {
    let text = values.map { "\($0)" }.joined(separator: " ")
    let row = "x,30,\(values.count),gaussian,8,0.125,,,accuracy,,,done,0.25,\(text)"
    let trial = try #require(
      try TrialTable.trials("\(TrialTable.header)\n\(row)\n", search: "x", kernel: "gaussian").first
    )
    let summary = try #require(MetricSummary(MetricDefinition.accuracy.id, values.map { ($0, 1) }))
    #expect(trial.mean == summary.mean)
    #expect(trial.standardDeviation == summary.standardDeviation)
    if values.count == 5 { #expect(trial.standardDeviation == 0) }
  }
}
