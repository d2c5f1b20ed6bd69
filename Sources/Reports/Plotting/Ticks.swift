import Basics

// Where an axis has ticks, and the labels next to them.
//
// Ticks lie at round numbers: 1, 2 or 5 times a power of ten on linear axes, powers of the base on
// logarithmic ones. Of all such steps the finest is taken whose labels have room, so labels never
// overlap, whatever the range.

/// A tick with its label.
struct Tick: Equatable {
  /// Where, in units of the data.
  var value: Double
  /// The text; empty for a tick without one.
  var label: String
}

/// The ticks of an axis.
struct Ticks: Equatable {
  /// Labelled ticks, ascending.
  var major: [Tick] = []
  /// Ticks without labels.
  var minor: [Double] = []
}

extension Ticks {
  /// The ticks of a linear axis.
  ///
  /// - Parameters:
  ///   - range: The ends of the axis; finite, the lower one less than the upper one.
  ///   - limit: How many ticks to have at most, at least 2.
  ///   - fits: Whether the labels of such ticks have room.
  /// - Returns: The ticks; one when no more have room.
  static func linear(
    range: ClosedRange<Double>, limit: Int, fits: ([Tick]) -> Bool
  ) -> Ticks {
    var step = RoundStep.atLeast(
      (range.upperBound - range.lowerBound) / Double(max(limit, 2)))
    // Each turn halves the number of ticks at least every second time; twelve turns leave one.
    for _ in 0..<12 {
      let ticks = labelled(values: step.multiples(in: range), step: step)
      if ticks.count <= 1 || (ticks.count <= limit && fits(ticks)) {
        return Ticks(major: ticks, minor: [])
      }
      step = step.next
    }
    return Ticks(major: Array(labelled(values: step.multiples(in: range), step: step).prefix(1)))
  }

  /// Labels of one notation for all ticks of an axis.
  private static func labelled(values: [Double], step: RoundStep) -> [Tick] {
    let largest = values.map(\.magnitude).max() ?? 0
    let needsPower = largest >= 1e7 || (largest > 0 && step.exponent < -5)
    if needsPower {
      // As many decimals as tell neighbours apart.
      let decimals = max(NumberText.decimalExponent(largest) - step.exponent, 0)
      // Tiny steps at any rate: their decimals could not be written out.
      if decimals <= 3 || step.exponent < -15 {
        return values.map { value in
          // Every label gets the same step as decimals, so 0.5×10⁶ and 10⁷ stand in one notation.
          let own = value == 0 ? 0 : NumberText.decimalExponent(value) - step.exponent
          return Tick(
            value: value,
            label: NumberText.scientific(value, decimals: max(own, 0), trimmed: true))
        }
      }
    }
    return values.map { value in
      let text = NumberText.fixed(value, decimals: min(max(-step.exponent, 0), 17))
      return Tick(value: value, label: NumberText.grouped(text))
    }
  }

  /// The ticks of a logarithmic axis.
  ///
  /// - Parameters:
  ///   - range: The ends of the axis; both greater than 0, the lower one less than the upper one.
  ///   - base: 10, or 2 for parameters that are searched in powers of two.
  ///   - limit: How many labelled ticks to have at most, at least 2.
  ///   - fits: Whether the labels of such ticks have room.
  /// - Returns: The ticks; one when no more have room.
  static func logarithmic(
    range: ClosedRange<Double>, base: Int, limit: Int, fits: ([Tick]) -> Bool
  ) -> Ticks {
    let exponents = exponents(in: range, base: base)
    guard exponents.count >= 2 else {
      // Less than a decade: round numbers are better landmarks than a single power.
      var ticks = linear(range: range, limit: limit, fits: fits)
      if base == 10 { ticks.minor = multiples(of: exponents, in: range) }
      return ticks
    }
    var stride = max(1, (exponents.count + limit - 1) / limit)
    while stride < exponents.count {
      let ticks = exponents.filter { $0 % stride == 0 }.map { exponent in
        Tick(value: power(base, exponent), label: label(base: base, exponent: exponent))
      }
      if ticks.count <= 1 || fits(ticks) {
        let unlabelled = exponents.filter { $0 % stride != 0 }.map { power(base, $0) }
        let fine = stride == 1 && base == 10 && exponents.count <= 8
        return Ticks(
          major: ticks, minor: fine ? multiples(of: exponents, in: range) : unlabelled)
      }
      stride += 1
    }
    let first = exponents.lowerBound
    return Ticks(
      major: [Tick(value: power(base, first), label: label(base: base, exponent: first))])
  }

  private static func exponents(in range: ClosedRange<Double>, base: Int) -> Range<Int> {
    let scale = log(Double(base))
    // A billionth of a step, so that an axis which ends at 1000 has a tick there.
    let low = (log(range.lowerBound) / scale - 1e-9).rounded(.up)
    let high = (log(range.upperBound) / scale + 1e-9).rounded(.down)
    return low <= high ? Int(low)..<Int(high) + 1 : Int(low)..<Int(low)
  }

  /// 2 to 9 times the powers of ten in a range.
  private static func multiples(of exponents: Range<Int>, in range: ClosedRange<Double>) -> [Double]
  {
    let first = Int(log10(range.lowerBound).rounded(.down))
    let last = Int(log10(range.upperBound).rounded(.down))
    guard last - first <= 10 else { return [] }
    return (first...last).flatMap { exponent in
      (2...9).map { NumberText.scaledPower(Double($0), exponent) }
    }.filter(range.contains)
  }

  /// A power in full while that is short, else with its exponent.
  private static func label(base: Int, exponent: Int) -> String {
    if base == 10, (-3...4).contains(exponent) {
      return NumberText.grouped(
        NumberText.fixed(power(10, exponent), decimals: max(-exponent, 0)))
    }
    return "\(base)" + NumberText.superscript(exponent)
  }
}

/// A step of 1, 2 or 5 times a power of ten.
struct RoundStep: Equatable {
  /// 1, 2 or 5.
  var mantissa: Int
  /// The power of ten.
  var exponent: Int

  /// The smallest round step that is not below `size`.
  ///
  /// - Parameter size: Greater than 0 and finite.
  /// - Returns: The step.
  static func atLeast(_ size: Double) -> RoundStep {
    let exponent = NumberText.decimalExponent(size)
    for mantissa in [1, 2, 5]
    where NumberText.scaledPower(Double(mantissa), exponent) >= size * (1 - 1e-12) {
      return RoundStep(mantissa: mantissa, exponent: exponent)
    }
    return RoundStep(mantissa: 1, exponent: exponent + 1)
  }

  /// The next coarser step.
  var next: RoundStep {
    switch mantissa {
    case 1: RoundStep(mantissa: 2, exponent: exponent)
    case 2: RoundStep(mantissa: 5, exponent: exponent)
    default: RoundStep(mantissa: 1, exponent: exponent + 1)
    }
  }

  /// The multiples of the step in a range, each the number nearest to its decimal.
  func multiples(in range: ClosedRange<Double>) -> [Double] {
    let size = NumberText.scaledPower(Double(mantissa), exponent)
    let slack = 1e-9
    let first = (range.lowerBound / size - slack).rounded(.up)
    let last = (range.upperBound / size + slack).rounded(.down)
    guard first <= last, first.magnitude < 1e15, last - first < 1000 else { return [] }
    return (Int(first)...Int(last)).map { index in
      NumberText.scaledPower(Double(index * mantissa), exponent)
    }
  }
}
