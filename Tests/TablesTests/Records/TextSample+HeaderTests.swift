import Basics
import LinearAlgebra
import Testing

@testable import Tables

/// A table, and whether its first line names the columns.
private struct HeaderCase: CustomTestStringConvertible, Sendable {
  let name: String
  let text: String
  let hasHeader: Bool

  var testDescription: String { name }

  init(_ name: String, _ hasHeader: Bool, _ text: String) {
    self.name = name
    self.text = text
    self.hasHeader = hasHeader
  }
}

private let cases = [
  HeaderCase("years", true, "2019,2020,2021\n1.5,2.5,3.1\n2.5,3.5,4.2\n3.5,1.5,4.9\n4.5,2.2,6.1\n"),
  HeaderCase("two years", true, "2020,2021\n1.5,2.5\n2.5,3.5\n3.5,1.5\n4.5,2.2\n"),
  HeaderCase("years over one row", true, "2019,2020,2021\n1.5,2.5,3.1\n"),
  HeaderCase("falling years", true, "2021,2020,2019\n15,25,31\n25,35,42\n35,15,49\n"),
  HeaderCase(
    "years between texts", true,
    "region,1990,2000,grade\nnorth,1.2,3.4,good\nsouth,2.2,3.1,bad\nnorth,1.5,2.4,good\n"
      + "south,2.6,3.3,bad\n"),
  HeaderCase(
    "years among numbers of their size", true,
    "region,1990,2000,grade\nnorth,1200,3400,good\nsouth,2500,1310,bad\nnorth,1810,2900,bad\n"
      + "south,2100,2400,good\n"),
  HeaderCase("years over one row with texts", true, "region,1990,2000\nnorth,1.25,3.4\n"),
  HeaderCase("one year", true, "id,2019,class\n7,1.5,a\n9,2.5,b\n4,3.5,a\n8,4.5,b\n"),
  HeaderCase(
    "wavelengths", true,
    "400,410,420,430\n0.11,0.52,0.31,0.44\n0.21,0.12,0.38,0.61\n0.35,0.22,0.17,0.48\n"),
  HeaderCase(
    "wavelengths with decimals and a class", true,
    "1100.5,1102.5,1104.5,kind\n0.11,0.52,0.31,a\n0.21,0.12,0.38,b\n0.35,0.22,0.17,a\n"),
  HeaderCase(
    "counted columns and a class", true,
    "1,2,3,class\n5.1,3.5,1.4,a\n4.9,3.0,1.4,a\n7.1,3.2,4.7,b\n6.4,3.2,4.5,b\n6.3,3.3,6.0,c\n"),
  HeaderCase("an index without a name", true, ",2019,2020\n0,1.5,2.5\n1,3.5,4.5\n2,1.1,1.2\n"),
  HeaderCase(
    "percentiles", true, "10,25,50,90\n1.25,3.5,6.5,9.5\n2.25,3.75,5.5,7.5\n0.5,4.5,6.25,8.5\n"),
  HeaderCase("texts alone", true, "class,colour\ngood,red\nbad,red\ngood,blue\n"),
  HeaderCase("texts without repetition", true, "name,city\nanna,rom\nbert,paris\ncarl,oslo\n"),
  HeaderCase("a value like the name", true, "good,price\ngood,1\nbad,2\n"),

  HeaderCase("rows of whole numbers", false, "5,116,74\n3,78,50\n10,115,0\n2,197,70\n8,125,96\n"),
  HeaderCase("rows of decimals", false, "7,0.27,0.36\n6.3,0.3,0.34\n8.1,0.28,0.4\n7.2,0.23,0.32\n"),
  HeaderCase("a row that counts", false, "1,2,3\n4,5,6\n7,8,9\n10,11,12\n"),
  HeaderCase("a row that counts among ratings", false, "1,2,3\n3,2,1\n2,2,3\n1,3,3\n5,4,1\n"),
  HeaderCase("rows of years", false, "2019,2020,2021\n2018,2019,2020\n2017,2018,2020\n"),
  HeaderCase(
    "a path that begins with round numbers", false,
    "0,1,2\n0.1,1.05,2.1\n0.2,1.11,2.19\n0.3,1.16,2.31\n0.4,1.2,2.4\n"),
  HeaderCase("a growing series", false, "100,200,300\n101,203,304\n103,205,309\n104,209,311\n"),
  HeaderCase("rows of texts and numbers", false, "39,state,13,yes\n50,self,13,no\n38,state,9,no\n"),
  HeaderCase(
    "a first row of rare texts", false, "39,gov,yes\n40,priv,no\n41,priv,no\n43,priv,no\n"),
  HeaderCase(
    "a first row of rare texts and a whole number", false,
    "north,5,good\nsouth,2.2,bad\nsouth,1.5,bad\nsouth,2.6,bad\n"),
  HeaderCase(
    "a marker in the first row", false, "n.a.,39,gov\n5,40,priv\n6,41,priv\n8,44,priv\n"),
  HeaderCase("an outlier in the first row", false, "999,gov\n40,priv\n41,priv\n44,priv\n"),
  HeaderCase("rows of texts", false, "good,red\nbad,red\ngood,blue\n"),
  HeaderCase("one row of numbers", false, "1.5,2.5,3.5\n"),
  HeaderCase("a slip in the first row", false, "x,2,3\n1,2,3\n1,2,3\n"),
  HeaderCase("equal names", false, "2019,2019,a\n1.5,2.5,b\n2.5,3.5,a\n"),
]

