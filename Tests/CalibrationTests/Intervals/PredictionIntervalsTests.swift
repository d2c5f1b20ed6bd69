import TestSupport
import Testing

@testable import Calibration

struct PredictionIntervalsTests {
  @Test func widthsAreThoseOfTheReference() throws {
    let reference = try CalibrationReferences.load().intervals
    let intervals = try PredictionIntervals.fit(residuals: reference.residuals)
    #expect(isClose(intervals.laplaceScale, reference.laplaceScale, relative: 1e-14))
    for (coverage, expected) in zip(reference.coverages, reference.halfWidths) {
      let found = try intervals.halfWidth(coverage: coverage)
      #expect(found == expected ?? .infinity, "coverage \(coverage)")
    }
  }

  @Test func rankIsThatOfOneRowMore() throws {
    // 19 rows: coverage 0.9 asks for the 18th of 20, coverage 0.95 for the 19th; more for none.
    let intervals = try PredictionIntervals.fit(residuals: (1...19).map { Double($0) })
    #expect(try intervals.halfWidth(coverage: 0.9) == 18)
    #expect(try intervals.halfWidth(coverage: 0.95) == 19)
    #expect(intervals.largestCoverage == 0.95)
    #expect(try intervals.interval(prediction: 100, coverage: 0.9) == 82...118)
    #expect(
      try intervals.interval(prediction: 100, coverage: 0.96) == -.infinity ... .infinity)
  }

  @Test func laplaceWidthHoldsItsShareOfTheDistribution() throws {
    let intervals = try PredictionIntervals.fit(residuals: [1, -1, 1, -1])
    #expect(intervals.laplaceScale == 1)
    #expect(
      isClose(
        try intervals.halfWidth(coverage: 0.9, method: .laplace), 2.302585092994046, within: 1e-14))
  }

  @Test func coverageOfNewRowsIsTheStatedOne() throws {
    for seed in UInt64(0)..<5 {
      var generator = TestGenerator(seed: seed)
      let residuals = (0..<4000).map { _ in generator.normal() }
      let intervals = try PredictionIntervals.fit(residuals: Array(residuals[..<2000]))
      for coverage in [0.5, 0.8, 0.9, 0.95, 0.99] {
        let halfWidth = try intervals.halfWidth(coverage: coverage)
        let held = Double(residuals[2000...].count { $0.magnitude <= halfWidth }) / 2000
        #expect((held - coverage).magnitude < 0.04, "seed \(seed), coverage \(coverage): \(held)")
      }
    }
  }

  @Test func weightTwoIsTheRowTwiceAndWeightZeroNoRow() throws {
    var generator = TestGenerator(seed: 8)
    let residuals = (0..<200).map { _ in generator.normal() }
    let weights = (0..<200).map { Double($0 % 3) }
    let repeated = residuals.indices.flatMap { [Double](repeating: residuals[$0], count: $0 % 3) }
    let weighted = try PredictionIntervals.fit(residuals: residuals, weights: weights)
    let twice = try PredictionIntervals.fit(residuals: repeated)
    #expect(weighted.residualSizes == twice.residualSizes)
    #expect(isClose(weighted.laplaceScale, twice.laplaceScale, relative: 1e-13))
  }

  @Test func perfectPredictionsHaveIntervalsOfNoWidth() throws {
    let intervals = try PredictionIntervals.fit(residuals: [0, 0, 0, 0, 0])
    #expect(try intervals.interval(prediction: 2, coverage: 0.5) == 2...2)
    #expect(try intervals.interval(prediction: 2, coverage: 0.9, method: .laplace) == 2...2)
  }

  @Test func enormousResidualsDoNotOverflow() throws {
    let intervals = try PredictionIntervals.fit(residuals: [1.7e308, -1.7e308, 1e308])
    #expect(intervals.laplaceScale.isFinite)
    #expect(
      try intervals.interval(prediction: 1e308, coverage: 0.7).upperBound == .infinity)
  }

  @Test func misuseIsAnError() throws {
    let intervals = try PredictionIntervals.fit(residuals: [1, 2])
    for coverage in [0, 1, -1, 2, .nan] as [Double] {
      #expect(throws: CalibrationError.self) { try intervals.halfWidth(coverage: coverage) }
    }
    #expect(throws: CalibrationError.self) {
      try intervals.interval(prediction: .nan, coverage: 0.5)
    }
    #expect(throws: CalibrationError.tooFewRows(found: 0, needed: 1)) {
      try PredictionIntervals.fit(residuals: [])
    }
    let negative = try EmpiricalDistribution(values: [-1], cumulativeWeights: [1])
    #expect(throws: CalibrationError.self) {
      try PredictionIntervals(laplaceScale: 1, residualSizes: negative)
    }
    #expect(throws: CalibrationError.self) {
      try PredictionIntervals(laplaceScale: .nan, residualSizes: intervals.residualSizes)
    }
    #expect(
      try PredictionIntervals(
        laplaceScale: intervals.laplaceScale, residualSizes: intervals.residualSizes) == intervals)
  }
}
