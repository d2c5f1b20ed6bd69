import Foundation
import TestSupport
import Testing

/// `--report` and `svm plot`, run as processes.
@Suite struct ReportTests {
  /// Two classes whose names want to be markup.
  private func folder() throws -> Folder {
    let folder = try Fixtures.folder()
    let text = Fixtures.tangle(rows: 150, seed: 3)
      .replacingOccurrences(of: ",no", with: ",<b>&'").replacingOccurrences(of: ",yes", with: ",y")
    try folder.write("odd.csv", text)
    return folder
  }

  private func expectPage(_ folder: Folder, _ name: String, holding words: [String]) throws {
    let html = folder.text(name)
    let page = StrictHTML(html)
    #expect(html.hasPrefix("<!DOCTYPE html>"), "\(html.prefix(200))")
    #expect(page.problems.isEmpty, "\(name): \(page.problems.prefix(5))")
    for word in words { #expect(page.text.contains(word), "\(name) lacks \(word)") }
    #expect(html.utf8.count < 1_000_000)
  }

  @Test func trainAndEvaluateWriteAPage() throws {
    let folder = try folder()
    let trained = try Tool.run(
      ["train", "odd.csv", "--holdout", "0.3", "--probability", "--report", "train.html"],
      in: folder)
    #expect(trained.status == 0, "\(trained)")
    try expectPage(
      folder, "train.html",
      holding: ["held out", "ROC curve", "Calibration", "Permutation importance", "<b>&'"])
    let evaluated = try Tool.run(
      ["evaluate", "odd.model", "odd.csv", "--report", "evaluate.html", "--json", "e.json"],
      in: folder)
    #expect(evaluated.status == 0, "\(evaluated)")
    #expect(evaluated.output.contains("(95 % 0."), "\(evaluated)")
    try expectPage(folder, "evaluate.html", holding: ["rows of the file", "line", "wrong rows"])
    let json = try #require(
      try JSONSerialization.jsonObject(with: folder.data("e.json") ?? Data()) as? [String: Any])
    let metrics = try #require(json["metrics"] as? [[String: Any]])
    let accuracy = try #require(metrics.first { $0["name"] as? String == "accuracy" })
    let interval = try #require(accuracy["interval"] as? [String: Any])
    #expect(interval["level"] as? Double == 0.95)
    let value = try #require(accuracy["value"] as? Double)
    let lower = try #require(interval["lower"] as? Double)
    #expect(lower < value && lower > value - 0.2)
  }

  @Test func foldsAndSearchesWriteAPage() throws {
    let folder = try folder()
    let folds = try Tool.run(
      [
        "cv", "odd.csv", "--folds", "3", "--learning-curve", "--report", "cv.html", "--json",
        "cv.json",
      ], in: folder)
    #expect(folds.status == 0, "\(folds)")
    #expect(folds.output.contains("trained on"), "\(folds)")
    #expect(folder.text("cv.json").contains("\"learningCurve\": {"))
    try expectPage(folder, "cv.html", holding: ["Learning curve", "Fold by fold"])
    let search = try Tool.run(
      [
        "tune", "odd.csv", "--search", "grid", "--c", "1,4", "--gamma", "0.1,1", "--no-linear",
        "--trials", "trials.csv", "--report", "tune.html",
      ], in: folder)
    #expect(search.status == 0, "\(search)")
    try expectPage(folder, "tune.html", holding: ["accuracy by C and γ", "Trial by trial"])
    for kind in ["heatmap", "path"] {
      let plot = try Tool.run(["plot", "trials.csv", "--kind", kind], in: folder)
      #expect(plot.status == 0, "\(plot)")
      #expect(StrictHTML(svg: folder.text("\(kind).svg")).problems.isEmpty)
    }
  }

  @Test(arguments: [
    "confusion", "scores", "roc", "pr", "importance", "dependence", "regions", "map",
  ])
  func plotsOfTwoClasses(kind: String) throws {
    let folder = try folder()
    #expect(try Tool.run(["train", "odd.csv", "--quiet"], in: folder).status == 0)
    let result = try Tool.run(
      ["plot", "odd.model", "odd.csv", "--kind", kind, "-o", "p.svg"], in: folder)
    #expect(result.status == 0, "\(result)")
    let svg = folder.text("p.svg")
    #expect(svg.contains("<svg"))
    let problems = StrictHTML(svg: svg).problems
    #expect(problems.isEmpty, "\(problems.prefix(3))")
  }

