// A regression in units of the target's deviation is the regression that was asked for.

import Evaluation
import LinearAlgebra
import SupportVectors
import Tables
import Testing

@testable import TabularModels

/// Houses whose price is in the hundred thousands.
private func houses(rows: Int = 80, seed: UInt64 = 3) -> String {
  var generator = SeededGenerator(seed: seed)
  var lines = ["area,rooms,price"]
  for _ in 0..<rows {
    let (area, rooms) = (40 + 100 * generator.unitInterval(), generator.integer(below: 5) + 1)
    let noise = 20_000 * generator.unitInterval()
    lines.append("\(area),\(rooms),\(3000 * area + 15_000 * Double(rooms) + noise)")
  }
  return lines.joined(separator: "\n") + "\n"
}

private func trainer(scalesTarget: Bool?, tolerance: Double) -> TabularTrainer {
  TabularTrainer(
    configuration: TrainingConfiguration(
      method: LearningMethod(
        kernel: .gaussian(gamma: .value(0.3)), boxConstraint: 250_000, epsilon: 2500)
    ).with(\.standardizesTarget, scalesTarget).with(\.tolerance, tolerance).with(
      \.precision, .double), control: RunControl(threads: 1))
}

@Test func parametersStayInUnitsOfTheTarget() throws {
  let data = try TestData.data(houses())
  let plain = try trainer(scalesTarget: false, tolerance: 1e-3).train(data).model
  let scaled = try trainer(scalesTarget: true, tolerance: 1e-8).train(data).model
  guard let first = plain.predictor.model(as: SupportVectorRegressor.self),
    let second = scaled.predictor.model(as: SupportVectorRegressor.self)
  else {
    Issue.record("no regression")
    return
  }
  #expect(plain.provenance.targetScaling == nil)
  let unit = try #require(scaled.provenance.targetScaling?.unit)
  #expect(unit == 131_072 || unit == 65_536)
  #expect(second.boxConstraint == 250_000)
  #expect(second.epsilon == 2500)
  #expect(second.tolerance == 1e-8 * unit)
  // The same optimum, in the same units.
  let objectives = (
    first.problem.certificate.dualObjective, second.problem.certificate.dualObjective
  )
  #expect(abs(objectives.0 - objectives.1) < 1e-7 * abs(objectives.0))
  #expect(second.expansion.dualCoefficients.elements.allSatisfy { abs($0) <= 250_000 })
  let rows = try Matrix<Double>(rows: [[0, 0], [1, -1], [0.3, 2]])
  for (left, right) in zip(try first.predict(rows), try second.predict(rows)) {
    #expect(abs(left - right) < 1e-2)
  }
}

@Test func certificatesAreRecomputedInUnitsOfTheTarget() throws {
  let data = try TestData.data(houses())
  var trainer = trainer(scalesTarget: nil, tolerance: 1e-3)
  trainer.options.certify = true
  let model = try trainer.train(data).model
  #expect(model.provenance.targetScaling != nil)
  let found = try model.verify(data, threads: 1).certificates[0]
  let stored = model.predictor.problems[0].certificate
  let tolerance = try #require(model.predictor.tolerance)
  #expect(found.kktViolation <= tolerance)
  #expect(abs(found.kktViolation - stored.kktViolation) < 1e-6 * tolerance + 1e-6)
  #expect(abs(found.primalObjective - stored.primalObjective) < 1e-9 * stored.primalObjective)
  #expect(abs(found.dualObjective - stored.dualObjective) < 1e-9 * stored.dualObjective)
}

@Test func theUnitIsAPowerOfTwoNearTheDeviation() {
  let cases: [([Double], center: Double, unit: Double)] = [
    ([1, 3], 2, 1), ([0, 2.8], 1.4, 1), ([0, 2.9], 1.45, 2), ([5, 5, 5], 5, 1), ([0], 0, 1),
    ([1e6 - 1024, 1e6 + 1024], 1e6, 1024), ([0, 1e-300], 5e-301, 0x1p-480),
    ([-1.7e308, 1.7e308], 0, 0x1p480),
  ]
  for (targets, center, unit) in cases {
    let scaling = TargetScaling(fitting: targets)
    #expect(abs(scaling.center - center) <= 1e-15 * abs(center), "\(targets)")
    #expect(scaling.unit == unit, "\(targets)")
    #expect(scaling.scaled(targets).allSatisfy { $0.isFinite })
  }
}

@Test func classificationsAndLIBSVMTextKeepTheirUnits() throws {
  let trainer = TabularTrainer(control: RunControl(threads: 1))
  let flowers = try trainer.train(TestData.data(TestData.flowers())).model
  #expect(flowers.provenance.targetScaling == nil)
  let text = "1.5 1:1\n2.5 1:2\n100.25 1:3\n7 1:4\n"
  let sparse = try trainer.train(TestData.data(text, name: "a.svm"))
  #expect(sparse.decision.task == .regression)
  #expect(sparse.model.provenance.targetScaling == nil)
}

