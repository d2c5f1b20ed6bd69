import LinearAlgebra
import TestSupport
import Testing

@testable import Calibration

struct OutOfFoldPlanTests {
  @Test func everyWeightedRowIsHeldOutOnceByAModelThatDidNotSeeIt() throws {
    for seed in UInt64(0)..<50 {
      var generator = TestGenerator(seed: seed)
      let count = 2 + Int(seed)
      let strata = (0..<count).map { _ in Int(generator.next() % 3) }
      var weights = (0..<count).map { _ in (generator.uniform() * 3).rounded(.down) }
      weights[0] = 1
      weights[1] = 2
      let plan = try OutOfFoldPlan(strata: strata, weights: weights, foldCount: 5, seed: seed)
      let weighted = (0..<count).filter { weights[$0] > 0 }
      #expect(plan.folds.flatMap(\.heldOutRows).sorted() == weighted, "seed \(seed)")
      for fold in plan.folds {
        #expect((fold.trainingRows + fold.heldOutRows).sorted() == weighted, "seed \(seed)")
        #expect(!fold.trainingRows.isEmpty && !fold.heldOutRows.isEmpty, "seed \(seed)")
      }
      for stratum in 0..<3 {
        let sizes = plan.folds.map { $0.heldOutRows.count { strata[$0] == stratum } }
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "seed \(seed)")
      }
    }
  }

  @Test func foldsOfASeedNeverChange() throws {
    let plan = try OutOfFoldPlan(strata: [0, 1, 0, 1, 0, 1, 0, 1], foldCount: 2, seed: 7)
    let again = try OutOfFoldPlan(strata: [0, 1, 0, 1, 0, 1, 0, 1], foldCount: 2, seed: 7)
    #expect(plan == again)
    #expect(plan.folds[0].heldOutRows == [0, 3, 4, 7])
  }

  @Test(arguments: [1, 3])
  func valuesComeBackInTheRowsOrder(threads: Int) throws {
    let plan = try OutOfFoldPlan(
      strata: [Int](repeating: 0, count: 23), weights: (0..<23).map { $0 == 4 ? 0 : 1 },
      foldCount: 4, seed: 3)
    let values = plan.decisionValues(threads: threads) { training, heldOut in
      #expect(Set(training).isDisjoint(with: heldOut))
      return Matrix(rowCount: heldOut.count, columnCount: 2) { Double(10 * heldOut[$0] + $1) }
    }
    #expect(values.rowCount == 23 && values.columnCount == 2)
    for row in 0..<23 {
      if row == 4 {
        #expect(values[row, 0].isNaN && values[row, 1].isNaN)
      } else {
        #expect(values.row(row) == [Double(10 * row), Double(10 * row + 1)])
      }
    }
  }

  struct Failure: Error, Equatable {
    var row: Int
  }

  @Test(arguments: [1, 3])
  func anErrorOfAFoldIsThrown(threads: Int) throws {
    let plan = try OutOfFoldPlan(strata: [Int](repeating: 0, count: 10), foldCount: 5, seed: 1)
    let failing = plan.folds[2].heldOutRows[0]
    #expect(throws: Failure(row: failing)) {
      try plan.decisionValues(threads: threads) { _, heldOut throws(Failure) in
        if heldOut.contains(failing) { throw Failure(row: failing) }
        return Matrix(rowCount: heldOut.count, columnCount: 1, repeating: 0)
      }
    }
  }

  @Test func fewRowsMakeFewFolds() throws {
    let plan = try OutOfFoldPlan(strata: [0, 0, 1], foldCount: 5, seed: 0)
    #expect(plan.folds.count == 3)
    #expect(throws: CalibrationError.tooFewRows(found: 1, needed: 2)) {
      try OutOfFoldPlan(strata: [0, 0], weights: [0, 1], seed: 0)
    }
    #expect(throws: CalibrationError.tooFewRows(found: 0, needed: 2)) {
      try OutOfFoldPlan(strata: [], seed: 0)
    }
    let error = #expect(throws: CalibrationError.self) {
      try OutOfFoldPlan(strata: [0, 0], foldCount: 1, seed: 0)
    }
    #expect(error?.description == "the number of folds must be at least 2, but is 1.0")
    #expect(throws: CalibrationError.invalidWeight(row: 0, weight: -1)) {
      try OutOfFoldPlan(strata: [0, 0], weights: [-1, 1], seed: 0)
    }
  }
}
