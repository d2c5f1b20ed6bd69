// Training through and through: text in, model, predictions out.

import Evaluation
import LinearAlgebra
import SupportVectors
import Tables
import TabularModels
import Testing

private func trainer(threads: Int = 1) -> TabularTrainer {
  TabularTrainer(control: RunControl(threads: threads))
}

@Test func aTableOfTextsAndNumbersIsLearned() throws {
  let training = try trainer().train(TestData.data(TestData.flowers()))
  #expect(training.decision.task == .classification)
  #expect(training.targetName == "species")
  #expect(training.model.classes == ["setosa", "versicolor", "virginica"])
  #expect(training.model.predictor.featureCount == 5)
  #expect(training.model.predictor.trainingCount == 60)
  #expect(training.model.predictor.problems.allSatisfy { $0.certificate.stopReason == .converged })
  #expect(training.model.provenance.dataDigest?.utf8.count == 64)
  #expect(training.warnings.isEmpty)
  let accuracy = try #require(training.measurement?.metrics.first { $0.name == "accuracy" })
  #expect(accuracy.set == .training)
  #expect(accuracy.rows == 60)
  #expect(accuracy.value == 1)
}

/// Training rows that would take long to predict are measured in part: the same part for the same seed, with the
/// weights that belong to it, and never of rows that are held out.
@Test func manyTrainingRowsAreMeasuredInPart() throws {
  func rowCount(_ text: String, effort: Int, _ change: (inout TabularTrainer) -> Void = { _ in })
    throws -> (rows: Int?, values: [Double]?)
  {
    var trainer = trainer()
    trainer.measuringEffort.minimumRowCount = 12
    trainer.measuringEffort.kernelValueCount = effort
    trainer.measuringEffort.minimumClassCount = 2
    change(&trainer)
    let measurement = try trainer.train(TestData.data(text)).measurement
    return (measurement?.rowCount, measurement?.metrics.map(\.value))
  }
  for text in [TestData.flowers(), TestData.line()] {
    let some = try rowCount(text, effort: 0)
    #expect(some.rows == 12)
    #expect(try rowCount(text, effort: 0).values == some.values)
    #expect(try rowCount(text, effort: 1 << 20).rows == 60)
    // All, unless half of them would be too many.
    #expect(try rowCount(text, effort: 0) { $0.measuringEffort.minimumRowCount = 30 }.rows == 60)
    #expect(try rowCount(text, effort: 0) { $0.measuringEffort.minimumRowCount = 29 }.rows == 29)
    // Inner products with all support vectors take one sum.
    #expect(try rowCount(text, effort: 60) { $0.method.kernel = .linear }.rows == 60)
    #expect(try rowCount(text, effort: 0) { $0.holdoutFraction = 0.5 }.rows == 30)
  }
  // A share of 9 of 20 rows of a class is 27 of all; 10 would be half, and then all are measured.
  let flowers = TestData.flowers()
  #expect(try rowCount(flowers, effort: 0) { $0.measuringEffort.minimumClassCount = 9 }.rows == 27)
  #expect(try rowCount(flowers, effort: 0) { $0.measuringEffort.minimumClassCount = 10 }.rows == 60)
  let other = try rowCount(TestData.line(), effort: 0) { $0.seed = 9 }
  #expect(try other.values != rowCount(TestData.line(), effort: 0).values)
}

@Test func aHoldoutIsMeasuredAndTheModelKnowsAllRows() throws {
  let data = try TestData.data(TestData.flowers())
  var withHoldout = trainer()
  withHoldout.holdoutFraction = 0.2
  let training = try withHoldout.train(data)
  let accuracy = try #require(training.measurement?.metrics.first { $0.name == "accuracy" })
  #expect(accuracy.set == .holdout)
  #expect(accuracy.rows == 12)
  #expect(accuracy.value > 0.9)
  #expect(training.model.predictor.trainingCount == 60)
  // The held-out rows change what is measured, never the model.
  let plain = try trainer().train(data)
  #expect(
    training.model.predictor.expansion?.dualCoefficients
      == plain.model.predictor.expansion?.dualCoefficients)
  #expect(training.model.preprocessor == plain.model.preprocessor)
}

@Test func aRegressionIsLearnedAndMeasured() throws {
  var trainer = trainer()
  trainer.method.kernel = .linear
  trainer.method.epsilon = 0.01
  trainer.method.boxConstraint = 10
  trainer.holdoutFraction = 0.25
  let training = try trainer.train(TestData.data(TestData.line()))
  #expect(training.decision.task == .regression)
  let metrics = try #require(training.measurement?.metrics)
  #expect(metrics.map(\.name) == ["rmse", "mae", "r2"])
  #expect(metrics.allSatisfy { $0.set == .holdout && $0.rows == 15 })
  #expect(try #require(metrics.last).value > 0.99)
}

