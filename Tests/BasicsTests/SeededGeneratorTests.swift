import Basics
import Testing

struct SeededGeneratorTests {
  /// The first words for seed 1234567, as the algorithm's authors' C program prints them.
  @Test func wordsAreThoseOfSplitMix64() {
    var generator = SeededGenerator(seed: 1_234_567)
    let words = (0..<5).map { _ in generator.next() }
    #expect(
      words == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  /// These orders are part of what a seed promises: models trained with a holdout are reproduced by
  /// them on any platform.
  @Test func shuffleOfASeedNeverChanges() {
    var generator = SeededGenerator(seed: 0)
    var numbers = Array(0..<10)
    generator.shuffle(&numbers)
    #expect(numbers == [4, 9, 2, 5, 1, 7, 6, 0, 3, 8])
  }

  @Test(arguments: [1, 2, 3, 10, 1000, Int.max])
  func integersStayBelowTheirBound(bound: Int) {
    for seed in UInt64(0)..<20 {
      var generator = SeededGenerator(seed: seed)
      for _ in 0..<100 {
        let number = generator.integer(below: bound)
        #expect((0..<bound).contains(number), "seed \(seed)")
      }
    }
  }

  /// Each of 6 results is expected 10 000 times with a standard deviation of 91; six deviations
  /// are exceeded once in 5·10⁸ trials.
  @Test(arguments: [UInt64(1), 2, 3]) func integersAreEquallyLikely(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[generator.integer(below: 6)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 550 }, "seed \(seed): \(counts)")
  }

  /// A bound of 3·2⁶¹ leaves 2⁶² of the 2⁶⁴ words over: without the rejection the results that are
  /// multiples of 3 would get three eighths of the draws, not a third.
  @Test func rejectionRemovesTheBias() {
    let seed: UInt64 = 7
    var generator = SeededGenerator(seed: seed)
    let bound = 3 << 61
    let multiples = (0..<30_000).count { _ in generator.integer(below: bound) % 3 == 0 }
    #expect(abs(multiples - 10_000) < 500, "seed \(seed): \(multiples)")
  }

  @Test func unitIntervalIsHalfOpenAndCentred() {
    let seed: UInt64 = 11
    var generator = SeededGenerator(seed: seed)
    let numbers = (0..<10_000).map { _ in generator.unitInterval() }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 }, "seed \(seed)")
    // The mean of n uniform numbers has the standard deviation 1/√(12 n) = 0.0029.
    let mean = numbers.reduce(0, +) / 10_000
    #expect(abs(mean - 0.5) < 0.018, "seed \(seed): \(mean)")
  }

  @Test(arguments: [0, 1, 2, 17, 100]) func shuffleKeepsEveryElement(count: Int) {
    for seed in UInt64(0)..<20 {
      var generator = SeededGenerator(seed: seed)
      var numbers = Array(0..<count)
      generator.shuffle(&numbers)
      #expect(numbers.sorted() == Array(0..<count), "seed \(seed)")
    }
  }

  /// All 24 orders of 4 elements, expected 1 000 times each with a standard deviation of 31.
  @Test func everyOrderIsEquallyLikely() {
    let seed: UInt64 = 5
    var generator = SeededGenerator(seed: seed)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 {
      var numbers = [0, 1, 2, 3]
      generator.shuffle(&numbers)
      counts[numbers, default: 0] += 1
    }
    #expect(counts.count == 24, "seed \(seed)")
    #expect(counts.values.allSatisfy { abs($0 - 1_000) < 190 }, "seed \(seed): \(counts)")
  }

  @Test func boundBelowOneIsAProgrammersMistake() async {
    await #expect(processExitsWith: .failure) {
      var generator = SeededGenerator(seed: 0)
      _ = generator.integer(below: 0)
    }
  }
}
