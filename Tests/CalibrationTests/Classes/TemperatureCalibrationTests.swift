import LinearAlgebra
import TestSupport
import Testing

@testable import Calibration

struct TemperatureCalibrationTests {
  @Test func temperatureOfTwoClassesIsTheRootOfTheDerivative() throws {
    for reference in try CalibrationReferences.load().scores {
      let fitted = try TemperatureCalibration.fit(
        decisions: reference.decisions, isPositive: reference.isPositive, weights: reference.weights
      )
      #expect(
        isClose(fitted.inverseTemperature, reference.inverseTemperature, relative: 1e-9),
        "\(reference.name): \(fitted)")
    }
  }

  @Test func temperatureOfManyClassesIsTheRootOfTheDerivative() throws {
    for reference in try CalibrationReferences.load().temperatures {
      let scores = try Matrix(rows: reference.scores)
      let calibration = try ClassCalibration.fit(
        .temperature,
        LabelledDecisions(
          shape: .perClass, classCount: scores.columnCount, decisionValues: scores,
          classIndices: reference.classes, weights: reference.weights))
      guard case .temperature(let fitted) = calibration.columns[0] else {
        Issue.record("there is no temperature")
        continue
      }
      #expect(
        isClose(fitted.inverseTemperature, reference.inverseTemperature, relative: 1e-9),
        "\(fitted) for \(reference.inverseTemperature)")
    }
  }

  @Test func theFitNeverFalls() throws {
    for seed in UInt64(0)..<200 {
      let scores = RandomScores(seed: seed, count: 3 + Int(seed), shift: Double(seed % 7) - 2)
      let fitted = try TemperatureCalibration.fit(
        decisions: scores.decisions, isPositive: scores.isPositive, weights: scores.weights)
      let probabilities = scores.grid.map(fitted.probability)
      #expect(zip(probabilities, probabilities.dropFirst()).allSatisfy { $0 <= $1 }, "seed \(seed)")
      #expect(fitted.probability(0) == 0.5, "seed \(seed)")
    }
  }

  @Test func extremesEndInFiniteTemperatures() throws {
    for scale in [0x1p-1060, 1e-300, 1e300, 1.7e308] {
      let fitted = try TemperatureCalibration.fit(
        decisions: [-scale, scale, -scale / 2, scale / 3], isPositive: [false, true, false, true])
      #expect(fitted.inverseTemperature.isFinite && fitted.inverseTemperature >= 0, "\(scale)")
    }
    let flat = try TemperatureCalibration.fit(decisions: [0, 0], isPositive: [true, false])
    #expect(flat.isConstant)
    #expect(flat.probability(.infinity) == 0.5)
  }

  @Test func storedParameterIsChecked() {
    for value in [-1, .nan, .infinity] as [Double] {
      #expect(throws: CalibrationError.self, "\(value)") {
        try TemperatureCalibration(inverseTemperature: value)
      }
    }
  }
}
