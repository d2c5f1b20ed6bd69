import Foundation
import Testing

/// How the command reads tables, what it says of it, and what it advises.
@Suite struct ReadingTests {
  private static let years = """
    2019,2020,2021
    1.5,2.5,3.1
    2.5,3.5,4.2
    3.5,1.5,4.9
    4.5,2.2,6.1

    """

  @Test func aHeaderOfNumbersIsTakenForOneAndToldOf() throws {
    let folder = try Folder()
    try folder.write("y.csv", Self.years)
    let trained = try Tool.run(["train", "y.csv"], in: folder)
    #expect(trained.status == 0, "\(trained)")
    #expect(
      trained.output.contains("commas between fields, column names in line 1\n"))
    #expect(
      trained.errors.contains(
        "note: line 1 (2019, 2020, 2021) is read as column names; --input-header no reads it as "
          + "a row\n"), "\(trained)")
    // Names are compared as texts, in any order.
    try folder.write("same.csv", "2019,2020\n1.5,2.5\n3.5,1.5\n")
    try folder.write("turned.csv", "2020,2019\n2.5,1.5\n1.5,3.5\n")
    let same = try Tool.run(["predict", "y.model", "same.csv"], in: folder)
    let turned = try Tool.run(["predict", "y.model", "turned.csv"], in: folder)
    #expect(same.status == 0 && same.output.split(separator: "\n").count == 3, "\(same)")
    #expect(same.output == turned.output, "\(same)\(turned)")
    try folder.write("other.csv", "2021,2020,2019\n3.1,2.5,1.5\n4.2,3.5,2.5\n")
    let evaluated = try Tool.run(["evaluate", "y.model", "other.csv"], in: folder)
    #expect(evaluated.status == 0 && evaluated.output.contains("2 rows"), "\(evaluated)")
    #expect(try Tool.run(["verify", "y.model", "y.csv"], in: folder).status == 0)
    // Convert, cross-validation and search see the same.
    let converted = try Tool.run(["convert", "y.csv", "-", "--to", "csv"], in: folder)
    #expect(converted.output.hasPrefix("2019,2020,2021\n"), "\(converted)")
    let options = ["--folds", "2"]
    #expect(
      try Tool.run(["cv", "y.csv"] + options, in: folder).errors.contains("2019, 2020, 2021"))
    let asRow = try Tool.run(["train", "y.csv", "--input-header", "no", "--dry-run"], in: folder)
    #expect(asRow.output.contains("5 rows, 3 columns without a header"), "\(asRow)")
    #expect(asRow.output.contains("no header"), "\(asRow)")
  }

  @Test func namesOfYearsBetweenTexts() throws {
    let folder = try Folder()
    try folder.write(
      "r.csv",
      "region,1990,2000,grade\nnorth,1.2,3.4,good\nsouth,2.2,3.1,bad\nnorth,1.5,2.4,good\n"
        + "south,2.6,3.3,bad\n")
    let result = try Tool.run(["train", "r.csv", "--dry-run"], in: folder)
    #expect(result.output.contains("4 rows, 4 columns\n"), "\(result)")
    #expect(result.output.contains("1990"), "\(result)")
  }

  // MARK: Remedies

  /// Runs what a hint advises: the options of each of its lines.
  private func advised(_ errors: String) -> [[String]] {
    errors.split(separator: "\n").dropFirst().compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard let first = words.firstIndex(where: { $0.hasPrefix("--") }) else { return nil }
      var options: [String] = []
      var index = first
      while index + 1 < words.count, words[index].hasPrefix("--") {
        options += [words[index], words[index + 1].replacingOccurrences(of: "'", with: "")]
        index += 2
      }
      return options
    }
  }

  @Test(arguments: [
    ("thousands", (0..<30).map { $0 == 3 ? "\"1,200\"" : "\(980 + $0)" }),
    ("commas", (0..<30).map { "\"\($0),5\"" }),
    ("commas and thousands", (0..<30).map { $0 == 3 ? "\"1,200\"" : "\"\($0),5\"" }),
    ("censored", (0..<30).map { $0 == 3 ? ">20" : "\($0).5" }),
    ("marker", (0..<30).map { $0 == 3 ? "n.k." : "\($0).5" }),
    ("two markers", (0..<40).map { $0 % 9 == 3 ? "-" : $0 % 9 == 4 ? "n/k" : "\($0).5" }),
    ("blank in a marker", (0..<30).map { $0 == 3 ? "not known" : "\($0).5" }),
    ("units", (0..<30).map { $0 == 3 ? "12 kg" : "\($0).5" }),
    ("few values", (0..<30).map { $0 == 3 ? "\"x1,1\"" : "\($0 % 12)" }),
  ])
  func whatIsAdvisedHelps(_ name: String, _ values: [String]) throws {
    let folder = try Folder()
    let rows = values.enumerated().map { "\($0 * 7 % 30),\($1),\($0 % 2)\n" }.joined()
    try folder.write("t.csv", "x,age,y\n" + rows)
    let result = try Tool.run(["train", "t.csv"], in: folder)
    guard result.status != 0 else { return }
    #expect(result.status == 65, "\(result)")
    #expect(result.errors.split(separator: "\n").count > 1, "no advice: \(result)")
    for options in advised(result.errors) {
      // A word of a shell with blanks in it.
      guard !options.contains("not") else { continue }
      let again = try Tool.run(["train", "t.csv", "-o", "m.model"] + options, in: folder)
      #expect(again.status == 0, "\(name): \(options)\n\(result)\(again)")
    }
    // Beside 980 it would be 1.2.
    if name == "thousands" { #expect(!result.errors.contains("--decimal ,"), "\(result)") }
    if name == "censored" || name == "units" {
      #expect(!result.errors.contains("--missing-marker"), "\(result)")
    }
  }

  @Test func aSeparatorAtEveryLinesEndMakesNoTarget() throws {
    let folder = try Folder()
    let rows = (0..<20).map { "\($0 % 7),\($0 * 3 % 5),\($0 % 2 == 0 ? "a" : "b"),\n" }.joined()
    for (name, text) in [("h.csv", "x,z,y,\n" + rows), ("n.csv", rows)] {
      try folder.write(name, text)
      for extra in [[], ["--subsample", "15"]] where name == "h.csv" || extra.isEmpty {
        let result = try Tool.run(["train", name, "-o", "m.model"] + extra, in: folder)
        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("2 classes (a"), "\(result)")
        #expect(result.errors.contains("note: column \"column4\" is left out: it has no values"))
      }
    }
  }

  @Test func allProblemsAreOneMessage() throws {
    let folder = try Folder()
    let rows = (0..<20).map { "\($0).5,\($0).5,\($0 % 2)\n" }.joined()
    try folder.write("p.csv", "a,b,y\n1e999,1,0\n1,1e999,1\n" + rows)
    let result = try Tool.run(["train", "p.csv"], in: folder)
    #expect(result.status == 65, "\(result)")
    #expect(result.errors.contains("p.csv:2:1: field 1 (a)"), "\(result)")
    #expect(result.errors.contains("p.csv:3:3: field 2 (b)"), "\(result)")
  }

  // MARK: Predictions

  @Test func predictionsSayWhatWasFilledIn() throws {
    let folder = try Folder()
    try folder.write("t.csv", "n,c,y\n1,red,a\n2,blue,b\n3,red,a\n4,blue,b\n1,red,a\n4,blue,b\n")
    let trained = try Tool.run(["train", "t.csv", "-q", "--unseen", "ignore"], in: folder)
    #expect(trained.status == 0, "\(trained)")
    try folder.write("new.csv", "n,c,y\n,red,a\n1,green,b\n,pink,a\n2,,b\n")
    let result = try Tool.run(["predict", "t.model", "new.csv"], in: folder)
    #expect(
      result.errors
        == "note: 3 missing values filled in as for training (n 2, c 1); 2 categories not seen "
        + "in training ignored (c 2)\n", "\(result)")
    let evaluated = try Tool.run(["evaluate", "t.model", "new.csv", "--json"], in: folder)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(evaluated.output.utf8)) as? [String: Any])
    let data = try #require(report["data"] as? [String: Any])
    let treated = try #require(data["treatedColumns"] as? [[String: Any]])
    #expect(treated.map { $0["filledIn"] as? Int } == [2, 1])
    #expect(treated.map { $0["unseenCategories"] as? Int } == [0, 2])
  }

  @Test func aRowWithoutPredictionIsARecord() throws {
    let folder = try Folder()
    try folder.write("t.csv", "n,y\n1,a\n2,b\n3,a\n,b\n1,a\n4,b\n")
    let trained = try Tool.run(["train", "t.csv", "-q", "--impute", "drop"], in: folder)
    #expect(trained.status == 0, "\(trained)")
    let result = try Tool.run(["predict", "t.model", "t.csv"], in: folder)
    #expect(result.output.split(separator: "\n", omittingEmptySubsequences: false)[4] == "\"\"")
    let kept = try Tool.run(["predict", "t.model", "t.csv", "--keep", "y"], in: folder)
    #expect(kept.output.split(separator: "\n")[4] == "b,", "\(kept)")
  }

  @Test func noTwoColumnsHaveOneName() throws {
    let folder = try Folder()
    try folder.write(
      "t.csv", "prediction,input_prediction,\"a,b\",y\n1,5,2,a\n2,4,1,b\n3,3,2,a\n4,2,1,b\n")
    #expect(try Tool.run(["train", "t.csv", "-q"], in: folder).status == 0)
    let all = try Tool.run(["predict", "t.model", "t.csv", "--keep", "all"], in: folder)
    #expect(
      all.output.hasPrefix(
        "input_prediction_2,input_prediction,\"a,b\",y,prediction\n"), "\(all)")
    #expect(all.errors.hasPrefix("note: the input's column \"prediction\" is called"), "\(all)")
    let some = try Tool.run(
      ["predict", "t.model", "t.csv", "--keep", "\"a,b\",y,y"], in: folder)
    #expect(some.output.hasPrefix("\"a,b\",y,prediction\n"), "\(some)")
    let dropped = try Tool.run(
      ["train", "t.csv", "--dry-run", "--drop", "\"a,b\",prediction"], in: folder)
    #expect(dropped.output.contains("1 from 1 column"), "\(dropped)")
  }

  @Test func formulasAreMadeHarmlessOnRequest() throws {
    let folder = try Folder()
    try folder.write(
      "t.csv",
      "n,y\n" + (0..<6).map { "\($0),\($0 < 3 ? "\"=HYPERLINK(\"\"x\"\")\"" : "b")\n" }.joined())
    #expect(try Tool.run(["train", "t.csv", "-q"], in: folder).status == 0)
    let plain = try Tool.run(["predict", "t.model", "t.csv"], in: folder)
    #expect(plain.output.contains("\n\"=HYPERLINK(\"\"x\"\")\"\n"), "\(plain)")
    let safe = try Tool.run(
      ["predict", "t.model", "t.csv", "--spreadsheet-safe", "--keep", "y"], in: folder)
    #expect(!safe.output.contains("\"=") && safe.output.contains("\"'=HYPERLINK("), "\(safe)")
  }

  // MARK: Names

  @Test func namesOfFilesAreBytes() throws {
    let folder = try Folder()
    try folder.write("t.csv", Fixtures.flowers)
    let script = """
      name=$(printf 'f\\351\\033[31m.csv'); cp t.csv "$name"
      '\(Tool.path)' train "$name" -o "$name.model" >/dev/null && '\(Tool.path)' predict "$name.model" "$name" -o out.csv
      printf 'petal_length\\n1\\n' > "$name"; '\(Tool.path)' train "$name"
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = folder.url
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(folder.text("out.csv").split(separator: "\n").count == 31, "\(text)")
    #expect(!text.unicodeScalars.contains { $0.value == 0x1B }, "\(text)")
    #expect(text.contains("f\\xE9\\u{1b}[31m.csv: "), "\(text)")
  }

  @Test(arguments: [
    ["train", ""], ["predict", "", "flowers.csv"], ["predict", "-", "flowers.csv"],
    ["evaluate", "flowers.model", ""], ["inspect", ""], ["inspect", "-"],
    ["convert", "", "x.svm"],
  ])
  func messagesNameTheFile(_ arguments: [String]) throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(arguments, in: folder)
    #expect(result.status == 65 || result.status == 64, "\(result)")
    #expect(!result.errors.hasPrefix(":") && !result.errors.hasPrefix("-:"), "\(result)")
  }

  // MARK: Options

  @Test(arguments: [
    ("bar.csv", "a|b|y\n1|2|u\n3|4|v\n", [] as [String], "vertical bars between fields"),
    (
      "sep.csv", "sep=;\na;b;y\n1;2;u\n3;4;v\n", [],
      "semicolons between fields, column names in line 2"
    ),
    ("colon.csv", "a:b:y\n1:2:u\n3:4:v\n", ["--separator", ":"], "\":\" between fields"),
    ("quoted.csv", "'a','b','y'\n'1','x, z','u'\n'3','w, v','v'\n", [], "single quotes"),
    (
      "notes.csv", "# made by hand\na,b,y\n1,2,u\n# half\n3,4,v\n", [],
      "2 comment lines (#) skipped"
    ),
    (
      "percent.csv", "% made by hand\na,b,y\n1,2,u\n3,4,v\n", ["--comment", "%"],
      "1 comment line (%)"
    ),
    (
      "na.csv", "a,b,y\n1,NA,u\n3,DE,v\n", ["--missing-marker", "none"],
      "NA and the like are ordinary texts"
    ),
  ])
  func theAccountSaysHowAFileWasRead(
    _ name: String, _ text: String, _ options: [String], _ words: String
  ) throws {
    let folder = try Folder()
    try folder.write(name, text)
    let result = try Tool.run(["train", name, "-o", "m.model"] + options, in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains(words), "\(result)")
    #expect(result.output.contains("2 rows"), "\(result)")
    // The model knows.
    #expect(try Tool.run(["verify", "m.model", name], in: folder).status == 0)
    let predicted = try Tool.run(["predict", "m.model", name], in: folder)
    #expect(predicted.output.split(separator: "\n").count == 3, "\(predicted)")
    #expect(try Tool.run(["inspect", "m.model"], in: folder).output.contains("read as"))
  }

  @Test(arguments: [
    (
      ["--separator", "a"],
      "--separator: must be comma, semicolon, tab, bar or blanks, or a character"
    ),
    (["--separator", "comas"], "--separator: must be"),
    (["--quote", "x"], "--quote: \"x\" is unknown; expected double or single"),
    (["--comment", ""], "--comment: must be the prefix of comment lines"),
    (["--format", "libsvm", "--separator", ";"], "--separator: is for tables"),
    (["--drop", "a,,b"], "--drop: \"a,,b\" contains an empty name"),
    (["--drop", "\"a"], "--drop: \"\"a\" has a quote that is not closed"),
    (["--column", "a"], "--column: must be a column and its kind"),
    (["--column", "a=numeric,b"], "--column: must be a column and its kind"),
  ])
  func optionsOfReadingAreChecked(_ options: [String], _ message: String) throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(["train", "flowers.csv"] + options, in: folder)
    #expect(result.status == 64, "\(result)")
    #expect(result.errors.hasPrefix(message), "\(result)")
  }

  /// A file that `train` refuses ends no other command in a crash, or without a reason.
  ///
  /// Commands that train take half a second to begin without optimisation: each row meets one of them, and
  /// rows of a kind, which stand together, meet all.
  @Test(arguments: zip(MalformedInput.all.indices, MalformedInput.all))
  func everyCommandRefusesWithAReason(_ index: Int, _ input: MalformedInput) throws {
    let folder = try Fixtures.folder()
    try Data(input.bytes).write(to: folder.url.appendingPathComponent(input.name))
    let training = [
      ["cv", input.name], ["tune", input.name, "--budget-trials", "1", "-o", "made.model"],
      ["train", input.name, "--dry-run"],
    ]
    let others = [
      ["verify", "flowers.model", input.name],
      ["plot", "flowers.model", input.name, "--kind", "confusion", "-o", "made.svg"],
      ["predict", "small.model", input.name],
    ]
    for arguments in [
      training[index % 3], others[index % 3], ["convert", input.name, "made.svm"],
      ["predict", "flowers.model", input.name], ["evaluate", "flowers.model", input.name],
    ] {
      let result = try Tool.run(arguments, in: folder)
      #expect(!result.crashed, "\(arguments)\n\(result)")
      #expect([0, 64, 65].contains(result.status), "\(arguments)\n\(result)")
      guard result.status != 0 else { continue }
      let lines = result.errors.split(separator: "\n")
      #expect((1...6).contains(lines.count), "\(arguments)\n\(result)")
      #expect(
        !result.errors.contains("Fatal") && !result.errors.contains(".swift:"),
        "\(arguments)\n\(result)")
    }
  }
}

/// Data in several files.
@Suite struct SeveralFilesTests {
  private static let header = "a,b,colour,kind\n"

  private static func rows(_ range: Range<Int>) -> String {
    range.map {
      "\($0 * 7 % 13).5,\($0 % 5),\(["red", "blue"][$0 % 2]),\($0 % 3 == 0 ? "x" : "y")\n"
    }
    .joined()
  }

  @Test func everyCommandReadsThemAsOne() throws {
    let folder = try Folder()
    try folder.write("whole.csv", Self.header + Self.rows(0..<60))
    try folder.write("part-1.csv", Self.header + Self.rows(0..<25))
    try folder.write("part-2.csv", Self.header)
    try folder.write("part-3.csv", Self.header + Self.rows(25..<60))
    try folder.write("list.txt", "part-1.csv\npart-2.csv\npart-3.csv\n")
    for arguments in [
      ["train", "DATA", "-o", "OUT.model"], ["cv", "DATA", "--folds", "3"],
      ["tune", "DATA", "--folds", "2", "--search", "grid", "--c", "1,10", "-o", "OUT.model"],
      ["predict", "whole.model", "DATA", "-o", "-"], ["evaluate", "whole.model", "DATA"],
      ["verify", "whole.model", "DATA"], ["convert", "DATA", "OUT.svm"],
      ["plot", "whole.model", "DATA", "--kind", "confusion", "-o", "OUT.svg"],
    ] {
      func run(_ data: String, _ out: String) throws -> (Tool.Result, Data?) {
        let filled = arguments.map {
          $0.replacingOccurrences(of: "DATA", with: data).replacingOccurrences(of: "OUT", with: out)
        }
        let result = try Tool.run(filled, in: folder)
        let file = arguments.firstIndex { $0.hasPrefix("OUT.") }.map { filled[$0] }
        return (result, file.flatMap { folder.data($0) })
      }
      let (result, file) = try run("whole.csv", "whole")
      #expect(result.status == 0, "\(arguments) \(result)")
      for (data, out) in [("part-*.csv", "pattern"), ("@list.txt", "list")] {
        let (other, same) = try run(data, out)
        #expect(other.status == 0, "\(arguments) \(other)")
        #expect(same == file, "\(arguments) \(data)")
        if arguments[0] == "predict" { #expect(other.output == result.output) }
      }
    }
    #expect(folder.data("whole.model") != nil)
    let trained = try Tool.run(["train", "part-*.csv"], in: folder)
    #expect(trained.output.contains("part.model"), "\(trained)")
    let none = try Tool.run(["train", "row-*.csv"], in: folder)
    #expect(none.status == 65 || none.status == 1)
    #expect(none.errors.contains("row-*.csv: no file has such a name"), "\(none)")
  }
}
