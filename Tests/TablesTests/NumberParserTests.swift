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
