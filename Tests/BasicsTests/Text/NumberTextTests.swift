import Basics
import Testing

@testable import Basics

@Suite struct NumberTextTests {
  @Test func writesTheShortestText() {
    let cases: [(Double, String)] = [
      (1, "1"), (-3, "-3"), (0.5, "0.5"), (0.1, "0.1"), (1e15, "1000000000000000"),
      (9_007_199_254_740_992, "9007199254740992"), (1e300, "1e+300"), (-0.0, "-0"), (0, "0"),
      (.leastNonzeroMagnitude, "5e-324"), (1.0 / 3, "0.3333333333333333"),
    ]
    for (value, text) in cases { #expect(NumberText.shortest(value) == text) }
  }

  static let figures: [(Double, String)] = [
    (0.0, "0"), (1.0, "1"), (-1.5, "−1.5"), (0.1 + 0.2, "0.3"), (1234.5678, "1235"),
    (123_456.0, "123\u{202F}456"), (0.000123456, "0.0001235"), (0.0000123456, "1.235×10⁻⁵"),
    (1e6, "10⁶"), (-1e6, "−10⁶"), (2.5e17, "2.5×10¹⁷"), (9.99999e9, "10¹⁰"),
    (Double.infinity, "∞"), (-Double.infinity, "−∞"), (Double.nan, "not a number"),
    (Double.greatestFiniteMagnitude, "1.798×10³⁰⁸"),
    (Double.leastNonzeroMagnitude, "4.941×10⁻³²⁴"),
  ]

  @Test(arguments: figures)
  func significantDigits(value: Double, text: String) {
    #expect(NumberText.significant(value) == text)
  }

  static let decimals: [(Double, Int, String)] = [
    (0.0, 2, "0.00"), (-0.001, 2, "0.00"), (2.345, 1, "2.3"), (-7.06, 1, "-7.1"), (12.0, 0, "12"),
    (0.5, 0, "1"), (0.05, 3, "0.050"), (1e300, 2, "1e+300"),
  ]

  @Test(arguments: decimals)
  func fixedDecimals(value: Double, decimals: Int, text: String) {
    #expect(NumberText.fixed(value, decimals: decimals) == text)
  }

  @Test func countsAndPercentages() {
    #expect(NumberText.count(1234) == "1234")
    #expect(NumberText.count(-1_234_567) == "−1\u{202F}234\u{202F}567")
    #expect(NumberText.percentage(0.1234) == "12.3\u{202F}%")
  }

  @Test func coordinatesHaveAtMostTwoDecimals() {
    #expect(NumberText.coordinate(3.14159) == "3.14")
    #expect(NumberText.coordinate(3.0) == "3")
    #expect(NumberText.coordinate(-0.004) == "0")
    #expect(NumberText.coordinate(.nan) == "0")
  }
}
