import ArgumentParser
import Basics
import ModelFiles
import SupportVectors
import Tables
import TabularModels

/// `svm verify`: whether a model solves its problem as well as it says.
struct VerifyCommand: ParsableCommand, RankedCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Recompute a model's certificate from its training data.",
    discussion: """
      KKT violation, objectives and gap are recomputed in double precision from the dual \
      variables in the model file, and the model's predictions are compared with those in double \
      precision. Exit status 0 means that the violation and the difference between the predictions \
      are within the tolerance, 1 that one of them is above.
      """)

  @Argument(help: ArgumentHelp("The model file.", valueName: "model"))
  var model: String

  @Argument(
    help: ArgumentHelp(
      DataInput.help(for: "The data that the model was trained on"), valueName: "data"))
  var data: String

  @OptionGroup(title: "READING") var table: TableOptions
  @OptionGroup(title: "EFFORT") var memory: MemoryOption
  @OptionGroup(title: "EFFORT") var transport: TransportOption

  mutating func run() throws {
    var textOptions = try table.textOptions
    textOptions.memoryLimit = try memory.bytes
    Machine.prepare()
    let loaded = try loadModel(model)
    guard !loaded.isImported else { throw TabularError(.trainedElsewhere(model: model)) }
    if let preprocessor = loaded.preprocessor {
      // The format is looked at all the same: the wrong kind of file is then named.
      let format = textOptions.format
      textOptions = textOptions.expecting(preprocessor)
      textOptions.format = format
    }
    if case .table(let preprocessor) = loaded.preprocessor {
      textOptions.spelled = .model(preprocessor, hasClasses: loaded.classes != nil)
    }
    // The sample that the model was trained on, when it was one.
    let sampling = loaded.provenance.sampling.map {
      RowSampling(
        count: $0.rowCount, seed: $0.seed, target: loaded.targetName,
        choices: ColumnChoices(weight: loaded.weightName))
    }
    let verification = try naming(model: model) {
      try verify(loaded, textOptions, sampling)
    }
    if verification.isTrainingData == false {
      Console.message(
        "warning: \(MessageText.plain(verification.file)) differs from the file that model "
          + "\(MessageText.plain(model)) was trained on")
    }
    let solution = Solution(loaded.predictor)
    try Console.output(
      text(
        recomputed: solution.replacingCertificates(verification.certificates), stored: solution,
        verification.predictions))
    let bound = solution.tolerance ?? 0
    guard verification.certificates.allSatisfy({ $0.isWithin(bound) }),
      verification.predictions.isAgreed
    else { throw CommandFailure(.failure) }
  }

  /// Verifies a model: on ranks, each reads its part of the data if it can be divided.
  private func verify(
    _ loaded: TabularModel, _ options: TextOptions, _ sampling: RowSampling?
  ) throws -> TabularVerification {
    if let ranks = CommandRanks.current.transport, sampling == nil {
      do {
        return try loaded.verify(
          try SharedData(reading: DataInput.open(data), options: options, over: ranks),
          modelName: model, byteLimit: options.memoryLimit)
      } catch let error as TableError where !error.isUnreachable {
        // All ranks meet it. Reading all rows tells what is wrong, and where, or that nothing is.
      }
    }
    return try loaded.verify(
      try TrainingData(reading: DataInput.open(data), options: options, sampling: sampling),
      modelName: model, byteLimit: options.memoryLimit, ranks: CommandRanks.current.transport)
  }

  private func text(
    recomputed: Solution, stored: Solution, _ predictions: PredictionCheck
  ) -> String {
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
      lines.append(("predictions", words(predictions)))
      let isWithin = recomputed.problems.allSatisfy { $0.report.certificate.isWithin(bound) }
      lines.append(
        (
          "verdict",
          isWithin && !predictions.isAgreed
            ? "within the tolerance \(tolerance), but predictions need '--precision double'"
            : "\(isWithin ? "within" : "above") the tolerance \(tolerance)"
        ))
    } else {
      lines.append(("verdict", "only one class: there was nothing to solve"))
    }
    return Text.aligned(lines) + recomputed.pairTable
  }

  private func words(_ predictions: PredictionCheck) -> String {
    guard predictions.precision != .double else { return "in double precision" }
    let difference = Text.significant(predictions.largestDifference, 3)
    var words = "in single precision, at most \(difference) from double precision"
    if predictions.differingRowCount > 0 {
      words += ", \(Text.count(predictions.differingRowCount, "row")) with another label"
    }
    return words
  }
}

extension Certificate {
  /// Whether the violation is within a tolerance, but for rounding.
  fileprivate func isWithin(_ tolerance: Double) -> Bool {
    kktViolation <= tolerance + resolution
  }
}
