import Basics
import LIBSVMTraining

/// svm-predict: predicts the rows of a file.
struct Prediction {
  private var wantsProbabilities = false
  private var isQuiet = false
  private let input: String
  private let modelPath: String
  private let output: String

  static let usage = """
    Usage: svm-predict [options] test_file model_file output_file
    options:
    -b probability_estimates : 1 writes probabilities as well (default 0)
    -q : print no lines
    """

  init(_ arguments: [String]) throws(ProgramEnd) {
    var rest = arguments[...]
    while let option = rest.first, option.hasPrefix("-") {
      rest = rest.dropFirst()
      switch option.dropFirst().first {
      case "q": isQuiet = true
      case "b":
        guard let value = rest.popFirst() else { throw ProgramEnd(usage: Self.usage) }
        wantsProbabilities =
          try OptionValue(option: option, text: value, usage: Self.usage).integer() != 0
      case let letter:
        throw ProgramEnd("Unknown option: -\(letter ?? " ")", usage: Self.usage)
      }
    }
    let files = Array(rest)
    guard files.count >= 3 else { throw ProgramEnd(usage: Self.usage) }
    (input, modelPath, output) = (files[0], files[1], files[2])
  }

  func run(_ console: Console) throws(ProgramEnd) {
    let problem = try ProblemText(contentsOf: input)
    let file = try opened()
    let model = try stored()
    let packed = try packed(model)
    func say(_ text: String) { if !isQuiet { console.line(text) } }
    if wantsProbabilities, !model.hasProbabilities {
      throw ProgramEnd("Model does not support probabiliy estimates")
    }
    if !wantsProbabilities, model.hasProbabilities {
      say("Model supports probability estimates, but disabled in prediction.")
    }
    if wantsProbabilities, model.type.isRegression {
      say(
        "Prob. model for test data: target value = predicted value + z,\n"
          + "z: Laplace distribution e^(-|z|/sigma)/(2sigma),sigma="
          + Output.general(model.probA?.first ?? 0))
    }
    let agreement: Agreement
    do throws(OutputFileError) {
      agreement = try predict(problem, model, packed, file)
      try file.commit()
    } catch {
      throw ProgramEnd("can't write output file \(output)")
    }
    if model.type.isRegression {
      say("Mean squared error = \(Output.general(agreement.meanSquaredError)) (regression)")
      say(
        "Squared correlation coefficient = \(Output.general(agreement.squaredCorrelation)) "
          + "(regression)")
    } else {
      say(
        "Accuracy = \(Output.general(agreement.percentage))% "
          + "(\(agreement.equalCount)/\(agreement.count)) (classification)")
    }
  }

  private func opened() throws(ProgramEnd) -> AtomicOutputFile {
    do throws(OutputFileError) {
      return try AtomicOutputFile(path: output)
    } catch {
      throw ProgramEnd("can't open output file \(output)")
    }
  }

  private func stored() throws(ProgramEnd) -> StoredModel {
    do throws(SystemError) {
      if let model = StoredModel(text: try WholeFile.bytes(modelPath)) { return model }
    } catch {
      // The sentence is the same as for a file that is not a model.
    }
    throw ProgramEnd("can't open model file \(modelPath)")
  }

  private func packed(_ model: StoredModel) throws(ProgramEnd) -> PackedModel {
    do throws(LIBSVMError) {
      return PackedModel(try Machine(model), isPrecomputed: model.kernelType == .precomputed)
    } catch {
      throw ProgramEnd("can't open model file \(modelPath): \(error)")
    }
  }

  /// This many rows are predicted together.
  private static let batchCount = 1024

  private func predict(
    _ problem: ProblemText, _ model: StoredModel, _ packed: PackedModel, _ file: AtomicOutputFile
  ) throws(OutputFileError) -> Agreement {
    let writesProbabilities = wantsProbabilities && !model.type.isRegression
    if writesProbabilities {
      let names = model.labels.map { ["labels"] + $0.map { "\($0)" } }
      try file.write((names ?? ["label", "normal", "outlier"]).joined(separator: " ") + "\n")
    }
    var withoutProbabilities = model
    if !wantsProbabilities { withoutProbabilities.probA = nil }
    var agreement = Agreement()
    for start in stride(from: 0, to: problem.rows.count, by: Self.batchCount) {
      let rows = start..<min(start + Self.batchCount, problem.rows.count)
      let batch = packed.decisionValues(problem.rows.selecting(rows))
      for (row, decisions) in zip(rows, batch) {
        let (label, probabilities) = withoutProbabilities.prediction(decisions, packed.machine)
        agreement.add(problem.targets[row], label)
        if writesProbabilities, let probabilities {
          let numbers = ([label] + probabilities).map { Output.general($0) }
          try file.write(numbers.joined(separator: " ") + "\n")
        } else {
          try file.write(Output.general(label, digits: 17) + "\n")
        }
      }
    }
    return agreement
  }
}
