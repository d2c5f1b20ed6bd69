import Evaluation
import ModelSelection
import SupportVectors
import Tables
import TabularModels
import Testing

@Suite struct CrossValidationTests {
  @Test func everyRowIsPredictedOnceByAModelThatHasNotSeenIt() throws {
    let data = try TestData.data(TestData.blobs(rows: 90, seed: 3))
    let result = try CrossValidation(
      trainer: TabularTrainer(configuration: TrainingConfiguration(seed: 1))
    ).run(data)
    #expect(result.isComplete && result.folds.count == 5)
    #expect(result.predictions.map(\.row) == Array(0..<90))
    #expect(result.folds.map(\.heldOutRowCount).reduce(0, +) == 90)
    for fold in result.folds { #expect(fold.trainingRowCount + fold.heldOutRowCount == 90) }
  }

  @Test func aFoldEqualsATrainingOnItsRows() throws {
    let text = TestData.blobs(rows: 80, seed: 4)
    let data = try TestData.data(text)
    let result = try CrossValidation(
      trainer: TabularTrainer(configuration: TrainingConfiguration(seed: 5))
    ).run(data)
    let lines = text.split(separator: "\n").map(String.init)
    let fold = try #require(result.folds.first)
    let heldOut = Set(result.predictions.filter { $0.fold == 0 }.map(\.row))
    let rows = (0..<80).filter { !heldOut.contains($0) }
    let training = try TabularTrainer().train(
      TestData.data(([lines[0]] + rows.map { lines[$0 + 1] }).joined(separator: "\n") + "\n"))
    let test = ([lines[0]] + heldOut.sorted().map { lines[$0 + 1] }).joined(separator: "\n") + "\n"
    let evaluation = try training.model.evaluate(reading: TestData.source(test))
    #expect(evaluation.measurement.metrics.first?.value == fold.value(of: .accuracy))
    #expect(
      training.model.predictor.expansion?.supportIndices.count == fold.supportVectorCount)
  }

  @Test(arguments: [1, 2, 3, 8])
  func threadsChangeNoBit(threads: Int) throws {
    let data = try TestData.data(TestData.blobs(rows: 120, seed: 6))
    func run(_ threads: Int) throws -> CrossValidationResult {
      try CrossValidation(
        trainer: TabularTrainer(
          configuration: TrainingConfiguration(seed: 1), control: RunControl(threads: threads)),
        folds: FoldPlan(count: 4, repetitionCount: 2)
      ).run(data)
    }
    let (one, other) = (try run(1), try run(threads))
    #expect(one.predictions == other.predictions)
    #expect(one.summaries == other.summaries)
  }

  @Test func groupsStayTogether() throws {
    // The group decides the class, and nothing else does: whoever has seen a group knows its rows.
    var generator = SeededGenerator(seed: 7)
    var lines = ["a,b,patient,ill"]
    for patient in 0..<30 {
      let (a, b) = (generator.unitInterval(), generator.unitInterval())
      for _ in 0..<6 {
        lines.append(
          "\(a + 0.001 * generator.unitInterval()),\(b + 0.001 * generator.unitInterval()),"
            + "p\(patient),\(patient % 2 == 0 ? "yes" : "no")")
      }
    }
    let data = try TestData.data(lines.joined(separator: "\n") + "\n")
    let method = LearningMethod(kernel: .gaussian(gamma: 1000), boxConstraint: 100)
    let leaking = try CrossValidation(
      trainer: TabularTrainer(
        configuration: TrainingConfiguration(method: method).with(
          \.columnOverrides,
          ColumnChoices(kinds: [ColumnChoices.Choice(column: "patient", kind: .ignore)])))
    ).run(data)
    let grouped = try CrossValidation(
      trainer: TabularTrainer(
        configuration: TrainingConfiguration(method: method).with(
          \.columnOverrides, ColumnChoices(group: "patient")))
    ).run(data)
    for prediction in grouped.predictions {
      let group = prediction.row / 6
      #expect(
        grouped.predictions.filter { $0.row / 6 == group }.allSatisfy {
          $0.fold == prediction.fold
        })
    }
    let seen = try #require(leaking.summary(of: .accuracy)).mean
    let unseen = try #require(grouped.summary(of: .accuracy)).mean
    #expect(seen == 1 && unseen < 0.8)
  }

  @Test func inOrderOfTimeTheFutureIsNotSeen() throws {
    let data = try TestData.data(TestData.line(rows: 60))
    let result = try CrossValidation(
      trainer: TabularTrainer(
        configuration: TrainingConfiguration(
          method: LearningMethod(kernel: .linear, boxConstraint: 100))),
      folds: FoldPlan(count: 3, inTimeOrder: true)
    ).run(data)
    #expect(result.folds.map(\.trainingRowCount) == [15, 30, 45])
    #expect(result.predictions.map(\.row) == Array(15..<60))
    #expect(try #require(result.summary(of: .r2)).mean > 0.9)
  }

  @Test func theMeanCountsFoldsByTheirWeights() throws {
    var lines = ["a,weight,label"]
    for row in 0..<40 {
      lines.append("\(row % 2 == 0 ? -1 : 1),\(row < 20 ? 1 : 9),\(row % 4 < 2 ? "no" : "yes")")
    }
    let data = try TestData.data(lines.joined(separator: "\n") + "\n")
    let result = try CrossValidation(
      trainer: TabularTrainer(
        configuration: TrainingConfiguration().with(
          \.columnOverrides, ColumnChoices(weight: "weight"))),
      folds: FoldPlan(count: 2)
    ).run(data)
    let folds = result.folds
    #expect(folds.map(\.weight).reduce(0, +) == 200)
    let mean = folds.reduce(0) { $0 + $1.weight * ($1.value(of: .accuracy) ?? 0) } / 200
    #expect(abs(try #require(result.summary(of: .accuracy)).mean - mean) < 1e-15)
  }

  @Test func aDeadlineOrACancellationLeavesFoldsOut() throws {
    let data = try TestData.data(TestData.blobs(rows: 60, seed: 8))
    let token = CancellationToken()
    token.cancel()
    #expect(throws: SelectionError.stopped) {
      try CrossValidation(
        trainer: TabularTrainer(control: RunControl(cancellation: token))
      ).run(data)
    }
  }

  @Test func componentsCannotBeMeasured() throws {
    let data = try TestData.data(TestData.line(rows: 20))
    #expect(throws: SelectionError.nothingToMeasure(.principalComponents)) {
      try CrossValidation(
        trainer: TabularTrainer(
          configuration: TrainingConfiguration(
            task: .components, method: LearningMethod(formulation: .principalComponents)))
      ).run(data)
    }
  }

  @Test func probabilitiesAreMeasuredWhenTheyAreLearned() throws {
    let data = try TestData.data(TestData.blobs(rows: 90, seed: 9))
    let result = try CrossValidation(
      trainer: TabularTrainer(
        configuration: TrainingConfiguration(calibration: CalibrationChoice(foldCount: 3))),
      folds: FoldPlan(count: 3)
    ).run(data)
    #expect(result.summary(of: .logLoss) != nil)
    #expect(try #require(result.summary(of: .macroRocAUC)).mean > 0.5)
  }

  @Test func waitingBlocksNoThreadOfThePool() async throws {
    let data = try TestData.data(TestData.blobs(rows: 60, seed: 10))
    let validation = CrossValidation(
      trainer: TabularTrainer(configuration: TrainingConfiguration(seed: 2)))
    let awaited = try await validation.run(data)
    func blocking() throws -> CrossValidationResult { try validation.run(data) }
    #expect(awaited.predictions == (try blocking()).predictions)
  }
}
