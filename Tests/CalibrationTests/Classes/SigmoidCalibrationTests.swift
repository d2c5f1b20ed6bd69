import TestSupport
import Testing

@testable import Calibration

struct SigmoidCalibrationTests {
  @Test func parametersAreThoseOfAnIndependentMinimisation() throws {
    for reference in try CalibrationReferences.load().scores {
      let sigmoid = try SigmoidCalibration.fit(
        decisions: reference.decisions, isPositive: reference.isPositive, weights: reference.weights
      )
      #expect(isClose(sigmoid.a, reference.a, relative: 1e-9), "\(reference.name): \(sigmoid)")
      #expect(
        isClose(sigmoid.b, reference.b, within: 1e-9 * max(1, reference.b.magnitude)),
        "\(reference.name): \(sigmoid)")
    }
  }

  @Test func reversedDecisionValuesGiveTheMeanTarget() throws {
    let sigmoid = try SigmoidCalibration.fit(
      decisions: [1, 2, 3, -1, -2, -3, -4],
      isPositive: [false, false, false, true, true, true, true])
    #expect(sigmoid.isConstant)
    // Targets 5/6 for four rows and 1/5 for three.
    #expect(isClose(sigmoid.probability(100), (4 * 5.0 / 6 + 3.0 / 5) / 7, within: 1e-15))
    #expect(sigmoid.probability(-100) == sigmoid.probability(100))
    #expect(sigmoid.threshold == nil)
  }

  @Test func reversedClassesOfEqualWeightGiveExactlyOneHalf() throws {
    for count in 1...200 {
      let sigmoid = try SigmoidCalibration.fit(
        decisions: (0..<2 * count).map { $0 < count ? 1 : -1 },
        isPositive: (0..<2 * count).map { $0 >= count })
      #expect(sigmoid.probability(3) == 0.5, "\(count) rows of each class")
      #expect(sigmoid.threshold == 0)
    }
  }

  @Test func equalDecisionValuesGiveAConstant() throws {
    let sigmoid = try SigmoidCalibration.fit(
      decisions: [0.1, 0.1, 0.1], isPositive: [true, false, true])
    #expect(sigmoid.isConstant)
    #expect(isClose(sigmoid.probability(5), (2 * 3.0 / 4 + 1.0 / 3) / 3, within: 1e-15))
  }

  @Test func theFitNeverFallsWhateverTheRows() throws {
    for seed in UInt64(0)..<300 {
      let scores = RandomScores(
        seed: seed, count: 3 + Int(seed % 40), shift: Double(seed % 7) - 2)
      let sigmoid = try SigmoidCalibration.fit(
        decisions: scores.decisions, isPositive: scores.isPositive, weights: scores.weights)
      #expect(sigmoid.a <= 0, "seed \(seed)")
      let probabilities = scores.grid.map(sigmoid.probability)
      #expect(zip(probabilities, probabilities.dropFirst()).allSatisfy { $0 <= $1 }, "seed \(seed)")
      #expect(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 }, "seed \(seed)")
    }
  }

  @Test func weightTwoIsTheRowTwiceAndWeightZeroNoRow() throws {
    for seed in UInt64(0)..<20 {
      let scores = RandomScores(seed: seed, count: 30, shift: 1)
      let repeated = scores.decisions.indices.flatMap { row in
        [Int](repeating: row, count: Int(2 * scores.weights[row]))
      }
      let weighted = try SigmoidCalibration.fit(
        decisions: scores.decisions, isPositive: scores.isPositive,
        weights: scores.weights.map { 2 * $0 })
      let twice = try SigmoidCalibration.fit(
        decisions: repeated.map { scores.decisions[$0] },
        isPositive: repeated.map { scores.isPositive[$0] })
      #expect(isClose(weighted.a, twice.a, within: 1e-8), "seed \(seed)")
      #expect(isClose(weighted.b, twice.b, within: 1e-8), "seed \(seed)")
    }
  }

  @Test func extremeDecisionValuesAndWeightsEndInFiniteParameters() throws {
    for scale in [0x1p-1060, 1e-300, 1e-8, 1e8, 1e300, 1.7e308] {
      for weight in [1e-300, 1, 1e20, 1e300] {
        let sigmoid = try SigmoidCalibration.fit(
          decisions: [-1, -0.5, 0.5, 1, 0.2].map { $0 * scale },
          isPositive: [false, false, true, true, false],
          weights: [Double](repeating: weight, count: 5))
        #expect(sigmoid.a.isFinite && sigmoid.a <= 0 && sigmoid.b.isFinite, "\(scale), \(weight)")
        let top = sigmoid.probability(scale)
        #expect(top >= sigmoid.probability(-scale) && top <= 1, "\(scale), \(weight)")
      }
    }
  }

  @Test func oneClassAloneTakesTheTargetsAtTheMargins() throws {
    // Five rows of the positive class have no value; the others still say how many they are.
    let sigmoid = try SigmoidCalibration.fit(
      decisions: [.nan, .nan, .nan, .nan, .nan, -1, 0.3, -0.7],
      isPositive: [true, true, true, true, true, false, false, false])
    #expect(isClose(sigmoid.probability(1), 6.0 / 7, within: 1e-15))
    #expect(isClose(sigmoid.probability(-1), 1.0 / 5, within: 1e-15))
    #expect(try SigmoidCalibration.fit(decisions: [], isPositive: []).probability(3) == 0.5)
  }

  @Test func thresholdIsWhereBothClassesAreEquallyProbable() throws {
    let sigmoid = try SigmoidCalibration(a: -2, b: 3)
    #expect(sigmoid.threshold == 1.5)
    #expect(sigmoid.probability(1.5) == 0.5)
    #expect(sigmoid.probability(.infinity) == 1 && sigmoid.probability(-.infinity) == 0)
    #expect(sigmoid.probability(.nan).isNaN)
  }

  @Test func complementKeepsItsDigits() throws {
    let sigmoid = try SigmoidCalibration(a: -1, b: 0)
    #expect(isClose(sigmoid.complement(50), 1.9287498479639178e-22, relative: 1e-14))
  }

  @Test func storedParametersAreChecked() throws {
    let reversed = #expect(throws: CalibrationError.self) { try SigmoidCalibration(a: 0.5, b: 0) }
    #expect(reversed?.description == "the sigmoid's A must be finite and at most 0, but is 0.5")
    #expect(throws: CalibrationError.self) { try SigmoidCalibration(a: -.infinity, b: 0) }
    #expect(throws: CalibrationError.self) { try SigmoidCalibration(a: .nan, b: 0) }
    #expect(throws: CalibrationError.self) { try SigmoidCalibration(a: -1, b: .nan) }
    let fitted = try SigmoidCalibration.fit(decisions: [0, 1], isPositive: [false, true])
    #expect(try SigmoidCalibration(a: fitted.a, b: fitted.b) == fitted)
  }

  @Test func malformedRowsAreErrors() {
    #expect(throws: CalibrationError.countMismatch(what: "labels", found: 1, expected: 2)) {
      try SigmoidCalibration.fit(decisions: [1, 2], isPositive: [true])
    }
    #expect(throws: CalibrationError.countMismatch(what: "weights", found: 1, expected: 2)) {
      try SigmoidCalibration.fit(decisions: [1, 2], isPositive: [true, false], weights: [1])
    }
    #expect(throws: CalibrationError.invalidWeight(row: 1, weight: -1)) {
      try SigmoidCalibration.fit(decisions: [1, 2], isPositive: [true, false], weights: [1, -1])
    }
    #expect(throws: CalibrationError.weightsOverflow) {
      try SigmoidCalibration.fit(
        decisions: [1, 2], isPositive: [true, false], weights: [1.7e308, 1.7e308])
    }
    #expect(throws: CalibrationError.notFinite(what: "the decision value", row: 1)) {
      try SigmoidCalibration.fit(decisions: [1, .infinity], isPositive: [true, false])
    }
  }
}
