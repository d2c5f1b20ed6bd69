/// A table as text: named columns, and records that all have as many fields.
struct DelimitedText {
  /// Whether the first record named the columns.
  let hasHeader: Bool
  /// The columns' names, all different.
  let names: [String]
  /// The columns that the text gives no name.
  let unnamed: Set<Int>
  /// The place of the header, or of the first record.
  let start: SourcePosition
  /// The reader, at the current record.
  var records: RecordReader
  /// Whether the reader is at the first record already.
  var isAtFirstRecord: Bool

  /// How the text is read, for a model to remember.
  let reading: TableReading
  /// Why one may wonder about the header, if so.
  let doubt: HeaderDoubt?
  /// The columns of whole numbers that are written with zeros behind the point, and how many.
  let wholeNumberDecimals: [Int: Int]
  /// The number of comment lines so far.
  var commentCount = 0
  /// For each column what the text says that it holds; empty where the values decide.
  let declared: [DeclaredContent]

  /// Recognises the format of a text that has to be a table, and reads what names the columns.
  ///
  /// - Parameters:
  ///   - source: Where the text comes from.
  ///   - options: What is known about it.
  /// - Throws: ``TableError``; a text without any record is an error.
  init(_ source: ByteSource, options: TextOptions) throws(TableError) {
    var input = try InputBuffer(source)
    let sample = try TextSample(&input)
    self = try DataFormats.tableFormat(source.fileName, options, sample).open(
      input, sample, options)
  }

  /// Recognises separator and header, and reads the latter.
  init(
    _ input: InputBuffer, sample: TextSample, options: TextOptions
  ) throws(TableError) {
    let grammar = sample.grammar(options)
    var input = input
    if let directive = sample.directive { input.advance(to: input.start + directive.length) }
    records = RecordReader(input, grammar: grammar, line: sample.directive == nil ? 1 : 2)
    let rules = sample.rules(options, grammar)
    records.rules = rules
    guard try records.next() else {
      throw TableError(.noRecords(file: records.file, afterHeader: false))
    }
    start = records.recordPosition
    var decision = TextSample.HeaderDecision(isHeader: options.header == .yes)
    if options.header == .auto {
      decision = sample.headerDecision(grammar, rules, expected: options.expected)
    }
    hasHeader = decision.isHeader
    isAtFirstRecord = !hasHeader
    if !hasHeader || options.header == .auto && sample.miscountsColumns(records) {
      names = Self.defaultNames(records.fields.count)
      unnamed = Set(0..<records.fields.count)
    } else {
      names = try Self.names(records)
      let header = records
      unnamed = Set(
        header.fields.indices.filter { FieldText.trimmed(header.text($0)).isEmpty })
    }
    wholeNumberDecimals = sample.wholeNumberDecimals(grammar, rules, hasHeader: hasHeader)
    if decision.isDoubtful {
      let record = records
      let first = record.fields.indices.prefix(4).map { FieldText.trimmed(record.text($0)) }
      doubt = HeaderDoubt(
        fields: first + (record.fields.count > 4 ? ["…"] : []), line: record.line,
        isHeader: decision.isHeader)
    } else {
      doubt = nil
    }
    declared = []
    reading = TableReading(
      separator: grammar.separator, quote: grammar.quote,
      decimal: rules.hasDecimalCommas ? .comma : .point,
      commentMark: options.commentMark,
      knowsUsualMarkers: options.knowsUsualMarkers)
  }

  /// Begins with the current record, as a table without a header.
  init(withoutHeader records: RecordReader) {
    self.records = records
    hasHeader = false
    isAtFirstRecord = true
    start = records.recordPosition
    names = Self.defaultNames(records.fields.count)
    unnamed = Set(names.indices)
    reading = TableReading(
      separator: records.grammar.separator, quote: records.grammar.quote,
      decimal: records.rules.hasDecimalCommas ? .comma : .point)
    doubt = nil
    wholeNumberDecimals = [:]
    declared = []
  }

