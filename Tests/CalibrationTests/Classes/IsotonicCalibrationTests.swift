import TestSupport
import Testing

@testable import Calibration

struct IsotonicCalibrationTests {
  @Test func functionIsThatOfScikitLearn() throws {
    for reference in try CalibrationReferences.load().scores {
      let isotonic = try IsotonicCalibration.fit(
        decisions: reference.decisions, isPositive: reference.isPositive, weights: reference.weights
      )
      let found = reference.points.map(isotonic.probability)
      #expect(
        firstDifference(found, reference.isotonic, within: 1e-13) == nil, "\(reference.name)")
    }
  }

  @Test func tableOfASmallCaseIsThatOfThePencil() throws {
    // Shares 0 | ½ (two rows out of order) | 1; targets 1/4 and 3/4.
    let isotonic = try IsotonicCalibration.fit(
      decisions: [3, 0, 2, 1], isPositive: [true, false, false, true])
    #expect(isotonic.decisions == [0, 1, 2, 3])
    #expect(isotonic.probabilities == [0.25, 0.5, 0.5, 0.75])
    #expect(isotonic.probability(0.5) == 0.375)
    #expect(isotonic.probability(-9) == 0.25 && isotonic.probability(9) == 0.75)
    #expect(isotonic.threshold == 1)
  }

  @Test func tiesAreOneRowInAnyOrder() throws {
    let first = try IsotonicCalibration.fit(
      decisions: [1, 1, 1, 2], isPositive: [true, false, false, true])
    let second = try IsotonicCalibration.fit(
      decisions: [1, 2, 1, 1], isPositive: [false, true, false, true])
    #expect(first == second)
    #expect(first.decisions == [1, 2])
  }

  @Test func theFitNeverFallsAndStaysInsideZeroAndOne() throws {
    for seed in UInt64(0)..<200 {
      let scores = RandomScores(
        seed: seed, count: 3 + Int(seed), shift: Double(seed % 7) - 2, decimals: 10)
      let isotonic = try IsotonicCalibration.fit(
        decisions: scores.decisions, isPositive: scores.isPositive, weights: scores.weights)
      let probabilities = scores.grid.map(isotonic.probability)
      #expect(zip(probabilities, probabilities.dropFirst()).allSatisfy { $0 <= $1 }, "seed \(seed)")
      #expect(probabilities.allSatisfy { $0 > 0 && $0 < 1 }, "seed \(seed)")
      #expect(
        try IsotonicCalibration(
          decisions: isotonic.decisions, probabilities: isotonic.probabilities) == isotonic)
    }
  }

  @Test func reversedDecisionValuesGiveAConstant() throws {
    let isotonic = try IsotonicCalibration.fit(
      decisions: [1, 2, 3, 4], isPositive: [true, true, false, false])
    #expect(isotonic.isConstant)
    #expect(isotonic.probability(-5) == 0.5 && isotonic.probability(5) == 0.5)
    #expect(isotonic.threshold == 0)
  }

  @Test func thresholdDividesTheLabels() throws {
    for (decisions, probabilities, threshold) in [
      ([1, 2], [0.25, 0.75], 1.5), ([1, 2], [0.6, 0.9], nil), ([1, 2], [0.1, 0.4], nil),
      ([-2, -1, 1, 2], [0.1, 0.5, 0.5, 0.9], 0), ([1, 2, 3, 4], [0.1, 0.5, 0.5, 0.9], 2),
      ([-4, -3, -2, -1], [0.1, 0.5, 0.5, 0.9], -2), ([1, 2], [0.1, 0.5], 2),
      ([1, 2], [0.5, 0.9], 0), ([-2, -1], [0.5, 0.9], -2), ([-2, -1], [0.1, 0.5], 0),
    ] as [([Double], [Double], Double?)] {
      let isotonic = try IsotonicCalibration(decisions: decisions, probabilities: probabilities)
      #expect(isotonic.threshold == threshold, "\(decisions) \(probabilities)")
    }
  }

  @Test func enormousDecisionValuesDoNotOverflow() throws {
    let isotonic = try IsotonicCalibration(
      decisions: [-1.7e308, 1.7e308], probabilities: [0.25, 0.75])
    #expect(isotonic.probability(0) == 0.5)
    #expect(isotonic.probability(.nan).isNaN)
  }

  @Test func storedTablesAreChecked() {
    for (decisions, probabilities) in [
      ([], []), ([1], []), ([1, 1], [0.1, 0.2]), ([2, 1], [0.1, 0.2]), ([1, 2], [0.2, 0.1]),
      ([1], [-0.1]), ([1], [1.1]), ([1], [.nan]), ([.nan], [0.1]), ([.infinity], [0.1]),
    ] as [([Double], [Double])] {
      #expect(throws: CalibrationError.self, "\(decisions) \(probabilities)") {
        try IsotonicCalibration(decisions: decisions, probabilities: probabilities)
      }
    }
    #expect(throws: CalibrationError.tooFewRows(found: 0, needed: 1)) {
      try IsotonicCalibration.fit(
        decisions: [1, .nan], isPositive: [true, true], weights: [0, 1])
    }
  }
}
