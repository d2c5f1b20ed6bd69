/// A text that ranks read together, each its own part of the rows; its beginning was read by all.
protocol DividedText {
  /// Where its first row begins.
  var start: TextShares.Cut { get }
  /// How records are cut into fields; `nil` where every line is a row.
  var grammar: RecordGrammar? { get }
  /// Reads the rows.
  ///
  /// - Parameters:
  ///   - shares: The parts of the text.
  ///   - options: What is known about it.
  /// - Returns: The examples, of which this rank holds some.
  /// - Throws: ``TableError``, on all ranks.
  func examples(
    _ shares: inout TextShares, _ options: TextOptions
  ) throws(TableError) -> any ExampleText
}

extension DataFormat {
  /// Formats that say nothing of it have to be read from the beginning to the end.
  func divided(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions
  ) throws(TableError) -> (any DividedText)? { nil }
}

extension TableFormat {
  func divided(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions
  ) throws(TableError) -> (any DividedText)? {
    try DividedTable(open(input, sample, options), of: input.source)
  }
}

/// A table before its first record.
private struct DividedTable: DividedText {
  private let text: DelimitedText
  let start: TextShares.Cut
  var grammar: RecordGrammar? { text.records.grammar }

  init(_ text: DelimitedText, of source: ByteSource) throws(TableError) {
    self.text = text
    var records = text.records
    let (rest, line) = try records.remainder(withCurrent: text.isAtFirstRecord)
    start = TextShares.Cut(offset: source.readByteCount - (rest.end - rest.start), line: line)
  }

  func examples(
    _ shares: inout TextShares, _ options: TextOptions
  ) throws(TableError) -> any ExampleText {
    try TableShare(text, &shares, options)
  }
}

extension LIBSVMFormat {
  func divided(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions
  ) throws(TableError) -> (any DividedText)? {
    DividedLIBSVM(
      start: TextShares.Cut(
        offset: input.source.readByteCount - (input.end - input.start), line: 1))
  }
}

/// LIBSVM's text, every line of which is a row.
private struct DividedLIBSVM: DividedText {
  let start: TextShares.Cut
  var grammar: RecordGrammar? { nil }

  func examples(
    _ shares: inout TextShares, _ options: TextOptions
  ) throws(TableError) -> any ExampleText {
    try LIBSVMShare(&shares, options)
  }
}
