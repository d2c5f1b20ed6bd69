/// What a whole column holds, which its parts on the ranks then hold, too.
struct ColumnContent: Sendable, Codable {
  let isNumeric: Bool
  let notation: NumberNotation?
  /// Whether the texts of the numbers are kept.
  let hasSpelling: Bool
  let keepsSpelling: Bool

  init(_ column: TableColumn) {
    isNumeric = column.isNumeric
    notation = column.notation
    hasSpelling = column.spelling != nil
    keepsSpelling = column.keepsSpelling
  }
}

extension SharedColumns {
  /// The rows of a column that are on this rank, as a part of the whole column.
  ///
  /// - Parameters:
  ///   - index: The column.
  ///   - content: What the whole column holds.
  ///   - rows: The rows to take, from the first one of this rank on, or `nil` for all.
  /// - Returns: The rows.
  func slice(_ index: Int, _ content: ColumnContent, rows: [Int]?) -> TableColumn {
    let builder = builders[index]
    let name = heading.names[index]
    func chosen<Value>(_ values: [Value]) -> [Value] {
      rows.map { rows in rows.map { values[$0] } } ?? values
    }
    guard builder.kind == .texts else {
      let numbers = chosen(builder.numbers)
      // Without a value on this rank, the column may be one of texts.
      return TableColumn(
        name: name,
        values: content.isNumeric
          ? .numbers(numbers)
          : .categories(levels: [], codes: [Int32](repeating: -1, count: numbers.count)),
        places: TableColumn.Places())
    }
    let (levels, order, rank) = builder.texts.sortedOrder()
    let codes = chosen(builder.codes).map { $0 < 0 ? -1 : rank[Int($0)] }
    var places = TableColumn.Places()
    places.levels = order.map { builder.places.levels[$0] }
    places.levelNumbers = order.map { builder.places.levelNumbers[$0] }
    guard content.isNumeric else {
      var column = TableColumn(
        name: name, values: .categories(levels: levels, codes: codes), places: places)
      column.keepsSpelling = content.keepsSpelling
      return column
    }
    // Texts that are not numbers are in rows that are left out.
    let ofLevel =
      content.notation.map { notation in levels.map { notation.number($0) ?? .nan } }
      ?? places.levelNumbers
    var column = TableColumn(
      name: name, values: .numbers(codes.map { $0 < 0 ? .nan : ofLevel[Int($0)] }),
      places: places)
    column.notation = content.notation
    if content.hasSpelling {
      column.spelling = TableColumn.Spelling(levels: levels, codes: codes)
    }
    return column
  }
}
