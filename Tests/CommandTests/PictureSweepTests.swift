import Foundation
import TabularModels
import TestSupport
import Testing

/// Every kind of picture of every kind of model, and every report.
///
/// Each is drawn, or one sentence says why it is not. Nothing traps, and no empty picture is written.
@Suite struct PictureSweepTests {
  static let kinds = [
    "confusion", "roc", "precision-recall", "threshold", "gain", "calibration", "scores",
    "predicted", "residuals", "residual-histogram", "residual-quantiles", "importance",
    "dependence", "weights", "regions", "map", "heatmap", "path",
  ]

  /// A way of training, and the kinds that must be drawn of it.
  struct Way: CustomTestStringConvertible, Sendable {
    var options: String
    var drawn: Set<String>
    var testDescription: String { options }

    static let classes: Set<String> = [
      "confusion", "roc", "precision-recall", "gain", "importance", "dependence", "regions",
    ]
    static let numbers: Set<String> = [
      "predicted", "residuals", "residual-histogram", "residual-quantiles", "importance",
      "dependence",
    ]

    static let ofClasses = chosenOfClasses + absent { $0 == .classification }
    static let others = chosenOthers + absent { $0 != .classification }

    /// Ways of formulations that have no line below; of novelties and components a map at least.
    private static func absent(_ condition: (LearningTask) -> Bool) -> [Way] {
      Formulation.absent(from: (chosenOfClasses + chosenOthers).map(\.options))
        .filter { condition($0.task) }
        .map { formulation in
          let drawn =
            switch formulation.task {
            case .classification: classes
            case .regression: numbers
            case .novelty, .components: Set(["map"])
            }
          return Way(options: "-s \(formulation.rawValue)", drawn: drawn)
        }
    }

    private static let chosenOfClasses: [Way] = [
      Way(options: "-s c-svc -t linear", drawn: classes.union(["weights"])),
      Way(
        options: "-s c-svc -t linear --multiclass one-versus-rest",
        drawn: classes.union(["weights"])),
      Way(options: "-s c-svc --probability", drawn: classes.union(["calibration"])),
      Way(options: "-s nu-svc -n 0.2 -t linear", drawn: classes.union(["weights"])),
      Way(options: "-s nu-svc -n 0.2 --multiclass one-versus-rest", drawn: classes),
      Way(options: "-s logistic", drawn: classes.union(["weights"])),
      Way(
        options: "-s logistic --multiclass one-versus-rest", drawn: classes.union(["weights"])),
      Way(options: "-s ls-svc -t linear", drawn: classes.union(["weights"])),
      Way(options: "-s discriminant -t linear --lambda 0.01", drawn: classes.union(["weights"])),
      Way(options: "-s discriminant --lambda 0.01", drawn: classes),
    ]
    private static let chosenOthers: [Way] = [
      Way(options: "-s epsilon-svr -t linear", drawn: numbers.union(["weights"])),
      Way(options: "-s nu-svr", drawn: numbers),
      Way(options: "-s quantile-svr --quantile 0.1,0.5,0.9", drawn: numbers),
      Way(options: "-s ls-svr", drawn: numbers),
      Way(options: "-s kernel-ridge -t linear", drawn: numbers.union(["weights"])),
      Way(options: "-s one-class -n 0.2 -t linear", drawn: []),
      Way(options: "-s one-class -n 0.2", drawn: ["scores", "map"]),
      Way(options: "-s svdd -n 0.2", drawn: ["scores", "map"]),
      Way(options: "-s kernel-pca --components 2", drawn: ["map"]),
    ]
  }

