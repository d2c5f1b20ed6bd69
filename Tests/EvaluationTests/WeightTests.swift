import Evaluation
import Testing

/// Weight 2 is the row twice and weight 0 no row, in every figure.
struct WeightTests {
  /// Rows with whole weights, and the same rows repeated as often.
  struct Sample {
    var weights: [Double]
    /// Row of the sample for each row of the repeated one.
    var repeated: [Int]
    var generator: SeededGenerator

    init(seed: UInt64) {
      generator = SeededGenerator(seed: seed)
      let rowCount = 20 + generator.integer(below: 40)
      weights = []
      repeated = []
      for row in 0..<rowCount {
        let weight = generator.integer(below: 4)
        weights.append(Double(weight))
        repeated += [Int](repeating: row, count: weight)
      }
    }

    var rows: Range<Int> { weights.indices }
  }

  private func expectEqual(
    _ weighted: [Metric], _ repeated: [Metric], seed: UInt64,
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(weighted.map(\.name) == repeated.map(\.name), "seed \(seed)", sourceLocation: location)
    for (left, right) in zip(weighted, repeated) {
      #expect(
        abs(left.value - right.value) <= 1e-12 * max(1, abs(right.value)),
        "seed \(seed), \(left.name)", sourceLocation: location)
    }
  }

  @Test(arguments: UInt64(0)..<40) func countsOfClasses(seed: UInt64) {
    var sample = Sample(seed: seed)
    let actual = sample.rows.map { _ in sample.generator.integer(below: 4) }
    let predicted = sample.rows.map { _ in sample.generator.integer(below: 4) }
    let names = ["a", "b", "c", "d"]
    let weighted = ConfusionMatrix(
      classNames: names, actual: actual, predicted: predicted, weights: sample.weights)
    let repeated = ConfusionMatrix(
      classNames: names, actual: sample.repeated.map { actual[$0] },
      predicted: sample.repeated.map { predicted[$0] })
    expectEqual(
      weighted.metrics(on: .training), repeated.metrics(on: .training), seed: seed)
    #expect(weighted.totalWeight == Double(repeated.rowCount), "seed \(seed)")
    #expect(weighted.rowCount == sample.weights.count { $0 > 0 }, "seed \(seed)")
  }

  @Test(arguments: UInt64(0)..<40) func rankings(seed: UInt64) throws {
    var sample = Sample(seed: seed)
    // Few different scores: ties, also between rows of weight 0 and others.
    let scores = sample.rows.map { _ in Double(sample.generator.integer(below: 12)) }
    let isPositive = sample.rows.map { _ in sample.generator.integer(below: 3) == 0 }
    let weighted = try ScoredLabels(
      scores: scores, isPositive: isPositive, weights: sample.weights)
    let repeated = try ScoredLabels(
      scores: sample.repeated.map { scores[$0] },
      isPositive: sample.repeated.map { isPositive[$0] })
    expectEqual(weighted.metrics(on: .training), repeated.metrics(on: .training), seed: seed)
    #expect(weighted.rocCurve() == repeated.rocCurve(), "seed \(seed)")
    #expect(weighted.precisionRecallCurve() == repeated.precisionRecallCurve(), "seed \(seed)")
  }

  @Test(arguments: UInt64(0)..<40) func probabilitiesAndBins(seed: UInt64) throws {
    var sample = Sample(seed: seed)
    let probabilities = sample.rows.map { _ in (sample.generator.unitInterval() * 20).rounded() / 20
    }
    let actual = sample.rows.map { _ in sample.generator.integer(below: 2) }
    var weighted = try ProbabilityScores(classCount: 2)
    var repeated = weighted
    for row in sample.rows {
      try weighted.add(
        probabilities: [1 - probabilities[row], probabilities[row]], actual: actual[row],
        weight: sample.weights[row])
    }
    for row in sample.repeated {
      try repeated.add(
        probabilities: [1 - probabilities[row], probabilities[row]], actual: actual[row])
    }
    expectEqual(weighted.metrics(on: .training), repeated.metrics(on: .training), seed: seed)
    let bins = try ReliabilityCurve(
      probabilities: probabilities, outcomes: actual.map { $0 == 1 }, weights: sample.weights,
      binCount: 4)
    let repeatedBins = try ReliabilityCurve(
      probabilities: sample.repeated.map { probabilities[$0] },
      outcomes: sample.repeated.map { actual[$0] == 1 }, binCount: 4)
    #expect(bins.bins.map(\.weight) == repeatedBins.bins.map(\.weight), "seed \(seed)")
  }

  @Test(arguments: UInt64(0)..<40) func errorsOfNumbers(seed: UInt64) throws {
    var sample = Sample(seed: seed)
    let actual = sample.rows.map { _ in 1 + sample.generator.unitInterval() }
    let predicted = sample.rows.map { _ in 1 + sample.generator.unitInterval() }
    let weighted = try TargetPredictions(
      actual: actual, predicted: predicted, weights: sample.weights)
    let repeated = try TargetPredictions(
      actual: sample.repeated.map { actual[$0] }, predicted: sample.repeated.map { predicted[$0] })
    expectEqual(weighted.metrics(on: .training), repeated.metrics(on: .training), seed: seed)
    let losses = (
      try #require(weighted.pinballLoss(quantile: 0.9)),
      try #require(repeated.pinballLoss(quantile: 0.9))
    )
    #expect(abs(losses.0 - losses.1) < 1e-14, "seed \(seed)")
  }

  @Test func intervalsAndFlags() throws {
    var coverage = IntervalCoverage()
    var flags = NoveltyFlags()
    try coverage.add(actual: 1, lower: 1, upper: 3, weight: 3)
    try coverage.add(actual: 4, lower: 1, upper: 2)
    try coverage.add(actual: 4, lower: 0, upper: 100, weight: 0)
    flags.add(isFlagged: true)
    flags.add(isFlagged: false, weight: 3)
    flags.add(isFlagged: true, weight: 0)
    #expect(coverage.coverage == 0.75)
    #expect(coverage.meanWidth == 1.75)
    #expect(coverage.metrics(on: .holdout).map(\.rows) == [2, 2])
    #expect(
      flags.metrics(on: .holdout) == [
        Metric(id: MetricDefinition.flaggedFraction.id, value: 0.25, set: .holdout, rows: 2)
      ])
    #expect(IntervalCoverage().coverage == nil)
    #expect(NoveltyFlags().flaggedFraction == nil)
  }

  @Test func onlyRowsOfWeightZeroAreNoRows() throws {
    let zeros = [0.0, 0]
    let matrix = ConfusionMatrix(
      classNames: ["a", "b"], actual: [0, 1], predicted: [0, 1], weights: zeros)
    #expect(matrix.metrics(on: .holdout).isEmpty)
    let pairs = try TargetPredictions(actual: [1, 2], predicted: [1, 2], weights: zeros)
    #expect(pairs.metrics(on: .holdout).isEmpty)
    #expect(pairs.pinballLoss(quantile: 0.5) == nil)
    let labels = try ScoredLabels(scores: [1, 2], isPositive: [true, false], weights: zeros)
    #expect(labels.metrics(on: .holdout).isEmpty)
    #expect(labels.rocCurve().isEmpty)
    #expect(labels.precisionRecallCurve().isEmpty)
    var scores = try ProbabilityScores(classCount: 2)
    try scores.add(probabilities: [0.5, 0.5], actual: 0, weight: 0)
    #expect(scores.metrics(on: .holdout).isEmpty)
    for binning in [ReliabilityCurve.Binning.equalMass, .equalWidth] {
      let curve = try ReliabilityCurve(
        probabilities: [0.2, 0.4], outcomes: [true, false], weights: zeros, binning: binning)
      #expect(curve.bins.isEmpty)
      #expect(curve.expectedCalibrationError == nil)
      #expect(curve.maximumCalibrationError == nil)
    }
    #expect(try Bootstrap(seed: 0).interval(ofMean: [1, 2], weights: zeros) == nil)
  }
}
