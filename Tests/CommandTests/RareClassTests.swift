import Foundation
import TabularModels
import Testing

/// Tables in which a class has one row or two, a target is missing, or a text stands for a missing value
/// and a class alike, against every command and formulation of classes.
private enum RareTables {
  /// Measurements of two separable classes, and of others with few rows.
  static func rows(_ counts: [(name: String, rows: Int)]) -> String {
    var lines = ["len,wid,kind"]
    var state: UInt64 = 12
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24)
    }
    let most = counts.map(\.rows).max() ?? 0
    for row in 0..<most {
      for (index, (name, rows)) in counts.enumerated() where row < rows {
        lines.append(
          "\(Double(index % 3) * 2 + next()),\(Double(index / 2) * 2 + next()),\(name)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static let texts: [(name: String, text: String)] = [
    (
      "issue.csv",
      "len,wid,kind\n1,2,a\n1.2,2.1,a\n3.1,.4,b\n3,.5,b\n1.1,2.2,a\n3.2,.3,b\n2,3,c\n"
    ),
    ("one-of-two.csv", rows([("a", 9), ("b", 1)])),
    ("two-of-two.csv", rows([("a", 9), ("b", 2)])),
    ("one-of-three.csv", rows([("a", 6), ("b", 5), ("c", 1)])),
    ("two-of-four.csv", rows([("a", 5), ("b", 2), ("c", 6), ("d", 1)])),
    ("singles.csv", rows([("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1)])),
    // Names that are numbers as long as the only row of another class is elsewhere.
    ("signs.csv", rows([("+1", 6), ("-1", 5), ("y", 1)])),
    ("codes.csv", rows([("007", 5), ("07", 6), ("7", 4), ("seven", 1)])),
    ("labels.svm", "1 1:0.5\n1 1:0.6 2:1\n2 1:-1\n2 2:-1\n2 1:-2\n3 1:3 2:3\n"),
  ]

  static let formulations: [[String]] =
    chosen
    + Formulation.absent(from: chosen.map { $0.joined(separator: " ") })
    .filter { $0.task == .classification }.map { ["-s", $0.rawValue] }

  private static let chosen: [[String]] = [
    ["-s", "c-svc"], ["-s", "c-svc", "--multiclass", "ovr"],
    ["-s", "c-svc", "-t", "linear", "--solver", "primal"],
    ["-s", "c-svc", "-t", "linear", "--solver", "primal", "--multiclass", "ovr"],
    ["-s", "nu-svc", "--nu", "0.05"], ["-s", "logistic"],
    ["-s", "logistic", "--multiclass", "ovr"], ["-s", "ls-svc"], ["-s", "discriminant"],
    ["-s", "c-svc", "--class-weight", "balanced"],
    ["-s", "c-svc", "--feature-map", "nystrom"],
  ]

  static let measurements: [[String]] = [
    ["cv", "--folds", "3"], ["cv", "--folds", "3", "--probability", "--predictions", "p.csv"],
    ["cv", "--folds", "2", "--time-ordered", "--probability"],
    ["cv", "--folds", "3", "--probability", "--calibration", "isotonic"],
    ["cv", "--folds", "3", "--probability", "--calibration", "temperature"],
    ["cv", "--folds", "3", "--probability", "--calibration", "auto", "--learning-curve"],
    ["train", "--probability", "--cv", "3", "-o", "t.model"],
    ["train", "--probability", "--holdout", "0.3", "--calibration", "auto", "-o", "t.model"],
    ["tune", "--search", "grid", "--c", "1,10", "--folds", "3", "--metric", "log-loss"],
    ["tune", "--search", "grid", "--c", "1,10", "--folds", "3", "--metric", "roc-auc"],
    ["tune", "--search", "grid", "--c", "1,10", "--folds", "3", "--probability"],
  ]

  /// A run, and what its ending should look like.
  struct Case: Sendable, CustomTestStringConvertible {
    var table: Int
    var formulation: Int
    var testDescription: String {
      texts[table].name + " " + formulations[formulation].joined(separator: " ")
    }
  }

  static let cases: [Case] = texts.indices.flatMap { table in
    formulations.indices.map { Case(table: table, formulation: $0) }
  }
}

@Suite struct RareClassTests {
  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// Ends well, or with one sentence about the data; never with a crash, a backtrace or a NaN.
  private func check(_ result: Tool.Result, _ arguments: [String]) {
    let words = arguments.joined(separator: " ")
    #expect(!result.crashed && [0, 3, 64, 65].contains(result.status), "\(words)\n\(result)")
    let all = result.output + result.errors
    for bad in ["decision values for", "decision values in a row", "Fatal", "internal error"] {
      #expect(!all.contains(bad), "\(words)\n\(result)")
    }
    #expect(
      !all.split(whereSeparator: { " ,|\n".contains($0) }).contains { $0 == "nan" || $0 == "inf" },
      "\(words)\n\(result)")
  }

  /// Three measurements for each table and formulation; over all tables every formulation meets all.
  @Test(arguments: RareTables.cases)
  fileprivate func everyCommandBearsRareClasses(_ one: RareTables.Case) throws {
    let folder = try Folder()
    let (name, text) = RareTables.texts[one.table]
    try folder.write(name, text)
    let formulation = RareTables.formulations[one.formulation]
    let all = RareTables.measurements
    for turn in 0..<3 {
      let measurement = all[(one.formulation + one.table * 3 + turn) % all.count]
      var arguments = [measurement[0], name] + measurement.dropFirst() + formulation
      if measurement[0] == "tune" {
        // Equations have nothing that could be searched for, ν takes the place of C.
        if ["ls-svc", "discriminant"].contains(formulation[1]) { continue }
        if formulation[1] == "nu-svc" {
          arguments = [measurement[0], name] + measurement.dropFirst() + ["-s", "nu-svc"]
          arguments = arguments.map { $0 == "--c" ? "--nu" : $0 == "1,10" ? "0.05,0.1" : $0 }
        }
        arguments += ["-o", "t.model"]
      }
      let result = try Tool.run(arguments, in: folder)
      check(result, arguments)
      // Only ν may be too large for a fold, and single rows too few for a holdout.
      if formulation[1] != "nu-svc", name != "singles.csv" {
        #expect(result.status == 0, "\(arguments.joined(separator: " "))\n\(result)")
      }
    }
  }

  @Test func aFoldWithoutAClassIsMeasuredInAllClasses() throws {
    let folder = try Folder()
    try folder.write("r3.csv", RareTables.texts[0].text)
    let result = try Tool.run(
      ["cv", "r3.csv", "--probability", "--predictions", "p.csv", "--json", "r.json", "-q"],
      in: folder)
    #expect(result.status == 0, "\(result)")
    let lines = folder.text("p.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(
      lines[0].map(String.init) == [
        "row", "repetition", "fold", "target", "prediction", "probability_a", "probability_b",
        "probability_c", "decision_1", "decision_2", "decision_3",
      ])
    #expect(lines.count == 8)
    for line in lines.dropFirst() {
      #expect(line.count == 11)
      let probabilities = line[5..<8].compactMap { Double($0) }
      #expect(probabilities.count == 3)
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-9)
    }
    // The only row of c was predicted by a model that did not know it.
    let rare = try #require(lines.first { $0[3] == "c" })
    #expect(rare[7] == "0.0")
    #expect(!rare[8].isEmpty && rare[9].isEmpty && rare[10].isEmpty)
    let report = try json(folder.text("r.json"))
    let pooled = try #require(report["pooled"] as? [[String: Any]])
    #expect(pooled.first?["name"] as? String == "accuracy")
    #expect(abs((pooled.first?["value"] as? Double ?? 0) - 6.0 / 7) < 1e-12)
  }

  // MARK: One road

  /// Tables that no training accepts.
  static let refused: [(text: String, options: [String])] = [
    ("len,wid,kind\n1,2,\n1.2,2.1,a\n3.1,.4,b\n3,.5,b\n1.1,2.2,a\n3.2,.3,b\n", []),
    ("len,wid,kind\n1,2,\n1.2,2.1,\n3.1,.4,\n3,.5,\n1.1,2.2,\n3.2,.3,\n", []),
    ("len,wid,kind\n1,2,\n1.2,2.1,\n3.1,.4,\n3,.5,\n", ["--impute", "drop"]),
    (
      "len,wid,kind\n1,2,a\n1.2,2.1,a\n3.1,.4,b\n3,.5,b\n1.1,2.2,a\n3.2,.3,b\n",
      ["--missing-marker", "a"]
    ),
    ("len,wid,kind\n1,2,NA\n1.2,2.1,NA\n3.1,.4,FR\n3,.5,FR\n1.1,2.2,NA\n3.2,.3,FR\n", []),
    ("len,wid,price\n1,2,1.5\n1.2,2.1,\n3.1,.4,2.5\n3,.5,3.5\n1.1,2.2,4.25\n", []),
    ("len,wid,price\n1,2,1.5\n1.2,2.1,1e999\n3.1,.4,2.5\n3,.5,3.5\n1.1,2.2,4.25\n", []),
    ("len,wid,kind\n1,2,a\n,2.1,a\n3.1,.4,b\n3,.5,b\n", ["--impute", "error"]),
  ]

  @Test(arguments: refused.indices)
  func whatTrainRefusesEveryCommandRefuses(_ index: Int) throws {
    let folder = try Folder()
    let (text, options) = Self.refused[index]
    try folder.write("m.csv", text)
    let expected = try Tool.run(["train", "m.csv", "-o", "t.model"] + options, in: folder)
    #expect(expected.status == 65, "\(expected)")
    for arguments in [
      ["cv", "m.csv"], ["cv", "m.csv", "--folds", "2", "--probability", "--learning-curve"],
      ["cv", "m.csv", "--time-ordered"], ["tune", "m.csv", "-o", "t.model"],
      ["train", "m.csv", "--cv", "2", "-o", "t.model"],
      ["train", "m.csv", "--holdout", "0.3", "--probability", "-o", "t.model"],
      ["cv", "m.csv", "-s", "ls-svr"], ["cv", "m.csv", "-s", "discriminant"],
    ] {
      let result = try Tool.run(arguments + options, in: folder)
      check(result, arguments)
      #expect(result.status == 65, "\(arguments)\n\(result)")
      if !arguments.contains("-s") { #expect(result.errors == expected.errors, "\(arguments)") }
    }
  }

  @Test func aMissingTargetIsSaidWhereAModelIsApplied() throws {
    let folder = try Fixtures.folder()
    let lines = Fixtures.flowers.split(separator: "\n")
    try folder.write(
      "gap.csv",
      (lines.prefix(4) + ["4.3,1.3,"] + lines.dropFirst(5)).joined(separator: "\n") + "\n")
    for arguments in [
      ["verify", "flowers.model", "gap.csv"], ["evaluate", "flowers.model", "gap.csv"],
      ["plot", "flowers.model", "gap.csv", "--kind", "importance", "-o", "i.svg"],
    ] {
      let result = try Tool.run(arguments, in: folder)
      check(result, arguments)
      #expect(result.status == 65, "\(result)")
      #expect(result.errors.contains("gap.csv:5:9"), "\(result)")
    }
  }

  @Test(arguments: ["ls-svc", "discriminant"])
  func oneClassIsRefusedAlikeWhereTwoAreNeeded(_ formulation: String) throws {
    let folder = try Fixtures.folder()
    let sentence = "one.csv: the target holds 1 class (\"yes\"); \(formulation) needs at least 2\n"
    for command in [["train", "one.csv", "-o", "t.model"], ["cv", "one.csv", "--folds", "2"]] {
      let result = try Tool.run(command + ["-s", formulation], in: folder)
      #expect(result.status == 65 && result.errors == sentence, "\(result)")
    }
  }

  // MARK: Weights and probabilities

  /// 600 rows of two overlapping clouds, 4 % of which are positive.
  static let unbalanced: String = {
    var lines = ["a,b,label"]
    var state: UInt64 = 3
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24)
    }
    func bell() -> Double { (0..<6).reduce(-3) { sum, _ in sum + next() } }
    for row in 0..<600 {
      let shift = row % 25 == 0 ? 1.0 : 0
      lines.append("\(bell() + shift),\(bell() + shift),\(row % 25 == 0 ? "yes" : "no")")
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  private func balancedAccuracy(_ folder: Folder, _ options: [String]) throws -> Double {
    let result = try Tool.run(
      ["cv", "u.csv", "--folds", "4", "--json", "--quiet"] + options, in: folder)
    #expect(result.status == 0, "\(result)")
    let pooled = try #require(try json(result.output)["pooled"] as? [[String: Any]])
    return try #require(
      pooled.first { $0["name"] as? String == "balancedAccuracy" }?["value"] as? Double)
  }

  @Test(
    arguments: Formulation.having(.classWeight).map { ["-s", $0.rawValue] }
      + [["-s", "c-svc", "--multiclass", "ovr"]])
  func probabilitiesDoNotUndoClassWeights(_ formulation: [String]) throws {
    let folder = try Folder()
    try folder.write("u.csv", Self.unbalanced)
    let weighted = try balancedAccuracy(folder, formulation + ["--class-weight", "balanced"])
    #expect(weighted > 0.65)
    for method in ["sigmoid", "isotonic", "temperature"] {
      let calibrated = try balancedAccuracy(
        folder,
        formulation + ["--class-weight", "balanced", "--probability", "--calibration", method])
      #expect(calibrated > weighted - 0.06, "\(formulation) \(method): \(calibrated), \(weighted)")
    }
  }

  @Test func labelsFollowWeightedProbabilities() throws {
    let folder = try Folder()
    try folder.write("u.csv", Self.unbalanced)
    let training = try Tool.run(
      [
        "train", "u.csv", "--class-weight", "yes=20", "--probability", "-o", "u.model", "--json",
        "u.json",
      ], in: folder)
    #expect(training.status == 0, "\(training)")
    #expect(
      training.output.contains("where the probability of yes is 0.04762 (class weights)"),
      "\(training)")
    let calibration = try #require(try json(folder.text("u.json"))["calibration"] as? [String: Any])
    #expect(calibration["labelWeights"] as? [Double] == [1, 20])
    let threshold = try #require(calibration["threshold"] as? Double)
    let predicted = try Tool.run(
      ["predict", "u.model", "u.csv", "--probability", "--decision-values"], in: folder)
    var positives = 0
    var sum = 0.0
    for line in predicted.output.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",")
      let (no, yes) = (Double(fields[1]) ?? -1, Double(fields[2]) ?? -1)
      #expect((fields[0] == "yes") == (20 * yes > no), "\(line)")
      #expect((fields[0] == "yes") == ((Double(fields[3]) ?? 0) > threshold), "\(line)")
      if fields[0] == "yes" { positives += 1 }
      sum += yes
    }
    // Labels are weighted, probabilities are not.
    #expect(positives > 60)
    #expect(abs(sum / 600 - 0.04) < 0.02, "\(sum / 600)")
    let without = try Tool.run(
      ["train", "u.csv", "--class-weight", "yes=1,no=1", "--probability", "-o", "v.model"],
      in: folder)
    #expect(without.status == 0 && !without.output.contains("(class weights)"), "\(without)")
  }

  // MARK: What an accuracy hides

  @Test func unbalancedClassesAreSaidEverywhere() throws {
    let folder = try Folder()
    try folder.write("u.csv", Self.unbalanced)
    for arguments in [
      ["train", "u.csv", "--holdout", "0.3", "-o", "u.model"], ["cv", "u.csv", "--folds", "3"],
      ["tune", "u.csv", "--search", "grid", "--c", "1,2", "--gamma", "0.5", "-o", "t.model"],
      ["evaluate", "u.model", "u.csv"],
    ] {
      let result = try Tool.run(arguments + ["--json", "r.json"], in: folder)
      #expect(result.status == 0, "\(result)")
      #expect(result.output.contains("2 classes (no 96 %, yes 4 %)"), "\(result)")
      #expect(result.output.contains("majority-class accuracy"), "\(result)")
      #expect(result.errors.contains("--class-weight balanced"), "\(result)")
      #expect(result.errors.contains("--metric balanced-accuracy"), "\(result)")
      let report = try json(folder.text("r.json"))
      let data = try #require(report["data"] as? [String: Any])
      #expect(data["classRows"] as? [Int] == [576, 24])
      #expect(data["classShares"] as? [Double] == [0.96, 0.04])
      #expect((report["hints"] as? [String])?.count == 1)
    }
    let training = try Tool.run(
      ["train", "u.csv", "--holdout", "0.3", "-o", "u.model"], in: folder)
    for figure in ["ROC AUC", "recall of the rarest class"] {
      #expect(training.output.contains(figure), "\(training)")
    }
    let weighted = try Tool.run(
      [
        "train", "u.csv", "--class-weight", "balanced", "--gamma", "0.5", "-o", "u.model",
        "--json", "r.json",
      ], in: folder)
    #expect(!weighted.errors.contains("unbalanced"), "\(weighted)")
  }

  @Test func balancedClassesGetNoHint() throws {
    let folder = try Fixtures.folder()
    for arguments in [["train", "flowers.csv", "-o", "t.model"], ["cv", "flowers.csv"]] {
      let result = try Tool.run(arguments, in: folder)
      #expect(result.errors.isEmpty, "\(result)")
      #expect(
        result.output.contains("3 classes (setosa 33.3 %, versicolor 33.3 %, virginica 33.3 %)"),
        "\(result)")
    }
  }

  @Test func theSameFiguresEverywhere() throws {
    let folder = try Fixtures.folder()
    var names: [Set<String>] = []
    for (arguments, key) in [
      (["train", "flowers.csv", "-s", "ls-svc", "-o", "f.model"], "metrics"),
      (["evaluate", "f.model", "flowers.csv"], "metrics"),
      (["cv", "flowers.csv", "-s", "ls-svc"], "summaries"),
    ] {
      let result = try Tool.run(arguments + ["--json"], in: folder)
      #expect(result.status == 0, "\(result)")
      let figures = try #require(try json(result.output)[key] as? [[String: Any]])
      names.append(Set(figures.compactMap { $0["name"] as? String }))
    }
    #expect(names[0] == names[1] && names[1] == names[2])
    #expect(names[0].isSuperset(of: ["macroAveragePrecision", "cohenKappa", "macroRocAUC"]))
  }

  @Test func figuresCanBeChosen() throws {
    let folder = try Fixtures.folder()
    for arguments in [
      ["train", "flowers.csv", "-o", "f.model"], ["evaluate", "f.model", "flowers.csv"],
      ["cv", "flowers.csv"],
      ["tune", "flowers.csv", "--search", "grid", "--c", "1,2", "--gamma", "1", "-o", "f.model"],
    ] {
      let chosen = try Tool.run(arguments + ["--metrics", "cohen-kappa"], in: folder)
      #expect(chosen.status == 0, "\(chosen)")
      #expect(chosen.output.contains("Cohen's kappa"), "\(chosen)")
      #expect(!chosen.output.contains("balanced accuracy"), "\(chosen)")
      let all = try Tool.run(arguments + ["--metrics", "all"], in: folder)
      for name in ["weighted F1", "macro recall", "Matthews correlation"] {
        #expect(all.output.contains(name), "\(all)")
      }
      let unknown = try Tool.run(arguments + ["--metrics", "acuracy"], in: folder)
      #expect(unknown.status == 64, "\(unknown)")
      #expect(unknown.errors.contains("Did you mean \"accuracy\"?"), "\(unknown)")
    }
    let numbers = try Tool.run(
      ["train", "prices.csv", "--metrics", "all", "-o", "p.model"], in: folder)
    for name in ["median absolute error", "largest error", "mean absolute percentage error"] {
      #expect(numbers.output.contains(name), "\(numbers)")
    }
  }

  // MARK: Folds, files, spellings

  @Test func foldsOfOneRowHaveNoCorrelation() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      ["cv", "flowers.csv", "--folds", "30", "--json", "r.json"], in: folder)
    #expect(result.status == 0, "\(result)")
    let report = try json(folder.text("r.json"))
    let summaries = try #require(report["summaries"] as? [[String: Any]])
    let names = summaries.compactMap { $0["name"] as? String }
    #expect(!names.contains("matthewsCorrelation") && !names.contains("cohenKappa"))
    let pooled = try #require(report["pooled"] as? [[String: Any]])
    let correlation = pooled.first { $0["name"] as? String == "matthewsCorrelation" }
    #expect((correlation?["value"] as? Double ?? 0) > 0.9)
    #expect(result.output.contains("Matthews correlation"), "\(result)")
  }

  @Test func thereMustBeRowsToMeasureOn() throws {
    let folder = try Fixtures.folder()
    try folder.write("none.csv", "petal_length,petal_width,species\n")
    let result = try Tool.run(["evaluate", "flowers.model", "none.csv"], in: folder)
    #expect(result.status == 65 && result.output.isEmpty, "\(result)")
    #expect(result.errors == "none.csv: no rows to measure on\n", "\(result)")
  }

  @Test func tooFewGroupsAreSaidWithFileAndOption() throws {
    let folder = try Folder()
    try folder.write("g.csv", "a,g,y\n1,p,u\n2,p,v\n3,q,u\n4,q,v\n5,q,u\n6,p,v\n")
    let result = try Tool.run(["cv", "g.csv", "--group", "g"], in: folder)
    #expect(result.status == 65, "\(result)")
    #expect(
      result.errors
        == "g.csv: --group: column \"g\" puts the rows into 2 groups, but --folds 5 needs 5; "
        + "--folds 2 is possible\n", "\(result)")
    #expect(try Tool.run(["cv", "g.csv", "--group", "g", "--folds", "2"], in: folder).status == 0)
    let times = try Tool.run(["cv", "g.csv", "--time-ordered", "--folds", "6"], in: folder)
    #expect(
      times.errors == "g.csv: --time-ordered: --folds 6 needs at least 7 rows, but there are 6\n")
  }

  @Test func aNuThatAFoldCannotHaveIsSaid() throws {
    let folder = try Folder()
    var lines = ["a,b,k"]
    for row in 0..<18 { lines.append("\(row),\(row * 7 % 5),a") }
    lines += ["3.5,9,b", "4.5,9,b"]
    try folder.write("n.csv", lines.joined(separator: "\n") + "\n")
    let whole = ["n.csv", "-s", "nu-svc", "--nu", "0.2"]
    #expect(try Tool.run(["train"] + whole + ["-o", "n.model"], in: folder).status == 0)
    for arguments in [["cv"] + whole, ["train"] + whole + ["--probability", "-o", "p.model"]] {
      let result = try Tool.run(arguments, in: folder)
      #expect(result.status == 65, "\(result)")
      #expect(
        result.errors.contains(
          "nu: must be at most 0.125 for the classes \"a\" and \"b\" in a fold, which has fewer rows"
        ),
        "\(result)")
    }
  }

  @Test func spellingsOfOneClassAreNoted() throws {
    let folder = try Folder()
    try folder.write(
      "s.csv", "a,y\n1,true\n2,no\n3,True\n4,no\n5,TRUE\n6,no\n1.5,true\n2.5,no\n")
    let result = try Tool.run(["train", "s.csv", "-o", "t.model"], in: folder)
    #expect(
      result.errors.contains(
        "note: TRUE, True, true differ only in upper and lower case; each is a separate class"),
      "\(result)")
  }

  @Test func calibrationMayBeChosenByItsLogLoss() throws {
    let folder = try Folder()
    try folder.write("u.csv", Self.unbalanced)
    var predictions: [String: Data] = [:]
    for method in ["sigmoid", "isotonic", "temperature", "auto"] {
      let result = try Tool.run(
        ["train", "u.csv", "--probability", "--calibration", method, "-o", "\(method).model"],
        in: folder)
      #expect(result.status == 0, "\(result)")
      let predicted = try Tool.run(
        ["predict", "\(method).model", "u.csv", "-o", "\(method).csv", "--probability"],
        in: folder)
      #expect(predicted.status == 0, "\(predicted)")
      predictions[method] = folder.data("\(method).csv")
    }
    // The models differ by what was asked for; the probabilities are those of one method.
    let automatic = predictions.removeValue(forKey: "auto")
    #expect(Set(predictions.values).count == 3)
    #expect(predictions.values.contains { $0 == automatic })
  }
}

/// What remains ours to blame ends in one sentence.
@Suite struct CrashTests {
  @Test(arguments: [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT])
  func aCrashIsOneSentence(_ number: Int32) throws {
    let folder = try Folder()
    // Standard input stays open, so that the command waits with its output begun.
    let running = try Tool.Running(
      ["train", "-", "-o", "made.model"], input: nil, in: folder,
      environment: ["SWIFT_BACKTRACE": "enable=yes,color=no"])
    running.waitUntilItWatchesSignals()
    running.signal(number)
    let result = try running.wait()
    #expect(!result.crashed && result.status == 70, "\(result)")
    #expect(result.output.isEmpty, "\(result)")
    #expect(result.errors.hasPrefix("internal error: this is a bug in svm "), "\(result)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result)")
    #expect(try folder.names.isEmpty)
  }
}
