/// The records of a table as text, part after part, on several threads.
typealias RecordWindows = TextWindows<RecordPart>

extension RecordWindows {
  /// Begins with the records of a table that were not read, the current one included if it is the first.
  ///
  /// - Parameters:
  ///   - text: The table, whose header was read.
  ///   - cutting: How to cut the text.
  /// - Throws: ``TableError`` when reading failed.
  convenience init(_ text: DelimitedText, _ cutting: TextCutting) throws(TableError) {
    let (grammar, rules) = (text.records.grammar, text.records.rules)
    let (places, columnCount) = (text.records.places, text.names.count)
    var records = text.records
    let (input, line) = try records.remainder(withCurrent: text.isAtFirstRecord)
    self.init(
      input, line: line, quote: grammar.separator == .tab ? nil : grammar.quote.byte,
      cutting: cutting
    ) { block in
      RecordPart(
        grammar: grammar, rules: rules, columnCount: columnCount, places: places, block: block)
    } makeReader: { input, line in
      text.continued(RecordReader(input, grammar: grammar, line: line))
    }
  }

  /// Reads the next records.
  ///
  /// - Parameter modes: For each column how to read it; texts where a plain number need not mean itself.
  /// - Returns: Parts in order, which hold their records until the next call; `nil` at the end.
  /// - Throws: ``TableError``: what is wrong with the first record after those that were returned.
  func next(
    _ modes: [RecordPart.ColumnMode]
  ) throws(TableError) -> ArraySlice<RecordPart>? {
    let longestRecord = longestRow
    return try next { part, extent in
      part.read(extent, modes: modes, longestRecord: longestRecord)
    }
  }
}

extension DelimitedText: RowReader {}
