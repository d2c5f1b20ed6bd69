import Testing

@testable import Calibration

struct ScoreCalibrationTests {
  @Test func fewRowsOfAClassGiveASigmoidInPlaceOfAFreeFunction() throws {
    for positives in [1, 9, 10] {
      let isPositive = (0..<40).map { $0 < positives }
      let decisions = (0..<40).map { Double(($0 * 7) % 11) + ($0 < positives ? 3 : 0) }
      let fitted = try ScoreCalibration.fit(
        .isotonic, decisions: decisions, isPositive: isPositive)
      if case .isotonic = fitted {
        #expect(positives == 10)
      } else {
        #expect(positives < 10)
        #expect(
          fitted
            == .sigmoid(try SigmoidCalibration.fit(decisions: decisions, isPositive: isPositive)))
      }
    }
  }

  @Test(arguments: CalibrationMethod.allCases)
  func aClassWithoutValuesGivesTheSigmoidOfTheMargins(method: CalibrationMethod) throws {
    let fitted = try ScoreCalibration.fit(
      method, decisions: [.nan, 1, 2], isPositive: [true, false, false])
    #expect(fitted == .sigmoid(SigmoidCalibration.atMargins(positive: 1, negative: 2)))
    #expect(!fitted.isConstant)
  }

  @Test(arguments: CalibrationMethod.allCases)
  func bothProbabilitiesAddUpAndTheThresholdDividesThem(method: CalibrationMethod) throws {
    for seed in UInt64(0)..<50 {
      let scores = RandomScores(seed: seed, count: 80, shift: Double(seed % 5) - 1)
      let fitted = try ScoreCalibration.fit(
        method, decisions: scores.decisions, isPositive: scores.isPositive, weights: scores.weights)
      for decision in scores.grid {
        let sum = fitted.probability(decision) + fitted.complement(decision)
        #expect((sum - 1).magnitude <= 1e-15, "seed \(seed), decision value \(decision)")
        guard let threshold = fitted.threshold, (decision - threshold).magnitude > 1e-9 else {
          continue
        }
        let probability = fitted.probability(decision)
        #expect(
          decision > threshold ? probability >= 0.5 : probability <= 0.5,
          "seed \(seed), decision value \(decision), threshold \(threshold)")
      }
    }
  }
}
