import Basics
import ModelFiles
import Tables
import TabularModels

/// Rows in, numbers out, for programs that take features alone.
struct DataConverter {
  private let input: String
  private let options: DataConversionOptions
  private let textOptions: TextOptions
  private let format: FeatureText.Format
  private let unseen: UnseenCategoryPolicy?

  private static let formats: [(name: String, value: FeatureText.Format)] = [
    ("libsvm", .libsvm), ("csv", .delimited(separator: UInt8(ascii: ","))),
    ("tsv", .delimited(separator: UInt8(ascii: "\t"))),
  ]
  private static let aliases = ["svm": "libsvm", "svmlight": "libsvm"]

  /// What `--to`, or the ending of the output's name, says.
  static func format(_ name: String?, output: String) throws(UsageError) -> FeatureText.Format {
    if let name {
      return try OptionValue.choice("--to", name, among: formats, aliases: aliases)
    }
    let ending = output.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let wanted = aliases[ending] ?? ending
    guard output.contains("."), let found = formats.first(where: { $0.name == wanted }) else {
      throw UsageError(
        option: "--to",
        "the name \(MessageText.quoted(output)) does not say which format to write; expected "
          + alternatives(formats.map(\.name)) + " for data")
    }
    return found.value
  }

  /// Checks that the options fit each other.
  init(
    _ command: ConvertCommand, textOptions: TextOptions, format: FeatureText.Format
  ) throws(UsageError) {
    input = command.input
    options = command.conversion
    self.textOptions = textOptions
    self.format = format
    unseen = try command.unseen.checked
    if unseen != nil, options.model == nil {
      throw UsageError(
        option: "--unseen", "needs a model, given by --model or as the first argument")
    }
    for (option, isGiven) in [
      ("--onnx-operators", command.models.onnxOperators != nil),
      ("--scaled-features", command.models.scaledFeatures),
      ("--features", command.models.featureCount != nil),
    ] where isGiven {
      throw UsageError(
        option: option, "applies to models, but \(MessageText.plain(input)) is read as data")
    }
    guard let learned = options.given.first(where: { ["--model", "--preprocessing"].contains($0) })
    else { return }
    for option in options.given where option != learned {
      throw UsageError(option: option, "cannot be used with \(learned), which decides everything")
    }
  }

  /// Converts all rows.
  func convert(to place: OutputPlace, savingPreprocessingTo saved: OutputPlace?) throws {
    if let path = options.model {
      let model = try loadModel(path).replacing(unseen: unseen)
      guard let preprocessor = model.preprocessor else {
        throw TabularError(.noPreprocessing(model: path))
      }
      try stream(
        preprocessor, targetName: model.targetName ?? LIBSVMData.labelName,
        classes: model.classes, name: path, to: place)
    } else if let path = options.preprocessing {
      let file = try PreprocessingFile.load(path: path)
      var targetName = LIBSVMData.labelName
      if case .table(let preprocessor) = file.preprocessor {
        targetName = preprocessor.target?.name ?? targetName
      }
      try stream(
        file.preprocessor, targetName: targetName, classes: file.classes, name: path, to: place)
    } else {
      try fit(to: place, savingPreprocessingTo: saved)
    }
    try place.commit()
    try saved?.commit()
  }

  private func text(
    _ preprocessor: Preprocessor, targetName: String, classes: [String]?
  ) -> FeatureText {
    let labels = classes.map(LIBSVMLabels.texts) ?? []
    if format == .libsvm, let classes, labels != classes {
      Console.message("note: \(LIBSVMLabels.note(for: classes))")
    }
    return FeatureText(
      format, preprocessor: preprocessor, targetName: targetName, classes: classes, labels: labels)
  }

  // MARK: As a model does

