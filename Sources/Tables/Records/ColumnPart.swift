/// A field of a part of a text; its text is the bytes from `start` to `end` of the window.
struct PartField {
  var start: Int32
  var end: Int32
  var isQuoted = false
  var hasDoubledQuotes = false
}

/// The rows of a part of a text, for the columns that are made of them.
protocol ColumnPart {
  var rowCount: Int { get }
  /// Appends the plain numbers of a column from a row on, up to the first field that is none.
  ///
  /// - Returns: The first row that was not appended.
  func appendNumbers(_ column: Int, from row: Int, to numbers: inout [Double]) -> Int
  /// A field, whether it is a plain number or not.
  func field(_ row: Int, _ column: Int) -> PartField
  /// The number that a field spells.
  func number(_ field: PartField) -> NumberParser.Outcome
  /// What the spelling of a field that is a number says beyond its value.
  func trait(_ field: PartField) -> NumberTrait?
  /// Whether a field is empty or holds one of the markers for missing values.
  func isMissing(_ field: PartField) -> Bool
  /// The text of a field.
  func text(_ field: PartField) -> String
  /// The code of a field's text in a table of texts, if it occurred before.
  func code(_ field: PartField, in texts: TextTable) -> Int32?
  /// The place of a field: its first byte, or its opening quote.
  func position(_ row: Int, _ field: PartField) -> SourcePosition
}
