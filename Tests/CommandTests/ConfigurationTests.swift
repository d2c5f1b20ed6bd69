import Foundation
import Kernels
import TabularModels
import TestSupport
import Testing

/// Configurations as files: what a model was trained with trains the same model.
@Suite struct ConfigurationTests {
  private func succeed(_ line: String, in folder: Folder) throws -> Tool.Result {
    let result = try Tool.run(line.split(separator: " ").map(String.init), in: folder)
    #expect(result.status == 0 && !result.crashed, "svm \(line): \(result)")
    return result
  }

  /// Texts, categories, dates, missing values and weights beside two classes.
  private static let mixed: String = {
    let words = ["good", "bad", "fine", "poor", "great", "awful"]
    var lines = ["name,colour,size,day,note,weight,kind"]
    for row in 0..<48 {
      let size = row % 11 == 4 ? "" : "\(Double(row * 7 % 20) / 4)"
      lines.append(
        "r\(row),\(["red", "blue", "green"][row % 3]),\(size),2024-0\(1 + row % 9)-1\(row % 7),"
          + "\(words[row % 6]) and \(words[row * 5 % 6]),\(row % 4),\(row % 2 == 0 ? "yes" : "no")")
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  private func folder() throws -> Folder {
    let folder = try Fixtures.folder()
    try folder.write("mixed.csv", Self.mixed)
    return folder
  }

  /// A way of training for each formulation, and for whatever else a configuration holds.
  private static let trainings: [String] = {
    var trainings: [String] = []
    for formulation in Formulation.allCases {
      let data = formulation.task == .classification ? "flowers.csv" : "prices.csv"
      trainings.append("\(data) -s \(formulation.rawValue)")
    }
    return trainings + others
  }()

  private static let others: [String] = [
    "flowers.csv", "prices.csv", "small.libsvm", "flowers.csv --holdout 0.3 --seed 5",
    "flowers.csv -s nu-svc -n 0.2 -t poly -d 2 -r 1.5 -g 0.3 --multiclass ovr",
    "flowers.csv -c 0.1 -g auto --class-weight setosa=2,virginica=0.3 --max-iterations 40000",
    "flowers.csv --class-weight balanced --probability --calibration auto --calibration-folds 3",
    "flowers.csv --feature-map nystrom --components 9 --sigma 2",
    "flowers.csv -s logistic --feature-map fourier --components 20 --seed 7",
    "flowers.csv -t linear --loss squared", "flowers.csv -t linear --solver dual --certify",
    "flowers.csv --subsample 20 --seed 3 --precision double -e 1e-5",
    "prices.csv -p 0.3 --probability", "prices.csv -s quantile-svr --quantile 0.9,0.1",
    "prices.csv -s nu-svr -c auto --scale-target off",
    "prices.csv -t linear --solver primal --scale minmax --impute median",
    "prices.csv -s one-class -n 0.1 --probability --target price",
    "small.libsvm -c 3 --scale maxabs", "small.libsvm --task regression -c auto -p auto",
    "mixed.csv --text note --text-features characters:2-3 --text-weights counts --id name --weight-column weight --unseen ignore",
    "mixed.csv --column note=category,day=date --drop name --indicate-missing --impute-text category",
    "mixed.csv --text note --text-buckets 64 --drop name,weight --missing-marker none --separator comma --input-header yes --impute drop",
  ]

  @Test(arguments: trainings)
  func whatAModelWasTrainedWithTrainsItAgain(training: String) throws {
    let folder = try folder()
    let data = String(training.prefix { $0 != " " })
    _ = try succeed("train \(training) -o first.model --json report.json -q", in: folder)
    try folder.write("c.json", succeed("inspect --config first.model", in: folder).output)
    let again = try succeed("train --config c.json \(data) -o again.model --threads 1", in: folder)
    #expect(folder.data("again.model") == folder.data("first.model"), "\(training)")
    // A configuration has nothing that has no effect.
    #expect(!again.errors.contains("has no effect"), "\(again)")
    #expect(try succeed("inspect --config again.model", in: folder).output == folder.text("c.json"))
    // The report has the same, and what was held out.
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(folder.text("report.json").utf8))
        as? [String: Any])
    let configuration = try #require(report["configuration"])
    try JSONSerialization.data(withJSONObject: configuration)
      .write(to: folder.url.appendingPathComponent("r.json"))
    for file in ["r.json", "report.json"] {
      _ = try succeed("train --config \(file) \(data) -o third.model -q", in: folder)
      #expect(folder.data("third.model") == folder.data("first.model"), "\(training) \(file)")
    }
    let rows = try #require((configuration as? [String: Any])?["rows"] as? [String: Any])
    #expect((rows["holdout"] as? Double) == (training.contains("--holdout") ? 0.3 : nil))
  }

