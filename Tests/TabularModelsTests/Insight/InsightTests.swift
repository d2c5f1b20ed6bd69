import Evaluation
import LinearAlgebra
import Tables
import Testing

@testable import TabularModels

@Suite struct InsightTests {
  /// The class is the sign of `a`, and whether `b` says so where `a` is near 0; `noise` says nothing.
  private func table(rows: Int = 160) throws -> Table {
    var generator = SeededGenerator(seed: 4)
    let a = (0..<rows).map { _ in 2 * generator.unitInterval() - 1 }
    let color = (0..<rows).map { _ in generator.integer(below: 2) == 0 ? "red" : "blue" }
    let noise = (0..<rows).map { _ in generator.unitInterval() }
    let target = a.indices.map { row -> String? in
      a[row] + (color[row] == "red" ? 0.4 : -0.4) > 0 ? "yes" : "no"
    }
    return try Table(columns: [
      TableColumn(name: "a", numbers: a), TableColumn(name: "color", texts: color),
      TableColumn(name: "noise", numbers: noise), TableColumn(name: "target", texts: target),
    ])
  }

  private func numbers() throws -> Table {
    let x = (0..<60).map { Double($0) / 10 }
    let z = (0..<60).map { Double($0 * 17 % 60) }
    return try Table(columns: [
      TableColumn(name: "x", numbers: x), TableColumn(name: "z", numbers: z),
      TableColumn(name: "y", numbers: zip(x, z).map { 3 * $0 + 0.1 * $1 + 1 }),
    ])
  }

