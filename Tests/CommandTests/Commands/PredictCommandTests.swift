import Foundation
import Testing

@Suite struct PredictCommandTests {
  @Test func columnsAreFoundByTheirNames() throws {
    let folder = try Fixtures.folder()
    let rows = "petal_width,id,petal_length\n0.2,a,1.4\n2.1,b,5.6\n"
    let result = try Tool.run(
      ["predict", "flowers.model", "-", "--keep", "id"], input: rows, in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(result.output == "id,prediction\na,setosa\nb,virginica\n")
  }

  @Test func allColumnsMayBeKept() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      ["predict", "flowers.model", "-", "--keep", "all", "--no-output-header"],
      input: "petal_length,petal_width,remark\n1.4,0.2,\"small, blue\"\n", in: folder)
    #expect(result.output == "1.4,0.2,\"small, blue\",setosa\n", "\(result)")
  }

  @Test func decisionValuesFollowThePrediction() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      ["predict", "flowers.model", "-", "--decision-values"],
      input: "petal_length,petal_width\n1.4,0.2\n", in: folder)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(
      lines.first
        == "prediction,decision_setosa_versicolor,decision_setosa_virginica,"
        + "decision_versicolor_virginica")
    let fields = try #require(lines.last).split(separator: ",")
    #expect(fields.first == "setosa")
    // The earlier class of a pair is the negative one.
    #expect(try #require(Double(fields[1])) < 0)
    #expect(try #require(Double(fields[2])) < 0)
  }

  @Test func aFileAndAPipeGiveTheSameLines() throws {
    let folder = try Fixtures.folder()
    let file = try Tool.run(["predict", "prices.model", "prices.csv"], in: folder)
    let pipe = try Tool.run(["predict", "prices.model", "-"], input: Fixtures.prices, in: folder)
    let written = try Tool.run(
      ["predict", "prices.model", "prices.csv", "-o", "out.csv"], in: folder)
    #expect(file.status == 0 && pipe.status == 0 && written.status == 0)
    #expect(file.output == pipe.output)
    #expect(written.output.isEmpty)
    #expect(folder.text("out.csv") == file.output)
    #expect(file.output.split(separator: "\n").count == 41)
  }

  @Test func rowsThatTheModelDropsGiveEmptyLines() throws {
    let folder = try Fixtures.folder()
    let training = try Tool.run(
      ["train", "flowers.csv", "--missing", "drop", "-o", "x.model"], in: folder)
    #expect(training.status == 0, "\(training)")
    let result = try Tool.run(
      ["predict", "x.model", "-", "--keep", "all"],
      input: "petal_length,petal_width\n1.4,0.2\n,1.3\n5.6,2.1\n", in: folder)
    #expect(
      result.output
        == "petal_length,petal_width,prediction\n1.4,0.2,setosa\n,1.3,\n5.6,2.1,virginica\n")
    #expect(result.errors == "note: 1 row with missing values got no prediction\n")
  }

  @Test func aHeaderlessModelPredictsHeaderlessRows() throws {
    let folder = try Fixtures.folder()
    let rows = Fixtures.flowers.split(separator: "\n").dropFirst().joined(separator: "\n")
    try folder.write("bare.csv", rows)
    #expect(try Tool.run(["train", "bare.csv"], in: folder).status == 0)
    let result = try Tool.run(
      ["predict", "bare.model", "-"], input: "1.4,0.2\n5.6,2.1\n", in: folder)
    #expect(result.output == "prediction\nsetosa\nvirginica\n", "\(result)")
  }

  @Test func libsvmModelsPredictLIBSVMText() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(["predict", "small.model", "small.libsvm"], in: folder)
    #expect(result.output == "prediction\n1\n-1\n1\n-1\n", "\(result)")
    let wide = try Tool.run(["predict", "small.model", "wide.libsvm"], in: folder)
    #expect(wide.status == 0, "\(wide)")
    #expect(
      wide.errors == "note: 1 entry beyond the features of the training data had no effect\n")
  }
}

