import Foundation
import Testing

/// Quantile regression through the command.
@Suite struct QuantileTests {
  private func succeed(_ line: String, in folder: Folder) throws -> Tool.Result {
    let result = try Tool.run(line.split(separator: " ").map(String.init), in: folder)
    #expect(result.status == 0 && !result.crashed, "svm \(line): \(result)")
    return result
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func aColumnForEachQuantileAscends() throws {
    let folder = try Fixtures.folder()
    let training = try succeed(
      "train prices.csv -s quantile-svr --quantile 0.9,0.1,0.5 -o x.model --json x.json", in: folder
    )
    #expect(training.output.contains("quantiles 0.1, 0.5, 0.9"), "\(training)")
    #expect(training.output.contains("quantile  stop"), "\(training)")
    let report = try json(folder.text("x.json"))
    let parameters = try #require(report["parameters"] as? [String: Any])
    #expect(parameters["quantiles"] as? [Double] == [0.1, 0.5, 0.9])
    let problems = try #require(report["problems"] as? [[String: Any]])
    #expect(problems.compactMap { $0["quantile"] as? Double } == [0.1, 0.5, 0.9])
    let lines = try succeed("predict x.model prices.csv --interval 0.8", in: folder).output
      .split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(
      lines.first
        == ["prediction", "lower", "upper", "quantile_0.1", "quantile_0.5", "quantile_0.9"])
    for line in lines.dropFirst() {
      let numbers = line.compactMap(Double.init)
      #expect(numbers[3] <= numbers[4] && numbers[4] <= numbers[5], "\(line)")
      #expect(line[0] == line[4] && line[1] == line[3] && line[2] == line[5], "\(line)")
    }
    let other = try Tool.run(["predict", "x.model", "prices.csv", "--interval", "0.9"], in: folder)
    #expect(other.status == 65 && other.errors.contains("svm train --probability"), "\(other)")
  }

  @Test func measuresArePinballLosses() throws {
    let folder = try Fixtures.folder()
    _ = try succeed(
      "train prices.csv -s quantile-svr --quantile 0.1,0.5,0.9 -o x.model", in: folder)
    let evaluation = try succeed("evaluate x.model prices.csv --json e.json", in: folder)
    for quantile in ["0.1", "0.5", "0.9"] {
      #expect(
        evaluation.output.contains("pinball loss of the quantile \(quantile)"), "\(evaluation)")
    }
    let metrics = try #require(try json(folder.text("e.json"))["metrics"] as? [[String: Any]])
    func value(_ name: String) throws -> Double {
      try #require(metrics.first { $0["name"] as? String == name }?["value"] as? Double)
    }
    let losses = try ["0.1", "0.5", "0.9"].map { try value("pinballLoss@\($0)") }
    #expect(abs(try value("pinballLoss") - losses.reduce(0, +) / 3) < 1e-12)
    #expect(abs(losses[1] - (try value("mae")) / 2) < 1e-12)
    let wrong = try Tool.run(
      ["evaluate", "x.model", "prices.csv", "--metrics", "pinball-loss@0.7"], in: folder)
    #expect(
      wrong.status != 0
        && wrong.errors.contains(
          "needs a prediction of the quantile 0.7, but the predicted ones are 0.1, 0.5, 0.9"),
      "\(wrong)")
    let tuning = try succeed(
      "tune prices.csv -s quantile-svr --quantile 0.2,0.8 --folds 3 --json t.json",
      in: folder)
    #expect(tuning.output.contains(" by pinball loss"), "\(tuning)")
    #expect(tuning.output.contains("pinball loss ± sd"), "\(tuning)")
    #expect(!tuning.output.contains("pinball-loss"), "\(tuning)")
    let validation = try succeed(
      "cv prices.csv -s quantile-svr --quantile 0.2,0.8 --folds 3 --predictions p.csv", in: folder)
    #expect(validation.output.contains("pinball loss of the quantile 0.8"), "\(validation)")
    #expect(
      folder.text("p.csv").hasPrefix(
        "row,repetition,fold,target,prediction,quantile_0.2,quantile_0.8\n"))
  }

  @Test func aConfigurationTrainsTheSameModel() throws {
    let folder = try Fixtures.folder()
    try folder.write(
      "c.json", #"{"method": {"formulation": "quantile-svr", "quantile": [0.75, 0.25]}}"#)
    _ = try succeed("train prices.csv --config c.json -o a.model", in: folder)
    _ = try succeed("train prices.csv -s quantile-svr --quantile 0.25,0.75 -o b.model", in: folder)
    #expect(folder.data("a.model") == folder.data("b.model"))
    for (list, message) in [
      ("[]", "must be one or more numbers greater than 0 and less than 1"),
      ("[0.5, 0.5]", "has 0.5 twice"), ("[0, 0.5]", "must be greater than 0 and less than 1"),
    ] {
      try folder.write(
        "d.json", "{\"method\": {\"formulation\": \"quantile-svr\", \"quantile\": \(list)}}")
      let result = try Tool.run(
        ["train", "prices.csv", "--config", "d.json", "-o", "c.model"], in: folder)
      #expect(result.status != 0 && result.errors.contains(message), "\(list): \(result)")
    }
  }

  @Test(arguments: ["x.onnx", "x.mlmodel", "x.libsvm"])
  func filesWithoutAPlaceForQuantilesAreRefused(target: String) throws {
    let folder = try Fixtures.folder()
    _ = try succeed("train prices.csv -s quantile-svr -o x.model", in: folder)
    let result = try Tool.run(["convert", "x.model", target], in: folder)
    #expect(result.status == 65 && !result.crashed, "\(result)")
    #expect(
      result.errors.contains("no place for the quantiles of quantile-svr"), "\(result)")
  }
}