@Test func sparseTextIsLearnedUnscaled() throws {
  let training = try trainer().train(TestData.data(TestData.sparse, name: "data.libsvm"))
  #expect(training.model.classes == ["-1", "1"])
  #expect(training.decision.reason == "the labels are whole numbers")
  guard case .libsvm(let preprocessor) = training.model.preprocessor else {
    Issue.record("no LIBSVM text")
    return
  }
  #expect(preprocessor.scaler.scaling == .none)
  let lines = try predict(
    training.model, "0 1:3\n0 1:-3 2:1\n0 1:1 7:1\n", name: "new.libsvm", decisionValues: true)
  #expect(lines.map { $0.split(separator: ",")[0] } == ["prediction", "1", "-1", "1"])
}

@Test func theTargetCanBeAnyColumnByNameOrNumber() throws {
  var trainer = trainer()
  for target in ["length", "1"] {
    trainer.target = target
    let training = try trainer.train(TestData.data(TestData.flowers()))
    #expect(training.targetName == "length")
    #expect(training.decision.task == .regression)
    #expect(training.model.predictor.featureCount == 7)
  }
  trainer.target = "specis"
  #expect {
    try trainer.train(TestData.data(TestData.flowers(), name: "iris.csv"))
  } throws: { error in
    "\(error)"
      == "iris.csv:1:1: no column named \"specis\"; columns are length, width, colour, species. "
      + "Did you mean \"species\"?"
  }
}

@Test func oneClassIsPredictedWithAWarning() throws {
  let training = try trainer().train(TestData.data("a,b\n1,x\n2,x\n3,x\n"))
  #expect(
    training.warnings == [
      "training labels contain 1 class (\"x\"); the model predicts it for every row"
    ])
  #expect(
    try predict(training.model, "a\n5\n6\n", decisionValues: true) == ["prediction", "x", "x"])
}

@Test func rowsWithMissingValuesAreLeftOutWhenAsked() throws {
  let text = "a,b,y\n0,0,no\n1,,yes\n0.1,0.2,no\n0.9,1,yes\n1,0.8,yes\n0,0.1,\n"
  var trainer = trainer()
  trainer.missing = .drop
  let training = try trainer.train(TestData.data(text))
  #expect(training.model.provenance.skippedRowCount == 2)
  #expect(training.model.predictor.trainingCount == 4)
  // A prediction for every row, in order; nothing for a row with a missing value.
  let lines = try predict(
    training.model, "b,a,id\n0,0,p\n,1,q\n1,1,r\n", kept: .columns(["id"]), decisionValues: true)
  #expect(lines.count == 4)
  #expect(lines[0] == "id,prediction,decision")
  #expect(lines[1].hasPrefix("p,no,-"))
  #expect(lines[2] == "q,,")
  #expect(lines[3].hasPrefix("r,yes,"))
}

@Test func aCancelledTrainingGivesAModelWithoutAMeasurement() throws {
  let token = CancellationToken()
  token.cancel()
  for fraction in [nil, 0.2] {
    var trainer = trainer()
    trainer.options.cancellation = token
    trainer.holdoutFraction = fraction
    let training = try trainer.train(TestData.data(TestData.flowers()))
    #expect(training.measurement == nil)
    #expect(training.model.predictor.problems.contains { $0.certificate.stopReason == .cancelled })
    #expect(
      training.warnings == ["training was stopped before its predictions could be measured"])
  }
}

@Test func aDeadlineCostsTheMeasurementAndNotTheModel() throws {
  for fraction in [nil, 0.2] {
    var trainer = trainer()
    trainer.options.timeLimit = .nanoseconds(1)
    trainer.holdoutFraction = fraction
    let training = try trainer.train(TestData.data(TestData.flowers()))
    #expect(training.measurement == nil)
    #expect(training.model.predictor.problems.contains { $0.certificate.stopReason == .timeLimit })
    #expect(training.warnings.count == 1)
  }
}

@Test func categoriesThatOnlyHeldOutRowsHaveAreNoError() throws {
  var text = "a,colour,y\n"
  for row in 0..<40 {
    text += "\(row % 2).\(row),\(row == 7 ? "teal" : "red"),\(row % 2 == 0 ? "p" : "q")\n"
  }
  for seed in 0..<8 as Range<UInt64> {
    var trainer = trainer()
    trainer.holdoutFraction = 0.5
    trainer.seed = seed
    let training = try trainer.train(TestData.data(text))
    #expect(training.measurement?.rowCount == 20, "seed \(seed)")
  }
}

// MARK: Predictions

@Test func decisionValuesHaveOneColumnForEachPair() throws {
  let training = try trainer().train(TestData.data(TestData.flowers()))
  let lines = try predict(training.model, TestData.flowers(), kept: .all, decisionValues: true)
  #expect(lines.count == 61)
  #expect(
    lines[0]
      == "length,width,colour,species,prediction,decision_setosa_versicolor,"
      + "decision_setosa_virginica,decision_versicolor_virginica")
  for line in lines.dropFirst() {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    try #require(fields.count == 8)
    #expect(fields[4] == fields[3])
    // A positive value favours the later class of its pair.
    let values = try fields[5...].map { try #require(Double($0)) }
    switch fields[3] {
    case "setosa": #expect(values[0] < 0 && values[1] < 0)
    case "versicolor": #expect(values[0] > 0 && values[2] < 0)
    default: #expect(values[1] > 0 && values[2] > 0)
    }
  }
}

