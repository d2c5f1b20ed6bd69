import ArgumentParser
import Foundation
import Testing

@testable import SVMCommand

/// A search is continued only with the data and options that it began with.
@Suite struct SearchFingerprintTests {
  /// Options that leave every trial as it is.
  ///
  /// All others, and those to come, shape the trials.
  private static let harmless: Set = [
    "trials", "resume", "budget", "budget-trials", "one-standard-error", "threads", "time-limit",
    "output", "report", "json", "quiet", "metrics",
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

  private func parsed(_ options: [String]) throws -> TuneCommand {
    try TuneCommand.parse(["data.csv"] + options)
  }

  @Test func everyOptionShapesTheTrialsOrIsKnownToBeHarmless() throws {
    let base = try parsed([])
    var seen: Set<String> = []
    for argument in try arguments() {
      guard let name = argument.names?.first(where: { $0.kind == "long" })?.name,
        name != "help", name != "version"
      else { continue }
      let changed = try parsed(argument.kind == "flag" ? ["--\(name)"] : ["--\(name)", "q7"])
      #expect(changed.parsedOptions != base.parsedOptions, "--\(name) is not among the options")
      let isShaping = SearchSetup.shaping(changed) != SearchSetup.shaping(base)
      #expect(isShaping != Self.harmless.contains(name), "--\(name)")
      seen.insert(name)
    }
    #expect(seen.count > 50)
    #expect(seen.isSuperset(of: Self.harmless))
  }

  @Test func everyHarmlessPropertyExists() throws {
    let names = Set(try parsed([]).parsedOptions.map(\.name))
    #expect(names.isSuperset(of: SearchSetup.harmless))
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
    ["--kernel", "laplacian"], ["--degree", "2"], ["--coef0", "1"], ["--probability"],
    ["--calibration", "isotonic"], ["--calibration-folds", "3"], ["--memory", "1G"],
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
