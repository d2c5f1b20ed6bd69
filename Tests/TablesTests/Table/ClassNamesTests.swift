// Classes that are numbers are called as the file writes them.

import Testing

@testable import Tables

@Suite struct ClassNamesTests {
  private func names(
    _ fields: [String], header: Bool = true, choices: ColumnChoices = ColumnChoices()
  ) throws -> [String] {
    let lines = fields.enumerated().map { "\($0 % 3),\($0 == 1 ? 0 : 2),\($1)" }
    let text = ((header ? ["x,w,y"] : []) + lines).joined(separator: "\n") + "\n"
    let table = try Table(reading: ByteSource(bytes: Array(text.utf8), name: "t.csv"))
    let chosen = ChosenColumns(target: "3", hasTarget: true, choices: choices)
    let selected = try table.selection(chosen, missing: .error)
    return TargetClasses(try #require(selected.target), rows: selected.rows).names
  }

  @Test(arguments: [true, false])
  func zerosBehindThePointStay(header: Bool) throws {
    #expect(try names(["0.0", "1.0", "0.0", "-1.0"], header: header) == ["-1.0", "0.0", "1.0"])
    #expect(try names(["2.00", "1.00", "2.00"], header: header) == ["1.00", "2.00"])
  }

  @Test func whatIsWrittenDifferentlyIsAsShortAsPossible() throws {
    #expect(try names(["0.0", "1", "0.0", "1.0"]) == ["0", "1"])
    #expect(try names(["0.0", "1.00"]) == ["0", "1"])
    #expect(try names(["0.5", "1.0", "0.5"]) == ["0.5", "1"])
    #expect(try names(["1", "2"]) == ["1", "2"])
  }

  @Test func rowsThatDoNotCountChangeNothing() throws {
    let fields = ["0.0", "7.0", "1.0", "0.0"]
    let weighted = ColumnChoices(weight: "w")
    #expect(try names(fields, choices: weighted) == ["0.0", "1.0"])
  }

  /// Whatever a model calls its classes, a file may spell them in any way.
  @Test func theNamesAreFoundByTheirValues() {
    let index = ClassIndex(names: ["-1.0", "1.0"])
    for (text, code) in [("1", 1), ("1.0", 1), ("+1", 1), ("-1", 0), ("1e0", 1)] {
      #expect(index.code(for: text) == code, "\(text)")
    }
    #expect(index.code(for: "2.0") == nil)
  }
}
