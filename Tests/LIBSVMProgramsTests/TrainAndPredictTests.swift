import LIBSVMPrograms
import TestSupport
import Testing

@Suite("svm-train and svm-predict", .serialized)
struct TrainAndPredictTests {
  @Test("every formulation and kernel trains, predicts, and is measured", arguments: 0..<5, 0..<5)
  func sweep(formulation: Int, kernel: Int) throws {
    try withTemporaryFolder { folder in
      let isRegression = formulation > 2
      let (data, model, output) = ("\(folder)/data", "\(folder)/model", "\(folder)/out")
      try TextFile.write(
        Data.text(regression: isRegression, precomputed: kernel == 4), to: data)
      let options = ["-q", "-s", "\(formulation)", "-t", "\(kernel)", "-n", "0.3"]
      let training = ProgramRun(.train, options + [data, model])
      #expect(training.status == 0 && training.output.isEmpty && training.errors.isEmpty)
      let text = try TextFile.read(model)
      let types = ["c_svc", "nu_svc", "one_class", "epsilon_svr", "nu_svr"]
      #expect(text.hasPrefix("svm_type \(types[formulation])\n"))

      let prediction = ProgramRun(.predict, data, model, output)
      #expect(prediction.status == 0 && prediction.errors.isEmpty)
      let predicted = try TextFile.read(output).split(separator: "\n").compactMap { Double($0) }
      let targets = try TextFile.read(data).split(separator: "\n").compactMap {
        Double($0.prefix { $0 != " " })
      }
      #expect(predicted.count == targets.count)
      if isRegression {
        #expect(prediction.output.hasPrefix("Mean squared error = "))
        #expect(prediction.output.contains("\nSquared correlation coefficient = "))
      } else {
        let correct = zip(predicted, targets).count { $0 == $1 }
        #expect(prediction.output.hasSuffix("% (\(correct)/45) (classification)\n"))
        #expect(prediction.output.hasPrefix("Accuracy = "))
      }
      #expect(ProgramRun(.predict, "-q", data, model, output).output.isEmpty)

      let validation = ProgramRun(.train, options + ["-v", "3", data, "\(folder)/none"])
      #expect(validation.status == 0)
      #expect(validation.output.hasPrefix("Cross Validation "))
      #expect(throws: (any Error).self) { try TextFile.read("\(folder)/none") }
    }
  }

