import Basics
import Testing

@testable import Reports
@testable import report_gallery

struct TicksTests {
  /// Room for labels as a plot of some width has it: none may come nearer than a third of a letter.
  static func room(_ range: ClosedRange<Double>, _ kind: PlotAxis.Kind, width: Double)
    -> ([Tick]) -> Bool
  {
    let scale = PlotScale(kind: kind, domain: range, start: 0, end: width)
    return { ticks in
      zip(ticks, ticks.dropFirst()).allSatisfy { a, b in
        scale.position(b.value) - scale.position(a.value)
          >= (TextShape.width(a.label, size: 12) + TextShape.width(b.label, size: 12)) / 2 + 4
      }
    }
  }

  static let axes: [(ClosedRange<Double>, [String])] = [
    (0.0...1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (
      0.0...100_000.0,
      ["0", "20\u{202F}000", "40\u{202F}000", "60\u{202F}000", "80\u{202F}000", "100\u{202F}000"]
    ),
    (-0.003...0.002, ["−0.003", "−0.002", "−0.001", "0.000", "0.001", "0.002"]),
    (0.0...4e7, ["0", "10⁷", "2×10⁷", "3×10⁷", "4×10⁷"]),
    (
      9_999_998.0...10_000_002.0,
      [
        "9\u{202F}999\u{202F}998", "9\u{202F}999\u{202F}999", "10\u{202F}000\u{202F}000",
        "10\u{202F}000\u{202F}001", "10\u{202F}000\u{202F}002",
      ]
    ),
  ]

  @Test(arguments: axes)
  func linearTicksAreRoundNumbers(range: ClosedRange<Double>, labels: [String]) {
    let ticks = Ticks.linear(range: range, limit: 6) { _ in true }
    #expect(ticks.major.map(\.label) == labels)
  }

  @Test func linearTicksKeepTheirPropertiesOnAnyRange() throws {
    var generator = Generator(seed: 11)
    for turn in 0..<2000 {
      let size = NumberText.scaledPower(
        1 + 9 * generator.uniform(), generator.index(below: 40) - 20)
      let low = (generator.uniform() - 0.5) * size * (turn % 2 == 0 ? 1 : 100)
      let range = low...(low + size)
      let width = 60 + 600 * generator.uniform()
      let limit = 2 + generator.index(below: 10)
      let fits = Self.room(range, .linear, width: width)
      let ticks = Ticks.linear(range: range, limit: limit, fits: fits)
      let context: Comment = "turn \(turn) of seed 11: \(range), \(ticks.major.map(\.label))"
      #expect(!ticks.major.isEmpty || limit < 4 || width < 200, context)
      #expect(ticks.major.count <= limit, context)
      #expect(fits(ticks.major), context)
      #expect(Set(ticks.major.map(\.label)).count == ticks.major.count, context)
      let slack = size * 1e-6
      for tick in ticks.major {
        #expect((range.lowerBound - slack...range.upperBound + slack).contains(tick.value), context)
      }
      let steps = zip(ticks.major, ticks.major.dropFirst()).map { $1.value - $0.value }
      for step in steps { #expect((step / steps[0] - 1).magnitude < 1e-6, context) }
    }
  }

  @Test func aWideAxisHasEnoughTicks() {
    var generator = Generator(seed: 12)
    for turn in 0..<500 {
      let size = NumberText.scaledPower(1 + 9 * generator.uniform(), generator.index(below: 8) - 4)
      let ticks = Ticks.linear(range: 0...size, limit: 8) { _ in true }
      #expect((4...8).contains(ticks.major.count), "turn \(turn) of seed 12: \(size)")
    }
  }

  @Test func decadesHaveLabelsAndTheirMultiplesNone() {
    let ticks = Ticks.logarithmic(range: 1e-5...10, base: 10, limit: 10) { _ in true }
    #expect(ticks.major.map(\.label) == ["10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1", "1", "10"])
    #expect(ticks.minor.count == 6 * 8)
    #expect(ticks.minor.contains(0.003))
  }

  @Test func powersOfTwoAreLeftOutEvenly() {
    let range = 0.03125...32768.0
    let ticks = Ticks.logarithmic(range: range, base: 2, limit: 6) { _ in true }
    #expect(ticks.major.map(\.label) == ["2⁻⁴", "2⁰", "2⁴", "2⁸", "2¹²"])
    #expect(ticks.major.count + ticks.minor.count == 21)
  }

  @Test func logarithmicTicksKeepTheirPropertiesOnAnyRange() {
    var generator = Generator(seed: 13)
    for turn in 0..<1000 {
      let low = NumberText.scaledPower(1 + 9 * generator.uniform(), generator.index(below: 60) - 30)
      let range = low...(low * exp(0.01 + 40 * generator.uniform() * generator.uniform()))
      let base = turn % 2 == 0 ? 10 : 2
      let kind = PlotAxis.Kind.logarithmic(base: base)
      let fits = Self.room(range, kind, width: 80 + 500 * generator.uniform())
      let ticks = Ticks.logarithmic(range: range, base: base, limit: 8, fits: fits)
      let context: Comment = "turn \(turn) of seed 13: \(range), \(ticks.major.map(\.label))"
      #expect(fits(ticks.major), context)
      #expect(ticks.major.count <= 8, context)
      let wide = (range.lowerBound * (1 - 1e-6))...(range.upperBound * (1 + 1e-6))
      #expect(ticks.major.allSatisfy { wide.contains($0.value) }, context)
      #expect(ticks.minor.allSatisfy(wide.contains), context)
    }
  }
}