  @Test func importanceTellsColumnsApart() throws {
    let data = TrainingData.table(try table())
    let model = try TabularTrainer().train(data).model
    let examples = try LabelledExamples(data, for: model)
    let ranking = try #require(try model.permutationImportance(on: examples))
    #expect(ranking.metric == .accuracy && ranking.baseline > 0.9)
    #expect(ranking.columns.map(\.column) == ["a", "color", "noise"])
    let losses = ranking.columns.map(\.importance.meanLoss)
    #expect(losses[0] > 0.25 && losses[1] > 0.1 && losses[2] < 0.05, "\(losses)")
    let limited = try #require(
      try model.permutationImportance(on: examples, columnLimit: 2, repetitionCount: 1))
    #expect(limited.columns.count == 2 && limited.skippedCount == 1)
  }

  /// A linear function's mean changes by its slope, whatever the other columns are.
  @Test func dependenceOfALinearFunctionIsItsSlope() throws {
    let data = TrainingData.table(try numbers())
    var trainer = TabularTrainer()
    trainer.method.kernel = .linear
    trainer.method.boxConstraint = 100
    trainer.method.epsilon = 1e-3
    trainer.options.tolerance = 1e-6
    let model = try trainer.train(data).model
    let examples = try LabelledExamples(data, for: model)
    let found = try #require(try model.partialDependence(on: "x", of: examples, gridSize: 5))
    guard case .numbers(let grid) = found.grid else {
      Issue.record("\(found.grid)")
      return
    }
    #expect(found.output == .prediction && found.curves.count == 1 && grid.count == 5)
    #expect(grid == grid.sorted() && grid[0] >= 0 && grid[4] <= 5.9)
    let means = found.curves[0].means
    for index in 1..<5 {
      let slope = (means[index] - means[index - 1]) / (grid[index] - grid[index - 1])
      #expect(abs(slope - 3) < 0.01, "\(slope)")
    }
    #expect(try model.partialDependence(on: "nothing", of: examples) == nil)
  }

  @Test func dependenceOfACategoryHasItsLevels() throws {
    let data = TrainingData.table(try table())
    let model = try TabularTrainer().train(data).model
    let examples = try LabelledExamples(data, for: model, limit: 50, seed: 2)
    #expect(examples.count == 50)
    let found = try #require(try model.partialDependence(on: "color", of: examples))
    #expect(found.grid == .levels(["blue", "red"]) && found.output == .decisionValue)
    #expect(found.curves[0].name == "yes" && found.curves[0].means[1] > found.curves[0].means[0])
  }

  @Test func sparseAndDenseFeaturesAreReplacedAlike() throws {
    let dense = FeatureMatrix.dense(try Matrix(rows: [[1, 0, 2], [0, 3, 0], [4, 0, 0]]))
    let sparse = FeatureMatrix.sparse(try SparseMatrix(dense.dense))
    #expect(
      dense.replacing(1..<3, fromRows: [2, 0, 1]).dense
        == sparse.replacing(1..<3, fromRows: [2, 0, 1]).dense)
    #expect(
      dense.replacing(1..<2, fromRows: [0, 2, 1]).dense.elements == [1, 0, 2, 0, 0, 0, 4, 3, 0])
    #expect(
      dense.replacing(0..<2, with: [5, 0]).dense == sparse.replacing(0..<2, with: [5, 0]).dense)
    #expect(dense.column(2) == sparse.column(2) && dense.columnVariances == sparse.columnVariances)
    #expect(FeatureMatrix.joining([sparse, sparse], columnCount: 3).rowCount == 6)
    #expect(FeatureMatrix.joining([dense, dense], columnCount: 3).dense.row(4) == [0, 3, 0])
  }

  // MARK: Rows

  /// What an evaluation of a file keeps is what a training keeps of the same rows.
  @Test func trainingAndEvaluationKeepTheSameRows() throws {
    let table = try table()
    var trainer = TabularTrainer(
      configuration: TrainingConfiguration(calibration: CalibrationChoice()))
    trainer.sampling = RowKeeping()
    let training = try trainer.train(.table(table))
    let rows = try #require(training.rows)
    #expect(rows.set == .training && rows.count == 160 && rows.classNames == ["no", "yes"])
    #expect(rows.probabilities.count == 320 && rows.scoreCount == 1)
    var csv = "a,color,noise,target\n"
    for row in 0..<160 {
      csv += table.columns.map { $0.text(row) ?? "" }.joined(separator: ",") + "\n"
    }
    let evaluation = try training.model.evaluate(
      reading: ByteSource(bytes: Array(csv.utf8), name: "t.csv"), sampling: RowKeeping())
    let read = try #require(evaluation.rows)
    #expect(read.actualClasses == rows.actualClasses)
    #expect(read.predictedClasses == rows.predictedClasses)
    #expect(zip(read.scores, rows.scores).allSatisfy { abs($0 - $1) < 1e-6 })
    // Line 1 is the header; rows count from 1.
    #expect(read.countsLines && !rows.countsLines)
    #expect(read.notable.map { $0.place - 1 } == rows.notable.map(\.place))
    #expect(read.notable.first?.values.map(\.name) == ["a", "color", "noise"])
    #expect(evaluation.measurement.confidence[MetricDefinition.accuracy.id] != nil)
    #expect(evaluation.measurement.confidence[MetricDefinition.logLoss.id] != nil)
    // A holdout's rows are those of the other model.
    trainer.holdoutFraction = 0.25
    let heldOut = try #require(try trainer.train(.table(table)).rows)
    #expect(heldOut.set == .holdout && heldOut.count == 40)
    #expect(heldOut.model.predictor.trainingCount == 120)
  }

  /// All rows have the same chance of a place.
  @Test func theReservoirIsFair() {
    var counts = [Int](repeating: 0, count: 40)
    for seed in 0..<2000 {
      var reservoir = RowReservoir(limit: 10, seed: UInt64(seed))
      var kept: [Int] = []
      for row in 0..<40 {
        if let place = reservoir.place() { kept.put(row, at: place) }
      }
      #expect(kept.count == 10 && reservoir.keptCount == 10)
      for row in kept { counts[row] += 1 }
    }
    // 500 expected, with a deviation of 19.
    #expect(counts.allSatisfy { abs($0 - 500) < 100 }, "\(counts)")
  }
}
