// A weight of 2 is the row twice, a weight of 0 is no row: in scaling, gamma, training, calibration and
// figures.

import Evaluation
import SupportVectors
import Tables
import TabularModels
import Testing

@Suite struct WeightTests {
  /// The largest difference of the numbers in two outputs.
  private func difference(_ left: [[String]], _ right: [[String]]) throws -> Double {
    var largest = 0.0
    for (left, right) in zip(left, right) {
      for (left, right) in zip(left, right) {
        guard let first = Double(left), let second = Double(right) else { continue }
        largest = max(largest, abs(first - second) / max(1, abs(first)))
      }
    }
    return largest
  }

  @Test(arguments: MethodCase.all.filter(\.isReproducible))
  func aWeightIsARowRepeated(_ example: MethodCase) throws {
    let weights = Noisy.weights(example.rows.count)
    var trainer = example.trainer
    trainer.columnOverrides.weight = "weight"
    let weighted = try trainer.train(
      TestData.data(Noisy.text(example.rows, weights: weights)))
    trainer.columnOverrides.weight = nil
    let repeated = try trainer.train(
      TestData.data(Noisy.text(Noisy.repeated(example.rows, weights))))
    #expect(weighted.model.provenance.zeroWeightRowCount == weights.count { $0 == 0 })
    #expect(weighted.model.weightName == "weight" && repeated.model.weightName == nil)
    let text = Noisy.text(example.rows)
    let output = OutputColumns(decisionValues: true)
    let difference = try difference(
      outputs(weighted.model, text, output).rows, outputs(repeated.model, text, output).rows)
    #expect(difference < 1e-8, "decision values differ by \(difference)")
    for (left, right) in zip(weighted.model.predictor.problems, repeated.model.predictor.problems) {
      let (first, second) = (left.certificate.dualObjective, right.certificate.dualObjective)
      #expect(abs(first - second) <= 1e-8 * max(1, abs(second)), "\(first), \(second)")
    }
    // Flags of novelty are left out: free support vectors lie on the border, to rounding.
    guard weighted.decision.task.hasTarget else { return }
    let metrics = zip(
      weighted.measurement?.metrics ?? [], repeated.measurement?.metrics ?? [])
    for (left, right) in metrics {
      #expect(left.name == right.name && abs(left.value - right.value) < 1e-8, "\(left), \(right)")
      #expect(left.rows == weights.count { $0 > 0 })
    }
  }

  @Test(arguments: MethodCase.classifiers.filter(\.isReproducible))
  func aClassWeightIsAWeightOfItsRows(_ example: MethodCase) throws {
    let names = Set(example.rows.map { $0[3] }).sorted()
    var trainer = example.trainer
    trainer.method.classWeights = .weights([names[1]: 3])
    trainer.scaling = Scaling.none
    trainer.method.kernel = example.method.kernel.isLinear ? .linear : .gaussian(gamma: 0.5)
    let byClass = try trainer.train(TestData.data(Noisy.text(example.rows))).model
    #expect(byClass.classWeights == names.map { $0 == names[1] ? 3 : 1 })
    trainer.method.classWeights = .equal
    trainer.columnOverrides.weight = "weight"
    let weights = example.rows.map { $0[3] == names[1] ? 3 : 1 }
    let byRow = try trainer.train(TestData.data(Noisy.text(example.rows, weights: weights))).model
    #expect(byRow.classWeights == nil)
    let text = Noisy.text(example.rows)
    let output = OutputColumns(decisionValues: true)
    let difference = try difference(
      outputs(byClass, text, output).rows, outputs(byRow, text, output).rows)
    #expect(difference < 1e-8, "decision values differ by \(difference)")
  }

  @Test func balancedWeightsAreTheInverseOfTheShares() throws {
    let rows = Noisy.classes(["a", "b"], rows: 60) + Noisy.classes(["a"], rows: 30, seed: 9)
    for method in [
      LearningMethod(classWeights: .balanced),
      LearningMethod(formulation: .logistic, kernel: .linear, classWeights: .balanced),
    ] {
      let trainer = TabularTrainer(
        configuration: TrainingConfiguration(method: method), control: RunControl(threads: 1))
      let model = try trainer.train(TestData.data(Noisy.text(rows))).model
      #expect(model.classWeights == [45.0 / 60, 45.0 / 30])
    }
  }

