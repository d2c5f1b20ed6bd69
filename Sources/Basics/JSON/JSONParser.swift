// A strict reader of RFC 8259 text. It reads files that anybody may have written, so it rejects
// whatever two readers could take in two ways: keys that occur twice, numbers out of range, bytes
// that are not UTF-8, half of a surrogate pair, anything after the value.

/// Text that is not JSON, or not JSON that means one thing only.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where in the text, from 0.
  package var byteOffset: Int
  /// What is wrong there.
  package var reason: String

  package var description: String { "byte \(byteOffset): \(reason)" }
}

extension JSONValue {
  /// The deepest nesting of arrays and objects that is read.
  package static let depthLimit = 32

  /// Reads one JSON value that takes up the whole text.
  ///
  /// - Parameter bytes: The text; blanks before and after the value are skipped.
  /// - Throws: ``JSONError`` with the place and the reason.
  package init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
    var parser = JSONParser(bytes: Array(bytes))
    self = try parser.parseDocument()
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  var offset = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func parseDocument() throws(JSONError) -> JSONValue {
    let value = try parseValue(depth: 0)
    skipBlanks()
    guard offset == bytes.count else { throw failure("text follows the value") }
    return value
  }

  // MARK: Values

  private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
    skipBlanks()
    guard let byte = next else { throw failure("the text ends where a value is expected") }
    switch byte {
    case UInt8(ascii: "{"): return try parseObject(depth: depth + 1)
    case UInt8(ascii: "["): return try parseArray(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
    default: throw failure("expected a value")
    }
  }

  private mutating func parseObject(depth: Int) throws(JSONError) -> JSONValue {
    try checkDepth(depth)
    offset += 1
    var members: [JSONValue.Member] = []
    var keys: Set<String> = []
    skipBlanks()
    if take(UInt8(ascii: "}")) { return .object([]) }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw failure("expected a key in quotes") }
      let keyOffset = offset
      let key = try parseString()
      guard keys.insert(key).inserted else {
        throw JSONError(byteOffset: keyOffset, reason: "the key \"\(key)\" occurs twice")
      }
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { throw failure("expected a colon after a key") }
      members.append(JSONValue.Member(key, try parseValue(depth: depth)))
      skipBlanks()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw failure("expected a comma or } in an object") }
    return .object(members)
  }

  private mutating func parseArray(depth: Int) throws(JSONError) -> JSONValue {
    try checkDepth(depth)
    offset += 1
    var elements: [JSONValue] = []
    skipBlanks()
    if take(UInt8(ascii: "]")) { return .array([]) }
    repeat {
      elements.append(try parseValue(depth: depth))
      skipBlanks()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw failure("expected a comma or ] in an array") }
    return .array(elements)
  }

  private mutating func parseWord(_ word: String, _ value: JSONValue) throws(JSONError)
    -> JSONValue
  {
    guard bytes[offset...].starts(with: word.utf8) else { throw failure("expected a value") }
    offset += word.utf8.count
    return value
  }

  // MARK: Numbers

  // number = [ "-" ] ( "0" / digit1-9 *digit ) [ "." 1*digit ] [ ( "e" / "E" ) [ sign ] 1*digit ]
  private mutating func parseNumber() throws(JSONError) -> JSONValue {
    let start = offset
    var isWhole = true
    _ = take(UInt8(ascii: "-"))
    if take(UInt8(ascii: "0")) {
      if let byte = next, isDigit(byte) { throw failure("a number begins with a superfluous 0") }
    } else {
      try takeDigits()
    }
    if take(UInt8(ascii: ".")) {
      isWhole = false
      try takeDigits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try takeDigits()
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isWhole, let integer = Int(text) { return .integer(integer) }
    guard !isWhole, let number = Double(text), number.isFinite else {
      throw JSONError(byteOffset: start, reason: "the number \(abridged(text)) is out of range")
    }
    return .number(number)
  }

  private func abridged(_ text: String) -> String {
    text.utf8.count <= 40 ? text : text.prefix(37) + "..."
  }

  private mutating func takeDigits() throws(JSONError) {
    guard let byte = next, isDigit(byte) else { throw failure("expected a digit") }
    while let byte = next, isDigit(byte) { offset += 1 }
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  // MARK: Strings

  private mutating func parseString() throws(JSONError) -> String {
    let start = offset
    offset += 1
    var content: [UInt8] = []
    while let byte = next {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: content, as: UTF8.self) else {
          throw JSONError(byteOffset: start, reason: "the string is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        try parseEscape(into: &content)
      case ..<0x20:
        throw JSONError(
          byteOffset: offset - 1, reason: "a string holds the control character \(byte)")
      default:
        content.append(byte)
      }
    }
    throw JSONError(byteOffset: start, reason: "the string is not closed")
  }

  private mutating func parseEscape(into content: inout [UInt8]) throws(JSONError) {
    guard let byte = next else { throw failure("the text ends inside a string") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"): content.append(contentsOf: String(try parseScalar()).utf8)
    default:
      throw JSONError(byteOffset: offset - 1, reason: "unknown escape in a string")
    }
  }

  private mutating func parseScalar() throws(JSONError) -> Unicode.Scalar {
    let start = offset
    let first = try parseHexQuad()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // A high surrogate must be followed by an escaped low one.
    guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")),
      case let second = try parseHexQuad(), (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else {
      throw JSONError(byteOffset: start, reason: "half of a surrogate pair stands alone")
    }
    return scalar
  }

  private mutating func parseHexQuad() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = hexValue(byte) else {
        throw failure("expected four hexadecimal digits")
      }
      value = value << 4 | digit
      offset += 1
    }
    return value
  }

  private func hexValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  // MARK: Bytes

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    offset += 1
    return true
  }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  private func checkDepth(_ depth: Int) throws(JSONError) {
    guard depth <= JSONValue.depthLimit else {
      throw failure("arrays and objects are nested more than \(JSONValue.depthLimit) deep")
    }
  }

  private func failure(_ reason: String) -> JSONError {
    JSONError(byteOffset: offset, reason: reason)
  }
}
