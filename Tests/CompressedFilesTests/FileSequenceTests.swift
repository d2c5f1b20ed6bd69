import Basics
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import CompressedFiles
@testable import Tables

/// Writes files into a folder, in gzip where the name says so.
private func write(_ files: [(name: String, text: String)], in folder: String) throws {
  for (name, text) in files {
    let path = folder + "/" + name
    guard name.hasSuffix(".gz") else {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      continue
    }
    let plain = String(path.dropLast(3))
    try Data(text.utf8).write(to: URL(fileURLWithPath: plain))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-f", plain]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}

/// What was read, as far as training depends on it.
private func read(_ path: String, _ options: TextOptions = TextOptions()) throws -> String {
  let data = try TrainingData(reading: DataFile.openAll(path), options: options)
  switch data {
  case .table(let table):
    let columns = table.columns.map { "\($0.name) \($0.values)" }
    return "\(data.digest) \(table.rowCount) \(table.hasHeader) \(columns)"
  case .libsvm(let examples):
    return "\(data.digest) \(examples.features) \(examples.labels.values) \(examples.isZeroBased)"
  }
}

private func message(_ path: String, _ options: TextOptions = TextOptions()) -> String {
  do {
    return "no error, but \(try read(path, options))"
  } catch {
    return "\(error)"
  }
}

@Suite struct FileSequenceTests {
  private static let rows = (0..<40).map {
    "\($0 * 37 % 11).5,\($0 % 7),\(["red", "green", "\"blue, or\nso\""][$0 % 3])"
  }

  /// Rows from one number to another, with a line end after each but perhaps the last.
  private func lines(_ range: Range<Int>, endsLast: Bool = true) -> String {
    let text = Self.rows[range].joined(separator: "\n")
    return range.isEmpty || !endsLast ? text : text + "\n"
  }

  @Test(arguments: [
    ["a.csv", "b.csv", "c.csv", "d.csv"], ["a.csv.gz", "b.csv", "c.csv.gz", "d.csv.gz"],
  ])
  func filesAreReadAsOne(_ names: [String]) throws {
    for header in ["x,n,colour\n", ""] {
      try withTemporaryFolder { folder in
        // Whole parts, one with a header alone, and one whose last line has no end.
        try write(
          [
            (names[2], header + lines(10..<31, endsLast: false)),
            (names[0], header + lines(0..<10)),
            (names[1], header), (names[3], "\u{FEFF}" + header + lines(31..<40)),
            ("_SUCCESS", ""), (".hidden", "nothing"),
          ], in: folder)
        let whole = folder + "-whole.csv"
        defer { FileStatus.remove(whole) }
        try Data((header + lines(0..<40)).utf8).write(to: URL(fileURLWithPath: whole))
        let expected = try read(whole)
        #expect(expected.contains("true") == !header.isEmpty)
        #expect(try read(folder) == expected)
        #expect(try read(folder + "/[a-d].csv*") == expected)
        let list = folder + "-list.txt"
        defer { FileStatus.remove(list) }
        let paths = names.map { folder + "/" + $0 }.joined(separator: "\r\n")
        try Data(paths.utf8).write(to: URL(fileURLWithPath: list))
        #expect(try read("@" + list) == expected)
        // However the text is cut, and for a sample, too.
        var options = TextOptions(threads: 3)
        options.sizes = ReadingSizes(window: 200, part: 40)
        #expect(try read(folder, options) == expected)
        let sampling = RowSampling(count: 12, seed: 3)
        let some = try TrainingData(reading: DataFile.openAll(folder), sampling: sampling)
        let same = try TrainingData(reading: DataFile.openAll(whole), sampling: sampling)
        #expect(some.table?.columns.map(\.values) == same.table?.columns.map(\.values))
        #expect(some.digest == same.digest)
      }
    }
  }

  @Test func sparseTextAndDeclaredTables() throws {
    try withTemporaryFolder { folder in
      try write(
        [("1.svm", "+1 1:2 5:1\n-1 3:4"), ("2.svm.gz", "\n"), ("3.svm", "+1 2:1 # end\n")],
        in: folder)
      let whole = folder + "-whole.svm"
      defer { FileStatus.remove(whole) }
      try Data("+1 1:2 5:1\n-1 3:4\n+1 2:1 # end\n".utf8).write(to: URL(fileURLWithPath: whole))
      #expect(try read(folder + "/*.svm*") == read(whole))
    }
    try withTemporaryFolder { folder in
      let header = "@relation r\n@attribute a real\n@attribute b {x,y}\n@data\n"
      try write(
        [
          ("1.arff", header + "1,x\n2,y"), ("2.arff", "% more\n" + header),
          ("3.arff", header + "3,x\n"),
        ],
        in: folder)
      let found = try TrainingData(reading: DataFile.openAll(folder)).table
      #expect(found?.columns[0].values == .numbers([1, 2, 3]))
      #expect(
        found?.columns[1].values == .categories(levels: ["x", "y"], codes: [0, 1, 0]))
    }
  }

  @Test func whatIsWrongIsSaidWithItsFile() throws {
    try withTemporaryFolder { folder in
      func expect(_ second: String, _ expected: String, header: String = "x,n,c\n") throws {
        try write([("1.csv", header + "1,2,a\n3,4,b\n"), ("2.csv", second)], in: folder)
        let found = message(folder + "/*.csv").replacingOccurrences(of: folder + "/", with: "")
        #expect(found == expected)
      }
      try expect(
        "x,m,c\n5,6,a\n",
        "2.csv:1:1: column 2 is \"m\", but \"n\" in 1.csv; "
          + "all files need the same columns in the same order")
      try expect(
        "5,6,a\n7,8,b\n",
        "2.csv:1:1: column 1 is \"5\", but \"x\" in 1.csv; "
          + "all files need the same columns in the same order")
      try expect(
        "# comment\nx,n\n5,6\n",
        "2.csv:2:1: the header has 2 columns, but that of 1.csv has 3; all files need the same columns"
      )
      try expect("x,n,c\n5,6,a\n7,8\n", "2.csv:3:1: record has 2 fields; the header has 3")
      try expect(
        "x,n,c\r\n5,6,a\r\n7,\"8,b\n",
        "2.csv:3:3: quoted field is not closed before the end of the file")
      try expect("5,6\n", "2.csv:1:1: record has 2 fields; the first record has 3", header: "")
      #expect(
        message(folder + "/*.tsv").hasSuffix("*.tsv: no file has such a name"))
      FileStatus.remove(folder + "/1.csv")
      FileStatus.remove(folder + "/2.csv")
      #expect(message(folder).hasSuffix(": the folder has no files"))
      try write([("1.csv", ""), ("2.csv", "\n")], in: folder)
      #expect(message(folder).hasSuffix(": has no records"))
    }
  }

  /// Malformed values are found while parts are read, far behind the reader.
  @Test(arguments: 0..<6)
  func everyPlaceIsOneOfItsFile(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    try withTemporaryFolder { folder in
      let end = ["\n", "\r\n", "\r"][Int(seed % 3)]
      let bad = (file: Int(generator.next() % 7), line: Int(generator.next() % 50))
      for file in 0..<7 {
        var text = "a,b\(end)"
        for line in 0..<50 {
          text += (file, line) == bad ? "1,2,3\(end)" : "\(generator.next() % 100),\(line)\(end)"
        }
        try write([("\(file).csv", text)], in: folder)
      }
      var options = TextOptions(threads: 2)
      options.sizes = ReadingSizes(window: 300, part: 50)
      let expected =
        "\(folder)/\(bad.file).csv:\(bad.line + 2):1: record has 3 fields; the header has 2"
      #expect(message(folder, options) == expected, "seed \(seed)")
    }
  }

  @Test func aStreamOfFilesIsPredictedAsOne() throws {
    try withTemporaryFolder { folder in
      try write(
        [("1.csv", "x,n,colour\n" + lines(0..<9)), ("2.csv.gz", "x,n,colour\n" + lines(9..<40))],
        in: folder)
      let whole = folder + "-whole.csv"
      defer { FileStatus.remove(whole) }
      try Data(("x,n,colour\n" + lines(0..<40)).utf8).write(to: URL(fileURLWithPath: whole))
      guard let table = try TrainingData(reading: DataFile.openAll(whole)).table else { return }
      let preprocessor = try TablePreprocessor(fitting: table, target: 2)
      func batches(_ path: String) throws -> [String] {
        let source = try DataFile.openAll(path)
        source.prepareForDigest()
        var reader = try BatchReader(
          source, preprocessor: .table(preprocessor),
          wishes: StreamWishes(kept: .all, target: .texts), batchSize: 7)
        var found: [String] = []
        while let batch = try reader.next() {
          found.append(
            "\(batch.features.dense.elements) \(batch.targets!) "
              + (0..<batch.rowCount).map { batch.kept.texts($0).joined(separator: "|") }
              .joined(separator: "|"))
        }
        return found + [source.finishDigest()]
      }
      #expect(try batches(folder) == batches(whole))
    }
  }
}
