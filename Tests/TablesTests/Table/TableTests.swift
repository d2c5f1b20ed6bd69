import Basics
import Testing

@testable import Tables

/// A preprocessor of all columns of a text.
private func fitted(_ text: String, decimal: DecimalMark = .auto) throws -> TablePreprocessor {
  try TablePreprocessor(
    fitting: Table(
      reading: source(text), options: TextOptions(decimal: decimal)), target: nil)
}

@Suite struct TableTests {
  @Test func aColumnIsNumericIfEveryValueIsANumber() throws {
    let found = try table("a,b,c\n1,x,\n2.5,y,?\n,1,NA\n", header: .yes)
    guard case .numbers(let numbers) = found.columns[0].values else {
      Issue.record("column a holds \(found.columns[0].values)")
      return
    }
    #expect(numbers[..<2] == [1, 2.5])
    #expect(numbers[2].isNaN)
    #expect(found.columns[1].values == .categories(levels: ["1", "x", "y"], codes: [1, 2, 0]))
    #expect(found.columns[2].missingCount == 3)
    #expect(found.columns[2].isNumeric)
    #expect(found.columns.map(\.holdsWholeNumbers) == [false, false, true])
    #expect(found.completeRows.isEmpty)
  }

  @Test func markersForMissingValuesAreKnown() throws {
    let found = try table("a,b\n1,x\n,\nNA,NA\nN/A,N/A\nNaN,NaN\nnull,null\n?,?\n\"\",\" \"\n")
    #expect(found.columns.map(\.missingCount) == [7, 7])
    #expect(found.completeRows == [0])
    #expect(try table("a,b\n1,na\n2,Na\n").columns[1].missingCount == 0)
  }

