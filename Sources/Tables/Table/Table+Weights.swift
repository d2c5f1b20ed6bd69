import Basics

// Weights of examples. A row of weight 2 counts as two equal rows would, in every statistic; a row of
// weight 0 counts as if it were not in the file. The latter decides how this is done: such rows are
// taken out of the table before anything is learned, so that what a column holds, its categories, the
// words of its texts and the classes of the target are those of the other rows.

extension Table {
  /// The rows that have a weight, when a column of weights is chosen.
  ///
  /// - Parameter choices: How columns are treated.
  /// - Returns: The table without the rows of weight 0, and the weight of each row that is left, a
  ///   finite number greater than 0; the table as it is and `nil` when no weights are chosen.
  /// - Throws: ``TableError`` for a weight that is none, weights that are all 0 or whose sum is infinite,
  ///   or a column that is not there.
  /// - Complexity: O(rows) when no weight is 0, else O(rows) for each column.
  package func weighted(
    by choices: ColumnChoices
  ) throws(TableError) -> (table: Table, weights: [Double]?) {
    guard let column = choices.weight else { return (self, nil) }
    let (table, weights) = try weighted(byColumn: try columnIndex(column))
    return (table, weights)
  }

  /// The rows that a column gives a weight; see ``weighted(by:)``.
  func weighted(byColumn index: Int) throws(TableError) -> (table: Table, weights: [Double]) {
    let weights = try origin.weights(in: columns[index], at: index, fileRows)
    guard weights.contains(0) else { return (self, weights) }
    let rows = weights.indices.filter { weights[$0] > 0 }
    return (Table(self, rows: rows), rows.map { weights[$0] })
  }

  /// Which rows belong together, when a column of groups is chosen.
  ///
  /// - Parameters:
  ///   - choices: How columns are treated.
  ///   - rows: The rows that matter.
  /// - Returns: A number from 0 for each of these rows, equal in rows whose fields are equal; `nil`
  ///   when no groups are chosen.
  /// - Throws: ``TableError`` for a missing group, or a column that is not there.
  package func groups(
    by choices: ColumnChoices, rows: [Int]
  ) throws(TableError) -> [Int]? {
    guard let name = choices.group else { return nil }
    let index = try columnIndex(name)
    return try origin.groups(in: columns[index], at: index, fileRows, rows: rows)
  }

  /// Where a row is in the file; `nil` for a sample of the file's rows, which has no places, and for a
  /// table that was made in memory.
  ///
  /// The line is right if every record takes one.
  ///
  /// - Parameter row: The row, from 0.
  /// - Returns: The place of the record's first field.
  package func position(ofRow row: Int) -> SourcePosition? {
    sampledFrom == nil && !digest.isEmpty ? place(ofRow: row, column: 0) : nil
  }

  /// Where a row is, when its field's own place is not known.
  func place(ofRow row: Int, column: Int) -> SourcePosition {
    origin.place(ofRow: fileRows?[row] ?? row, column: column)
  }

  /// Some rows of a table, as if the others were not in the file.
  ///
  /// - Parameters:
  ///   - whole: The table.
  ///   - rows: Rows of it, ascending, at least one.
  private init(_ whole: Table, rows: [Int]) {
    self.init(
      whole.origin,
      columns: whole.columns.indices.map { index in
        whole.columns[index].restricted(
          to: rows, name: whole.fieldName(index), rules: whole.origin.rules
        ) { row in
          whole.place(ofRow: row, column: index)
        }
      }, rowCount: rows.count,
      fileRows: whole.fileRows.map { fileRows in rows.map { fileRows[$0] } } ?? rows)
  }
}

