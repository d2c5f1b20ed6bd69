import Foundation
import Testing

/// Every output of every command is tried before the work begins, and one that fails costs no other.
@Suite struct OutputSweepTests {
  /// Commands with one output each; the data or the model is malformed, which nobody has noticed yet when
  /// the output is tried.
  static let outputs: [[String]] = [
    ["train", "ragged.csv", "-o"], ["train", "ragged.csv", "--json"],
    ["train", "ragged.csv", "--report"], ["train", "ragged.csv", "--checkpoint"],
    ["train", "ragged.csv", "--dry-run", "--json"],
    ["cv", "ragged.csv", "--save"], ["cv", "ragged.csv", "--predictions"],
    ["cv", "ragged.csv", "--report"], ["cv", "ragged.csv", "--json"],
    ["tune", "ragged.csv", "-o"], ["tune", "ragged.csv", "--trials"],
    ["tune", "ragged.csv", "--resume"], ["tune", "ragged.csv", "--report"],
    ["tune", "ragged.csv", "--json"],
    ["predict", "forged.model", "ragged.csv", "-o"],
    ["evaluate", "forged.model", "ragged.csv", "--json"],
    ["evaluate", "forged.model", "ragged.csv", "--report"],
    ["plot", "forged.model", "ragged.csv", "-o"], ["inspect", "forged.model", "--json"],
    ["convert", "ragged.csv"], ["convert", "ragged.csv", "x.libsvm", "--save-preprocessing"],
  ]

  @Test(arguments: outputs)
  func aMissingFolderIsKnownBeforeTheWork(arguments: [String]) throws {
    let folder = try Fixtures.folder()
    let before = try folder.names
    let path = arguments[0] == "plot" ? "absent/x.svg" : "absent/x.libsvm"
    let result = try Tool.run(arguments + [path], in: folder)
    #expect(result.status == 1, "\(arguments): \(result)")
    #expect(result.errors.hasPrefix("\(path): cannot be written: "), "\(arguments): \(result)")
    #expect(try folder.names == before, "\(arguments)")
  }

  /// A command, an output that fails, and the files that appear all the same.
  struct Failing: CustomTestStringConvertible, Sendable {
    var arguments: [String]
    var files: [String]
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let failing: [Failing] = [
    Failing(
      arguments: ["train", "flowers.csv", "-o", "x", "--json", "/dev/full", "--report", "p.html"],
      files: ["x", "p.html"]),
    Failing(
      arguments: ["train", "flowers.csv", "-o", "/dev/full", "--json", "j", "--report", "p.html"],
      files: ["j", "p.html"]),
    Failing(
      arguments: [
        "cv", "flowers.csv", "--folds", "3", "--save", "x", "--predictions", "/dev/full", "--json",
        "j", "--report", "p.html",
      ], files: ["x", "j", "p.html"]),
    Failing(
      arguments: [
        "cv", "flowers.csv", "--folds", "3", "--save", "/dev/full", "--predictions", "y",
      ],
      files: ["y"]),
    Failing(
      arguments: tune + ["-o", "x", "--trials", "/dev/full", "--json", "j", "--report", "p.html"],
      files: ["x", "j", "p.html"]),
    Failing(
      arguments: tune + ["-o", "/dev/full", "--trials", "t", "--json", "j"], files: ["t", "j"]),
    Failing(
      arguments: tune + ["-o", "x", "--report", "/dev/full", "--json", "j"], files: ["x", "j"]),
    Failing(
      arguments: [
        "evaluate", "flowers.model", "flowers.csv", "--report", "/dev/full", "--json", "j",
      ],
      files: ["j"]),
  ]

  private static let tune = [
    "tune", "flowers.csv", "--search", "grid", "--c", "1,8", "--gamma", "1",
  ]

  @Test(arguments: failing)
  func aFullDiskCostsNoOtherOutput(_ run: Failing) throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(run.arguments, in: folder)
    #expect(result.status == 1, "\(result)")
    #expect(result.errors.contains("/dev/full: cannot be written: "), "\(result)")
    for name in run.files {
      #expect(folder.data(name)?.isEmpty == false, "\(name): \(result)")
    }
    if run.files.contains("x") {
      #expect(try Tool.run(["inspect", "x"], in: folder).status == 0)
    }
  }
}
