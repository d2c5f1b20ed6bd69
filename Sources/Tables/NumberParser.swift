/// Reads decimal numbers from bytes, correctly rounded, without a String for each.
///
/// A number has an optional sign, digits with at most one point (on either side of which there may
/// be none), and an optional exponent: `1`, `+1`, `1.5`, `.5`, `5.`, `1e-3`.
package enum NumberParser {
  /// What some bytes turned out to be.
  package enum Outcome: Equatable {
    /// A finite number.
    case number(Double)
    /// A spelling of infinity or NaN, or a number too large for a Double.
    case notFinite
    /// Anything else.
    case notANumber
  }

  // All powers of ten that are exactly representable.
  private static let exactPowers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
  /// As many decimal digits as always fit 64 bits.
  private static let mostDigits = 19
  /// Exponents are cut off here, where any number that the quick road takes is far out of range.
  private static let largestExponent = 100_000

  /// Reads the number that bytes `range` of a text spell.
  package static func parse(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Outcome {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    // Every index below lies between the range's bounds, of which the line above has made sure.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 { unsafe bytes[unchecked: index] }

    let end = range.upperBound
    var i = range.lowerBound
    guard i < end else { return .notANumber }
    let isNegative = byte(i) == UInt8(ascii: "-")
    if isNegative || byte(i) == UInt8(ascii: "+") { i += 1 }

    // The number is mantissa · 10^exponent, unless it has so many digits that the mantissa wrapped.
    var mantissa: UInt64 = 0
    var exponent = 0
    let firstDigit = i
    while i < end {
      let digit = byte(i) &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      i &+= 1
    }
    var digitCount = i - firstDigit
    if i < end, byte(i) == UInt8(ascii: ".") {
      i += 1
      let firstDecimal = i
      while i < end {
        let digit = byte(i) &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        i &+= 1
      }
      exponent = firstDecimal - i
      digitCount -= exponent
    }
    guard digitCount > 0 else {
      return isNotFiniteSpelling(bytes, range) ? .notFinite : .notANumber
    }
    if i < end, byte(i) | 0x20 == UInt8(ascii: "e") {
      i += 1
      guard i < end else { return .notANumber }
      let isDivided = byte(i) == UInt8(ascii: "-")
      if isDivided || byte(i) == UInt8(ascii: "+") { i += 1 }
      guard i < end else { return .notANumber }
      var written = 0
      while i < end {
        let digit = byte(i) &- UInt8(ascii: "0")
        guard digit < 10 else { return .notANumber }
        written = min(written * 10 + Int(digit), largestExponent)
        i += 1
      }
      exponent += isDivided ? -written : written
    }
    guard i == end else { return .notANumber }

    // Mantissa and power are exact here, so that the one operation rounds correctly (Clinger, "How
    // to Read Floating Point Numbers Accurately", 1990).
    if digitCount <= mostDigits, mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
      let magnitude =
        exponent < 0
        ? Double(mantissa) / exactPowers[-exponent] : Double(mantissa) * exactPowers[exponent]
      return .number(isNegative ? -magnitude : magnitude)
    }
    return parseSlowly(bytes, range)
  }

  /// Reads a number that is known to be well formed with the standard library, which rounds
  /// correctly but wants a String.
  private static func parseSlowly(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Outcome {
    let text = text(bytes, range)
    guard let value = Double(text) else { return .notANumber }
    return value.isFinite ? .number(value) : .notFinite
  }

  private static func isNotFiniteSpelling(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count <= "-infinity".utf8.count else { return false }
    var word = text(bytes, range).lowercased()
    if word.hasPrefix("-") || word.hasPrefix("+") { word.removeFirst() }
    return word == "nan" || word == "inf" || word == "infinity"
  }

  /// Bytes `range` of a text as a String.
  package static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe String(decoding: UnsafeBufferPointer(rebasing: buffer[range]), as: UTF8.self)
    }
  }

  /// Reads the number that a whole text spells.
  package static func parse(_ text: String) -> Outcome {
    let bytes = Array(text.utf8)
    return parse(bytes.span, bytes.indices)
  }
}
