/// How texts that come from data appear in messages: short, on one line, without control characters.
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
      switch scalar {
      case "\n": shown += "\\n"
      case "\r": shown += "\\r"
      case "\t": shown += "\\t"
      case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      default: shown.unicodeScalars.append(scalar)
      }
      count += 1
    }
    return shown
  }

  /// The text in double quotes.
  package static func quoted(_ text: String) -> String { "\"\(plain(text))\"" }

  /// Names separated by commas; of a long list the first few and how many are left.
  package static func list(_ names: [String]) -> String {
    let shown = names.prefix(longestList).map(plain).joined(separator: ", ")
    let left = names.count - longestList
    return left > 0 ? "\(shown) and \(left) more" : shown
  }

  /// A hint to end a message with, or nothing when no candidate resembles what was asked for.
  package static func suggestion(_ candidate: String?) -> String {
    candidate.map { ". Did you mean \(quoted($0))?" } ?? ""
  }

  /// A count with its noun, such as `1 field` or `4 fields`.
  package static func count(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }
}
