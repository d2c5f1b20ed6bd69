import LinearAlgebra

extension TablePreprocessor {
  /// The rows of a table that become examples: all, or under ``MissingValuePolicy/drop`` those
  /// without a missing value in a feature or, if the table has it, the target.
  ///
  /// - Parameters:
  ///   - table: A table with this preprocessor's columns.
  ///   - model: What messages call the model that the preprocessor belongs to.
  /// - Returns: Indices of rows, ascending.
  /// - Throws: ``TableError`` when columns are absent.
  public func usableRows(of table: Table, model: String = "model") throws(TableError) -> [Int] {
    guard missing == .drop else { return Array(0..<table.rowCount) }
    let layout = try layout(of: table, model: model)
    return table.completeRows(layout.fields + (layout.target.map { [$0] } ?? []))
  }

  private func layout(of table: Table, model: String) throws(TableError) -> ColumnLayout {
    try ColumnLayout(
      self, names: table.columns.map(\.name), hasHeader: table.hasHeader, at: table.start,
      model: model)
  }

  /// Whether features of many rows are stored sparsely: with less than a quarter of the entries
  /// that are not zero, because most features are indicators of categories.
  public var isSparse: Bool {
    Double(inputs.count) < FeatureMatrix.densest * Double(featureCount)
      && FeatureEncoder(self).keepsAbsentZero
  }

  /// Turns rows of a table into features.
  ///
  /// Columns are found by name when this preprocessor and the table both have a header, and by
  /// position otherwise; see ``BatchReader``, which does the same with a stream.
  ///
  /// - Parameters:
  ///   - table: A table with this preprocessor's columns.
  ///   - rows: The rows to take, in this order, or `nil` for ``usableRows(of:model:)``.
  ///   - model: What messages call the model that the preprocessor belongs to.
  ///   - byteLimit: The most memory that the features may take.
  /// - Returns: One row of features for each row taken, stored as ``isSparse`` says.
  /// - Throws: ``TableError``: columns that are absent, texts where numbers are expected, missing
  ///   values, categories that did not occur in training.
  public func transform(
    _ table: Table, rows: [Int]? = nil, model: String = "model", byteLimit: Int? = nil
  ) throws(TableError) -> FeatureMatrix {
    let rows = if let rows { rows } else { try usableRows(of: table, model: model) }
    let layout = try layout(of: table, model: model)
    let isSparse = isSparse
    let width = isSparse ? inputs.count : featureCount
    let (count, overflow) = rows.count.multipliedReportingOverflow(by: width)
    let bytesOfEntry = isSparse ? 12 : 8
    guard !overflow, count <= (byteLimit ?? FeatureScaler.defaultByteLimit) / bytesOfEntry else {
      throw tooLarge(table, layout, rows: rows.count)
    }
    let encoder = FeatureEncoder(self)
    var values: [InputValues] = []
    for (input, field) in layout.fields.enumerated() {
      values.append(try self.values(of: input, table, field, rows: rows, encoder))
    }
    return isSparse
      ? .sparse(sparseMatrix(values, rowCount: rows.count, encoder))
      : .dense(denseMatrix(values, rowCount: rows.count, encoder))
  }

  /// What an input is in each of some rows.
  private enum InputValues {
    /// Numbers, scaled.
    case numbers([Double])
    /// Indices of levels; −1 where the row has none of them.
    case levels([Int32])
  }

