/// The format of a text file with examples.
public enum TextFormat: String, Sendable, CaseIterable {
  /// Recognised from the file's name and first lines.
  case auto
  /// Fields separated by commas or semicolons.
  case csv
  /// Fields separated by tabs.
  case tsv
  /// LIBSVM's sparse text: a label, then `index:value` for what is not zero.
  case libsvm
}

/// Whether the first record names the columns.
public enum HeaderMode: String, Sendable, CaseIterable {
  /// Recognised from the first records.
  case auto
  /// It does.
  case yes
  /// It does not; columns are called `column1`, `column2`, ….
  case no
}

/// What stands between the whole and the fraction of a number.
public enum DecimalMark: String, Sendable, CaseIterable {
  /// Recognised: a comma where fields are separated by semicolons or tabs and some numbers are
  /// written with one, none with a point; else a point.
  case auto
  /// A point; a number with a comma is a text.
  case point = "."
  /// A comma; a number with a point is a text, because the point could separate thousands.
  case comma = ","
}

/// How to read a text file with examples.
public struct TextOptions: Sendable {
  /// The format.
  public var format: TextFormat
  /// Whether the first record names the columns; without meaning for LIBSVM text.
  public var header: HeaderMode
  /// What stands between the whole and the fraction of a number; in LIBSVM text always a point.
  public var decimal: DecimalMark
  /// Texts that stand for missing values, besides those that always do.
  public var missingMarkers: [String]
  /// The number of threads that read a whole file, or `nil` for one on each core.
  ///
  /// What is read does not depend on it.
  public var threads: Int?
  /// How the text is cut for them.
  var sizes = ReadingSizes()

  /// Makes options; by default everything is recognised from the file.
  public init(
    format: TextFormat = .auto, header: HeaderMode = .auto, decimal: DecimalMark = .auto,
    missingMarkers: [String] = [], threads: Int? = nil
  ) {
    self.format = format
    self.header = header
    self.decimal = decimal
    self.missingMarkers = missingMarkers
    self.threads = threads
  }
}

/// What is recognised from the first lines of a file.
///
/// All rules look at the same sample, which does not depend on how the bytes arrive: the first 64 KB,
/// or as much as three lines need.
struct TextSample {
  private static let usualSize = 64 << 10
  private static let largestSize = 8 << 20
  private static let mostRecords = 100

  private let bytes: [UInt8]
  private let isWhole: Bool
  private let file: String

