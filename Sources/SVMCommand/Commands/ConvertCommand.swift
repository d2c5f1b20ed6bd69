import ArgumentParser
import Basics
import CompressedFiles
import ModelExport
import ModelFiles
import Tables
import TabularModels

/// `svm convert`: models and data for other programs, and theirs for this one.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Convert a model or data to or from another program's format.",
    discussion: """
      The format is that of the output's extension, or of --to. A model is written as .model, \
      .json (the same, readable by people), .libsvm (LIBSVM's model text), .onnx or .mlmodel; all \
      but the last two can be read. Data is written as .svm, .csv or .tsv: numbers only, with \
      categories as indicators.

      svm convert flowers.model flowers.onnx        for ONNX runtimes
      svm convert libsvm.model flowers.model        from LIBSVM's svm-train
      svm convert flowers.csv flowers.svm --model flowers.model
                                                    the features that the model sees
      svm convert train.csv train.svm --scale minmax --save-preprocessing scaling.json
      svm convert test.csv test.svm --preprocessing scaling.json
      """)

  @Argument(
    help: ArgumentHelp(
      "A model (.model, JSON or LIBSVM's text), or data. " + DataInput.help, valueName: "in"))
  var input: String

  @Argument(help: ArgumentHelp("The file to write; - is standard output.", valueName: "out"))
  var output: String

  @Option(
    name: .customLong("to"), parsing: .unconditional,
    help: ArgumentHelp(
      "model, json, libsvm, onnx or mlmodel for a model; libsvm, csv or tsv for data. (default: by "
        + "the output's extension)", valueName: "format"))
  var format: String?

  @OptionGroup(title: "MODELS") var models: ModelConversionOptions
  @OptionGroup(title: "MODELS") var unseen: UnseenOption
  @OptionGroup(title: "DATA") var conversion: DataConversionOptions
  @OptionGroup(title: "READING DATA") var table: TableOptions
  @OptionGroup(title: "EFFORT") var memory: MemoryOption
  @OptionGroup(title: "EFFORT") var transport: TransportOption

  mutating func run() throws {
    var textOptions = try table.textOptions
    textOptions.memoryLimit = try memory.bytes
    let inputs = [input, conversion.model, conversion.preprocessing].compactMap { $0 }
    let isOne = try input != "-" && DataFile.files(input) == nil
    if isOne, try ModelFileFormat(path: input) != nil {
      try convertModel(OutputPlace(path: output, option: "the output", inputs: inputs))
    } else {
      let converter = try DataConverter(
        self, textOptions: textOptions, format: DataConverter.format(format, output: output))
      let place = try OutputPlace(path: output, option: "the output", inputs: inputs)
      let saved = try conversion.savePreprocessing.map { path in
        try OutputPlace.checkDifferent(("the output", output), ("--save-preprocessing", path))
        return try OutputPlace(path: path, option: "--save-preprocessing", inputs: inputs)
      }
      try converter.convert(to: place, savingPreprocessingTo: saved)
    }
  }

  // MARK: Models

  /// What a model can be written as.
  enum ModelFormat: String, CaseIterable {
    case model, json, libsvm, onnx, mlmodel

    static func named(_ name: String?, output: String) throws(UsageError) -> ModelFormat {
      if let name { return try OptionValue.choice("--to", name, amongCasesOf: ModelFormat.self) }
      let ending = output.split(separator: ".").last.map { $0.lowercased() } ?? ""
      guard output.contains("."), let format = ModelFormat(rawValue: ending) else {
        throw UsageError(
          option: "--to",
          "the name \(MessageText.quoted(output)) does not say which format to write; expected "
            + alternatives(ModelFormat.allCases.map(\.rawValue)))
      }
      return format
    }
  }

  private func convertModel(_ place: OutputPlace) throws {
    let format = try ModelFormat.named(format, output: output)
    if let option = conversion.given.first {
      throw UsageError(option: option, "is for data, but \(MessageText.plain(input)) is a model")
    }
    let operators = try OptionValue.choice(
      "--onnx-operators", models.onnxOperators ?? ONNXOperators.auto.rawValue,
      amongCasesOf: ONNXOperators.self)
    if format != .onnx, models.onnxOperators != nil {
      throw UsageError(option: "--onnx-operators", "applies to ONNX files only")
    }
    if format != .libsvm, models.scaledFeatures {
      throw UsageError(option: "--scaled-features", "applies to LIBSVM's model text only")
    }
    let model = try loadModel().replacing(unseen: unseen.checked)
    switch format {
    case .model: try place.write(ModelFile.encode(model, name: input))
    case .json: try place.write(ModelFile.encodeJSON(model, name: input))
    case .libsvm:
      try place.write(
        ModelFile.encodeLIBSVM(model, scaledFeatures: models.scaledFeatures, name: input) {
          Console.message("note: \($0)")
        })
    case .onnx:
      try write(ONNXModelFile.encode(model, operators: operators, name: input), to: place)
    case .mlmodel:
      try write(CoreMLModelFile.encode(model, name: input), to: place)
    }
    warnAboutLoss(model, format)
    try place.commit()
  }

  /// Says what the files of other programs have no place for.
  private func warnAboutLoss(_ model: TabularModel, _ format: ModelFormat) {
    switch (format, model.calibration) {
    case (.model, _), (.json, _), (_, nil): break
    // What these files hold of probabilities is in the notes of the exporter.
    case (.onnx, .classes?), (.mlmodel, .classes?): break
    case (_, .classes?):
      Console.message(
        "note: the probabilities are left out; labels then follow the decision values only")
    case (_, .intervals?): Console.message("note: the intervals are left out")
    case (_, .quantiles?): Console.message("note: the quantiles are left out")
    }
  }

  private func loadModel() throws -> TabularModel {
    let report = { (note: String) in Console.message("note: \(note)") }
    guard let text = models.featureCount else {
      return try ModelFile.load(path: input, onNote: report)
    }
    let count = try OptionValue.wholeNumber("--features", text, in: 1...Int(Int32.max) - 1)
    return try ModelFile.load(path: input, featureCount: count, onNote: report)
  }

  private func write(_ exported: ExportedModel, to place: OutputPlace) throws {
    try place.write(exported.bytes)
    for note in exported.notes { Console.message("note: \(note)") }
    let check = exported.check
    let rows = Text.count(check.rowCount, "sample row")
    var others =
      check.largestProbabilityDifference == 0
      ? ""
      : ", its probabilities by at most \(Text.significant(check.largestProbabilityDifference, 2))"
    if check.differingLabelCount > 0 {
      others += "; \(Text.count(check.differingLabelCount, "label")) differ"
    }
    Console.message(
      "check: over \(rows) the file's decision values differ from the model's by at most "
        + "\(Text.significant(check.relativeDifference, 2)) of the largest\(others)")
    if !(check.relativeDifference <= Self.suspiciousDifference) {
      Console.message("warning: the file's predictions differ from the model's")
    }
  }

  /// A larger difference, as a share of the largest decision value, is worth a warning.
  private static let suspiciousDifference = 1e-3
}

