import Basics
import Tables
import TabularModels

// Options arrive as text and are checked here, not by the argument parser, so that every message
// has the same form: which option, what was expected, what was found.

/// Turns the text of options into values.
package enum OptionValue {
  /// A decimal number in a range; NaN and infinities are rejected.
  package static func number(
    _ option: String, _ text: String, in range: NumberRange
  ) throws(UsageError) -> Double {
    guard let value = Double(text) else {
      let words = range.isUnlimited ? "" : " \(range.description)"
      throw UsageError(
        option: option, "must be a number\(words), but is \(MessageText.quoted(text))")
    }
    guard value.isFinite else {
      throw UsageError(option: option, "must be a finite number, but is \(text)")
    }
    guard range.contains(value) else {
      throw UsageError(option: option, "must be \(range.description), but is \(text)")
    }
    return value
  }

  /// A decimal number in a range, or `nil` for `auto`.
  package static func numberOrAuto(
    _ option: String, _ text: String, in range: NumberRange
  ) throws(UsageError) -> Double? {
    guard text != "auto" else { return nil }
    guard Double(text) != nil else {
      throw UsageError(
        option: option,
        "must be auto or a number \(range.description), but is \(MessageText.quoted(text))"
          + didYouMean(text, among: ["auto"]))
    }
    return try number(option, text, in: range)
  }

  /// A whole number in a range.
  package static func wholeNumber(
    _ option: String, _ text: String, in range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    if let value = Int(text), range.contains(value) { return value }
    let words =
      range.upperBound == Int.max
      ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
    throw UsageError(option: option, "must be a whole number \(words), but is \(shown(text))")
  }

  /// A whole number in a range, which may be written as `1e6`.
  package static func count(
    _ option: String, _ text: String, in range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    if let value = Double(text), let count = Int(exactly: value), range.contains(count) {
      return count
    }
    return try wholeNumber(option, text, in: range)
  }

  /// A seed: any whole number that 64 bits without a sign hold.
  package static func seed(_ option: String, _ text: String) throws(UsageError) -> UInt64 {
    guard let value = UInt64(text) else {
      throw UsageError(
        option: option, "must be a whole number from 0 to \(UInt64.max), but is \(shown(text))")
    }
    return value
  }

  /// A number of bytes such as `512M` or `1.5G`; K, M, G and T are powers of 1024.
  package static func bytes(
    _ option: String, _ text: String, atLeast minimum: Int
  ) throws(UsageError) -> Int {
    let units: [Character: Double] = [
      "k": 0x1p10, "m": 0x1p20, "g": 0x1p30, "t": 0x1p40,
    ]
    var digits = text.lowercased()
    for ending in ["ib", "b"] where digits.hasSuffix(ending) {
      digits.removeLast(ending.count)
      break
    }
    var unit = 1.0
    if let last = digits.last, let factor = units[last] {
      unit = factor
      digits.removeLast()
    }
    guard let count = Double(digits), count.isFinite, digits.first?.isNumber == true else {
      throw UsageError(
        option: option, "must be a size such as 512M or 2G, but is \(MessageText.quoted(text))")
    }
    // 2⁶² is beyond any machine and leaves room for sums.
    let bytes = min(count * unit, 0x1p62)
    guard bytes >= Double(minimum) else {
      throw UsageError(option: option, "must be at least \(minimum >> 20)M, but is \(text)")
    }
    return Int(bytes)
  }

  /// A length of time such as `90`, `1.5s`, `10m` or `1h30m`; a number without a unit is seconds.
  ///
  /// - Parameters:
  ///   - option: The option, for messages.
  ///   - text: Its value.
  ///   - examples: Times that make sense for it, for messages.
  /// - Returns: The length.
  /// - Throws: ``UsageError`` that names the option.
  package static func duration(
    _ option: String, _ text: String, examples: String = "30s, 10m or 1h30m"
  ) throws(UsageError) -> Duration {
    guard let seconds = seconds(text) else {
      throw UsageError(
        option: option,
        "must be a time such as \(examples), but is \(MessageText.quoted(text))")
    }
    guard seconds > 0 else {
      throw UsageError(option: option, "must be greater than 0, but is \(text)")
    }
    // A thousand years is as good as no limit, and far from overflow.
    return .nanoseconds(Int64((min(seconds, 3e9) * 1e9).rounded(.up)))
  }

  /// The seconds in a text such as `1h30m`, or `nil` when it is none.
  ///
  /// Units must come in falling order, each once.
  private static func seconds(_ text: String) -> Double? {
    if text.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ".") }), let value = Double(text) {
      return value.isFinite ? value : nil
    }
    let units: [(name: Substring, seconds: Double)] = [
      ("d", 86400), ("h", 3600), ("m", 60), ("s", 1), ("ms", 1e-3),
    ]
    var rest = text.lowercased()[...]
    var sum = 0.0
    var firstAllowed = 0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isNumber || $0 == "." }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(name.count)
      guard let count = Double(digits), count.isFinite,
        let unit = units[firstAllowed...].firstIndex(where: { $0.name == name })
      else { return nil }
      sum += count * units[unit].seconds
      firstAllowed = unit + 1
    }
    return sum
  }

  /// One of several names; other names may stand for them.
  package static func choice<Value>(
    _ option: String, _ text: String, among names: [(name: String, value: Value)],
    aliases: [String: String] = [:]
  ) throws(UsageError) -> Value {
    let wanted = aliases[text] ?? text
    if let found = names.first(where: { $0.name == wanted }) { return found.value }
    // Numbers are not suggested for a typing error: every number is close to every other.
    let candidates = names.map(\.name) + aliases.keys.filter { Int($0) == nil }.sorted()
    throw UsageError(
      option: option,
      "\(MessageText.quoted(text)) is unknown; expected \(alternatives(names.map(\.name)))"
        + didYouMean(text, among: candidates))
  }

  /// One of the cases of an enumeration whose raw values are the names.
  package static func choice<Value: CaseIterable & RawRepresentable<String>>(
    _ option: String, _ text: String, amongCasesOf type: Value.Type,
    aliases: [String: String] = [:]
  ) throws(UsageError) -> Value {
    try choice(
      option, text, among: type.allCases.map { ($0.rawValue, $0) }, aliases: aliases)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

/// `a, b or c`.
func alternatives(_ names: [String]) -> String {
  guard let last = names.last, names.count > 1 else { return names.first ?? "" }
  return names.dropLast().joined(separator: ", ") + " or " + last
}

/// Numbers as they are, anything else in quotation marks.
func shown(_ text: String) -> String {
  Double(text) == nil ? MessageText.quoted(text) : MessageText.plain(text)
}

/// `. Did you mean "species"?`, or nothing when no name is near.
func didYouMean(_ text: String, among names: [String]) -> String {
  MessageText.suggestion(closestMatch(to: text, in: names))
}
