import Learning
import Tables
import TabularModels

/// A model from metadata and tensors that anybody may have written.
///
/// Each part is checked where it is read, and by the initialiser of what it becomes; the digest
/// tells damage that would still make a model.
struct ModelDecoder {
  private let name: String
  private let programVersion: String
  /// The JSON object in the metadata's `model`, and the tensors.
  ///
  /// The object's place is called the header: that is where a reader of the file finds it.
  let reader: ModelReader
  private let digestIsRight: Bool

  init(
    file: SafetensorsFile, name: String, formatName: String = ModelLayout.formatName
  ) throws(ModelFileError) {
    func text(_ key: String) throws(ModelFileError) -> String { try file.text(key, name: name) }
    try file.require(
      format: formatName, version: ModelLayout.currentVersion, name: name)
    self.name = name
    programVersion = try text(ModelLayout.programVersion)
    reader = ModelReader(
      name: name,
      header: try JSONCursor.parsing(
        Array(try text(ModelLayout.model).utf8), fileName: name, place: ["header"]),
      tensors: TensorReader(file.tensors, name: name))
    let known = [
      ModelLayout.format, ModelLayout.formatVersion, ModelLayout.programVersion,
      ModelLayout.digest, ModelLayout.model,
    ]
    for key in file.metadata.keys.sorted() where !known.contains(key) {
      throw ModelFileError(fileName: name, place: ["header", key], problem: .unexpected)
    }
    // Checked last, so that another format or a misspelled word is reported as such.
    digestIsRight = try text(ModelLayout.digest) == file.contentDigest
  }

  func model() throws(ModelFileError) -> TabularModel {
    let model = try uncheckedModel()
    guard digestIsRight else { throw ModelFileError(fileName: name, problem: .digest) }
    return model
  }

  private func uncheckedModel() throws(ModelFileError) -> TabularModel {
    let formulation = try reader.member(.formulation).word(Formulation.self)
    let kind = try kind(formulation)
    let fields = ModelLayout.fields(kind, formulation)
    try reader.header.requireKeys(
      Set(fields.filter { $0.place == .member }.map(\.name)),
      optional: Set(fields.filter { $0.place == .optionalMember }.map(\.name)))

    let preprocessor = try reader.preprocessor()
    let predictor = TabularModel.Predictor(try kind.init(from: reader, formulation))
    let calibration = try calibration()
    // Those that the predictor keeps itself are not the provenance's.
    let provenance = try provenance(
      classWeights: predictor.classWeights == nil ? try reader.classWeights() : nil)
    if formulation.task != .regression, provenance.targetScaling != nil {
      throw try reader.member(.targetScaling).failure(
        .mismatch(found: "an object", expected: "null unless it is a regression"))
    }
    try reader.tensors.requireNames(expectedTensors(fields, preprocessor))
    return try reader.consistent { () throws(ModelError) in
      try TabularModel(
        preprocessor: preprocessor, predictor: predictor, calibration: calibration,
        provenance: provenance)
    }
  }

  /// The kind of the model, of those that the formulation's trainings make.
  private func kind(_ formulation: Formulation) throws(ModelFileError) -> any TrainedModel.Type {
    let kinds = formulation.definition.models
    for kind in kinds {
      if let mark = kind.mark, try reader.optionalMember(mark) != nil { return kind }
    }
    return kinds[kinds.count - 1]
  }

  private func expectedTensors(
    _ fields: [StoredField], _ preprocessor: Preprocessor?
  ) throws(ModelFileError) -> Set<String> {
    _ = try reader.rowStorage()
    var names: Set<String> = []
    for field in fields where field.isTensor {
      if let condition = field.condition,
        try reader.header.member(condition.member).value != .string(condition.word)
      {
        continue
      }
      names.insert(field.name)
    }
    for field in [StoredField.calibration, .configuration] where reader.has(field) {
      names.insert(field.name)
    }
    names.formUnion((preprocessor?.storedTensors ?? []).map(\.name))
    return names
  }

  private func calibration() throws(ModelFileError) -> ModelCalibration? {
    guard reader.has(.calibration) else { return nil }
    return try ModelCalibration(from: try reader.json(.calibration))
  }

  /// What the model was made from; the class weights are those that the predictor does not keep itself.
  private func provenance(
    classWeights: [Double]?
  ) throws(ModelFileError) -> TabularModel.Provenance {
    var dataDigest: String?
    if let digest = try reader.member(.dataDigest).nonNull {
      let text = try digest.string()
      let isDigit: (UInt8) -> Bool = { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
      guard text.utf8.count == 64, text.utf8.allSatisfy(isDigit) else {
        throw digest.failure(
          .mismatch(found: "another text", expected: "64 hexadecimal digits or null"))
      }
      dataDigest = text
    }
    return TabularModel.Provenance(
      dataDigest: dataDigest,
      skippedRowCount: try reader.member(.skippedRows).integer(in: 0...Int.max),
      zeroWeightRowCount: try reader.optionalMember(.zeroWeightRows)?.integer(in: 0...Int.max)
        ?? 0,
      classWeights: classWeights,
      calibrationFoldCount: try reader.optionalMember(.calibrationFolds)?.nonNull?
        .integer(in: 2...Int.max),
      targetScaling: try targetScaling(), sampling: try sampling(),
      configuration: try configuration(), programVersion: programVersion)
  }

  private func configuration() throws(ModelFileError) -> TrainingConfiguration? {
    guard reader.has(.configuration) else { return nil }
    let cursor = try reader.json(.configuration)
    do throws(ConfigurationError) {
      return try TrainingConfiguration(cursor.value)
    } catch {
      throw ModelFileError(
        fileName: name, place: cursor.place + error.path, problem: .configuration(error.reason))
    }
  }

  private func targetScaling() throws(ModelFileError) -> TargetScaling? {
    guard let cursor = try reader.member(.targetScaling).nonNull else { return nil }
    try cursor.requireKeys(["center", "unit"])
    return TargetScaling(
      center: try cursor.member("center").number("a finite number") { $0.isFinite },
      unit: try cursor.member("unit").number("a number greater than 0") { $0 > 0 && $0.isFinite })
  }

  private func sampling() throws(ModelFileError) -> TabularModel.Sampling? {
    guard let cursor = try reader.member(.sampling).nonNull else { return nil }
    try cursor.requireKeys(["of", "rows", "seed"])
    let rowCount = try cursor.member("rows").integer(in: 1...Int.max)
    let seed = try cursor.member("seed")
    guard let number = UInt64(try seed.string()) else {
      throw seed.failure(
        .mismatch(found: "another text", expected: "a whole number of 64 bits without a sign"))
    }
    return TabularModel.Sampling(
      rowCount: rowCount, of: try cursor.member("of").integer(in: rowCount...Int.max), seed: number)
  }
}