@Suite struct TextSampleHeaderTests {
  @Test(arguments: cases)
  private func allFieldsDecide(_ example: HeaderCase) throws {
    for separator in [",", ";", "\t", "|"] {
      let text = example.text.split(separator: ",", omittingEmptySubsequences: false)
        .joined(separator: separator)
      #expect(try table(text).hasHeader == example.hasHeader, "between fields: \(separator)")
    }
  }

  @Test func numbersThatAreNamesAreToldOf() throws {
    let found = try table(cases[0].text)
    #expect(found.columns.map(\.name) == ["2019", "2020", "2021"])
    #expect(
      found.headerDoubt
        == HeaderDoubt(fields: ["2019", "2020", "2021"], line: 1, isHeader: true))
    #expect(try table("1.5,a\n2.5,b\n1.5,a\n").headerDoubt == nil)
  }

  @Test func namesThatAreNumbersAreComparedAsTexts() throws {
    let training = try table("2019,2020,y\n1,10,a\n2,30,b\n3,20,a\n4,40,b\n", header: .yes)
    let preprocessor = Preprocessor.table(
      try TablePreprocessor(fitting: training, target: 2, scaling: .none))
    let reordered = try batches("2020,2019\n10,1\n30,2\n", preprocessor)
    guard case .dense(let features) = reordered[0].features else {
      Issue.record("the features are sparse")
      return
    }
    #expect(features.rowCount == 2)
    #expect((0..<2).map { features[0, $0] } == [1, 10])
    #expect((0..<2).map { features[1, $0] } == [2, 30])
    // Without a header columns are found by their places, as ever.
    #expect(try batches("1,10\n2,30\n", preprocessor)[0].rowCount == 2)
    #expect(
      message { _ = try batches("2019,2021\n1.5,10\n2.5,30\n", preprocessor) }
        == "new.csv:1:1: no column named \"2020\", which model iris.model was trained on; "
        + "columns are 2019, 2021. Did you mean \"2021\"?")
  }

  @Test func aTableOfTextsWithoutHeaderStaysOne() throws {
    let training = try table("good,red\nbad,red\ngood,blue\nbad,blue\n")
    let preprocessor = Preprocessor.table(
      try TablePreprocessor(fitting: training, target: 0, scaling: .none))
    // A single record would be taken for a header.
    #expect(try batches("bad,blue\n", preprocessor)[0].rowCount == 1)
    #expect(try batches("blue\n", preprocessor)[0].rowCount == 1)
  }
}

/// Tables of all kinds, written in all ways.
@Suite struct ReadingSweepTests {
  private struct Writing {
    var separator: String
    var quote: String?
    var header: [String]?
    var comma: Bool
    var lineEnd: String
    var comments: Bool
    var directive: Bool

    func field(_ text: String, isFirst: Bool) -> String {
      guard let quote else { return text }
      return quote + text + quote
    }
  }

  /// Numbers with two decimals in three columns and texts in two, the last one of which repeats.
  private static func values(
    _ random: inout SeededGenerator, rows: Int
  ) -> [(numbers: [Double], texts: [String])] {
    let words = ["red", "green", "blue", "pale grey"]
    return (0..<rows).map { _ in
      let numbers = (0..<3).map { _ in Double(Int.random(in: -999...999, using: &random)) / 100 }
      return (
        numbers,
        [words[Int.random(in: 0...3, using: &random)], Bool.random(using: &random) ? "yes" : "no"]
      )
    }
  }

