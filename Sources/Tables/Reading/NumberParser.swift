/// Reads decimal numbers from bytes, correctly rounded, without a String for each.
///
/// A number has an optional sign, digits with at most one point (on either side of which there may
/// be none), and an optional exponent: `1`, `+1`, `1.5`, `.5`, `5.`, `1e-3`. The locale of the
/// process has no part in it.
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

  /// As many decimal digits as always fit 64 bits.
  private static let maximumDigits = 19
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

    // The number is mantissa · 10^exponent, unless the mantissa wrapped because of too many digits.
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
    let digitsEnd = i
    var written = 0
    if i < end, byte(i) | 0x20 == UInt8(ascii: "e") {
      i += 1
      guard i < end else { return .notANumber }
      let isDivided = byte(i) == UInt8(ascii: "-")
      if isDivided || byte(i) == UInt8(ascii: "+") { i += 1 }
      guard i < end else { return .notANumber }
      while i < end {
        let digit = byte(i) &- UInt8(ascii: "0")
        guard digit < 10 else { return .notANumber }
        written = min(written * 10 + Int(digit), largestExponent)
        i += 1
      }
      if isDivided { written = -written }
    }
    guard i == end else { return .notANumber }

    if digitCount <= maximumDigits {
      return outcome(
        DecimalRounding.nearest(mantissa, powerOfTen: exponent + written), isNegative)
    }
    return parseManyDigits(
      bytes, range, digits: firstDigit..<digitsEnd, writtenExponent: written,
      isNegative: isNegative)
  }

  private static func outcome(_ magnitude: Double, _ isNegative: Bool) -> Outcome {
    guard magnitude.isFinite else { return .notFinite }
    return .number(isNegative ? -magnitude : magnitude)
  }

  /// Reads a number with more digits than 64 bits hold.
  ///
  /// The first 19 digits that count give a number just below, and the same plus one in the last
  /// place one just above; nearly always both round to the same Double. Otherwise it takes all
  /// digits to decide, and the standard library does, which rounds correctly but wants a String.
  private static func parseManyDigits(
    _ bytes: Span<UInt8>, _ range: Range<Int>, digits: Range<Int>, writtenExponent: Int,
    isNegative: Bool
  ) -> Outcome {
    var mantissa: UInt64 = 0
    var count = 0
    var exponent = writtenExponent
    var isAfterPoint = false
    var isExact = true
    for i in digits {
      let digit = bytes[i] &- UInt8(ascii: "0")
      if digit >= 10 {
        isAfterPoint = true
        continue
      }
      if count < maximumDigits {
        mantissa = mantissa * 10 + UInt64(digit)
        // Zeros before all other digits do not count.
        if mantissa > 0 { count += 1 }
        if isAfterPoint { exponent -= 1 }
      } else {
        if digit > 0 { isExact = false }
        if !isAfterPoint { exponent += 1 }
      }
    }
    let below = DecimalRounding.nearest(mantissa, powerOfTen: exponent)
    if isExact || below == DecimalRounding.nearest(mantissa + 1, powerOfTen: exponent) {
      return outcome(below, isNegative)
    }
    guard let value = Double(text(bytes, range)) else { return .notANumber }
    return value.isFinite ? .number(value) : .notFinite
  }

  private static func isNotFiniteSpelling(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var i = range.lowerBound
    if bytes[i] == UInt8(ascii: "-") || bytes[i] == UInt8(ascii: "+") { i += 1 }
    // Nearly all texts end here.
    guard i < range.upperBound,
      bytes[i] | 0x20 == UInt8(ascii: "n")
        || bytes[i] | 0x20 == UInt8(ascii: "i"), range.upperBound - i <= "infinity".utf8.count
    else { return false }
    let word = text(bytes, i..<range.upperBound).lowercased()
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

  // MARK: Eight digits at a time

  /// The number of bytes beyond the last one of a text that must be readable for ``scan(_:at:)``.
  static let padding = 64

  /// Reads the number that begins at a pointer, as far as digits, point and exponent go.
  ///
  /// Eight bytes are looked at in one step: how many of them are digits, and what these are worth,
  /// is found without a branch, which is what makes this fast, since nothing about the length of
  /// numbers can be predicted.
  ///
  /// - Parameters:
  ///   - start: The number's first byte; ``padding`` bytes must be readable after the text, of which
  ///     the first is none that a number could contain.
  ///   - length: Becomes the number of bytes that were read.
  /// - Returns: The number, or NaN for what this does not read: no number, one with very many
  ///   digits, or one that is not finite. The caller also looks at what follows.
  @inline(__always)
  static func scan(_ start: UnsafePointer<UInt8>, length: inout Int) -> Double {
    var p = unsafe start
    // Signs cannot be predicted either.
    let sign = unsafe p.pointee
    let minus: UInt64 = sign == UInt8(ascii: "-") ? 1 : 0
    let plus: UInt64 = sign == UInt8(ascii: "+") ? 1 : 0
    unsafe p += Int(truncatingIfNeeded: minus | plus)

    let whole = unsafe EightBytes(p)
    let wholeCount = whole.digitCount
    // So long a number is rare enough to be read at leisure.
    guard wholeCount < 8 else { return .nan }
    var mantissa = whole.value(wholeCount)
    unsafe p += wholeCount
    var decimals = 0
    if unsafe p.pointee == UInt8(ascii: ".") {
      unsafe p += 1
      let part = unsafe EightBytes(p)
      decimals = part.digitCount
      mantissa = mantissa &* powerOfTen(decimals) &+ part.value(decimals)
      unsafe p += decimals
      if decimals == 8 {
        var count = 8
        while count == 8, decimals < 24 {
          let part = unsafe EightBytes(p)
          count = part.digitCount
          mantissa = mantissa &* powerOfTen(count) &+ part.value(count)
          decimals += count
          unsafe p += count
        }
        guard wholeCount + decimals <= maximumDigits else { return .nan }
      }
    }
    guard wholeCount + decimals > 0 else { return .nan }
    var exponent = -decimals
    if unsafe p.pointee | 0x20 == UInt8(ascii: "e") {
      unsafe p += 1
      let sign = unsafe p.pointee
      if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { unsafe p += 1 }
      let part = unsafe EightBytes(p)
      let count = part.digitCount
      guard count > 0, count < 5 else { return .nan }
      let written = Int(part.value(count))
      exponent += sign == UInt8(ascii: "-") ? -written : written
      unsafe p += count
    }
    length = unsafe p - start
    let magnitude =
      exponent == 0 && mantissa <= 1 << 53
      ? Double(mantissa) : DecimalRounding.nearest(mantissa, powerOfTen: exponent)
    guard magnitude.isFinite else { return .nan }
    return Double(bitPattern: magnitude.bitPattern | minus << 63)
  }

  /// 10⁰ … 10⁸.
  @inline(__always)
  private static func powerOfTen(_ exponent: Int) -> UInt64 {
    unsafe integerPowers.withUnsafeBufferPointer { unsafe $0[exponent] }
  }

  private static let integerPowers: [UInt64] = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
  ]

  /// Eight bytes of a text; the first is the lowest.
  private struct EightBytes {
    private let bits: UInt64

    @inline(__always)
    init(_ start: UnsafePointer<UInt8>) {
      bits = unsafe UInt64(
        littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
    }

    /// How many of the first bytes are digits.
    ///
    /// The digits have the codes 0x30…0x39, and so become 0…9; of all bytes only these have no high
    /// bit then, nor get one when 0x76 is added. A carry reaches only bytes after one that is
    /// not a digit, which are not looked at.
    @inline(__always)
    var digitCount: Int {
      let digits = bits ^ 0x3030_3030_3030_3030
      let others = ((digits &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
      return others.trailingZeroBitCount >> 3
    }

    /// What the first bytes are worth, which are digits.
    ///
    /// They are moved to the end, which puts zeros before them; then neighbours are joined, to pairs,
    /// fours and eight digits.
    @inline(__always)
    func value(_ count: Int) -> UInt64 {
      // Shifting by all 64 bits gives 0, as it should without any digit.
      var digits = (bits &- 0x3030_3030_3030_3030) << UInt64(64 - 8 * count)
      digits = (digits &* 10 &+ (digits >> 8)) & 0x00FF_00FF_00FF_00FF
      digits = (digits &* 100 &+ (digits >> 16)) & 0x0000_FFFF_0000_FFFF
      return (digits &* 10_000 &+ (digits >> 32)) & 0xFFFF_FFFF
    }
  }
}
