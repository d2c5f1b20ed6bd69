/// What all values of a column decide about it, before anything is learned of it: what it holds, whether it
/// may be a feature, and what is wrong with it.
///
/// A function of the whole column and of ``ColumnQuestions``, by which columns are looked at one by one,
/// on any thread or machine.
struct ColumnFinding: Sendable, Codable {
  /// Whether the column holds numbers.
  let isNumeric: Bool
  /// How they are written, where they are not plain.
  let notation: NumberNotation?
  /// The number of missing values.
  let missingCount: Int
  /// The first of them.
  let firstMissing: TableColumn.Occurrence?
  /// What the column is by itself; the other columns may change that.
  let role: ColumnRole
  /// Whether its texts are dates.
  var dates = DateText.Recognition.none
  /// Whether it counts the rows.
  var countsRows = false
  /// Whether missing values of it, as a list of categories, are a separate category.
  var hasOwnCategory = false
  /// What is wrong with it in its role, if anything.
  var problem: TableError?
}

extension ColumnQuestions {
  /// A text column with more levels than this may be found to name rows.
  static let fewLevels = 20
  /// Such a column names rows if it has more levels than this share of its values.
  private static let mostlyDistinct = 0.5
  /// A text column with a larger share of missing values has a separate category for them.
  private static let manyMissing = 0.02

  /// Looks at a column.
  ///
  /// - Parameters:
  ///   - column: All its values, without those of rows of weight 0.
  ///   - index: Its place among the columns.
  /// - Returns: What they decide.
  /// - Complexity: O(rows), and O(levels · log levels) for a column of texts.
  func finding(of column: TableColumn, at index: Int) -> ColumnFinding {
    let kind = kinds[index]
    var role = roles[index] ?? .feature
    var dates = DateText.Recognition.none
    if role == .feature {
      switch kind {
      case let kind? where kind.isDate:
        if case .categories(let levels, _) = column.asTexts.values {
          dates = DateText.recognize(levels, order: kind.dateOrder, isChosen: true)
        }
      case nil:
        if case .categories(let levels, _) = column.values, !column.keepsSpelling {
          dates = DateText.recognize(levels)
        }
        role = Self.role(
          of: column, isDate: dates != .none, fillsOneValue: fillsOneValue(column))
      default: break
      }
    }
    var finding = ColumnFinding(
      isNumeric: column.isNumeric, notation: column.notation, missingCount: column.missingCount,
      firstMissing: origin.firstMissing(of: column, at: index, fileRows), role: role,
      dates: dates)
    switch role {
    case .target: finding.problem = kind == .category ? nil : column.places.problem
    case .feature, .unused(.constant):
      finding.problem = problem(column, index, dates)
      finding.hasOwnCategory = (kind == .category || !column.isNumeric) && ownCategory(column)
    case .unused: break
    }
    if role == .feature, kind == nil, areSingle {
      finding.countsRows = RowNumbers.areNumbered(
        column, isFirst: index == 0, isUnnamed: origin.isUnnamed(index))
    }
    return finding
  }

  private static func role(
    of column: TableColumn, isDate: Bool, fillsOneValue: Bool
  ) -> ColumnRole {
    let constant = fillsOneValue ? ColumnRole.feature : .unused(.constant)
    switch column.values {
    case .numbers(let numbers):
      var first = Double.nan
      for number in numbers where !number.isNaN {
        if first.isNaN {
          first = number
        } else if number != first {
          return .feature
        }
      }
      return first.isNaN ? .unused(.empty) : constant
    case .categories(let levels, let codes):
      if levels.isEmpty { return .unused(.empty) }
      if levels.count == 1 { return constant }
      // What is wrong with the column comes first: malformed values make different texts
      // of numbers.
      guard levels.count > fewLevels, column.places.problem == nil, !isDate else {
        return .feature
      }
      let present = codes.count { $0 >= 0 }
      return Double(levels.count) > mostlyDistinct * Double(present)
        ? .unused(.mostlyDistinct) : .feature
    }
  }

  /// Whether a column with a single value and missing ones says something by the latter.
  private func fillsOneValue(_ column: TableColumn) -> Bool {
    guard column.missingCount > 0 else { return false }
    if case .constant = missing { return true }
    if column.isNumeric { return choices.indicatesMissing && missing.fillsIn }
    return ownCategory(column)
  }

  /// Whether missing values of a column of categories are a separate category.
  private func ownCategory(_ column: TableColumn) -> Bool {
    if let chosen = choices.missingCategories { return chosen == .category }
    guard missing == .mean || missing == .median else { return false }
    guard column.missingCount > 0 else { return false }
    var (absent, total) = (0.0, 0.0)
    for row in 0..<column.rowCount {
      let weight = weights?[row] ?? 1
      total += weight
      if column.isMissing(row) { absent += weight }
    }
    return absent > Self.manyMissing * total
  }

  /// What is wrong with a column that is to be a feature, if anything.
  private func problem(
    _ column: TableColumn, _ index: Int, _ dates: DateText.Recognition
  ) -> TableError? {
    let kind = kinds[index]
    if kind?.isDate ?? false || kind == nil && column.places.problem == nil {
      if let problem = dateProblem(column, index, dates) { return problem }
    }
    switch (kind, column.values) {
    case (.category, _), (.text, .categories): return nil
    case (.text, .numbers):
      return TableError(.noTexts(file: origin.file, column: fieldName(index)))
    case (.numeric, .categories(let levels, _)):
      if let problem = column.places.problem { return problem }
      let first = column.places.firstText
      return TableError(
        .notANumber(
          first?.position ?? SourcePosition(file: origin.file, line: 1, column: index + 1),
          fieldName(index), text: first?.text ?? levels[0]))
    case (let kind?, _) where kind.isDate: return nil
    case (_, .categories), (_, .numbers): return column.places.problem
    }
  }

  /// What is wrong with dates, if anything.
  private func dateProblem(
    _ column: TableColumn, _ index: Int, _ dates: DateText.Recognition
  ) -> TableError? {
    func position(_ text: String) -> SourcePosition {
      column.asTexts.places(ofText: text)
        ?? SourcePosition(file: origin.file, line: 1, column: index + 1)
    }
    switch dates {
    case .none, .dates: return nil
    case .exception(let text):
      return TableError(.notADate(position(text), fieldName(index), text: text))
    case .ambiguous(let text, let readings):
      return TableError(
        .ambiguousDate(
          position(text), fieldName(index), text: text, readings: readings.map(\.date),
          orders: readings.map(\.order)))
    }
  }
}
