import Foundation
import Testing

@Suite struct TrainCommandTests {
  /// The lines of an aligned summary by their labels.
  private func lines(_ text: String) -> [String: String] {
    var lines: [String: String] = [:]
    for line in text.split(separator: "\n") {
      guard let gap = line.range(of: "  ") else { continue }
      lines[String(line[..<gap.lowerBound])] =
        line[gap.upperBound...].trimmingCharacters(in: .whitespaces)
    }
    return lines
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func theSummaryTellsDataTaskSolutionAndModel() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(["train", "flowers.csv", "-o", "x.model"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.isEmpty, "\(result)")
    let summary = lines(result.output)
    #expect(
      summary["data"] == "flowers.csv: 30 rows, 2 features, target species, "
        + "3 classes (setosa 33.3 %, versicolor 33.3 %, virginica 33.3 %)")
    #expect(summary["task"] == "classification: the target is text")
    #expect(summary["formulation"] == "c-svc, one-versus-one")
    #expect(summary["kernel"] == "gaussian, gamma 0.5 (scale)")
    #expect(summary["parameters"] == "C 1, tolerance 0.001, scaling standard")
    #expect(summary["solution"]?.hasPrefix("converged after ") == true)
    #expect(summary["on training rows"]?.hasPrefix("accuracy 1, ") == true)
    #expect(summary["model"] == "x.model")
    #expect(folder.data("x.model") != nil)
  }

  @Test(arguments: [
    ("flowers.csv", "flowers.model"), ("./small.libsvm", "small.model"), ("a9a.t", "a9a.t.model"),
  ])
  func theModelIsNamedAfterTheData(data: String, model: String) throws {
    let folder = try Folder()
    try folder.write(data, data.hasSuffix("csv") ? Fixtures.flowers : "+1 1:1\n-1 1:-1\n")
    let result = try Tool.run(["train", data, "--quiet"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(try folder.names.contains(model))
  }

  @Test func standardInputIsNamedSo() throws {
    let folder = try Folder()
    let result = try Tool.run(["train", "-"], input: Fixtures.flowers, in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(try folder.names == ["stdin.model"])
  }

  @Test func quietPrintsNothing() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      ["train", "one.csv", "--quiet", "-o", "x.model", "--degree", "2"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(result.output.isEmpty && result.errors.isEmpty, "\(result)")
  }

  @Test func oneClassIsAWarningAndAModel() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(["train", "one.csv", "-o", "x.model"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(
      result.errors
        == "warning: training labels contain 1 class (\"yes\"); the model predicts it for every "
        + "row\n")
    let prediction = try Tool.run(["predict", "x.model", "one.csv"], in: folder)
    #expect(prediction.output == "prediction\nyes\nyes\nyes\n", "\(prediction)")
  }

  @Test func anIterationLimitIsAWarningAndStatus3() throws {
    let folder = try Folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: 200, seed: 1))
    let result = try Tool.run(
      ["train", "tangle.csv", "--scale", "none", "--max-iterations", "5"], in: folder)
    #expect(result.status == 3, "\(result)")
    let warning =
      #/warning: stopped at 5 iterations with KKT violation [0-9.]+ \(tolerance 0.001\); scaling the features often helps\n/#
    #expect(result.errors.wholeMatch(of: warning) != nil, "\(result)")
    let inspection = try Tool.run(["inspect", "tangle.model"], in: folder)
    #expect(inspection.output.contains("stopped at the iteration limit after 5"), "\(inspection)")
    let verification = try Tool.run(["verify", "tangle.model", "tangle.csv"], in: folder)
    #expect(verification.status == 1, "\(verification)")
    #expect(verification.output.contains("above the tolerance 0.001"), "\(verification)")
  }

  @Test func aTimeLimitEndsATrainingThatWouldLastLonger() throws {
    let folder = try Folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: 3000, seed: 2))
    let result = try Tool.run(
      ["train", "tangle.csv", "-c", "1e6", "-g", "0.5", "-e", "1e-12", "--time-limit", "2s"],
      in: folder)
    #expect(result.status == 3, "\(result)")
    #expect(result.errors.hasPrefix("warning: stopped at the time limit after "), "\(result)")
    #expect(try folder.names == ["tangle.csv", "tangle.model"])
  }

