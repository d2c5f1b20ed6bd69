import Basics
import Foundation
import Tables
import Testing

/// The table in `Datasets/README.md` describes the files that lie beside it.
struct DatasetsTests {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Datasets")

  struct Entry {
    var file: String
    var rows: Int?
    var columns: Int?
    var target: String
    var digest: String
  }

  /// The rows of the one table, whose first cell names a CSV file.
  static func entries() throws -> [Entry] {
    let text = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
    return text.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 7, cells[0].hasSuffix(".csv") else { return nil }
      return Entry(
        file: cells[0], rows: Int(cells[1]), columns: Int(cells[2]), target: cells[3],
        digest: cells[6])
    }
  }

  @Test func everyFileIsDescribed() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(
      files.filter { $0.hasSuffix(".csv") }.sorted() == (try Self.entries()).map(\.file).sorted())
  }

  @Test func descriptionsMatchTheFiles() throws {
    for entry in try Self.entries() {
      let data = try Data(contentsOf: Self.folder.appending(path: entry.file))
      var digest = SHA256()
      digest.update([UInt8](data))
      #expect(digest.finish() == entry.digest, "\(entry.file)")

      let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
      #expect(lines.count - 1 == entry.rows, "\(entry.file)")
      let header = lines[0].split(separator: ",")
      #expect(header.count == entry.columns, "\(entry.file)")
      #expect(header[header.count - 1] == entry.target, "\(entry.file)")
    }
  }
}
