import TestSupport
import Testing

@testable import Calibration

struct EmpiricalDistributionTests {
  @Test func smallTablesAreExact() throws {
    let distribution = try EmpiricalDistribution(
      [3, 1, 2, 1, .nan, 9], weights: [1, 2, 1, 1, 5, 0], denseTail: .lower)
    #expect(distribution.values == [1, 2, 3])
    #expect(distribution.cumulativeWeights == [3, 4, 5])
    #expect(
      [0, 1, 1.5, 2, 3, 3.5, 99].map(distribution.share(below:)) == [0, 0, 0.6, 0.6, 0.8, 1, 1])
    #expect(distribution.share(below: -.infinity) == 0 && distribution.share(below: .infinity) == 1)
    #expect(distribution.value(atWeight: 3) == 1 && distribution.value(atWeight: 3.1) == 2)
    #expect(distribution.value(atWeight: 5.1) == nil)
  }

  @Test(arguments: [EmpiricalDistribution.Tail.lower, .upper])
  func largeTablesAreThinnedAndStayClose(tail: EmpiricalDistribution.Tail) throws {
    let count = 50_000
    var generator = TestGenerator(seed: 4)
    let numbers = (0..<count).map { _ in generator.normal() }
    let sorted = numbers.sorted()
    let distribution = try EmpiricalDistribution(numbers, denseTail: tail)
    #expect(distribution.values.count <= EmpiricalDistribution.maximumPoints)
    #expect(distribution.values.count > 700)
    #expect(distribution.values.first == sorted.first && distribution.values.last == sorted.last)
    for rank in stride(from: 0, to: count, by: 37) {
      let exact = Double(rank) / Double(count)
      let found = distribution.share(below: sorted[rank])
      let spacing = 0.002 * (tail == .lower ? exact : 1 - exact).squareRoot() + 1e-4
      #expect(found <= exact && found >= exact - spacing, "rank \(rank): \(found) for \(exact)")
    }
    // What is stored is accepted again.
    #expect(
      try EmpiricalDistribution(
        values: distribution.values, cumulativeWeights: distribution.cumulativeWeights)
        == distribution)
  }

  @Test func weightsTooSmallToCountAddNoPoint() throws {
    let distribution = try EmpiricalDistribution(
      [1, 2, 3], weights: [1e20, 1, 1e20], denseTail: .lower)
    #expect(distribution.values == [1, 3])
  }

  @Test func malformedTablesAreErrors() {
    for (values, weights) in [
      ([], []), ([1], []), ([1, 1], [1, 2]), ([1, 2], [1, 1]), ([1, 2], [2, 1]), ([1], [0]),
      ([1], [.infinity]), ([.nan], [1]), ([.infinity], [1]), ([1], [-1]),
    ] as [([Double], [Double])] {
      #expect(throws: CalibrationError.self, "\(values) \(weights)") {
        try EmpiricalDistribution(values: values, cumulativeWeights: weights)
      }
    }
    #expect(throws: CalibrationError.tooFewRows(found: 0, needed: 1)) {
      try EmpiricalDistribution([.nan, 1], weights: [1, 0], denseTail: .upper)
    }
    #expect(throws: CalibrationError.notFinite(what: "the value", row: 1)) {
      try EmpiricalDistribution([1, .infinity], denseTail: .upper)
    }
  }
}
