import ArgumentParser
import Foundation
import Testing

@testable import SVMCommand

/// A search is continued only with the data and options that it began with.
@Suite struct SearchSetupTests {
  /// Options that leave every trial as it is.
  ///
  /// All others, and those to come, shape the trials.
  private static let harmless: Set = [
    "trials", "resume", "budget", "budget-trials", "one-standard-error", "threads", "time-limit",
    "output", "report", "json", "quiet", "metrics", "config", "transport",
  ]

  /// A value of each option that differs from the default, and the options that it takes effect with.
  private static let values: [String: (value: String?, context: String)] = [
    "search": ("grid", ""), "metric": ("log-loss", ""), "search-rows": ("25", ""),
    "c": ("1,2", ""), "gamma": ("1,2", ""), "epsilon": ("1,2", ""), "nu": ("0.1,0.2", ""),
    "no-linear": (nil, ""), "folds": ("4", ""), "repeat": ("2", ""), "group": ("g", ""),
    "time-ordered": (nil, ""), "seed": ("1", ""), "holdout": ("0.2", ""), "target": ("t", ""),
    "column": ("a=category", ""), "drop": ("a", ""), "id": ("a", ""), "weight-column": ("a", ""),
    "scale": ("minmax", ""), "impute": ("median", ""), "impute-text": ("drop", ""),
    "indicate-missing": (nil, ""), "unseen": ("ignore", ""), "scale-target": ("off", ""),
    "subsample": ("25", ""), "text": ("a", ""), "text-features": ("words:2", "--text a"),
    "text-weights": ("counts", "--text a"), "text-min-rows": ("2", "--text a"),
    "text-max-terms": ("9", "--text a"), "text-buckets": ("64", "--text a"),
    "task": ("regression", ""), "formulation": ("nu-svc", ""), "multiclass": ("ovr", ""),
    "class-weight": ("balanced", ""), "tolerance": ("1e-4", ""), "kernel": ("laplacian", ""),
    "degree": ("2", "-t polynomial"), "coef0": ("1", "-t polynomial"),
    "shape": ("2", "-t rational-quadratic"),
    "solver": ("primal", "-t linear"), "loss": ("squared", "-t linear"),
    "quantile": ("0.1,0.9", "-s quantile-svr"), "feature-map": ("nystrom", ""),
    "probability": (nil, ""),
    "calibration": ("isotonic", "--probability"),
    "calibration-folds": ("3", "--probability"), "memory": ("1G", ""),
    "precision": ("double", ""), "certify": (nil, ""), "max-iterations": ("9", ""),
    "format": ("csv", ""), "separator": ("tab", ""), "quote": ("single", ""),
    "comment": ("%", ""), "input-header": ("yes", ""), "decimal": ("point", ""),
    "missing-marker": ("-1", ""),
    // Harmless
    "trials": ("t", ""), "resume": ("t", ""), "budget": ("1h", ""), "budget-trials": ("9", ""),
    "one-standard-error": (nil, ""), "transport": ("none", ""), "threads": ("1", ""),
    "time-limit": ("1h", ""),
    "output": ("o", ""), "report": ("o", ""), "json": ("o", ""), "quiet": (nil, ""),
    "metrics": ("all", ""),
  ]

  /// The parts of `--experimental-dump-help` that say which options there are.
  private struct Help: Decodable {
    struct Command: Decodable {
      struct Argument: Decodable {
        struct Name: Decodable {
          var kind: String
          var name: String
        }
        var kind: String
        var names: [Name]?
      }
      var commandName: String
      var arguments: [Argument]?
      var subcommands: [Command]?
    }
    var command: Command
  }

  private func arguments() throws -> [Help.Command.Argument] {
    let text = try Tool.run(["--experimental-dump-help"]).output
    let help = try JSONDecoder().decode(Help.self, from: Data(text.utf8))
    let tune = try #require(help.command.subcommands?.first { $0.commandName == "tune" })
    return try #require(tune.arguments)
  }

  private func fingerprint(_ options: [String]) throws -> String {
    let command = try TuneCommand.parse(["data.csv"] + options)
    return try SearchSetup(command, TrainingRequest(command)).fingerprint(nil)
  }

