/// What the columns of a training table contain, and how they are treated: what a user may want to
/// see before anything is trained.
package struct TableSchema: Sendable {
  /// One column.
  package struct Column: Sendable, Codable {
    /// What a column holds.
    package enum Content: String, Sendable, Codable {
      /// Numbers.
      case numbers = "number"
      /// Texts from a list.
      case categories = "category"
      /// Texts whose terms are features.
      case texts = "text"
      /// Dates or times.
      case dates = "date"
      /// Only missing values.
      case nothing
    }

    /// The column's name.
    package let name: String
    /// What it holds, or what the user takes it for.
    package let content: Content
    /// The number of different values, not counting missing ones.
    package let distinctCount: Int
    /// The number of missing values.
    package let missingCount: Int
    /// The smallest and the largest of its numbers.
    package let range: ClosedRange<Double>?
    /// The texts that occur, ascending by UTF-8 bytes; empty for numbers.
    package let levels: [String]
    /// How it is treated.
    package let role: ColumnRole
    /// Why it cannot be what it should be: training will reject it.
    package let problem: TableError?
  }

  /// Whether the names come from a header.
  package let hasHeader: Bool
  /// The columns, in order.
  package let columns: [Column]

  /// Looks at a table.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - target: The index of the column to predict, or `nil` when there is none.
  ///   - choices: How columns are treated, where their values do not decide it.
  ///   - missing: What is done about missing values.
  /// - Throws: ``TableError`` when choices name no column, or contradict each other, or when a row
  ///   has no weight.
  /// - Complexity: O(rows) for each column.
  package init(
    _ table: Table, target: Int?, choices: ColumnChoices = ColumnChoices(),
    missing: MissingValuePolicy = .error
  ) throws(TableError) {
    self = try PlannedTable(table, target: target, choices: choices, missing: missing)
      .columnSchema
  }

  /// Collects the parts.
  init(hasHeader: Bool, _ columns: [Column]) {
    self.hasHeader = hasHeader
    self.columns = columns
  }
}

extension TableSchema.Column {
  /// Looks at a column.
  ///
  /// - Parameters:
  ///   - column: All its values, without those of rows of weight 0.
  ///   - index: Its place among the columns.
  ///   - plan: What the columns are.
  init(_ column: TableColumn, at index: Int, _ plan: ColumnPlan) {
    var range: ClosedRange<Double>?
    var levels: [String] = []
    switch column.values {
    case .numbers(let numbers):
      let present = numbers.lazy.filter { !$0.isNaN }
      if let least = present.min(), let greatest = present.max() { range = least...greatest }
    case .categories(let texts, _): levels = texts
    }
    content =
      if range == nil, levels.isEmpty {
        .nothing
      } else if plan.isDate(index) {
        .dates
      } else if column.isNumeric, plan.kinds[index] != .category {
        .numbers
      } else {
        plan.kinds[index] == .text ? .texts : .categories
      }
    name = column.name
    distinctCount = column.distinctValueCount(upTo: Int.max)
    missingCount = column.missingCount
    self.range = range
    self.levels = levels
    role = plan.roles[index]
    problem = plan.problem(index)
  }
}