  @Test func optionsOverrideTheFile() throws {
    let folder = try folder()
    try folder.write(
      "c.json",
      """
      {"method": {"formulation": "nu-svc", "nu": 0.1, "kernel": {"name": "polynomial", "degree": 2}},
       "rows": {"seed": 4}, "columns": {"scale": "minmax", "kinds": {"petal_width": "ignore"}}}
      """)
    for (options, same) in [
      ("", "-s nu-svc -n 0.1 -t poly -d 2 --seed 4 --scale minmax --drop petal_width"),
      ("-n 0.2", "-s nu-svc -n 0.2 -t poly -d 2 --scale minmax --drop petal_width --seed 4"),
      ("-g 0.5", "-s nu-svc -n 0.1 -t poly -d 2 -g 0.5 --scale minmax --drop petal_width --seed 4"),
      ("-t rbf", "-s nu-svc -n 0.1 -t rbf --scale minmax --drop petal_width --seed 4"),
      ("-s c-svc", "-s c-svc -t poly -d 2 --scale minmax --drop petal_width --seed 4"),
      (
        "--column petal_width=numeric --scale none --seed 0",
        "-s nu-svc -n 0.1 -t poly -d 2 --scale none --column petal_width=numeric"
      ),
    ] {
      _ = try succeed("train flowers.csv --config c.json \(options) -o a.model -q", in: folder)
      _ = try succeed("train flowers.csv \(same) -o b.model -q", in: folder)
      #expect(folder.data("a.model") == folder.data("b.model"), "\(options)")
    }
    let result = try Tool.run(
      ["train", "flowers.csv", "--config", "c.json", "-s", "c-svc"], in: folder)
    #expect(result.errors == "note: --nu has no effect on c-svc\n", "\(result)")
  }

  @Test func crossValidationAndSearchesTakeAFile() throws {
    let folder = try folder()
    try folder.write("c.json", #"{"method": {"formulation": "nu-svc", "nu": 0.2}}"#)
    let byFile = try succeed("cv flowers.csv --config c.json --json -", in: folder).output
    let byOptions = try succeed("cv flowers.csv -s nu-svc -n 0.2 --json -", in: folder).output
    func figures(_ text: String) throws -> NSDictionary {
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      return ["pooled": try #require(report["pooled"] as? NSArray)]
    }
    #expect(try figures(byFile) == figures(byOptions))
    let search = "tune flowers.csv --config c.json --search grid --nu 0.1,0.3 --gamma 0.1,1"
    _ = try succeed("\(search) -o t.model -q", in: folder)
    try folder.write("t.json", succeed("inspect --config t.model", in: folder).output)
    _ = try succeed("train flowers.csv --config t.json -o u.model -q", in: folder)
    #expect(folder.data("t.model") == folder.data("u.model"))
  }

  @Test(arguments: [
    (#"{"method": {"c": 1, "c": 2}}"#, "byte 20: the key \"c\" occurs twice"),
    ("{\"method\": ", "byte 11: the text ends where a value is expected"),
    (
      #"{"method": {"gama": 1}}"#,
      "method.gama: there is no such key; expected formulation, kernel, "
    ),
    (#"{"method": {"c": 0}}"#, "method.c: must be greater than 0, but is 0"),
    (
      #"{"task": 3}"#,
      "task: must be auto, classification, regression, one-class or components, but is 3"
    ),
    ("[]", "must be an object, but is an array"),
    (
      #"{"version": "1", "configuration": {"method": {"c": 0}}}"#,
      "configuration.method.c: must be greater than 0, but is 0"
    ),
    (#"{"configuration": []}"#, "configuration: must be an object, but is an array"),
    (
      #"{"method": {"kernel": {"name": "product", "parts": []}}}"#,
      "method.kernel.name: a composite kernel (product) cannot be chosen on the command line; expected "
        + listed(KernelCatalog.formulas.map { $0.name })
    ),
  ])
  func misuseIsRefusedInOneSentence(json: String, reason: String) throws {
    let folder = try folder()
    try folder.write("c.json", json)
    for command in ["train", "cv", "tune"] {
      let result = try Tool.run([command, "flowers.csv", "--config", "c.json"], in: folder)
      #expect(result.status == 64 && result.output.isEmpty, "\(result)")
      let lines = result.errors.split(separator: "\n")
      #expect(lines.count == 2 && lines[1] == "See 'svm \(command) --help'.", "\(result)")
      #expect(
        lines[0].hasPrefix("--config: ") && lines[0].contains(reason), "\(result)")
      #expect(folder.data("flowers.csv.model") == nil)
    }
  }

  @Test func whatIsNotThereIsSaid() throws {
    let folder = try folder()
    let missing = try Tool.run(["train", "flowers.csv", "--config", "none.json"], in: folder)
    #expect(missing.status == 65 && missing.errors.hasPrefix("none.json: "), "\(missing)")
    _ = try succeed("train flowers.csv -o x.model -q", in: folder)
    _ = try succeed("convert x.model x.libsvm", in: folder)
    let imported = try Tool.run(["inspect", "--config", "x.libsvm"], in: folder)
    #expect(imported.status == 65 && imported.output.isEmpty, "\(imported)")
    #expect(
      imported.errors.hasPrefix("x.libsvm: the file does not record the configuration"),
      "\(imported)")
    let both = try Tool.run(["inspect", "x.model", "--config", "--json"], in: folder)
    #expect(both.status == 64, "\(both)")
  }
}
