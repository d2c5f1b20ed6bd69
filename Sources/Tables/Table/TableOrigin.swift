/// Where a table comes from, and how its text was read: all that is known of it but its rows.
struct TableOrigin: Sendable {
  /// The file that the table was read from, or what else messages call it.
  let file: String
  /// Where the text's lines are; `nil` for a table that was made in memory.
  var places: SourcePlaces? = nil
  /// Whether the names come from a header.
  var hasHeader = true
  /// The SHA-256 of the bytes that the table was read from, in hexadecimal; empty for a table that
  /// was made in memory.
  var digest = ""
  /// The number of rows of the file when the table holds a sample of them, else `nil`.
  var sampledFrom: Int? = nil
  /// How the text was read; `nil` for a table that was made in memory.
  var reading: TableReading? = nil
  /// Why one may wonder whether the first record names the columns, if so.
  var headerDoubt: HeaderDoubt? = nil
  /// The number of comment lines, which were skipped.
  var commentCount = 0
  /// The columns that the text gives no name.
  var unnamedColumns: Set<Int> = []
  /// Texts that stood for missing values, besides the usual ones.
  var missingMarkers: [String] = []
  /// What fields of the file mean; `nil` for a table that was made in memory.
  var rules: FieldRules? = nil
  /// Where the header is, or the first record.
  let start: SourcePosition

  /// A table that is made in memory.
  init(inMemory name: String) {
    file = name
    start = SourcePosition(file: name, line: 1, column: 1)
  }

  /// A text whose header was read, and what is known of it at its end.
  init(_ text: DelimitedText, digest: String, missingMarkers: [String]) {
    file = text.records.file
    places = text.records.places
    hasHeader = text.hasHeader
    self.digest = digest
    reading = text.reading
    headerDoubt = text.doubt
    commentCount = text.commentCount
    unnamedColumns = text.unnamed
    self.missingMarkers = missingMarkers
    rules = text.records.rules
    start = text.start
  }

  /// Whether the table has a header without a name for a column.
  func isUnnamed(_ index: Int) -> Bool { hasHeader && unnamedColumns.contains(index) }

  /// Where a row is, when its field's own place is not known.
  ///
  /// The line is right if every record takes one, and the column is the record's first. A table that
  /// was made in memory has rows and columns instead.
  ///
  /// - Parameters:
  ///   - row: The row's number in the file, from 0.
  ///   - column: The column's index.
  /// - Returns: Its place.
  func place(ofRow row: Int, column: Int) -> SourcePosition {
    guard !digest.isEmpty else {
      return SourcePosition(file: file, line: row + 1, column: column + 1)
    }
    let line = start.line + (hasHeader ? 1 : 0) + row
    return places?.position(line: line, column: 1)
      ?? SourcePosition(file: file, line: line, column: 1)
  }

  /// The first missing value of a column; a table made in memory has rows instead of lines.
  ///
  /// - Parameters:
  ///   - column: The column.
  ///   - index: Its place among the columns.
  ///   - fileRows: For each of its rows the number in the file, if rows were left out.
  /// - Returns: Its row and place; `nil` when no value is missing.
  func firstMissing(
    of column: TableColumn, at index: Int, _ fileRows: [Int]?
  ) -> TableColumn.Occurrence? {
    if let occurrence = column.places.firstMissing { return occurrence }
    guard let row = (0..<column.rowCount).first(where: column.isMissing) else { return nil }
    return TableColumn.Occurrence(
      row: row, position: place(ofRow: fileRows?[row] ?? row, column: index), text: "")
  }
}
