/// What the bytes of a field say, whatever its column.
package enum FieldText {
  /// The texts that stand for a missing value, besides no text at all.
  static let missingMarkers = ["?", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL"]
  /// All texts that stand for a missing value, the empty one first.
  package static var missingTexts: [String] { [""] + missingMarkers }
  private static let markerBytes = missingMarkers.map { Array($0.utf8) }

  /// Whether bytes are empty or one of the markers for missing values.
  static func isMissing(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    if range.isEmpty { return true }
    guard range.count <= 4 else { return false }
    // No marker begins with a digit, a point or a sign, as nearly every field does.
    guard bytes[range.lowerBound] > UInt8(ascii: "9") else { return false }
    return markerBytes.contains { marker in
      marker.count == range.count
        && range.allSatisfy { bytes[$0] == marker[$0 - range.lowerBound] }
    }
  }

  /// Whether a text is empty or one of the markers for missing values.
  package static func isMissing(_ text: String) -> Bool {
    text.isEmpty || missingMarkers.contains(text)
  }

  /// A range without the blanks at its ends.
  static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  /// A text without the blanks at its ends.
  static func trimmed(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return NumberParser.text(bytes.span, trimmed(bytes.span, bytes.indices))
  }

  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}

/// What the fields of one text mean, beyond what they mean everywhere.
package struct FieldRules: Sendable {
  /// Whether a comma stands between the whole and the fraction of a number.
  ///
  /// A number with a point is then none, because the point could separate thousands.
  let hasDecimalCommas: Bool
  /// Whether the usual markers stand for missing values, and not only empty fields.
  private let knowsUsualMarkers: Bool
  /// Whether the user says which mark numbers have before their fraction.
  let isDecimalGiven: Bool
  private let markers: [[UInt8]]
  private let markerValues: [Double]
  /// Whether fields mean what they mean everywhere.
  private let isPlain: Bool

  /// Makes rules; without arguments those that hold everywhere.
  ///
  /// - Parameters:
  ///   - hasDecimalCommas: Whether numbers are written with decimal commas.
  ///   - missingMarkers: Further texts that stand for missing values. One that is a number stands
  ///     for its value, however that is spelled.
  ///   - knowsUsualMarkers: Whether `NA`, `?` and so on stand for missing values.
  ///   - isDecimalGiven: Whether the user says which mark numbers have before their fraction.
  package init(
    hasDecimalCommas: Bool = false, missingMarkers: [String] = [], knowsUsualMarkers: Bool = true,
    isDecimalGiven: Bool = false
  ) {
    self.hasDecimalCommas = hasDecimalCommas
    self.knowsUsualMarkers = knowsUsualMarkers
    self.isDecimalGiven = isDecimalGiven
    markers = missingMarkers.map { Array($0.utf8) }
    markerValues = missingMarkers.compactMap {
      if case .number(let value) = NumberParser.parse($0) { value } else { nil }
    }
    isPlain = !hasDecimalCommas && missingMarkers.isEmpty
  }

  /// Whether a plain number, wherever it is, means that number.
  var keepPlainNumbers: Bool { !hasDecimalCommas && markerValues.isEmpty }

  /// The number that bytes spell; a marker for missing values is none.
  @inline(__always)
  func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> NumberParser.Outcome {
    isPlain ? NumberParser.parse(bytes, range) : unusualNumber(bytes, range)
  }

  private func unusualNumber(_ bytes: Span<UInt8>, _ range: Range<Int>) -> NumberParser.Outcome {
    let outcome = parsed(bytes, range)
    if case .number(let value) = outcome, markerValues.contains(value) { return .notANumber }
    return outcome
  }

  private func parsed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> NumberParser.Outcome {
    guard hasDecimalCommas else { return NumberParser.parse(bytes, range) }
    return Self.numberWithComma(bytes, range)
  }

  /// The number that bytes spell with a decimal comma.
  static func numberWithComma(
    _ bytes: Span<UInt8>, _ range: Range<Int>
  ) -> NumberParser.Outcome {
    var spelling: [UInt8] = []
    for i in range {
      guard bytes[i] != UInt8(ascii: ".") else { return .notANumber }
      spelling.append(bytes[i] == UInt8(ascii: ",") ? UInt8(ascii: ".") : bytes[i])
    }
    return NumberParser.parse(spelling.span, spelling.indices)
  }

  /// Whether a text is a number with a decimal mark, or without any.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - mark: A point or a comma.
  /// - Returns: Whether it is a finite number.
  package static func isNumber(_ text: String, _ mark: DecimalMark) -> Bool {
    let bytes = Array(text.utf8)
    let outcome =
      mark == .comma
      ? numberWithComma(bytes.span, bytes.indices) : NumberParser.parse(bytes.span, bytes.indices)
    if case .number = outcome { return true }
    return false
  }

  /// Whether bytes stand for a missing value.
  func isMissing(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    if range.isEmpty || knowsUsualMarkers && FieldText.isMissing(bytes, range) { return true }
    guard !markers.isEmpty else { return false }
    if markers.contains(where: { marker in
      marker.count == range.count
        && range.allSatisfy { bytes[$0] == marker[$0 - range.lowerBound] }
    }) {
      return true
    }
    guard !markerValues.isEmpty, case .number(let value) = parsed(bytes, range) else {
      return false
    }
    return markerValues.contains(value)
  }
}

/// What the spelling of a number says beyond its value.
enum NumberTrait: Equatable {
  /// It begins with a 0 and another digit, as codes do.
  case leadingZero
  /// It is a whole number with more digits than a Double holds, as long keys are.
  case inexact

  /// Looks at a number's bytes; `nil` for a plain one.
  init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    func digit(_ index: Int) -> UInt8 { bytes[index] &- UInt8(ascii: "0") }
    guard range.count > 1 else { return nil }
    if digit(range.lowerBound) == 0, digit(range.lowerBound + 1) < 10 {
      self = .leadingZero
      return
    }
    guard range.count > 15 else { return nil }
    var start = range.lowerBound
    if bytes[start] == UInt8(ascii: "-") || bytes[start] == UInt8(ascii: "+") { start += 1 }
    var value: UInt64 = 0
    for index in start..<range.upperBound {
      guard digit(index) < 10 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit(index)))
      guard !overflow, !carry else {
        self = .inexact
        return
      }
      value = sum
    }
    guard UInt64(exactly: Double(value)) != value else { return nil }
    self = .inexact
  }

  /// Looks at a text; `nil` for a plain number and for what is no number.
  init?(ofText text: String) {
    let bytes = Array(FieldText.trimmed(text).utf8)
    guard NumberParser.parse(bytes.span, bytes.indices) != .notANumber else { return nil }
    self.init(bytes.span, bytes.indices)
  }
}

