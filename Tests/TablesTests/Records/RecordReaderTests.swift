import Basics
import Testing

@testable import Tables

/// One table, with everything that makes reading records hard.
private let hardTable = """
  name , "a ""quoted"" name",plain
  "line one
  line two",2, three \n\n   \t\n"", "x" ,"," \n\
  grün,"Ω\r\nω",5" pipe
  last,,
  """

private let hardRecords = [
  ["name", "a \"quoted\" name", "plain"],
  ["line one\nline two", "2", "three"],
  ["", "x", ","],
  ["grün", "Ω\r\nω", "5\" pipe"],
  ["last", "", ""],
]

private let hardPlaces = [
  ["1:1", "1:8", "1:28"], ["2:1", "3:11", "3:14"], ["6:1", "6:5", "6:10"],
  ["7:1", "7:7", "8:5"], ["9:1", "9:6", "9:7"],
]

private func records(
  _ text: String, separator: Separator = .comma, chunk: Int = .max
) throws(TableError) -> (fields: [[String]], places: [[String]]) {
  var reader = try RecordReader(source(text, name: "f", chunk: chunk), separator: separator)
  var fields: [[String]] = []
  var places: [[String]] = []
  while try reader.next() {
    fields.append(reader.fields.indices.map { reader.text($0) })
    places.append(
      reader.fields.indices.map { index in
        let place = reader.position(index)
        return "\(place.line):\(place.column)"
      })
  }
  return (fields, places)
}

/// The same text with other line ends; those inside quotes change too, so that they count as lines.
private func withLineEnds(_ ends: String, _ text: String) -> String {
  var output = ""
  for character in text {
    // A pair of CR and LF is one character.
    if character == "\n" || character == "\r\n" { output += ends } else { output.append(character) }
  }
  return output
}

@Suite struct RecordReaderTests {
  @Test(arguments: [1, 2, 3, 5, 7, 16, 1000])
  func readsTheSameInChunksOfAnySize(_ chunk: Int) throws {
    let found = try records(hardTable, chunk: chunk)
    #expect(found.fields == hardRecords)
    #expect(found.places == hardPlaces)
  }

