import Basics
import Testing

private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: text.utf8) }

@Test func jsonValuesAreReadByKind() throws {
  let text =
    #" {"a": [1, -2.5, 1e3, true, false, null], "b": {"c": "x\n\"\u00e9\ud83d\ude00/\/"}} "#
  #expect(
    try parse(text)
      == .object([
        .init("a", [1, .number(-2.5), .number(1000), true, false, .null]),
        .init("b", ["c": "x\n\"é😀//"]),
      ]))
}

@Test(arguments: [
  "", " ", "{", "}", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
  "{'a':1}",
  "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "[1] x", "1 2", "01", "-", "+1", "1.", ".5", "1e",
  "1e+", "0x1", "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "99999999999999999999", "tru",
  "truex", "nul", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
  "\"\\udc00\"", "\"a\nb\"", "\"\u{0}\"", "// c\n1",
])
func textThatIsNotStrictJSONIsRefused(text: String) {
  #expect(throws: JSONError.self) { try parse(text) }
}

@Test func bytesThatAreNotUTF8AreRefused() {
  for bytes: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]] {
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + bytes + [0x22]) }
  }
}

@Test func nestingIsLimited() throws {
  let deepest = JSONValue.depthLimit
  func nested(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
  }
  #expect(throws: Never.self) { try parse(nested(deepest)) }
  #expect(throws: JSONError.self) { try parse(nested(deepest + 1)) }
  #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
}

@Test func doublesSurviveJSONBitForBit() throws {
  let seed: UInt64 = 7
  var generator = SeededGenerator(seed: seed)
  var values: [Double] = [
    0.1, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e16, 1e17, 123456789.0,
  ]
  while values.count < 2000 {
    let value = Double(bitPattern: generator.next())
    if value.isFinite { values.append(value) }
  }
  let text = JSONValue.numbers(values).text()
  guard case .array(let elements) = try parse(text) else {
    Issue.record("not an array")
    return
  }
  let read = elements.map { element in
    switch element {
    case .number(let number): number
    case .integer(let integer): Double(integer)
    default: Double.nan
    }
  }
  #expect(read.map(\.bitPattern) == values.map(\.bitPattern), "seed \(seed)")
}

@Test func canonicalTextSortsKeysAndIndentedTextKeepsTheirOrder() {
  let value: JSONValue = ["b": [1, .number(0.5)], "a": [], "é": "\u{1}\\"]
  #expect(value.text() == #"{"a":[],"b":[1,0.5],"é":"\u0001\\"}"#)
  #expect(
    value.text(.indented)
      == """
      {
        "b": [
          1,
          0.5
        ],
        "a": [],
        "é": "\\u0001\\\\"
      }
      """)
}
