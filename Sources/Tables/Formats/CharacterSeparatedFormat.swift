/// Tables whose fields are separated by characters, with or without names of columns in the first record.
struct CharacterSeparatedFormat: TableFormat {
  let name: String
  let fileEndings: [String]
  let optionRefusal: String? = nil

  /// Commas, semicolons or vertical bars.
  static let csv = CharacterSeparatedFormat(name: "csv", fileEndings: [".csv"])
  /// Tabs.
  static let tsv = CharacterSeparatedFormat(name: "tsv", fileEndings: [".tsv"])

  func isPossible(_ options: TextOptions) -> Bool { true }

  /// What no other format claims is such a table.
  func isShown(by sample: TextSample) -> Bool { false }

  func open(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions
  ) throws(TableError) -> DelimitedText {
    try DelimitedText(input, sample: sample, options: options)
  }

  /// The line that says what the separator is, and the names of the columns, if the first file has them.
  func beginning(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions, like first: DelimitedText?
  ) throws(TableError) -> TextBeginning? {
    guard let first else { return nil }
    var input = input
    if let directive = sample.directive { input.advance(to: input.start + directive.length) }
    let line = sample.directive == nil ? 1 : 2
    var records = RecordReader(input, grammar: first.records.grammar, line: line)
    guard try records.next() else { return nil }
    guard first.hasHeader else {
      return TextBeginning(start: records.recordPosition, rest: input, line: line)
    }
    let columns = records.fields.indices.map { FieldText.trimmed(records.text($0)) }
    let start = records.recordPosition
    let (rest, next) = try records.remainder(withCurrent: false)
    return TextBeginning(columns: columns, start: start, rest: rest, line: next)
  }
}

extension TextFormat {
  /// Fields separated by commas, semicolons or vertical bars.
  public static let csv = TextFormat(CharacterSeparatedFormat.csv)
  /// Fields separated by tabs.
  public static let tsv = TextFormat(CharacterSeparatedFormat.tsv)
}
