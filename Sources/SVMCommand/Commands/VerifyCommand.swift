import ArgumentParser
import CompressedFiles
import ModelFiles
import SupportVectors
import Tables
import TabularModels

/// `svm verify`: whether a model solves its problem as well as it says.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recompute a model's certificate from its training data.",
    discussion: """
      KKT violation, objectives and gap are recomputed in double precision from the dual \
      variables in the model file. Exit status 0 means that the violation is within the \
      tolerance, 1 that it is above.
      """)

  @Argument(help: ArgumentHelp("The model file.", valueName: "model"))
  var model: String

  @Argument(
    help: ArgumentHelp(
      "The data that it was trained on; - is standard input.", valueName: "data"))
  var data: String

  @OptionGroup(title: "READING") var table: TableOptions

  mutating func run() throws {
    var textOptions = try table.textOptions
    Machine.prepare()
    let loaded = try loadModel(model)
    guard !loaded.isImported else {
      throw CommandFailure(
        .badData,
        "model \(MessageText.plain(model)) was trained by another program, which does not say on "
          + "which rows, nor how well")
    }
    if let preprocessor = loaded.preprocessor { textOptions = textOptions.expecting(preprocessor) }
    if case .table(let preprocessor) = loaded.preprocessor {
      textOptions.spelled = .model(preprocessor, hasClasses: loaded.classes != nil)
    }
    // The sample that the model was trained on, when it was one.
    let sampling = loaded.provenance.sampling.map {
      RowSampling(
        count: $0.rowCount, seed: $0.seed, target: loaded.targetName,
        choices: ColumnChoices(weight: loaded.weightName))
    }
    let trainingData = try TrainingData(
      reading: DataFile.open(data), options: textOptions, sampling: sampling)
    let verification = try naming(model: model) {
      try loaded.verify(trainingData, modelName: model)
    }
    if verification.isTrainingData == false {
      Console.message(
        "warning: \(MessageText.plain(trainingData.file)) is not, byte for byte, what model "
          + "\(MessageText.plain(model)) was trained on")
    }
    let solution = Solution(loaded.predictor)
    try Console.output(
      text(recomputed: solution.replacingCertificates(verification.certificates), stored: solution))
    let worst = verification.certificates.map(\.kktViolation).max() ?? 0
    if worst > solution.tolerance ?? 0 { throw CommandFailure(.failure) }
  }

  private func text(recomputed: Solution, stored: Solution) -> String {
    let bound = recomputed.tolerance ?? 0
    let tolerance = Text.significant(bound, 6)
    var lines: [(label: String, value: String)] = [("model", MessageText.plain(model))]
    if let worst = recomputed.worst, let storedWorst = stored.worst {
      let stop = stored.failure.map { "\($0.words) after " } ?? "converged after "
      lines.append(("training", stop + Text.count(stored.iterations, "iteration")))
      lines.append(
        (
          "KKT violation",
          "\(Text.significant(worst.kktViolation, 4)) recomputed, "
            + "\(Text.significant(storedWorst.kktViolation, 4)) in the model"
        ))
      lines.append(recomputed.objectiveLine)
      lines.append(
        (
          "verdict",
          worst.kktViolation <= bound
            ? "within the tolerance \(tolerance)" : "above the tolerance \(tolerance)"
        ))
    } else {
      lines.append(("verdict", "one class: there was nothing to solve"))
    }
    return Text.aligned(lines) + recomputed.pairTable
  }
}
