import LinearAlgebra
import Testing

@testable import Tables

/// Rows of tables in memory as features: several tiles of them, on several threads.
@Suite struct TableRowsTests {
  static let count = 20_000

  /// Numbers, categories and a target; what is put in place of some values.
  private func table(
    numbers: [Int: Double] = [:], texts: [Int: String?] = [:]
  ) throws -> Table {
    let rows = 0..<Self.count
    return try Table(columns: [
      TableColumn(name: "a", numbers: rows.map { numbers[$0] ?? Double($0 % 7) }),
      TableColumn(name: "c", texts: rows.map { texts[$0] ?? ["x", "y", "z"][$0 % 3] }),
      TableColumn(name: "y", numbers: rows.map { Double($0 % 2) }),
    ])
  }

  private func preprocessor(_ unseen: UnseenCategoryPolicy = .error) throws -> TablePreprocessor {
    try TablePreprocessor(fitting: table(), target: 2).replacing(unseen: unseen)
  }

  @Test(arguments: [1, 2, 3, 8]) func rowsAreAsTheyAreAlone(threads: Int) throws {
    let (table, preprocessor) = (try table(), try preprocessor())
    let features = try preprocessor.transform(table, threads: threads).dense
    #expect(features.rowCount == Self.count && features.columnCount == 4)
    let (offset, factor) = (preprocessor.scaler.offsets[0], preprocessor.scaler.factors[0])
    for row in 0..<Self.count {
      var expected = [(Double(row % 7) - offset) * factor, 0, 0, 0]
      expected[1 + row % 3] = 1
      guard features.row(row) == expected else {
        Issue.record("row \(row) is \(features.row(row)) instead of \(expected)")
        return
      }
    }
    // In any order, and some of them twice.
    let chosen = [Self.count - 1, 5, 5, 0, 12_345]
    let some = try preprocessor.transform(table, rows: chosen, threads: threads).dense
    #expect((0..<chosen.count).map(some.row) == chosen.map(features.row))
    let none = try preprocessor.transform(table, rows: [], threads: threads)
    #expect(none.rowCount == 0 && none.columnCount == 4)
  }

  /// Whatever else is wrong, the first column that has an error is reported, and in it the first row.
  @Test(arguments: [1, 2, 3, 8]) func errorsComeColumnAfterColumn(threads: Int) throws {
    let preprocessor = try preprocessor()
    func problem(_ table: Table) -> String {
      message { try preprocessor.transform(table, threads: threads).rowCount }
    }
    let both = problem(
      try table(numbers: [15_000: .nan, 19_000: .infinity], texts: [3: "w", 19_999: "v"]))
    #expect(both.hasPrefix("table:15001:1: "), "\(both)")
    let infinite = problem(try table(numbers: [19_000: .infinity, 19_500: .nan], texts: [3: "w"]))
    #expect(infinite.hasPrefix("table:19001:1: "), "\(infinite)")
    let texts = problem(try table(texts: [9_000: "w", 18_000: "v"]))
    #expect(texts.hasPrefix("table:9001:2: ") && texts.contains("\"w\""), "\(texts)")
    let missing = problem(try table(texts: [17_000: nil]))
    #expect(missing.hasPrefix("table:17001:2: "), "\(missing)")
  }

  /// A column of texts cannot be one of numbers; an error in a column before it comes first.
  @Test func columnsOfAnotherKindAreRefused() throws {
    let preprocessor = try TablePreprocessor(
      fitting: Table(columns: [
        TableColumn(name: "a", numbers: [1, 2, 3]), TableColumn(name: "b", numbers: [3, 1, 2]),
      ]), target: nil)
    func problem(_ first: [Double]) throws -> String {
      let table = try Table(columns: [
        TableColumn(name: "a", numbers: first), TableColumn(name: "b", texts: ["1", "x", "2"]),
      ])
      return message { try preprocessor.transform(table).rowCount }
    }
    #expect(try problem([1, 2, 3]).contains(":2: field 2 (b) "))
    #expect(try problem([1, .nan, 3]).hasPrefix("table:2:1: "))
  }

  @Test func unknownCategoriesHaveNoIndicatorWhereTheyAreIgnored() throws {
    let features = try preprocessor(.ignore).transform(table(texts: [4: "w"])).dense
    #expect(Array(features.row(4).dropFirst()) == [0, 0, 0])
    #expect(Array(features.row(5).dropFirst()) == [0, 0, 1])
  }
}