  /// Collects the parts of a table that declares its columns.
  ///
  /// - Parameters:
  ///   - records: The reader, before the first record or at it.
  ///   - isAtFirstRecord: Whether it is at it, and the record has a field for each column.
  ///   - names: The columns' names, all different.
  ///   - start: Where they are declared.
  ///   - declared: What each of them holds.
  ///   - reading: How the text is read.
  init(
    records: RecordReader, isAtFirstRecord: Bool, names: [String], start: SourcePosition,
    declared: [DeclaredContent], reading: TableReading
  ) {
    self.records = records
    self.isAtFirstRecord = isAtFirstRecord
    self.names = names
    self.start = start
    self.declared = declared
    self.reading = reading
    hasHeader = true
    unnamed = []
    doubt = nil
    wholeNumberDecimals = [:]
  }

  /// The same table where another reader has arrived.
  func continued(_ records: RecordReader) -> DelimitedText {
    var other = self
    other.records = records
    other.records.rules = self.records.rules
    other.isAtFirstRecord = false
    return other
  }

  /// What columns are called without a header.
  static func defaultNames(_ count: Int) -> [String] { (1...max(1, count)).map { "column\($0)" } }

  private static func names(_ records: RecordReader) throws(TableError) -> [String] {
    var names: [String] = []
    var numbers: [String: Int] = [:]
    for index in records.fields.indices {
      let text = FieldText.trimmed(records.text(index))
      let name = text.isEmpty ? "column\(index + 1)" : text
      if let first = numbers.updateValue(index + 1, forKey: name) {
        throw TableError(
          .duplicateColumn(
            records.position(index), name: name, first: first, second: index + 1))
      }
      names.append(name)
    }
    return names
  }

  /// Goes to the next record.
  ///
  /// - Returns: Whether there is one.
  /// - Throws: ``TableError``, also when it has another number of fields than there are columns.
  mutating func next() throws(TableError) -> Bool {
    if isAtFirstRecord {
      isAtFirstRecord = false
      return true
    }
    guard try records.next() else { return false }
    guard records.fields.count == names.count else {
      throw TableError(
        .raggedRecord(
          records.recordPosition, found: records.fields.count, expected: names.count,
          hasHeader: hasHeader))
    }
    return true
  }

  /// The name of a field of the current record, for messages.
  func fieldName(_ index: Int) -> FieldName { FieldName(number: index + 1, name: names[index]) }

  /// Finds a column by its name or number.
  func column(_ nameOrNumber: String) throws(TableError) -> Int {
    try ColumnLookup.index(of: nameOrNumber, in: names, at: start)
  }
}

/// What a text says that a column holds.
enum DeclaredContent: Sendable, Equatable {
  case numbers
  case texts
  /// Texts of a list.
  case values([String])

  /// What is wrong with a column that should hold this, if anything.
  func problem(_ column: TableColumn, _ name: FieldName) -> TableError? {
    switch (self, column.values) {
    case (.numbers, .categories):
      return column.places.firstText.map {
        TableError(.notANumber($0.position, name, text: $0.text))
      }
    case (.values(let known), .categories(let levels, _)):
      let known = Set(known)
      guard let level = levels.indices.first(where: { !known.contains(levels[$0]) }) else {
        return nil
      }
      return TableError(
        .undeclaredValue(
          column.places.levels[level], name, text: levels[level], declared: known.sorted()))
    case (.numbers, .numbers), (.texts, _), (.values, .numbers): return nil
    }
  }
}

/// Finding columns by what a user calls them.
enum ColumnLookup {
  /// The index of the column with a name or else, when no column has that name and it is a number,
  /// with that number from 1.
  static func index(
    of nameOrNumber: String, in names: [String], at place: SourcePosition
  ) throws(TableError) -> Int {
    if let index = names.firstIndex(of: nameOrNumber) { return index }
    if !nameOrNumber.isEmpty, nameOrNumber.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      let number = Int(nameOrNumber) ?? .max
      guard number >= 1, number <= names.count else {
        throw TableError(.columnNumber(place, number: number, count: names.count))
      }
      return number - 1
    }
    throw TableError(.noSuchColumn(place, name: nameOrNumber, columns: names))
  }
}