  @Test func everyOptionShapesTheTrialsOrIsKnownToBeHarmless() throws {
    var seen: Set<String> = []
    for argument in try arguments() {
      guard let name = argument.names?.first(where: { $0.kind == "long" })?.name,
        name != "help", name != "version", name != "config"
      else { continue }
      let (value, context) = try #require(Self.values[name], "--\(name) has no value here")
      let others = context.split(separator: " ").map(String.init)
      let changed = try fingerprint(others + ["--\(name)"] + (value.map { [$0] } ?? []))
      let isShaping = try changed != fingerprint(others)
      #expect(isShaping != Self.harmless.contains(name), "--\(name)")
      seen.insert(name)
    }
    #expect(seen.count > 50)
    #expect(seen.union(["config"]).isSuperset(of: Self.harmless))
    #expect(seen == Set(Self.values.keys))
  }

  /// Thirty rows with a marker that may or may not stand for a missing value.
  private static let table: String = {
    var lines = ["a;b;g;kind"]
    for row in 0..<30 {
      let b = row % 7 == 3 ? "-1" : "\(row * 5 % 11)"
      lines.append("\(row % 4);\(b);\(row % 6);\(row * 7 % 3 == 0 ? "yes" : "no")")
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  private static let search = ["--search", "grid", "--c", "1,8", "--gamma", "0.1,0.5", "-q"]

  /// The trials and the model of a search without further options, made once.
  private static let first = Result {
    let folder = try Folder()
    try folder.write("t.csv", table)
    let result = try Tool.run(["tune", "t.csv", "--trials", "trials.csv"] + search, in: folder)
    try #require(result.status == 0, "\(result)")
    return (trials: folder.text("trials.csv"), model: try #require(folder.data("t.model")))
  }

  /// A folder with the table and what the first search left.
  private func folder() throws -> Folder {
    let folder = try Folder()
    let (trials, model) = try Self.first.get()
    try folder.write("t.csv", Self.table)
    try folder.write("trials.csv", trials)
    try model.write(to: folder.url.appendingPathComponent("t.model"))
    return folder
  }

  @Test(arguments: [
    ["--missing-marker", "-1"], ["--max-iterations", "3"], ["--decimal", "point"],
    ["--input-header", "yes"], ["--format", "csv"], ["--certify"], ["--impute", "median"],
    ["--unseen", "ignore"], ["--scale", "minmax"], ["--drop", "a"], ["--id", "a"],
    ["--column", "a=category"], ["--weight-column", "a"], ["--group", "g"], ["--time-ordered"],
    ["--folds", "4"], ["--repeat", "2"], ["--seed", "1"], ["--holdout", "0.2"],
    ["--subsample", "25"], ["--search-rows", "25"], ["--metric", "macro-f1"], ["--no-linear"],
    ["--class-weight", "balanced"], ["--multiclass", "ovr"], ["--tolerance", "1e-4"],
    ["--kernel", "laplacian"], ["--probability"], ["--memory", "1G"],
    ["--precision", "double"], ["--formulation", "nu-svc"], ["--scale-target", "off"],
    ["--target", "kind"], ["--task", "classification"],
  ])
  func anotherOptionEndsTheResumptionWithoutALoss(option: [String]) throws {
    let folder = try folder()
    let (trials, model) = try Self.first.get()
    let result = try Tool.run(
      ["tune", "t.csv", "--resume", "trials.csv"] + Self.search + option, in: folder)
    #expect(result.status == 65, "\(option): \(result)")
    #expect(result.errors.contains("the trials belong to the search"), "\(option): \(result)")
    #expect(folder.text("trials.csv") == trials && folder.data("t.model") == model)
  }

  @Test(arguments: [
    ["--threads", "1"], ["--time-limit", "1h"], ["--budget", "1h"], ["--budget-trials", "9"],
    ["--one-standard-error"], ["--metrics", "all"], ["--json", "x.json"], ["--report", "x.html"],
    // Options without effect beside the others.
    ["--degree", "2"], ["--coef0", "1"], ["--calibration", "isotonic"],
    ["--calibration-folds", "3"],
  ])
  func aHarmlessOptionContinuesToWhatAFreshSearchFinds(option: [String]) throws {
    let folder = try folder()
    let trials = try Self.first.get().trials
    let resumed = try Tool.run(
      ["tune", "t.csv", "--resume", "trials.csv", "-o", "r.model"] + Self.search + option,
      in: folder)
    let fresh = try Tool.run(
      ["tune", "t.csv", "-o", "f.model"] + Self.search + option, in: folder)
    #expect(resumed.status == 0 && fresh.status == 0, "\(option): \(resumed) \(fresh)")
    // Times are kept, so that equal tables mean that nothing was computed again.
    #expect(folder.text("trials.csv") == trials, "\(option)")
    #expect(folder.data("r.model") == folder.data("f.model"), "\(option)")
  }
}