  @Test("probabilities have their line of labels and add up to 1", arguments: [0, 1, 2, 3, 4])
  func probabilities(formulation: Int) throws {
    try withTemporaryFolder { folder in
      let (data, model, output) = ("\(folder)/data", "\(folder)/model", "\(folder)/out")
      try TextFile.write(Data.text(regression: formulation > 2), to: data)
      let training = ProgramRun(
        .train, "-q", "-b", "1", "-s", "\(formulation)", "-n", "0.3", data, model)
      #expect(training.status == 0)
      let prediction = ProgramRun(.predict, "-b", "1", data, model, output)
      #expect(prediction.status == 0, "\(prediction.errors)")
      let lines = try TextFile.read(output).split(separator: "\n")
      if formulation > 2 {
        #expect(prediction.output.hasPrefix("Prob. model for test data: target value"))
        #expect(lines.count == 45)
        return
      }
      #expect(lines.first == (formulation == 2 ? "label normal outlier" : "labels 0 1 2"))
      #expect(lines.count == 46)
      for line in lines.dropFirst() {
        let numbers = line.split(separator: " ").compactMap { Double($0) }
        #expect(numbers.count == (formulation == 2 ? 3 : 4))
        #expect(abs(numbers.dropFirst().reduce(0, +) - 1) < 1e-4)
      }
      let plain = ProgramRun(.predict, data, model, output)
      #expect(
        plain.output.hasPrefix(
          "Model supports probability estimates, but disabled in prediction.\n"))
    }
  }

  @Test("the model's name is the data's, in the current folder; weights change the model")
  func weights() throws {
    try withTemporaryFolder { folder in
      let data = "\(folder)/data"
      try TextFile.write(Data.text(), to: data)
      #expect(ProgramRun(.train, "-q", "-c", "0.1", data, "\(folder)/a").status == 0)
      #expect(ProgramRun(.train, "-q", "-c", "0.1", "-w1", "9", data, "\(folder)/b").status == 0)
      #expect(try TextFile.read("\(folder)/a") != TextFile.read("\(folder)/b"))
    }
  }

  static let usage: [(LIBSVMProgram, [String])] = [
    (.train, []), (.train, ["-c"]), (.train, ["-x", "1", "data"]), (.train, ["-v", "1", "data"]),
    (.train, ["-c", "x", "data"]), (.train, ["-d", "2.5", "data"]), (.train, ["-wx", "1", "data"]),
    (.scale, ["-l", "x", "data"]), (.predict, ["-b", "x", "a", "b", "c"]),
    (.predict, []), (.predict, ["data", "model"]), (.predict, ["-x", "1", "a", "b", "c"]),
    (.scale, []), (.scale, ["-l"]), (.scale, ["-x", "data"]), (.scale, ["data", "data"]),
    (.grid, []), (.subset, ["data"]), (.subset, ["-s", "3", "data", "2"]), (.checkData, []),
  ]

  @Test("incomplete arguments show the usage and end with 1", arguments: usage.indices)
  func incomplete(_ index: Int) {
    let (program, arguments) = Self.usage[index]
    let run = ProgramRun(program, arguments)
    #expect(run.status == 1)
    #expect(run.output.contains("Usage: \(program.rawValue) "), "\(program) \(arguments)")
  }

  static let faults: [(sentence: String, options: [String])] = [
    ("ERROR: unknown svm type", ["-s", "9"]), ("ERROR: unknown kernel type", ["-t", "9"]),
    ("ERROR: C <= 0", ["-c", "0"]), ("ERROR: gamma < 0", ["-g", "-1"]),
    ("ERROR: eps <= 0", ["-e", "0"]), ("ERROR: cache_size <= 0", ["-m", "0"]),
    ("ERROR: nu <= 0 or nu > 1", ["-s", "1", "-n", "2"]),
    ("ERROR: p < 0", ["-s", "3", "-p", "-1"]),
    ("ERROR: shrinking != 0 and shrinking != 1", ["-h", "2"]),
    ("ERROR: probability != 0 and probability != 1", ["-b", "2"]),
    ("Wrong input format: first column must be 0:sample_serial_number", ["-t", "4"]),
  ]

  @Test("options out of range are one sentence", arguments: faults.indices)
  func fault(_ index: Int) throws {
    try withTemporaryFolder { folder in
      try TextFile.write(Data.text(), to: "\(folder)/data")
      let run = ProgramRun(.train, Self.faults[index].options + ["\(folder)/data", "\(folder)/m"])
      #expect(run.status == 1)
      #expect(run.errors == Self.faults[index].sentence + "\n")
      #expect(run.output.isEmpty)
    }
  }

  static let malformed = [
    "\n", "x 1:2\n", "1 1:2 1:3\n", "1 2:2 1:3\n", "1 1:x\n", "1 a:1\n", "1 1:\n", "1 -1:2\n",
    "1 1:2 3:\n", "1,2 1:1\n", "1 1:1e999\n", "1 99999999999:1\n", "1 1.5:2\n", "1 1:2:3\n",
  ]

  @Test("a malformed line is named and leaves no model", arguments: malformed)
  func malformedLine(_ line: String) throws {
    try withTemporaryFolder { folder in
      try TextFile.write("1 1:1\n0 1:2\n" + line, to: "\(folder)/data")
      for program in [LIBSVMProgram.train, .predict] {
        let files =
          program == .train
          ? ["-q", "\(folder)/data", "\(folder)/m"] : ["\(folder)/data", "a", "b"]
        let run = ProgramRun(program, files)
        #expect(run.status == 1)
        #expect(run.errors == "Wrong input format at line 3\n")
      }
      #expect(throws: (any Error).self) { try TextFile.read("\(folder)/m") }
    }
  }

  static let accepted = [
    "1 1:2 foo\n", "1 1:2 # words\n", "1\n", "1 1\n", "1\t1:2 2: 3\n", "1 1:0x10\n", "1 1:2\r\n",
    "+1 +1:+2", "1 0:3\n",
  ]

  @Test("what LIBSVM reads is read", arguments: accepted)
  func acceptedLine(_ line: String) throws {
    try withTemporaryFolder { folder in
      try TextFile.write("1 1:1\n0 1:2\n" + line, to: "\(folder)/data")
      let run = ProgramRun(.train, "-q", "\(folder)/data", "\(folder)/m")
      #expect(run.status == 0, "\(run.errors)")
    }
  }

  @Test("numbers that are not finite are refused with a sentence", arguments: ["nan", "inf"])
  func notFinite(_ word: String) throws {
    try withTemporaryFolder { folder in
      try TextFile.write("1 1:1\n0 1:2\n1 1:\(word)\n", to: "\(folder)/data")
      let run = ProgramRun(.train, "-q", "\(folder)/data", "\(folder)/m")
      #expect(run.status == 1)
      #expect(run.errors.hasPrefix("ERROR: "))
    }
  }

  @Test("files that are not there are named")
  func missingFiles() throws {
    try withTemporaryFolder { folder in
      try TextFile.write(Data.text(), to: "\(folder)/data")
      #expect(ProgramRun(.train, "\(folder)/x").errors == "can't open input file \(folder)/x\n")
      #expect(
        ProgramRun(.predict, "\(folder)/data", "\(folder)/x", "\(folder)/out").errors
          == "can't open model file \(folder)/x\n")
      #expect(ProgramRun(.scale, "\(folder)/x").errors == "can't open file \(folder)/x\n")
      #expect(ProgramRun(.grid, "\(folder)/x").status == 1)
      #expect(ProgramRun(.checkData, "\(folder)/x").output == "dataset \(folder)/x not found\n")
      #expect(
        ProgramRun(.train, "-q", "\(folder)/data", "\(folder)/no/m").errors
          == "can't save model to file \(folder)/no/m\n")
    }
  }
}
