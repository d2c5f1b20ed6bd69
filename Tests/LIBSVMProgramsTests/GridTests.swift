import LIBSVMPrograms
import TestSupport
import Testing

@Suite("svm-grid", .serialized)
struct GridTests {
  private let axes = ["-log2c", "-1,3,2", "-log2g", "0,-4,-2"]

  @Test("cells come in LIBSVM's order, each with the rate of svm-train")
  func cells() throws {
    try withTemporaryFolder { folder in
      let (data, results) = ("\(folder)/data", "\(folder)/results")
      try TextFile.write(Data.text(), to: data)
      let run = ProgramRun(.grid, axes + ["-out", results, data])
      #expect(run.status == 0, "\(run.errors)")
      let lines = run.output.split(separator: "\n")
      let order = lines.dropLast().map { $0.split(separator: " ")[1...2].joined(separator: " ") }
      #expect(
        order == [
          "1.0 -2.0", "1.0 0.0", "-1.0 -2.0", "-1.0 0.0", "1.0 -4.0", "-1.0 -4.0", "3.0 -2.0",
          "3.0 0.0", "3.0 -4.0",
        ])
      let file = try TextFile.read(results).split(separator: "\n")
      #expect(file.count == 9)
      for line in file {
        let values = line.split(separator: " ").compactMap {
          Double($0.split(separator: "=")[1])
        }
        let training = ProgramRun(
          .train, "-q", "-v", "5", "-c", "\(power(values[0]))", "-g", "\(power(values[1]))", data)
        let rate = training.output.dropFirst("Cross Validation Accuracy = ".count).dropLast(2)
        #expect(Double(rate) == values[2], "\(line)")
      }
      let best = file.compactMap { Double($0.split(separator: "=").last ?? "") }.max() ?? 0
      #expect(lines.last?.hasSuffix(" \(best)") ?? false)
      #expect(lines[lines.count - 2].hasSuffix("rate=\(best))"))
    }
  }

  /// 2ⁿ.
  private func power(_ exponent: Double) -> Double {
    exponent < 0 ? 1 / power(-exponent) : Double(1 << Int(exponent))
  }

  @Test("one axis alone, and default exponents without a point")
  func oneAxis() throws {
    try withTemporaryFolder { folder in
      try TextFile.write(Data.text(), to: "\(folder)/data")
      let run = ProgramRun(
        .grid, "-log2c", "null", "-log2g", "1,-1,-1", "-out", "null", "-v", "3", "\(folder)/data")
      let lines = run.output.split(separator: "\n")
      #expect(lines.count == 4)
      #expect(lines[0].hasPrefix("[local] 0.0 ") && lines[0].contains("(best g=1.0, rate="))
      let other = ProgramRun(
        .grid, "-log2g", "null", "-t", "0", "-e", "0.1", "-out", "null", "\(folder)/data")
      #expect(other.output.hasPrefix("[local] 5 "))
    }
  }

  @Test("results of a file are not computed again")
  func resume() throws {
    try withTemporaryFolder { folder in
      let (data, results) = ("\(folder)/data", "\(folder)/results")
      try TextFile.write(Data.text(), to: data)
      try TextFile.write("log2c=1.0 log2g=-2.0 rate=99.5\n", to: results)
      let run = ProgramRun(.grid, axes + ["-out", results, "-resume", results, data])
      let lines = run.output.split(separator: "\n")
      #expect(lines.count == 10)
      #expect(lines[0] == "[resumed] 1.0 -2.0 99.5 (best c=2.0, g=0.25, rate=99.5)")
      #expect(lines[9] == "2.0 0.25 99.5")
      #expect(try TextFile.read(results).split(separator: "\n").count == 9)
    }
  }

  @Test("regressions are measured by their error, of which the smallest is the best")
  func regression() throws {
    try withTemporaryFolder { folder in
      try TextFile.write(Data.text(regression: true), to: "\(folder)/data")
      let run = ProgramRun(.grid, axes + ["-s", "3", "-out", "null", "\(folder)/data"])
      let lines = run.output.split(separator: "\n")
      let errors = lines.dropLast().compactMap { Double($0.split(separator: " ")[3]) }
      #expect(lines.last?.hasSuffix(" \(errors.min() ?? 0)") ?? false)
    }
  }

  @Test("probabilities are measured with the folds of a fresh program")
  func probabilities() throws {
    try withTemporaryFolder { folder in
      let data = "\(folder)/data"
      try TextFile.write(Data.text(), to: data)
      let run = ProgramRun(
        .grid, "-log2c", "0,2,2", "-log2g", "-2,-2,-1", "-b", "1", "-out", "null", data)
      let rates = run.output.split(separator: "\n").dropLast().map { $0.split(separator: " ") }
      #expect(rates.count == 2)
      for words in rates {
        let c = power(Double(words[1]) ?? .nan)
        let training = ProgramRun(
          .train, "-q", "-b", "1", "-v", "5", "-c", "\(c)", "-g", "0.25", data)
        let rate = training.output.dropFirst("Cross Validation Accuracy = ".count).dropLast(2)
        #expect(Double(rate) == Double(words[3]))
      }
    }
  }

  static let faults: [(sentence: String, options: [String])] = [
    ("Use -log2c and -log2g.", ["-c", "1"]),
    ("-log2c and -log2g should not be null simultaneously", ["-log2c", "null", "-log2g", "null"]),
    ("-log2c must be begin,end,step or null, but is 1,2", ["-log2c", "1,2"]),
    ("-log2g must be begin,end,step or null, but is 1,2,0", ["-log2g", "1,2,0"]),
    ("-log2c 0,1e9,1e-9 has more than 10000 values", ["-log2c", "0,1e9,1e-9"]),
    ("n-fold cross validation: n must >= 2", ["-v", "1"]),
    ("file for resumption not found", ["-resume", "/no/file"]),
  ]

  @Test("options that make no sense are one sentence", arguments: faults.indices)
  func isRefused(_ index: Int) throws {
    try withTemporaryFolder { folder in
      try TextFile.write(Data.text(), to: "\(folder)/data")
      let run = ProgramRun(.grid, Self.faults[index].options + ["\(folder)/data"])
      #expect(run.status == 1)
      #expect(run.errors.hasPrefix(Self.faults[index].sentence + "\n"), "\(run.errors)")
    }
  }
}