extension TableOrigin {
  /// The weights in a column, after a look at each.
  ///
  /// - Parameters:
  ///   - column: The column.
  ///   - index: Its place among the columns.
  ///   - fileRows: For each of its rows the number in the file, if rows were left out.
  /// - Returns: The weight of each row.
  /// - Throws: ``TableError``, as ``Table/weighted(by:)``.
  func weights(
    in column: TableColumn, at index: Int, _ fileRows: [Int]?
  ) throws(TableError) -> [Double] {
    let name = FieldName(number: index + 1, name: column.name)
    func place(_ row: Int) -> SourcePosition {
      self.place(ofRow: fileRows?[row] ?? row, column: index)
    }
    guard case .numbers(let numbers) = column.values else {
      // A column that was made in memory may hold any texts.
      let row = (0..<column.rowCount).first { !column.isMissing($0) } ?? 0
      let first = column.places.firstText
      throw TableError(
        .weight(
          first?.position ?? place(row), name, text: first?.text ?? column.text(row) ?? ""))
    }
    if let row = numbers.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      let places = [
        column.places.firstMissing, column.places.firstNegative, column.places.firstNotFinite,
      ]
      let found = places.lazy.compactMap { $0 }.first { $0.row == row }
      throw TableError(
        .weight(
          found?.position ?? place(row), name, text: found?.text ?? column.text(row) ?? ""))
    }
    var sum = 0.0
    for number in numbers { sum += number }
    guard sum > 0 else { throw TableError(.noPositiveWeight(file: file, column: name)) }
    guard sum.isFinite else { throw TableError(.weightsTooLarge(file: file, column: name)) }
    return numbers
  }

  /// Which rows belong together by a column.
  ///
  /// - Parameters:
  ///   - column: The column.
  ///   - index: Its place among the columns.
  ///   - fileRows: For each of its rows the number in the file, if rows were left out.
  ///   - rows: The rows that matter.
  /// - Returns: A number from 0 for each of these rows, equal in rows whose fields are equal.
  /// - Throws: ``TableError`` for a missing group.
  func groups(
    in column: TableColumn, at index: Int, _ fileRows: [Int]?, rows: [Int]
  ) throws(TableError) -> [Int] {
    if let row = rows.first(where: column.isMissing) {
      let first = column.places.firstMissing
      throw TableError(
        .missingGroup(
          first?.row == row
            ? first!.position : place(ofRow: fileRows?[row] ?? row, column: index),
          FieldName(number: index + 1, name: column.name),
          text: first?.row == row ? first!.text : ""))
    }
    return TargetClasses(column.asTextsIfSpelled, rows: rows).codes
  }
}

extension TableColumn {
  /// Some rows of a column, as if the others were not in the file: what they hold decides what the
  /// column holds.
  ///
  /// - Parameters:
  ///   - rows: Rows of the column, ascending.
  ///   - name: The column's name, for messages.
  ///   - rules: What fields of the file mean.
  ///   - place: Where a row is, when its field's own place is not known.
  /// - Returns: The column, with as many rows.
  func restricted(
    to rows: [Int], name: FieldName, rules: FieldRules?, place: (Int) -> SourcePosition
  ) -> TableColumn {
    var column = reduced(to: rows, name: name, rules: rules, place: place)
    column.wholeNumberDecimals = wholeNumberDecimals
    return column
  }

  private func reduced(
    to rows: [Int], name: FieldName, rules: FieldRules?, place: (Int) -> SourcePosition
  ) -> TableColumn {
    var kept = Places()
    if let row = rows.firstIndex(where: isMissing) {
      kept.firstMissing = occurrence(row, in: rows, known: places.firstMissing, place)
    }
    switch values {
    case .numbers(let numbers):
      if let spelling {
        return restricted(spelling, to: rows, name: name, kept, rules: rules, place: place)
      }
      return TableColumn(
        name: self.name, restricted: (rows.map { numbers[$0] }, rows), known: places, kept, name,
        place)
    case .categories(let levels, let codes):
      return restricted(
        Spelling(levels: levels, codes: codes), to: rows, name: name, kept, rules: rules,
        place: place)
    }
  }

