import Basics
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
  package func usableRows(of table: Table, model: String = "model") throws(TableError) -> [Int] {
    guard missing == .drop || missingCategories == .drop else {
      return Array(0..<table.rowCount)
    }
    let layout = try layout(of: table, model: model)
    let fields = layout.fields.indices.filter(drops).map { layout.fields[$0] }
    return table.completeRows(
      fields + (missing == .drop ? layout.target.map { [$0] } ?? [] : []))
  }

  /// The target's column of a table, with its numbers in the notation that the model knows.
  ///
  /// - Parameter table: A table with this preprocessor's columns.
  /// - Returns: The column, or `nil` when the table does not have it.
  package func targetColumn(of table: Table) -> TableColumn? {
    guard let index = targetIndex(in: table) else { return nil }
    return targetColumn(table.columns[index])
  }

  /// A target's column with its numbers in the notation that the model knows.
  func targetColumn(_ column: TableColumn) -> TableColumn {
    guard let notation = target?.notation, case .categories = column.values,
      let numbers = column.numbers(notation)
    else { return column }
    var read = TableColumn(name: column.name, values: .numbers(numbers), places: column.places)
    read.notation = notation
    read.places.problem = nil
    return read
  }

  /// Where a table has the target, by name or by position as the other columns are found.
  package func targetIndex(in table: Table) -> Int? {
    guard let target else { return nil }
    if hasHeader && table.hasHeader {
      return table.columns.firstIndex { $0.name == target.name }
    }
    return table.columns.count == columnCount ? target.position : nil
  }

  /// The rows of the training table that have a weight, if training knew weights.
  ///
  /// - Parameters:
  ///   - table: The training table, or another one with a column of weights.
  ///   - model: What messages call the model that the preprocessor belongs to.
  /// - Returns: The table without the rows of weight 0, and the weight of each row that is left; the
  ///   table as it is and `nil` when training knew no weights.
  /// - Throws: ``TableError`` when the column is absent, or a row has no weight.
  package func weighted(
    _ table: Table, model: String = "model"
  ) throws(TableError) -> (table: Table, weights: [Double]?) {
    guard let index = try weightIndex(in: table, model: model) else { return (table, nil) }
    let (used, weights) = try table.weighted(byColumn: index)
    return (used, weights)
  }

  /// Where a table has the weights that training knew; `nil` when it knew none.
  func weightIndex(in table: Table, model: String) throws(TableError) -> Int? {
    guard let column = unused.first(where: { $0.reason == .weight }) else { return nil }
    if hasHeader && table.hasHeader { return try table.columnIndex(column.name) }
    guard table.columns.count == columnCount else {
      throw TableError(
        .columnCount(
          table.start, found: table.columns.count, model: model, expected: columnCount,
          hasTarget: false))
    }
    return column.position
  }

  private func layout(of table: Table, model: String) throws(TableError) -> ColumnLayout {
    try ColumnLayout(
      self, names: table.columns.map(\.name), hasHeader: table.hasHeader, at: table.start,
      model: model)
  }

  /// Whether features of many rows are stored sparsely: with less than a quarter of the entries
  /// that are not zero, because most features are indicators of categories, or with texts, of whose
  /// terms each row has a few.
  package var isSparse: Bool {
    inputs.contains { $0.kind.isText }
      || Double(inputs.reduce(0) { $0 + $1.kind.usualFeatureCount })
        < FeatureMatrix.densest * Double(featureCount)
        && FeatureEncoder(self).keepsAbsentZero
  }

  /// Turns rows of a table into features.
  ///
  /// Columns are found by name when this preprocessor and the table both have a header, and by
  /// position otherwise; see `BatchReader`, which does the same with a stream.
  ///
  /// - Parameters:
  ///   - table: A table with this preprocessor's columns.
  ///   - rows: The rows to take, in this order, or `nil` for all that can be predicted.
  ///   - model: What messages call the model that the preprocessor belongs to.
  ///   - byteLimit: The most memory that the features may take, terms of texts aside.
  ///   - threads: The largest number of threads to use, or `nil` for one on each core; the result is
  ///     the same.
  /// - Returns: One row of features for each row taken, stored as `isSparse` says.
  /// - Throws: ``TableError``: columns that are absent, texts where numbers are expected, missing
  ///   values, categories that did not occur in training.
  public func transform(
    _ table: Table, rows: [Int]? = nil, model: String = "model", byteLimit: Int? = nil,
    threads: Int? = nil
  ) throws(TableError) -> FeatureMatrix {
    let rows = if let rows { rows } else { try usableRows(of: table, model: model) }
    let layout = try layout(of: table, model: model)
    let isSparse = isSparse
    try requireMemory(table, layout, rows: rows.count, byteLimit: byteLimit)
    let encoder = FeatureEncoder(self)
    var values: [InputValues] = []
    for (input, field) in layout.fields.enumerated() {
      values.append(try self.values(of: input, table, field, rows: rows, encoder, threads: threads))
    }
    return isSparse
      ? .sparse(sparseMatrix(values, rowCount: rows.count, encoder))
      : .dense(denseMatrix(values, rowCount: rows.count, encoder))
  }

  /// What an input is in each of some rows.
  private enum InputValues {
    /// Numbers, scaled.
    case numbers([Double])
    /// The scaled numbers of each of several features.
    case features([[Double]])
    /// Indices of levels; −1 where the row has none of them.
    case levels([Int32])
    /// The terms of different texts, and which of the texts each row has; −1 where it has none.
    case terms(SparseMatrix<Double>, texts: [Int32])
  }

  /// Looks up an input in some rows of a table.
  private func values(
    of input: Int, _ table: Table, _ field: Int, rows: [Int], _ encoder: FeatureEncoder,
    threads: Int?
  ) throws(TableError) -> InputValues {
    let column = table.columns[field]
    switch (inputs[input].kind, column.values) {
    case (.numeric(let replacement), _):
      let numbers = try numbers(of: input, table, field)
      var scaled: [Double] = []
      var indicators: [Double] = []
      scaled.reserveCapacity(rows.count)
      for row in rows {
        var number = numbers[row]
        if inputs[input].indicatesMissing {
          indicators.append(encoder.indicator(number.isNaN, input))
        }
        if number.isNaN {
          guard let replacement else { throw missingValue(table, field, row: row, input: input) }
          number = replacement
        }
        let value = encoder.scaled(number, input)
        guard value.isFinite else {
          throw TableError(
            .notFinite(
              place(table, field, row: row), table.fieldName(field),
              text: NumberText.shortest(number)))
        }
        scaled.append(value)
      }
      return indicators.isEmpty ? .numbers(scaled) : .features([scaled, indicators])

    case (.date(let dates), _):
      let texts = column.asTexts
      guard case .categories(let levels, let codes) = texts.values else {
        preconditionFailure("column \(column.name) does not contain texts")
      }
      let ofLevel = levels.map(dates.values)
      var features = [[Double]](repeating: [], count: inputs[input].featureCount)
      for row in rows {
        let isMissing = codes[row] < 0
        let values = isMissing ? dates.replacement : ofLevel[Int(codes[row])]
        guard let values else {
          if isMissing { throw missingValue(table, field, row: row, input: input) }
          let text = levels[Int(codes[row])]
          throw TableError(
            .notADate(
              texts.places(ofText: text) ?? place(table, field, row: row), table.fieldName(field),
              text: text))
        }
        for (part, value) in values.enumerated() {
          features[part].append(encoder.scaled(value, input, part: part))
        }
        if inputs[input].indicatesMissing {
          features[values.count].append(encoder.indicator(isMissing, input))
        }
      }
      return .features(features)

    case (.text(let vectorizer), .categories(let levels, let codes)):
      // Only texts of these rows, and each of them once.
      var places = [Int32](repeating: -1, count: levels.count)
      var texts: [String] = []
      for row in rows where codes[row] >= 0 && places[Int(codes[row])] < 0 {
        places[Int(codes[row])] = Int32(texts.count)
        texts.append(levels[Int(codes[row])])
      }
      return .terms(
        vectorizer.transform(texts, threads: threads),
        texts: rows.map { codes[$0] < 0 ? -1 : places[Int(codes[$0])] })

    case (.text(let vectorizer), .numbers(let numbers)):
      // In this table all texts of the column look like numbers.
      let spelled = column.asTexts
      let texts = rows.map { numbers[$0].isNaN ? "" : spelled.text($0) ?? "" }
      return .terms(
        vectorizer.transform(texts, threads: threads), texts: texts.indices.map(Int32.init))

    case (.categorical(let known, let replacement), _):
      let column = column.asTextsIfSpelled
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
          throw TableError(
            .unknownCategory(
              column.places(ofText: text) ?? place(table, field, row: row), table.fieldName(field),
              value: text, known: known))
        }
        levels.append(Int32(level ?? -1))
      }
      return .levels(levels)
    }
  }

  /// The numbers of a column as a model reads them.
  private func numbers(
    of input: Int, _ table: Table, _ field: Int
  ) throws(TableError) -> [Double] {
    let column = table.columns[field]
    let notation = inputs[input].notation
    if column.notation == nil, notation == nil, case .numbers(let numbers) = column.values {
      return numbers
    }
    let texts = column.asTexts
    func refusal(_ text: String?) -> TableError {
      let known = text.flatMap { texts.places(ofText: $0) } ?? column.places.firstText?.position
      return TableError(
        .notANumber(
          known ?? SourcePosition(file: table.file, line: 1, column: field + 1),
          table.fieldName(field), text: text ?? column.places.firstText?.text ?? ""))
    }
    switch column.values {
    case .numbers(let numbers):
      // What the table is read as by itself is what the model expects, or it is read again.
      if column.notation == notation { return numbers }
      if column.notation == nil, notation?.acceptsPlain ?? true { return numbers }
    case .categories: break
    }
    guard case .categories(let levels, _) = texts.values else { return [] }
    guard let notation else { throw refusal(column.places.firstText?.text ?? levels.first) }
    guard let numbers = texts.numbers(notation) else {
      throw refusal(levels.first { notation.number($0) == nil })
    }
    return numbers
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
      case .features(let features):
        for (index, numbers) in features.enumerated() {
          let feature = featureOffsets[input] + index
          for (row, number) in numbers.enumerated() {
            elements[row * featureCount + feature] = number
          }
        }
      case .levels(let levels):
        for (row, level) in levels.enumerated() where level >= 0 {
          encoder.put(level: Int(level), input, in: &elements, at: row * featureCount)
        }
      case .terms:
        preconditionFailure("terms of column \(inputs[input].name) are to be stored sparsely")
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
    var sparse = SparseRows()
    sparse.columns.reserveCapacity(rowCount * inputs.count)
    sparse.values.reserveCapacity(rowCount * inputs.count)
    for row in 0..<rowCount {
      for (input, values) in values.enumerated() {
        switch values {
        case .numbers(let numbers): encoder.put(scaled: numbers[row], input, in: &sparse)
        case .features(let features):
          for (index, numbers) in features.enumerated() {
            encoder.put(scaled: numbers[row], input, part: index, in: &sparse)
          }
        case .levels(let levels): encoder.put(level: Int(levels[row]), input, in: &sparse)
        case .terms(let matrix, let texts):
          guard texts[row] >= 0 else { continue }
          let text = Int(texts[row])
          let first = Int32(featureOffsets[input])
          for entry in matrix.rowOffsets[text]..<matrix.rowOffsets[text + 1] {
            sparse.columns.append(first + matrix.columnIndices[entry])
            sparse.values.append(matrix.values[entry])
          }
        }
      }
      sparse.endRow()
    }
    return sparse.matrix(columnCount: featureCount)
  }

  private func place(_ table: Table, _ field: Int, row: Int) -> SourcePosition {
    SourcePosition(file: table.file, line: table.firstRow + row + 1, column: field + 1)
  }

  private func missingValue(
    _ table: Table, _ field: Int, row: Int, input: Int
  ) -> TableError {
    let first = table.firstMissing(field)
    var isNumeric = false
    if case .numeric = inputs[input].kind { isNumeric = true }
    return TableError(
      .missingValue(
        first?.position ?? place(table, field, row: row), table.fieldName(field),
        text: first?.text ?? "", isNumeric: isNumeric))
  }

  /// Refuses features that would take too much memory.
  private func requireMemory(
    _ table: Table, _ layout: ColumnLayout, rows: Int, byteLimit: Int?
  ) throws(TableError) {
    // A row that is stored sparsely has one entry for each input, terms of texts aside.
    let bytesOfRow = isSparse ? 12 * inputs.count : 8 * featureCount
    do throws(MemoryShortage) {
      try MemoryShortage.require(
        rows, each: bytesOfRow, limit: byteLimit,
        purpose: "\(rows) rows of \(featureCount) features", remedy: widestColumn(table, layout))
    } catch {
      throw TableError(.memory(file: table.file, error))
    }
  }

  /// What to do about features most of which one column of categories makes.
  private func widestColumn(_ table: Table, _ layout: ColumnLayout) -> String? {
    let widest = inputs.indices.max {
      inputs[$0].featureCount < inputs[$1].featureCount
    }
    guard let widest, 2 * inputs[widest].featureCount > featureCount, featureCount > 2 else {
      return nil
    }
    let levels = MessageText.count(inputs[widest].featureCount, "category level")
    return "leave out \(table.fieldName(layout.fields[widest])), which alone has \(levels)"
  }
}

extension InputKind {
  /// How many features of a row are usually other than 0, terms aside.
  fileprivate var usualFeatureCount: Int {
    switch self {
    case .numeric, .categorical, .text: 1
    case .date(let dates): dates.parts.count
    }
  }
}

extension TableColumn {
  /// The numbers that the texts of a column are in a notation, NaN where they are missing; `nil` when
  /// one is none.
  func numbers(_ notation: NumberNotation) -> [Double]? {
    guard case .categories(let levels, let codes) = asTexts.values else { return nil }
    let ofLevel = levels.map(notation.number)
    guard ofLevel.allSatisfy({ $0 != nil }) else { return nil }
    return codes.map { $0 < 0 ? .nan : ofLevel[Int($0)] ?? .nan }
  }
}
