/// Writes fields and records of delimited text: the one way in which this toolkit does.
package struct CSVText: Sendable {
  /// Whether a text must not begin as it does.
  package typealias Guard = @Sendable (_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool

  /// What separates fields.
  private let separator: UInt8
  /// Whether a text gets an apostrophe in front.
  private let needsApostrophe: Guard?

  /// Makes a writer.
  ///
  /// - Parameters:
  ///   - separator: What separates fields.
  ///   - needsApostrophe: Whether a text gets an apostrophe in front, as one that a spreadsheet would
  ///     take for a formula does; without it none does.
  package init(separator: UInt8 = UInt8(ascii: ","), needsApostrophe: Guard? = nil) {
    self.separator = separator
    self.needsApostrophe = needsApostrophe
  }

  /// Whether a field has to be quoted to be read back as it is.
  private func needsQuotes(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return false }
    if Self.isBlank(bytes[range.lowerBound]) || Self.isBlank(bytes[range.upperBound - 1]) {
      return true
    }
    for i in range {
      let byte = bytes[i]
      if byte == separator || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
        || byte == UInt8(ascii: "\r")
      {
        return true
      }
    }
    return false
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  /// Appends a text as a field, in quotes when it needs them.
  ///
  /// - Parameters:
  ///   - bytes: Bytes with the text among them.
  ///   - range: Where the text is.
  ///   - output: Where to put the field.
  package func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let isQuoted = needsQuotes(bytes, range)
    if isQuoted { output.append(quote) }
    if let needsApostrophe, needsApostrophe(bytes, range) { output.append(UInt8(ascii: "'")) }
    for i in range {
      output.append(bytes[i])
      if isQuoted, bytes[i] == quote { output.append(quote) }
    }
    if isQuoted { output.append(quote) }
  }

  /// A text as a field, in quotes when it needs them.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The field.
  package func field(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var output: [UInt8] = []
    append(bytes.span, bytes.indices, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// Texts as a record with its line end; one empty field alone is `""`, because an empty
  /// line is not a record.
  ///
  /// - Parameter texts: The fields' texts.
  /// - Returns: The line.
  package func record(_ texts: [String]) -> String {
    if texts == [""] { return Self.emptyField + "\n" }
    return texts.map(field).joined(separator: String(UnicodeScalar(separator))) + "\n"
  }

  /// A record of one field that is empty: without quotes it would be an empty line, which readers pass
  /// over.
  package static let emptyField = "\"\""

  /// A text as a field of comma-separated text, in quotes when it needs them.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The field.
  package static func field(_ text: String) -> String { CSVText().field(text) }

  /// A text in double quotes, those in it doubled, whether it needs them or not.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The quoted text.
  package static func quoted(_ text: String) -> String {
    let doubled = text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"")
    return "\"\(doubled)\""
  }
}
