import Kernels
import LinearAlgebra
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
  /// The support vectors, their coefficients and biases.
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

  init(_ model: TabularModel, fileName: String) throws(ModelExportError) {
    func failure(_ reason: String) -> ModelExportError {
      ModelExportError(fileName: fileName, reason: reason)
    }
    self.model = model
    self.fileName = fileName
    guard let expansion = model.predictor.supportVectorExpansion else {
      throw failure("such files have no place for \(model.predictor.words)")
    }
    self.expansion = expansion
    let scaler: FeatureScaler?
    var markers: [String] = []
    var knowsUsualMarkers = true
    var unseen = UnseenCategoryPolicy.error
    switch model.preprocessor {
    case nil: (columns, scaler) = (nil, nil)
    case .libsvm(let preprocessor): (columns, scaler) = (nil, preprocessor.scaler)
    case .table(let preprocessor):
      columns = try preprocessor.inputs.map { input throws(ModelExportError) in
        guard let column = ExportColumn(input) else {
          throw failure(ExportColumn.refusal(input))
        }
        return column
      }
      scaler = preprocessor.scaler
      (markers, unseen) = (preprocessor.missingMarkers, preprocessor.unseen)
      knowsUsualMarkers = preprocessor.reading?.knowsUsualMarkers ?? true
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
    switch expansion.kernel {
    case .linear, .polynomial, .gaussian, .laplacian, .laplacianL1, .sigmoid: break
    case .sum, .product, .scaled, .columns:
      throw failure("its kernel is put together from others, which exports do not compute")
    case .precomputed:
      throw failure("its precomputed kernel takes rows of a kernel matrix, not features")
    case .custom(let kernel):
      throw failure("its kernel \"\(kernel.name)\" is a function of the program that trained it")
    }
  }

  var classes: [String]? { model.classes }
  var featureCount: Int { expansion.featureCount }
  var supportVectorCount: Int { expansion.supportIndices.count }

  /// Whether some column holds categories, so that a row is no list of numbers.
  var hasCategories: Bool {
    columns?.contains(where: \.isText) ?? false
  }

  /// What stands in for a missing number, for each column, where something does.
  var numericReplacements: [Double?] {
    (columns ?? []).map { column in
      if case .number(let replacement) = column.kind { replacement } else { nil }
    }
  }

  /// For each pair of classes whether it was never trained and abstains.
  var abstains: [Bool] { model.predictor.problems.map(\.isUntrained) }

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
    if columns.contains(where: \.hasReplacement) {
      notes.append("missing numbers are NaN" + (hasCategories ? ", missing texts empty" : ""))
    }
    return notes
  }

  /// What the model is and, as a JSON list, the columns that it takes, for whoever feeds the file.
  var properties: [String: String] {
    var properties = [
      "kernel": expansion.kernel.name, "formulation": model.predictor.formulation.rawValue,
    ]
    if let columns { properties["columns"] = JSONValue.strings(columns.map(\.name)).text() }
    return properties
  }
}

// MARK: Sample rows

/// Raw rows, such as a user would have, that a model and what was written of it are compared on.
struct SampleRows {
  enum Column {
    /// NaN where a number is missing.
    case numbers([Double])
    /// Empty where a text is missing.
    case texts([String])
  }

  /// In the order of the model's columns; of a list of features one for each.
  var columns: [Column]
  var rowCount: Int

  /// Up to this many rows.
  private static let mostRows = 48
  /// At most so many multiplications for evaluating them once.
  private static let work = 200_000_000

  /// Makes rows that become, more or less, support vectors and points between them.
  ///
  /// Numbers are those that a Float holds too, so that what takes Floats gets the same rows.
  init(_ source: ExportSource) {
    let count = source.supportVectorCount
    let cost = max(1, count * source.featureCount)
    let wanted = max(4, min(Self.mostRows, Self.work / cost))
    let picked = min(count, (wanted + 1) / 2)
    let indices = (0..<picked).map { $0 * count / picked }
    let features = source.expansion.supportVectors.gatheringRows(indices).dense
    func raw(_ row: Int, _ feature: Int) -> Double {
      let value = features[row, feature]
      guard !source.factors.isEmpty else { return value }
      let factor = source.factors[feature]
      return (factor == 0 ? 0 : value / factor) + source.offsets[feature]
    }
    // After each row one halfway to the next.
    func between(_ feature: Int) -> [Double] {
      (0..<picked).flatMap { row in
        let (here, next) = (raw(row, feature), raw((row + 1) % picked, feature))
        return [here, here / 2 + next / 2].map { Self.rounded($0) }
      }
    }
    guard let inputs = source.columns else {
      columns = (0..<source.featureCount).map { .numbers(between($0)) }
      rowCount = 2 * picked
      return
    }
    var hasReplacements = false
    var feature = 0
    columns = []
    for input in inputs {
      hasReplacements = hasReplacements || input.hasReplacement
      switch input.kind {
      case .number:
        columns.append(.numbers(between(feature)))
      case .category(let levels, _):
        let texts = (0..<picked).map { row in
          let values = levels.indices.map { raw(row, feature + $0) }
          return levels[values.indices.max { values[$0] < values[$1] } ?? 0]
        }
        columns.append(.texts(texts.flatMap { [$0, $0] }))
      }
      feature += input.featureCount
    }
    rowCount = 2 * picked
    if hasReplacements { appendMissing(inputs) }
  }

