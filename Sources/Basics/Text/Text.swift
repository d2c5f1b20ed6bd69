/// How the command writes numbers and tables for people.
package enum Text {
  /// `12 300`: thousands apart.
  package static func count(_ value: Int) -> String {
    let digits = String(value.magnitude)
    guard digits.count > 4 else { return String(value) }
    var groups: [Substring] = []
    var rest = digits[...]
    while !rest.isEmpty {
      groups.append(rest.suffix(3))
      rest = rest.dropLast(3)
    }
    return (value < 0 ? "-" : "") + groups.reversed().joined(separator: " ")
  }

  /// `1 row`, `2 rows`.
  package static func count(_ value: Int, _ noun: String, plural: String? = nil) -> String {
    "\(count(value)) \(value == 1 ? noun : plural ?? noun + "s")"
  }

  /// A number rounded to a number of significant digits, without trailing zeros.
  package static func significant(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    // Rounded in decimal through the shortest text that stands for the value.
    var (mantissa, exponent) = decimal(value.magnitude)
    if mantissa.count > digits {
      let roundsUp = mantissa[digits] >= 5
      mantissa = Array(mantissa.prefix(digits))
      if roundsUp {
        var place = digits - 1
        while place >= 0, mantissa[place] == 9 {
          mantissa[place] = 0
          place -= 1
        }
        if place >= 0 {
          mantissa[place] += 1
        } else {
          mantissa.insert(1, at: 0)
          mantissa.removeLast()
          exponent += 1
        }
      }
    }
    while mantissa.count > 1, mantissa.last == 0 { mantissa.removeLast() }
    return (value < 0 ? "-" : "") + plain(mantissa, exponent)
  }

  /// The digits d₀d₁… and the exponent e of d₀.d₁…·10ᵉ, from the shortest text of a value > 0.
  private static func decimal(_ value: Double) -> (digits: [Int], exponent: Int) {
    let parts = "\(value)".split(separator: "e")
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let number = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    var digits = parts[0].compactMap(\.wholeNumberValue)
    exponent += number[0].count - 1
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    return (digits, exponent - zeros)
  }

  /// Digits as `123`, `0.00123` or, far from 1, `1.23e-9`.
  private static func plain(_ digits: [Int], _ exponent: Int) -> String {
    let text = digits.map(String.init).joined()
    switch exponent {
    case -4..<0:
      return "0." + String(repeating: "0", count: -exponent - 1) + text
    case 0..<15:
      let whole = text.prefix(exponent + 1)
      let fraction = text.dropFirst(exponent + 1)
      return whole + String(repeating: "0", count: exponent + 1 - whole.count)
        + (fraction.isEmpty ? "" : "." + fraction)
    default:
      return text.prefix(1) + (text.count > 1 ? "." + text.dropFirst() : "") + "e\(exponent)"
    }
  }

  /// A number with a fixed number of digits after its point; for magnitudes below 10¹².
  package static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, value.magnitude < 1e12 else { return significant(value, 4) }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let units = Int((value.magnitude * scale).rounded())
    guard places > 0 else { return (value < 0 ? "-" : "") + String(units) }
    let fraction = String(units % Int(scale))
    return (value < 0 && units > 0 ? "-" : "") + String(units / Int(scale)) + "."
      + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// `0.02 s`, `12.3 s`, `2 min 05 s`.
  package static func seconds(_ value: Double) -> String {
    guard value.isFinite, value >= 0, value < 1e9 else { return "\(value) s" }
    if value < 9.995 { return fixed(value, 2) + " s" }
    if value < 119.95 { return fixed(value, 1) + " s" }
    let whole = Int(value.rounded())
    let rest = whole % 60
    return "\(whole / 60) min \(rest < 10 ? "0" : "")\(rest) s"
  }

  /// Lines of `label   value` with the values below each other.
  package static func aligned(_ lines: [(label: String, value: String)]) -> String {
    let width = lines.map(\.label.count).max() ?? 0
    return lines.map { line in
      let padding = String(repeating: " ", count: width - line.label.count + 2)
      return line.value.isEmpty ? line.label + "\n" : line.label + padding + line.value + "\n"
    }.joined()
  }

  /// The first few names: `a, b, c and 7 more`.
  package static func list(_ names: [String], atMost limit: Int = 6) -> String {
    guard names.count > limit else { return names.joined(separator: ", ") }
    return names.prefix(limit - 1).joined(separator: ", ")
      + " and \(names.count - limit + 1) more"
  }
}

extension Text {
  /// A table with a header; the first columns are aligned to the left, the others to the right.
  package static func table(
    header: [String], rows: [[String]], leftAligned: Int = 1
  ) -> String {
    table(header: header, rows: rows, alignedLeft: Set(0..<leftAligned))
  }

  /// A table with a header; some columns are aligned to the left, the others to the right.
  package static func table(
    header: [String], rows: [[String]], alignedLeft: Set<Int>
  ) -> String {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([header] + rows).map { row in
      var line = ""
      for (column, field) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - field.count)
        if column > 0 { line += "  " }
        line += alignedLeft.contains(column) ? field + padding : padding + field
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