/// How models are converted.
struct ModelConversionOptions: ParsableArguments {
  @Option(
    name: .customLong("onnx-operators"), parsing: .unconditional,
    help: ArgumentHelp(
      "ml (SVMClassifier and similar, single precision), composed (ordinary operators, double "
        + "precision, all kernels) or auto: ml if it agrees to 1e-5. (default: auto)",
      valueName: "name"))
  var onnxOperators: String?

  @Flag(
    name: .customLong("scaled-features"),
    help:
      "Write a LIBSVM model for already scaled features instead of folding the scaling into it."
  )
  var scaledFeatures = false

  @Option(
    name: .customLong("features"), parsing: .unconditional,
    help: ArgumentHelp(
      "The number of features in the data of a LIBSVM model, if that is more than its support "
        + "vectors have.", valueName: "count"))
  var featureCount: String?
}

/// How data is converted.
struct DataConversionOptions: ParsableArguments {
  @Option(
    name: .customLong("model"), parsing: .unconditional,
    help: ArgumentHelp("Write the features that this model computes.", valueName: "model"))
  var model: String?

  @Option(
    name: .customLong("preprocessing"), parsing: .unconditional,
    help: ArgumentHelp(
      "Apply the preprocessing that an earlier conversion wrote with --save-preprocessing.",
      valueName: "file"))
  var preprocessing: String?

  @Option(
    name: .customLong("save-preprocessing"), parsing: .unconditional,
    help: ArgumentHelp(
      "Save the preprocessing as JSON, to apply it to other data.", valueName: "file"))
  var savePreprocessing: String?

  @Option(
    name: .customLong("target"), parsing: .unconditional,
    help: ArgumentHelp(
      "The column that becomes the label. (default: the last one)", valueName: "column"))
  var target: String?

  @Option(
    name: .customLong("column"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Treat a column as numeric, category, date or ignore, as in train; may be repeated.",
      valueName: "column=kind"))
  var kinds: [String] = []

  @Option(
    name: .customLong("drop"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Columns to leave out, separated by commas; may be repeated.", valueName: "columns"))
  var dropped: [String] = []

  @Option(
    name: .customLong("scale"), parsing: .unconditional,
    help: ArgumentHelp("standard, minmax, maxabs or none. (default: none)", valueName: "name"))
  var scale: String?

  @Option(
    name: .customLong("impute"), parsing: .unconditional,
    help: ArgumentHelp(
      "Missing values: mean, median, most-frequent, constant=VALUE, error, or drop the row. "
        + "(default: mean)", valueName: "policy"))
  var missing: String?

  /// The options that were given.
  var given: [String] {
    [
      ("--model", model != nil), ("--preprocessing", preprocessing != nil),
      ("--save-preprocessing", savePreprocessing != nil), ("--target", target != nil),
      ("--column", !kinds.isEmpty), ("--drop", !dropped.isEmpty), ("--scale", scale != nil),
      ("--impute", missing != nil),
    ].filter(\.1).map(\.0)
  }
}
