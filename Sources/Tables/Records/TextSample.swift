/// What is recognised from the first lines of a file.
///
/// All rules look at the same sample, which does not depend on how the bytes arrive: the first 64 KB,
/// or as much as three lines need.
struct TextSample {
  static let defaultSize = 64 << 10
  private static let largestSize = 8 << 20
  static let maximumRecords = 100

  let bytes: [UInt8]
  let isWhole: Bool
  let file: String
  /// What a first line such as `sep=;` says, which spreadsheets write and understand, and the number
  /// of its bytes with its end.
  let directive: (separator: Separator, length: Int)?

  /// Looks at the beginning of an input without taking anything from it.
  init(_ input: inout InputBuffer) throws(TableError) {
    var size = Self.defaultSize
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
      directive = Self.directive(sample)
      bytes = Array(sample.dropFirst(directive?.length ?? 0))
      isWhole = input.isComplete && input.end - input.start <= size
      file = input.source.name
      return
    }
  }

  /// What the first line says about the separator, if it is there for that.
  private static func directive(
    _ sample: ArraySlice<UInt8>
  ) -> (separator: Separator, length: Int)? {
    let line = sample.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    guard line.count <= 16, line.count < sample.count else { return nil }
    var text = FieldText.trimmed(String(decoding: line, as: UTF8.self))
    if text.count > 2, text.first == "\"", text.last == "\"" {
      text = String(text.dropFirst().dropLast())
    }
    // A tab at the end is the separator, and no blank.
    if line.last == UInt8(ascii: "\t"), text.lowercased() == "sep=" { text += "\t" }
    guard text.lowercased().hasPrefix("sep="), text.utf8.count == 5,
      let separator = Separator(name: String(text.dropFirst(4)))
    else { return nil }
    let rest = sample.dropFirst(line.count)
    let isPair = rest.starts(with: [UInt8(ascii: "\r"), UInt8(ascii: "\n")])
    return (separator, line.count + (isPair ? 2 : 1))
  }

  /// Whether the text has nothing but blanks and line ends.
  var isBlank: Bool {
    isWhole && directive == nil
      && bytes.allSatisfy {
        FieldText.isBlank($0) || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
      }
  }

  // MARK: Separator, quotes and comments

  /// How the text is cut into fields, as the options say or else as the sample shows.
  func grammar(_ options: TextOptions) -> RecordGrammar {
    // Lines with the mark are set aside at first: what other lines show decides whether they are comments.
    let mark = options.commentMark.map { Array($0.utf8) } ?? CommentLines.defaultMark
    let aside = mark.isEmpty ? nil : CommentLines(mark: mark, recordWidth: nil)
    var separator = options.separator ?? directive?.separator
    if separator == nil, let expected = options.expected?.reading?.separator,
      options.format != .tsv,
      options.format != .csv || expected != .tab, let table = options.expected,
      shows(table, RecordGrammar(expected, quote: options.quote ?? .double, comments: aside))
    {
      separator = expected
    }
    var grammar = RecordGrammar(separator ?? .comma, quote: options.quote ?? .double)
    grammar.comments = aside
    if separator == nil {
      let found = self.separator(options.format, grammar)
      grammar.separator = found.separator
      // Single quotes may hide separators.
      if options.quote == nil, found.share < 1 {
        var single = grammar
        single.quote = .single
        let other = self.separator(options.format, single)
        if other.share > found.share, isQuoted(other.separator, .single, aside) {
          grammar.separator = other.separator
        }
      }
    }
    if options.quote == nil, isQuoted(grammar.separator, .single, aside) { grammar.quote = .single }
    if options.commentMark == nil { grammar.comments = comments(aside, grammar) }
    return grammar
  }

  /// Whether records of a grammar look like those of a table that a model expects: they have its names, or
  /// as many fields.
  private func shows(_ table: ExpectedTable, _ grammar: RecordGrammar) -> Bool {
    let records = fields(grammar)
    guard let first = records.first else { return true }
    if table.hasHeader {
      let texts = Set(first.map(\.text))
      if table.names.allSatisfy(texts.contains) { return true }
    }
    let widths = [table.columnCount, table.names.count]
    return records.count { widths.contains($0.count) } * 2 > records.count
      && (records[0].count > 1 || table.columnCount == 1)
  }

  /// The separator under which the records have most often one number of fields, two at least, and the
  /// share of such records.
  ///
  /// Of equals it is the first of tab, semicolon, comma and bar, because decimal commas and commas in
  /// sentences are common; where all commas could be decimal marks, a bar comes before the comma.
  /// Blanks count only when they separate mostly numbers.
  private func separator(
    _ format: TextFormat, _ grammar: RecordGrammar
  ) -> (separator: Separator, share: Double) {
    func under(_ separator: Separator) -> RecordGrammar {
      RecordGrammar(separator, quote: grammar.quote, comments: grammar.comments)
    }
    if format == .tsv { return (.tab, 1) }
    var best: (separator: Separator, share: Double) = (.comma, 0)
    for candidate in [Separator.tab, .semicolon, .comma, .bar]
    where format != .csv || candidate != .tab {
      let share = Self.regularity(widths(under(candidate)))
      if share > best.share
        || candidate == .bar && share == best.share && share > 0 && best.separator == .comma
          && hasOnlyDecimalCommas(under(.bar))
      {
        best = (candidate, share)
      }
    }
    if best.share <= 0.5, format == .auto {
      let records = fields(under(.blanks))
      if records.count > 1, Self.regularity(records.map(\.count)) == 1 {
        let values = records.dropFirst().joined()
        let numbers = values.count(where: \.isNumber)
        if numbers * 2 >= values.count { return (.blanks, 1) }
      }
    }
    return best
  }

  /// The share of the records that have the most common number of fields, 0 if that is one field.
  private static func regularity(_ widths: [Int]) -> Double {
    let common = commonWidth(widths)
    guard common > 1 else { return 0 }
    return Double(widths.count { $0 == common }) / Double(widths.count)
  }

  /// The most common number of fields among those of two and more; 1 if no record has that many.
  private static func commonWidth(_ widths: [Int]) -> Int {
    var frequency: [Int: Int] = [:]
    for width in widths where width > 1 { frequency[width, default: 0] += 1 }
    return frequency.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 1
  }

  private func hasOnlyDecimalCommas(_ grammar: RecordGrammar) -> Bool {
    fields(grammar).joined().allSatisfy { field in
      guard field.text.contains(",") else { return true }
      let text = Array(field.text.utf8)
      return FieldRules.numberWithComma(text.span, text.indices) != .notANumber
    }
  }

  /// Whether fields are in quotes of a kind: the first records have as many fields each under this
  /// quote, most of them a quoted one, and no other quotes.
  private func isQuoted(
    _ separator: Separator, _ quote: QuoteMark, _ comments: CommentLines?
  ) -> Bool {
    guard bytes.contains(quote.byte) else { return false }
    var reader: RecordReader
    var count = 0
    var quoted = 0
    var width: Int?
    do throws(TableError) {
      reader = try RecordReader(
        ByteSource(bytes: bytes, name: file),
        grammar: RecordGrammar(separator, quote: quote, comments: comments))
      while count < Self.maximumRecords, try reader.next() {
        if !isWhole, reader.isAtEnd { break }
        guard width == nil || width == reader.fields.count else { return false }
        width = reader.fields.count
        count += 1
        if reader.fields.contains(where: \.isQuoted) { quoted += 1 }
        let hasOther = reader.fields.indices.contains {
          !reader.fields[$0].isQuoted && reader.text($0).utf8.first == QuoteMark.double.byte
        }
        if hasOther { return false }
      }
    } catch {
      // A quote that is not closed, as in 'tis, is an apostrophe; unless the sample cuts it off.
      guard !isWhole, count > 1 else { return false }
    }
    // The header may have none.
    return quoted > 0 && quoted * 2 >= count
  }

  /// What makes comments of lines that begin with `#`: another number of fields than the records have.
  private func comments(_ aside: CommentLines?, _ grammar: RecordGrammar) -> CommentLines? {
    guard let aside else { return nil }
    var records = grammar
    records.comments = aside
    let found = widths(records)
    // All lines begin with the mark: they are the records.
    guard !found.isEmpty else { return nil }
    return CommentLines(mark: aside.mark, recordWidth: Self.commonWidth(found))
  }

  // MARK: Decimal commas and missing values

  /// What fields mean, as the options say or else as the sample shows.
  func rules(_ options: TextOptions, _ grammar: RecordGrammar) -> FieldRules {
    let hasDecimalCommas =
      switch options.decimal {
      case .point: false
      case .comma: true
      case .auto: showsDecimalCommas(grammar, expected: options.expected?.reading?.decimal)
      }
    return FieldRules(
      hasDecimalCommas: hasDecimalCommas, missingMarkers: options.missingMarkers,
      knowsUsualMarkers: options.knowsUsualMarkers, isDecimalGiven: options.decimal != .auto)
  }

  /// Whether numbers are written with decimal commas.
  ///
  /// They are when fields are not separated by commas, some would be numbers if a comma were
  /// a point, and none is a number with a point. Commas that could all separate thousands, as in
  /// `1,234`, show nothing, and neither do such points where commas are expected.
  private func showsDecimalCommas(_ grammar: RecordGrammar, expected: DecimalMark?) -> Bool {
    guard grammar.separator != .comma else { return expected == .comma && hasNoPoints(grammar) }
    guard grammar.separator != .blanks || expected == .comma else { return false }
    var found = expected == .comma
    for text in fields(grammar, spellsNumbers: true).joined().lazy.map(\.text) {
      let text = Array(text.utf8)
      if text.contains(UInt8(ascii: ".")) {
        guard NumberParser.parse(text.span, text.indices) != .notANumber else { continue }
        if expected != .comma || !Self.mayHaveThousands(text, UInt8(ascii: ".")) { return false }
      } else if text.contains(UInt8(ascii: ",")), !Self.mayHaveThousands(text, UInt8(ascii: ",")) {
        found = found || FieldRules.numberWithComma(text.span, text.indices) != .notANumber
      }
    }
    return found
  }

  /// Whether no field is a number with a point that could not separate thousands.
  private func hasNoPoints(_ grammar: RecordGrammar) -> Bool {
    fields(grammar, spellsNumbers: true).joined().allSatisfy { field in
      let text = Array(field.text.utf8)
      return !text.contains(UInt8(ascii: "."))
        || NumberParser.parse(text.span, text.indices) == .notANumber
        || Self.mayHaveThousands(text, UInt8(ascii: "."))
    }
  }

  /// Whether a number with a mark could have it between thousands: one to three digits before it,
  /// the first of which is not 0, and three after it.
  static func mayHaveThousands(_ text: [UInt8], _ mark: UInt8) -> Bool {
    func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
    let digits = text.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    let whole = digits.prefix(while: isDigit)
    let fraction = digits.dropFirst(whole.count + 1)
    return (1...3).contains(whole.count) && whole.first != UInt8(ascii: "0")
      && digits.dropFirst(whole.count).first == mark && fraction.count == 3
      && fraction.allSatisfy(isDigit)
  }

  // MARK: Records

  /// The numbers of fields of the first records under a grammar.
  private func widths(_ grammar: RecordGrammar) -> [Int] {
    var widths: [Int] = []
    readRecords(grammar, FieldRules()) {
      widths.append($0.fields.count)
    } dropLast: {
      widths.removeLast()
    }
    return widths
  }

  /// The fields of the first records under a grammar, as far as they can be read.
  ///
  /// - Parameters:
  ///   - grammar: How the text is cut into fields.
  ///   - rules: What fields mean.
  ///   - spellsNumbers: Whether the texts of numbers are wanted, too; those of the first record always
  ///     are.
  /// - Returns: The records.
  func fields(
    _ grammar: RecordGrammar, _ rules: FieldRules = FieldRules(), spellsNumbers: Bool = false
  ) -> [[SampleField]] {
    var records: [[SampleField]] = []
    readRecords(grammar, rules) { reader in
      let spells = spellsNumbers || records.isEmpty
      records.append(
        reader.fields.indices.map { index in
          func text() -> String { FieldText.trimmed(reader.text(index)) }
          if reader.isMissing(index) { return SampleField(text: text(), kind: .missing) }
          switch reader.number(index) {
          case .number(let value):
            return SampleField(text: spells ? text() : "", kind: .number(value))
          case .notFinite:
            return SampleField(text: spells ? text() : "", kind: .number(.infinity))
          case .notANumber: return SampleField(text: text(), kind: .text)
          }
        })
    } dropLast: {
      records.removeLast()
    }
    return records
  }

  /// The columns of whole numbers that are written with zeros behind the point, such as `1.0`.
  ///
  /// - Returns: For each such column the number of zeros, the same in all of its fields.
  func wholeNumberDecimals(
    _ grammar: RecordGrammar, _ rules: FieldRules, hasHeader: Bool
  ) -> [Int: Int] {
    var found: [Int: Int] = [:]
    var others: Set<Int> = []
    var isHeader = hasHeader
    readRecords(grammar, rules) { reader in
      defer { isHeader = false }
      guard !isHeader else { return }
      for column in reader.fields.indices where !others.contains(column) {
        if reader.isMissing(column) { continue }
        var zeros = 0
        if case .number(let value) = reader.number(column), value.rounded() == value {
          zeros = Self.zerosBehindPoint(FieldText.trimmed(reader.text(column)))
        }
        if zeros > 0, found[column] ?? zeros == zeros {
          found[column] = zeros
        } else {
          others.insert(column)
          found[column] = nil
        }
      }
    } dropLast: {
    }
    return found
  }

  /// How many zeros, and nothing else, the text of a number has behind its point.
  private static func zerosBehindPoint(_ text: String) -> Int {
    guard let point = text.utf8.firstIndex(of: UInt8(ascii: ".")), point > text.utf8.startIndex
    else { return 0 }
    let decimals = text.utf8[text.utf8.index(after: point)...]
    return decimals.allSatisfy { $0 == UInt8(ascii: "0") } ? decimals.count : 0
  }

  /// Reads the first records, as far as they can be read.
  private func readRecords(
    _ grammar: RecordGrammar, _ rules: FieldRules, add: (RecordReader) -> Void,
    dropLast: () -> Void
  ) {
    var count = 0
    do throws(TableError) {
      var reader = try RecordReader(ByteSource(bytes: bytes, name: file), grammar: grammar)
      reader.rules = rules
      while count < Self.maximumRecords, try reader.next() {
        add(reader)
        count += 1
      }
      // The last record may be cut off.
      if !isWhole, count < Self.maximumRecords, count > 1 { dropLast() }
    } catch {
      // What is wrong is reported, with its place, when the records are parsed.
    }
  }
}

/// A field of a sample, and what it looks like.
struct SampleField {
  enum Kind {
    case number(Double)
    case missing
    case text
  }

  /// The field without the blanks at its ends.
  let text: String
  let kind: Kind

  var isNumber: Bool { number != nil }

  var number: Double? {
    if case .number(let value) = kind { value } else { nil }
  }

  var isMissing: Bool {
    if case .missing = kind { true } else { false }
  }

  var isText: Bool {
    if case .text = kind { true } else { false }
  }
}
