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
}
