import Foundation
import TabularModels
import Testing

/// Sizes that no memory holds: every command says so in one sentence, and nothing is written.
@Suite struct MemoryTests {
  /// A row with the largest index that there is.
  private static let widest =
    "1 1:1 2147483646:2\n2 1:3 5:1\n1 1:1.5\n2 1:3.5\n1 1:1.25 5:2\n2 1:3.25\n"

  private func check(
    _ arguments: [String], _ folder: Folder, statuses: Set<Int32>, contains parts: [String] = [],
    input: String = ""
  ) throws {
    let before = try folder.names
    let result = try Tool.run(arguments, input: input, in: folder)
    #expect(statuses.contains(result.status) && !result.crashed, "\(arguments) \(result)")
    guard result.status != 0 else { return }
    let lines = result.errors.split(separator: "\n").filter { !$0.hasPrefix("note: ") }
    #expect(lines.count == 1, "\(arguments) \(result)")
    for part in parts { #expect(result.errors.contains(part), "\(arguments) \(result)") }
    #expect(try folder.names == before, "\(arguments)")
  }

  // MARK: Many features

  @Test(arguments: ["maxabs", "minmax", "standard"])
  func aScalingOfTheLargestIndexIsRefused(scaling: String) throws {
    let folder = try Folder()
    try folder.write("i.svm", Self.widest)
    let ways: [[String]] = [
      [], ["-t", "linear"], ["-t", "laplacian-l1"], ["--formulation", "ls-svc"],
      ["--formulation", "logistic"], ["--task", "one-class"], ["--formulation", "kernel-pca"],
      ["--task", "regression"], ["--feature-map", "nystrom"], ["--feature-map", "fourier"],
    ]
    for way in ways {
      try check(
        ["train", "i.svm", "--scale", scaling] + way, folder, statuses: [1],
        contains: ["2147483646 features", "--scale none"])
    }
    for command in [["cv", "i.svm", "--folds", "2"], ["tune", "i.svm"]] {
      try check(
        command + ["--scale", scaling], folder, statuses: [1], contains: ["2147483646 features"])
    }
    try check(
      ["convert", "i.svm", "o.svm", "--scale", scaling], folder, statuses: [1],
      contains: ["2147483646 features"])
  }

  @Test func linesOfTheLargestIndexAreRefusedAndSparseTextIsWritten() throws {
    let folder = try Folder()
    try folder.write("i.svm", Self.widest)
    for output in ["o.csv", "o.tsv"] {
      try check(
        ["convert", "i.svm", output], folder, statuses: [1],
        contains: ["2147483646 columns", "--to libsvm"])
      try check(
        ["convert", "-", output], folder, statuses: [1], contains: ["--to libsvm"],
        input: Self.widest)
    }
    #expect(try Tool.run(["train", "i.svm", "-o", "i.model"], in: folder).status == 0)
    try check(
      ["convert", "i.svm", "o.csv", "--model", "i.model"], folder, statuses: [1],
      contains: ["--to libsvm"])
    #expect(try Tool.run(["convert", "i.svm", "o.svm"], in: folder).status == 0)
    #expect(folder.data("o.svm").map { String(decoding: $0, as: UTF8.self) } == Self.widest)
  }

  @Test func everyFormulationTakesOrRefusesTheLargestIndex() throws {
    let folder = try Folder()
    try folder.write("i.svm", Self.widest)
    for formulation in Formulation.allCases.map(\.rawValue) {
      for kernel in ["linear", "gaussian", "laplacian-l1"] {
        let result = try Tool.run(
          [
            "train", "i.svm", "--formulation", formulation, "-t", kernel, "--quiet", "-o",
            "x.model",
          ],
          in: folder)
        #expect([0, 1, 64].contains(result.status) && !result.crashed, "\(formulation) \(result)")
      }
    }
  }

  // MARK: Many rows

  @Test func tablesAboveTheLimitAreRefusedByEveryCommand() throws {
    let folder = try Folder()
    let row = String(repeating: "0,", count: 200)
    let text = String(repeating: row + "a\n" + row + "b\n", count: 3000)
    try folder.write("t.csv", text)
    try folder.write("t.tsv", text.replacingOccurrences(of: ",", with: "\t"))
    let small =
      String(text.prefix(row.count * 4 + 8)) + row.replacingOccurrences(of: "0", with: "1")
      + "a\n"
    try folder.write("small.csv", small)
    #expect(
      try Tool.run(["train", "small.csv", "--input-header", "no", "-o", "m.model"], in: folder)
        .status == 0)
    let limit = ["--memory", "16M", "--input-header", "no"]
    for command in [
      ["train", "t.csv"], ["train", "t.tsv"], ["cv", "t.csv"], ["tune", "t.csv"],
      ["verify", "m.model", "t.csv"], ["convert", "t.csv", "o.svm"],
      ["train", "t.csv", "--dry-run"],
    ] {
      try check(
        command + limit, folder, statuses: [1],
        contains: ["need 19 MB, but the memory limit is 16 MB"])
    }
    let result = try Tool.run(
      ["train", "t.csv", "--subsample", "100", "-o", "s.model"] + limit, in: folder)
    // All features are constant: what matters is that the memory suffices.
    #expect(result.status == 65, "\(result)")
  }

  // MARK: Many classes

  private static func names(_ count: Int, rowsEach: Int) -> String {
    var text = "x,y\n"
    for row in 0..<count * rowsEach { text += "\(row).5,k\(row % count)\n" }
    return text
  }

