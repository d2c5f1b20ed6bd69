import Basics
import Calibration
import Kernels
import LinearAlgebra
import LinearModels
import ModelFiles
import SupportVectors
import Tables
import TabularModels

/// A column of a table as files of other programs know columns: a number, or a text from a list.
struct ExportColumn {
  enum Kind {
    case number(replacement: Double?)
    /// The replacement is the index of a level.
    case category(levels: [String], replacement: Int?)
  }

  let name: String
  let kind: Kind

  /// Takes a model's column; `nil` for one that is neither.
  init?(_ column: InputColumn) {
    name = column.name
    switch column.kind {
    case .numeric(let replacement): kind = .number(replacement: replacement)
    case .categorical(let levels, let replacement):
      kind = .category(levels: levels, replacement: replacement)
    case .text, .date: return nil
    }
    guard !column.indicatesMissing else { return nil }
  }

  /// Why a model's column is neither.
  static func refusal(_ column: InputColumn) -> String {
    let name = MessageText.quoted(column.name)
    return switch column.kind {
    case .text:
      "column \(name) holds text that becomes many features, which no operator of such a file "
        + "does"
    case .date:
      "column \(name) holds dates, which no operator of such a file reads; train on numbers that "
        + "are made of them before"
    case .numeric, .categorical:
      "column \(name) has a feature that says where values are missing, which "
        + "such files do not compute; train without --indicate-missing"
    }
  }

  /// Whether its values are texts.
  var isText: Bool { if case .category = kind { true } else { false } }

  /// The number of features that it becomes.
  var featureCount: Int { if case .category(let levels, _) = kind { levels.count } else { 1 } }

  /// Whether something stands in for a missing value.
  var hasReplacement: Bool {
    switch kind {
    case .number(let replacement): replacement != nil
    case .category(_, let replacement): replacement != nil
    }
  }
}

/// What exporters need to know of a model, in the order in which a row becomes a prediction.
struct ExportSource {
  let model: TabularModel
  /// The support vectors, their coefficients and biases; of a linear model one "support vector" for each output, its
  /// weights.
  let expansion: KernelExpansion
  /// How errors call the file that is to be written.
  let fileName: String
  /// The columns of a table; `nil` when a row is a list of features already.
  let columns: [ExportColumn]?
  /// Texts that stand for a missing category.
  let missingTexts: [String]
  /// Whether a category that did not occur in training is an error; else it is none of the levels.
  let refusesUnseen: Bool
  /// What scaling subtracts from each feature, and what it multiplies by then; empty without scaling.
  let offsets: [Double]
  let factors: [Double]
  /// The probabilities that decide the label; `nil` where the decision values do.
  let calibration: ClassCalibration?

  /// Takes a model.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - fileName: How errors call the file that is to be written.
  ///   - votesOnly: Whether the file holds pairs of classes and numbers alone, as support vector machines of other
  ///     programs do.
  /// - Throws: ``ModelExportError`` for what no such file can say.
  init(_ model: TabularModel, fileName: String, votesOnly: Bool = false) throws(ModelExportError) {
    func failure(_ reason: String) -> ModelExportError {
      ModelExportError(fileName: fileName, reason: reason)
    }
    self.model = model
    self.fileName = fileName
    let sum: KernelExpansion?
    do throws(ModelError) {
      sum = try Self.expansion(model.predictor, votesOnly: votesOnly)
    } catch {
      throw failure("\(error)")
    }
    guard let expansion = sum else {
      throw failure("such files have no place for \(model.predictor.displayName)")
    }
    self.expansion = expansion
    calibration = if case .classes(let classes)? = model.calibration { classes } else { nil }
    if calibration != nil, model.predictor.classifier?.decisionShape == .perClass {
      throw failure(
        "its probabilities come from values for each class, which such files do not compute; train without them"
      )
    }
    let scaler = model.preprocessor?.scaler
    var markers: [String] = []
    var knowsUsualMarkers = true
    var unseen = UnseenCategoryPolicy.error
    if let preprocessor = model.preprocessor?.table {
      columns = try preprocessor.inputs.map { input throws(ModelExportError) in
        guard let column = ExportColumn(input) else {
          throw failure(ExportColumn.refusal(input))
        }
        return column
      }
      (markers, unseen) = (preprocessor.missingMarkers, preprocessor.unseen)
      knowsUsualMarkers = preprocessor.reading?.knowsUsualMarkers ?? true
    } else {
      columns = nil
    }
    missingTexts =
      knowsUsualMarkers
      ? FieldText.missingTexts + markers.filter { !FieldText.isMissing($0) } : [""] + markers
    refusesUnseen = unseen == .error
    offsets = scaler?.offsets ?? []
    factors = scaler?.factors ?? []

    if let classes = model.classes, classes.count < 2 {
      throw failure("it knows a single class, \(MessageText.quoted(classes.first ?? ""))")
    }
    guard !expansion.supportIndices.isEmpty else {
      throw failure("it has no support vectors and predicts the same for every row")
    }
    guard expansion.featureCount <= Self.maximumFeatures else {
      throw failure(
        "it takes \(expansion.featureCount) features, and such a file wants them as one array of all "
          + "numbers, zeros included; at most \(Self.maximumFeatures) make sense")
    }
    switch expansion.kernel {
    case .formula: break
    case .sum, .product, .scaled, .columns:
      throw failure("its kernel is composed of others, which exports do not compute")
    case .precomputed:
      throw failure("its precomputed kernel takes rows of a kernel matrix, not features")
    case .custom(let kernel):
      throw failure("its kernel \"\(kernel.name)\" is a function of the program that trained it")
    }
  }