@Test func missingValuesAreFilledInUnlessToldOtherwise() throws {
  let text = "a,b,y\n0,0,no\n1,,yes\n0.1,0.2,no\n0.9,1,yes\n1,0.8,yes\n"
  let training = try TabularTrainer(control: RunControl(threads: 1))
    .train(TestData.data(text))
  #expect(training.model.predictor.trainingCount == 5)
  guard case .table(let preprocessor) = training.model.preprocessor else { return }
  #expect(preprocessor.missing == .mean)
  #expect(preprocessor.inputs[1].kind == .numeric(replacement: 0.5))
}

@Test func aSampleIsTrainedOnAndVerified() throws {
  let text = TestData.flowers(rowsOfEach: 60)
  let sampling = RowSampling(count: 60, seed: 4)
  let data = try TrainingData(reading: TestData.source(text), sampling: sampling)
  let training = try TabularTrainer(
    configuration: TrainingConfiguration(seed: 4), control: RunControl(threads: 1)
  ).train(data)
  let model = training.model
  #expect(model.predictor.trainingCount == 60)
  #expect(model.provenance.sampling == TabularModel.Sampling(rowCount: 60, of: 180, seed: 4))
  let again = try TrainingData(
    reading: TestData.source(text),
    sampling: RowSampling(count: 60, seed: 4, target: model.targetName))
  let verification = try model.verify(again, threads: 1)
  #expect(verification.isTrainingData == true)
  let tolerance = try #require(model.predictor.tolerance)
  #expect(verification.certificates.allSatisfy { $0.kktViolation <= 2 * tolerance })
}

@Test func aPlanSaysWhatTrainingWouldDo() throws {
  let plan = try TabularTrainer().plan(TestData.examples(TestData.flowers()))
  #expect(plan.rowCount == 60)
  #expect(plan.featureCount == 5)
  #expect(plan.targetName == "species")
  #expect(plan.decision?.reason == "the target is text")
  #expect(plan.problem == nil)
  #expect(plan.schema?.columns.map(\.role) == [.feature, .feature, .feature, .target])
  let refused = try TabularTrainer().plan(
    TestData.examples("a,when,y\n1,1/2/2024,p\n2,2/3/2024,q\n"))
  #expect(refused.featureCount == nil)
  #expect(
    refused.problem?.description
      == "data.csv:2:3: field 2 (when) is \"1/2/2024\", which can be read as 1 February 2024 or "
      + "2 January 2024")
  let sparse = try TabularTrainer().plan(TestData.examples(TestData.sparse, name: "a.svm"))
  #expect(sparse.schema == nil && sparse.featureCount == 3)
}

@Test func theUsersWordDecidesTheTask() throws {
  var trainer = TabularTrainer(control: RunControl(threads: 1))
  let text = "a,y\n" + (0..<30).map { "\($0),\($0 % 3)\n" }.joined()
  #expect(try trainer.plan(TestData.examples(text)).decision?.task == .classification)
  trainer.columnOverrides.kinds = [.init(column: "y", kind: .numeric)]
  #expect(try trainer.plan(TestData.examples(text)).decision?.task == .regression)
  let many = "a,y\n" + (0..<30).map { "\($0),\($0 % 15)\n" }.joined()
  trainer.columnOverrides.kinds = []
  #expect(try trainer.plan(TestData.examples(many)).decision?.task == .regression)
  trainer.columnOverrides.kinds = [.init(column: "y", kind: .category)]
  #expect(
    try trainer.plan(TestData.examples(many)).decision?.reason
      == "the target is treated as categories")
}

@Test func wholeWeightsOfTargetsAreRepetitions() {
  let seed: UInt64 = 6
  var random = SeededGenerator(seed: seed)
  for size in [1, 1e-250, 1e300] {
    let targets = (0..<50).map { _ in (random.unitInterval() - 0.3) * size }
    let weights = targets.map { _ in random.integer(below: 4) }
    let repeated = zip(targets, weights).flatMap { [Double](repeating: $0, count: $1) }
    let expected = TargetScaling(fitting: repeated)
    for unit in [1, 0.3, 1e-305] {
      let found = TargetScaling(fitting: targets, weights: weights.map { Double($0) * unit })
      #expect(found.unit == expected.unit, "seed \(seed)")
      #expect(abs(found.center - expected.center) <= 1e-13 * size, "seed \(seed)")
    }
  }
  // A target that does not count does not make a constant vary.
  #expect(
    TargetScaling(fitting: [3, 7, 3], weights: [1, 0, 2]) == TargetScaling(center: 3, unit: 1))
}
