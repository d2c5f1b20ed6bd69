// C and ε of a regression where nothing is said: by the target's spread for tables, LIBSVM's for its text.

import Evaluation
import LinearAlgebra
import SupportVectors
import Tables
import Testing

@testable import TabularModels

@Suite struct DefaultParametersTests {
  /// Rows of two features and a number that is not linear in them, in some unit.
  private func rows(_ count: Int, unit: Double, seed: UInt64 = 7) -> [[Double]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      let (a, b) = (generator.unitInterval(), generator.unitInterval())
      let noise = 0.05 * generator.unitInterval()
      return [a, b, unit * (3 * a * a - 2 * b + a * b + noise)]
    }
  }

  private func table(_ rows: [[Double]]) throws -> TrainingData {
    let lines = rows.map { $0.map { "\($0)" }.joined(separator: ",") }
    return try TestData.data((["a,b,y"] + lines).joined(separator: "\n") + "\n")
  }

  private func libsvm(_ rows: [[Double]]) throws -> TrainingData {
    let lines = rows.map { "\($0[2]) 1:\($0[0]) 2:\($0[1])" }
    return try TrainingData(
      reading: ByteSource(
        bytes: Array((lines.joined(separator: "\n") + "\n").utf8), name: "data.libsvm"))
  }

  private func deviation(_ numbers: [Double]) -> Double {
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(numbers.count)).squareRoot()
  }

  /// Every way to a regression that has a C.
  static let methods: [(name: String, method: LearningMethod)] = [
    ("epsilon-svr", LearningMethod(formulation: .epsilonSVR)),
    ("nu-svr", LearningMethod(formulation: .nuSVR)),
    ("linear, dual", LearningMethod(kernel: .linear).with(\.solver, .dual)),
    ("linear, primal", LearningMethod(kernel: .linear).with(\.solver, .primal)),
    ("squared", LearningMethod(kernel: .linear).with(\.loss, .squared)),
    ("map", LearningMethod().with(\.componentCount, 20).with(\.featureMap, .nystrom)),
  ]

  private func near(_ value: Double?, _ expected: Double) -> Bool {
    value.map { abs($0 - expected) <= 1e-9 * expected } ?? false
  }

  @Test(arguments: methods.indices, [1e-3, 1, 2e5])
  func theyFollowTheSpreadOfATablesTarget(index: Int, unit: Double) throws {
    let (name, method) = Self.methods[index]
    let rows = rows(80, unit: unit)
    let sd = deviation(rows.map { $0[2] })
    var trainer = TabularTrainer(
      configuration: TrainingConfiguration(task: .regression, method: method))
    let training = try trainer.train(table(rows))
    let predictor = training.model.predictor
    // Squared errors have a C without a unit.
    let expected = method.loss == .squared ? 1 : 3 * sd
    #expect(near(predictor.parameter("c"), expected), "\(name): \(predictor.parameters)")
    if predictor.formulation == .epsilonSVR {
      #expect(near(predictor.parameter("epsilon"), 0.1 * sd), "\(name): \(predictor.parameters)")
    }
    let r2 = training.measurement?.metrics.first { $0.name == "r2" }?.value
    #expect(try #require(r2) > 0.8, "\(name)")
    // What is given stays.
    trainer.method.boxConstraint = 1
    trainer.method.epsilon = 0.1 * unit
    let explicit = try trainer.train(table(rows)).model.predictor
    #expect(explicit.parameter("c") == 1, "\(name)")
    if predictor.formulation == .epsilonSVR {
      #expect(explicit.parameter("epsilon") == 0.1 * unit, "\(name)")
    }
  }

  @Test(arguments: methods.indices)
  func libsvmTextKeepsTheDefaultsOfLIBSVM(index: Int) throws {
    let (name, method) = Self.methods[index]
    let rows = rows(60, unit: 10)
    let sd = deviation(rows.map { $0[2] })
    var trainer = TabularTrainer(
      configuration: TrainingConfiguration(task: .regression, method: method))
    let plain = try trainer.train(libsvm(rows)).model.predictor
    #expect(plain.parameter("c") == 1, "\(name)")
    trainer.method[.boxConstraint] = .automatic
    let automatic = try trainer.train(libsvm(rows)).model.predictor
    #expect(near(automatic.parameter("c"), method.loss == .squared ? 1 : 3 * sd), "\(name)")
    if plain.formulation == .epsilonSVR {
      #expect(plain.parameter("epsilon") == 0.1 && automatic.parameter("epsilon") == 0.1, "\(name)")
      trainer.method[.boxConstraint] = nil
      trainer.method[.epsilon] = .automatic
      let tube = try trainer.train(libsvm(rows)).model.predictor
      #expect(tube.parameter("c") == 1, "\(name)")
      #expect(near(tube.parameter("epsilon"), 0.1 * sd), "\(name)")
    }
  }

  @Test func predictionsFollowTheUnitOfTheTarget() throws {
    let features = try Matrix<Double>(rows: [[0, 0], [1, -1], [0.3, 1.2]])
    let predictions = try [1.0, 1024].map { unit -> [Double] in
      let model = try TabularTrainer(control: RunControl(threads: 1))
        .train(table(rows(60, unit: unit))).model
      guard let regressor = model.predictor.model(as: SupportVectorRegressor.self) else {
        Issue.record("no regression")
        return []
      }
      return try regressor.predict(features).map { $0 / unit }
    }
    for (one, other) in zip(predictions[0], predictions[1]) { #expect(abs(one - other) < 1e-6) }
  }

  @Test func aWeightOfTwoIsTheRowTwice() throws {
    let rows = rows(40, unit: 100)
    let doubled = rows.indices.flatMap { $0 % 3 == 0 ? [rows[$0], rows[$0]] : [rows[$0]] }
    let twice = try TabularTrainer().train(table(doubled)).model.predictor
    let lines = rows.indices.map { row in
      (rows[row] + [row % 3 == 0 ? 2 : 1]).map { "\($0)" }.joined(separator: ",")
    }
    let weighted = try TabularTrainer(
      configuration: TrainingConfiguration(target: "y").with(
        \.columnOverrides, ColumnChoices(weight: "w"))
    ).train(
      TestData.data((["a,b,y,w"] + lines).joined(separator: "\n") + "\n")
    ).model.predictor
    #expect(near(weighted.parameter("c"), try #require(twice.parameter("c"))))
    #expect(near(weighted.parameter("epsilon"), try #require(twice.parameter("epsilon"))))
  }

  /// The same rows in any unit have the same fit, or are refused before anything is trained.
  @Test(arguments: methods.indices, [-200, -138, 138, 200])
  func extremeUnitsFitAlikeOrAreRefused(index: Int, power: Int) throws {
    let (name, method) = Self.methods[index]
    let unit = try #require(Double("1e\(power)"))
    let trainer = TabularTrainer(
      configuration: TrainingConfiguration(task: .regression, method: method))
    guard abs(power) < 140 else {
      let refusal = #expect(throws: TabularError.self) {
        try trainer.train(table(rows(80, unit: unit)))
      }
      #expect(
        refusal.map { "\($0)" }?.hasSuffix(
          "too \(power > 0 ? "large" : "small") to compute with; give it in other units, so that the "
            + "deviation lies between 1e-140 and 1e140") == true, "\(String(describing: refusal))")
      return
    }
    let plain = try trainer.train(table(rows(80, unit: 1)))
    let scaled = try trainer.train(table(rows(80, unit: unit)))
    for (one, other) in zip(plain.model.predictor.problems, scaled.model.predictor.problems) {
      #expect(other.certificate.primalObjective.isFinite, "\(name)")
      #expect(other.certificate.stopReason == one.certificate.stopReason, "\(name)")
    }
    let fits = [plain, scaled].map { training in
      training.measurement?.metrics.first { $0.name == "r2" }?.value
    }
    #expect(abs(try #require(fits[1]) - #require(fits[0])) < 1e-3, "\(name)")
  }

  @Test func constantAndExtremeTargetsHaveParameters() throws {
    #expect(TargetScaling.standardDeviation(of: [5, 5, 5]) == 1)
    #expect(TargetScaling.standardDeviation(of: [-1e300, 1e300]).isFinite)
    #expect(TargetScaling.standardDeviation(of: [0, 1e-300]) > 0)
    #expect(TargetScaling.standardDeviation(of: [0, 2, 9], weights: [1, 1, 0]) == 1)
  }
}