  /// Looks up an input in some rows of a table.
  private func values(
    of input: Int, _ table: Table, _ field: Int, rows: [Int], _ encoder: FeatureEncoder
  ) throws(TableError) -> InputValues {
    let column = table.columns[field]
    switch (inputs[input].kind, column.values) {
    case (.numeric(let replacement), .numbers(let numbers)):
      var scaled: [Double] = []
      scaled.reserveCapacity(rows.count)
      for row in rows {
        var number = numbers[row]
        if number.isNaN {
          guard let replacement else { throw missingValue(table, field, row: row, input: input) }
          number = replacement
        }
        let value = encoder.scaled(number, input)
        guard value.isFinite else {
          throw .notFinite(
            place(table, field, row: row), table.fieldName(field),
            text: NumberText.shortest(number))
        }
        scaled.append(value)
      }
      return .numbers(scaled)

    case (.numeric, .categories(let levels, _)):
      let first = column.places.firstText
      throw .notANumber(
        first?.position ?? SourcePosition(file: table.file, line: 1, column: field + 1),
        table.fieldName(field), text: first?.text ?? levels[0])

    case (.categorical(let known, let replacement), _):
      var levels: [Int32] = []
      levels.reserveCapacity(rows.count)
      // What each different value of the column is, looked up once.
      var found: [String: Int?] = [:]
      for row in rows {
        guard let text = column.text(row) else {
          guard let replacement else { throw missingValue(table, field, row: row, input: input) }
          levels.append(Int32(replacement))
          continue
        }
        let level: Int?
        if let cached = found[text] {
          level = cached
        } else {
          level = self.level(text, of: input)
          found[text] = .some(level)
        }
        guard level != nil || unseen == .ignore else {
          throw .unknownCategory(
            column.places(ofText: text) ?? place(table, field, row: row), table.fieldName(field),
            value: text, known: known)
        }
        levels.append(Int32(level ?? -1))
      }
      return .levels(levels)
    }
  }

  private func denseMatrix(
    _ values: [InputValues], rowCount: Int, _ encoder: FeatureEncoder
  ) -> Matrix<Double> {
    var elements: [Double] = []
    elements.reserveCapacity(rowCount * featureCount)
    for _ in 0..<rowCount { elements.append(contentsOf: encoder.absent) }
    for (input, values) in values.enumerated() {
      switch values {
      case .numbers(let numbers):
        let feature = featureOffsets[input]
        for (row, number) in numbers.enumerated() {
          elements[row * featureCount + feature] = number
        }
      case .levels(let levels):
        for (row, level) in levels.enumerated() where level >= 0 {
          encoder.put(level: Int(level), input, in: &elements, at: row * featureCount)
        }
      }
    }
    do {
      return try Matrix(rowCount: rowCount, columnCount: featureCount, elements: elements)
    } catch {
      preconditionFailure("\(elements.count) features for \(rowCount) rows: \(error)")
    }
  }

  /// The features that are not zero; those of an input follow those of the input before it.
  private func sparseMatrix(
    _ values: [InputValues], rowCount: Int, _ encoder: FeatureEncoder
  ) -> SparseMatrix<Double> {
    var rowOffsets = [0]
    var columns: [Int32] = []
    var entries: [Double] = []
    columns.reserveCapacity(rowCount * inputs.count)
    entries.reserveCapacity(rowCount * inputs.count)
    for row in 0..<rowCount {
      for (input, values) in values.enumerated() {
        let feature: Int
        let value: Double
        switch values {
        case .numbers(let numbers):
          (feature, value) = (featureOffsets[input], numbers[row])
        case .levels(let levels):
          guard levels[row] >= 0 else { continue }
          feature = featureOffsets[input] + Int(levels[row])
          value = encoder.present(feature)
        }
        guard value != 0 else { continue }
        columns.append(Int32(feature))
        entries.append(value)
      }
      rowOffsets.append(entries.count)
    }
    return SparseMatrix(
      unchecked: rowCount, columnCount: featureCount, rowOffsets: rowOffsets,
      columnIndices: columns, values: entries)
  }

  private func place(_ table: Table, _ field: Int, row: Int) -> SourcePosition {
    SourcePosition(file: table.file, line: row + 1, column: field + 1)
  }

  private func missingValue(
    _ table: Table, _ field: Int, row: Int, input: Int
  ) -> TableError {
    let first = table.firstMissing(field)
    var isNumeric = false
    if case .numeric = inputs[input].kind { isNumeric = true }
    return .missingValue(
      first?.position ?? place(table, field, row: row), table.fieldName(field),
      text: first?.text ?? "", isNumeric: isNumeric)
  }

  private func tooLarge(_ table: Table, _ layout: ColumnLayout, rows: Int) -> TableError {
    let widest = inputs.indices.max {
      inputs[$0].kind.featureCount < inputs[$1].kind.featureCount
    }
    let input = widest ?? 0
    return .featuresTooLarge(
      file: table.file, rows: rows, features: featureCount,
      widest: table.fieldName(layout.fields[input]), levels: inputs[input].kind.featureCount)
  }
}

/// Where the columns that a preprocessor needs are in a table.
struct ColumnLayout {
  /// For each input the index of its column.
  private(set) var fields: [Int] = []
  /// The index of the target's column, if the table has it.
  private(set) var target: Int?
  /// The indices of the columns that name rows, as far as the table has them.
  private(set) var identifiers: [Int] = []

