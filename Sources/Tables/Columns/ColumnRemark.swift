/// What is worth knowing about how a column of a training table was taken.
package enum ColumnRemark: Sendable, Equatable, Codable {
  /// Its numbers are written in a special notation; `text` is one of them.
  case notation(text: String, value: Double)
  /// Its texts are dates or times, of which these parts are features.
  case dates(parts: [DateColumn.Part])
  /// Its numbers have leading zeros, as codes do; `text` is one of them.
  case leadingZeros(text: String, value: Double)
  /// A whole number of it has more digits than a Double holds.
  case inexact(text: String, value: Double)
  /// It is left out because it counts the rows.
  case rowNumbers
  /// Every row has another whole number, as keys have.
  case keys
  /// All are whole numbers of five digits that occur several times, as postal codes do.
  case codes(distinctCount: Int)
  /// Missing values of it are a separate category.
  case missingCategory(missingCount: Int)
}

extension Table {
  /// What is worth knowing about columns that a training would use, or leave out automatically.
  ///
  /// - Parameters:
  ///   - target: The index of the column to predict, or `nil` when there is none.
  ///   - choices: How columns are treated.
  ///   - missing: What is done about missing values.
  /// - Returns: The remarks by the columns' indices, in their order.
  /// - Throws: ``TableError`` when choices name no column, or contradict each other.
  package func remarks(
    target: Int?, choices: ColumnChoices = ColumnChoices(), missing: MissingValuePolicy = .error
  ) throws(TableError) -> [(column: Int, remark: ColumnRemark)] {
    let planned = try PlannedTable(self, target: target, choices: choices, missing: missing)
    return planned.rows.columns.enumerated().flatMap { index, column in
      planned.plan.remarks(on: column, at: index).map { (column: index, remark: $0) }
    }
  }
}

extension ColumnPlan {
  /// What is worth knowing about a column.
  ///
  /// - Parameters:
  ///   - column: All its values, without those of rows of weight 0.
  ///   - index: Its place among the columns.
  /// - Returns: The remarks.
  func remarks(on column: TableColumn, at index: Int) -> [ColumnRemark] {
    switch roles[index] {
    case .unused(.rowNumber): return [.rowNumbers]
    case .unused: return []
    case .feature, .target: break
    }
    if roles[index] == .feature, case .dates(let order) = findings[index].dates {
      return [.dates(parts: DateColumn.parts(of: column.asTexts, order))]
    }
    var remarks: [ColumnRemark] = []
    if roles[index] == .feature, treatment(index) == .ownCategory, column.missingCount > 0 {
      remarks.append(.missingCategory(missingCount: column.missingCount))
    }
    guard case .numbers(let numbers) = column.values, kinds[index] != .category else {
      return remarks
    }
    if let notation = column.notation, case .categories(let levels, _) = column.asTexts.values {
      // The text that differs most from a plain number.
      let shown = levels.filter { NumberParser.parse($0) == .notANumber }
        .max { $0.utf8.count < $1.utf8.count }
      if let shown, let value = notation.number(shown) {
        remarks.append(.notation(text: shown, value: value))
      }
    }
    func value(_ text: String) -> Double {
      if case .number(let value) = NumberParser.parse(text) { value } else { .nan }
    }
    if let first = column.places.firstLeadingZero {
      remarks.append(.leadingZeros(text: first.text, value: value(first.text)))
    }
    if let first = column.places.firstInexact {
      remarks.append(.inexact(text: first.text, value: value(first.text)))
    }
    guard remarks.isEmpty, roles[index] == .feature, kinds[index] == nil else { return remarks }
    if RowNumbers.areKeys(column, isFirst: index == 0, isUnnamed: questions.origin.isUnnamed(index))
    {
      remarks.append(.keys)
    } else if RowNumbers.areCodes(column) {
      remarks.append(.codes(distinctCount: Set(numbers.filter { !$0.isNaN }).count))
    }
    return remarks
  }
}
