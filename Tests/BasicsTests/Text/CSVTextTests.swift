import Testing

@testable import Basics

@Suite struct CSVTextTests {
  @Test func fieldsAreQuotedWhereTheyNeedIt() {
    let writer = CSVText()
    let fields = [
      ("a", "a"), ("", ""), ("a b", "a b"), (" a", "\" a\""), ("a\t", "\"a\t\""),
      ("a,b", "\"a,b\""),
      ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""), ("a;b", "a;b"),
      ("é", "é"),
    ]
    for (text, field) in fields { #expect(writer.field(text) == field) }
    #expect(CSVText(separator: UInt8(ascii: ";")).field("a;b") == "\"a;b\"")
  }

  @Test func aTextCanBeQuotedInAnyCase() {
    #expect(CSVText.quoted("a") == "\"a\"")
    #expect(CSVText.quoted("\"a\",\"") == "\"\"\"a\"\",\"\"\"")
    #expect(CSVText.quoted("") == "\"\"")
  }

  @Test func anApostropheStandsInTheQuotes() {
    let writer = CSVText { bytes, range in bytes[range.lowerBound] == UInt8(ascii: "=") }
    #expect(writer.record(["=a", "=a,b", "a="]) == "'=a,\"'=a,b\",a=\n")
  }
}