  private static func text(
    _ rows: [(numbers: [Double], texts: [String])], _ writing: Writing
  ) -> String {
    var lines: [String] = []
    if writing.directive { lines.append("sep=\(writing.separator)") }
    if writing.comments { lines += ["# made by hand", "# it's \"quoted\", in part"] }
    func line(_ fields: [String]) -> String { fields.joined(separator: writing.separator) }
    if let header = writing.header {
      lines.append(line(header.map { writing.field($0, isFirst: true) }))
    }
    for (index, row) in rows.enumerated() {
      if writing.comments, index == rows.count / 2 { lines.append("# half of it") }
      let numbers = row.numbers.map { number in
        let spelling = NumberText.shortest(number)
        return writing.comma
          ? spelling.map { $0 == "." ? "," : String($0) }.joined() : spelling
      }
      lines.append(line(numbers + row.texts.map { writing.field($0, isFirst: false) }))
    }
    return lines.joined(separator: writing.lineEnd) + writing.lineEnd
  }

  @Test(arguments: [",", ";", "\t", "|"])
  func whatIsWrittenIsRead(_ separator: String) throws {
    let headers: [[String]?] = [
      nil, ["a", "b", "c", "colour", "answer"], ["2019", "2020", "2021", "colour", "answer"],
      ["400", "410", "420", "430", "440"],
    ]
    var seed: UInt64 = 1
    for header in headers {
      for quote in [nil, "\"", "'"] {
        for comma in separator == "," ? [false] : [false, true] {
          for (lineEnd, comments, directive) in [
            ("\n", false, false), ("\r\n", true, false), ("\r", false, true), ("\n", true, true),
          ] {
            seed += 1
            var random = SeededGenerator(seed: seed)
            let rows = Self.values(&random, rows: 12)
            let writing = Writing(
              separator: separator, quote: quote, header: header, comma: comma, lineEnd: lineEnd,
              comments: comments, directive: directive)
            let text = Self.text(rows, writing)
            for chunk in [Int.max, 7] {
              let note = Comment(rawValue: "seed \(seed), chunks of \(chunk):\n\(text)")
              let found = try table(text, name: "t.csv", chunk: chunk)
              #expect(found.hasHeader == (header != nil), note)
              guard found.columns.count == 5, found.rowCount == rows.count else {
                Issue.record("\(found.columns.count) columns, \(found.rowCount) rows; \(note)")
                continue
              }
              if let header { #expect(found.columns.map(\.name) == header, note) }
              for column in 0..<3 {
                #expect(
                  found.columns[column].values == .numbers(rows.map { $0.numbers[column] }), note)
              }
              for column in 0..<2 {
                #expect(
                  found.columns[column + 3].values
                    == TableColumn(name: "", texts: rows.map { $0.texts[column] }).values, note)
              }
              #expect(found.commentCount == (comments ? 3 : 0), note)
            }
          }
        }
      }
    }
  }

  /// A model trained on any of these reads rows of the same kind, also where a few rows do not show it.
  @Test func aModelRemembersHowTablesAreWritten() throws {
    for (separator, quote, comma) in [
      (";", nil, true), ("|", "'", true), ("\t", nil, true), (",", "'", false), ("|", nil, false),
    ] as [(String, String?, Bool)] {
      var random = SeededGenerator(seed: 7)
      let rows = Self.values(&random, rows: 30)
      let writing = Writing(
        separator: separator, quote: quote, header: ["2019", "2020", "2021", "colour", "answer"],
        comma: comma, lineEnd: "\n", comments: false, directive: false)
      let training = try table(Self.text(rows, writing), name: "t.csv")
      let preprocessor = Preprocessor.table(
        try TablePreprocessor(fitting: training, target: 4, scaling: .none))
      var alone = writing
      alone.header = nil
      let mark = comma ? "," : "."
      let fields = ["1\(mark)250", "2", "-3", writing.field("red", isFirst: false)]
      let record = fields.joined(separator: separator)
      let found = try batches(record + "\n", preprocessor)[0]
      guard case .dense(let features) = found.features else {
        Issue.record("the features are sparse")
        return
      }
      #expect((0..<3).map { features[0, $0] } == [1.25, 2, -3], "\(record)")
    }
  }
}