@Suite struct OtherCommandsTests {
  @Test func helpAndVersionAreResults() throws {
    for arguments in [
      [], ["--help"], ["help"], ["train", "--help"], ["help", "train"], ["predict", "-h"],
      ["evaluate", "--help"], ["verify", "--help"], ["inspect", "--help"], ["doctor", "--help"],
      ["plot", "--help"],
    ] {
      let result = try Tool.run(arguments)
      #expect(result.status == 0, "\(arguments) \(result)")
      #expect(result.output.contains("USAGE: svm"), "\(arguments) \(result)")
      #expect(result.errors.isEmpty, "\(arguments) \(result)")
    }
    #expect(try Tool.run(["--version"]).output == "svm 0.1.0\n")
  }

  @Test func everyOptionOfTrainShowsItsDefault() throws {
    let help = try Tool.run(["train", "--help"]).output
    // An option begins two blanks into the line; what belongs to it is indented further.
    var options: [String] = []
    for line in help.split(separator: "\n") {
      if line.hasPrefix("  -") {
        options.append(String(line))
      } else if line.hasPrefix("      "), !options.isEmpty {
        options[options.count - 1] += " " + line.trimmingCharacters(in: .whitespaces)
      }
    }
    let flags = ["--certify", "--probability", "--dry-run", "--quiet", "--version", "--help"]
    for option in options where !flags.contains(where: option.contains) {
      #expect(option.contains("(default"), "\(option)")
    }
    #expect(options.count >= 36)
  }

  @Test func evaluationCountsWhatWasTakenForWhat() throws {
    let folder = try Fixtures.folder()
    let result = try Tool.run(
      ["evaluate", "flowers.model", "swapped.csv", "--json", "x.json"], in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(result.errors == "warning: the model does not know the class rose\n", "\(result)")
    #expect(result.output.contains("\naccuracy                    0.9"), "\(result)")
    #expect(result.output.contains("actual \\ predicted"), "\(result)")
    #expect(folder.text("x.json").contains("\"unknownClasses\": [\n      \"rose\"\n    ]"))
    for key in ["timing", "load", "evaluate", "total"] {
      #expect(folder.text("x.json").contains("\"\(key)\": "), "no \(key)")
    }
  }

  @Test func verifyingAcceptsAConvergedModel() throws {
    let folder = try Fixtures.folder()
    for (model, data) in [
      ("flowers.model", "flowers.csv"), ("prices.model", "prices.csv"),
      ("small.model", "small.libsvm"), ("one.model", "one.csv"),
    ] {
      let result = try Tool.run(["verify", model, data], in: folder)
      #expect(result.status == 0, "\(result)")
      #expect(result.errors.isEmpty, "\(result)")
    }
  }

  @Test func verifyingNoticesOtherData() throws {
    let folder = try Fixtures.folder()
    try folder.write(
      "moved.csv", Fixtures.flowers.replacingOccurrences(of: "4.3,1.3,", with: "1.4,0.2,"))
    let result = try Tool.run(["verify", "flowers.model", "moved.csv"], in: folder)
    #expect(result.status == 1, "\(result)")
    #expect(
      result.errors
        == "warning: moved.csv differs from the file that model flowers.model was trained on\n")
    #expect(result.output.contains("above the tolerance 0.001"), "\(result)")
  }

  @Test func inspectionListsTheColumns() throws {
    let folder = try Folder()
    try folder.write(
      "mixed.csv", "size,colour,label\n1,red,yes\n2,blue,no\n3,red,yes\n4,blue,no\n")
    #expect(try Tool.run(["train", "mixed.csv", "-q"], in: folder).status == 0)
    let result = try Tool.run(["inspect", "mixed.model"], in: folder)
    #expect(
      result.output.contains(
        "size    number    mean 2.5, deviation 1.11803; missing: 2.5\n"
          + "colour  category  blue, red; missing: blue\n"), "\(result)")
    #expect(result.output.contains("features           3 from 2 columns"), "\(result)")
  }

  @Test func doctorShowsCoreAndSpeed() throws {
    let result = try Tool.run(["doctor"])
    #expect(result.status == 0, "\(result)")
    for part in ["LAPACK from", "core", "threads", "GFLOP/s", "single", "double"] {
      #expect(result.output.contains(part), "\(result)")
    }
  }
}
