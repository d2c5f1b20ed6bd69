import Testing

@testable import Basics

@Suite struct TextTests {
  @Test(arguments: [
    (0.0, 3, "0"), (1.0, 3, "1"), (0.25, 6, "0.25"), (0.000123456, 3, "0.000123"),
    (0.0000123456, 3, "1.23e-5"), (123456.0, 3, "123000"), (999.96, 4, "1000"),
    (-0.5, 2, "-0.5"), (1e300, 4, "1e300"), (12.345, 4, "12.35"), (0.9999, 3, "1"),
    (1e-3, 6, "0.001"), (Double.leastNonzeroMagnitude, 3, "5e-324"), (3.0e15, 4, "3e15"),
    (98.7654, 4, "98.77"),
  ])
  func significantDigitsAreRounded(value: Double, digits: Int, expected: String) {
    #expect(Text.significant(value, digits) == expected)
  }

  @Test func numbersThatAreNoneAreNamed() {
    #expect(Text.significant(.nan, 3) == "nan")
    #expect(Text.significant(-.infinity, 3) == "-inf")
    #expect(Text.fixed(.infinity, 2) == "inf")
  }

  @Test(arguments: [
    (0.0, "0.00 s"), (1.234, "1.23 s"), (9.999, "10.0 s"), (59.94, "59.9 s"),
    (125.0, "2 min 05 s"), (3600.4, "60 min 00 s"),
  ])
  func timesAreShort(seconds: Double, expected: String) {
    #expect(Text.seconds(seconds) == expected)
  }

  @Test(arguments: [
    (0, "0"), (1234, "1234"), (12345, "12 345"), (1_000_000, "1 000 000"), (-54321, "-54 321"),
  ])
  func countsAreGrouped(value: Int, expected: String) {
    #expect(Text.count(value) == expected)
  }

  @Test func nounsFollowTheirCount() {
    #expect(Text.count(1, "row") == "1 row")
    #expect(Text.count(2, "class", plural: "classes") == "2 classes")
  }

  @Test func linesAreAligned() {
    #expect(
      Text.aligned([("a", "1"), ("long", "2"), ("head", "")]) == "a     1\nlong  2\nhead\n")
  }

  @Test func tablesAlignNumbersToTheRight() {
    #expect(
      Text.table(header: ["pair", "n"], rows: [["a", "1"], ["b", "100"]])
        == "pair    n\na       1\nb     100\n")
  }

  @Test func longListsAreCut() {
    #expect(Text.list(["a", "b", "c"], atMost: 3) == "a, b, c")
    #expect(Text.list(["a", "b", "c", "d"], atMost: 3) == "a, b and 2 more")
  }
}
