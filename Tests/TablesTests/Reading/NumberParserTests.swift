import Basics
import Foundation
import Testing

@testable import Tables

@Suite struct NumberParserTests {
  @Test(arguments: [
    ("1", 1), ("1.5", 1.5), (".5", 0.5), ("5.", 5), ("1e-3", 1e-3), ("+1", 1), ("-1", -1),
    ("1E5", 1e5), ("1e+5", 1e5), ("0", 0), ("000", 0), ("007", 7), ("1e22", 1e22), ("1e23", 1e23),
    ("9007199254740993", 9_007_199_254_740_992), ("1e-400", 0),
    ("4.9e-324", Double.leastNonzeroMagnitude),
    ("0.00000000000000000000000000000000000000000000001", 1e-47),
    ("1797693134862315708145274237317043567981e269", 1.797_693_134_862_315_7e308),
  ])
  func readsDecimalNumbers(_ text: String, _ value: Double) {
    #expect(NumberParser.parse(text) == .number(value))
  }

  @Test(arguments: [
    "", " ", "a", "1,4", "1.2.3", ".", "+", "-", "+-1", "--1", "e5", "1e", "1e+", "1e5.0", "1 2",
    "0x1p3", "1_000", "١", "1f", "12:30", "1e5e5", "infinite", "na", "i", "n",
  ])
  func refusesWhatIsNoNumber(_ text: String) {
    #expect(NumberParser.parse(text) == .notANumber)
  }

  @Test(arguments: [
    "nan", "NaN", "-nan", "inf", "-Inf", "+INF", "infinity", "-Infinity", "1e309", "-1e400",
    "1e99999999999999999999",
  ])
  func tellsApartWhatIsNotFinite(_ text: String) {
    #expect(NumberParser.parse(text) == .notFinite)
  }

  @Test func agreesWithTheStandardLibraryOnAMillionTexts() {
    let seed: UInt64 = 20_240_607
    var random = SeededGenerator(seed: seed)
    var failures = 0
    for _ in 0..<1_000_000 {
      let text = randomNumber(&random)
      guard let expected = Double(text) else {
        Issue.record("the standard library refuses \(text); seed \(seed)")
        return
      }
      let outcome = NumberParser.parse(text)
      let isRight =
        if case .number(let value) = outcome {
          value.bitPattern == expected.bitPattern
        } else {
          outcome == .notFinite && expected.isInfinite
        }
      if !isRight {
        failures += 1
        Issue.record("\(text) is \(expected), but was read as \(outcome); seed \(seed)")
        if failures == 10 { return }
      }
    }
  }

  /// What a C library makes of a text, in the locale that this process has, which is C's.
  private func strtodValue(_ text: String) -> Double { strtod(text, nil) }

  /// Compares both ways to read a number with strtod; says whether they agree.
  private func agrees(_ text: String) -> Bool {
    let expected = strtodValue(text)
    let parsed: Bool
    switch NumberParser.parse(text) {
    case .number(let value): parsed = value.bitPattern == expected.bitPattern
    case .notFinite: parsed = expected.isInfinite
    case .notANumber: parsed = false
    }
    var padded = Array(text.utf8)
    padded.append(contentsOf: repeatElement(0, count: NumberParser.padding))
    var length = 0
    let scanned = padded.withUnsafeBufferPointer {
      NumberParser.scan($0.baseAddress!, length: &length)
    }
    return parsed
      && (scanned.isNaN || length == text.utf8.count && scanned.bitPattern == expected.bitPattern)
  }

  /// A quarter of a million texts, or as many as the environment variable `NUMBER_TEXTS` says.
  @Test func agreesWithStrtod() {
    let count = ProcessInfo.processInfo.environment["NUMBER_TEXTS"].flatMap(Int.init) ?? 250_000
    let seed: UInt64 = 77
    var random = SeededGenerator(seed: seed)
    for _ in 0..<count {
      let text = randomNumber(&random)
      guard agrees(text) else {
        Issue.record("\(text) is read wrongly; seed \(seed)")
        return
      }
    }
  }

