import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import Tables
import TabularModels

/// A model from metadata and tensors that anybody may have written.
///
/// Each part is checked where it is read, and by the initialiser of what it becomes; the digest
/// tells damage that would still make a model.
struct ModelDecoder {
  private let name: String
  private let programVersion: String
  let tensors: TensorReader
  /// The JSON object in the metadata's `model`.
  ///
  /// Its place is called the header: that is where a reader of the file finds it.
  let header: JSONCursor
  private let digestIsRight: Bool

  init(
    file: SafetensorsFile, name: String, formatName: String = ModelLayout.formatName
  ) throws(ModelFileError) {
    func text(_ key: String) throws(ModelFileError) -> String { try file.text(key, name: name) }
    try file.require(
      format: formatName, version: ModelLayout.currentVersion, name: name)
    self.name = name
    programVersion = try text(ModelLayout.programVersion)
    header = try JSONCursor.parsing(
      Array(try text(ModelLayout.model).utf8), fileName: name, place: ["header"])
    tensors = TensorReader(file.tensors, name: name)
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
    let formulation = try header.member("formulation").word(Formulation.self)
    var keys: Set = [
      "formulation", "kernel", "kernelParameters", "precision", "featureCount", "tolerance",
      "trainingCount", "supportVectors", "preprocessing", "dataDigest", "skippedRows",
      "targetScaling", "sampling",
    ]
    let isLinear = try header.optionalMember("loss") != nil || formulation == .logistic
    let (own, optional) = ModelLayout.keys(formulation, isLinear: isLinear)
    keys.formUnion(own)
    try header.requireKeys(
      keys,
      optional: optional.union(["zeroWeightRows", "calibrationFolds", "precisionServes"]))

    let preprocessor = try preprocessor()
    let predictor: TabularModel.Predictor =
      switch formulation {
      case _ where isLinear: try linearModel(formulation)
      case .cSVC, .nuSVC: .classifier(try classifier(formulation))
      case .epsilonSVR, .nuSVR: .regressor(try regressor(formulation))
      case .quantileSVR: .quantileRegressor(try quantileRegressor())
      case .oneClass, .dataDescription: .noveltyDetector(try noveltyDetector(formulation))
      case .logistic: try linearModel(formulation)
      default: try solvedAtOnce(formulation)
      }
    let calibration = try calibration()
    let provenance: TabularModel.Provenance
    if case .classifier = predictor {
      provenance = try self.provenance(classWeights: nil)
    } else {
      provenance = try self.provenance(classWeights: classWeights())
    }
    if formulation.task != .regression, provenance.targetScaling != nil {
      throw try header.member("targetScaling").failure(
        .mismatch(found: "an object", expected: "null unless it is a regression"))
    }
    try tensors.requireNames(expectedTensors(formulation, isLinear: isLinear, preprocessor))
    return try consistent { () throws(ModelError) in
      try TabularModel(
        preprocessor: preprocessor, predictor: predictor, calibration: calibration,
        provenance: provenance)
    }
  }

  func consistent<Value>(_ make: () throws(ModelError) -> Value) throws(ModelFileError)
    -> Value
  {
    do throws(ModelError) {
      return try make()
    } catch {
      throw ModelFileError(fileName: name, problem: .inconsistent(error.description))
    }
  }

  private func expectedTensors(
    _ formulation: Formulation, isLinear: Bool, _ preprocessor: Preprocessor?
  ) throws(ModelFileError) -> Set<String> {
    typealias Name = ModelLayout.Tensor
    var names: Set = [Name.biases, Name.problems]
    if isLinear {
      names.insert(Name.weights)
      switch try featureMapKind() {
      case .nystroem?: names.formUnion([Name.supportIndices, Name.mapNormalization])
      case .fourier?: names.formUnion([Name.mapFrequencies, Name.mapPhases])
      case nil: break
      }
    } else {
      names.formUnion([Name.dualCoefficients, Name.supportCounts, Name.supportIndices])
    }
    if formulation == .discriminant {
      names.formUnion([Name.eigenvalues, Name.priors, Name.classMeans])
    }
    if formulation == .principalComponents { names.insert(Name.eigenvalues) }
    if formulation.task == .classification { names.insert(Name.classes) }
    if tensors.has(Name.calibration) { names.insert(Name.calibration) }
    if tensors.has(Name.configuration) { names.insert(Name.configuration) }
    switch try storage() {
    case .dense: names.insert(Name.supportVectors)
    case .sparse:
      names.formUnion([Name.sparseValues, Name.sparseRowOffsets, Name.sparseColumns])
    case .none: break
    }
    let scaler: FeatureScaler?
    switch preprocessor {
    case nil: scaler = nil
    case .libsvm(let preprocessor): scaler = preprocessor.scaler
    case .table(let preprocessor): scaler = preprocessor.scaler
    }
    if let scaler {
      names.insert(Name.preprocessing)
      if scaler.scaling != .none { names.formUnion([Name.scalingOffsets, Name.scalingFactors]) }
    }
    if case .table(let preprocessor) = preprocessor {
      for (index, column) in preprocessor.inputs.enumerated() {
        guard case .text(let vectorizer) = column.kind else { continue }
        if vectorizer.options.bucketCount == nil { names.insert(Name.terms(index)) }
        if vectorizer.options.weighsRarity { names.insert(Name.termWeights(index)) }
      }
    }
    return names
  }