@Test func predictionsDoNotDependOnTheOrderOfColumns() throws {
  let training = try trainer().train(TestData.data(TestData.flowers()))
  let first = try predict(training.model, "length,width,colour\n0.5,3.5,blue\n4.2,1.3,red\n")
  let second = try predict(
    training.model, "note,colour,width,length\nx,blue,3.5,0.5\ny,red,1.3,4.2\n")
  #expect(first == ["prediction", "setosa", "virginica"])
  #expect(first == second)
}

@Test func linesBeforeARowInErrorAreGiven() throws {
  let training = try trainer().train(TestData.data(TestData.flowers()))
  var predictor = try TabularPredictor(
    training.model,
    reading: TestData.source("length,width,colour\n0.5,3.5,blue\n0.5,wide,blue\n", name: "new.csv"),
    TabularModel.Applying(threads: 1))
  #expect(try predictor.next().map { String(decoding: $0, as: UTF8.self) } == "setosa\n")
  #expect {
    try predictor.next()
  } throws: { error in
    "\(error)"
      == "new.csv:3:5: field 2 (width) is \"wide\"; expected a decimal number such as 1.4"
  }
}

@Test func aRegressionsDecisionIsItsPrediction() throws {
  var trainer = trainer()
  trainer.method.kernel = .linear
  let training = try trainer.train(TestData.data(TestData.line()))
  for line in try predict(training.model, TestData.line(), decisionValues: true).dropFirst() {
    let fields = line.split(separator: ",")
    #expect(fields.count == 2 && fields[0] == fields[1])
  }
}

// MARK: Evaluation

@Test func evaluationCountsEveryRowAndNamesUnknownClasses() throws {
  let training = try trainer().train(TestData.data(TestData.flowers()))
  let text =
    "length,width,colour,species\n0.5,3.5,blue,setosa\n4.2,1.3,red,setosa\n0.5,3.5,blue,rose\n"
  let evaluation = try training.model.evaluate(reading: TestData.source(text), threads: 1)
  #expect(evaluation.unknownClasses == ["rose"])
  #expect(evaluation.measurement.set == .evaluation)
  guard case .classes(let confusion) = evaluation.measurement.counts else { return }
  #expect(confusion.classNames == ["setosa", "versicolor", "virginica", "rose"])
  #expect(confusion.count(actual: 0, predicted: 0) == 1)
  #expect(confusion.count(actual: 0, predicted: 2) == 1)
  #expect(confusion.count(actual: 3, predicted: 0) == 1)
  #expect(confusion.accuracy == 1.0 / 3)
}

@Test func evaluationOnTheTrainingDataAgreesWithTheTraining() throws {
  var trainer = trainer()
  trainer.method.epsilon = 0.01
  let training = try trainer.train(TestData.data(TestData.line()))
  let evaluation = try training.model.evaluate(
    reading: TestData.source(TestData.line()), threads: 1)
  let trained = try #require(training.measurement?.metrics)
  for (left, right) in zip(trained, evaluation.measurement.metrics) {
    #expect(left.name == right.name)
    #expect(abs(left.value - right.value) < 1e-6)
  }
}

// MARK: Verification

@Test func verificationOnTheTrainingDataFindsTheCertificates() throws {
  for (text, isRegression) in [(TestData.flowers(), false), (TestData.line(), true)] {
    let data = try TestData.data(text)
    var trainer = trainer()
    trainer.options.certify = true
    let training = try trainer.train(data)
    let verification = try training.model.verify(data, threads: 1)
    #expect(verification.isTrainingData == true)
    #expect(verification.certificates.count == (isRegression ? 1 : 3))
    for (found, stored) in zip(verification.certificates, training.model.predictor.problems) {
      #expect(found.source == .recomputed)
      #expect(abs(found.kktViolation - stored.certificate.kktViolation) < 1e-9)
      #expect(abs(found.dualObjective - stored.certificate.dualObjective) < 1e-9)
    }
  }
}

@Test func verificationTellsOtherData() throws {
  let training = try trainer().train(TestData.data(TestData.flowers()))
  let other = try training.model.verify(TestData.data(TestData.flowers(seed: 9)), threads: 1)
  #expect(other.isTrainingData == false)
  #expect {
    try training.model.verify(
      TestData.data(TestData.flowers(rowsOfEach: 19), name: "less.csv"), modelName: "iris.model")
  } throws: { error in
    "\(error)"
      == "less.csv has 57 rows without missing values, but model iris.model was trained on 60"
  }
  #expect(throws: TabularError.self) {
    try training.model.verify(TestData.data(TestData.sparse, name: "data.libsvm"))
  }
}
