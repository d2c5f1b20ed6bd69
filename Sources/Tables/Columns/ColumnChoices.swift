/// What a user decides about columns; everything else follows from their values.
public struct ColumnChoices: Sendable, Equatable {
  /// How a column is treated.
  public enum Kind: String, Sendable, CaseIterable {
    /// Numbers; a text in it is an error.
    case numeric
    /// A list of categories, also when its values are numbers or mostly different texts.
    case category
    /// Texts, whose words or characters are the features.
    case text
    /// Dates or times; their values decide the order of day and month.
    case date
    /// Dates of numbers with the day first.
    case dateDayFirst = "date-dmy"
    /// Dates of numbers with the month first.
    case dateMonthFirst = "date-mdy"
    /// Dates of numbers with the year first, also one of two digits.
    case dateYearFirst = "date-ymd"
    /// Nothing: the column is left out.
    case ignore
  }

  /// What is done about missing categories.
  public enum MissingCategories: String, Sendable, CaseIterable, Codable {
    /// Treat them as a separate category.
    case category
    /// Put in the most frequent category.
    case mostFrequent = "most-frequent"
    /// Refuse the table, naming the place.
    case error
    /// Leave the row out.
    case drop
  }

  /// How one column is treated.
  public struct Choice: Sendable, Equatable {
    /// The column's name or its number from 1.
    package var column: String
    /// How it is treated.
    package var kind: Kind

    /// Makes a choice.
    public init(column: String, kind: Kind) {
      self.column = column
      self.kind = kind
    }
  }

  /// How columns are treated; each column occurs at most once.
  package var kinds: [Choice]
  /// Columns that identify rows, by name or number: not features, but repeated in predictions.
  package var identifiers: [String]
  /// The column that holds the rows' weights, by name or number; not a feature.
  ///
  /// A row of weight 2 counts as two equal rows, in all that is learned from the table; one of
  /// weight 0 as if it were not there. Every row has a weight, a finite number that is not negative.
  package var weight: String?
  /// The column that says which rows belong together, by name or number; not a feature.
  package var group: String?
  /// How texts become features.
  package var textOptions: TermOptions
  /// What is done about missing categories; `nil` for what ``MissingValuePolicy`` says, where means and
  /// medians give a column with more than 2 % of missing values a separate category for them.
  package var missingCategories: MissingCategories?
  /// Whether columns of numbers or dates in which values are missing, and filled in, get a feature that
  /// says so.
  package var indicatesMissing: Bool

  /// Makes choices; by default none.
  public init(
    kinds: [Choice] = [], identifiers: [String] = [], weight: String? = nil,
    group: String? = nil, textOptions: TermOptions = TermOptions(),
    missingCategories: MissingCategories? = nil, indicatesMissing: Bool = false
  ) {
    self.missingCategories = missingCategories
    self.indicatesMissing = indicatesMissing
    self.kinds = kinds
    self.identifiers = identifiers
    self.weight = weight
    self.group = group
    self.textOptions = textOptions
  }

  /// The first column that is chosen for anything, as the user calls it; `nil` when none is.
  package var firstColumn: String? {
    kinds.first?.column ?? identifiers.first ?? weight ?? group
  }
}

/// Why a column is neither a feature nor the target.
package enum UnusedReason: String, Sendable, CaseIterable, Codable {
  /// It names rows, and is repeated in predictions.
  case identifier
  /// It holds the rows' weights.
  case weight
  /// It says which rows belong together.
  case group
  /// The user does not want it.
  case ignored
  /// It has the same value in all rows, which says nothing about any of them.
  case constant
  /// All its values are missing.
  case empty
  /// Its texts are mostly different, so that they name rows rather than categories.
  case mostlyDistinct = "mostly-distinct"
  /// It counts the rows.
  case rowNumber = "row-number"
}

extension ColumnChoices.Kind {
  /// Whether the column holds dates or times.
  package var isDate: Bool {
    switch self {
    case .date, .dateDayFirst, .dateMonthFirst, .dateYearFirst: true
    case .numeric, .category, .text, .ignore: false
    }
  }

  /// The order of day, month and year that the kind names.
  var dateOrder: DateColumn.Order? {
    switch self {
    case .dateDayFirst: .dayFirst
    case .dateMonthFirst: .monthFirst
    case .dateYearFirst: .yearFirst
    case .date, .numeric, .category, .text, .ignore: nil
    }
  }
}

/// A column of the training table that is neither a feature nor the target.
package struct UnusedColumn: Sendable, Hashable, Codable {
  /// The column's name.
  package let name: String
  /// Its place among all columns of the training table, from 0.
  package let position: Int
  /// Why it is not used.
  package let reason: UnusedReason

  /// Makes a column.
  ///
  /// - Parameters:
  ///   - name: The column's name.
  ///   - position: Its place among all columns of the training table, from 0.
  ///   - reason: Why it is not used.
  package init(name: String, position: Int, reason: UnusedReason) {
    self.name = name
    self.position = position
    self.reason = reason
  }
}
