/// A table in memory: named, typed columns of equal length, for training.
public struct Table: Sendable {
  /// Where the table comes from.
  let origin: TableOrigin
  /// The columns, with different names.
  public let columns: [TableColumn]
  /// The number of rows.
  public let rowCount: Int
  /// For each row its number in the file, from 0, when rows of weight 0 were left out; else `nil`.
  package internal(set) var fileRows: [Int]? = nil
  /// Of a table that consists of some rows of a larger one, the number of its first row there.
  var firstRow = 0

  /// Reads a table from a file.
  ///
  /// The whole file decides what a column holds: numbers if every value that is not missing is one,
  /// and otherwise categories. A column of more than ten different values, nearly all of which are
  /// numbers, or most with at most three different texts among them, is not a list of categories
  /// but has malformed values; numbers with decimal commas that were not recognised, or with
  /// separated thousands, are not categories either. A ``TablePreprocessor`` refuses to make
  /// features of either.
  ///
  /// - Parameters:
  ///   - path: The file's path, or `-` for standard input.
  ///   - options: What is known about the file.
  /// - Throws: ``TableError``.
  public init(contentsOf path: String, options: TextOptions = TextOptions()) throws(TableError) {
    try self.init(reading: ByteSource(path: path), options: options)
  }

  /// Reads a table from a source.
  ///
  /// - Parameters:
  ///   - source: Where the text comes from; it is read to its end.
  ///   - options: What is known about the text.
  /// - Throws: ``TableError``.
  public init(
    reading source: ByteSource, options: TextOptions = TextOptions()
  ) throws(TableError) {
    try source.join(options)
    source.prepareForSecondReading()
    var input = try InputBuffer(source)
    let sample = try TextSample(&input)
    try self.init(input, sample: sample, options: options)
  }

  /// Reads a table from an input whose source is prepared for a second reading.
  init(_ input: InputBuffer, sample: TextSample, options: TextOptions) throws(TableError) {
    let source = input.source
    var text = try DataFormats.tableFormat(source.fileName, options, sample)
      .open(input, sample, options)
    let rules = text.records.rules
    var builders = text.builders(options.spelled)
    let rowCount = try text.readColumns(
      into: &builders, wanted: Array(builders.indices), options.cutting,
      byteLimit: options.memoryLimit)
    guard rowCount > 0 else { throw TableError(.noRecords(file: source.name, afterHeader: true)) }
    let digest = source.finishDigest()

    let mixed = builders.indices.filter { builders[$0].needsSecondReading }
    if !mixed.isEmpty {
      for column in mixed { builders[column] = .ofTexts(rules: rules) }
      try source.rewind()
      var again = try DelimitedText(source, options: options)
      guard again.names == text.names else {
        throw TableError(.changedWhileReading(path: source.name))
      }
      _ = try again.readColumns(
        into: &builders, wanted: mixed, options.cutting, byteLimit: options.memoryLimit)
      guard source.finishDigest() == digest else {
        throw TableError(.changedWhileReading(path: source.name))
      }
    }

    origin = TableOrigin(text, digest: digest, missingMarkers: options.missingMarkers)
    self.rowCount = rowCount
    columns = text.columns(builders)
  }

  /// Collects the parts of a table that was read in another way.
  ///
  /// - Parameters:
  ///   - origin: Where it comes from.
  ///   - columns: Its columns, of equal length and with different names.
  ///   - rowCount: The number of rows.
  ///   - fileRows: For each row its number in the file, if others were left out.
  init(_ origin: TableOrigin, columns: [TableColumn], rowCount: Int, fileRows: [Int]? = nil) {
    self.origin = origin
    self.columns = columns
    self.rowCount = rowCount
    self.fileRows = fileRows
  }

  /// Makes a table of columns in memory.
  ///
  /// - Parameters:
  ///   - columns: At least one column; all have as many rows, at least one, and different names.
  ///   - name: What messages call the table.
  /// - Throws: ``TableError`` without columns or rows, when the columns are not equally long, and when two
  ///   have one name.
  public init(columns: [TableColumn], name: String = "table") throws(TableError) {
    origin = TableOrigin(inMemory: name)
    guard let rowCount = columns.first?.rowCount, rowCount > 0 else {
      throw TableError(.noRecords(file: name, afterHeader: true))
    }
    var numbers: [String: Int] = [:]
    for (index, column) in columns.enumerated() {
      if let first = numbers.updateValue(index + 1, forKey: column.name) {
        throw TableError(
          .duplicateColumn(origin.start, name: column.name, first: first, second: index + 1))
      }
      guard column.rowCount == rowCount else {
        // The first row that some columns have and others lack.
        let row = min(column.rowCount, rowCount) + 1
        throw TableError(
          .raggedRecord(
            SourcePosition(file: name, line: row, column: 1),
            found: columns.count { $0.rowCount >= row }, expected: columns.count, hasHeader: true))
      }
    }
    self.columns = columns
    self.rowCount = rowCount
  }

  /// The file that the table was read from, or what else messages call it.
  package var file: String { origin.file }
  /// Whether the names come from a header.
  package var hasHeader: Bool { origin.hasHeader }
  /// The SHA-256 of the bytes that the table was read from, in hexadecimal; empty for a table that
  /// was made in memory.
  package var digest: String { origin.digest }
  /// The number of rows of the file when the table holds a sample of them, else `nil`.
  package var sampledFrom: Int? { origin.sampledFrom }
  /// How the text was read; `nil` for a table that was made in memory.
  package var reading: TableReading? { origin.reading }
  /// Why one may wonder whether the first record names the columns, if so.
  package var headerDoubt: HeaderDoubt? { origin.headerDoubt }
  /// The number of comment lines, which were skipped.
  package var commentCount: Int { origin.commentCount }
  /// Texts that stood for missing values, besides the usual ones.
  package var missingMarkers: [String] { origin.missingMarkers }
  /// Where the header is, or the first record.
  var start: SourcePosition { origin.start }

  /// The line of the header, if there is one and the table was read from text.
  package var headerLine: Int? { hasHeader && reading != nil ? start.line : nil }

  /// Finds a column.
  ///
  /// - Parameter nameOrNumber: The column's name or, when no column has that name, its number
  ///   from 1.
  /// - Returns: The column's index from 0.
  /// - Throws: ``TableError``, with the name that was probably meant.
  public func columnIndex(_ nameOrNumber: String) throws(TableError) -> Int {
    try ColumnLookup.index(of: nameOrNumber, in: columns.map(\.name), at: start)
  }

  /// The rows without any missing value, ascending.
  package var completeRows: [Int] { completeRows(columns.indices) }

  /// The rows without a missing value in some columns, ascending.
  func completeRows(_ indices: some Sequence<Int>) -> [Int] {
    let incomplete = indices.map { columns[$0] }.filter { $0.missingCount > 0 }
    return (0..<rowCount).filter { row in !incomplete.contains { $0.isMissing(row) } }
  }

  /// A column's number and name, for messages.
  func fieldName(_ index: Int) -> FieldName {
    FieldName(number: index + 1, name: columns[index].name)
  }

  /// The first missing value of a column; a table made in memory has rows instead of lines.
  func firstMissing(_ index: Int) -> TableColumn.Occurrence? {
    origin.firstMissing(of: columns[index], at: index, fileRows)
  }
}