  // MARK: Predictors

  private func classifier(_ formulation: Formulation) throws(ModelFileError)
    -> SupportVectorClassifier
  {
    let classes = try tensors.json(ModelLayout.Tensor.classes).strings()
    let decomposition =
      try header.optionalMember("decomposition")?.word(Decomposition.self) ?? .oneVersusOne
    let expansion = try expansion(
      layout: decomposition == .oneVersusOne ? .pairs : .outputs)
    let problems = try problems()
    let aim: ClassifierFormulation =
      formulation == .nuSVC ? .nu(try positive("nu")) : .c(try positive("boxConstraint"))
    let classWeights = try classWeights()
    let tolerance = try positive("tolerance")
    let trainingCount = try trainingCount()
    let weighting = try weighting()
    return try consistent { () throws(ModelError) in
      try SupportVectorClassifier(
        classes: classes, expansion: expansion, formulation: aim, classWeights: classWeights,
        decomposition: decomposition, usesExampleWeights: weighting.isUsed,
        excludedCount: weighting.excludedCount, tolerance: tolerance,
        trainingCount: trainingCount, problems: problems)
    }
  }

  private func regressor(_ formulation: Formulation) throws(ModelFileError)
    -> SupportVectorRegressor
  {
    let expansion = try expansion(layout: .pairs)
    let problem = try onlyProblem()
    let boxConstraint = try positive("boxConstraint")
    let tubeWidth = try trainingNumber("tubeWidth", "a number of at least 0") { $0 >= 0 }
    let aim: RegressorFormulation =
      formulation == .nuSVR
      ? .nu(try positive("nu"), boxConstraint: boxConstraint)
      : .epsilon(boxConstraint: boxConstraint, tubeWidth: tubeWidth)
    let tolerance = try positive("tolerance")
    let trainingCount = try trainingCount()
    let weighting = try weighting()
    return try consistent { () throws(ModelError) in
      try SupportVectorRegressor(
        expansion: expansion, formulation: aim, tubeWidth: tubeWidth,
        usesExampleWeights: weighting.isUsed, excludedCount: weighting.excludedCount,
        tolerance: tolerance, trainingCount: trainingCount, problem: problem)
    }
  }

  private func quantileRegressor() throws(ModelFileError) -> QuantileRegressor {
    let expansion = try expansion(layout: .outputs)
    let problems = try problems()
    var quantiles: [Double] = []
    for element in try header.member("quantiles").elements() {
      quantiles.append(try element.number())
    }
    let formulation = QuantileFormulation(
      quantiles: quantiles, boxConstraint: try positive("boxConstraint"))
    let tolerance = try positive("tolerance")
    let trainingCount = try trainingCount()
    let weighting = try weighting()
    return try consistent { () throws(ModelError) in
      try QuantileRegressor(
        expansion: expansion, formulation: formulation, weighting: weighting,
        tolerance: tolerance, trainingCount: trainingCount, problems: problems)
    }
  }

  private func noveltyDetector(_ formulation: Formulation) throws(ModelFileError)
    -> NoveltyDetector
  {
    let expansion = try expansion(layout: .pairs)
    let problem = try onlyProblem()
    let nu = try positive("nu")
    let offset = try header.member("offset").number()
    let tolerance = try positive("tolerance")
    let trainingCount = try trainingCount()
    let weighting = try weighting()
    return try consistent { () throws(ModelError) in
      try NoveltyDetector(
        expansion: expansion,
        formulation: formulation == .oneClass ? .oneClass(nu: nu) : .dataDescription(nu: nu),
        offset: offset, usesExampleWeights: weighting.isUsed,
        excludedCount: weighting.excludedCount, tolerance: tolerance,
        trainingCount: trainingCount, problem: problem)
    }
  }

