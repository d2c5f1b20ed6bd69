import Foundation
import Testing

/// `svm cv` and `svm tune`, run as processes.
@Suite struct SelectionTests {
  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func crossValidationPrintsFoldsAndMeans() throws {
    let folder = try Fixtures.folder()
    let before = try folder.names
    let result = try Tool.run(["cv", "flowers.csv", "--folds", "3"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("fold  trained  held out  accuracy"), "\(result)")
    #expect(result.output.contains("± sd"), "\(result)")
    #expect(try folder.names == before)
  }

  @Test func trainMeasuresAsCrossValidationDoes() throws {
    let folder = try Fixtures.folder()
    let folds = try Tool.run(
      ["cv", "flowers.csv", "--folds", "3", "--json", "--quiet", "--seed", "7"], in: folder)
    let training = try Tool.run(
      [
        "train", "flowers.csv", "--cv", "3", "--json", "--quiet", "--seed", "7", "-o", "t.model",
      ], in: folder)
    let summaries = try #require(try json(folds.output)["summaries"] as? [[String: Any]])
    let metrics = try #require(try json(training.output)["metrics"] as? [[String: Any]])
      .filter { $0["set"] as? String == "cross-validation" }
    #expect(!metrics.isEmpty && metrics.count == summaries.count)
    for (metric, summary) in zip(metrics, summaries) {
      #expect(metric["name"] as? String == summary["name"] as? String)
      #expect(metric["value"] as? Double == summary["mean"] as? Double)
    }
    let text = try Tool.run(["train", "flowers.csv", "--cv", "3", "-o", "t.model"], in: folder)
    #expect(text.output.contains("cross-validated"), "\(text)")
  }

  @Test func predictionsCoverEveryRowAndTheModelIsSaved() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      [
        "cv", "flowers.csv", "--folds", "3", "--predictions", "p.csv", "--save", "m.model",
        "--json",
        "r.json", "--quiet",
      ], in: folder)
    #expect(result.status == 0 && result.output.isEmpty, "\(result)")
    let lines = String(decoding: try #require(folder.data("p.csv")), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == 31)
    #expect(lines[0].hasPrefix("row,repetition,fold,target,prediction,decision_1"))
    #expect(lines[30].hasPrefix("30,1,"))
    let report = try json(String(decoding: try #require(folder.data("r.json")), as: UTF8.self))
    #expect((report["folds"] as? [Any])?.count == 3)
    #expect(report["model"] as? String == "m.model")
    #expect(try Tool.run(["inspect", "m.model"], in: folder).status == 0)
  }

  @Test(arguments: [
    (["cv", "flowers.csv", "--folds", "1"], 64, "--folds: must be a whole number from 2"),
    (["cv", "flowers.csv", "--folds", "31"], 65, "between 2 and the number of rows, 30"),
    (["cv", "flowers.csv", "--repeat", "0"], 64, "--repeat: must be a whole number from 1"),
    (
      ["cv", "flowers.csv", "--time-ordered", "--repeat", "2"], 64,
      "--repeat: cannot be used with --time-ordered"
    ),
    (["cv", "flowers.csv", "--group", "nothing"], 65, "no column named \"nothing\""),
    (["cv", "flowers.csv", "-s", "kernel-pca"], 65, "makes no predictions to compare"),
    (
      ["tune", "flowers.csv", "--metric", "rmse"], 65,
      "--metric: metric rmse is for regression, but the task is classification"
    ),
    (["tune", "flowers.csv", "--search", "gird"], 64, "Did you mean \"grid\"?"),
    (["tune", "flowers.csv", "--c", "1:0.5"], 64, "--c: must run from the smaller"),
    (["tune", "flowers.csv", "--c", "0"], 64, "--c: must be greater than 0, but is 0"),
    (
      ["tune", "flowers.csv", "--gamma", "1:8:1"], 64, "--gamma: must have a factor greater than 1"
    ),
    (["tune", "flowers.csv", "-s", "one-class"], 65, "makes no predictions to compare"),
    (["tune", "one.csv"], 65, "the data has one class"),
  ])
  func misuseIsExplained(arguments: [String], status: Int, message: String) throws {
    let folder = try Fixtures.folder()
    let before = try folder.names
    let result = try Tool.run(arguments, in: folder)
    #expect(Int(result.status) == status, "\(result)")
    #expect(result.errors.contains(message), "\(result)")
    #expect(try folder.names == before)
  }

  @Test func tuningWritesAModelAndItsTrials() throws {
    let folder = try Folder()
    try folder.write("t.csv", Fixtures.tangle(rows: 120, seed: 5))
    let result = try Tool.run(
      ["tune", "t.csv", "--trials", "trials.csv", "--seed", "2"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("chosen"), "\(result)")
    #expect(try Tool.run(["predict", "t.model", "t.csv"], in: folder).status == 0)
    let trials = try #require(folder.data("trials.csv"))
    let model = try #require(folder.data("t.model"))
    // What is in the table is not computed again, and the same model comes out.
    let resumed = try Tool.run(
      ["tune", "t.csv", "--resume", "trials.csv", "--seed", "2", "-o", "again.model"], in: folder)
    #expect(resumed.status == 0, "\(resumed)")
    #expect(folder.data("trials.csv") == trials)
    #expect(folder.data("again.model") == model)
    let other = try Tool.run(
      ["tune", "t.csv", "--resume", "trials.csv", "--seed", "3"], in: folder)
    #expect(other.status == 65, "\(other)")
    #expect(other.errors.contains("the trials belong to the search"), "\(other)")
  }

  @Test func aGridByRangesIsTried() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      [
        "tune", "prices.csv", "--search", "grid", "--c", "1:64:8", "--gamma", "2^-3,0.5",
        "--epsilon", "1", "--json", "--quiet",
      ], in: folder)
    #expect(result.status == 0, "\(result)")
    let report = try json(result.output)
    let trials = try #require(report["trials"] as? [[String: Any]])
    #expect(trials.count == 6)
    #expect(Set(trials.compactMap { $0["c"] as? Double }) == [1, 8, 64])
    #expect(Set(trials.compactMap { $0["gamma"] as? Double }) == [0.125, 0.5])
    #expect(report["metric"] as? String == "rmse")
  }

  @Test func tuningHeadlinesRowsThatTheModelsHadNotSeen() throws {
    let folder = try Folder()
    try folder.write("t.csv", Fixtures.tangle(rows: 120, seed: 5))
    let search = ["tune", "t.csv", "--search", "grid", "--c", "1,64", "--gamma", "1,8"]
    let result = try Tool.run(search + ["--json", "r.json"], in: folder)
    #expect(result.output.contains("cross-validated  accuracy "), "\(result)")
    #expect(!result.output.contains("training rows"), "\(result)")
    let report = try json(folder.text("r.json"))
    let metrics = try #require(report["metrics"] as? [[String: Any]])
    #expect(metrics.first?["set"] as? String == "cross-validation")
    #expect(metrics.contains { $0["set"] as? String == "training" })
    // The folds are those that the winner was chosen by.
    let best = try #require(report["best"] as? [String: Any])
    let mean = try #require(best["mean"] as? Double)
    #expect(abs(try #require(metrics.first?["value"] as? Double) - mean) < 1e-12)

    let held = try Tool.run(search + ["--holdout", "0.25", "--json", "h.json"], in: folder)
    #expect(held.output.contains("on held-out rows"), "\(held)")
    let figures = try #require(try json(folder.text("h.json"))["metrics"] as? [[String: Any]])
    #expect(figures.allSatisfy { $0["set"] as? String == "holdout" && $0["rows"] as? Int == 30 })
    let trials = try #require(try json(folder.text("h.json"))["trials"] as? [[String: Any]])
    #expect(trials.allSatisfy { $0["rows"] as? Int == 90 })
    // `train` holds out the same rows.
    let training = try Tool.run(
      [
        "train", "t.csv", "--holdout", "0.25", "--c", "1", "--gamma", "1", "--json", "-q", "-o",
        "m",
      ], in: folder)
    let fixed = try Tool.run(
      [
        "tune", "t.csv", "--holdout", "0.25", "--search", "grid", "--c", "1", "--gamma", "1,1e-9",
        "--no-linear", "--json", "-q", "-o", "m2",
      ], in: folder)
    let (one, other) = (try json(training.output), try json(fixed.output))
    if (other["best"] as? [String: Any])?["gamma"] as? Double == 1 {
      let values = [one, other].map {
        ($0["metrics"] as? [[String: Any]])?.compactMap { $0["value"] as? Double }
      }
      #expect(values[0] == values[1])
    }
  }

  @Test(arguments: [["--time-ordered"], ["--group", "g"]])
  func aTuningHoldsOutWhatItsFoldsWould(option: [String]) throws {
    let folder = try Folder()
    var lines = ["a,b,g,kind"]
    for row in 0..<60 {
      lines.append("\(row % 7),\(row * 3 % 11),\(row / 5),\(row * 7 % 3 == 0 ? "yes" : "no")")
    }
    try folder.write("t.csv", lines.joined(separator: "\n") + "\n")
    let result = try Tool.run(
      [
        "tune", "t.csv", "--search", "grid", "--c", "1,8", "--gamma", "1", "--holdout", "0.25",
        "--json", "-q",
      ] + option, in: folder)
    #expect(result.status == 0, "\(result)")
    let metrics = try #require(try json(result.output)["metrics"] as? [[String: Any]])
    #expect(metrics.first?["rows"] as? Int == 15, "\(metrics)")
  }

  @Test(arguments: [
    (["-s", "nu-svc", "--c", "1"], "note: --c has no effect on nu-svc"),
    (["-t", "linear", "--gamma", "1"], "note: --gamma has no effect on the linear kernel"),
    (
      ["-t", "laplacian", "--no-linear"], "note: --no-linear has no effect on the laplacian kernel"
    ),
    (["--calibration", "isotonic"], "note: --calibration has no effect on training without"),
    (["--degree", "2"], "note: --degree has no effect on the gaussian kernel"),
    (["--nu", "0.5"], "note: --nu has no effect on c-svc"),
    (["--epsilon", "0.5"], "note: --epsilon has no effect on c-svc"),
    (["--scale-target", "on"], "note: --scale-target has no effect on c-svc"),
  ])
  func tuningSaysWhichOptionsHaveNoEffect(options: [String], note: String) throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      ["tune", "flowers.csv", "--budget-trials", "4"] + options, in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.contains(note), "\(result)")
  }

  @Test func aRegressionStartsInUnitsOfItsTarget() throws {
    let folder = try Fixtures.folder()
    var lines = ["area,rooms,price"]
    for row in 0..<60 {
      let (area, rooms) = (Double(30 + row * 7 % 90), Double(1 + row % 5))
      lines.append("\(area),\(rooms),\(2500 * area + 10 * area * rooms + 10_000 * rooms)")
    }
    try folder.write("houses.csv", lines.joined(separator: "\n") + "\n")
    let training = try Tool.run(
      ["train", "houses.csv", "--json", "r.json", "-o", "h.model"], in: folder)
    #expect(
      training.output.contains("(C 3 and epsilon 0.1 standard deviations of the target)"),
      "\(training)")
    let parameters = try #require(try json(folder.text("r.json"))["parameters"] as? [String: Any])
    let (c, epsilon) = (parameters["c"] as? Double, parameters["epsilon"] as? Double)
    #expect(abs(try #require(c) - 30 * (try #require(epsilon))) < 1e-6)
    #expect(
      parameters["sources"] as? [String: String] == ["c": "deviation", "epsilon": "deviation"])
    let folds = try Tool.run(["cv", "houses.csv", "--json", "-q"], in: folder)
    let summaries = try #require(try json(folds.output)["summaries"] as? [[String: Any]])
    let r2 = summaries.first { $0["name"] as? String == "r2" }?["mean"] as? Double
    #expect(try #require(r2) > 0.9, "\(folds)")
    for (options, sources) in [
      (["--c", "1"], ["c": "given", "epsilon": "deviation"]),
      (["--c", "auto", "--epsilon", "0.1"], ["c": "deviation", "epsilon": "given"]),
      (["-s", "nu-svr"], ["c": "deviation"]),
    ] {
      let result = try Tool.run(
        ["train", "houses.csv", "--json", "-q", "-o", "h.model"] + options, in: folder)
      let parameters = try #require(try json(result.output)["parameters"] as? [String: Any])
      #expect(parameters["sources"] as? [String: String] == sources, "\(options)")
      if options[1] == "1" { #expect(parameters["c"] as? Double == 1) }
    }
    try folder.write("houses.libsvm", "100000.5 1:1 2:3\n250000 1:2\n310000 1:3 2:1\n90000 2:2\n")
    for (options, sources) in [
      ([], ["c": "default", "epsilon": "default"]),
      (["--c", "auto"], ["c": "deviation", "epsilon": "default"]),
      (["--epsilon", "auto"], ["c": "default", "epsilon": "deviation"]),
    ] {
      let result = try Tool.run(
        ["train", "houses.libsvm", "--task", "regression", "--json", "-q", "-o", "l.model"]
          + options,
        in: folder)
      let parameters = try #require(try json(result.output)["parameters"] as? [String: Any])
      #expect(parameters["sources"] as? [String: String] == sources, "\(options): \(result)")
    }
    let wrong = try Tool.run(["train", "houses.csv", "--c", "auot"], in: folder)
    #expect(wrong.status == 64)
    #expect(
      wrong.errors.contains(
        "--c: must be auto or a number greater than 0, but is \"auot\". Did you mean \"auto\"?"),
      "\(wrong)")
  }
}