  @Test func errorsAboutMissingValuesSayWhatAcceptsThem() throws {
    let folder = try Fixtures.folder()
    #expect(
      try Tool.run(["train", "hole.csv", "--impute", "error"], in: folder).errors
        == "hole.csv:3:1: field 1 (a) is empty; every feature needs a finite number\n"
        + "--impute mean, median or most-frequent fills missing values in. --impute drop leaves out "
        + "all rows with a missing value: 2 of 3 remain.\n")
    #expect(
      try Tool.run(["train", "notarget.csv"], in: folder).errors
        == "notarget.csv:3:5: field 3 (label) is empty; every row needs a target\n"
        + "--impute drop leaves out all rows with a missing value: 2 of 3 remain.\n")
    for policy in ["mean", "median", "most-frequent", "constant=0", "drop"] {
      let result = try Tool.run(
        ["train", "hole.csv", "--missing", policy, "-o", "x.model"], in: folder)
      #expect(result.status == 0, "\(result)")
    }
  }

  @Test func optionsWithoutEffectAreNoted() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      ["train", "flowers.csv", "-t", "linear", "-d", "2", "-p", "0.5", "-o", "x.model"],
      in: folder)
    #expect(
      result.errors
        == "note: --degree has no effect on the linear kernel\n"
        + "note: --epsilon has no effect on c-svc\n")
  }

  @Test(arguments: [
    ["-t", "1", "--coef0", "-1"], ["-t", "1", "-r", "-1.5e0"], ["--kernel", "sigmoid", "-r", "-1"],
    ["-t", "0"], ["--kernel", "laplacian", "--sigma", "2"], ["--kernel", "laplacian-l1"],
    ["-s", "0", "-c", "10", "-g", "0.5", "-e", "1e-4"], ["--precision", "double", "--certify"],
    ["--threads", "1", "--memory", "64M"], ["--scale", "minmax"], ["--gamma", "auto"],
    ["--input-header", "yes", "--format", "csv"], ["--target", "3"], ["--holdout", "0.3"],
    ["--holdout", "0.3", "--seed", "18446744073709551615"], ["--time-limit", "1h30m"],
    ["--missing", "most-frequent"], ["--task", "classification"], ["-p", "0"],
  ])
  func everyOptionIsAccepted(options: [String]) throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(["train", "flowers.csv", "-o", "x.model"] + options, in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("converged"), "\(result)")
  }

  @Test func theHoldoutIsMeasuredAndLabelled() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      [
        "train", "prices.csv", "--holdout", "0.25", "-c", "100", "-o", "x.model", "--json",
        "x.json",
      ], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(lines(result.output)["on held-out rows"]?.hasSuffix("(10 rows)") == true, "\(result)")
    let metrics = try #require(try json(folder.text("x.json"))["metrics"] as? [[String: Any]])
    #expect(metrics.prefix(3).map { $0["name"] as? String } == ["rmse", "mae", "r2"])
    #expect(metrics.allSatisfy { $0["set"] as? String == "holdout" && $0["rows"] as? Int == 10 })
  }

  @Test func theReportHasTheAgreedKeys() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      ["train", "flowers.csv", "-o", "x.model", "--json", "-", "--certify"], in: folder)
    #expect(result.status == 0, "\(result)")
    let report = try json(result.output)
    #expect(
      Set(report.keys).isSuperset(of: [
        "version", "formulation", "task", "kernel", "parameters", "data", "timing", "threads",
        "blas", "precision", "peakMemoryBytes", "problems", "supportVectors", "metrics",
      ]))
    #expect(report["formulation"] as? String == "c-svc")
    let problems = try #require(report["problems"] as? [[String: Any]])
    #expect(problems.count == 3)
    for problem in problems {
      #expect(
        Set(problem.keys).isSuperset(of: [
          "classes", "iterations", "stopReason", "kktViolation", "primalObjective",
          "dualObjective", "relativeGap", "certificate", "supportVectors",
          "boundedSupportVectors", "bias", "kernelValuesComputed",
        ]))
      #expect(problem["certificate"] as? String == "recomputed")
      let primal = try #require(problem["primalObjective"] as? Double)
      let dual = try #require(problem["dualObjective"] as? Double)
      #expect(primal >= dual - 1e-9)
    }
    #expect(problems[0]["classes"] as? [String] == ["setosa", "versicolor"])
    let timing = try #require(report["timing"] as? [String: Any])
    #expect(
      Set(timing.keys) == ["load", "train", "certificate", "evaluate", "total", "phases"])
    // What people read goes to standard error then.
    #expect(result.errors.contains("\nmodel "), "\(result)")
  }

  @Test func jsonAloneIsStandardOutput() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(["inspect", "flowers.model", "--json"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(try json(result.output)["task"] as? String == "classification")
  }

  @Test func threadsDoNotChangeTheModel() throws {
    let folder = try Folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: 700, seed: 3))
    for threads in [1, 2, 4] {
      let result = try Tool.run(
        ["train", "tangle.csv", "--threads", "\(threads)", "-o", "\(threads).model"], in: folder)
      #expect(result.status == 0, "\(result)")
    }
    #expect(folder.data("1.model") == folder.data("2.model"))
    #expect(folder.data("1.model") == folder.data("4.model"))
  }
}
