import Evaluation
import Testing

/// Groups, order of time, repetitions and strata for regression.
struct DataSplitKindsTests {
  static func groups(_ generator: inout SeededGenerator, rowCount: Int, count: Int) -> [Int] {
    // Every group occurs; sizes are uneven, numbers have gaps and signs.
    (0..<rowCount).map { row in
      7
        * (row < count
          ? row : min(generator.integer(below: count), generator.integer(below: count)))
        - 20
    }
  }

  @Test func noFoldDividesAGroup() throws {
    for seed in UInt64(0)..<100 {
      var generator = SeededGenerator(seed: seed)
      let rowCount = 30 + generator.integer(below: 100)
      let groupCount = 5 + generator.integer(below: 25)
      let groups = Self.groups(&generator, rowCount: rowCount, count: groupCount)
      let strata = (0..<rowCount).map { _ in generator.integer(below: 3) }
      let foldCount = 2 + generator.integer(below: 4)
      for strata in [nil, strata] {
        let folds = try DataSplit.folds(
          strata: strata, groups: groups, foldCount: foldCount, seed: seed)
        #expect(folds.count == foldCount, "seed \(seed)")
        #expect(folds.flatMap(\.heldOutRows).sorted() == Array(0..<rowCount), "seed \(seed)")
        for fold in folds {
          #expect(!fold.heldOutRows.isEmpty && !fold.trainingRows.isEmpty, "seed \(seed)")
          let held = Set(fold.heldOutRows.map { groups[$0] })
          #expect(held.isDisjoint(with: fold.trainingRows.map { groups[$0] }), "seed \(seed)")
          #expect(fold.heldOutRows.count + fold.trainingRows.count == rowCount, "seed \(seed)")
        }
        if strata == nil {
          let sizes = folds.map(\.heldOutRows.count)
          let largest = Dictionary(grouping: groups) { $0 }.values.map(\.count).max()!
          #expect(sizes.max()! - sizes.min()! <= largest, "seed \(seed): \(sizes)")
        }
      }
    }
  }

