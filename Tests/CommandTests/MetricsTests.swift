import Evaluation
import Foundation
import Testing

/// The same metrics under the same names in every command that measures, run as processes.
@Suite struct MetricsTests {
  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// The metrics of a report by their names.
  private func metrics(
    _ arguments: [String], in folder: Folder, key: String = "metrics", set: String? = nil,
    value: String = "value"
  ) throws -> [String: Double] {
    let result = try Tool.run(
      arguments
        + ["--json", "--quiet"].filter {
          $0 != "--quiet" || arguments[0] != "evaluate"
        }, in: folder)
    #expect(result.status == 0, "\(result)")
    let found = try #require(try json(result.output)[key] as? [[String: Any]])
      .filter { set == nil || $0["set"] as? String == set }
    return Dictionary(
      uniqueKeysWithValues: try found.map {
        (try #require($0["name"] as? String), try #require($0[value] as? Double))
      })
  }

  @Test(arguments: [
    ["flowers.csv", "--probability"], ["prices.csv"], ["prices.csv", "--probability"],
  ])
  func fourCommandsSayTheSameOfTheSamePredictions(data: [String]) throws {
    let folder = try Fixtures.folder()
    let parameters =
      ["--c", "2", "--gamma", "0.5"] + (data[0] == "prices.csv" ? ["--epsilon", "0.1"] : [])
    let training = try metrics(
      ["train"] + data + parameters + ["-o", "m.model"], in: folder, set: "training")
    let evaluation = try metrics(["evaluate", "m.model", data[0]], in: folder)
    #expect(training.count > 5)
    #expect(training == evaluation)
    let folds = try metrics(
      ["cv"] + data + parameters + ["--folds", "3"], in: folder, key: "summaries", value: "mean")
    let trainingFolds = try metrics(
      ["train"] + data + parameters + ["--cv", "3", "-o", "m.model"], in: folder,
      set: "cross-validation")
    #expect(folds == trainingFolds)
    // Of the two candidates the one of the other trainings is the better one.
    let space =
      ["--c", "2,0.0001"] + parameters.dropFirst(2)
      + ["--no-linear", "--search", "grid", "--folds", "3"]
    let search = try metrics(
      ["tune"] + data + space + ["-o", "m.model"], in: folder, set: "cross-validation")
    #expect(folds == search)
    // What is in the reports is in the registry, and can be asked for.
    for name in Set(training.keys).union(folds.keys) {
      let metric = try #require(MetricCatalog.definition(MetricID(rawValue: name)))
      let text = try Tool.run(
        ["evaluate", "m.model", data[0], "--metrics", metric.optionName], in: folder)
      #expect(text.output.contains(metric.displayName), "\(text)")
    }
  }

  /// Help lists every name that an option takes, and the metric that is compared when none is chosen.
  @Test func helpListsTheNames() throws {
    func help(_ command: String) throws -> String {
      let text = try Tool.run([command, "--help"]).output
      return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    let tuning = try help("tune")
    #expect(
      tuning.contains(
        "(default: accuracy; rmse for a regression; pinball-loss for quantile-svr)"), "\(tuning)")
    for command in ["train", "cv", "evaluate", "tune"] {
      let text = try help(command)
      #expect(text.contains("pinball-loss, pinball-loss@0.9"), "\(text)")
      #expect(text.contains("top-k-accuracy@3") && !text.contains("top-k-accuracy,"), "\(text)")
    }
  }

  @Test func metricsWithANumberAreMeasuredInEveryCommand() throws {
    let folder = try Fixtures.folder()
    for (data, name, words) in [
      ("prices.csv", "pinball-loss@0.9", "pinball loss of the quantile 0.9"),
      ("flowers.csv", "top-k-accuracy@2", "top-2 accuracy"),
    ] {
      let options = data == "flowers.csv" ? ["--probability"] : []
      for arguments in [
        ["train", data, "-o", "m.model"], ["train", data, "--cv", "3", "-o", "m.model"],
        ["cv", data], ["tune", data, "--search", "grid", "--c", "1,2", "-o", "m.model"],
        ["train", data, "--holdout", "0.2", "-o", "m.model"],
      ] {
        let result = try Tool.run(arguments + options + ["--metrics", name], in: folder)
        #expect(result.status == 0 && result.output.contains(words), "\(result)")
      }
      let result = try Tool.run(["evaluate", "m.model", data, "--metrics", name], in: folder)
      #expect(result.status == 0 && result.output.contains(words), "\(result)")
      let search = try Tool.run(
        ["tune", data, "--search", "grid", "--c", "1,2", "-o", "m.model", "--metric", name],
        in: folder)
      #expect(search.status == 0 && search.output.contains("by \(words)"), "\(search)")
    }
  }

  @Test func aMetricThatDoesNotFitIsRefusedWithARemedy() throws {
    let folder = try Fixtures.folder()
    try folder.write(
      "two.csv",
      "a,b,k\n" + (0..<30).map { "\($0 % 7),\($0 % 5),\($0 % 2)" }.joined(separator: "\n") + "\n")
    for data in ["flowers", "prices", "two"] {
      let result = try Tool.run(["train", "\(data).csv", "-o", "\(data).model"], in: folder)
      #expect(result.status == 0, "\(result)")
    }
    let cases:
      [(data: String, name: String, reason: String, training: String, evaluating: String)] = [
        (
          "flowers", "log-loss", "needs class probabilities", "add --probability",
          "svm train --probability"
        ),
        (
          "flowers", "roc-auc", "needs class probabilities or a decision value for each class",
          "add --probability", "svm train --probability"
        ),
        (
          "prices", "interval-coverage", "needs prediction intervals", "add --probability",
          "svm train --probability"
        ),
        (
          "prices", "accuracy", "is for classification, but the task is regression",
          "choose rmse, mae or r2", "choose rmse, mae or r2"
        ),
        (
          "two", "macro-roc-auc", "needs at least 3 classes, but there are 2", "choose roc-auc",
          "choose roc-auc"
        ),
        (
          "flowers", "top-k-accuracy@5", "needs at least 6 classes, but there are 3",
          "choose accuracy, balanced-accuracy or macro-f1",
          "choose accuracy, balanced-accuracy or macro-f1"
        ),
      ]
    let before = try folder.names
    for (data, name, reason, training, evaluating) in cases {
      for arguments in [
        ["train", "\(data).csv", "-o", "x.model"], ["cv", "\(data).csv"],
        ["tune", "\(data).csv", "-o", "x.model"], ["evaluate", "\(data).model", "\(data).csv"],
      ] {
        let result = try Tool.run(arguments + ["--metrics", name], in: folder)
        #expect(result.status == 65 && result.output.isEmpty, "\(result)")
        let remedy = arguments[0] == "evaluate" ? evaluating : training
        #expect(result.errors.contains("--metrics: metric \(name) \(reason)"), "\(result)")
        #expect(result.errors.contains(remedy), "\(result)")
      }
    }
    #expect(try folder.names == before)
    // The remedies work.
    for (data, name) in [
      ("flowers", "log-loss"), ("flowers", "roc-auc"), ("prices", "interval-coverage"),
    ] {
      let result = try Tool.run(
        ["cv", "\(data).csv", "--folds", "3", "--probability", "--metrics", name], in: folder)
      #expect(result.status == 0, "\(result)")
    }
    let components = try Tool.run(
      ["train", "flowers.csv", "-s", "kernel-pca", "--metrics", "accuracy", "-o", "x.model"],
      in: folder)
    #expect(
      components.status == 65 && components.errors.contains("leave --metrics out"), "\(components)")
    let search = try Tool.run(["tune", "flowers.csv", "--metric", "majority-accuracy"], in: folder)
    #expect(
      search.status == 65 && search.errors.contains("--metric: metric majority-accuracy cannot"),
      "\(search)")
    let number = try Tool.run(["cv", "flowers.csv", "--metrics", "top-k-accuracy@1"], in: folder)
    #expect(
      number.status == 64 && number.errors.contains("a whole number of at least 2"), "\(number)")
    let unknown = try Tool.run(["tune", "flowers.csv", "--metric", "pinbal-loss"], in: folder)
    #expect(
      unknown.status == 64 && unknown.errors.contains("Did you mean \"pinball-loss"), "\(unknown)")
  }

  @Test func aChosenMetricWithoutAValueIsSaidToBeUndefined() throws {
    let folder = try Fixtures.folder()
    try folder.write(
      "constant.csv",
      "a,b,y\n" + (0..<20).map { "\($0),\($0 % 3),1.5" }.joined(separator: "\n") + "\n")
    let model = try Tool.run(
      ["train", "constant.csv", "--task", "regression", "--metrics", "r2,mae", "-o", "c.model"],
      in: folder)
    #expect(model.status == 0 && model.output.contains("R² undefined"), "\(model)")
    let evaluation = try Tool.run(
      ["evaluate", "c.model", "constant.csv", "--metrics", "r2"], in: folder)
    #expect(evaluation.output.contains("undefined"), "\(evaluation)")
    let folds = try Tool.run(
      ["cv", "constant.csv", "--task", "regression", "--metrics", "r2"], in: folder)
    #expect(folds.output.contains("undefined"), "\(folds)")
    for result in [model, evaluation, folds] {
      #expect(!result.output.lowercased().contains("nan"), "\(result)")
    }
  }
}
