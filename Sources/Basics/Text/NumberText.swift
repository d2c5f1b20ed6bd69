// Numbers as text: coordinates with fixed decimals, so that equal plots are equal bytes, and figures
// for people.
//
// The standard library prints the shortest decimal that reads back to the same number, which is too
// long for a label and has no fixed number of decimals; hence the few lines here.

/// Turns numbers into text: the shortest that reads back as the same number, for files and messages,
/// and figures with few digits, for labels and tables.
package enum NumberText {
  // MARK: For programs

  /// The shortest text that reads back as the same number; whole numbers without a point.
  ///
  /// - Parameter value: Any number.
  /// - Returns: Its text.
  package static func shortest(_ value: Double) -> String {
    // Above 2⁵³ not every whole number is representable, and an exponent is shorter.
    if value.rounded(.towardZero) == value, value.magnitude <= 9_007_199_254_740_992 {
      return value == 0 && value.sign == .minus ? "-0" : String(Int64(value))
    }
    return value.description
  }

  /// The same with zeros behind the point of a whole number: `1.0`.
  ///
  /// - Parameters:
  ///   - value: Any number.
  ///   - zeros: How many.
  /// - Returns: Its text, which reads back as the same number.
  package static func shortest(_ value: Double, zeros: Int) -> String {
    let text = shortest(value)
    guard zeros > 0, text.utf8.allSatisfy({ "-0123456789".utf8.contains($0) }) else { return text }
    return text + "." + String(repeating: "0", count: zeros)
  }

  // MARK: For people

  /// A narrow space that does not break: groups of three digits.
  package static let groupSeparator = "\u{202F}"

  /// A number rounded to a number of significant digits, trailing zeros removed.
  ///
  /// Numbers of at least a million, or below a ten-thousandth, are written as `1.5×10⁻⁷`.
  ///
  /// - Parameters:
  ///   - value: Any number.
  ///   - digits: The significant digits, 1 to 15.
  /// - Returns: The text; "not a number", "∞" or "−∞" when it is not finite.
  package static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return notFinite(value) }
    guard value != 0 else { return "0" }
    let exponent = decimalExponent(value)
    if exponent >= 6 || exponent < -4 {
      return scientific(value, decimals: digits - 1, trimmed: true)
    }
    return grouped(trimmed(fixed(value, decimals: min(max(digits - 1 - exponent, 0), 18))))
  }

  /// A whole number in groups of three digits.
  ///
  /// - Parameter count: Any number.
  /// - Returns: The text, such as "12 345".
  package static func count(_ count: Int) -> String { grouped(String(count)) }

  /// A share as a percentage.
  ///
  /// - Parameters:
  ///   - share: 0 to 1.
  ///   - decimals: Digits after the point.
  /// - Returns: The text, such as "12.5 %".
  package static func percentage(_ share: Double, decimals: Int = 1) -> String {
    guard share.isFinite else { return notFinite(share) }
    return fixed(share * 100, decimals: decimals) + "\u{202F}%"
  }

  package static func notFinite(_ value: Double) -> String {
    value.isNaN ? "not a number" : value < 0 ? "−∞" : "∞"
  }

  /// A number with a fixed number of decimals, halves rounded away from zero, with the minus sign
  /// of programs ("-").
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return notFinite(value) }
    let scaled = (value.magnitude * power(10, decimals)).rounded(.toNearestOrAwayFromZero)
    // Beyond 2⁵³ the decimals of a binary number say nothing: print what it is.
    guard scaled < 9_007_199_254_740_992 else { return "\(value)" }
    var digits = String(UInt64(scaled))
    if decimals > 0 {
      if digits.count <= decimals {
        digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits
      }
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
    }
    return value < 0 && scaled > 0 ? "-" + digits : digits
  }

  /// A coordinate of a drawing: two decimals at most.
  package static func coordinate(_ value: Double) -> String {
    trimmed(fixed(value.isFinite ? value : 0, decimals: 2))
  }

  /// Removes zeros at the end of a fraction, and the point when nothing follows.
  package static func trimmed(_ text: String) -> String {
    guard text.contains("."), !text.contains("e") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// The exponent e of the leading digit, 10ᵉ ≤ |value| < 10ᵉ⁺¹.
  package static func decimalExponent(_ value: Double) -> Int {
    var exponent = Int(log10(value.magnitude).rounded(.down))
    // The logarithm of 1000 may be a little below 3.
    if value.magnitude >= scaledPower(1, exponent + 1) { exponent += 1 }
    if value.magnitude < scaledPower(1, exponent) { exponent -= 1 }
    return exponent
  }

  /// mantissa·10ᵉ, correctly rounded while both parts are exact: divided by the positive power for
  /// negative exponents, as 10⁻¹ is not a binary number but 3/10 rounds like "0.3".
  package static func scaledPower(_ mantissa: Double, _ exponent: Int) -> Double {
    // 10³⁰⁸ is the largest power there is; beyond it the work is done in two parts.
    if exponent > 300 { return mantissa * power(10, 300) * power(10, exponent - 300) }
    if exponent >= 0 { return mantissa * power(10, exponent) }
    if exponent < -300 { return mantissa / power(10, 300) / power(10, -exponent - 300) }
    return mantissa / power(10, -exponent)
  }

  /// A number as mantissa and power of ten.
  package static func scientific(_ value: Double, decimals: Int, trimmed isTrimmed: Bool) -> String
  {
    guard value != 0 else { return "0" }
    var exponent = decimalExponent(value)
    var mantissa = fixed(scaledPower(value, -exponent), decimals: decimals)
    if mantissa.hasPrefix("10") || mantissa.hasPrefix("-10") {
      exponent += 1
      mantissa = fixed(scaledPower(value, -exponent), decimals: decimals)
    }
    if isTrimmed { mantissa = trimmed(mantissa) }
    let scale = "10" + superscript(exponent)
    switch mantissa {
    case "1": return scale
    case "-1": return "−" + scale
    default: return signed(mantissa) + "×" + scale
    }
  }

  /// An integer in raised digits.
  package static func superscript(_ number: Int) -> String {
    let raised = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return String(
      String(number).map { character in
        character.wholeNumberValue.map { raised[$0] } ?? "⁻"
      })
  }

  /// Groups the digits before the point by three, from five digits on, and sets a true minus sign.
  package static func grouped(_ text: String) -> String {
    let isNegative = text.hasPrefix("-")
    let magnitude = isNegative ? String(text.dropFirst()) : text
    guard !magnitude.contains("e") else { return signed(text) }
    let parts = magnitude.split(separator: ".", omittingEmptySubsequences: false)
    var whole = String(parts[0])
    if whole.count >= 5 {
      var groups: [Substring] = []
      var rest = Substring(whole)
      while rest.count > 3 {
        groups.append(rest.suffix(3))
        rest = rest.dropLast(3)
      }
      groups.append(rest)
      whole = groups.reversed().joined(separator: groupSeparator)
    }
    let text = parts.count > 1 ? whole + "." + parts[1] : whole
    return isNegative ? "−" + text : text
  }

  /// The text with a true minus sign, as wide as a digit.
  private static func signed(_ text: String) -> String {
    text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }
}