  func onlyProblem() throws(ModelFileError) -> ProblemReport {
    let problems = try problems()
    guard problems.count == 1 else {
      throw tensors.failure(
        ModelLayout.Tensor.problems,
        .mismatch(found: "a list of \(problems.count)", expected: "one problem"))
    }
    return problems[0]
  }

  /// Whether training rows had weights, and how many were left out for theirs.
  private func weighting() throws(ModelFileError) -> (isUsed: Bool, excludedCount: Int) {
    (
      try header.optionalMember("exampleWeights")?.bool() ?? false,
      try header.optionalMember("excludedRows")?.integer(in: 0...Int.max) ?? 0
    )
  }

  private func calibration() throws(ModelFileError) -> ModelCalibration? {
    guard tensors.has(ModelLayout.Tensor.calibration) else { return nil }
    return try CalibrationJSON.calibration(try tensors.json(ModelLayout.Tensor.calibration))
  }

  func positive(_ key: String) throws(ModelFileError) -> Double {
    try trainingNumber(key, "a number greater than 0") { $0 > 0 }
  }

  /// A parameter of the training; NaN where another program trained, which does not record it.
  private func trainingNumber(
    _ key: String, _ expected: String, where isValid: (Double) -> Bool
  ) throws(ModelFileError) -> Double {
    let cursor = try header.member(key)
    guard cursor.value == .null else { return try cursor.number(expected, where: isValid) }
    guard try problems().contains(where: { $0.certificate.stopReason == .imported }) else {
      throw cursor.failure(.mismatch(found: "null", expected: expected))
    }
    return .nan
  }

  func trainingCount() throws(ModelFileError) -> Int {
    try header.member("trainingCount").integer(in: 1...Int.max)
  }

  func featureCount() throws(ModelFileError) -> Int {
    try header.member("featureCount").integer(in: 0...Int(Int32.max))
  }

  private func classWeights() throws(ModelFileError) -> [Double]? {
    guard let list = try header.optionalMember("classWeights")?.unlessNull else { return nil }
    var weights: [Double] = []
    for element in try list.elements() { weights.append(try element.number()) }
    return weights
  }

  /// What the model was made from; the class weights are those that the predictor does not keep itself.
  private func provenance(
    classWeights: [Double]?
  ) throws(ModelFileError) -> TabularModel.Provenance {
    var dataDigest: String?
    if let digest = try header.member("dataDigest").unlessNull {
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
      skippedRowCount: try header.member("skippedRows").integer(in: 0...Int.max),
      zeroWeightRowCount: try header.optionalMember("zeroWeightRows")?.integer(in: 0...Int.max)
        ?? 0,
      classWeights: classWeights,
      calibrationFoldCount: try header.optionalMember("calibrationFolds")?.unlessNull?
        .integer(in: 2...Int.max),
      targetScaling: try targetScaling(), sampling: try sampling(),
      configuration: try configuration(), programVersion: programVersion)
  }

  private func configuration() throws(ModelFileError) -> TrainingConfiguration? {
    guard tensors.has(ModelLayout.Tensor.configuration) else { return nil }
    let cursor = try tensors.json(ModelLayout.Tensor.configuration)
    do throws(ConfigurationError) {
      return try TrainingConfiguration(cursor.value)
    } catch {
      throw ModelFileError(
        fileName: name, place: cursor.place + error.path, problem: .configuration(error.reason))
    }
  }

  private func targetScaling() throws(ModelFileError) -> TargetScaling? {
    guard let cursor = try header.member("targetScaling").unlessNull else { return nil }
    try cursor.requireKeys(["center", "unit"])
    return TargetScaling(
      center: try cursor.member("center").number("a finite number") { $0.isFinite },
      unit: try cursor.member("unit").number("a number greater than 0") { $0 > 0 && $0.isFinite })
  }

