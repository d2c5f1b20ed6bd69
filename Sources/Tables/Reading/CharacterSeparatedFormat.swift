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
}

extension TextFormat {
  /// Fields separated by commas, semicolons or vertical bars.
  public static let csv = TextFormat(CharacterSeparatedFormat.csv)
  /// Fields separated by tabs.
  public static let tsv = TextFormat(CharacterSeparatedFormat.tsv)
}