@Suite struct ReadingDetailTests {
  @Test func aBarSeparatesFields() throws {
    #expect(try table("a|b\n1|2\n3|4\n").columns.map(\.name) == ["a", "b"])
    #expect(try table("1,5|2,5\n1,6|2,7\n").columns[1].values == .numbers([2.5, 2.7]))
    // Lists within fields are no columns.
    #expect(
      try table("film,kinds,year\nx,Action|Comedy,2001\ny,Action|War,2003\n").columns.map(\.name)
        == ["film", "kinds", "year"])
  }

  @Test func theUserMayNameTheSeparator() throws {
    var options = TextOptions()
    options.separator = Separator(name: ":")
    let found = try Table(reading: source("a:b\n1:2\n3:4\n"), options: options)
    #expect(found.columns[1].values == .numbers([2, 4]))
    #expect(Separator(name: "a") == nil)
    #expect(Separator(name: ".") == nil)
    #expect(Separator(name: "-") == nil)
    for name in Separator.usualNames { #expect(Separator(name: name)?.name == name) }
  }

  @Test func linesWithAMarkThatAreRecordsStay() throws {
    // Colours, and a quoted text with a separator in it.
    let found = try table("#colour,n,y\n#ff0000,1,a\n#00ff00,2,b\n#0000ff,\"3\",\"a,b\"\n")
    #expect(found.rowCount == 3)
    #expect(found.columns.map(\.name) == ["#colour", "n", "y"])
    #expect(found.commentCount == 0)
  }

  @Test func commentsArePassedOverInFilesOfAnySize() throws {
    var text = "# one\n#two, three, four, five\na,b\n"
    for row in 0..<3000 { text += row % 500 == 499 ? "# \(row)\n" : "\(row % 13),\(row % 7)\n" }
    for threads in [1, 3] {
      var options = TextOptions(threads: threads)
      options.sizes = ReadingSizes(window: 4096, part: 256)
      let found = try Table(reading: source(text), options: options)
      #expect(found.rowCount == 2994)
      #expect(found.commentCount == 8)
      let lines = try batches(
        text,
        .table(try TablePreprocessor(fitting: found, target: nil, scaling: .none)), batchSize: 100)
      #expect(lines.map(\.rowCount).reduce(0, +) == 2994)
      #expect(lines[lines.count - 1].lineNumbers.last == 3003 - 1)
    }
  }

  @Test func missingMarkersCanBeTexts() throws {
    let text = "country,n,y\nNA,1,a\nDE,2,b\nNA,,a\n"
    #expect(try table(text).columns[0].missingCount == 2)
    let options = TextOptions(knowsUsualMarkers: false)
    let found = try Table(reading: source(text), options: options)
    #expect(found.columns[0].missingCount == 0)
    #expect(found.columns[1].missingCount == 1)
    let preprocessor = Preprocessor.table(
      try TablePreprocessor(fitting: found, target: 2, scaling: .none, missing: .mean))
    let batch = try batches("country,n\nNA,5\n", preprocessor)[0]
    guard case .dense(let features) = batch.features else {
      Issue.record("the features are sparse")
      return
    }
    #expect((0..<features.columnCount).map { features[0, $0] } == [0, 1, 5])
  }

  @Test func severalLabelsAreNamed() {
    #expect(
      message { try TrainingData(reading: source("1,3 1:0.5 2:1\n2 1:1\n", name: "m.svm")) }
        == "m.svm:1:1: label \"1,3\" names several classes; a model learns one label per line, "
        + "so data with several needs one file and one model for each class")
  }

  @Test func whatIsCountedIsSaid() throws {
    let training = try table("n,c,y\n1,red,a\n2,blue,b\n3,red,a\n4,blue,b\n")
    let preprocessor = Preprocessor.table(
      try TablePreprocessor(fitting: training, target: 2, scaling: .none, missing: .mean).replacing(
        unseen: .ignore))
    var reader = try BatchReader(
      source("n,c\n,red\n1,green\n,pink\n2,\n"), preprocessor: preprocessor)
    while try reader.next() != nil {}
    #expect(
      reader.treatedColumns == [
        TreatedColumn(name: "n", filledCount: 2, unseenCount: 0),
        TreatedColumn(name: "c", filledCount: 1, unseenCount: 2),
      ])
  }

  @Test func emptyLastColumnsAreNoTargets() throws {
    let found = try table("a,b,y,\n1,2,u,\n3,4,v,\n5,6,u,\n")
    #expect(try found.targetIndex(nil, ColumnChoices()) == 2)
    // A target that is to be filled in has a name, and is refused later.
    let named = try table("a,b,y\n1,2,\n3,4,\n")
    #expect(try named.targetIndex(nil, ColumnChoices()) == 2)
    let headerless = try table("1,2,5,\n3,4,6,\n5,6,5,\n")
    #expect(try headerless.targetIndex(nil, ColumnChoices()) == 2)
  }

  @Test func severalProblemsAreOneMessage() throws {
    let found = try table("a,b,y\n1e999,1,u\n2,-1e999,v\n3,2,u\n")
    #expect(
      message { try TablePreprocessor(fitting: found, target: 2) }
        == "iris.csv:2:1: field 1 (a) is \"1e999\"; every feature needs a finite number\n"
        + "iris.csv:3:3: field 2 (b) is \"-1e999\"; every feature needs a finite number")
  }
}
