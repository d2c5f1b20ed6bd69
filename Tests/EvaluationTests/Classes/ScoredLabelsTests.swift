import Evaluation
import Testing

struct ScoredLabelsTests {
  static func sample(seed: UInt64, rowCount: Int) -> (scores: [Double], isPositive: [Bool]) {
    var generator = SeededGenerator(seed: seed)
    let isPositive = (0..<rowCount).map { _ in generator.integer(below: 3) == 0 }
    let scores = isPositive.map { generator.unitInterval() + ($0 ? 0.4 : 0) }
    return (scores, isPositive)
  }

  /// The definition: pairs of a positive and a negative row, those in order against all.
  @Test func theAreaIsThePartOfThePairsInOrder() throws {
    for seed in UInt64(0)..<30 {
      var (scores, isPositive) = Self.sample(seed: seed, rowCount: 40)
      scores = scores.map { ($0 * 10).rounded() }
      var inOrder = 0.0
      var pairs = 0.0
      for positive in 0..<40 where isPositive[positive] {
        for negative in 0..<40 where !isPositive[negative] {
          pairs += 1
          inOrder +=
            scores[positive] > scores[negative] ? 1 : scores[positive] == scores[negative] ? 0.5 : 0
        }
      }
      let area = try #require(
        try ScoredLabels(scores: scores, isPositive: isPositive).rocAUC, "seed \(seed)")
      #expect(abs(area - inOrder / pairs) < 1e-14, "seed \(seed)")
    }
  }

  @Test func oneClassHasNoAreaAndConstantScoresAHalf() throws {
    #expect(try ScoredLabels(scores: [1, 2], isPositive: [true, true]).rocAUC == nil)
    #expect(try ScoredLabels(scores: [1, 2], isPositive: [true, true]).averagePrecision == 1)
    #expect(try ScoredLabels(scores: [1, 2], isPositive: [false, false]).averagePrecision == nil)
    let constant = try ScoredLabels(scores: [1, 1, 1, 1], isPositive: [true, false, false, false])
    #expect(constant.rocAUC == 0.5)
    #expect(constant.averagePrecision == 0.25)
    #expect(try ScoredLabels(scores: [], isPositive: []).metrics(on: .holdout).isEmpty)
  }

  @Test func infiniteScoresHavePlaces() throws {
    let labels = try ScoredLabels(
      scores: [.infinity, 0, -.infinity], isPositive: [true, true, false])
    #expect(labels.rocAUC == 1)
  }

  @Test func aLongCurveIsThinnedWithoutChangingItsArea() throws {
    let (scores, isPositive) = Self.sample(seed: 1, rowCount: 20_000)
    let labels = try ScoredLabels(scores: scores, isPositive: isPositive)
    let curve = labels.rocCurve()
    #expect((400...500).contains(curve.count))
    #expect(curve.first?.threshold == .infinity)
    #expect(curve.last.map { [$0.falsePositiveRate, $0.recall] } == [1, 1])
    var area = 0.0
    for (before, after) in zip(curve, curve.dropFirst()) {
      #expect(before.threshold > after.threshold)
      let width = after.falsePositiveRate - before.falsePositiveRate
      area += width * (before.recall + after.recall) / 2
    }
    let exact = try #require(labels.rocAUC)
    #expect(abs(area - exact) < 1e-4)
    let whole = labels.rocCurve(pointLimit: .max)
    #expect(whole.count == 20_001)
    // No point is far from one that was kept.
    var kept = 0
    for point in whole {
      while curve[kept].threshold > point.threshold { kept += 1 }
      let distance =
        curve[kept].falsePositiveRate - point.falsePositiveRate + curve[kept].recall - point.recall
      #expect(distance <= 2.0 / 498 + 1e-12)
    }
  }

  @Test(arguments: [3, 4, 10, 500]) func aCurveKeepsItsLimitAndItsEnds(limit: Int) throws {
    for seed in UInt64(0)..<5 {
      let (scores, isPositive) = Self.sample(seed: seed, rowCount: 700)
      let labels = try ScoredLabels(scores: scores, isPositive: isPositive)
      for curve in [
        labels.rocCurve(pointLimit: limit), labels.precisionRecallCurve(pointLimit: limit),
      ] {
        #expect(curve.count <= limit, "seed \(seed)")
        #expect(curve.first?.recall == 0, "seed \(seed)")
        #expect(curve.last?.recall == 1, "seed \(seed)")
      }
    }
  }

  @Test func otherWeightsNeedNoOtherOrder() throws {
    let (scores, isPositive) = Self.sample(seed: 3, rowCount: 60)
    var generator = SeededGenerator(seed: 4)
    let weights = scores.map { _ in Double(generator.integer(below: 3)) }
    let plain = try ScoredLabels(scores: scores, isPositive: isPositive)
    let weighted = try ScoredLabels(scores: scores, isPositive: isPositive, weights: weights)
    #expect(plain.rocAUC(weights: weights) == weighted.rocAUC)
    #expect(plain.averagePrecision(weights: weights) == weighted.averagePrecision)
  }

  @Test func wrongInputIsAnError() {
    #expect(throws: EvaluationError.elementCount("isPositive", found: 1, rowCount: 2)) {
      try ScoredLabels(scores: [1, 2], isPositive: [true])
    }
    #expect(throws: EvaluationError.elementCount("weights", found: 1, rowCount: 2)) {
      try ScoredLabels(scores: [1, 2], isPositive: [true, false], weights: [1])
    }
    #expect(throws: EvaluationError.weight(-1, row: 1)) {
      try ScoredLabels(scores: [1, 2], isPositive: [true, false], weights: [1, -1])
    }
    let error = #expect(throws: EvaluationError.self) {
      try ScoredLabels(scores: [1, .nan], isPositive: [true, false])
    }
    #expect(error?.description == "the score of row 1 must be finite, but is nan")
  }
}

struct OneVersusRestTests {
  @Test func aClassThatDoesNotOccurIsLeftOut() throws {
    let ranking = try OneVersusRest(
      scores: [3, 1, 0, 1, 3, 0, 2, 1, 0], classCount: 3, actual: [0, 1, 0])
    #expect(ranking.classes.map(\.rocAUC) == [1, 1, nil])
    #expect(ranking.macroRocAUC == 1)
    #expect(ranking.macroAveragePrecision == 1)
    #expect(
      ranking.metrics(on: .evaluation).map(\.name) == ["macroRocAUC", "macroAveragePrecision"])
    #expect(ranking.macroRocAUC(weights: [1, 0, 1]) == nil)
    #expect(ranking.macroAveragePrecision(weights: [0, 0, 0]) == nil)
  }

  @Test func aClassWithoutAScoreIsNegativeForAll() throws {
    let ranking = try OneVersusRest(
      scores: [3, 1, 1, 3, 4, 0], classCount: 2, actual: [0, 1, nil])
    #expect(ranking.classes.map(\.rocAUC) == [0.5, 1])
  }

  @Test func wrongInputIsAnError() {
    #expect(throws: EvaluationError.elementCount("scores", found: 5, rowCount: 2)) {
      try OneVersusRest(scores: [1, 2, 3, 4, 5], classCount: 2, actual: [0, 1])
    }
    #expect(throws: EvaluationError.classIndex(2, classCount: 2, row: 1)) {
      try OneVersusRest(scores: [1, 2, 3, 4], classCount: 2, actual: [0, 2])
    }
    let error = #expect(throws: EvaluationError.self) {
      try OneVersusRest(scores: [1], classCount: 1, actual: [0])
    }
    #expect(error?.description == "classCount must be at least 2, but is 1.0")
  }
}
