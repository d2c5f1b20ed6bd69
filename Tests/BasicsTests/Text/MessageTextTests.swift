import Testing

@testable import Basics

@Suite struct MessageTextTests {
  @Test func messagesShowStrangeTextsOnOneLine() {
    #expect(MessageText.quoted("a\nb\u{1b}[31m\tc") == "\"a\\nb\\u{1b}[31m\\tc\"")
    #expect(MessageText.quoted(String(repeating: "x", count: 1000)).count == 63)
    #expect(
      MessageText.list((1...12).map { "c\($0)" })
        == "c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 and 2 more")
  }

  @Test func namesOfFilesAreShownInFull() {
    let path = SystemPath.string([0x61, 0xE9, 0x62, 0xFF, 0xC3, 0xA9, 0xF4, 0x8F, 0xBF, 0xA9])
    #expect(MessageText.path(path) == "a\\xE9b\\xFFé\\xF4\\x8F\\xBF\\xA9")
    #expect(MessageText.path("") == "\"\"")
    #expect(MessageText.path("\u{1B}[31mred\n.csv") == "\\u{1b}[31mred\\n.csv")
    #expect(MessageText.harmless("a\u{1B}[2J\nb\u{202E}") == "a\\u{1b}[2J\nb\\u{202e}")
  }
}
