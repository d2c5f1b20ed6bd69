/// What separates the fields of a record: one byte, or any number of blanks.
public struct Separator: Sendable, Hashable {
  /// The separating byte; for blanks, one of the two.
  let byte: UInt8

  static let space = UInt8(ascii: " ")

  /// A comma.
  package static let comma = Separator(byte: UInt8(ascii: ","))
  /// A tab.
  package static let tab = Separator(byte: UInt8(ascii: "\t"))
  /// A semicolon.
  package static let semicolon = Separator(byte: UInt8(ascii: ";"))
  /// A vertical bar.
  package static let bar = Separator(byte: UInt8(ascii: "|"))
  /// Any number of blanks and tabs; those at the ends of a line separate nothing.
  package static let blanks = Separator(byte: space)

  private init(byte: UInt8) { self.byte = byte }

  private static let names: [(name: String, separator: Separator)] = [
    ("comma", .comma), ("semicolon", .semicolon), ("tab", .tab), ("bar", .bar),
    ("blanks", .blanks),
  ]

  /// The names of the usual separators.
  package static var usualNames: [String] { names.map(\.name) }

  /// The separator that a text names: `comma`, `semicolon`, `tab`, `bar`, `blanks`, or the character
  /// itself.
  ///
  /// - Parameter name: A name, or an ASCII character that occurs neither in numbers nor in words and
  ///   quotes nothing.
  public init?(name: String) {
    if let known = Self.names.first(where: { $0.name == name }) {
      self = known.separator
      return
    }
    let bytes = Array(name.utf8)
    guard bytes.count == 1, Self.canSeparate(bytes[0]) else { return nil }
    self.init(byte: bytes[0])
  }

  /// Whether a byte may separate fields: no letter, digit or quote, nothing that belongs to a number,
  /// ends a line or is not ASCII.
  private static func canSeparate(_ byte: UInt8) -> Bool {
    switch byte {
    case 0, 0x0A, 0x0D, 0x7F...: false
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      false
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "."), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "\\"):
      false
    default: true
    }
  }

  /// The name that ``init(name:)`` reads back as the same.
  package var name: String {
    Self.names.first { $0.separator == self }?.name
      ?? String(decoding: [byte], as: UTF8.self)
  }
}

/// What stands before and after a quoted field.
public enum QuoteMark: String, Sendable, CaseIterable {
  /// `"`, the usual one.
  case double
  /// `'`.
  case single

  var byte: UInt8 { self == .double ? UInt8(ascii: "\"") : UInt8(ascii: "'") }
}

/// Lines that are comments, because they begin with a mark.
struct CommentLines: Sendable, Equatable {
  /// What they begin with.
  let mark: [UInt8]
  /// A line with this many fields is a record all the same: its first field begins with the mark,
  /// as a header may, and colours.
  let recordWidth: Int?

  /// The mark that needs no asking for.
  static let defaultMark = Array("#".utf8)

  /// Whether a line is a comment.
  ///
  /// - Parameters:
  ///   - range: The line, without its end.
  ///   - grammar: How lines are cut into fields.
  ///   - byte: The byte at an offset.
  /// - Returns: Whether it begins with the mark, and cannot be a record.
  @inline(__always)
  func contains(_ range: Range<Int>, _ grammar: RecordGrammar, _ byte: (Int) -> UInt8) -> Bool {
    guard range.count >= mark.count else { return false }
    for (index, expected) in mark.enumerated() where byte(range.lowerBound + index) != expected {
      return false
    }
    guard let recordWidth else { return true }
    return !Self.isRecord(range, grammar, width: recordWidth, byte)
  }

  /// Whether a line could be a record with `width` fields, or the beginning of one.
  private static func isRecord(
    _ range: Range<Int>, _ grammar: RecordGrammar, width: Int, _ byte: (Int) -> UInt8
  ) -> Bool {
    // The fields with quotes as ordinary characters, and with separators inside quotes that are none.
    var (plain, quoted) = (0, 0)
    var isQuoted = false
    var isBetween = true
    let isBlankSeparated = grammar.separator == .blanks
    if !isBlankSeparated { (plain, quoted) = (1, 1) }
    for i in range {
      let byte = byte(i)
      let isBlank = FieldText.isBlank(byte) && byte != grammar.separator.byte
      let separates =
        isBlankSeparated ? FieldText.isBlank(byte) : byte == grammar.separator.byte
      if isBlankSeparated {
        if isBetween, !separates { plain += 1 }
        if isBetween, !separates, !isQuoted { quoted += 1 }
      } else if separates {
        plain += 1
        if !isQuoted { quoted += 1 }
      }
      if byte == grammar.quote.byte, isQuoted || isBetween { isQuoted.toggle() }
      isBetween = separates || isBetween && isBlank
    }
    return isQuoted || plain == width || quoted == width
  }
}

/// How a text is cut into records and fields.
struct RecordGrammar: Sendable, Equatable {
  var separator: Separator
  var quote = QuoteMark.double
  /// Which lines are comments, if some are.
  var comments: CommentLines?
  /// What stands before a quote that belongs to a quoted field, where it need not be doubled.
  var escape: UInt8?

  init(_ separator: Separator, quote: QuoteMark = .double, comments: CommentLines? = nil) {
    self.separator = separator
    self.quote = quote
    self.comments = comments
  }

  /// Whether a byte in a quoted field only says that the next one is an ordinary one.
  @inline(__always)
  func escapes(_ byte: UInt8, _ next: UInt8) -> Bool {
    byte == escape && (next == quote.byte || next == byte)
  }

  /// Appends the text of a quoted field, in which doubled and escaped quotes are one each.
  func appendText(_ bytes: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    var i = range.lowerBound
    while i < range.upperBound {
      // Quotes come in pairs here.
      let isPair =
        i + 1 < range.upperBound
        && (bytes[i] == quote.byte || escapes(bytes[i], bytes[i + 1]))
      if isPair { i += 1 }
      output.append(bytes[i])
      i += 1
    }
  }
}

/// How a table's text was read, as far as it was not plain from the columns: what a model remembers, so
/// that later texts are read in the same way where they do not show another one.
package struct TableReading: Sendable, Equatable, Codable {
  /// What separates fields.
  package var separator: Separator
  /// What quotes fields.
  package var quote: QuoteMark
  /// What is between the whole and the fraction of a number; a point or a comma.
  package var decimal: DecimalMark
  /// What comment lines begin with, where the user said so; none do if it is empty.
  package var commentMark: String?
  /// Whether `NA`, `?` and so on stand for missing values.
  package var knowsUsualMarkers: Bool

  /// Collects the parts.
  ///
  /// - Parameters:
  ///   - separator: What separates fields.
  ///   - quote: What quotes fields.
  ///   - decimal: A point or a comma.
  ///   - commentMark: What comment lines begin with, where the user said so.
  ///   - knowsUsualMarkers: Whether `NA`, `?` and so on stand for missing values.
  package init(
    separator: Separator = .comma, quote: QuoteMark = .double, decimal: DecimalMark = .point,
    commentMark: String? = nil, knowsUsualMarkers: Bool = true
  ) {
    self.separator = separator
    self.quote = quote
    self.decimal = decimal
    self.commentMark = commentMark
    self.knowsUsualMarkers = knowsUsualMarkers
  }
}

/// Why one may wonder whether the first record names the columns.
package struct HeaderDoubt: Sendable, Equatable {
  /// The first fields of the first record.
  package let fields: [String]
  /// The line where it is.
  package let line: Int
  /// Whether it was read as the names.
  package let isHeader: Bool
}