  @Test func aTargetThatNamesRowsIsRefusedUnlessItIsInsistedOn() throws {
    let folder = try Folder()
    try folder.write("c.csv", Self.names(2000, rowsEach: 1))
    try folder.write("few.csv", Self.names(30, rowsEach: 1))
    try folder.write("pairs.csv", Self.names(30, rowsEach: 2))
    try folder.write("n.svm", (1...60).map { "\($0) 1:\($0)\n" }.joined())
    for command in ["train", "cv", "tune"] {
      try check(
        [command, "c.csv", "--memory", "64M", "--time-limit", "20s"], folder, statuses: [65],
        contains: ["c.csv: the target \"y\" has more than 1000 different values in 2000 rows"])
    }
    try check(["train", "few.csv"], folder, statuses: [65], contains: ["--task classification"])
    try check(["train", "n.svm"], folder, statuses: [65], contains: ["--task regression"])
    for accepted in [
      ["train", "few.csv", "--task", "classification"], ["train", "n.svm", "--task", "regression"],
      ["train", "n.svm", "--task", "classification"], ["train", "pairs.csv"],
    ] {
      let result = try Tool.run(accepted + ["-o", "x.model"], in: folder)
      #expect(result.status == 0, "\(result)")
    }
  }

  @Test(arguments: [
    ["--multiclass", "one-versus-one"], ["--formulation", "nu-svc", "--nu", "0.1"],
    ["-t", "linear", "--solver", "primal"], ["-t", "linear", "--formulation", "logistic"],
    ["-t", "linear"],
  ])
  func pairsThatDoNotFitAreRefusedBeforeTheyAreSetUp(way: [String]) throws {
    let folder = try Folder()
    try folder.write("c.csv", Self.names(2000, rowsEach: 1))
    try check(
      ["train", "c.csv", "--task", "classification", "--memory", "64M"] + way, folder,
      statuses: [1], contains: ["--multiclass one-versus-rest"])
    try folder.write("many.csv", Self.names(20_000, rowsEach: 1))
    try check(
      ["train", "many.csv", "--task", "classification"] + way, folder, statuses: [1],
      contains: ["--multiclass one-versus-rest"])
  }

  @Test func probabilitiesOfManyClassesAreRefused() throws {
    let folder = try Folder()
    try folder.write("c.csv", Self.names(150, rowsEach: 3))
    try check(
      ["train", "c.csv", "--probability", "--memory", "16M", "-o", "x.model"], folder,
      statuses: [1],
      contains: ["probabilities of 150 classes", "--probability"])
  }

  // MARK: A machine without memory

  /// Every command under a ladder of limits: it does its work or says, with status 1, that the system
  /// has no memory; it neither crashes nor hangs.
  @Test func noMemoryIsASentenceInEveryCommand() throws {
    #if os(Linux)
      let folder = try Folder()
      try folder.write("t.csv", Fixtures.tangle(rows: 400, seed: 3))
      try folder.write("flowers.csv", Fixtures.flowers)
      #expect(try Tool.run(["train", "t.csv", "-o", "t.model"], in: folder).status == 0)
      let commands = [
        ["train", "t.csv", "-o", "x.model"],
        ["train", "t.csv", "--formulation", "ls-svc", "-o", "x.model"],
        ["train", "flowers.csv", "--probability", "--report", "r.html", "-o", "x.model"],
        ["train", "t.csv", "--feature-map", "nystrom", "-o", "x.model"],
        ["cv", "t.csv", "--folds", "3"],
        ["tune", "flowers.csv", "--budget-trials", "4", "-o", "x.model"],
        ["predict", "t.model", "t.csv"], ["evaluate", "t.model", "t.csv"],
        ["verify", "t.model", "t.csv"], ["convert", "t.model", "x.onnx"],
        ["convert", "t.csv", "x.svm"], ["inspect", "t.model"],
        ["plot", "t.model", "t.csv", "--kind", "roc", "-o", "x.svg"], ["doctor"],
      ]
      // The least limit, in kilobytes, under which the program can be loaded.
      let start = stride(from: 160_000, to: 2_000_000, by: 20_000).first {
        (try? limited($0, ["--version"], folder))?.status == 0
      }
      let least = try #require(start)
      var refusals = 0
      for step in [0, 8_000, 20_000, 45_000, 100_000, 250_000] {
        for command in commands {
          let result = try limited(least + step, command, folder)
          #expect(!result.crashed, "\(least + step) KB: \(command) \(result)")
          #expect(
            result.status == 0 || result.status == 1, "\(least + step) KB: \(command) \(result)")
          guard result.status == 1 else { continue }
          refusals += 1
          #expect(
            result.errors.contains("the system refused "),
            "\(least + step) KB: \(command) \(result)")
          #expect(try !folder.names.contains { $0.hasPrefix(".svm") }, "\(command)")
        }
      }
      #expect(refusals > 0)
    #endif
  }

  /// Runs the program with so many kilobytes of address space, and a minute at most.
  private func limited(
    _ kilobytes: Int, _ arguments: [String], _ folder: Folder
  ) throws -> Tool.Result {
    try Tool.run(
      ["-c", "ulimit -v \(kilobytes); exec timeout -s KILL 60 \"$0\" \"$@\"", Tool.path]
        + arguments,
      in: folder, program: "/bin/sh")
  }
}