  /// What predicts, as a sum over support vectors; `nil` where the decision values are no such sum.
  private static func expansion(
    _ predictor: TabularModel.Predictor, votesOnly: Bool
  ) throws(ModelError) -> KernelExpansion? {
    if let portable = predictor.supportVectorExpansion { return portable }
    guard !votesOnly, predictor.featureMap == nil else { return nil }
    if let function = predictor.linearFunction { return try KernelExpansion(function) }
    return predictor.summedExpansion
  }

  /// An array of this many Doubles takes 80 MB for every row.
  private static let maximumFeatures = 10_000_000

  var classes: [String]? { model.classes }
  var featureCount: Int { expansion.featureCount }
  var supportVectorCount: Int { expansion.supportIndices.count }

  /// Whether some column contains categories, so that a row is not a list of numbers.
  var hasCategories: Bool {
    columns?.contains(where: \.isText) ?? false
  }

  /// What stands in for a missing number, for each column, where something does.
  var numericReplacements: [Double?] {
    (columns ?? []).map { column in
      if case .number(let replacement) = column.kind { replacement } else { nil }
    }
  }

  /// The classes that the model predicts for rows with some decision values.
  func labels(_ decisions: Matrix<Double>) throws -> [Int]? {
    guard let classifier = model.predictor.classifier else { return nil }
    guard let calibration else { return classifier.classIndices(decisionValues: decisions) }
    let probabilities = try calibration.probabilities(decisionValues: decisions)
    return try calibration.classIndices(decisionValues: decisions, probabilities: probabilities)
  }

  /// Of two classes, the largest decision value that still means the earlier one: a larger value means
  /// the later class, an equal or smaller one the earlier.
  ///
  /// 0 without probabilities. Probabilities never fall as the decision value grows, so that halving
  /// intervals finds the place to the last bit; where one class is always predicted, it is the end of
  /// all numbers.
  func threshold() throws -> Double {
    guard calibration != nil else { return 0 }
    func isLater(_ decision: Double) throws -> Bool {
      try labels(Matrix(rowCount: 1, columnCount: 1, elements: [decision])) == [1]
    }
    /// Whole numbers in the order of the numbers whose bits they are.
    func number(_ rank: Int64) -> Double {
      rank >= 0
        ? Double(bitPattern: UInt64(rank)) : -Double(bitPattern: UInt64(-rank))
    }
    var high = Int64(Double.greatestFiniteMagnitude.bitPattern)
    var low = -high
    guard try isLater(number(high)) else { return number(high) }
    guard try !isLater(number(low)) else { return number(low) }
    while low < high - 1 {
      let middle = low / 2 + high / 2 + (low % 2 + high % 2) / 2
      if try isLater(number(middle)) { high = middle } else { low = middle }
    }
    return number(low) + 0
  }

