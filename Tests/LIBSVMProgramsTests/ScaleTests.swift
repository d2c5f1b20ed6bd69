import LIBSVMPrograms
import TestSupport
import Testing

@Suite("svm-scale")
struct ScaleTests {
  private let text = "1 1:2 2:5 4:1\n-1 1:6 4:1\n3 1:4 2:-5 4:1\n"

  @Test("features go to −1 … 1, what is lacking counts as 0, constant features vanish")
  func defaults() throws {
    try withTemporaryFolder { folder in
      try TextFile.write(text, to: "\(folder)/data")
      let run = ProgramRun(.scale, "-s", "\(folder)/ranges", "\(folder)/data")
      #expect(run.status == 0)
      #expect(run.output == "1 1:-1 2:1 \n-1 1:1 \n3 2:-1 \n")
      #expect(try TextFile.read("\(folder)/ranges") == "x\n-1 1\n1 2 6\n2 -5 5\n")
    }
  }

  @Test("targets are scaled with -y, and ranges are taken from a file")
  func targetsAndRanges() throws {
    try withTemporaryFolder { folder in
      try TextFile.write(text, to: "\(folder)/data")
      let saved = ProgramRun(
        .scale, "-l", "0", "-y", "0", "8", "-s", "\(folder)/ranges", "\(folder)/data")
      #expect(saved.output == "4 2:1 \n0 1:1 2:0.5 \n8 1:0.5 \n")
      #expect(try TextFile.read("\(folder)/ranges") == "y\n0 8\n-1 3\nx\n0 1\n1 2 6\n2 -5 5\n")
      try TextFile.write("2 1:10 3:1\n3 1:2\n", to: "\(folder)/other")
      let run = ProgramRun(.scale, "-r", "\(folder)/ranges", "\(folder)/other")
      // Nothing is cut off at the ends, and an unseen feature is dropped with a warning.
      #expect(run.output == "6 1:2 2:0.5 \n8 2:0.5 \n")
      #expect(run.errors.hasPrefix("WARNING: feature index 3 appeared in file"))
    }
  }

  @Test("more nodes than before are pointed out")
  func densified() throws {
    try withTemporaryFolder { folder in
      try TextFile.write("1 1:1\n1 2:1\n1 3:1\n", to: "\(folder)/data")
      let run = ProgramRun(.scale, "\(folder)/data")
      #expect(run.errors.contains("WARNING: original #nonzeros 3\n       > new      #nonzeros 9\n"))
    }
  }

  static let faults: [(sentence: String, status: Int32, options: [String])] = [
    ("inconsistent lower/upper specification", 1, ["-l", "2"]),
    ("inconsistent lower/upper specification", 1, ["-y", "1", "1"]),
    ("cannot use -r and -s simultaneously", 1, ["-r", "a", "-s", "b"]),
    ("unknown option", 1, ["-x"]),
  ]

  @Test("options that contradict each other are one sentence", arguments: faults.indices)
  func isRefused(_ index: Int) {
    let run = ProgramRun(.scale, Self.faults[index].options + ["data"])
    #expect(run.status == Self.faults[index].status)
    #expect(run.errors == Self.faults[index].sentence + "\n")
  }

  @Test("malformed files are one sentence")
  func malformed() throws {
    try withTemporaryFolder { folder in
      try TextFile.write("1 1:1\nx 1:2\n", to: "\(folder)/data")
      #expect(ProgramRun(.scale, "\(folder)/data").errors == "ERROR: failed to read labels\n")
      try TextFile.write("1 1:1\n", to: "\(folder)/data")
      for ranges in ["", "y\n1 2\n3\n", "x\n1\n", "1 2 3\n"] {
        try TextFile.write(ranges, to: "\(folder)/ranges")
        let run = ProgramRun(.scale, "-r", "\(folder)/ranges", "\(folder)/data")
        #expect(run.errors == "ERROR: failed to read scaling parameters\n", "\(ranges)")
        #expect(run.status != 0)
      }
      try TextFile.write("1 2147483647:1\n", to: "\(folder)/data")
      #expect(ProgramRun(.scale, "\(folder)/data").errors == "can't allocate enough memory\n")
    }
  }
}
