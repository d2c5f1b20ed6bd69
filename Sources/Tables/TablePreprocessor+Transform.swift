import LinearAlgebra

extension TablePreprocessor {
  /// The rows of a table that become examples: all, or under ``MissingValuePolicy/drop`` those
  /// without a missing value in any column.
  public func usableRows(of table: Table) -> [Int] {
    missing == .drop ? table.completeRows : Array(0..<table.rowCount)
  }

  /// Turns rows of a table into features.
  ///
  /// Columns are found by name when this preprocessor and the table both have a header, and by
  /// position otherwise; see ``BatchReader``, which does the same with a stream.
  ///
  /// - Parameters:
  ///   - table: A table with this preprocessor's columns.
  ///   - rows: The rows to take, in this order, or `nil` for ``usableRows(of:)``.
  ///   - model: What messages call the model that the preprocessor belongs to.
  ///   - byteLimit: The most memory that the features may take.
  /// - Returns: One row of features for each row taken.
  /// - Throws: ``TableError``: columns that are absent, texts where numbers are expected, missing
  ///   values, categories that did not occur in training.
  public func transform(
    _ table: Table, rows: [Int]? = nil, model: String = "model", byteLimit: Int? = nil
  ) throws(TableError) -> FeatureMatrix {
    let rows = rows ?? usableRows(of: table)
    let layout = try ColumnLayout(
      self, names: table.columns.map(\.name), hasHeader: table.hasHeader, at: table.start,
      model: model)
    let (count, overflow) = rows.count.multipliedReportingOverflow(by: featureCount)
    guard !overflow, count <= (byteLimit ?? FeatureScaler.defaultByteLimit) / 8 else {
      throw tooLarge(table, layout, rows: rows.count)
    }

    let encoder = FeatureEncoder(self)
    var elements: [Double] = []
    elements.reserveCapacity(count)
    for _ in rows { elements.append(contentsOf: encoder.absent) }
    for (input, field) in layout.fields.enumerated() {
      let column = table.columns[field]
      let levelMap = try levelMap(column, input: input, name: table.fieldName(field))
      for (index, row) in rows.enumerated() {
        let start = index * featureCount
        switch column.values {
        case .numbers(let numbers):
          if numbers[row].isNaN {
            guard encoder.replaceMissing(input, in: &elements, at: start) else {
              throw missingValue(table, field, row: row, input: input)
            }
          } else if case .categorical(let levels, _) = inputs[input].kind {
            // In this table the column holds only those levels that look like numbers.
            let text = NumberText.shortest(numbers[row])
            guard let level = levelIndices[input][text] else {
              throw .unknownCategory(
                place(table, field, row: row), table.fieldName(field), value: text, known: levels)
            }
            encoder.put(level: level, input, in: &elements, at: start)
          } else if !encoder.put(numbers[row], input, in: &elements, at: start) {
            throw .notFinite(
              place(table, field, row: row), table.fieldName(field),
              text: NumberText.shortest(numbers[row]))
          }
        case .categories(let texts, let codes):
          let code = Int(codes[row])
          if code < 0 {
            guard encoder.replaceMissing(input, in: &elements, at: start) else {
              throw missingValue(table, field, row: row, input: input)
            }
          } else if let level = levelMap[code] {
            encoder.put(level: level, input, in: &elements, at: start)
          } else {
            guard case .categorical(let levels, _) = inputs[input].kind else { continue }
            throw .unknownCategory(
              column.places.levels.isEmpty
                ? place(table, field, row: row) : column.places.levels[code],
              table.fieldName(field), value: texts[code], known: levels)
          }
        }
      }
    }
    do {
      return .dense(
        try Matrix(rowCount: rows.count, columnCount: featureCount, elements: elements))
    } catch {
      preconditionFailure("\(elements.count) features for \(rows.count) rows: \(error)")
    }
  }

  /// For each level of a table's column, the level of the input, if there is one.
  private func levelMap(
    _ column: TableColumn, input: Int, name: FieldName
  ) throws(TableError) -> [Int?] {
    guard case .categories(let levels, _) = column.values else { return [] }
    if case .numeric = inputs[input].kind {
      let first = column.places.firstText
      throw .notANumber(
        first?.position ?? SourcePosition(file: "table", line: 1, column: name.number), name,
        text: first?.text ?? levels[0])
    }
    return levels.map { levelIndices[input][$0] }
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

  /// Finds the columns.
  ///
  /// When the model and the table both have a header, names decide: the order may be another, there
  /// may be further columns, and the target may be absent. Otherwise positions do: there are as many
  /// columns as features come from, or one more, which is the target in its place.
  init(
    _ preprocessor: TablePreprocessor, names: [String], hasHeader: Bool, at start: SourcePosition,
    model: String
  ) throws(TableError) {
    let inputs = preprocessor.inputs
    if hasHeader && preprocessor.hasHeader {
      let indices = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
      for input in inputs {
        guard let index = indices[input.name] else {
          throw .missingFeatureColumn(start, name: input.name, model: model, columns: names)
        }
        fields.append(index)
      }
      target = preprocessor.target.flatMap { indices[$0.name] }
    } else if names.count == inputs.count {
      fields = Array(inputs.indices)
    } else if let expected = preprocessor.target, names.count == inputs.count + 1 {
      fields = names.indices.filter { $0 != expected.position }
      target = expected.position
    } else {
      throw .fieldCount(
        start, found: names.count, model: model, features: inputs.count)
    }
  }
}

/// Writes the values of one row as features into a buffer that holds many rows.
struct FeatureEncoder {
  /// A row in which every indicator says no and every number is 0.
  let absent: [Double]
  private let present: [Double]
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
    present = zip(offsets, factors).map { (1 - $0) * $1 }
    starts = preprocessor.featureOffsets
    inputs = preprocessor.inputs
  }

  /// Writes a number; says whether it is still finite when scaled.
  @inline(__always)
  func put(_ value: Double, _ input: Int, in elements: inout [Double], at start: Int) -> Bool {
    let feature = starts[input]
    let scaled = (value - offsets[feature]) * factors[feature]
    elements[start + feature] = scaled
    return scaled.isFinite
  }

  /// Writes a level's indicator; those of the other levels are there already.
  func put(level: Int, _ input: Int, in elements: inout [Double], at start: Int) {
    let feature = starts[input] + level
    elements[start + feature] = present[feature]
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
