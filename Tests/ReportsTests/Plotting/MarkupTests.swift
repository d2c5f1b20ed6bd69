import Testing

@testable import Reports

struct MarkupTests {
  static let texts: [(String, String)] = [
    ("<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"),
    ("a & \"b\"", "a &amp; &quot;b&quot;"),
    ("nul\u{0}bell\u{7}", "nul\u{FFFD}bell\u{FFFD}"),
    ("two\nlines\r\tand\u{2028}more", "two lines  and more"),
    ("turned \u{202E}around\u{2066}", "turned \u{FFFD}around\u{FFFD}"),
    ("naïve 日本語 تسعة 🙂", "naïve 日本語 تسعة 🙂"),
    ("]]>", "]]&gt;"),
  ]

  @Test(arguments: texts)
  func textMeansItself(text: String, escaped: String) {
    #expect(Markup.escaped(text) == escaped)
  }

  /// Written as numbers: the compiler refuses some of them in a string.
  @Test(arguments: [0x00, 0x0B, 0x1F, 0x7F, 0x85, 0x202E, 0x2069, 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFF])
  func charactersThatNoDocumentMayHoldAreReplaced(value: Int) throws {
    let scalar = try #require(Unicode.Scalar(UInt32(value)))
    #expect(Markup.escaped("a" + String(Character(scalar)) + "b") == "a\u{FFFD}b")
  }

  @Test func attributesAreQuoted() {
    var markup = Markup()
    markup.element("a", ["title": "\" onclick=\"x"], text: "<")
    #expect(markup.text == "<a title=\"&quot; onclick=&quot;x\">&lt;</a>")
  }

  @Test func textsAreCutToTheirRoom() {
    #expect(TextShape.fitted("short", size: 12, width: 100) == "short")
    let cut = TextShape.fitted("a text that is far too long", size: 12, width: 80)
    #expect(cut.hasSuffix("…"))
    #expect(TextShape.width(cut, size: 12) <= 80)
    let lines = TextShape.wrapped(
      "several words that take more than one line", size: 12, width: 120)
    #expect(lines.count > 1)
    #expect(lines.allSatisfy { TextShape.width($0, size: 12) <= 120 })
    #expect(lines.joined(separator: " ") == "several words that take more than one line")
  }
}