  @Test(arguments: ["\n", "\r\n", "\r"], [1, 2, 3, 1000])
  func readsAnyLineEnds(_ ends: String, _ chunk: Int) throws {
    for finalEnd in ["", ends, ends + ends] {
      let found = try records(withLineEnds(ends, hardTable) + finalEnd, chunk: chunk)
      #expect(found.fields == hardRecords.map { $0.map { withLineEnds(ends, $0) } })
      #expect(found.places == hardPlaces)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 1000])
  func passesOverAByteOrderMark(_ chunk: Int) throws {
    let found = try records("\u{FEFF}a,b\n1,2", chunk: chunk)
    #expect(found.fields == [["a", "b"], ["1", "2"]])
    #expect(found.places == [["1:1", "1:3"], ["2:1", "2:3"]])
  }

  @Test func splitsAtTheSeparatorGiven() throws {
    let text = "a;b\tc,d  e\n"
    #expect(try records(text, separator: .comma).fields == [["a;b\tc", "d  e"]])
    #expect(try records(text, separator: .tab).fields == [["a;b", "c,d  e"]])
    #expect(try records(text, separator: .semicolon).fields == [["a", "b\tc,d  e"]])
    #expect(try records(text, separator: .blanks).fields == [["a;b", "c,d", "e"]])
  }

  @Test(arguments: [1, 2, 1000])
  func blanksAtTheEndsOfALineSeparateNothing(_ chunk: Int) throws {
    let found = try records(
      "  1 \t 2  \n\n3 \"4 5\"\r\n 6 7", separator: .blanks, chunk: chunk)
    #expect(found.fields == [["1", "2"], ["3", "4 5"], ["6", "7"]])
  }

  @Test func tabsAreNoBlanksBetweenTabs() throws {
    #expect(try records("\t\n a\t \n", separator: .tab).fields == [["", ""], ["a", ""]])
  }

  @Test(arguments: [1, 2, 3, 1000])
  func betweenTabsOnlyQuotesThatCloseAFieldOnItsLineCount(_ chunk: Int) throws {
    let found = try records(
      "ham\t\"Hello you\nspam\tsay \"\"hi\"\"\n\"a\tb\"\t\"c \"\"d\"\"\" \n\"x\" y\t\"\"\n\"\t\"",
      separator: .tab, chunk: chunk)
    #expect(
      found.fields == [
        ["ham", "\"Hello you"], ["spam", "say \"\"hi\"\""], ["a\tb", "c \"d\""], ["\"x\" y", ""],
        ["\t"],
      ])
    #expect(found.places.map(\.count) == [2, 2, 2, 2, 1])
    #expect(found.places[1] == ["2:1", "2:6"])
  }

  @Test func readsNothingFromNothing() throws {
    for text in ["", "\n", "\r\n\r\n", "  \n\t\n ", "\u{FEFF}"] {
      #expect(try records(text).fields.isEmpty)
    }
  }

  @Test(arguments: [1, 3, 4096])
  func readsRecordsThatAreLongerThanTheWindow(_ chunk: Int) throws {
    // A chunk of one byte is a call for each byte, so that the length stays moderate.
    let field = String(repeating: "x", count: 300_000)
    let found = try records("a,\"\(field)\n\(field)\"\n1,2\n", chunk: chunk)
    #expect(found.fields == [["a", "\(field)\n\(field)"], ["1", "2"]])
    #expect(found.places[1] == ["3:1", "3:3"])
  }

  @Test(arguments: [1, 100, 300_000, Int.max])
  func refusesARecordThatIsTooLong(_ chunk: Int) {
    for ending in ["", "\"\n3,4\n"] {
      let text = "a,b\n\"" + String(repeating: "x", count: 300_000) + ending
      let found = message {
        let input = try InputBuffer(
          source(text, name: "f", chunk: chunk), longestRecord: 200_000)
        var reader = RecordReader(input, separator: .comma)
        while try reader.next() {}
      }
      #expect(found == "f:2:1: record is longer than 200000 bytes; is a quote not closed?")
    }
  }

  @Test func refusesTooManyFields() {
    let text = String(repeating: ",", count: (1 << 20) + 10)
    #expect(message { try records(text) } == "f:1:1048577: record has more than 1048576 fields")
  }

  @Test(arguments: [1, 2, 3, 1000])
  func namesThePlaceOfWhatItRefuses(_ chunk: Int) {
    let cases: [(String, String)] = [
      ("a,b\n1,\"x\n\n", "f:2:3: quoted field is not closed before the end of the file"),
      ("a,b\r1,\"x\r\n", "f:2:3: quoted field is not closed before the end of the file"),
      (
        "\"x\n\"y,1\n",
        "f:2:2: field 1 continues after its closing quote; "
          + "a quote inside a quoted field is written twice"
      ),
      ("a,b\n1,\0\n", "f:2:3: NUL byte; the file is not text"),
      ("a,\"\n\0\"\n", "f:2:1: NUL byte; the file is not text"),
    ]
    for (text, expected) in cases {
      let found = message { try records(text, chunk: chunk) }
      #expect(found == expected)
    }
  }

  @Test func refusesWhatIsNotUTF8() {
    let wrong: [[UInt8]] = [
      [0x80], [0xC0, 0x80], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF, 0xFE],
      [0xE2, 0x82], [0xF0, 0x9F, 0x92],
    ]
    for bytes in wrong {
      for text in [Array("a,b\n1,é".utf8) + bytes, Array("a,b\n1,é".utf8) + bytes + [0x2C, 0x0A]] {
        let found = message {
          var reader = try RecordReader(
            ByteSource(bytes: text, name: "f", chunkSize: 2), separator: .comma)
          while try reader.next() {}
        }
        #expect(found == "f:2:5: bytes are not valid UTF-8; save the file as UTF-8")
      }
    }
  }

  @Test func endsOnAnyBytes() {
    let seed: UInt64 = 99
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("a1.,;\t\"\"\n\r \0é-".utf8)
    for _ in 0..<4_000 {
      let count = Int.random(in: 0...40, using: &random)
      let bytes = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      var outcomes: [String] = []
      for chunk in [1, 3, Int.max] {
        var outcome = ""
        do {
          var reader = try RecordReader(
            ByteSource(bytes: bytes, name: "f", chunkSize: chunk), separator: .comma)
          while try reader.next() {
            outcome += "\(reader.fields.indices.map { reader.text($0) })\(reader.line)"
          }
        } catch {
          outcome += "\(error)"
        }
        outcomes.append(outcome)
      }
      #expect(
        outcomes[0] == outcomes[1] && outcomes[1] == outcomes[2],
        "seed \(seed), bytes \(bytes)")
    }
  }

  @Test func keptFieldsAreQuotedWhereTheyNeedIt() throws {
    var reader = try RecordReader(
      source("plain;\"a;b\";a,b;\"say \"\"hi\"\"\";\" x\";5\" pipe;\"two\nlines\";", name: "f"),
      separator: .semicolon)
    #expect(try reader.next())
    #expect(
      reader.fields.indices.map { CSVText.field(reader.text($0)) }.joined(separator: ",")
        == "plain,a;b,\"a,b\",\"say \"\"hi\"\"\",\" x\",\"5\"\" pipe\",\"two\nlines\",")
  }
}
