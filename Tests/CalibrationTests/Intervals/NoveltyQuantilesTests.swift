import TestSupport
import Testing

@testable import Calibration

struct NoveltyQuantilesTests {
  @Test func quantileIsTheShareOfLowerScores() throws {
    let quantiles = try NoveltyQuantiles.fit(decisions: [0.4, -1, 0, 0.2, .nan])
    #expect([-2, -1, -0.5, 0.1, 0.4, 0.5].map(quantiles.quantile) == [0, 0, 0.25, 0.5, 0.75, 1])
    #expect(quantiles.quantile(.nan).isNaN)
    #expect(NoveltyQuantiles(scores: quantiles.scores) == quantiles)
  }

  @Test func quantilesOfLikeRowsAreSpreadEvenly() throws {
    var generator = TestGenerator(seed: 6)
    let decisions = (0..<20_000).map { _ in generator.normal() }
    let quantiles = try NoveltyQuantiles.fit(decisions: Array(decisions[..<10_000]))
    let new = decisions[10_000...].map(quantiles.quantile)
    for level in [0.01, 0.05, 0.1, 0.5, 0.9] {
      let share = Double(new.count { $0 <= level }) / 10_000
      #expect((share - level).magnitude < 0.02, "level \(level): \(share)")
    }
  }

  @Test func quantileNeverFalls() throws {
    let scores = RandomScores(seed: 3, count: 3000, shift: 1, decimals: 1e6)
    let quantiles = try NoveltyQuantiles.fit(decisions: scores.decisions, weights: scores.weights)
    let found = scores.grid.map(quantiles.quantile)
    #expect(zip(found, found.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(found.allSatisfy { $0 >= 0 && $0 <= 1 })
  }
}