/// Writes fields and records of delimited text: the one way in which this toolkit does.
package struct CSVText: Sendable {
  /// What separates fields.
  private let separator: UInt8
  /// Whether texts that a spreadsheet would take for formulas get an apostrophe in front.
  private let isSpreadsheetSafe: Bool

  /// Makes a writer.
  ///
  /// - Parameters:
  ///   - separator: What separates fields.
  ///   - isSpreadsheetSafe: Whether texts that a spreadsheet would take for formulas, because they
  ///     begin with `=`, `+`, `-` or `@` and are no numbers, get an apostrophe in front.
  package init(separator: UInt8 = UInt8(ascii: ","), isSpreadsheetSafe: Bool = false) {
    self.separator = separator
    self.isSpreadsheetSafe = isSpreadsheetSafe
  }

  /// Whether a field has to be quoted to be read back as it is.
  private func needsQuotes(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard !range.isEmpty else { return false }
    if FieldText.isBlank(bytes[range.lowerBound]) || FieldText.isBlank(bytes[range.upperBound - 1])
    {
      return true
    }
    for i in range {
      let byte = bytes[i]
      if byte == separator || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
        || byte == UInt8(ascii: "\r")
      {
        return true
      }
    }
    return false
  }

  /// Whether a spreadsheet would compute a field.
  private func isFormula(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard isSpreadsheetSafe else { return false }
    // Blanks, tabs and line ends before a formula hide it from us, not from a spreadsheet.
    var first = range.lowerBound
    while first < range.upperBound, bytes[first] <= UInt8(ascii: " ") { first += 1 }
    guard first < range.upperBound, "=+-@".utf8.contains(bytes[first]) else { return false }
    return NumberParser.parse(bytes, range) == .notANumber
      && FieldRules.numberWithComma(bytes, range) == .notANumber
  }

  /// Appends a text as a field, in quotes when it needs them.
  ///
  /// - Parameters:
  ///   - bytes: Bytes with the text among them.
  ///   - range: Where the text is.
  ///   - output: Where to put the field.
  package func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let isQuoted = needsQuotes(bytes, range)
    if isQuoted { output.append(quote) }
    if isFormula(bytes, range) { output.append(UInt8(ascii: "'")) }
    for i in range {
      output.append(bytes[i])
      if isQuoted, bytes[i] == quote { output.append(quote) }
    }
    if isQuoted { output.append(quote) }
  }

  /// A text as a field, in quotes when it needs them.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The field.
  package func field(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var output: [UInt8] = []
    append(bytes.span, bytes.indices, to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// Texts as a record with its line end; one empty field alone is `""`, because an empty line is no
  /// record.
  ///
  /// - Parameter texts: The fields' texts.
  /// - Returns: The line.
  package func record(_ texts: [String]) -> String {
    if texts == [""] { return Self.emptyField + "\n" }
    return texts.map(field).joined(separator: String(UnicodeScalar(separator))) + "\n"
  }

  /// A record of one field that is empty: without quotes it would be an empty line, which readers pass
  /// over.
  package static let emptyField = "\"\""

  /// A text as a field of comma-separated text, in quotes when it needs them.
  ///
  /// - Parameter text: Any text.
  /// - Returns: The field.
  package static func field(_ text: String) -> String { CSVText().field(text) }
}

/// Writing numbers.
package enum NumberText {
  /// The shortest text that reads back as the same number; whole numbers without a point.
  ///
  /// - Parameter value: Any number.
  /// - Returns: Its text.
  package static func shortest(_ value: Double) -> String {
    // Above 2⁵³ not every whole number is representable, and an exponent is shorter.
    if value.rounded(.towardZero) == value, value.magnitude <= 9_007_199_254_740_992 {
      return value == 0 && value.sign == .minus ? "-0" : String(Int64(value))
    }
    return value.description
  }

  /// The same with zeros behind the point of a whole number: `1.0`.
  ///
  /// - Parameters:
  ///   - value: Any number.
  ///   - zeros: How many.
  /// - Returns: Its text, which reads back as the same number.
  package static func shortest(_ value: Double, zeros: Int) -> String {
    let text = shortest(value)
    guard zeros > 0, text.utf8.allSatisfy({ "-0123456789".utf8.contains($0) }) else { return text }
    return text + "." + String(repeating: "0", count: zeros)
  }
}

/// Whether bytes are UTF-8 (RFC 3629).
enum UTF8Check {
  /// The first byte of the first sequence that is not UTF-8: overlong forms, surrogates and what
  /// lies beyond U+10FFFF included.
  static func firstInvalid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var i = range.lowerBound
    let end = range.upperBound
    while i < end {
      let lead = bytes[i]
      if lead < 0x80 {
        i += 1
        continue
      }
      let length: Int
      // The second byte's range is what rules out the forms that UTF-8 forbids.
      var second: ClosedRange<UInt8> = 0x80...0xBF
      switch lead {
      case 0xC2...0xDF: length = 2
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: length = 3
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      case 0xF1...0xF3: length = 4
      default: return i
      }
      guard i + length <= end, second.contains(bytes[i + 1]) else { return i }
      for k in 2..<max(2, length) where bytes[i + k] & 0xC0 != 0x80 { return i }
      i += length
    }
    return nil
  }
}
