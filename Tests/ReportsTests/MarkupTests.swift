import Testing

@testable import Reports

struct MarkupTests {
  @Test(arguments: [
    ("<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"),
    ("a & \"b\"", "a &amp; &quot;b&quot;"),
    ("nul\u{0}bell\u{7}", "nul\u{FFFD}bell\u{FFFD}"),
    ("two\nlines\r\tand\u{2028}more", "two lines  and more"),
    ("turned \u{202E}around\u{2066}", "turned \u{FFFD}around\u{FFFD}"),
    ("\u{85}\u{FFFE}\u{FDD0}\u{1FFFF}", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    ("naïve 日本語 تسعة 🙂", "naïve 日本語 تسعة 🙂"),
    ("]]>", "]]&gt;"),
  ])
  func textMeansItself(text: String, escaped: String) {
    #expect(Markup.escaped(text) == escaped)
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
