import Evaluation
import ModelSelection
import Tables
import TabularModels
import Testing
import Transport

/// Ranks that share folds and candidates find what one process finds.
@Suite struct SelectionOnRanksTests {
  private static func trainer(_ adjust: (inout TabularTrainer) -> Void = { _ in }) -> TabularTrainer
  {
    var trainer = TabularTrainer(
      configuration: TrainingConfiguration(seed: 3), control: RunControl(threads: 1))
    adjust(&trainer)
    return trainer
  }

  @Test(arguments: [1, 2, 3, 7]) func foldsAreShared(size: Int) throws {
    for text in [TestData.blobs(rows: 90, seed: 3), TestData.line(rows: 60)] {
      for hasCalibration in [false, true] {
        @Sendable func run(_ ranks: (any Transport)?, together: Bool) throws
          -> CrossValidationResult
        {
          var validation = CrossValidation(
            trainer: Self.trainer {
              if hasCalibration { $0.calibration = CalibrationChoice(foldCount: 3) }
              if together { $0.control.ranks = ranks }
            }, folds: FoldPlan(count: 4))
          if !together { validation.ranks = ranks }
          return try validation.run(TestData.data(text))
        }
        let expected = try run(nil, together: false)
        for together in [false, true] {
          let results = ThreadTransport.run(ranks: size) { try run($0, together: together) }
          for result in results {
            let found = try result.get()
            #expect(found.isComplete)
            #expect(found.predictions == expected.predictions)
            #expect(found.summaries == expected.summaries)
            #expect(found.folds.map(\.measurement) == expected.folds.map(\.measurement))
            #expect(
              found.folds.map(\.supportVectorCount) == expected.folds.map(\.supportVectorCount))
          }
        }
      }
    }
  }

  @Test(arguments: [2, 3]) func candidatesAreShared(size: Int) throws {
    for strategy in ParameterSearch.Strategy.allCases {
      @Sendable func run(_ ranks: (any Transport)?) throws -> SearchResult {
        var search = ParameterSearch(trainer: Self.trainer(), strategy: strategy)
        search.space = SearchSpace(boxConstraints: [0.1, 1, 10], gammas: [0.1, 1])
        search.ranks = ranks
        search.trialBudget = 8
        return try search.run(TestData.data(TestData.rings(rows: 120, seed: 4)))
      }
      func figures(_ result: SearchResult) -> [String] {
        result.trials.map { "\($0.candidate) \($0.rowCount) \($0.values) \($0.status)" }
      }
      let expected = try run(nil)
      for result in ThreadTransport.run(ranks: size, { try run($0) }) {
        let found = try result.get()
        #expect(figures(found) == figures(expected))
        #expect(found.best.candidate == expected.best.candidate)
      }
    }
  }

  @Test(arguments: [2, 5]) func sizesOfALearningCurveAreShared(size: Int) throws {
    @Sendable func run(_ ranks: (any Transport)?) throws -> LearningCurveResult {
      var curve = LearningCurve(trainer: Self.trainer(), shares: [0.3, 1])
      curve.ranks = ranks
      return try curve.run(TestData.data(TestData.blobs(rows: 100, seed: 5)).examples)
    }
    let expected = try run(nil)
    for result in ThreadTransport.run(ranks: size, { try run($0) }) {
      let found = try result.get()
      #expect(found.isComplete)
      #expect(found.sizes.map(\.heldOut) == expected.sizes.map(\.heldOut))
      #expect(found.sizes.map(\.training) == expected.sizes.map(\.training))
    }
  }
}
