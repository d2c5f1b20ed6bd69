import Basics
import Calibration
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
  /// The probabilities that decide the label; `nil` where the decision values do.
  let calibration: ClassCalibration?

  init(_ model: TabularModel, fileName: String) throws(ModelExportError) {
    func failure(_ reason: String) -> ModelExportError {
      ModelExportError(fileName: fileName, reason: reason)
    }
    self.model = model
    self.fileName = fileName
    guard let expansion = model.predictor.supportVectorExpansion else {
      throw failure("such files have no place for \(model.predictor.displayName)")
    }
    self.expansion = expansion
    calibration = if case .classes(let classes)? = model.calibration { classes } else { nil }
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
    guard expansion.featureCount <= Self.mostFeatures else {
      throw failure(
        "it takes \(expansion.featureCount) features, and such a file wants them as one array of all "
          + "numbers, zeros included; at most \(Self.mostFeatures) make sense")
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

  /// An array of this many Doubles takes 80 MB for every row.
  private static let mostFeatures = 10_000_000

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
    guard case .classifier(let classifier) = model.predictor else { return nil }
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
  private static let mostRows = 256
  /// The maximum number of multiplications for evaluating them once.
  private static let work = 200_000_000
  /// The maximum number of values in all rows.
  private static let mostNumbers = 4_000_000

  init(columns: [Column], rowCount: Int) {
    self.columns = columns
    self.rowCount = rowCount
  }

  /// Makes rows that become, more or less, support vectors and points between them.
  ///
  /// Numbers are Doubles as a user has them: what a file that takes Floats loses of them is part of how
  /// it differs.
  init(_ source: ExportSource) {
    let count = source.supportVectorCount
    let entries =
      switch source.expansion.supportVectors {
      case .dense(let matrix): matrix.rowCount * matrix.columnCount
      case .sparse(let matrix): matrix.values.count
      }
    let wanted = min(
      Self.mostRows, Self.work / max(1, entries), Self.mostNumbers / max(1, source.featureCount))
    let picked = min(count, max(1, wanted / 2))
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
        return [here, here / 2 + next / 2]
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

  /// The rows as a table with the columns of the training table.
  private func table(_ preprocessor: TablePreprocessor) throws -> Table {
    let columns = zip(preprocessor.inputs, columns).map { input, column in
      switch column {
      case .numbers(let numbers):
        // A percentage needs its sign.
        if let notation = input.notation, !notation.acceptsPlain {
          TableColumn(
            name: input.name, texts: numbers.map { $0.isNaN ? nil : notation.text($0) })
        } else {
          TableColumn(name: input.name, numbers: numbers)
        }
      case .texts(let texts):
        TableColumn(name: input.name, texts: texts.map { $0.isEmpty ? nil : $0 })
      }
    }
    if preprocessor.hasHeader { return try Table(columns: columns) }
    // Without names the position says what a column is; what no feature comes from holds zeros.
    var rest = columns[...]
    var others = preprocessor.unused.map(\.position)
    if let target = preprocessor.target { others.append(target.position) }
    return try Table(
      columns: (0..<preprocessor.columnCount).map { position in
        guard !others.contains(position), let column = rest.popFirst() else {
          return TableColumn(
            name: "unused\(position + 1)", numbers: [Double](repeating: 0, count: rowCount))
        }
        return column
      })
  }

  /// What the model itself says, in double precision, of these rows as it reads them from a file.
  func decisionValues(_ source: ExportSource) throws -> Matrix<Double> {
    var expansion = source.expansion
    expansion.precision = .double
    return try expansion.decisionValues(features(source))
  }

  /// The rows as the features that the model makes of them.
  func features(_ source: ExportSource) throws -> FeatureMatrix {
    switch source.model.preprocessor {
    case nil: .dense(try matrix())
    case .libsvm(let preprocessor): try preprocessor.scaler.transform(.dense(try matrix()))
    case .table(let preprocessor):
      try preprocessor.transform(table(preprocessor), rows: Array(0..<rowCount))
    }
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
  /// What a file says of rows.
  struct Answer {
    /// Decision values row after row, if the format has them.
    var decisions: [Double]?
    /// Class indices, unless the file predicts numbers.
    var classes: [Int]?
    /// The probabilities of the classes row after row, if the file has them.
    var probabilities: [Double]?
  }

  /// Compares what was written with the model.
  ///
  /// - Parameters:
  ///   - source: The model.
  ///   - roundoff: Half the distance from 1 to the next number of the precision that the file computes
  ///     in.
  ///   - predict: What was written says of rows.
  /// - Throws: `ModelExportError` when the model cannot evaluate its own rows.
  init(
    _ source: ExportSource, roundoff: Double, predict: (SampleRows) -> Answer?
  ) throws(ModelExportError) {
    let rows = SampleRows(source)
    let expected: Matrix<Double>
    let labels: [Int]?
    let probabilities: Matrix<Double>?
    let bound: Double
    do {
      expected = try rows.decisionValues(source)
      labels = try source.labels(expected)
      probabilities = try source.calibration?.probabilities(decisionValues: expected)
      bound = try roundoff * source.largestSumOfMagnitudes(rows.features(source))
    } catch {
      throw source.failure("its own sample rows cannot be evaluated: \(error)")
    }
    guard let found = predict(rows) else {
      throw source.failure("what was written cannot be read back")
    }
    self.init()
    rowCount = rows.rowCount
    scale = expected.elements.map(\.magnitude).max() ?? 0
    roundingBound = bound
    if let decisions = found.decisions {
      guard decisions.count == expected.elements.count else {
        throw source.failure("what was written gives another number of decision values")
      }
      largestDifference = Self.largestDifference(decisions, expected.elements)
    }
    if let labels, let classes = found.classes {
      differingLabelCount = zip(classes, labels).count { $0 != $1 }
    }
    if let probabilities, let answered = found.probabilities {
      guard answered.count == probabilities.elements.count else {
        throw source.failure("what was written gives another number of probabilities")
      }
      largestProbabilityDifference = Self.largestDifference(answered, probabilities.elements)
    }
  }

  private static func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
    var largest = 0.0
    for (left, right) in zip(left, right) {
      let difference = (left - right).magnitude
      // A NaN must not pass for agreement.
      if !(difference <= largest) { largest = difference }
      if difference.isNaN { break }
    }
    return largest
  }
}

extension ExportSource {
  /// The largest Σ |coefᵢ·k(svᵢ, x)| + |b| of some rows and every decision value: rounding in a sum moves
  /// a decision value by about this times the roundoff.
  fileprivate func largestSumOfMagnitudes(_ features: FeatureMatrix) throws -> Double {
    let vectors = OccurringRows(expansion.supportVectors)
    let rows = OccurringRows(features)
    let coefficients = expansion.dualCoefficients
    var kernel = [Double](repeating: 0, count: supportVectorCount)
    var largest = 0.0
    var pairs: [(earlier: Int, later: Int)] = []
    for earlier in expansion.supportCounts.indices {
      for later in expansion.supportCounts.indices.dropFirst(earlier + 1) {
        pairs.append((earlier, later))
      }
    }
    var firsts = [0]
    for count in expansion.supportCounts { firsts.append(firsts[firsts.count - 1] + count) }
    for row in 0..<features.rowCount {
      for vector in kernel.indices {
        kernel[vector] = rows.value(of: expansion.kernel, row, vectors, vector).magnitude
      }
      func sum(_ group: Int, _ coefficientRow: Int) -> Double {
        (firsts[group]..<firsts[group + 1]).reduce(0) {
          $0 + coefficients[coefficientRow, $1].magnitude * kernel[$1]
        }
      }
      guard !pairs.isEmpty else {
        largest = max(largest, sum(0, 0) + expansion.biases[0].magnitude)
        continue
      }
      for (place, pair) in pairs.enumerated() {
        let total = sum(pair.earlier, pair.later - 1) + sum(pair.later, pair.earlier)
        largest = max(largest, total + expansion.biases[place].magnitude)
      }
    }
    return largest
  }
}

/// Examples as lists of numbers that kernels take: of sparse ones those alone that occur in either
/// example, as zeros in both change no kernel that exports know.
private struct OccurringRows {
  private let features: FeatureMatrix

  init(_ features: FeatureMatrix) { self.features = features }

  func value(of kernel: KernelFunction, _ row: Int, _ others: OccurringRows, _ other: Int)
    -> Double
  {
    guard case .sparse(let vectors) = others.features else {
      return kernel.value(numbers(row).span, others.numbers(other).span)
    }
    var (x, z): ([Double], [Double]) = ([], [])
    vectors.withRow(other) { columns, values in
      var entry = 0
      forEachEntry(row) { column, value in
        while entry < columns.count, columns[entry] < column {
          x.append(0)
          z.append(values[entry])
          entry += 1
        }
        let isShared = entry < columns.count && columns[entry] == column
        x.append(value)
        z.append(isShared ? values[entry] : 0)
        if isShared { entry += 1 }
      }
      while entry < columns.count {
        x.append(0)
        z.append(values[entry])
        entry += 1
      }
    }
    return kernel.value(x.span, z.span)
  }

  private func numbers(_ row: Int) -> [Double] {
    switch features {
    case .dense(let matrix): return matrix.row(row)
    case .sparse(let matrix):
      var numbers = [Double](repeating: 0, count: matrix.columnCount)
      matrix.withRow(row) { columns, values in
        for entry in 0..<columns.count { numbers[Int(columns[entry])] = values[entry] }
      }
      return numbers
    }
  }

  private func forEachEntry(_ row: Int, _ body: (Int32, Double) -> Void) {
    switch features {
    case .dense(let matrix):
      for column in 0..<matrix.columnCount where matrix[row, column] != 0 {
        body(Int32(column), matrix[row, column])
      }
    case .sparse(let matrix):
      matrix.withRow(row) { columns, values in
        for entry in 0..<columns.count { body(columns[entry], values[entry]) }
      }
    }
  }
}
