// Every formulation, from text to predictions.

import Evaluation
import SupportVectors
import Tables
import TabularModels
import Testing

@Suite struct FormulationTests {
  @Test(arguments: MethodCase.all)
  func everyMethodTrainsPredictsAndIsMeasured(_ example: MethodCase) throws {
    let text = Noisy.text(example.rows)
    let formulation = try #require(example.method.formulation)
    let training = try example.trainer.train(TestData.data(text))
    #expect(training.model.predictor.formulation == formulation)
    #expect(training.model.predictor.task == formulation.task)
    #expect(training.decision.task == formulation.task)
    #expect(training.warnings.isEmpty)
    #expect(training.model.predictor.trainingCount == example.rows.count)
    let (names, rows) = try outputs(training.model, text, OutputColumns(decisionValues: true))
    #expect(rows.count == example.rows.count)
    #expect(rows.allSatisfy { $0.count == names.count })
    switch formulation.task {
    case .classification:
      let wrong = zip(rows, example.rows).filter { $0[0] != $1[3] }.count
      #expect(wrong < rows.count / 8, "\(wrong) of \(rows.count) rows are wrong")
      let evaluation = try training.model.evaluate(reading: TestData.source(text), threads: 1)
      let metrics = evaluation.measurement.metrics
      #expect(
        metrics.map(\.name).prefix(5) == [
          "accuracy", "majorityAccuracy", "balancedAccuracy", "macroF1", "matthewsCorrelation",
        ])
      #expect(metrics[0].value == 1 - Double(wrong) / Double(rows.count))
      #expect(training.measurement?.metrics.first?.value == metrics[0].value)
      let hasTwoClasses = training.model.classes?.count == 2
      #expect(metrics.contains { $0.name == "rocAUC" && $0.value > 0.9 } == hasTwoClasses)
    case .regression:
      let metrics = try #require(training.measurement?.metrics)
      let quantiles = example.method.formulation == .quantileSVR ? example.method.quantiles : []
      #expect(
        metrics.map(\.name) == ["rmse", "mae", "r2"] + quantiles.map { "pinballLoss@\($0)" })
      // A line cannot follow the curve.
      let isLinear = example.method.kernel.name == "linear"
      #expect(isLinear || metrics[2].value > 0.8, "\(metrics)")
      // Of quantiles the prediction is the median.
      for row in rows { #expect(row[0] == row[quantiles.isEmpty ? 1 : 2]) }
    case .novelty:
      #expect(names == ["prediction", "decision"])
      for row in rows {
        #expect(row[0] == (try #require(Double(row[1])) > 0 ? "inlier" : "outlier"))
      }
      let share = Double(rows.count { $0[0] == "outlier" }) / Double(rows.count)
      let flagged = try #require(training.measurement?.metrics.first)
      #expect(flagged.name == "flaggedFraction" && flagged.value == share)
    case .components:
      #expect(names == ["component_1", "component_2", "component_3"])
      #expect(training.measurement == nil)
      #expect(throws: TabularError(.nothingToMeasure(model: "m"))) {
        try training.model.evaluate(
          reading: TestData.source(text), options: TextOptions(), weight: nil, metrics: .standard,
          sampling: nil, TabularModel.Applying(modelName: "m"))
      }
    }
  }

  /// ν bounds the share of errors from above and that of support vectors from below.
  @Test(arguments: [0.1, 0.3, 0.6])
  func nuBoundsErrorsAndSupportVectors(nu: Double) throws {
    let novelty = Formulation.having(.nu).filter { $0.task == .novelty }
    for formulation in novelty + [.nuSVR] {
      let rows = Noisy.numbers(rows: 100)
      let trainer = TabularTrainer(
        configuration: TrainingConfiguration(
          target: formulation == .nuSVR ? "target" : nil,
          method: LearningMethod(formulation: formulation, nu: nu)
        ).with(\.tolerance, 1e-6), control: RunControl(threads: 1))
      let model = try trainer.train(TestData.data(Noisy.text(rows))).model
      let problem = try #require(model.predictor.problems.first)
      #expect(Double(problem.supportVectorCount) >= nu * 100 - 1e-9, "\(formulation) \(nu)")
      #expect(Double(problem.boundedSupportVectorCount) <= nu * 100 + 1e-9, "\(formulation) \(nu)")
    }
  }

  @Test func aTaskAndAFormulationMustAgree() throws {
    var trainer = TabularTrainer(
      configuration: TrainingConfiguration(method: LearningMethod(formulation: .nuSVR)))
    trainer.target = "target"
    #expect {
      try trainer.train(TestData.data(Noisy.text(Noisy.classes()), name: "t.csv"))
    } throws: { error in
      "\(error)" == "t.csv: the target \"target\" is text; a regression needs numbers"
    }
  }

  /// Nothing is predicted of a table without a target: every column is a feature, but one that is named.
  @Test func aNamedTargetIsNoFeatureOfAOneClassModel() throws {
    let data = try TestData.data(Noisy.text(Noisy.classes()))
    var trainer = TabularTrainer(
      configuration: TrainingConfiguration(method: LearningMethod(formulation: .oneClass)))
    #expect(try trainer.train(data).model.predictor.featureCount == 7)
    trainer.target = "target"
    #expect(try trainer.train(data).model.predictor.featureCount == 4)
  }

  /// The labels of LIBSVM text are no features, whatever is learned.
  @Test func aOneClassModelLeavesTheLabelsOfLIBSVMTextAlone() throws {
    let relabelled = TestData.sparse.split(separator: "\n").map { line in
      "7 " + line.drop { $0 != " " }.dropFirst() + "\n"
    }.joined()
    var models: [TabularModel] = []
    for text in [TestData.sparse, relabelled] {
      let trainer = TabularTrainer(
        configuration: TrainingConfiguration(method: LearningMethod(formulation: .oneClass)),
        control: RunControl(threads: 1))
      models.append(try trainer.train(TestData.data(text, name: "d.libsvm")).model)
    }
    #expect(models[0].predictor.featureCount == 3)
    #expect(
      models[0].predictor.expansion?.dualCoefficients
        == models[1].predictor.expansion?.dualCoefficients)
  }

  /// Equal rows are inliers, and another row is new, in a table as in a program's features.
  @Test(arguments: Formulation.having(.nu).filter { $0.task == .novelty }, [0.01, 0.5])
  func equalRowsAreInliersAndAnotherOneIsNew(formulation: Formulation, nu: Double) throws {
    let trainer = TabularTrainer(
      configuration: TrainingConfiguration(
        method: LearningMethod(formulation: formulation, nu: nu)), control: RunControl(threads: 1))
    let model = try trainer.train(TestData.data("x,y\n1,2\n1,2\n1,2\n1,2\n1,2\n")).model
    guard let detector = model.predictor.model(as: NoveltyDetector.self) else {
      Issue.record("no detector")
      return
    }
    #expect(model.predictor.featureCount == 2)
    #expect(
      try detector.isTypical(.dense(Matrix(rowCount: 1, columnCount: 2, repeating: 0))) == [true])
    #expect(
      try detector.isTypical(.dense(Matrix(rowCount: 1, columnCount: 2, repeating: 3))) == [false])
  }

  /// λ is chosen by the leave-one-out error among powers of two; a number is taken as it is.
  @Test func lambdaIsChosenByTheLeaveOneOutError() throws {
    let data = try TestData.data(Noisy.text(Noisy.numbers()))
    func error(_ ridge: Double?) throws -> (lambda: Double, error: Double) {
      let trainer = TabularTrainer(
        configuration: TrainingConfiguration(
          target: "target", method: LearningMethod(formulation: .kernelRidge).with(\.lambda, ridge)),
        control: RunControl(threads: 1))
      let predictor = try trainer.train(data).model.predictor
      return (
        try #require(predictor.parameter("lambda")),
        try #require(predictor.parameter("leaveOneOutError"))
      )
    }
    let chosen = try error(nil)
    for exponent in -12...4 {
      let tried = try error(Double(sign: .plus, exponent: exponent, significand: 1))
      #expect(tried.lambda == Double(sign: .plus, exponent: exponent, significand: 1))
      #expect(chosen.error <= tried.error * (1 + 1e-9), "λ = \(tried.lambda)")
    }
  }
}
