import Foundation
import Testing

/// Files in each other's place, options of another program, outputs that would destroy an input.
@Suite struct ConfusedInputTests {
  @Test(arguments: ["predict", "evaluate", "verify", "plot"])
  func swappedFilesAreTold(command: String) throws {
    let folder = try Fixtures.folder()
    let swapped = try Tool.run([command, "flowers.csv", "flowers.model"], in: folder)
    #expect(swapped.status == 65, "\(swapped)")
    #expect(
      swapped.errors.hasPrefix(
        "flowers.csv: is not a model file, but text, such as data; the model comes"),
      "\(swapped)")
    let twice = try Tool.run([command, "flowers.model", "flowers.model"], in: folder)
    #expect(twice.status == 65, "\(twice)")
    #expect(twice.errors.contains("flowers.model is a model, not data"), "\(twice)")
  }

  @Test(arguments: ["train", "cv", "tune"]) func aModelIsNoData(command: String) throws {
    let folder = try Fixtures.folder()
    _ = try Tool.run(
      ["convert", "small.model", "small.libsvm-model", "--to", "libsvm"], in: folder)
    for name in ["flowers.model", "small.libsvm-model"] {
      let result = try Tool.run([command, name], in: folder)
      #expect(result.status == 65, "\(result)")
      #expect(result.errors.contains("\(name) is a model, not data"), "\(result)")
    }
  }

  @Test(arguments: [
    (["train", "flowers.csv", "-b", "1"], "'-b': for LIBSVM's '-b 1' use --probability"),
    (["train", "flowers.csv", "-v", "7"], "'-v': for LIBSVM's '-v 7' use --cv 7"),
    (["train", "flowers.csv", "-v5"], "'-v5': for LIBSVM's '-v 5' use --cv 5"),
    (["train", "flowers.csv", "-w1", "2.5"], "for LIBSVM's '-w1 2.5' use --class-weight 1=2.5"),
    (["tune", "flowers.csv", "-w-1", "3"], "for LIBSVM's '-w-1 3' use --class-weight -1=3"),
    (["train", "flowers.csv", "-m", "400"], "for LIBSVM's '-m 400' use --memory 400M"),
    (["train", "flowers.csv", "-h", "0"], "-h: LIBSVM's '-h' chooses shrinking"),
    (["train", "small.libsvm", "-t", "4"], "-t: LIBSVM's '-t 4' is a precomputed kernel"),
    (["tune", "flowers.csv", "-log2c", "-5,15,2"], "use --c 2^-5:2^15:2^2"),
    (["tune", "flowers.csv", "-log2g", "3,-15,-2"], "use --gamma 2^-15:2^3:2^2"),
    (["predict", "flowers.model", "flowers.csv", "-b", "1"], "use --probability"),
    (["predict", "flowers.model", "flowers.csv", "-q"], "predict prints only predictions"),
  ])
  func optionsOfLIBSVMGetTheirCounterpart(arguments: [String], expected: String) throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(arguments, in: folder)
    #expect(result.status == 64, "\(result)")
    #expect(result.errors.contains(expected), "\(result)")
    #expect(result.output.isEmpty, "\(result)")
  }

  /// What the hints say works.
  @Test(arguments: [
    ["train", "small.libsvm", "--probability"], ["train", "small.libsvm", "--cv", "2"],
    ["train", "small.libsvm", "--class-weight", "1=2.5"],
    ["train", "small.libsvm", "--class-weight", "-1=3"],
    ["train", "small.libsvm", "--memory", "400M"], ["train", "small.libsvm", "--quiet"],
    ["cv", "small.libsvm", "--folds", "2"],
    ["tune", "small.libsvm", "--folds", "2", "--c", "2^-1:2^3:2^2", "--gamma", "2^-3:2^-1:2^2"],
  ])
  func theCounterpartsWork(arguments: [String]) throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(arguments, in: folder)
    #expect(result.status == 0, "\(result)")
  }

  // MARK: Outputs

  /// Runs a line of the shell; `$SVM` is the program.
  private func shell(_ line: String, in folder: Folder) throws -> (status: Int32, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = folder.url
    process.environment = ProcessInfo.processInfo.environment.merging(["SVM": Tool.path]) { $1 }
    let errors = folder.url.appendingPathComponent("shell-errors")
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    )
  }

  @Test(arguments: [
    "$SVM train - < x.csv -o x.csv", "$SVM train - -o y.model --json x.csv < x.csv",
    "$SVM train - --report x.csv < x.csv", "$SVM predict flowers.model - < x.csv -o x.csv",
    "$SVM predict flowers.model x.csv >> x.csv",
    "$SVM evaluate flowers.model - --json x.csv < x.csv",
    "$SVM evaluate flowers.model - --report x.csv < x.csv", "$SVM cv - --json x.csv < x.csv",
    "$SVM cv - --save x.csv < x.csv", "$SVM cv - --predictions x.csv < x.csv",
    "$SVM tune - -o x.csv < x.csv", "$SVM tune - --trials x.csv < x.csv",
    "$SVM convert - x.csv --scale minmax < x.csv", "$SVM plot flowers.model - -o x.csv < x.csv",
    "ln x.csv hard.csv; $SVM train - -o hard.csv < x.csv",
    "ln -s x.csv soft.csv; $SVM train x.csv -o soft.csv",
  ])
  func whatIsReadIsNeverReplaced(line: String) throws {
    let folder = try Fixtures.folder()
    try folder.write("x.csv", Fixtures.flowers)
    let result = try shell(line, in: folder)
    #expect(result.status == 64, "\(line): \(result)")
    #expect(folder.text("x.csv") == Fixtures.flowers, "\(line): \(result)")
  }

  @Test(arguments: [
    ["-o", "folder/../z", "--json", "z"], ["-o", "z", "--json", "./z"],
    ["-o", "z", "--report", "folder/../z"], ["-o", "there/z", "--json", "folder/z"],
    ["-o", "-", "--json", "/dev/stdout"],
  ])
  func twoOutputsInOnePlaceAreRefused(outputs: [String]) throws {
    let folder = try Fixtures.folder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("there"), withDestinationPath: "folder")
    let result = try Tool.run(["train", "flowers.csv"] + outputs, in: folder)
    #expect(result.status == 64, "\(result)")
    #expect(result.errors.contains("is already used by --output"), "\(result)")
  }

  @Test func leftoversOfKilledRunsAreSweptAfterADay() throws {
    let folder = try Fixtures.folder()
    let old = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -2 * 86_400)]
    for name in [".svm-1x2y3z", ".svm-new", ".svm-other.txt", "svm-1x2y3z"] {
      try folder.write(name, "x")
      if name != ".svm-new" {
        try FileManager.default.setAttributes(old, ofItemAtPath: folder.path(name))
      }
    }
    let result = try Tool.run(["train", "flowers.csv", "-o", "x.model", "--quiet"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(folder.data(".svm-1x2y3z") == nil)
    for name in [".svm-new", ".svm-other.txt", "svm-1x2y3z"] { #expect(folder.text(name) == "x") }
  }

  /// A signal while another program draws a PNG file ends that program, too, and leaves nothing behind.
  @Test func aSignalDuringAPictureLeavesNothing() throws {
    let folder = try Fixtures.folder()
    for name in ["bin", "tmp"] {
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent(name), withIntermediateDirectories: false)
    }
    let started = folder.path("started")
    try folder.write("bin/rsvg-convert", "#!/bin/sh\necho $$ > '\(started)'\nsleep 60\n")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.path("bin/rsvg-convert"))
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let running = try Tool.Running(
      ["plot", "flowers.model", "flowers.csv", "--kind", "confusion", "-o", "x.png"], in: folder,
      environment: ["PATH": folder.path("bin") + ":" + path, "TMPDIR": folder.path("tmp")])
    var converter: pid_t?
    for _ in 0..<1000 where converter == nil && running.process.isRunning {
      Thread.sleep(forTimeInterval: 0.01)
      converter = Int32(folder.text("started").prefix { $0.isNumber })
    }
    let child = try #require(converter)
    running.signal(SIGINT)
    let result = try running.wait()
    #expect(result.status == 130, "\(result)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("tmp")) == [])
    #expect(folder.data("x.png") == nil)
    #expect(kill(child, 0) != 0, "the converter goes on")
  }

  // MARK: Evaluation on what was learned

  @Test func evaluatingOnTheTrainingFileIsSaid() throws {
    let folder = try Fixtures.folder()
    let note = "flowers.csv is the file that the model was trained on"
    let same = try Tool.run(
      ["evaluate", "flowers.model", "flowers.csv", "--json", "a.json"], in: folder)
    #expect(same.status == 0 && same.errors.contains(note), "\(same)")
    #expect(folder.text("a.json").contains("\"isTrainingData\": true"))
    try folder.write("other.csv", Fixtures.flowers + "1.4,0.2,setosa\n")
    let other = try Tool.run(
      ["evaluate", "flowers.model", "other.csv", "--json", "b.json"], in: folder)
    #expect(other.status == 0 && !other.errors.contains("was trained on"), "\(other)")
    #expect(folder.text("b.json").contains("\"isTrainingData\": false"))
  }

  // MARK: The largest index

  @Test(arguments: ["linear", "gaussian"])
  func theLargestIndexNeverCrashes(kernel: String) throws {
    let folder = try Fixtures.folder()
    try folder.write("i.svm", "1 1:1 2147483646:2\n2 1:3 5:1\n1 1:1.5\n2 1:3.5\n")
    let trained = try Tool.run(
      ["train", "i.svm", "-o", "i.model", "--kernel", kernel, "--quiet"], in: folder)
    #expect(trained.status == 0, "\(trained)")
    for (arguments, status) in [
      (["convert", "i.model", "i.mlmodel"], 65), (["convert", "i.model", "i.onnx"], 65),
      (["convert", "i.model", "i.libsvm"], 0), (["inspect", "i.model"], 0),
      (["plot", "i.model", "i.svm", "--kind", "importance"], 65),
      (["plot", "i.model", "i.svm", "--kind", "dependence"], 65),
      (["plot", "i.model", "i.svm", "--kind", "regions"], 65),
      (["plot", "i.model", "i.svm", "--kind", "weights"], 65),
      (["plot", "i.model", "i.svm", "--kind", "confusion"], 0),
      (["plot", "i.model", "i.svm", "--kind", "map"], 0),
      (["evaluate", "i.model", "i.svm", "--report", "r.html"], 0),
      (["predict", "i.model", "i.svm", "--decision-values"], 0),
      (["verify", "i.model", "i.svm"], 0),
      (
        ["train", "i.svm", "--kernel", kernel, "--feature-map", "nystrom", "--components", "3"]
          + ["--quiet", "-o", "n.model"], kernel == "linear" ? 64 : 0
      ),
      (["predict", kernel == "linear" ? "i.model" : "n.model", "i.svm"], 0),
      (["train", "i.svm", "--kernel", kernel, "--report", "t.html", "-o", "t.model"], 0),
    ] {
      let result = try Tool.run(arguments, in: folder)
      #expect(!result.crashed && result.status == Int32(status), "\(arguments) \(result)")
      if status == 65 { #expect(result.errors.contains("2147483646"), "\(arguments) \(result)") }
    }
  }
}
