/// What messages say of a column of a training table.
package struct ColumnAccount: Codable, Sendable {
  /// Its name.
  package let name: String
  /// Whether it is predicted.
  package var isTarget = false
  /// The number of rows, those of weight 0 included.
  package let rowCount: Int
  /// The number of rows without a value.
  package let missingCount: Int
  /// The number of different texts; `nil` of a column of numbers.
  package let textCount: Int?
  /// How it was taken, where that is worth knowing.
  package var remarks: [ColumnRemark] = []

  /// Looks at a column.
  ///
  /// - Parameter column: All its values.
  init(_ column: TableColumn) {
    name = column.name
    rowCount = column.rowCount
    missingCount = column.missingCount
    textCount = column.isNumeric ? nil : column.distinctValueCount(upTo: Int.max)
  }
}

extension Table {
  package func columnAccounts(
    _ columns: ChosenColumns, missing: MissingValuePolicy
  ) throws(TableError) -> [ColumnAccount]? {
    let target =
      columns.hasTarget || columns.target != nil
      ? try targetIndex(columns.target, columns.choices) : nil
    var accounts = self.columns.map { ColumnAccount($0) }
    if let target { accounts[target].isTarget = true }
    for (index, remark) in try remarks(
      target: target, choices: columns.choices, missing: missing)
    {
      accounts[index].remarks.append(remark)
    }
    return accounts
  }
}