  /// Classes around a circle, a constant column, texts and weights; with a class of a single row on request.
  private static func table(
    classes: Int, seed: UInt64, hasSingleRow: Bool = false, isNumeric: Bool = false
  ) -> String {
    var generator = TestGenerator(seed: seed)
    var lines = ["a,b,c,same,kind,weight,target"]
    for row in 0..<(classes * 14) {
      let code = row % classes
      let angle = 6.283 * Double(code) / Double(classes)
      let values = [cos(angle), sin(angle), 0].map { 2 * $0 + generator.uniform(in: -1..<1) }
      let target = isNumeric ? "\(values[0] * 1000 - values[1] * 200)" : "class \(code)"
      lines.append(
        values.map { "\($0)" }.joined(separator: ",")
          + ",7,\(["x", "y", "z"][row / classes % 3]),\(1 + row % 3),\(target)")
    }
    if hasSingleRow { lines.append("0.1,0.2,0.3,7,x,1,lonely") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  private func expectPictures(
    _ folder: Folder, _ model: String, _ data: String, drawn: Set<String>, _ comment: Comment
  ) throws {
    for kind in Self.kinds {
      let result = try Tool.run(
        ["plot", model, data, "--kind", kind, "-o", "\(model).\(kind).svg"], in: folder)
      let svg = folder.text("\(model).\(kind).svg")
      let isDrawn = result.status == 0
      #expect(isDrawn || !drawn.contains(kind), "\(comment): \(kind) \(result)")
      #expect(!result.crashed, "\(comment): \(kind) \(result)")
      if isDrawn {
        let reading = StrictHTML(svg: svg)
        #expect(reading.problems.isEmpty, "\(comment): \(kind) \(reading.problems.prefix(3))")
        #expect(!reading.text.contains("No data"), "\(comment): \(kind) is empty")
      } else {
        #expect([64, 65].contains(result.status), "\(comment): \(kind) \(result)")
        // Wrong usage is followed by where to read more.
        let lines = result.errors.split(separator: "\n").count
        #expect(lines == (result.status == 64 ? 2 : 1), "\(comment): \(kind) \(result)")
        #expect(svg.isEmpty, "\(comment): \(kind) left a file")
      }
    }
  }

  @Test(arguments: Way.ofClasses)
  func everyKindOfPictureOfClasses(way: Way) throws {
    let folder = try Folder()
    for classes in 2...5 {
      let seed = UInt64(40 + classes)
      try folder.write("t.csv", Self.table(classes: classes, seed: seed))
      let model = "m\(classes)"
      let training = try Tool.run(
        words("train t.csv \(way.options) --drop weight -q -o \(model)"), in: folder)
      #expect(training.status == 0, "\(training)")
      var drawn = way.drawn
      if classes == 2 { drawn.formUnion(["threshold", "scores"]) }
      try expectPictures(
        folder, model, "t.csv", drawn: drawn, "\(way.options), \(classes) classes, seed \(seed)")
    }
  }

  @Test(arguments: Way.others)
  func everyKindOfPictureWithoutClasses(way: Way) throws {
    let folder = try Folder()
    try folder.write("t.csv", Self.table(classes: 3, seed: 51, isNumeric: true))
    let training = try Tool.run(
      words("train t.csv \(way.options) --drop weight -q -o m"), in: folder)
    #expect(training.status == 0, "\(training)")
    try expectPictures(folder, "m", "t.csv", drawn: way.drawn, "\(way.options), seed 51")
  }

  /// The weights of a pair are those that the pair alone would have: two classes of three, trained alone,
  /// give the picture's numbers.
  @Test func theWeightsOfAPairAreThoseOfThePairAlone() throws {
    let folder = try Folder()
    let text = Self.table(classes: 3, seed: 47)
    let lines = text.split(separator: "\n").map(String.init)
    try folder.write("three.csv", text)
    for (name, classes) in [("low", ["class 0", "class 1"]), ("high", ["class 1", "class 2"])] {
      let kept = lines.filter { line in
        line.hasSuffix("target") || classes.contains { line.hasSuffix($0) }
      }
      try folder.write("\(name).csv", kept.joined(separator: "\n") + "\n")
    }
    let options = "-t linear --scale none --drop weight,kind --tolerance 1e-8 -q"
    for name in ["three", "low", "high"] {
      let options = words("train \(name).csv \(options) -o \(name).model")
      let training = try Tool.run(options, in: folder)
      #expect(training.status == 0, "\(training)")
      let plot = try Tool.run(
        ["plot", "\(name).model", "--kind", "weights", "-o", "\(name).svg"], in: folder)
      #expect(plot.status == 0, "\(plot)")
    }
    // `a: 1.234` of the description of one function, `a, class 1 / class 0: 1.234` of a cell of several.
    func weights(_ name: String, after prefix: String) -> [String: String] {
      var found: [String: String] = [:]
      for feature in ["a", "b", "c"] {
        let parts = folder.text("\(name).svg").components(
          separatedBy: "\(prefix.isEmpty ? " " : ">")\(feature)\(prefix): ")
        guard parts.count > 1 else { continue }
        found[feature] = String(parts[1].prefix { !",<".contains($0) && $0 != " " })
      }
      return found
    }
    func number(_ text: String?) -> Double {
      var text = (text ?? "").replacingOccurrences(of: "−", with: "-")
      while text.hasSuffix(".") { text.removeLast() }
      return Double(text) ?? .nan
    }
    for (alone, pair) in [("low", ", class 1 / class 0"), ("high", ", class 2 / class 1")] {
      let (expected, found) = (weights(alone, after: ""), weights("three", after: pair))
      for feature in ["a", "b", "c"] {
        let (a, b) = (number(expected[feature]), number(found[feature]))
        #expect(abs(a - b) <= 0.01 * max(1, abs(a)), "\(alone), \(feature): \(a) and \(b)")
      }
    }
  }

  /// Pages of every command.
  @Test(arguments: Way.ofClasses)
  func everyReportOfClasses(way: Way) throws {
    let folder = try Folder()
    for classes in 2...5 {
      let seed = UInt64(60 + classes)
      // A pair of one row and many has no solution for a ν of 0.2.
      let hasSingleRow = classes % 2 == 1 && !way.options.contains("nu-svc")
      try folder.write(
        "t.csv", Self.table(classes: classes, seed: seed, hasSingleRow: hasSingleRow))
      let weight =
        classes > 3 && !way.options.contains("discriminant")
        ? "--weight-column weight" : "--drop weight"
      let options = "\(way.options) \(weight) -q"
      let comment: Comment = "\(options), \(classes) classes, seed \(seed)"
      try expectPage(folder, "train t.csv \(options) -o m", comment)
      if classes == 3 {
        try expectPage(folder, "train t.csv \(options) --holdout 0.3 -o h", comment)
        try expectPage(folder, "cv t.csv \(options) --folds 3", comment)
      }
      try expectPage(folder, "evaluate m t.csv", comment)
    }
  }

  @Test(arguments: Way.others)
  func everyReportWithoutClasses(way: Way) throws {
    let folder = try Folder()
    try folder.write("t.csv", Self.table(classes: 3, seed: 71, isNumeric: true))
    let comment: Comment = "\(way.options), seed 71"
    try expectPage(folder, "train t.csv \(way.options) --drop weight -q -o m", comment)
    if !way.options.contains("kernel-pca") {
      try expectPage(folder, "evaluate m t.csv", comment)
      try expectPage(
        folder, "cv t.csv \(way.options) --drop weight --folds 3 -q", comment)
    }
  }

  @Test(arguments: ["", "-s nu-svc", "-s epsilon-svr", "-s one-class"])
  func searchesHaveAReport(options: String) throws {
    let folder = try Folder()
    let isNumeric = options.hasSuffix("svr")
    try folder.write("t.csv", Self.table(classes: 3, seed: 81, isNumeric: isNumeric))
    let line =
      "tune t.csv \(options) --drop weight --search random --max-trials 6 --folds 3 -q -o m"
    let result = try Tool.run(words("\(line) --report r.html"), in: folder)
    #expect(!result.crashed, "\(result)")
    if result.status == 0 {
      check(folder.text("r.html"), "\(line)")
    } else {
      #expect([64, 65].contains(result.status), "\(result)")
    }
  }

  private func expectPage(_ folder: Folder, _ line: String, _ comment: Comment) throws {
    let result = try Tool.run(words("\(line) --report r.html"), in: folder)
    #expect(result.status == 0 && !result.crashed, "\(comment): \(line): \(result)")
    if result.status == 0 { check(folder.text("r.html"), "\(comment): \(line)") }
  }

  /// A page that is well-formed, holds no empty picture and no picture twice.
  private func check(_ html: String, _ comment: Comment) {
    let reading = StrictHTML(html)
    #expect(reading.problems.isEmpty, "\(comment): \(reading.problems.prefix(3))")
    for word in ["No data", " nan", "inf "] {
      #expect(!reading.text.contains(word), "\(comment): \(word)")
    }
    let captions = html.components(separatedBy: "<figcaption>").dropFirst().map {
      $0.components(separatedBy: "</figcaption>")[0]
    }
    #expect(Set(captions).count == captions.count, "\(comment): \(captions)")
    // A metric stands in one place.
    let names = html.components(separatedBy: "<dt><bdi>").dropFirst().map {
      $0.components(separatedBy: "</bdi>")[0]
    }
    #expect(Set(names).count == names.count, "\(comment): \(names)")
    for name in names
    where html.contains("<td class=\"text\"><bdi>\(name)</bdi></td><td class=\"number\">") {
      Issue.record("\(comment): \(name) stands at the head and in a table")
    }
  }
}
