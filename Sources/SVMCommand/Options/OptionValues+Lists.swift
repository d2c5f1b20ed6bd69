import Tables

extension OptionValue {
  /// The largest number of values that an option may name.
  private static let mostValues = 1000

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
        option: option, "must run from the lesser to the greater value, but is \(text)")
    }
    var values: [Double] = []
    var value = from
    // The end is meant to be reached: rounding must not keep it away.
    while value <= to * (1 + 1e-9) {
      guard values.count < mostValues else {
        throw UsageError(
          option: option, "must have at most \(mostValues) values, but \(text) has more")
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