  private func stream(
    _ preprocessor: Preprocessor, targetName: String, classes: [String]?, name: String,
    to place: OutputPlace
  ) throws {
    let text = text(preprocessor, targetName: targetName, classes: classes)
    try text.requireMemory(file: input, byteLimit: textOptions.memoryLimit)
    var (reader, hasTargets) = try reader(
      preprocessor, target: classes == nil ? .numbers : .texts, name: name)
    if !hasTargets {
      Console.message(
        "note: \(MessageText.plain(input)) has no column \(MessageText.plain(targetName)); "
          + (format == .libsvm ? "labels are 0" : "the column is empty"))
    }
    try place.write(text.header)
    var skipped = 0
    while let batch = try reader.next() {
      var lines: [UInt8] = []
      var example = 0
      let leftOut = Set(batch.skippedRows)
      for row in 0..<batch.rowCount where !leftOut.contains(row) {
        var target: String?
        switch batch.targets {
        case .texts(let texts)?: target = texts[row]
        case .numbers(let numbers)?: target = NumberText.shortest(numbers[row])
        case nil: break
        }
        guard text.append(row: example, of: batch.features, target: target, to: &lines) else {
          let place = reader.places.position(line: batch.lineNumbers[row], column: 1)
          throw CommandFailure(
            .badData,
            "\(MessageText.plain(place.file)):\(place.line): the class "
              + "\(MessageText.quoted(target ?? "")) is none of \(MessageText.list(classes ?? []))")
        }
        example += 1
      }
      skipped += batch.skippedRows.count
      try place.write(lines)
    }
    tell(skipped: skipped)
    TreatedValues(columns: reader.treatedColumns).tell()
    noteIgnored(reader.ignoredEntryCount)
  }

  /// A reader of rows with their targets or, when a file has none, without.
  private func reader(
    _ preprocessor: Preprocessor, target: TargetUse, name: String
  ) throws -> (BatchReader, hasTargets: Bool) {
    func open(_ target: TargetUse) throws -> BatchReader {
      try BatchReader(
        DataInput.open(input), preprocessor: preprocessor, options: textOptions,
        wishes: StreamWishes(target: target), model: name)
    }
    do {
      return (try open(target), true)
    } catch let error as TableError {
      switch error.reason {
      case .noSuchColumn, .noTargetField:
        guard input != "-" else { throw error }
        return (try open(.ignored), false)
      default: throw error
      }
    }
  }

  private func tell(skipped: Int) {
    guard skipped > 0 else { return }
    Console.message("note: \(Text.count(skipped, "row")) with missing values left out")
  }

  // MARK: By what the data says

  private func fit(to place: OutputPlace, savingPreprocessingTo saved: OutputPlace?) throws {
    let scaling = try options.scale.map { text throws(UsageError) in
      try OptionValue.choice("--scale", text, amongCasesOf: Scaling.self)
    }
    let missing = try missingPolicy()
    let choices = ColumnChoices(
      kinds: try ColumnOptions.kinds(options.kinds)
        + OptionValue.names("--drop", options.dropped).map { .init(column: $0, kind: .ignore) })
    var textOptions = textOptions
    textOptions.spelled = .chosen(choices)
    let data = try DataInput.open(input).examples(textOptions)
    data.reportReading()
    let prepared = try PreparedData(
      data, target: options.target, scaling: scaling ?? .none, missing: missing, choices: choices,
      byteLimit: textOptions.memoryLimit)
    if let table = data.table {
      let target = try table.targetIndex(options.target, choices)
      for line in try ColumnNotes.remarksOfConversion(table, target: target, choices, missing) {
        Console.message(line)
      }
    }
    let text = text(
      prepared.preprocessor, targetName: prepared.targetName, classes: prepared.classes)
    try text.requireMemory(file: input, byteLimit: textOptions.memoryLimit)
    try place.write(text.header)
    var lines: [UInt8] = []
    for (row, target) in prepared.targets.enumerated() {
      guard text.append(row: row, of: prepared.features, target: target, to: &lines) else {
        preconditionFailure("the class of row \(row) was found in the same data")
      }
      if lines.count > 1 << 20 {
        try place.write(lines)
        lines.removeAll(keepingCapacity: true)
      }
    }
    try place.write(lines)
    tell(skipped: prepared.skippedRowCount)
    guard let saved else { return }
    let file = PreprocessingFile(preprocessor: prepared.preprocessor, classes: prepared.classes)
    try saved.write(file.encode(name: saved.path))
  }

  private func missingPolicy() throws(UsageError) -> MissingValuePolicy {
    guard let text = options.missing else { return .mean }
    if let policy = MissingValuePolicy(rawValue: text) { return policy }
    let names = ["error", "mean", "median", "most-frequent", "constant=VALUE", "drop"]
    throw UsageError(
      option: "--impute",
      "\(MessageText.quoted(text)) is unknown; expected \(alternatives(names))"
        + didYouMean(text, among: names))
  }
}