  @Test func roundsMidpointsToEven() {
    let seed: UInt64 = 3
    var random = SeededGenerator(seed: seed)
    for _ in 0..<3000 {
      // An odd number of 54 bits lies midway between two Doubles, times any power of two.
      var digits = Decimal((1 << 53) + (random.next() >> 11) | 1)
      let power = Int.random(in: -330...300, using: &random)
      for _ in 0..<abs(power) { digits.multiply(by: power < 0 ? 5 : 2) }
      // M·2^−k is M·5^k·10^−k.
      let exponent = min(power, 0)
      for text in [
        digits.text, digits.text + "0000",
        digits.text + "." + String(repeating: "0", count: 40) + "1",
        digits.decremented + ".99999999999999999999",
      ] {
        #expect(agrees("\(text)e\(exponent)"), "\(text)e\(exponent), seed \(seed)")
      }
      let leading = digits.text.prefix(19)
      #expect(
        agrees("\(leading)e\(exponent + digits.text.count - leading.count)"), "seed \(seed)")
    }
  }

  @Test func agreesWithStrtodAtTheEdges() {
    for exponent in -345...310 {
      for digits in [
        "1", "9", "17976931348623157", "17976931348623158", "17976931348623159",
        "22250738585072014", "22250738585072011", "49406564584124654", "24703282292062327",
        "24703282292062328", "9007199254740993", "18446744073709551615", "9999999999999999999",
      ] {
        for text in [
          "\(digits)e\(exponent)", "0.\(digits)e\(exponent)", "\(digits)e\(exponent - 16)",
        ] {
          #expect(agrees(text), "\(text)")
        }
      }
    }
  }

  /// A whole number as decimal digits, the last first.
  private struct Decimal {
    private var digits: [UInt8] = []

    init(_ value: UInt64) {
      var rest = value
      while rest > 0 {
        digits.append(UInt8(rest % 10))
        rest /= 10
      }
    }

    mutating func multiply(by factor: Int) {
      var carry = 0
      for i in digits.indices {
        let value = Int(digits[i]) * factor + carry
        digits[i] = UInt8(value % 10)
        carry = value / 10
      }
      while carry > 0 {
        digits.append(UInt8(carry % 10))
        carry /= 10
      }
    }

    var text: String { String(decoding: digits.reversed().map { $0 + 48 }, as: UTF8.self) }

    var decremented: String {
      var copy = self
      var i = 0
      while copy.digits[i] == 0 {
        copy.digits[i] = 9
        i += 1
      }
      copy.digits[i] -= 1
      return copy.text
    }
  }

  @Test func readsBackEveryShortestText() {
    let seed: UInt64 = 7
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let text = NumberText.shortest(value)
      guard case .number(let read) = NumberParser.parse(text), read.bitPattern == value.bitPattern
      else {
        Issue.record("\(value) was written as \(text), which is read otherwise; seed \(seed)")
        return
      }
    }
  }

  /// Numbers in the ways that people and programs write them, and beside the points where rounding
  /// turns: whole numbers, few decimals, many digits, leading and trailing zeros, exponents, and
  /// midpoints between neighbours.
  private func randomNumber(_ random: inout SeededGenerator) -> String {
    func digits(_ count: Int) -> String {
      var text = ""
      for _ in 0..<count { text += String(Int.random(in: 0...9, using: &random)) }
      return text
    }
    var text = ["", "-", "+"][Int.random(in: 0...2, using: &random)]
    switch Int.random(in: 0...6, using: &random) {
    case 0: text += String(Int.random(in: 0...9999, using: &random))
    case 1:
      text += digits(Int.random(in: 1...3, using: &random)) + "."
      text += digits(Int.random(in: 0...6, using: &random))
    case 2: text += "." + digits(Int.random(in: 1...25, using: &random))
    case 3: text += digits(Int.random(in: 1...25, using: &random))
    case 4:
      text += String(repeating: "0", count: Int.random(in: 0...20, using: &random))
      text += digits(Int.random(in: 1...18, using: &random)) + "."
      text += digits(Int.random(in: 0...18, using: &random))
    case 5:
      // Around 2⁵³, where whole numbers begin to be rounded.
      text += String(9_007_199_254_740_992 + Int.random(in: -3...9, using: &random))
    default:
      let value = Double(bitPattern: random.next() >> 1)
      text += value.isFinite ? value.description : "1"
      return text
    }
    if Bool.random(using: &random) {
      text += ["e", "E"][Int.random(in: 0...1, using: &random)]
      text += ["", "-", "+"][Int.random(in: 0...2, using: &random)]
      text += String(
        Int.random(in: 0...30, using: &random) * Int.random(in: 1...12, using: &random))
    }
    return text
  }
}