  /// Finds the columns.
  ///
  /// When the model and the table both have a header, names decide: the order may be another, there
  /// may be further columns, and the target may be absent. Otherwise positions do: the table has the
  /// columns of the training table, or all of them but the target.
  init(
    _ preprocessor: TablePreprocessor, names: [String], hasHeader: Bool, at start: SourcePosition,
    model: String
  ) throws(TableError) {
    let inputs = preprocessor.inputs
    let identifiers = preprocessor.unused.filter { $0.reason == .identifier }
    if hasHeader && preprocessor.hasHeader {
      let indices = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
      for input in inputs {
        guard let index = indices[input.name] else {
          throw .missingFeatureColumn(start, name: input.name, model: model, columns: names)
        }
        fields.append(index)
      }
      target = preprocessor.target.flatMap { indices[$0.name] }
      self.identifiers = identifiers.compactMap { indices[$0.name] }
      return
    }
    let columnCount = preprocessor.columnCount
    if names.count == columnCount {
      fields = preprocessor.inputPositions
      target = preprocessor.target?.position
      self.identifiers = identifiers.map(\.position)
    } else if let absent = preprocessor.target?.position, names.count == columnCount - 1 {
      func shifted(_ position: Int) -> Int { position > absent ? position - 1 : position }
      fields = preprocessor.inputPositions.map(shifted)
      self.identifiers = identifiers.map { shifted($0.position) }
    } else if preprocessor.unused.isEmpty {
      throw .fieldCount(start, found: names.count, model: model, features: inputs.count)
    } else {
      throw .columnCount(
        start, found: names.count, model: model, expected: columnCount,
        hasTarget: preprocessor.target != nil)
    }
  }
}

/// Writes the values of one row as features into a buffer that holds many rows.
struct FeatureEncoder {
  /// A row in which every indicator says no and every number is 0.
  let absent: [Double]
  private let levelPresent: [Double]
  private let offsets: [Double]
  private let factors: [Double]
  private let starts: [Int]
  private let inputs: [InputColumn]

  init(_ preprocessor: TablePreprocessor) {
    let scaler = preprocessor.scaler
    let isScaled = scaler.scaling != .none
    let count = scaler.featureCount
    offsets = isScaled ? scaler.offsets : [Double](repeating: 0, count: count)
    factors = isScaled ? scaler.factors : [Double](repeating: 1, count: count)
    absent = zip(offsets, factors).map { (0 - $0) * $1 }
    levelPresent = zip(offsets, factors).map { (1 - $0) * $1 }
    starts = preprocessor.featureOffsets
    inputs = preprocessor.inputs
  }

  /// Whether an indicator that says no is 0.
  var keepsAbsentZero: Bool {
    inputs.indices.allSatisfy { input in
      guard case .categorical = inputs[input].kind else { return true }
      return absent[starts[input]..<starts[input + 1]].allSatisfy { $0 == 0 }
    }
  }

  /// What an indicator is that says yes.
  func present(_ feature: Int) -> Double { levelPresent[feature] }

  /// A number as a feature.
  @inline(__always)
  func scaled(_ value: Double, _ input: Int) -> Double {
    let feature = starts[input]
    return (value - offsets[feature]) * factors[feature]
  }

  /// Writes a number; says whether it is still finite when scaled.
  @inline(__always)
  func put(_ value: Double, _ input: Int, in elements: inout [Double], at start: Int) -> Bool {
    let scaled = scaled(value, input)
    elements[start + starts[input]] = scaled
    return scaled.isFinite
  }

  /// Writes a level's indicator; those of the other levels are there already.
  func put(level: Int, _ input: Int, in elements: inout [Double], at start: Int) {
    let feature = starts[input] + level
    elements[start + feature] = levelPresent[feature]
  }

  /// Writes what stands in for a missing value; says whether something does.
  func replaceMissing(_ input: Int, in elements: inout [Double], at start: Int) -> Bool {
    switch inputs[input].kind {
    case .numeric(let replacement?):
      return put(replacement, input, in: &elements, at: start)
    case .categorical(_, let replacement?):
      put(level: replacement, input, in: &elements, at: start)
      return true
    case .numeric(nil), .categorical(_, nil):
      return false
    }
  }
}
