import Foundation
import TabularModels
import Testing

/// Rows whose predictions are not finite numbers, and predictions that rounding would decide, through the
/// command.
@Suite struct OverflowTests {
  /// Every formulation with a kernel or a map that grows without bounds where there is one.
  private static let trainings: [(options: String, data: String)] =
    chosen
    + Formulation.absent(from: chosen.map(\.options)).map { formulation in
      let kernel = formulation.definition.needsLinearFeatures ? "linear" : "polynomial"
      return ("-t \(kernel) -s \(formulation.rawValue)", formulation.fixture)
    }

  private static let chosen: [(options: String, data: String)] = [
    ("-t polynomial", "flowers.csv"), ("-t polynomial --probability", "flowers.csv"),
    ("-t polynomial -s nu-svc -n 0.2", "flowers.csv"),
    ("-t polynomial --multiclass ovr", "flowers.csv"),
    ("-t polynomial -s ls-svc", "flowers.csv"), ("-t linear -s logistic", "flowers.csv"),
    ("-t polynomial -s discriminant --lambda 0.1", "flowers.csv"),
    ("-t linear -s c-svc", "flowers.csv"),
    ("-t polynomial -s epsilon-svr", "prices.csv"), ("-t polynomial -s nu-svr", "prices.csv"),
    ("-t polynomial -s quantile-svr --quantile 0.1,0.9", "prices.csv"),
    ("-t polynomial -s ls-svr", "prices.csv"), ("-t polynomial -s kernel-ridge", "prices.csv"),
    ("-t linear -s epsilon-svr", "prices.csv"),
    ("-t polynomial -s one-class", "prices.csv"), ("-t polynomial -s svdd", "prices.csv"),
    ("-t linear -s svdd", "prices.csv"),
    ("-t polynomial -s kernel-pca --components 1", "prices.csv"),
  ]

  /// A table's first rows with one whose numbers are huge as the third.
  private func huge(_ table: String, _ number: String) throws -> String {
    var lines = table.split(separator: "\n").prefix(6).map(String.init)
    let fields = lines[2].split(separator: ",", omittingEmptySubsequences: false)
    lines[3] = fields.map { Double($0) == nil ? String($0) : number }.joined(separator: ",")
    return lines.joined(separator: "\n") + "\n"
  }

  /// Whether the answer is finite or an error, it is never a number that is none.
  @Test(arguments: trainings.indices)
  func aRowThatOverflowsIsNamed(index: Int) throws {
    let (options, data) = Self.trainings[index]
    let folder = try Fixtures.folder()
    let training = try Tool.run(
      ["train", data, "-o", "x.model"] + options.split(separator: " ").map(String.init), in: folder)
    try #require(training.status == 0, "\(options): \(training)")
    var failures = 0
    for number in ["1e14", "1e120", "1.7e308"] {
      try folder.write("huge.csv", try huge(folder.text(data), number))
      for arguments in [
        ["predict", "x.model", "huge.csv"],
        ["predict", "x.model", "huge.csv", "--decision-values"],
        ["evaluate", "x.model", "huge.csv"],
      ] {
        let result = try Tool.run(arguments, in: folder)
        let comment: Comment = "\(options), \(number), \(arguments): \(result)"
        #expect(!result.crashed, comment)
        let words = result.output.lowercased().split { !$0.isLetter }
        #expect(!words.contains("nan") && !words.contains("inf"), comment)
        if result.status != 0 {
          #expect(result.status == 65, comment)
          let isComponents = options.contains("kernel-pca") && arguments[0] == "evaluate"
          #expect(isComponents || result.errors.contains("huge.csv:4"), comment)
          failures += 1
          // The rows before it have their predictions.
          if arguments[0] == "predict" {
            #expect(result.output.split(separator: "\n").count == 3, comment)
          }
        }
      }
    }
    #expect(failures > 0, "\(options)")
  }

  @Test func verifyComparesThePredictionsWithDoublePrecision() throws {
    let folder = try Fixtures.folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: 80, seed: 4))
    // A kernel that is nearly constant, with a large C: single precision decides labels.
    for (precision, status) in [("auto", 0), ("double", 0), ("single", 1)] {
      let training = try Tool.run(
        [
          "train", "tangle.csv", "--c", "1e8", "--gamma", "1e-6", "--precision", precision, "-o",
          "x.model", "--max-iterations", "200000",
        ], in: folder, environment: [:])
      #expect([0, 3].contains(training.status), "\(precision): \(training)")
      let verification = try Tool.run(["verify", "x.model", "tangle.csv"], in: folder)
      if precision == "single" {
        #expect(verification.status == status, "\(precision): \(verification)")
        #expect(verification.output.contains("in single precision"), "\(verification)")
      } else {
        #expect(
          verification.output.contains("predictions    in double precision"), "\(verification)")
      }
      let own = try Tool.run(["predict", "x.model", "tangle.csv"], in: folder)
      let exact = try Tool.run(
        ["predict", "x.model", "tangle.csv", "--precision", "double"], in: folder)
      if precision != "single" { #expect(own.output == exact.output, "\(precision)") }
    }
  }
}
