import Evaluation
import Testing

struct DataSplitTests {
  /// Ten rows of one class and five of another, in turns of two and one.
  static let strata = (0..<15).map { $0 % 3 == 2 ? 1 : 0 }

  @Test func holdoutTakesTheSamePartOfEveryClass() throws {
    let split = try DataSplit.holdout(strata: Self.strata, fraction: 0.2, seed: 0)
    #expect(split.heldOutRows.map { Self.strata[$0] }.sorted() == [0, 0, 1])
    #expect(split.trainingRows.count == 12)
  }

  @Test func rowsAreDividedWithoutLossAndInOrder() throws {
    for seed in UInt64(0)..<50 {
      let split = try DataSplit.holdout(strata: Self.strata, fraction: 0.3, seed: seed)
      #expect(split.trainingRows == split.trainingRows.sorted(), "seed \(seed)")
      #expect(split.heldOutRows == split.heldOutRows.sorted(), "seed \(seed)")
      #expect(
        (split.trainingRows + split.heldOutRows).sorted() == Array(0..<15), "seed \(seed)")
    }
  }

  @Test func equalSeedsGiveEqualSplits() throws {
    let first = try DataSplit.holdout(strata: Self.strata, fraction: 0.4, seed: 3)
    let second = try DataSplit.holdout(strata: Self.strata, fraction: 0.4, seed: 3)
    let other = try DataSplit.holdout(strata: Self.strata, fraction: 0.4, seed: 4)
    #expect(first == second)
    #expect(first != other)
  }

  /// Written down so that a holdout of today is the holdout of every later release.
  @Test func splitOfASeedNeverChanges() throws {
    let split = try DataSplit.holdout(
      strata: [Int](repeating: 0, count: 10), fraction: 0.3, seed: 0)
    #expect(split.heldOutRows == [2, 4, 9])
  }

  @Test func everyClassKeepsARowForTraining() throws {
    // The single row of class 1 would round up to being held out.
    let split = try DataSplit.holdout(strata: [0, 0, 0, 0, 1], fraction: 0.9, seed: 1)
    #expect(split.trainingRows.contains(4))
    #expect(split.trainingRows.count == 2)
  }

  @Test func atLeastOneRowIsHeldOut() throws {
    let split = try DataSplit.holdout(strata: [0, 0, 0], fraction: 0.01, seed: 1)
    #expect(split.heldOutRows.count == 1)
  }

  @Test(arguments: [0, 1, -0.5, 1.5, Double.nan, .infinity])
  func fractionOutOfRangeIsAnError(fraction: Double) {
    let error = #expect(throws: DataSplitError.self) {
      try DataSplit.holdout(strata: [0, 0], fraction: fraction, seed: 0)
    }
    #expect(
      error?.description
        == "the holdout fraction must be greater than 0 and less than 1, but is \(fraction)")
  }

  @Test(arguments: [[], [0], [0, 1], [2, 0, 1]])
  func classesOfSingleRowsCannotBeHeldOut(strata: [Int]) {
    #expect(throws: DataSplitError.tooFewRows(rowCount: strata.count, classCount: strata.count)) {
      try DataSplit.holdout(strata: strata, fraction: 0.5, seed: 0)
    }
  }

  /// Random class sizes: no class gives more than its share rounded up, unless another could not.
  @Test func holdoutCountsFollowTheFraction() throws {
    for seed in UInt64(0)..<200 {
      var generator = SeededGenerator(seed: seed)
      let classCount = 1 + generator.integer(below: 5)
      let rowCount = 20 * classCount + generator.integer(below: 200)
      let strata = (0..<rowCount).map { $0 < 20 * classCount ? $0 % classCount : 0 }
      let fraction = 0.05 + 0.7 * generator.unitInterval()
      let split = try DataSplit.holdout(strata: strata, fraction: fraction, seed: seed)
      #expect(
        split.heldOutRows.count == Int((Double(rowCount) * fraction).rounded()), "seed \(seed)")
      for stratum in 0..<classCount {
        let size = strata.count { $0 == stratum }
        let heldOut = split.heldOutRows.count { strata[$0] == stratum }
        #expect(abs(Double(heldOut) - Double(size) * fraction) < 1, "seed \(seed)")
      }
    }
  }

  @Test func foldsHoldOutEveryRowOnceAndDifferByAtMostOneRow() throws {
    for seed in UInt64(0)..<100 {
      var generator = SeededGenerator(seed: seed)
      let rowCount = 10 + generator.integer(below: 90)
      let classCount = 1 + generator.integer(below: 6)
      let strata = (0..<rowCount).map { _ in generator.integer(below: classCount) }
      let foldCount = 2 + generator.integer(below: 9)
      let folds = try DataSplit.folds(strata: strata, foldCount: foldCount, seed: seed)
      #expect(folds.count == foldCount, "seed \(seed)")
      #expect(folds.flatMap(\.heldOutRows).sorted() == Array(0..<rowCount), "seed \(seed)")
      for fold in folds {
        #expect(
          (fold.trainingRows + fold.heldOutRows).sorted() == Array(0..<rowCount), "seed \(seed)")
      }
      let sizes = folds.map(\.heldOutRows.count)
      #expect(sizes.max()! - sizes.min()! <= 1, "seed \(seed): \(sizes)")
      for stratum in 0..<classCount {
        let counts = folds.map { fold in fold.heldOutRows.count { strata[$0] == stratum } }
        #expect(counts.max()! - counts.min()! <= 1, "seed \(seed): \(counts)")
      }
    }
  }

  @Test(arguments: [-1, 0, 1, 4]) func foldCountOutOfRangeIsAnError(foldCount: Int) {
    let error = #expect(throws: DataSplitError.self) {
      try DataSplit.folds(strata: [0, 0, 1], foldCount: foldCount, seed: 0)
    }
    #expect(
      error?.description
        == "the number of folds must be between 2 and the number of rows, 3, but is \(foldCount)")
  }
}
