import Basics
import Testing

@testable import Tables

@Suite struct CSVTextSpreadsheetsTests {
  @Test func fieldsAreWrittenInOneWay() {
    let writer = CSVText()
    #expect(
      writer.record(["a", "b c", "d,e", "f\"g", " h", ""]) == "a,b c,\"d,e\",\"f\"\"g\",\" h\",\n")
    #expect(writer.record([""]) == "\"\"\n")
    #expect(CSVText(separator: 0x09).record(["a\tb", "c,d"]) == "\"a\tb\"\tc,d\n")
    let safe = CSVText(isSpreadsheetSafe: true)
    #expect(
      safe.record(["=HYPERLINK(\"x\")", "-1.5", "-a", "+1", "@b", "1=2", "\t=c"])
        == "\"'=HYPERLINK(\"\"x\"\")\",-1.5,'-a,+1,'@b,1=2,\"'\t=c\"\n")
  }
}