  /// The texts that an operator without a sense for blanks has to know for the levels of a column, and
  /// the index of the level that each means.
  ///
  /// A level as it is spelled, with a space before or after it or both, and a whole number with `.0`;
  /// where something stands in for missing values, also the texts that mean one.
  func spellings(of levels: [String], replacement: Int?) -> [(text: String, level: Int)] {
    var known: Set<String> = Set(levels)
    var spellings = levels.enumerated().map { (text: $1, level: $0) }
    func add(_ text: String, _ level: Int) {
      for spelling in [text, " " + text, text + " ", " " + text + " "]
      where known.insert(spelling).inserted {
        spellings.append((spelling, level))
      }
    }
    for (index, level) in levels.enumerated() {
      add(level, index)
      if let number = Int(level), String(number) == level { add(level + ".0", index) }
    }
    if let replacement {
      for text in missingTexts { add(text, replacement) }
    }
    return spellings
  }

  /// For each decision value whether its problem was never trained and abstains.
  var abstains: [Bool] {
    let problems = model.predictor.problems
    // Equations that were solved at once have no problems.
    return problems.isEmpty
      ? [Bool](repeating: false, count: expansion.biases.count) : problems.map(\.isUntrained)
  }

  /// Whether the model is its weights.
  var isLinear: Bool { model.predictor.linearFunction != nil }

  /// Whether the model says how typical a row is.
  var isDetector: Bool { model.predictor.task == .novelty }

  /// Whether there is a decision value for each class, of which the largest wins.
  var decidesByClass: Bool { model.predictor.classifier?.decisionShape == .perClass }

  /// Examples from which rows are made that the file is compared with the model on: support vectors or, of a linear
  /// model, rows that each have ones in some of the features, every feature in one of them.
  func sampleVectors(atMost limit: Int) -> FeatureMatrix {
    guard isLinear else {
      let count = supportVectorCount
      let picked = min(count, limit)
      return expansion.supportVectors.gatheringRows((0..<picked).map { $0 * count / picked })
    }
    let count = min(featureCount, limit)
    return .dense(
      Matrix(rowCount: count, columnCount: featureCount) { row, feature in
        feature % count == row ? 1 : 0
      })
  }

  /// The classes as whole numbers, if all are.
  var integerClasses: [Int]? {
    guard let classes else { return nil }
    let numbers = classes.compactMap { name in Int(name).flatMap { String($0) == name ? $0 : nil } }
    return numbers.count == classes.count ? numbers : nil
  }

  func failure(_ reason: String) -> ModelExportError {
    ModelExportError(fileName: fileName, reason: reason)
  }

  /// What a user of the file has to know about its inputs.
  var inputNotes: [String] {
    guard let columns else { return [] }
    let names = MessageText.list(columns.map(\.name))
    var notes = [
      hasCategories
        ? "one input for each column: \(names)" : "one input, features, with the columns \(names)"
    ]
    let complete = columns.filter { !$0.hasReplacement }
    if complete.count < columns.count {
      notes.append("missing numbers are NaN" + (hasCategories ? ", missing texts empty" : ""))
    }
    if !complete.isEmpty {
      notes.append(
        "nothing stands in for a value that is missing in "
          + "\(MessageText.list(complete.map { MessageText.quoted($0.name) }))")
    }
    return notes + textNotes
  }

  /// What a user of the file has to know about texts.
  var textNotes: [String] {
    guard hasCategories else { return [] }
    let others =
      refusesUnseen
      ? "an error of the program that runs the file ('svm convert --unseen ignore' takes it for none of "
        + "the known ones)"
      : "none of the known ones"
    return [
      "a text is known as it was spelled in training, with or without one space before and after it; "
        + "any other is \(others)"
    ]
  }

  /// What the model is and, as a JSON list, the columns that it takes, for programs that use the
  /// file.
  var properties: [String: String] {
    var properties = [
      "kernel": expansion.kernel.name, "formulation": model.predictor.formulation.rawValue,
    ]
    if let columns { properties["columns"] = JSONValue.strings(columns.map(\.name)).text() }
    if let classes { properties["classes"] = JSONValue.strings(classes).text() }
    return properties
  }
}

extension KernelExpansion {
  /// A linear function as a sum of inner products with its rows of weights.
  fileprivate init(_ function: LinearFunction) throws(ModelError) {
    let count = function.outputCount
    self = try KernelExpansion(
      kernel: .linear, featureCount: function.featureCount,
      supportVectors: .dense(function.weights),
      supportIndices: Array(0..<count), supportCounts: [count], dualCoefficients: .identity(count),
      biases: function.biases, precision: .double, layout: .outputs)
  }
}
