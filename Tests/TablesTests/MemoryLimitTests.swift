import Foundation
import LinearAlgebra
import Testing

@testable import Tables

/// What a file's rows may take, however they arrive, and tables of very many columns.
@Suite struct MemoryLimitTests {
  private static let table = "a,b,c,y\n" + String(repeating: "1.5,2,-3,yes\n", count: 50_000)
  private static let tabs = table.replacingOccurrences(of: ",", with: "\t")
  private static let names =
    "a,y\n" + (0..<20_000).map { "name \($0),\($0 % 2)\n" }.joined()
  private static let sparse = String(repeating: "1 1:1.5 2:2 7:-3\n", count: 50_000)

  @Test(arguments: [
    ("t.csv", table, 4 * 16 * 50_000), ("t.tsv", tabs, 4 * 16 * 50_000),
    ("names.csv", names, 20_000 * (2 * 16 + 160)), ("s.svm", sparse, 50_000 * (3 * 24 + 32)),
  ])
  func rowsThatDoNotFitAreRefusedAndThoseThatFitAreRead(
    name: String, text: String, bytes: Int
  ) throws {
    for chunk in [100_000, Int.max] {
      for threads in [1, 2] {
        var options = TextOptions(threads: threads, memoryLimit: bytes / 2)
        options.sizes = ReadingSizes(window: 64 << 10, part: 16 << 10)
        let found = message {
          try TrainingData(reading: source(text, name: name, chunk: chunk), options: options)
        }
        #expect(found.hasPrefix("\(name): "), "\(found)")
        #expect(found.contains(" and their features need "), "\(found)")
        #expect(found.hasSuffix("; raise --memory"), "\(found)")
        options.memoryLimit = bytes * 3 / 2
        let data = try TrainingData(
          reading: source(text, name: name, chunk: chunk), options: options)
        #expect(data.rowCount == text.utf8.count { $0 == 0x0A } - (name.hasSuffix("v") ? 1 : 0))
      }
    }
  }

  @Test func sizesThatNoMemoryHasAreRefusedWithoutArithmeticErrors() {
    for (count, each) in [(Int.max, 16), (1 << 40, 1 << 40), (2_147_483_646, 8)] {
      let found = message {
        try MemoryShortage.require(count, each: each, limit: 2 << 30, purpose: "rows")
      }
      #expect(found.hasPrefix("rows need "), "\(found)")
    }
  }

  /// Each look at a field of a wide row must not read the row anew; that the places are right is
  /// what a look is for.
  @Test(arguments: [63, 64, 65, 500], [1, 2])
  func placesInWideTablesAreRight(columns: Int, threads: Int) throws {
    var generator = SeededGenerator(seed: UInt64(columns))
    var lines = [(0..<columns).map { "c\($0)" }.joined(separator: ",")]
    var firstNegative = [SourcePosition?](repeating: nil, count: columns)
    var firstMissing = firstNegative
    for row in 0..<12 {
      var line = ""
      for column in 0..<columns {
        if column > 0 { line += "," }
        let place = SourcePosition(file: "w.csv", line: row + 2, column: line.utf8.count + 1)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0:
          line += "-\(row).5"
          firstNegative[column] = firstNegative[column] ?? place
        case 1:
          line += "NA"
          firstMissing[column] = firstMissing[column] ?? place
        default: line += "\(row * column)"
        }
      }
      lines.append(line)
    }
    let table = try Table(
      reading: source(lines.joined(separator: "\n") + "\n", name: "w.csv"),
      options: TextOptions(header: .yes, threads: threads))
    for column in 0..<columns {
      let places = table.columns[column].places
      #expect(places.firstNegative?.position == firstNegative[column], "column \(column)")
      #expect(places.firstMissing?.position == firstMissing[column], "column \(column)")
    }
  }
}