  @Test func aWeightOfAnUnknownClassIsRefused() throws {
    for method in [
      LearningMethod(classWeights: .weights(["zebra": 2])),
      LearningMethod(formulation: .discriminant, classWeights: .weights(["zebra": 2])),
    ] {
      let trainer = TabularTrainer(
        configuration: TrainingConfiguration(method: method), control: RunControl(threads: 1))
      #expect {
        try trainer.train(TestData.data(Noisy.text(Noisy.classes())))
      } throws: { error in
        "\(error)".contains("\"zebra\" is not a class; the classes are \"a\", \"b\", \"c\"")
      }
    }
  }

  /// A class may be so rare that a fold or the held-out part has all its rows.
  @Test func weightsOfARareClassDoNotStopFoldsWithoutIt() throws {
    let rows = Noisy.classes(["a", "b"], rows: 40) + [["9", "9", "red", "rare"]]
    for formulation in [Formulation.cSVC, .leastSquaresSVC, .discriminant] {
      for classWeights in [ClassWeights.balanced, .weights(["rare": 5])] {
        let trainer = TabularTrainer(
          configuration: TrainingConfiguration(
            method: LearningMethod(formulation: formulation, classWeights: classWeights),
            calibration: CalibrationChoice()), control: RunControl(threads: 1))
        let model = try trainer.train(TestData.data(Noisy.text(rows))).model
        #expect(model.classes == ["a", "b", "rare"])
        #expect(model.calibration != nil)
      }
    }
  }

  /// Of training rows that are measured in part, each counts by its own weight.
  @Test func aPartOfTheRowsIsMeasuredByItsWeights() throws {
    let rows = Noisy.classes(noise: 2.5)
    let weights = Noisy.weights(rows.count)
    var trainer = TabularTrainer(control: RunControl(threads: 1))
    trainer.columnOverrides.weight = "weight"
    trainer.measuringEffort.minimumRowCount = 12
    trainer.measuringEffort.kernelValueCount = 0
    trainer.measuringEffort.minimumClassCount = 1
    let training = try trainer.train(TestData.data(Noisy.text(rows, weights: weights)))
    let kept = rows.indices.filter { weights[$0] > 0 }
    var order = Array(kept.indices)
    var generator = SeededGenerator(seed: trainer.seed)
    generator.shuffle(&order)
    let chosen = order[..<12].sorted().map { kept[$0] }
    let text = Noisy.text(chosen.map { rows[$0] }, weights: chosen.map { weights[$0] })
    let expected = try training.model.evaluate(
      reading: TestData.source(text), weight: "weight", threads: 1
    ).measurement
    let found = try #require(training.measurement)
    #expect(found.rowCount == 12 && expected.rowCount == 12)
    // The share of the most frequent class is that of all rows.
    let metrics = found.metrics.filter { $0.name != "majorityAccuracy" }
    #expect(metrics.count > 2)
    for metric in metrics {
      let other = try #require(expected.metrics.first { $0.name == metric.name })
      #expect(abs(metric.value - other.value) < 1e-12, "\(metric), \(other)")
    }
  }

  @Test func evaluationCountsRowsByTheirWeights() throws {
    let rows = Noisy.classes(noise: 2.5)
    let weights = Noisy.weights(rows.count)
    let trainer = TabularTrainer(
      configuration: TrainingConfiguration(calibration: CalibrationChoice()),
      control: RunControl(threads: 1))
    let model = try trainer.train(TestData.data(Noisy.text(rows))).model
    let weighted = try model.evaluate(
      reading: TestData.source(Noisy.text(rows, weights: weights)), weight: "weight", threads: 1
    ).measurement
    let repeated = try model.evaluate(
      reading: TestData.source(Noisy.text(Noisy.repeated(rows, weights))), threads: 1
    ).measurement
    #expect(weighted.metrics.map(\.name) == repeated.metrics.map(\.name))
    for (left, right) in zip(weighted.metrics, repeated.metrics) {
      #expect(abs(left.value - right.value) < 1e-12, "\(left), \(right)")
    }
    guard case .classes(let left) = weighted.counts, case .classes(let right) = repeated.counts
    else { return }
    for actual in 0..<3 {
      for predicted in 0..<3 {
        #expect(
          left.weight(actual: actual, predicted: predicted)
            == Double(right.count(actual: actual, predicted: predicted)))
      }
    }
  }
}

extension Kernel {
  fileprivate var isLinear: Bool { gamma == nil }
}
