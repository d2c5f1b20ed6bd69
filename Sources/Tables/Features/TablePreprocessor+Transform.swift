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
      || Double(inputs.reduce(0) { $0 + $1.kind.expectedFeatureCount })
        < FeatureMatrix.denseShareThreshold * Double(featureCount)
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
    try requireMemory(table, layout, rows: rows.count, byteLimit: byteLimit)
    let found = TableRows(self, table, layout.fields, rows: rows, threads: threads)
    let encoder = RowEncoder(
      self, cells: inputs.enumerated().map { $1.kind.isNumeric ? $0 : nil })
    return try encoder.features(of: found, threads: ReadingThreads.count(threads))
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
  fileprivate var expectedFeatureCount: Int {
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
