/// How texts that come from people and their data appear in messages: short, on one line, without control
/// characters.
package enum MessageText {
  /// At most this many characters of a text are shown.
  private static let longestText = 60
  /// At most this many names of a list are shown.
  private static let longestList = 10

  /// The text without line ends and control characters, shortened.
  package static func plain(_ text: String) -> String {
    var shown = ""
    var count = 0
    for scalar in text.unicodeScalars {
      guard count < longestText else { return shown + "…" }
      shown += escaped(scalar)
      count += 1
    }
    return shown
  }

  /// The name of a file without line ends and control characters, in full, so that it can be found.
  package static func path(_ path: String) -> String {
    path.isEmpty ? "\"\"" : path.unicodeScalars.map(escaped).joined()
  }

  /// A character, or how it is shown when it would move the cursor, colour the terminal, reverse the text
  /// after it, or show nothing.
  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      if let byte = SystemPath.byte(scalar) {
        return "\\x" + String(byte, radix: 16, uppercase: true)
      }
      return isHarmful(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
  }

  /// Whether a character is a control character, or overrides the direction of writing.
  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// A message with its line ends, and everything else in it that could do harm shown as above: whatever a
  /// message was made of, a terminal gets only text.
  package static func harmless(_ message: String) -> String {
    guard message.unicodeScalars.contains(where: { $0 != "\n" && isHarmful($0) }) else {
      return message
    }
    return message.unicodeScalars.map { $0 == "\n" ? "\n" : escaped($0) }.joined()
  }

  /// The text in double quotes.
  package static func quoted(_ text: String) -> String { "\"\(plain(text))\"" }

  /// Names separated by commas; of a long list the first few and how many are left.
  package static func list(_ names: [String]) -> String {
    let shown = names.prefix(longestList).map(plain).joined(separator: ", ")
    let left = names.count - longestList
    return left > 0 ? "\(shown) and \(left) more" : shown
  }

  /// A hint to end a message with, or nothing when no candidate resembles what was requested.
  package static func suggestion(_ candidate: String?) -> String {
    candidate.map { ". Did you mean \(quoted($0))?" } ?? ""
  }

  /// A rank among several, and the machine that it is on.
  package static func rank(_ number: Int, host: String) -> String {
    host.isEmpty ? "rank \(number)" : "rank \(number) on \(plain(host))"
  }

  /// A count with its noun, such as `1 field` or `4 fields`.
  package static func count(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }
}
