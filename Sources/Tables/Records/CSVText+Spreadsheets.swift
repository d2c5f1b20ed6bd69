import Basics

extension CSVText {
  /// Makes a writer.
  ///
  /// - Parameters:
  ///   - separator: What separates fields.
  ///   - isSpreadsheetSafe: Whether texts that a spreadsheet would take for formulas, because they
  ///     begin with `=`, `+`, `-` or `@` and are not numbers, get an apostrophe in front.
  package init(separator: UInt8 = UInt8(ascii: ","), isSpreadsheetSafe: Bool) {
    self.init(separator: separator, needsApostrophe: isSpreadsheetSafe ? Self.isFormula : nil)
  }

  /// Whether a spreadsheet would compute a field.
  @Sendable
  private static func isFormula(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    // Blanks, tabs and line ends before a formula hide it from us, not from a spreadsheet.
    var first = range.lowerBound
    while first < range.upperBound, bytes[first] <= UInt8(ascii: " ") { first += 1 }
    guard first < range.upperBound, "=+-@".utf8.contains(bytes[first]) else { return false }
    return NumberParser.parse(bytes, range) == .notANumber
      && FieldRules.numberWithComma(bytes, range) == .notANumber
  }
}
