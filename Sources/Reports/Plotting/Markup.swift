// Elements and escaped text, for SVG and HTML alike.
//
// Class names, column names and file names come from users' files: they may hold markup, control
// characters and characters that turn the direction of writing. No text reaches a document except
// through `Markup.escaped`.

/// A document being written: elements are opened, filled and closed in order.
struct Markup {
  /// What was written so far.
  private(set) var text = ""

  /// Writes an element without content.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    open(name, attributes)
    text.removeLast()
    text += "/>"
  }

  /// Writes an element around text.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], text content: String
  ) {
    open(name, attributes)
    text += Self.escaped(content)
    text += "</\(name)>"
  }

  /// Writes an element around what `content` writes.
  mutating func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
    content: (inout Markup) -> Void
  ) {
    open(name, attributes)
    content(&self)
    text += "</\(name)>"
  }

  /// Writes a start tag; for the elements of HTML that have no end.
  mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    text += "<\(name)"
    for (name, value) in attributes { text += " \(name)=\"\(Self.escaped(value))\"" }
    text += ">"
  }

  /// Writes text, escaped.
  mutating func write(_ content: String) { text += Self.escaped(content) }

  /// Writes markup that this module made itself, as it stands.
  mutating func writeMarkup(_ markup: String) { text += markup }

  /// Starts a new line, for people who read the source.
  mutating func newline() { text += "\n" }

  /// Text that means itself between tags and within quoted attributes, in XML and in HTML.
  ///
  /// Characters that neither allows (controls, noncharacters), and those that override or isolate the
  /// direction of writing, are shown as U+FFFD: an override in a class name would otherwise reorder
  /// the figures next to it. Line breaks become spaces.
  static func escaped(_ content: String) -> String {
    var result = ""
    result.reserveCapacity(content.utf8.count)
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r", "\u{2028}", "\u{2029}": result += " "
      default:
        if isAllowed(scalar) {
          result.unicodeScalars.append(scalar)
        } else {
          result += "\u{FFFD}"
        }
      }
    }
    return result
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F: false
    case 0x202A...0x202E, 0x2066...0x2069: false  // overrides and isolates
    case 0xFDD0...0xFDEF: false  // noncharacters
    default: scalar.value & 0xFFFE != 0xFFFE
    }
  }
}
