/// The records of a table as text, part after part, on several threads.
struct RecordParts {
  private let text: DelimitedText
  private var windows: TextWindows<RecordPart>
  /// Who reads on where something is not regular; it says what is wrong, or continues where nothing is.
  private var reader: DelimitedText?
  private var commentsInWindows: Int

  /// Begins with the records of a table that were not read, the current one included if it is the first.
  ///
  /// - Parameters:
  ///   - text: The table, whose header was read.
  ///   - cutting: How to cut the text.
  /// - Throws: ``TableError`` when reading failed.
  init(_ text: DelimitedText, _ cutting: TextPipeline.Cutting) throws(TableError) {
    self.text = text
    commentsInWindows = text.records.commentCount
    let (grammar, rules) = (text.records.grammar, text.records.rules)
    let (places, columnCount) = (text.records.places, text.names.count)
    var records = text.records
    let (input, line) = try records.remainder(withCurrent: text.isAtFirstRecord)
    windows = TextWindows(
      input, line: line, quote: grammar.separator == .tab ? nil : grammar.quote.byte,
      cutting: cutting
    ) { block in
      RecordPart(
        grammar: grammar, rules: rules, columnCount: columnCount, places: places, block: block)
    }
  }

  /// The number of comment lines so far.
  var commentCount: Int { commentsInWindows + (reader?.records.commentCount ?? 0) }

  /// The expected size of what is still to come, as a multiple of the window that was read last; `nil`
  /// when it is not known.
  var remainingShare: Double? { windows.remainingShare }

  var source: ByteSource { windows.source }

  /// Reads the next records.
  ///
  /// - Parameter modes: For each column how to read it; texts where a plain number need not mean itself.
  /// - Returns: Parts in order, which hold their records until the next call; `nil` at the end.
  /// - Throws: ``TableError``: what is wrong with the first record after those that were returned.
  mutating func next(
    _ modes: [RecordPart.ColumnMode]
  ) throws(TableError) -> ArraySlice<RecordPart>? {
    let modes =
      text.records.rules.keepPlainNumbers
      ? modes : [RecordPart.ColumnMode](repeating: .text, count: modes.count)
    let longestRecord = windows.longestRow
    let parts = try windows.next { part, extent in
      part.read(extent, modes: modes, longestRecord: longestRecord)
    }
    if let parts {
      commentsInWindows += parts.reduce(0) { $0 + $1.commentCount }
      return parts
    }
    guard windows.isIrregular else { return nil }
    if reader == nil {
      let (input, line) = try windows.remainder()
      reader = text.continued(RecordReader(input, grammar: text.records.grammar, line: line))
    }
    guard try reader?.next() ?? false, let records = reader?.records else { return nil }
    return [RecordPart(of: records)]
  }
}