  private func sampling() throws(ModelFileError) -> TabularModel.Sampling? {
    guard let cursor = try header.member("sampling").unlessNull else { return nil }
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

  // MARK: Expansion

  func expansion(layout: CoefficientLayout) throws(ModelFileError) -> KernelExpansion {
    typealias Name = ModelLayout.Tensor
    let kernel = try kernel()
    let featureCount = try featureCount()
    let supportIndices = try tensors.counts(Name.supportIndices)
    let supportCounts = try tensors.counts(Name.supportCounts)
    let biases = try tensors.vector(Name.biases)
    let coefficients = try tensors.matrix(Name.dualCoefficients, columnCount: supportIndices.count)
    // A precomputed kernel has no use for the support vectors' features.
    let storedFeatureCount: Int
    if case .precomputed = kernel {
      storedFeatureCount = 0
    } else {
      storedFeatureCount = featureCount
    }
    let supportVectors = try supportVectors(
      count: supportIndices.count, featureCount: storedFeatureCount)
    let word = try header.member("precision").word(Precision.self)
    let serves = try header.optionalMember("precisionServes")?.bool() ?? false
    let precision = word == .double || serves ? word : .automatic
    return try consistent { () throws(ModelError) in
      try KernelExpansion(
        kernel: kernel, featureCount: featureCount, supportVectors: supportVectors,
        supportIndices: supportIndices, supportCounts: supportCounts,
        dualCoefficients: coefficients, biases: biases, precision: precision, layout: layout)
    }
  }

  private func storage() throws(ModelFileError) -> ModelLayout.Storage {
    try header.member("supportVectors").word(ModelLayout.Storage.self)
  }

  func supportVectors(count: Int, featureCount: Int) throws(ModelFileError)
    -> FeatureMatrix
  {
    typealias Name = ModelLayout.Tensor
    switch try storage() {
    case .dense:
      let matrix = try tensors.matrix(Name.supportVectors, columnCount: featureCount)
      guard matrix.rowCount == count else {
        throw tensors.failure(
          Name.supportVectors,
          .mismatch(found: "\(matrix.rowCount) rows", expected: "\(count)"))
      }
      return .dense(matrix)
    case .sparse:
      let values = try tensors.vector(Name.sparseValues)
      let offsets = try tensors.counts(Name.sparseRowOffsets)
      let columns = try tensors.int32(Name.sparseColumns)
      do throws(LinearAlgebraError) {
        return .sparse(
          try SparseMatrix(
            rowCount: count, columnCount: featureCount, rowOffsets: offsets,
            columnIndices: columns, values: values))
      } catch {
        throw tensors.failure(Name.supportVectors, .inconsistent(error.description))
      }
    case .none:
      throw try header.member("supportVectors").failure(
        .mismatch(found: "none", expected: "dense or sparse"))
    }
  }

  func kernel() throws(ModelFileError) -> KernelFunction {
    try KernelJSON.kernel(try header.member("kernel"), try header.member("kernelParameters"))
  }

  // MARK: Problems

  func problems() throws(ModelFileError) -> [ProblemReport] {
    var reports: [ProblemReport] = []
    for cursor in try tensors.json(ModelLayout.Tensor.problems).elements() {
      reports.append(try report(cursor))
    }
    return reports
  }

  private func report(_ cursor: JSONCursor) throws(ModelFileError) -> ProblemReport {
    try cursor.requireKeys([
      "iterations", "stopReason", "kktViolation", "primalObjective", "dualObjective",
      "relativeGap", "certificate", "supportVectors", "boundedSupportVectors",
    ])
    func figure(_ key: String, unlessMeasured substitute: Double) throws(ModelFileError) -> Double {
      try cursor.member(key).unlessNull?.number() ?? substitute
    }
    return ProblemReport(
      certificate: Certificate(
        iterations: try cursor.member("iterations").integer(in: 0...Int.max),
        stopReason: try cursor.member("stopReason").word(StopReason.self),
        kktViolation: try cursor.member("kktViolation").unlessNull?
          .number("a number of at least 0") { $0 >= 0 } ?? .infinity,
        primalObjective: try figure("primalObjective", unlessMeasured: .infinity),
        dualObjective: try figure("dualObjective", unlessMeasured: -.infinity),
        relativeGap: try cursor.member("relativeGap").unlessNull?.number(),
        source: try cursor.member("certificate").word(CertificateSource.self).source),
      supportVectorCount: try cursor.member("supportVectors").integer(in: 0...Int.max),
      boundedSupportVectorCount: try cursor.member("boundedSupportVectors")
        .integer(in: 0...Int.max),
      kernelValuesComputed: 0)
  }

  /// The words for `Certificate.Source`.
  private enum CertificateSource: String, CaseIterable {
    case running
    case recomputed

    var source: Certificate.Source {
      switch self {
      case .running: .running
      case .recomputed: .recomputed
      }
    }
  }
}