  @Test(arguments: [1, 2, 5, 1000])
  func textsAfterNumbersKeepTheirSpelling(_ chunk: Int) throws {
    let found = try table("a,b\n1,01\n2,1.0\n3,3+\n4,\n5,01\n", chunk: chunk)
    #expect(
      found.columns[1].values
        == .categories(levels: ["01", "1.0", "3+"], codes: [0, 1, 2, -1, 0]))
    #expect(found.columns[0].values == .numbers([1, 2, 3, 4, 5]))
  }

  @Test func aSlipAmongNumbersIsAnError() {
    let rows = (0..<40).map { "\($0 % 5).\($0),\($0)" }.joined(separator: "\n")
    #expect(
      message { try fitted("x,petal_length\n\(rows)\n7,\"1,4\"\n8,9\n") }
        == "iris.csv:42:3: field 2 (petal_length) is \"1,4\"; "
        + "expected a decimal number such as 1.4")
  }

  @Test func decimalCommasAreAnError() {
    let rows = (0..<20).map { "1,\($0);a\n" }.joined()
    #expect(
      message { try fitted("width;species\n\(rows)", decimal: .point) }
        == "iris.csv:2:1: field 1 (width) is \"1,0\"; expected a decimal number such as 1.4")
  }

  @Test func numbersWithSeparatedThousandsAreNoCategories() throws {
    for number in ["1,234,567", "-12 345", "1'234.50", "12,345.6"] {
      let fitted = try fitted("x;price\n1;\"\(number)\"\n2;7\n3;\"\(number)\"\n", decimal: .point)
      #expect(fitted.inputs[1].notation?.thousands != nil, "\(number)")
    }
    for number in ["1.234,5", "1.234.567,25", "1,5"] {
      #expect(
        message { try fitted("x;price\n1;\"\(number)\"\n2;7\n3;\"\(number)\"\n", decimal: .point) }
          == "iris.csv:2:3: field 2 (price) is \"\(number)\"; "
          + "expected a decimal number such as 1.4")
    }
    for text in [
      "1.2.3", "192.168.0.1", "31.12.2024", "555-1234", "1,2,3", "1..2", "12 34", "1,234,56.5,7",
      "1234,567,8", ",5,", "A1,5",
    ] {
      let found = try table("x;c\n1;\"\(text)\"\n2;7\n", format: .csv)
      #expect(found.columns[1].places.problem == nil, "\(text)")
    }
  }

  @Test func aFewTextsAmongManyNumbersAreMarkersForMissingValues() {
    let rows = (0..<40).map { "\($0),\($0 % 3 == 0 ? "unknown" : "\($0).5")" }
    #expect(
      message { try fitted("x,age\n\(rows.joined(separator: "\n"))\n") }
        == "iris.csv:2:3: field 2 (age) is \"unknown\"; expected a decimal number such as 1.4")
  }

  @Test func manyTextsAmongNumbersAreCategories() throws {
    let rows = (0..<40).map { "\($0),\($0 % 3 == 0 ? "A\($0)" : "\($0)")" }
    let found = try table("x,ticket\n\(rows.joined(separator: "\n"))\n")
    #expect(found.columns[1].places.problem == nil)
    #expect(!found.columns[1].isNumeric)
  }

  @Test func fewLevelsAreCategoriesEvenIfMostAreNumbers() throws {
    let rows = (0..<40).map { "\($0),\($0 % 3)" }.joined(separator: "\n")
    let found = try table("x,children\n\(rows)\n40,3+\n")
    #expect(found.columns[1].distinctValueCount(upTo: 100) == 4)
    #expect(!found.columns[1].isNumeric)
  }

  @Test func infinityIsRefusedAmongNumbersAndATextAmongTexts() throws {
    #expect(
      message { try fitted("a,b\n1,2\n3,inf\n") }
        == "iris.csv:3:3: field 2 (b) is \"inf\"; every feature needs a finite number")
    #expect(
      message { try fitted("a,b\n1,2\n3,1e999\n") }
        == "iris.csv:3:3: field 2 (b) is \"1e999\"; every feature needs a finite number")
    #expect(
      try table("a,b\n1,inf\n3,x\n").columns[1].values
        == .categories(levels: ["inf", "x"], codes: [0, 1]))
  }

  @Test func theDigestIsThatOfTheBytes() throws {
    var hash = SHA256()
    let text = "\u{FEFF}a,b\r\n1,x\r\n2,3\r\n"
    hash.update(Array(text.utf8))
    #expect(try table(text, chunk: 3).digest == hash.finish())
  }

  @Test func findsColumnsByNameAndNumber() throws {
    let found = try table("sepal_length,sepal_width,species,1\n1,2,a,4\n1,2,a,4\n", header: .yes)
    #expect(try found.columnIndex("species") == 2)
    #expect(try found.columnIndex("3") == 2)
    #expect(try found.columnIndex("1") == 3)
    #expect(
      message { try found.columnIndex("specis") }
        == "iris.csv:1:1: no column named \"specis\"; "
        + "columns are sepal_length, sepal_width, species, 1. Did you mean \"species\"?")
    #expect(
      message { try found.columnIndex("banana") }
        == "iris.csv:1:1: no column named \"banana\"; "
        + "columns are sepal_length, sepal_width, species, 1")
    #expect(
      message { try found.columnIndex("5") }
        == "iris.csv:1:1: no column 5; the table has 4 columns")
    #expect(
      message { try found.columnIndex("99999999999999999999") }
        == "iris.csv:1:1: no column 9223372036854775807; the table has 4 columns")
  }

  @Test func namesWhatIsWrongWithAFile() {
    let cases: [(String, String)] = [
      ("", "iris.csv: has no records"),
      ("\n\n", "iris.csv: has no records"),
      ("a,b\n1,2\n1,2,3\n", "iris.csv:3:1: record has 3 fields; the header has 2"),
      ("1,2\n1,2\n1\n", "iris.csv:3:1: record has 1 field; the first record has 2"),
      (
        "a,b,a\n1,2,3\n1,2,3\n",
        "iris.csv:1:5: columns 1 and 3 are both named \"a\"; every column needs its own name"
      ),
      ("a,b\n1,\"2\n", "iris.csv:2:3: quoted field is not closed before the end of the file"),
    ]
    for (text, expected) in cases { #expect(message { try table(text) } == expected) }
    #expect(
      message { try table("a,b\n", header: .yes) } == "iris.csv: has a header, but no records")
    #expect(
      message { try Table(contentsOf: "/no/such/file.csv") }
        == "/no/such/file.csv: cannot be opened: No such file or directory")
    #expect(message { try Table(contentsOf: "/") } == "/: cannot be read: Is a directory")
  }

  @Test func tablesAreMadeOfColumnsInMemory() throws {
    let made = try Table(columns: [
      TableColumn(name: "x", numbers: [1, .nan]), TableColumn(name: "y", texts: ["b", nil]),
    ])
    #expect(made.rowCount == 2)
    #expect(made.completeRows == [0])
    #expect(made.columns[1].values == .categories(levels: ["b"], codes: [0, -1]))
    #expect(message { try Table(columns: []) } == "table: has a header, but no records")
    #expect(
      message {
        try Table(columns: [
          TableColumn(name: "x", numbers: [1, 2, 3]), TableColumn(name: "y", numbers: [1, 2]),
        ])
      } == "table:3:1: record has 1 field; the header has 2")
  }
}
