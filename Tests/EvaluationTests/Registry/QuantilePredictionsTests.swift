import Testing

@testable import Evaluation

@Suite struct QuantilePredictionsTests {
  /// Errors 1 above, 2 below and none, for the quantile 0.9; 1 below everywhere for 0.5.
  private func quantiles(weights: [Double]? = nil) throws -> QuantilePredictions {
    try QuantilePredictions(
      actual: [1, 2, 3], predicted: [0, 2, 4, 3, 3, 4], levels: [0.9, 0.5], weights: weights)
  }

  @Test func theLossIsThatOfAHandCalculation() throws {
    let found = try quantiles()
    // 0.9 · 1, then 0.1 · 2, then 0.
    let upper: Double = 1.1 / 3
    let mean: Double = (upper + 0.5) / 2
    #expect(abs(try #require(found.pinballLoss(0.9)) - upper) < 1e-15)
    #expect(found.pinballLoss(0.5) == 0.5)
    #expect(found.pinballLoss(0.1) == nil)
    #expect(abs(try #require(found.meanPinballLoss) - mean) < 1e-15)
    let first: Double = try #require(try quantiles(weights: [2, 0, 0]).pinballLoss(0.9))
    #expect(abs(first - 0.9) < 1e-15)
    #expect(try quantiles(weights: [0, 0, 0]).meanPinballLoss == nil)
  }

  @Test func theRegistryMeasuresTheQuantilesThatArePredicted() throws {
    let input = try quantiles().metricInput
    #expect(
      MetricDefinition.pinballLoss(0.9).value(of: input) == (try quantiles().pinballLoss(0.9)))
    #expect(MetricDefinition.pinballLoss(nil).value(of: input) == (try quantiles().meanPinballLoss))
    #expect(MetricDefinition.pinballLoss(0.25).value(of: input) == nil)
    let context = MetricContext(subject: .numbers, quantileLevels: [0.9, 0.5])
    try MetricDefinition.pinballLoss(0.9).check(context)
    try MetricDefinition.pinballLoss(nil).check(context)
    #expect(throws: MetricError.self) { try MetricDefinition.pinballLoss(0.25).check(context) }
    // One number for each row may be meant as any quantile.
    try MetricDefinition.pinballLoss(0.25).check(MetricContext(subject: .numbers))
  }

  @Test func wrongCountsAndLevelsAreRefused() {
    #expect(throws: EvaluationError.elementCount("predicted", found: 3, rowCount: 2)) {
      try QuantilePredictions(actual: [1, 2], predicted: [1, 2, 3], levels: [0.1, 0.9])
    }
    for levels in [[], [0.5, 0.5], [1.5], [.nan]] as [[Double]] {
      #expect(throws: EvaluationError.self) {
        try QuantilePredictions(
          actual: [1], predicted: [Double](repeating: 0, count: levels.count), levels: levels)
      }
    }
  }

  @Test func argumentsFollowAnAtSign() throws {
    let metric = try MetricCatalog.definition(named: "pinball-loss@0.90")
    #expect(metric.id.rawValue == "pinballLoss@0.9" && metric.optionName == "pinball-loss@0.9")
    #expect(MetricCatalog.definition(metric.id) == metric)
    #expect(try MetricCatalog.definition(named: "pinballLoss") == .pinballLoss(nil))
    for text in ["2", "0", "x", "nan"] {
      #expect(
        throws: MetricError(
          .argument(text, name: "pinball-loss", expected: "a quantile between 0 and 1"))
      ) { try MetricCatalog.definition(named: "pinball-loss@\(text)") }
    }
    let choice = MetricChoice.named([metric, .mae])
    #expect(
      choice.computed.contains(metric) && choice.computed.count == MetricCatalog.all.count + 1)
    let ids = choice.computed.map(\.id.rawValue)
    #expect(ids.firstIndex(of: "pinballLoss@0.9") == ids.firstIndex(of: "pinballLoss")! + 1)
    #expect(choice.shows(metric.id) && choice.shows(MetricDefinition.mae.id))
    #expect(!choice.shows(MetricDefinition.rmse.id))
    #expect(choice.undefined(besides: [MetricDefinition.mae.id]) == [metric])
  }
}
