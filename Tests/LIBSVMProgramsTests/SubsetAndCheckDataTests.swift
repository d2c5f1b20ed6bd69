import LIBSVMPrograms
import TestSupport
import Testing

@Suite("svm-subset and svm-checkdata")
struct SubsetAndCheckDataTests {
  @Test("a subset and the others are all lines, each class in proportion", arguments: ["0", "1"])
  func subset(method: String) throws {
    try withTemporaryFolder { folder in
      let lines = (0..<30).map { "\($0 % 3 == 0 ? 7 : 1) 1:\($0)\n" }
      try TextFile.write(lines.joined(), to: "\(folder)/data")
      let run = ProgramRun(
        .subset, "-s", method, "\(folder)/data", "9", "\(folder)/some", "\(folder)/others")
      #expect(run.status == 0 && run.output.isEmpty)
      let some = try TextFile.read("\(folder)/some").split(separator: "\n")
      let others = try TextFile.read("\(folder)/others").split(separator: "\n")
      #expect(some.count == 9 && others.count == 21)
      #expect((some + others).sorted() == lines.map { $0.dropLast() }.sorted())
      if method == "0" { #expect(some.count { $0.hasPrefix("7") } == 3) }
      let printed = ProgramRun(.subset, "-s", method, "\(folder)/data", "9").output
      #expect(printed.split(separator: "\n").count == 9)
    }
  }

  @Test("subsets that cannot be are one sentence")
  func impossible() throws {
    try withTemporaryFolder { folder in
      let data = "\(folder)/data"
      try TextFile.write("1 1:1\n2 1:2\n3 1:3\n", to: data)
      #expect(ProgramRun(.subset, data, "2").status == 255)
      #expect(
        ProgramRun(.subset, data, "9").errors == "subset_size is 9, but \(data) has 3 lines\n")
      #expect(
        ProgramRun(.subset, data, "x").errors
          == "subset_size must be a whole number, but is x\n")
    }
  }

  static let faults: [(line: String, words: String)] = [
    ("1 1:2\n", "No error."),
    ("1,2 1:2\n", "No error."),
    ("1 1:2", "line 2: missing a newline character in the end"),
    ("\n", "line 2: missing label, perhaps an empty line?"),
    ("x 1:2\n", "line 2: label x is not a number"),
    ("1,x 1:2\n", "line 2: label 1,x is not a valid multi-label form"),
    (
      "1 1:x\n",
      "line 2: feature '1:x' not an <index>:<value> pair, <index> integer, <value> real number "
    ),
    (
      "1 1:nan\n",
      "line 2: feature '1:nan' not an <index>:<value> pair, <index> integer, <value> real number "
    ),
    ("1 -1:2\n", "line 2: feature index must be positive; wrong feature -1:2"),
    (
      "1 2:2 1:3\n",
      "line 2: feature indices must be in an ascending order, previous/current features 2:2 1:3"
    ),
  ]

  @Test("each fault of a line has its words", arguments: faults.indices)
  func checkData(_ index: Int) throws {
    try withTemporaryFolder { folder in
      try TextFile.write("1 1:1\n" + Self.faults[index].line, to: "\(folder)/data")
      let run = ProgramRun(.checkData, "\(folder)/data")
      let isFaulty = Self.faults[index].words.hasPrefix("line")
      #expect(run.status == (isFaulty ? 1 : 0))
      #expect(
        run.output
          == Self.faults[index].words + (isFaulty ? "\nFound 1 lines with error.\n" : "\n"))
    }
  }
}