  /// Looks at the beginning of an input without taking anything from it.
  init(_ input: inout InputBuffer) throws(TableError) {
    var size = Self.usualSize
    while true {
      try input.read(until: size)
      let sample = input.bytes[input.start..<min(input.start + size, input.end)]
      isEnough: if input.end - input.start > size, size < Self.largestSize {
        var lineEnds = 0
        for byte in sample where byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
          lineEnds += 1
          if lineEnds == 6 { break isEnough }
        }
        size *= 2
        continue
      }
      bytes = Array(sample)
      isWhole = input.isComplete && input.end - input.start <= size
      file = input.source.name
      return
    }
  }

  // MARK: Format

  /// Whether the sample is LIBSVM text: most lines have `index:value` pairs, and no line has anything
  /// else after its label.
  var isLIBSVM: Bool {
    var lines = bytes.split(
      maxSplits: Self.mostRecords, omittingEmptySubsequences: true
    ) { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    // The last line may be cut off.
    if lines.count > 1, !isWhole || lines.count > Self.mostRecords { lines.removeLast() }
    var lineCount = 0
    var linesWithEntries = 0
    for line in lines {
      let content = line.prefix { $0 != UInt8(ascii: "#") }
      let tokens = content.split(whereSeparator: FieldText.isBlank)
      guard let label = tokens.first else { continue }
      lineCount += 1
      guard !label.contains(UInt8(ascii: ",")) || tokens.count > 1,
        tokens.dropFirst().allSatisfy(Self.isEntry)
      else { return false }
      if tokens.count > 1 { linesWithEntries += 1 }
    }
    return linesWithEntries * 2 > lineCount
  }

  private static func isEntry(_ token: ArraySlice<UInt8>) -> Bool {
    guard let colon = token.firstIndex(of: UInt8(ascii: ":")) else { return false }
    let key = token[..<colon]
    let isIndex = !key.isEmpty && key.allSatisfy { (0x30...0x39).contains($0) }
    guard isIndex || key.elementsEqual("qid".utf8) else { return false }
    let value = Array(token[(colon + 1)...])
    return NumberParser.parse(value.span, value.indices) != .notANumber
  }

  // MARK: Separator

  /// The separator under which the records have most often one number of fields, two at least.
  ///
  /// Of equals it is the first of tab, semicolon and comma, because decimal commas and commas in
  /// sentences are common. Blanks count only when they separate mostly numbers.
  func separator(_ format: TextFormat) -> Separator {
    if format == .tsv { return .tab }
    var best: (separator: Separator, share: Double) = (.comma, 0)
    for candidate in [Separator.tab, .semicolon, .comma] where format != .csv || candidate != .tab {
      let share = Self.regularity(records(candidate))
      if share > best.share { best = (candidate, share) }
    }
    if best.share <= 0.5, format == .auto {
      let records = records(.blanks)
      if records.count > 1, Self.regularity(records) == 1 {
        let values = records.dropFirst().joined()
        let numbers = values.count(where: \.isNumber)
        if numbers * 2 >= values.count { return .blanks }
      }
    }
    return best.separator
  }

  /// The share of the records that have the most common number of fields, 0 if that is one field.
  private static func regularity(_ records: [[FieldKind]]) -> Double {
    var frequency: [Int: Int] = [:]
    for record in records { frequency[record.count, default: 0] += 1 }
    let common = frequency.filter { $0.key > 1 }.values.max() ?? 0
    return records.isEmpty ? 0 : Double(common) / Double(records.count)
  }

  // MARK: Decimal commas and missing values

  /// What fields mean, as the options say or else as the sample shows.
  func rules(_ options: TextOptions, _ separator: Separator) -> FieldRules {
    let hasDecimalCommas =
      switch options.decimal {
      case .point: false
      case .comma: true
      case .auto: showsDecimalCommas(separator)
      }
    return FieldRules(
      hasDecimalCommas: hasDecimalCommas, missingMarkers: options.missingMarkers)
  }

  /// Whether numbers are written with decimal commas.
  ///
  /// They are when fields are separated by semicolons or tabs, some would be numbers if a comma were
  /// a point, and none is a number with a point. Commas that could all separate thousands, as in
  /// `1,234`, show nothing.
  private func showsDecimalCommas(_ separator: Separator) -> Bool {
    guard separator == .semicolon || separator == .tab else { return false }
    var found = false
    do throws(TableError) {
      var reader = try RecordReader(ByteSource(bytes: bytes, name: file), separator: separator)
      var count = 0
      while count < Self.mostRecords, try reader.next() {
        count += 1
        for index in reader.fields.indices {
          let text = Array(FieldText.trimmed(reader.text(index)).utf8)
          if text.contains(UInt8(ascii: ".")) {
            if NumberParser.parse(text.span, text.indices) != .notANumber { return false }
          } else if text.contains(UInt8(ascii: ",")), !Self.mayHaveThousands(text) {
            found =
              found || FieldRules.numberWithComma(text.span, text.indices) != .notANumber
          }
        }
      }
    } catch {
      // As above: what is wrong is reported when the records are read in earnest.
    }
    return found
  }

  /// Whether a number with a comma could have it between thousands: one to three digits before it,
  /// the first of which is not 0, and three after it.
  private static func mayHaveThousands(_ text: [UInt8]) -> Bool {
    func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
    let digits = text.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    let whole = digits.prefix(while: isDigit)
    let fraction = digits.dropFirst(whole.count + 1)
    return (1...3).contains(whole.count) && whole.first != UInt8(ascii: "0")
      && fraction.count == 3 && fraction.allSatisfy(isDigit)
  }

  // MARK: Header

  /// Whether the first record names the columns.
  ///
  /// Names are no numbers, unless they count the columns. So a first record with another number is
  /// data; and one without is a header if some column has only numbers below. Where there are only
  /// texts, a header's names do not occur in the columns below them, while some value of the table
  /// does occur twice.
  ///
  /// - Parameters:
  ///   - separator: What separates fields.
  ///   - rules: What fields mean.
  ///   - expectedNames: The columns that a model was trained on, if there is one: at least half of
  ///     them in the first record make it a header.
  /// - Returns: Whether it does.
  func hasHeader(
    _ separator: Separator, _ rules: FieldRules = FieldRules(), expectedNames: [String]
  ) -> Bool {
    let records = records(separator, rules)
    guard let first = records.first else { return false }
    if !expectedNames.isEmpty {
      let texts = Set(first.map(\.text))
      if expectedNames.count(where: texts.contains) * 2 >= expectedNames.count { return true }
    }
    guard !first.contains(where: \.isNumber) else { return Self.countsColumns(first) }
    let body = records.dropFirst()
    var sawRepetition = false
    var sawName = false
    for (index, name) in first.enumerated() {
      let below = body.compactMap { index < $0.count ? $0[index] : nil }
        .filter { $0 != .missing }
      guard case .text = name, !below.isEmpty else { continue }
      if below.allSatisfy(\.isNumber) { return true }
      if below.contains(name) { sawName = true }
      if Set(below).count < below.count { sawRepetition = true }
    }
    // A record alone, without any number: a header whose table is empty, or a row of categories.
    return body.isEmpty ? first.contains { $0 != .missing } : sawRepetition && !sawName
  }

  /// Whether a record numbers its columns from 0 or 1, as programs write that have no names; a few
  /// of the numbers may be wrong.
  private static func countsColumns(_ record: [FieldKind]) -> Bool {
    let fewestColumns = 5
    guard record.count >= fewestColumns else { return false }
    return [0.0, 1.0].contains { first in
      let counted = record.indices.count { record[$0] == .number(first + Double($0)) }
      return counted * 10 >= record.count * 9
    }
  }

  /// Whether a header numbers the columns, and gives a number twice: that is a slip, and names columns
  /// no better than their places do.
  func miscountsColumns(_ header: RecordReader) -> Bool {
    var numbers: Set<Double> = []
    for index in header.fields.indices {
      guard case .number(let value) = header.number(index) else { return false }
      numbers.insert(value)
    }
    return numbers.count < header.fields.count
  }

  /// What a field looks like.
  private enum FieldKind: Hashable {
    case number(Double)
    case missing
    case text(String)

    var text: String? {
      if case .text(let text) = self { text } else { nil }
    }

    var isNumber: Bool {
      if case .number = self { true } else { false }
    }
  }

  /// The first records under one separator, as far as they can be read.
  private func records(
    _ separator: Separator, _ rules: FieldRules = FieldRules()
  ) -> [[FieldKind]] {
    var records: [[FieldKind]] = []
    do throws(TableError) {
      var reader = try RecordReader(ByteSource(bytes: bytes, name: file), separator: separator)
      reader.rules = rules
      while records.count < Self.mostRecords, try reader.next() {
        records.append(
          reader.fields.indices.map { index in
            if reader.isMissing(index) { return .missing }
            switch reader.number(index) {
            case .number(let value): return .number(value)
            case .notFinite: return .number(.infinity)
            case .notANumber: return .text(reader.text(index))
            }
          })
      }
      // The last record may be cut off.
      if !isWhole, records.count < Self.mostRecords, records.count > 1 { records.removeLast() }
    } catch {
      // What is wrong is reported, with its place, when the records are read in earnest.
    }
    return records
  }
}
