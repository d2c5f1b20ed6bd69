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

  /// Looks at a text; `nil` for a plain number and for anything that is not a number.
  init?(ofText text: String) {
    let bytes = Array(FieldText.trimmed(text).utf8)
    guard NumberParser.parse(bytes.span, bytes.indices) != .notANumber else { return nil }
    self.init(bytes.span, bytes.indices)
  }
}
