import Testing

@testable import Tables

private func names(_ text: String, format: TextFormat = .auto) throws -> [String] {
  try table(text, format: format).columns.map(\.name)
}

@Suite struct TextFormatTests {
  @Test func recognisesTheSeparator() throws {
    #expect(try names("a,b\n1,2\n3,4\n") == ["a", "b"])
    #expect(try names("a\tb\n1\t2\n3\t4\n") == ["a", "b"])
    #expect(try names("a;b\n1;2\n3;4\n") == ["a", "b"])
    #expect(try names("1 2.5 3\n3 4 5\n") == ["column1", "column2", "column3"])
  }

  @Test func separatorsInsideQuotesDoNotCount() throws {
    #expect(try names("a,b\n\"x;y;z\",2\n\"u;v;w\",4\n") == ["a", "b"])
    #expect(try names("a;b\n\"x,\ny,z\";2\n\"u,v,w\";4\n") == ["a", "b"])
  }

  @Test func decimalCommasDoNotMakeCommasTheSeparator() throws {
    #expect(try names("a;b;c\n1,4;2,5;3,1\n1,4;2,6;3,2\n") == ["a", "b", "c"])
  }

  @Test func oneRaggedRecordDoesNotMislead() {
    #expect(
      message { try table("a,b,c\n1,2,3\n1,2\n1,2,3\n") }
        == "iris.csv:3:1: record has 2 fields; the header has 3")
  }

  @Test func sentencesAreNoTablesOfWords() throws {
    #expect(try names("text\nhello world\nhow are you\nwell\nwell\n") == ["text"])
    #expect(try names("full name\nJane Doe\nJohn Roe\nJohn Roe\n") == ["full name"])
  }

  @Test func theUserMayNameTheFormat() throws {
    #expect(try names("a;b\tc\n1;2\t3\n", format: .tsv) == ["a;b", "c"])
    #expect(try names("a\tb;c\n1\t2;3\n", format: .csv) == ["a\tb", "c"])
  }

  @Test func recognisesAHeaderAboveNumbers() throws {
    #expect(try table("x,y\n1,a\n2,b\n").hasHeader)
    #expect(try !table("1,a\n2,b\n").hasHeader)
    #expect(try !table("a,1\nb,2\n").hasHeader)
    // A slip in the first record of a table without a header.
    #expect(try !table("x,2,3\n1,2,3\n1,2,3\n").hasHeader)
    #expect(try table("x,y,z\n?,,NA\n1,2,3\n").hasHeader)
  }

  @Test func recognisesAHeaderAboveTexts() throws {
    #expect(try table("class,colour\ngood,red\nbad,red\ngood,blue\n").hasHeader)
    #expect(try !table("good,red\nbad,red\ngood,blue\n").hasHeader)
  }

  @Test func recognisesAHeaderThatCountsTheColumns() throws {
    #expect(try table("0,1,2,3,4\n5,6,7,8,9\n5,6,7,8,9\n").hasHeader)
    #expect(try table("1,2,3,4,5\n5,6,7,8,9\n5,6,7,8,9\n").hasHeader)
    #expect(try !table("1,2,3,4,9\n5,6,7,8,9\n5,6,7,8,9\n").hasHeader)
    #expect(try !table("0,1\n5,6\n5,6\n").hasHeader)
  }

  @Test func theUserMayOverrideTheHeader() throws {
    #expect(try names("x,y\n1,a\n2,b\n") == ["x", "y"])
    let without = try table("x,y\n1,a\n2,b\n", header: .no)
    #expect(without.columns.map(\.name) == ["column1", "column2"])
    #expect(without.rowCount == 3)
    let with = try table("1,2\n3,4\n", header: .yes)
    #expect(with.columns.map(\.name) == ["1", "2"])
    #expect(with.rowCount == 1)
  }

  @Test func columnsWithoutANameGetTheirNumber() throws {
    #expect(try names(",x,\" \"\n1,2,3\n4,5,6\n") == ["column1", "x", "column3"])
  }

  @Test func tellsLIBSVMTextFromTables() throws {
    func isLIBSVM(_ text: String, _ name: String = "data") throws -> Bool {
      if case .libsvm = try TrainingData(reading: source(text, name: name)) { true } else { false }
    }
    #expect(try isLIBSVM("1 1:0.5 3:1\n-1 2:1\n"))
    #expect(try isLIBSVM("# comment\n\n+1 qid:3 1:0.5\r\n-1\r\n2 1:1 # more\n"))
    #expect(try isLIBSVM("a 1:1\n", "x.svm"))
    #expect(try isLIBSVM("1\n2\n", "x.libsvm"))
    #expect(try !isLIBSVM("1,2\n3,4\n"))
    #expect(try !isLIBSVM("time\n12:30\n12:45\n", "x.csv"))
    #expect(try !isLIBSVM("at\tvalue\n12:30\t5\n12:45\t6\n"))
    #expect(try !isLIBSVM("1\n2\n3\n"))
  }

  @Test(arguments: [1, 2, 3, 17])
  func whatIsRecognisedDoesNotDependOnChunks(_ chunk: Int) throws {
    let text = "\u{FEFF}name;size\r\n\"a;1\";2\r\n\"b\";3\r\n"
    let found = try table(text, chunk: chunk)
    #expect(found.columns.map(\.name) == ["name", "size"])
    #expect(found.columns[1].values == .numbers([2, 3]))
  }

  @Test func recognisesFromLongLinesToo() throws {
    let width = 30_000
    let header = (0..<width).map { "name\($0)" }.joined(separator: ";")
    let row = (0..<width).map(String.init).joined(separator: ";")
    let found = try table("\(header)\n\(row)\n\(row)\n")
    #expect(found.columns.count == width)
    #expect(found.hasHeader)
  }
}
