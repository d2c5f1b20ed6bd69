import Testing

@testable import Evaluation

struct BootstrapTests {
  @Test func theNormalQuantileIsThatOfTheTables() {
    #expect(abs(normalQuantile(0.975) - 1.959963984540054) < 1e-14)
    #expect(abs(normalQuantile(0.025) + 1.959963984540054) < 1e-14)
    #expect(abs(normalQuantile(0.5)) < 1e-15)
    #expect(abs(normalQuantile(1e-10) + 6.361340902404056) < 1e-13)
  }

  @Test func quantilesLieBetweenNeighbours() {
    #expect(quantile([1, 2, 4], 0) == 1)
    #expect(quantile([1, 2, 4], 0.25) == 1.5)
    #expect(quantile([1, 2, 4], 0.75) == 3)
    #expect(quantile([1, 2, 4], 1) == 4)
    #expect(quantile([7], 0.3) == 7)
  }

  @Test(arguments: [Bootstrap.Method.percentile, .biasCorrectedAccelerated])
  func ofAMeanItIsAboutTwoStandardErrorsWide(method: Bootstrap.Method) throws {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<400).map { _ in generator.unitInterval() }
    let interval = try #require(
      try Bootstrap(replicateCount: 4000, method: method, seed: 1).interval(ofMean: values))
    let mean = values.reduce(0, +) / 400
    #expect(abs(interval.estimate - mean) < 1e-14)
    // Uniform numbers have the standard deviation 1/√12; of 400, the mean 1/√4800.
    let expected = 1.96 / 4800.0.squareRoot()
    #expect(abs(mean - interval.lower - expected) < 0.1 * expected)
    #expect(abs(interval.upper - mean - expected) < 0.1 * expected)
    #expect(interval.replicateCount == 4000)
  }

  /// Exponential numbers are skewed: the plain percentiles miss to one side more often.
  @Test func itCoversTheTruthAboutAsOftenAsItSays() throws {
    var covered = [0, 0]
    let trials = 400
    for trial in 0..<trials {
      var generator = SeededGenerator(seed: UInt64(trial))
      // The largest of a few uniform numbers is skewed; the largest of 4 has the mean 4/5.
      let values = (0..<40).map { _ in
        (0..<4).reduce(0.0) { largest, _ in max(largest, generator.unitInterval()) }
      }
      for (index, method) in [Bootstrap.Method.percentile, .biasCorrectedAccelerated].enumerated() {
        let interval = try #require(
          try Bootstrap(replicateCount: 500, level: 0.9, method: method, seed: UInt64(trial))
            .interval(ofMean: values))
        if interval.lower <= 0.8, 0.8 <= interval.upper { covered[index] += 1 }
      }
    }
    // The standard deviation of the fractions is √(0.9 · 0.1 / 400) = 0.015.
    for count in covered {
      let part = Double(count) / Double(trials)
      #expect(part > 0.84 && part < 0.95, "covered \(covered) of \(trials)")
    }
  }

  @Test func theAccelerationIsASixthOfTheSkewness() throws {
    // A mean's influences are the deviations: for 0, 0, 0, 4 from their mean 1 these are −1, −1, −1, 3,
    // and the acceleration is (27 − 3) / (6 · 12^1.5). With z the bias the lower end is the quantile
    // Φ(z + (z − 1.645) / (1 − a (z − 1.645))) of the replicates.
    let values = [0.0, 0, 0, 4]
    let bootstrap = Bootstrap(replicateCount: 2000, level: 0.9, seed: 9)
    let interval = try #require(try bootstrap.interval(ofMean: values))
    var replicates: [Double] = []
    for index in 0..<2000 {
      var generator = SeededGenerator(seed: SeededGenerator.derivedSeed(9, index: index))
      replicates.append(
        (0..<4).reduce(0) { sum, _ in sum + values[generator.integer(below: 4)] } / 4)
    }
    replicates.sort()
    let below =
      Double(replicates.count { $0 < 1 }) + Double(replicates.count { $0 == 1 }) / 2
    let bias = normalQuantile(below / 2000)
    let acceleration = 24 / (6 * 12 * 12.0.squareRoot())
    func end(_ tail: Double) -> Double {
      let place = bias + normalQuantile(tail)
      return quantile(replicates, normalDistribution(bias + place / (1 - acceleration * place)))
    }
    #expect(abs(interval.lower - end(0.05)) < 1e-12)
    #expect(abs(interval.upper - end(0.95)) < 1e-12)
  }

  @Test func strataKeepTheirSizes() throws {
    let strata = [0, 0, 0, 1, 1, 2]
    _ = try Bootstrap(replicateCount: 50, method: .percentile, seed: 2).interval(
      weights: [1, 1, 1, 1, 1, 1], strata: strata
    ) { weights in
      #expect(weights[0...2].reduce(0, +) == 3)
      #expect(weights[3...4].reduce(0, +) == 2)
      #expect(weights[5] == 1)
      return weights[0]
    }
  }

  @Test func rowsBringTheirWeightAlongAndRowsOfWeightZeroAreNotDrawn() throws {
    _ = try Bootstrap(replicateCount: 50, seed: 2).interval(weights: [0.5, 0, 2]) { weights in
      #expect(weights[1] == 0)
      #expect((weights[0] / 0.5).rounded() == weights[0] / 0.5)
      return weights[0]
    }
  }

  @Test func equalSeedsGiveEqualIntervals() throws {
    let (scores, isPositive) = ScoredLabelsTests.sample(seed: 8, rowCount: 100)
    let labels = try ScoredLabels(scores: scores, isPositive: isPositive)
    func interval(_ seed: UInt64) throws -> ConfidenceInterval? {
      try Bootstrap(replicateCount: 200, seed: seed).interval(
        weights: labels.weights, strata: isPositive.map { $0 ? 1 : 0 }, of: labels.rocAUC(weights:))
    }
    let first = try #require(try interval(1))
    #expect(try interval(1) == first)
    #expect(try interval(2) != first)
    #expect(first.lower < first.estimate && first.estimate < first.upper)
    #expect(first.estimate == labels.rocAUC)
  }

  @Test func aFigureWithoutValueHasNoInterval() throws {
    #expect(try Bootstrap(seed: 0).interval(weights: [1, 1]) { _ in nil } == nil)
    #expect(try Bootstrap(seed: 0).interval(weights: []) { _ in 1 }?.lower == 1)
    // A quarter of the replicates draw one class alone.
    let labels = try ScoredLabels(scores: [1, 2, 3], isPositive: [true, false, false])
    #expect(
      try Bootstrap(seed: 0).interval(weights: labels.weights, of: labels.rocAUC(weights:)) == nil)
  }

  @Test func withoutMistakesThereIsNoWidth() throws {
    let interval = try #require(
      try Bootstrap(seed: 0).interval(ofMean: [Double](repeating: 1, count: 30)))
    #expect(interval.lower == 1)
    #expect(interval.upper == 1)
  }

  @Test func settingsOutOfRangeAreErrors() {
    let error = #expect(throws: EvaluationError.self) {
      try Bootstrap(replicateCount: 5, seed: 0).interval(ofMean: [1, 2])
    }
    #expect(error?.description == "replicateCount must be from 10 to 1000000, but is 5.0")
    for level in [0, 1, -1, Double.nan] {
      #expect(throws: EvaluationError.self) {
        try Bootstrap(level: level, seed: 0).interval(ofMean: [1, 2])
      }
    }
    #expect(throws: EvaluationError.elementCount("strata", found: 1, rowCount: 2)) {
      try Bootstrap(seed: 0).interval(ofMean: [1, 2], strata: [0])
    }
    #expect(throws: EvaluationError.self) { try Bootstrap(seed: 0).interval(ofMean: [1, .nan]) }
    #expect(throws: EvaluationError.weight(-1, row: 0)) {
      try Bootstrap(seed: 0).interval(ofMean: [1, 2], weights: [-1, 1])
    }
  }
}
