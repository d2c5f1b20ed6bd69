import Evaluation
import Testing

struct PermutationImportanceTests {
  /// The prediction is column 0; column 1 is not used.
  @Test func aColumnMattersAsMuchAsItIsUsed() throws {
    var generator = SeededGenerator(seed: 3)
    let values = (0..<200).map { _ in generator.unitInterval() }
    let importances = try PermutationImportance.measure(
      columnCount: 2, rowCount: 200, repetitionCount: 10, seed: 1, baseline: 0
    ) { column, order in
      #expect(order.sorted() == Array(0..<200))
      let predicted = column == 0 ? order.map { values[$0] } : values
      return -(RegressionErrors(actual: values, predicted: predicted).meanAbsoluteError ?? .nan)
    }
    #expect(importances.map(\.column) == [0, 1])
    // Two uniform numbers are 1/3 apart on average.
    #expect(abs(importances[0].meanLoss - 1.0 / 3) < 0.05)
    #expect(importances[0].standardDeviation > 0)
    #expect(Set(importances[0].losses).count == 10)
    #expect(importances[1].losses == [Double](repeating: 0, count: 10))
    #expect(importances[1].standardDeviation == 0)
  }

  @Test func moreRepetitionsKeepTheFirstOnes() throws {
    func losses(_ repetitionCount: Int) throws -> [[Double]] {
      try PermutationImportance.measure(
        columnCount: 3, rowCount: 10, repetitionCount: repetitionCount, seed: 5, baseline: 1
      ) { _, order in
        Double(order[0]) / 10
      }
      .map(\.losses)
    }
    let few = try losses(2)
    let many = try losses(6)
    #expect(many.map { Array($0.prefix(2)) } == few)
    #expect(Set(many).count == 3)
  }

  @Test func withoutRepetitionsThereIsNothingToMeasure() {
    let error = #expect(throws: EvaluationError.self) {
      try PermutationImportance.measure(
        columnCount: 1, rowCount: 1, repetitionCount: 0, seed: 0, baseline: 0
      ) { _, _ in 0 }
    }
    #expect(error?.description == "repetitionCount must be at least 1, but is 0.0")
  }
}
