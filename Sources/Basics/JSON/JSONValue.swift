// JSON as this package reads and writes it: the header of a model file, the tables inside it, and
// the command's reports. Read this file, then JSONParser.swift.

/// A JSON value.
///
/// Whole numbers and other numbers are kept apart, so that a count is never rounded. An object
/// keeps its members in order; the parser sees to it that no key occurs twice.
package enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number written without fraction and exponent.
  case integer(Int)
  /// Any other number; finite.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One key of an object, and what it stands for.
  package struct Member: Equatable, Sendable {
    package var key: String
    package var value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// Whether the value may hold others.
  fileprivate var isContainer: Bool {
    switch self {
    case .array, .object: true
    case .null, .bool, .integer, .number, .string: false
    }
  }

  /// How error messages call a value of this kind.
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer: "a whole number"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}

extension JSONValue {
  /// A number, or null when it is NaN or infinite, for which JSON has no words.
  package static func finite(_ value: Double?) -> JSONValue {
    guard let value, value.isFinite else { return .null }
    return .number(value)
  }

  /// An object with one more member, or without it when there is nothing to add.
  package func adding(_ key: String, _ value: JSONValue?) -> JSONValue {
    guard case .object(let members) = self, let value else { return self }
    return .object(members + [Member(key, value)])
  }

  /// An array of strings.
  package static func strings(_ values: [String]) -> JSONValue {
    .array(values.map(JSONValue.string))
  }

  /// An array of finite numbers.
  package static func numbers(_ values: [Double]) -> JSONValue {
    .array(values.map(JSONValue.number))
  }
}

// MARK: Writing

/// How JSON text is laid out.
package enum JSONLayout: Sendable {
  /// Without blanks, members sorted by the bytes of their keys: equal values give equal text.
  case canonical
  /// On several lines, indented by two blanks, members in the order given.
  case indented
  /// Like ``indented``, but an array without arrays and objects takes one line: a matrix is a table.
  case rows
}

extension JSONValue {
  /// The JSON text.
  ///
  /// A double is written in the fewest digits that read back as the same double.
  ///
  /// - Parameter layout: Blanks and the order of members.
  /// - Returns: UTF-8 text without a line break at its end.
  package func text(_ layout: JSONLayout = .canonical) -> String {
    var writer = JSONWriter(layout: layout)
    writer.write(self, depth: 0)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The bytes of the canonical text.
  package var canonicalBytes: [UInt8] {
    var writer = JSONWriter(layout: .canonical)
    writer.write(self, depth: 0)
    return writer.bytes
  }
}

private struct JSONWriter {
  let layout: JSONLayout
  var bytes: [UInt8] = []

  init(layout: JSONLayout) { self.layout = layout }

  mutating func write(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: append("null")
    case .bool(let bool): append(bool ? "true" : "false")
    case .integer(let integer): append(String(integer))
    case .number(let number):
      precondition(number.isFinite, "JSON has no text for the number \(number)")
      append("\(number)")
    case .string(let string): writeString(string)
    case .array(let elements):
      let isRow = layout == .rows && !elements.contains(where: \.isContainer)
      writeSequence("[", elements, "]", depth: depth, onOneLine: isRow) { writer, element in
        writer.write(element, depth: depth + 1)
      }
    case .object(let members):
      let ordered =
        switch layout {
        case .canonical: members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        case .indented, .rows: members
        }
      writeSequence("{", ordered, "}", depth: depth) { writer, member in
        writer.writeString(member.key)
        writer.append(writer.layout == .canonical ? ":" : ": ")
        writer.write(member.value, depth: depth + 1)
      }
    }
  }

  private mutating func writeSequence<Element>(
    _ open: String, _ elements: [Element], _ close: String, depth: Int, onOneLine: Bool = false,
    _ writeElement: (inout JSONWriter, Element) -> Void
  ) {
    append(open)
    for (index, element) in elements.enumerated() {
      if index > 0 { append(onOneLine ? ", " : ",") }
      if !onOneLine { breakLine(depth + 1) }
      writeElement(&self, element)
    }
    if !elements.isEmpty, !onOneLine { breakLine(depth) }
    append(close)
  }

  private mutating func breakLine(_ depth: Int) {
    guard layout != .canonical else { return }
    append("\n")
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  private mutating func writeString(_ string: String) {
    append("\"")
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case ..<0x20: append("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
      default: bytes.append(byte)
      }
    }
    append("\"")
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
