import Basics
import Tables
import TabularModels

extension OptionValue {
  /// The largest number of values that an option may name.
  private static let maximumValues = 1000

  /// Names with commas between, from all occurrences of an option; a name in double quotes may hold
  /// commas, and quotes if they are doubled.
  package static func names(_ option: String, _ texts: [String]) throws(UsageError) -> [String] {
    var names: [String] = []
    for text in texts { names += try list(option, text) }
    return names
  }

  /// The names of one list.
  package static func list(_ option: String, _ text: String) throws(UsageError) -> [String] {
    var names: [String] = []
    var rest = text[...]
    while true {
      var name = ""
      if rest.first == "\"" {
        var isClosed = false
        rest.removeFirst()
        while let character = rest.popFirst() {
          if character != "\"" {
            name.append(character)
          } else if rest.first == "\"" {
            name.append("\"")
            rest.removeFirst()
          } else {
            isClosed = true
            break
          }
        }
        guard isClosed else {
          throw UsageError(
            option: option, "\(MessageText.quoted(text)) has a quote that is not closed")
        }
      }
      // What follows a quoted name belongs to it, as in "a,b"=category.
      name += rest.prefix { $0 != "," }
      rest = rest.drop { $0 != "," }
      guard !name.isEmpty else {
        throw UsageError(
          option: option,
          "\(MessageText.quoted(text)) contains an empty name; separate names by commas, and put a "
            + "name that contains commas in double quotes")
      }
      names.append(name)
      guard !rest.isEmpty else { return names }
      rest.removeFirst()
    }
  }

  /// Numbers: one, several separated by commas, or `from:to:factor`; each may be written as a power, `2^-5`.
  package static func values(
    _ option: String, _ text: String, in range: NumberRange
  ) throws(UsageError) -> [Double] {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1 else {
      var values: [Double] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let value = try power(option, String(part), in: range)
        if !values.contains(value) { values.append(value) }
      }
      return values.sorted()
    }
    guard parts.count <= 3 else {
      throw UsageError(
        option: option,
        "must be from:to:factor such as 2^-5:2^15:4, but is \(MessageText.quoted(text))")
    }
    let (from, to) = (
      try power(option, parts[0], in: .positive), try power(option, parts[1], in: .positive)
    )
    let factor = parts.count == 3 ? try power(option, parts[2], in: .positive) : 2
    guard factor > 1 else {
      throw UsageError(
        option: option, "must have a factor greater than 1, but has \(parts[2])")
    }
    guard from <= to else {
      throw UsageError(
        option: option, "must run from the smaller to the larger value, but is \(text)")
    }
    var values: [Double] = []
    var value = from
    // The end is meant to be reached: rounding must not keep it away.
    while value <= to * (1 + 1e-9) {
      guard values.count < maximumValues else {
        throw UsageError(
          option: option, "must have at most \(maximumValues) values, but \(text) has more")
      }
      _ = try number(option, "\(value)", in: range)
      values.append(value)
      value *= factor
    }
    return values
  }

  /// A number, or a power of one such as `2^-5`.
  private static func power(
    _ option: String, _ text: String, in range: NumberRange
  ) throws(UsageError) -> Double {
    let parts = text.split(separator: "^", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return try number(option, text, in: range) }
    guard let base = Double(parts[0]), let exponent = Int(parts[1]), base > 0, base.isFinite,
      abs(exponent) <= 1100
    else {
      throw UsageError(
        option: option,
        "must be a number or a power such as 2^-5, but is \(MessageText.quoted(text))")
    }
    var value = 1.0
    for _ in 0..<abs(exponent) { value = exponent > 0 ? value * base : value / base }
    return try number(option, "\(value)", in: range)
  }
}