  /// Some rows of a column whose texts are known.
  private func restricted(
    _ spelling: Spelling, to rows: [Int], name: FieldName, _ kept: Places, rules: FieldRules?,
    place: (Int) -> SourcePosition
  ) -> TableColumn {
    var kept = kept
    let (levels, codes) = (spelling.levels, spelling.codes)
    var counts = [Int](repeating: 0, count: levels.count)
    for row in rows where codes[row] >= 0 { counts[Int(codes[row])] += 1 }
    let used = counts.indices.filter { counts[$0] > 0 }
    let isFromFile = places.levelNumbers.count == levels.count
    func hasTrait(_ level: Int, _ trait: NumberTrait) -> Bool {
      !places.levelNumbers[level].isNaN && NumberTrait(ofText: levels[level]) == trait
    }
    let isPlain =
      isFromFile && !keepsSpelling && used.allSatisfy { !places.levelNumbers[$0].isNaN }
    if isPlain, !used.contains(where: { NumberTrait(ofText: levels[$0]) != nil }) {
      // The texts among the numbers were in the other rows.
      let numbers = rows.map { codes[$0] < 0 ? .nan : places.levelNumbers[Int(codes[$0])] }
      return TableColumn(
        name: self.name, restricted: (numbers, rows), known: places, kept, name
      ) { row in
        codes[row] < 0 ? place(row) : places.levels[Int(codes[row])]
      }
    }
    var newCodes = [Int32](repeating: -1, count: levels.count)
    for (code, level) in used.enumerated() { newCodes[level] = Int32(code) }
    let left = Spelling(
      levels: used.map { levels[$0] },
      codes: rows.map { codes[$0] < 0 ? -1 : newCodes[Int(codes[$0])] })
    guard isFromFile else {
      var column = TableColumn(
        name: self.name, values: .categories(levels: left.levels, codes: left.codes), places: kept)
      column.keepsSpelling = keepsSpelling
      return column
    }
    func first(_ matches: (Int) -> Bool, _ known: Occurrence?) -> Occurrence? {
      let row = rows.firstIndex { codes[$0] >= 0 && matches(Int(codes[$0])) }
      return row.map { row in
        let level = Int(codes[rows[row]])
        if let known, known.row == rows[row] {
          return Occurrence(row: row, position: known.position, text: known.text)
        }
        return Occurrence(row: row, position: places.levels[level], text: levels[level])
      }
    }
    let isText: (Int) -> Bool = { places.levelNumbers[$0].isNaN }
    kept.firstText = first(isText, places.firstText)
    kept.firstNegative = first({ places.levelNumbers[$0] < 0 }, places.firstNegative)
    kept.firstNotFinite = first({ places.levelNumbers[$0].isInfinite }, places.firstNotFinite)
    kept.firstLeadingZero = first({ hasTrait($0, .leadingZero) }, places.firstLeadingZero)
    kept.firstInexact = first({ hasTrait($0, .inexact) }, places.firstInexact)
    kept.levels = used.map { places.levels[$0] }
    kept.levelNumbers = used.map { places.levelNumbers[$0] }
    let textCount = used.reduce(0) { isText($1) ? $0 + counts[$1] : $0 }
    let valueCount = used.reduce(0) { $0 + counts[$1] }
    return TableColumn(
      name, spelling: left, kept, counts: (valueCount - textCount, textCount), rules: rules,
      keepsSpelling: keepsSpelling)
  }

  /// A column of the numbers that are left.
  private init(
    name: String, restricted column: (numbers: [Double], rows: [Int]), known: Places,
    _ kept: Places, _ field: FieldName, _ place: (Int) -> SourcePosition
  ) {
    let (numbers, rows) = column
    var kept = kept
    func occurrence(_ row: Int, _ known: Occurrence?) -> Occurrence {
      guard let known, known.row == rows[row] else {
        return Occurrence(
          row: row, position: place(rows[row]), text: NumberText.shortest(numbers[row]))
      }
      return Occurrence(row: row, position: known.position, text: known.text)
    }
    if known.firstNegative != nil, let row = numbers.firstIndex(where: { $0 < 0 }) {
      kept.firstNegative = occurrence(row, known.firstNegative)
    }
    if known.firstNotFinite != nil, let row = numbers.firstIndex(where: { $0.isInfinite }) {
      let first = occurrence(row, known.firstNotFinite)
      kept.firstNotFinite = first
      kept.problem = TableError(.notFinite(first.position, field, text: first.text))
    }
    self.init(name: name, values: .numbers(numbers), places: kept)
  }

  /// A missing value of a row that is left, with its place if that is known.
  private func occurrence(
    _ row: Int, in rows: [Int], known: Occurrence?, _ place: (Int) -> SourcePosition
  ) -> Occurrence {
    guard let known, known.row == rows[row] else {
      return Occurrence(row: row, position: place(rows[row]), text: "")
    }
    return Occurrence(row: row, position: known.position, text: known.text)
  }
}

/// Weights in a unit in which sums of them neither overflow nor vanish.
package enum WeightUnits {
  /// Weights divided by a power of two, which changes no digit, so that the largest lies in 1..<2.
  ///
  /// - Parameter weights: Finite numbers of at least 0, not all 0.
  /// - Returns: As many numbers.
  package static func scaled(_ weights: [Double]) -> [Double] {
    guard let largest = weights.max(), largest > 0 else { return weights }
    let exponent = largest.exponent
    guard exponent != 0 else { return weights }
    return weights.map { Double(sign: .plus, exponent: -exponent, significand: $0) }
  }
}