  @Test func whatSuitsTheModelIsDrawnByItself() throws {
    let folder = try folder()
    let result = try Tool.run(["plot", "prices.model", "prices.csv"], in: folder)
    #expect(result.status == 0 && result.output == "predicted  predicted.svg\n", "\(result)")
    #expect(folder.data("predicted.svg") != nil)
    let output = try Tool.run(
      ["plot", "prices.model", "prices.csv", "--kind", "residuals", "-o", "-"], in: folder)
    #expect(output.output.contains("<svg"), "\(output)")
  }

  @Test(arguments: [
    (
      ["evaluate", "flowers.model", "flowers.csv", "--report", "flowers.csv"], 64,
      "--report: flowers.csv is also an input; choose another file"
    ),
    (["evaluate", "flowers.model", "few.csv", "--report", "no/such/r.html"], 1, "no/such"),
    (
      ["evaluate", "flowers.model", "flowers.csv", "--report", "-", "--json"], 64,
      "standard output is already used by --report"
    ),
    (
      ["train", "flowers.csv", "-o", "x.model", "--report", "x.model"], 64,
      "--report: x.model is already used by --output"
    ),
    (["plot", "flowers.model", "flowers.csv", "--kind", "rok"], 64, "Did you mean \"roc\"?"),
    (["plot", "flowers.model", "flowers.csv", "-o", "x.gif"], 64, "must end in .svg or .png"),
    (["plot", "flowers.model", "flowers.csv", "--kind", "heatmap"], 64, "is a model"),
    (["plot", "flowers.model"], 64, "needs rows"),
    (
      ["plot", "flowers.model", "flowers.csv", "--kind", "residuals"], 65,
      "it needs a regression"
    ),
    (
      ["plot", "flowers.model", "flowers.csv", "--kind", "calibration"], 65,
      "svm train --probability"
    ),
    (["plot", "flowers.model", "--kind", "weights"], 65, "it needs a linear kernel"),
    (
      [
        "plot", "flowers.model", "flowers.csv", "--kind", "regions", "--x", "petal_length", "--y",
        "width",
      ], 65, "takes no column \"width\""
    ),
    (
      ["plot", "flowers.model", "flowers.csv", "--x", "petal_length"], 64,
      "--x: \"petal_length\" is for --kind"
    ),
    (["plot", "flowers.model", "slip.csv"], 65, "species"),
  ])
  func misuseLeavesNothingBehind(arguments: [String], status: Int, message: String) throws {
    let folder = try Fixtures.folder()
    let before = try folder.names
    let result = try Tool.run(arguments, in: folder)
    #expect(Int(result.status) == status && !result.crashed, "\(result)")
    #expect(result.errors.contains(message), "\(result)")
    #expect(try folder.names == before)
  }

  @Test func withoutAConverterPNGIsRefusedInASentence() throws {
    let folder = try Fixtures.folder()
    let before = try folder.names
    let result = try Tool.run(
      ["plot", "flowers.model", "flowers.csv", "-o", "p.png"], in: folder,
      environment: ["PATH": "/nowhere"])
    #expect(result.status == 1, "\(result)")
    #expect(result.errors.contains("none of rsvg-convert, inkscape, chromium and ImageMagick"))
    #expect(try folder.names == before)
  }

  /// The same data and options give the same bytes, whatever the number of threads.
  @Test func reportsAreTheSameForAnyThreads() throws {
    let folder = try folder()
    for threads in ["1", "3"] {
      let result = try Tool.run(
        ["train", "odd.csv", "--threads", threads, "--report", "\(threads).html", "--quiet"],
        in: folder)
      #expect(result.status == 0, "\(result)")
    }
    #expect(folder.data("1.html") != nil && folder.data("1.html") == folder.data("3.html"))
  }
}