  @Test func groupsOfOneRowGiveEvenFolds() throws {
    let folds = try DataSplit.folds(groups: Array(0..<23), foldCount: 5, seed: 1)
    #expect(folds.map(\.heldOutRows.count).sorted() == [4, 4, 5, 5, 5])
    #expect(
      try DataSplit.folds(groups: Array(0..<23), foldCount: 5, seed: 2).map(\.heldOutRows)
        != folds.map(\.heldOutRows))
    #expect(try DataSplit.folds(groups: Array(0..<23), foldCount: 5, seed: 1) == folds)
  }

  /// Twenty groups, five of them of a rare class: sizes alone would bring some together.
  @Test func rareClassesAreSpreadOverTheFolds() throws {
    let groups = (0..<100).map { $0 / 5 }
    let strata = groups.map { $0 % 4 == 0 ? 1 : 0 }
    for seed in UInt64(0)..<50 {
      let folds = try DataSplit.folds(strata: strata, groups: groups, foldCount: 5, seed: seed)
      #expect(
        folds.map { fold in fold.heldOutRows.count { strata[$0] == 1 } } == [5, 5, 5, 5, 5],
        "seed \(seed)")
      #expect(folds.map(\.heldOutRows.count) == [20, 20, 20, 20, 20], "seed \(seed)")
    }
  }

  @Test func everyGroupIsLeftOutOnceInOrder() throws {
    let splits = try DataSplit.leavingOutGroups([3, -1, 3, 8, -1])
    #expect(splits.map(\.heldOutRows) == [[1, 4], [0, 2], [3]])
    #expect(splits.map(\.trainingRows) == [[0, 2, 3], [1, 3, 4], [0, 1, 2, 4]])
  }

  @Test func aHoldoutOfGroupsIsNearItsFraction() throws {
    for seed in UInt64(0)..<100 {
      var generator = SeededGenerator(seed: seed)
      let groups = Self.groups(&generator, rowCount: 120, count: 2 + generator.integer(below: 20))
      let fraction = 0.1 + 0.8 * generator.unitInterval()
      let split = try DataSplit.holdout(groups: groups, fraction: fraction, seed: seed)
      #expect(!split.heldOutRows.isEmpty && !split.trainingRows.isEmpty, "seed \(seed)")
      #expect(
        (split.trainingRows + split.heldOutRows).sorted() == Array(0..<120), "seed \(seed)")
      let held = Set(split.heldOutRows.map { groups[$0] })
      #expect(held.isDisjoint(with: split.trainingRows.map { groups[$0] }), "seed \(seed)")
      // Passing over a group means that it would have gone farther than it was missing.
      let largest = Dictionary(grouping: groups) { $0 }.values.map(\.count).max()!
      let miss = abs(Double(split.heldOutRows.count) - fraction * 120)
      #expect(miss <= Double(largest), "seed \(seed)")
    }
  }

  @Test func aHoldoutOfLargeGroupsTakesTheSmallest() throws {
    let split = try DataSplit.holdout(groups: [0, 0, 0, 1, 1, 2, 2, 2], fraction: 0.01, seed: 0)
    #expect(split.heldOutRows == [3, 4])
  }

  @Test func trainingLiesBeforeWhatIsHeldOut() throws {
    for seed in UInt64(0)..<100 {
      var generator = SeededGenerator(seed: seed)
      let rowCount = 20 + generator.integer(below: 80)
      let timeCount = 12 + generator.integer(below: 60)
      let times = (0..<rowCount).map { row in
        Double(row < 12 ? row : generator.integer(below: timeCount)) / 4
      }
      let foldCount = 1 + generator.integer(below: 11)
      let folds = try DataSplit.timeOrderedFolds(times: times, foldCount: foldCount)
      #expect(folds.count == foldCount, "seed \(seed)")
      for fold in folds {
        let lastTrained = fold.trainingRows.map { times[$0] }.max()!
        let firstHeld = fold.heldOutRows.map { times[$0] }.min()!
        #expect(lastTrained < firstHeld, "seed \(seed)")
        #expect(fold.heldOutRows == fold.heldOutRows.sorted(), "seed \(seed)")
      }
      // What a fold holds out joins the training part of the next; the last reaches the end.
      for (fold, next) in zip(folds, folds.dropFirst()) {
        #expect(
          (fold.trainingRows + fold.heldOutRows).sorted() == next.trainingRows, "seed \(seed)")
      }
      let last = folds[foldCount - 1]
      #expect(last.trainingRows.count + last.heldOutRows.count == rowCount, "seed \(seed)")
    }
  }

  @Test func differentTimesGiveBlocksOfEqualSize() throws {
    let folds = try DataSplit.timeOrderedFolds(times: (0..<12).map { Double(-$0) }, foldCount: 3)
    #expect(folds.map(\.heldOutRows) == [[6, 7, 8], [3, 4, 5], [0, 1, 2]])
    #expect(folds[0].trainingRows == [9, 10, 11])
    #expect(
      try DataSplit.timeOrderedFolds(times: [1, 1, 1, 2, 2], foldCount: 1).map(\.heldOutRows)
        == [[3, 4]])
  }

  @Test func repetitionsDifferAndTheFirstIsThePlainOne() throws {
    let strata = [Int](repeating: 0, count: 20)
    let splits = try DataSplit.repeated(3, seed: 4) { seed throws(DataSplitError) in
      try DataSplit.folds(strata: strata, foldCount: 5, seed: seed)
    }
    #expect(splits.count == 15)
    #expect(
      Array(splits[..<5]) == (try DataSplit.folds(strata: strata, foldCount: 5, seed: 4)))
    #expect(Set(splits.map(\.heldOutRows)).count == 15)
    for repetition in 0..<3 {
      let rows = splits[5 * repetition..<5 * repetition + 5].flatMap(\.heldOutRows)
      #expect(rows.sorted() == Array(0..<20))
    }
  }

  @Test func derivedSeedsDoNotMeet() {
    var seen = Set<UInt64>()
    for seed in UInt64(0)..<50 {
      #expect(SeededGenerator.derivedSeed(seed, index: 0) == seed)
      for index in 0..<50 { seen.insert(SeededGenerator.derivedSeed(seed, index: index)) }
    }
    #expect(seen.count == 2500)
    // Written down so that repetitions of today are those of every later release.
    #expect(SeededGenerator.derivedSeed(0, index: 1) == 7_521_888_212_171_461_645)
  }

  @Test func quantileStrataHaveEqualSizesAndKeepEqualTargetsTogether() throws {
    let strata = try DataSplit.quantileStrata(of: [5, 1, 4, 2, 3, 6], binCount: 3)
    #expect(strata == [2, 0, 1, 0, 1, 2])
    #expect(try DataSplit.quantileStrata(of: [1, 1, 1, 2], binCount: 4) == [1, 1, 1, 3])
    #expect(try DataSplit.quantileStrata(of: [], binCount: 4).isEmpty)
    #expect(try DataSplit.quantileStrata(of: [2, 1], binCount: .max) == [1, 0])
  }

  @Test func wrongInputIsAnError() {
    func message(_ divide: () throws -> Void) -> String? {
      #expect(throws: DataSplitError.self) { try divide() }?.description
    }
    #expect(
      message { _ = try DataSplit.folds(groups: [1, 1, 2], foldCount: 3, seed: 0) }
        == "the rows form 2 groups, but at least 3 are needed")
    #expect(
      message { _ = try DataSplit.folds(groups: [1, 1, 2], foldCount: 4, seed: 0) }
        == "the number of folds must be between 2 and the number of rows, 3, but is 4")
    #expect(
      message { _ = try DataSplit.folds(strata: [0], groups: [1, 2], foldCount: 2, seed: 0) }
        == "strata has 1 elements, but there are 2 rows")
    #expect(
      message { _ = try DataSplit.leavingOutGroups([4, 4]) }
        == "the rows form 1 groups, but at least 2 are needed")
    #expect(
      message { _ = try DataSplit.holdout(groups: [], fraction: 0.5, seed: 0) }
        == "the rows form 0 groups, but at least 2 are needed")
    #expect(
      message { _ = try DataSplit.timeOrderedFolds(times: [1, 1, 2], foldCount: 2) }
        == "the rows have 2 different times, but at least 3 are needed")
    #expect(
      message { _ = try DataSplit.timeOrderedFolds(times: [], foldCount: 1) }
        == "the rows have 0 different times, but at least 2 are needed")
    #expect(
      message { _ = try DataSplit.timeOrderedFolds(times: [1, .nan], foldCount: 1) }
        == "the time of row 1 must be finite, but is nan")
    #expect(
      message { _ = try DataSplit.timeOrderedFolds(times: [1, 2], foldCount: 0) }
        == "the number of folds must be at least 1, but is 0")
    #expect(
      message { _ = try DataSplit.timeOrderedFolds(times: [1, 2], foldCount: .max) }
        == "the rows have 2 different times, but at least \(Int.max) are needed")
    #expect(
      message { _ = try DataSplit.repeated(0, seed: 0) { _ in [] } }
        == "the number of repetitions must be at least 1, but is 0")
    #expect(
      message { _ = try DataSplit.quantileStrata(of: [1], binCount: 0) }
        == "the number of strata must be at least 1, but is 0")
    #expect(
      message { _ = try DataSplit.leavingOutGroups(Array(0..<20_000)) }
        == "20000 splits of 20000 rows are too many; splits times rows may be at most 268435456")
  }
}
