import Foundation
import TabularModels
import Testing

/// Formulations, weights and probabilities through the command, from training to inspection.
@Suite struct MethodTests {
  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// Runs a command that must succeed.
  private func succeed(_ line: String, in folder: Folder) throws -> Tool.Result {
    let result = try Tool.run(line.split(separator: " ").map(String.init), in: folder)
    #expect(result.status == 0 && !result.crashed, "svm \(line): \(result)")
    return result
  }

  /// Tangled classes with weights from 0 to 3.
  private static let weighted: String = {
    let lines = Fixtures.tangle(rows: 80, seed: 4).split(separator: "\n")
    return lines.enumerated().map { index, line in
      "\(line),\(index == 0 ? "weight" : "\(index % 4)")"
    }.joined(separator: "\n") + "\n"
  }()

  /// Options with which the tables of the fixtures can be learned; a formulation that needs none, or that is
  /// new, has no line.
  private static let options: [Formulation: [String]] = [
    .nuSVC: ["-n 0.2"], .discriminant: ["--lambda 0.01"], .nuSVR: ["-c 10"],
    .kernelRidge: ["--lambda 0.5"], .oneClass: ["-n 0.1"], .dataDescription: ["-n 0.1"],
    .quantileSVR: ["--quantile 0.9,0.1,0.5", ""], .principalComponents: ["--components 1"],
  ]

  /// Each formulation by its name and, if it has one, by LIBSVM's number.
  static let trainings: [(name: String, formulation: Formulation, options: String)] = {
    var trainings: [(name: String, formulation: Formulation, options: String)] = []
    for formulation in Formulation.allCases {
      let options = options[formulation] ?? [""]
      for line in options { trainings.append((formulation.rawValue, formulation, line)) }
      if let number = formulation.definition.libsvmNumber {
        trainings.append(("\(number)", formulation, options[0]))
      }
    }
    return trainings
  }()

  @Test(arguments: trainings.indices)
  func everyFormulationGoesAllTheWay(place: Int) throws {
    let (spelling, formulation, options) = Self.trainings[place]
    let data = formulation.fixture
    let folder = try Fixtures.folder()
    let training = try succeed(
      "train \(data) -s \(spelling) \(options) -o x.model --json x.json", in: folder)
    let report = try json(folder.text("x.json"))
    let name = try #require(report["formulation"] as? String)
    #expect(name == formulation.rawValue)
    #expect(training.output.contains("\nformulation"), "\(training)")
    let inspection = try succeed("inspect x.model", in: folder)
    #expect(inspection.output.contains(" \(name)"), "\(inspection)")
    let inspected = try json(succeed("inspect x.model --json", in: folder).output)
    for key in ["formulation", "task", "decomposition", "classWeights", "calibration"] {
      #expect("\(inspected[key] ?? "")" == "\(report[key] ?? "")", "\(key)")
    }
    let parameters = try #require(report["parameters"] as? [String: Any])
    let again = try #require(inspected["parameters"] as? [String: Any])
    // Where the numbers came from is known to the training alone.
    #expect(Set(parameters.keys).subtracting(["sources"]) == Set(again.keys))
    #expect(
      Set(parameters.keys).isSuperset(of: ["c", "epsilon", "nu", "lambda", "components", "loss"]))
    let prediction = try succeed("predict x.model \(data) --decision-values", in: folder)
    let rows = folder.text(data).split(separator: "\n").count
    #expect(prediction.output.split(separator: "\n").count == rows, "\(prediction)")
    let evaluation = try Tool.run(["evaluate", "x.model", data], in: folder)
    #expect(evaluation.status == (formulation.task == .components ? 65 : 0), "\(evaluation)")
    let verification = try Tool.run(["verify", "x.model", data], in: folder)
    let hasCertificates = formulation.definition.models.contains {
      $0 is any DualVariableModel.Type
    }
    #expect(verification.status == (hasCertificates ? 0 : 65), "\(verification)")
    // The model as text predicts the same.
    _ = try succeed("convert x.model x.json", in: folder)
    let fromText = try succeed("predict x.json \(data) --decision-values", in: folder)
    #expect(fromText.output == prediction.output)
    // LIBSVM's text holds LIBSVM's formulations, and refuses the others with a sentence.
    let export = try Tool.run(["convert", "x.model", "x.libsvm"], in: folder)
    let isKnown = formulation.definition.libsvmNumber != nil
    #expect(export.status == (isKnown ? 0 : 65), "\(export)")
    if !isKnown { #expect(export.errors.contains("LIBSVM has no place for "), "\(export)") }
  }