  /// The nearest number that a Float holds, within a Float's range.
  private static func rounded(_ value: Double) -> Double {
    let float = Float(value)
    return float.isFinite ? Double(float) : 0
  }

  /// A row like the first, but with everything missing that may be.
  private mutating func appendMissing(_ inputs: [ExportColumn]) {
    for (index, input) in inputs.enumerated() {
      switch columns[index] {
      case .numbers(let values):
        columns[index] = .numbers(values + [input.hasReplacement ? .nan : values[0]])
      case .texts(let values):
        columns[index] = .texts(values + [input.hasReplacement ? "" : values[0]])
      }
    }
    rowCount += 1
  }

  /// The rows as comma-separated text, with a header.
  private func text(_ inputs: [InputColumn], hasHeader: Bool) -> [UInt8] {
    let writer = CSVText()
    var text = ""
    if hasHeader { text = writer.record(inputs.map(\.name)) }
    for row in 0..<rowCount {
      text += writer.record(
        zip(columns, inputs).map { column, input -> String in
          switch column {
          case .numbers(let values):
            if values[row].isNaN { return "" }
            // A percentage needs its sign.
            if let notation = input.notation, !notation.acceptsPlain {
              return notation.text(values[row])
            }
            return NumberText.shortest(values[row])
          case .texts(let values): return values[row]
          }
        })
    }
    return Array(text.utf8)
  }

  /// What the model itself says, in double precision, of these rows as it reads them from a file.
  func decisionValues(_ source: ExportSource) throws -> Matrix<Double> {
    let features: FeatureMatrix
    switch source.model.preprocessor {
    case nil: features = .dense(try matrix())
    case .libsvm(let preprocessor):
      features = try preprocessor.scaler.transform(.dense(try matrix()))
    case .table(let preprocessor):
      var reader = try BatchReader(
        ByteSource(
          bytes: text(preprocessor.inputs, hasHeader: preprocessor.hasHeader), name: "sample rows"),
        preprocessor: .table(preprocessor),
        options: TextOptions(
          format: .csv, header: preprocessor.hasHeader ? .yes : .no, decimal: .point,
          separator: .comma, quote: .double, commentMark: ""))
      guard let batch = try reader.next() else {
        throw source.failure("there are no sample rows to check it with")
      }
      features = batch.features
    }
    var expansion = source.expansion
    expansion.precision = .double
    return try expansion.decisionValues(features)
  }

  private func matrix() throws -> Matrix<Double> {
    var elements: [Double] = []
    for row in 0..<rowCount {
      for case .numbers(let values) in columns { elements.append(values[row]) }
    }
    return try Matrix(rowCount: rowCount, columnCount: columns.count, elements: elements)
  }
}

extension ExportCheck {
  /// Compares what was written with the model.
  ///
  /// - Parameters:
  ///   - source: The model.
  ///   - predict: The predictions of what was written, for rows: decision values row after row, if
  ///     the format has them, and class indices, unless it predicts numbers.
  /// - Throws: `ModelExportError` when the model cannot evaluate its own rows.
  init(
    _ source: ExportSource, predict: (SampleRows) -> (decisions: [Double]?, classes: [Int]?)?
  ) throws(ModelExportError) {
    let rows = SampleRows(source)
    let expected: Matrix<Double>
    do {
      expected = try rows.decisionValues(source)
    } catch {
      throw source.failure("its own sample rows cannot be evaluated: \(error)")
    }
    guard let found = predict(rows) else {
      throw source.failure("what was written cannot be read back")
    }
    self.init()
    rowCount = rows.rowCount
    scale = expected.elements.map(\.magnitude).max() ?? 0
    if let decisions = found.decisions {
      guard decisions.count == expected.elements.count else {
        throw source.failure("what was written gives another number of decision values")
      }
      for (left, right) in zip(decisions, expected.elements) {
        let difference = (left - right).magnitude
        // A NaN must not pass for agreement.
        if !(difference <= largestDifference) { largestDifference = difference }
      }
    }
    if case .classifier(let classifier) = source.model.predictor, let classes = found.classes {
      differingLabelCount = zip(classes, classifier.classIndices(decisionValues: expected))
        .count { $0 != $1 }
    }
  }
}