  /// A negative value in a training is refused with its line and column, whatever rows are left out before.
  @Test(arguments: ["chi-squared", "intersection"])
  func negativeFeaturesAreRefusedWithTheirPlace(kernel: String) throws {
    let folder = try Folder()
    var lines = ["name,size,b,weight,y"]
    for row in 0..<20 {
      lines.append(
        "\(["u", "v"][row % 2]),\(row * 7 % 20),\(row == 12 ? -4 : row),\(row % 5),\(row % 4 < 2 ? "p" : "q")"
      )
    }
    try folder.write("t.csv", lines.joined(separator: "\n") + "\n")
    let expected =
      "t.csv:14: feature \"b\" is -4, but the \(kernel) kernel takes features that are at least 0; "
      + "scale them to 0 … 1 (--scale minmax) or choose another kernel"
    for command in [
      "train", "train --cv 3", "cv --folds 2", "tune --search grid --c 1,2 --folds 2 --no-linear",
    ] {
      for options in ["", " --weight-column weight --target y"] {
        let line = "\(command) t.csv --scale none -t \(kernel) -q\(options)"
        let result = try Tool.run(line.split(separator: " ").map(String.init), in: folder)
        #expect(result.status == 65 && result.errors == expected + "\n", "\(line): \(result)")
      }
    }
    // Scaled features have values of their own.
    let scaled = try Tool.run(
      ["train", "t.csv", "--scale", "standard", "-t", kernel, "-q"], in: folder)
    #expect(
      scaled.status == 65
        && scaled.errors.hasPrefix("t.csv:2: feature \"size\" after scaling is -"),
      "\(scaled)")
  }

  @Test func weightsAreToldKeptAndCounted() throws {
    let folder = try Folder()
    try folder.write("w.csv", Self.weighted)
    let training = try succeed(
      "train w.csv --target label --weight-column weight --class-weight no=2 -o w.model --json w.json",
      in: folder)
    #expect(
      training.output.contains("row weights       column weight; 20 rows of weight 0 left out\n"))
    #expect(training.output.contains("class weights     no 2, yes 1\n"), "\(training)")
    let data = try #require(try json(folder.text("w.json"))["data"] as? [String: Any])
    #expect(data["weightColumn"] as? String == "weight" && data["zeroWeightRows"] as? Int == 20)
    #expect(try json(folder.text("w.json"))["classWeights"] as? [Double] == [2, 1])
    let inspection = try succeed("inspect w.model", in: folder)
    #expect(inspection.output.contains("column weight; 20 rows of weight 0 left out"))
    #expect(inspection.output.contains("no 2, yes 1"))
    let verification = try succeed("verify w.model w.csv", in: folder)
    #expect(verification.output.contains("within the tolerance"), "\(verification)")
    let evaluation = try succeed(
      "evaluate w.model w.csv --weight-column weight --json w.json", in: folder)
    #expect(
      evaluation.output.contains("60 rows, weighted by weight, 2 classes (no 50 %, yes 50 %)\n"),
      "\(evaluation)")
    let confusion = try #require(try json(folder.text("w.json"))["confusion"] as? [String: Any])
    let weights = try #require(confusion["weights"] as? [[Double]])
    let total: Double = weights.joined().reduce(0, +)
    #expect(total == 120)
    let plan = try succeed(
      "train w.csv --target label --weight-column weight --dry-run", in: folder)
    #expect(plan.output.contains("80 rows (20 of weight 0, left out)"), "\(plan)")
  }

  @Test(arguments: ["sigmoid", "isotonic", "temperature"])
  func probabilitiesAreLearnedToldAndPrinted(method: String) throws {
    let folder = try Folder()
    try folder.write("t.csv", Fixtures.tangle(rows: 120, seed: 5))
    let training = try succeed(
      "train t.csv --probability --calibration \(method) --calibration-folds 4 -g 0.01 -o t.model --json t.json",
      in: folder)
    #expect(training.output.contains(" \(method), learned from 4 folds"), "\(training)")
    #expect(training.output.contains("log loss "), "\(training)")
    let report = try json(folder.text("t.json"))
    let calibration = try #require(report["calibration"] as? [String: Any])
    #expect(calibration["kind"] as? String == "classes" && calibration["folds"] as? Int == 4)
    #expect(calibration["method"] as? String == method)
    let inspection = try succeed("inspect t.model", in: folder)
    #expect(inspection.output.contains(" \(method), learned from 4 folds"), "\(inspection)")
    let lines = try succeed("predict t.model t.csv --probability", in: folder).output
      .split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(lines.first == ["prediction", "probability_no", "probability_yes"])
    for line in lines.dropFirst() {
      let (no, yes) = (try #require(Double(line[1])), try #require(Double(line[2])))
      #expect(line[0] == "yes" ? yes >= no : no >= yes)
    }
    let evaluation = try succeed("evaluate t.model t.csv", in: folder)
    for name in ["Matthews correlation", "ROC AUC", "average precision", "Brier score"] {
      #expect(evaluation.output.contains("\n\(name) "), "\(evaluation)")
    }
    // Other programs' files have no place for probabilities.
    let export = try succeed("convert t.model t.libsvm", in: folder)
    #expect(export.errors.hasPrefix("note: "), "\(export)")
    #expect(export.errors.contains("the probabilities are left out"), "\(export)")
  }

  @Test func intervalsStandAroundTheNumber() throws {
    let folder = try Fixtures.folder()
    let training = try succeed("train prices.csv -c 100 --probability -o x.model", in: folder)
    #expect(training.output.contains("share within 90 % intervals "), "\(training)")
    for method in ["conformal", "laplace"] {
      let result = try succeed(
        "predict x.model prices.csv --interval 0.8 --interval-method \(method)", in: folder)
      let lines = result.output.split(separator: "\n")
      #expect(lines.first == "prediction,lower,upper")
      for line in lines.dropFirst() {
        let numbers = line.split(separator: ",").compactMap { Double($0) }
        #expect(numbers.count == 3 && numbers[1] < numbers[0] && numbers[0] < numbers[2])
      }
    }
  }

  @Test func oneClassModelsNeedNoTargetAndMayLeaveOneOut() throws {
    let folder = try Fixtures.folder()
    let all = try succeed("train flowers.csv -s one-class -n 0.1 -o x.model", in: folder)
    #expect(all.output.contains("30 rows, 5 features, no target\n"), "\(all)")
    let without = try succeed(
      "train flowers.csv -s svdd -n 0.1 --target species --probability -o x.model", in: folder)
    #expect(without.output.contains("30 rows, 2 features, without species\n"), "\(without)")
    let result = try Tool.run(
      ["predict", "x.model", "-", "--probability", "--decision-values"],
      input: "petal_length,petal_width\n1.5,0.3\n99,99\n", in: folder)
    let lines = result.output.split(separator: "\n").map {
      $0.split(separator: ",").map(String.init)
    }
    #expect(lines.first == ["prediction", "quantile", "decision"], "\(result)")
    #expect(lines.dropFirst().map { $0[0] } == ["inlier", "outlier"], "\(result)")
  }

  @Test(arguments: [
    ("-s kernel-pca --probability", "--probability has no effect on kernel-pca"),
    ("-s ls-svc --multiclass ovr --lambda 1", "--multiclass has no effect on ls-svc"),
    ("-s ls-svc -e 1e-5 --lambda 1", "--tolerance has no effect on ls-svc"),
    ("-s one-class --class-weight balanced", "--class-weight has no effect on one-class"),
    (
      "--calibration-folds 3",
      "--calibration-folds has no effect on training without --probability"
    ),
    ("--calibration isotonic", "--calibration has no effect on training without --probability"),
    ("-n 0.3", "--nu has no effect on c-svc"),
    ("--lambda auto", "--lambda has no effect on c-svc"),
    ("--components 3", "--components has no effect on c-svc"),
  ])
  func optionsWithoutEffectAreNoted(options: String, note: String) throws {
    let folder = try Fixtures.folder()
    let result = try succeed("train flowers.csv \(options) -o x.model", in: folder)
    #expect(result.errors == "note: \(note)\n")
  }

  @Test(arguments: [
    "--multiclass one-versus-rest", "--multiclass ovr -t linear --solver primal",
    "-t linear --loss squared", "--feature-map nystrom --components 9",
    "--feature-map fourier --components 20 --seed 7", "-s logistic --feature-map nystrom",
    "--class-weight balanced --probability --holdout 0.3",
    "-t linear --solver dual --certify",
  ])
  func linearModelsMapsAndDecompositionsTravel(options: String) throws {
    let folder = try Fixtures.folder()
    _ = try succeed("train flowers.csv \(options) --threads 1 -o 1.model", in: folder)
    _ = try succeed("train flowers.csv \(options) --threads 3 -o 3.model", in: folder)
    #expect(folder.data("1.model") == folder.data("3.model"))
    let result = try succeed("predict 1.model flowers.csv", in: folder)
    let labels = folder.text("flowers.csv").split(separator: "\n").map {
      $0.split(separator: ",")[2]
    }
    let right = zip(labels, result.output.split(separator: "\n")).count { $0 == $1 }
    #expect(right >= 27, "\(result)")
  }

  @Test func helpNamesEveryNewOption() throws {
    let help = try Tool.run(["train", "--help"]).output
    for option in [
      "--formulation", "--nu", "--lambda", "--components", "--multiclass", "--class-weight",
      "--weight-column", "--solver", "--loss", "--feature-map", "--probability", "--calibration",
      "--calibration-folds",
    ] {
      #expect(help.contains("\(option)"), "\(option)")
    }
    let prediction = try Tool.run(["predict", "--help"]).output
    for option in ["--probability", "--interval ", "--interval-method"] {
      #expect(prediction.contains(option), "\(option)")
    }
  }

  @Test func aDeadlineCostsTheProbabilitiesAndNotTheModel() throws {
    let folder = try Folder()
    try folder.write("t.csv", Fixtures.tangle(rows: 1500, seed: 6))
    let result = try Tool.run(
      "train t.csv -c 1e6 -g 0.5 -e 1e-12 --probability --time-limit 2s -o t.model"
        .split(separator: " ").map(String.init), in: folder)
    #expect(result.status == 3, "\(result)")
    #expect(
      result.errors.contains(
        "warning: training was stopped before probabilities could be calibrated"),
      "\(result)")
    #expect(folder.data("t.model") != nil)
  }
}
