/// Collects the values of one column and finds out what it holds.
///
/// A column that begins with a number is expected to continue with numbers, one that begins
/// with a text is one of categories. Where a text follows numbers the numbers' spellings are
/// gone, and the column has to be read a second time, as texts; that is rare, and spares
/// memory in all other cases.
struct ColumnBuilder {
  /// A column of texts is doubtful when more than this share of its values are numbers.
  ///
  /// The texts are then malformed values and not categories, unless there are few levels. So are
  /// texts all of which are numbers in another way of writing, however few.
  private static let nearlyAllNumbers = 0.9
  /// A smaller share is enough when there are at most ``fewTexts`` different texts: they stand for
  /// missing values.
  private static let mostlyNumbers = 0.5
  private static let fewTexts = 3
  /// Up to this many levels are categories, unless all are numbers in another way of writing.
  private static let fewLevels = 10

  enum Kind: UInt8, Codable {
    /// Only missing values so far.
    case undecided
    case numbers
    case texts
    /// Texts after numbers.
    case mixed
  }

  private(set) var kind = Kind.undecided
  /// The values of a column of numbers, or as many NaN as it has missing values at its beginning.
  private(set) var numbers: [Double] = []
  /// The values of a column of texts, and what they stand for.
  private(set) var codes: [Int32] = []
  private(set) var texts = TextTable()

  /// What fields of the file mean; `nil` where only plain numbers are some, as among labels of LIBSVM
  /// text.
  private(set) var rules: FieldRules?
  /// Whether numbers stay texts, because the user or a model takes the column for texts.
  private(set) var keepsSpelling = false

  private(set) var row = 0
  private(set) var numberCount = 0
  private(set) var textCount = 0
  private(set) var places = TableColumn.Places()

  init(rules: FieldRules? = nil) { self.rules = rules }

  /// A builder that takes every value as a text, as a second reading needs it.
  ///
  /// - Parameters:
  ///   - rules: What fields of the file mean.
  ///   - keepsSpelling: Whether numbers are texts in the end, too.
  /// - Returns: The builder.
  static func ofTexts(
    rules: FieldRules? = nil, keepsSpelling: Bool = false
  ) -> ColumnBuilder {
    var builder = ColumnBuilder(rules: rules)
    builder.kind = .texts
    builder.keepsSpelling = keepsSpelling
    return builder
  }

  /// Whether the column has to be read again, as texts: some of its values are texts, or numbers whose
  /// spelling says more than their value.
  var needsSecondReading: Bool {
    kind == .mixed
      || kind == .numbers && (places.firstLeadingZero != nil || places.firstInexact != nil)
  }

  /// The bytes that the different texts of the column take, roughly.
  var textByteCount: Int { texts.byteCount }

  /// Adds a field of the current record.
  mutating func append(_ records: RecordReader, _ index: Int) {
    let parsed = records.number(index)
    let trait = records.trait(index)
    if case .number(let value) = parsed, kind == .numbers, trait == nil,
      value >= 0 || places.firstNegative != nil
    {
      // The road that most fields take.
      numbers.append(value)
      numberCount += 1
      row += 1
      return
    }
    var isMissing = false
    if case .number = parsed {} else { isMissing = records.isMissing(index) }
    append(
      parsed, isMissing: isMissing, trait: trait, text: { records.text(index) },
      position: { records.position(index) })
  }

  /// Makes room for a total number of rows.
  mutating func reserve(_ rows: Int) {
    switch kind {
    case .undecided, .numbers: numbers.reserveCapacity(rows)
    case .texts: codes.reserveCapacity(rows)
    case .mixed: break
    }
  }

  /// What the fields of the column should be read as from now on.
  var mode: RecordPart.ColumnMode { kind == .texts ? .text : .number }

  /// Adds a column of a part of the text.
  mutating func append(_ part: some ColumnPart, _ column: Int) {
    var index = 0
    while index < part.rowCount, kind != .mixed {
      if kind == .numbers {
        // The road that most fields take.
        let next = part.appendNumbers(column, from: index, to: &numbers)
        if places.firstNegative == nil {
          findNegative(part, column, from: index, count: next - index)
        }
        numberCount += next - index
        row += next - index
        index = next
        guard index < part.rowCount else { return }
      }
      let field = part.field(index, column)
      if kind == .texts, !part.isMissing(field), let code = part.code(field, in: texts) {
        codes.append(code)
        if part.number(field) == .notANumber { textCount += 1 } else { numberCount += 1 }
        row += 1
      } else {
        append(
          part.number(field), isMissing: part.isMissing(field), trait: part.trait(field),
          text: { part.text(field) }, position: { part.position(index, field) })
      }
      index += 1
    }
  }

  /// Looks for the first negative among the numbers that were added last.
  private mutating func findNegative(
    _ part: some ColumnPart, _ column: Int, from index: Int, count: Int
  ) {
    let start = numbers.count - count
    guard let place = numbers[start...].firstIndex(where: { $0 < 0 }) else { return }
    let field = part.field(index + place - start, column)
    places.firstNegative = TableColumn.Occurrence(
      row: row + place - start, position: part.position(index + place - start, field),
      text: part.text(field))
  }

  /// Adds a value, whatever it is.
  mutating func append(
    _ parsed: NumberParser.Outcome, isMissing: Bool, trait: NumberTrait? = nil,
    text: () -> String, position: () -> SourcePosition
  ) {
    defer { row += 1 }
    func occurrence() -> TableColumn.Occurrence {
      TableColumn.Occurrence(row: row, position: position(), text: text())
    }
    if isMissing {
      if places.firstMissing == nil { places.firstMissing = occurrence() }
      switch kind {
      case .undecided, .numbers: numbers.append(.nan)
      case .texts: codes.append(-1)
      case .mixed: break
      }
      return
    }

    let number: Double?
    switch parsed {
    case .number(let value):
      number = value
      numberCount += 1
      if value < 0, places.firstNegative == nil { places.firstNegative = occurrence() }
      switch trait {
      case .leadingZero?:
        if places.firstLeadingZero == nil { places.firstLeadingZero = occurrence() }
      case .inexact?:
        if places.firstInexact == nil { places.firstInexact = occurrence() }
      case nil: break
      }
    case .notFinite:
      // Refused at the end, unless this turns out to be a column of texts.
      number = .infinity
      numberCount += 1
      if places.firstNotFinite == nil { places.firstNotFinite = occurrence() }
    case .notANumber:
      number = nil
      textCount += 1
      if places.firstText == nil { places.firstText = occurrence() }
    }
    if kind == .undecided {
      kind = number == nil ? .texts : .numbers
      if kind == .texts {
        codes = [Int32](repeating: -1, count: numbers.count)
        numbers = []
      }
    }
    switch kind {
    case .numbers:
      if let number {
        numbers.append(number)
      } else {
        kind = .mixed
        numbers = []
      }
    case .texts:
      let known = texts.count
      codes.append(texts.code(text()))
      if texts.count > known {
        places.levels.append(position())
        places.levelNumbers.append(number ?? .nan)
      }
    case .undecided, .mixed: break
    }
  }

  /// Whether texts cannot be categories.
  ///
  /// - Parameters:
  ///   - texts: The different values of the column.
  ///   - numberCount: How many rows hold a number.
  ///   - textCount: How many rows hold another text.
  /// - Returns: Whether they are malformed values among numbers.
  static func isDoubtful(_ texts: [String], numberCount: Int, textCount: Int) -> Bool {
    let others = texts.lazy.filter { NumberParser.parse($0) == .notANumber }
    if others.allSatisfy(isNumberWithSeparators) { return true }
    guard texts.count > fewLevels else { return false }
    let share = Double(numberCount) / Double(numberCount + textCount)
    if share > nearlyAllNumbers { return true }
    return share > mostlyNumbers && others.prefix(fewTexts + 1).count <= fewTexts
  }

  /// Whether a text is a number with a decimal comma, or with separated thousands such as `1.234,5`,
  /// `1,234,567` or `12 345`.
  private static func isNumberWithSeparators(_ text: String) -> Bool {
    var bytes = Array(text.utf8)[...]
    if bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
    let isDigit: (UInt8) -> Bool = { $0 &- UInt8(ascii: "0") < 10 }
    let separators = bytes.filter { !isDigit($0) }
    let groups = bytes.split(omittingEmptySubsequences: false) { !isDigit($0) }
    guard let first = groups.first, let last = groups.last, let mark = separators.last,
      groups.allSatisfy({ !$0.isEmpty }),
      separators.allSatisfy({ ".,' ".utf8.contains($0) })
    else { return false }
    let isFraction =
      (mark == UInt8(ascii: ",") || mark == UInt8(ascii: "."))
      && (separators.count == 1 || mark != separators[0])
    let thousands = isFraction ? separators.dropLast() : separators[...]
    let inner = groups.dropFirst().dropLast()
    return thousands.allSatisfy { $0 == separators[0] } && inner.allSatisfy { $0.count == 3 }
      && (thousands.isEmpty || first.count <= 3) && (isFraction || last.count == 3)
  }

  /// Makes texts of a column that has only missing values so far.
  mutating func beginTexts() {
    guard kind == .undecided else { return }
    kind = .texts
    codes = [Int32](repeating: -1, count: numbers.count)
    numbers = []
  }

  /// Takes over what was collected of a column elsewhere.
  ///
  /// - Parameters:
  ///   - kind: What the column is.
  ///   - numbers: Its values, if they are numbers or missing.
  ///   - spelling: Its different texts in the order in which they occur, and what each row has, if they are
  ///     texts.
  ///   - counts: The rows, the numbers and the texts.
  ///   - places: Where values are that messages may be about; those of the texts in their order.
  ///   - builder: One that takes values as the column was collected.
  init(
    kind: Kind, numbers: [Double], spelling: TableColumn.Spelling,
    counts: (rows: Int, numbers: Int, texts: Int), places: TableColumn.Places,
    like builder: ColumnBuilder
  ) {
    self = builder
    self.kind = kind
    self.numbers = numbers
    codes = spelling.codes
    for text in spelling.levels { _ = texts.code(text) }
    (row, numberCount, textCount) = counts
    self.places = places
  }

  /// Adds the rows that follow, whose column was collected in the same way.
  ///
  /// - Parameter next: Numbers where this column has numbers, texts where it has texts; or only missing values.
  mutating func append(_ next: ColumnBuilder) {
    if next.kind == .texts { beginTexts() }
    switch kind {
    case .undecided, .numbers:
      precondition(next.kind != .texts && next.kind != .mixed, "texts follow numbers")
      if next.kind == .numbers { kind = .numbers }
      numbers.append(contentsOf: next.numbers)
    case .texts:
      let newCodes = next.texts.texts.enumerated().map { index, text in
        let known = texts.count
        let code = texts.code(text)
        if texts.count > known {
          places.levels.append(next.places.levels[index])
          places.levelNumbers.append(next.places.levelNumbers[index])
        }
        return code
      }
      codes.append(
        contentsOf: next.kind == .texts
          ? next.codes.map { $0 < 0 ? -1 : newCodes[Int($0)] }
          : next.numbers.map { _ in -1 })
    case .mixed: preconditionFailure("a column is assembled before its second reading")
    }
    let before = row
    func first(
      _ known: TableColumn.Occurrence?, _ new: TableColumn.Occurrence?
    ) -> TableColumn.Occurrence? {
      known
        ?? new.map {
          TableColumn.Occurrence(row: before + $0.row, position: $0.position, text: $0.text)
        }
    }
    places.firstMissing = first(places.firstMissing, next.places.firstMissing)
    places.firstText = first(places.firstText, next.places.firstText)
    places.firstNegative = first(places.firstNegative, next.places.firstNegative)
    places.firstNotFinite = first(places.firstNotFinite, next.places.firstNotFinite)
    places.firstLeadingZero = first(places.firstLeadingZero, next.places.firstLeadingZero)
    places.firstInexact = first(places.firstInexact, next.places.firstInexact)
    row += next.row
    numberCount += next.numberCount
    textCount += next.textCount
  }

  /// The column, which must be right as it is.
  ///
  /// - Parameter name: Its name and number, for messages.
  /// - Returns: The column; categories have their levels sorted.
  /// - Throws: ``TableError`` for what is infinite or no number.
  func finish(_ name: FieldName) throws(TableError) -> TableColumn {
    let column = column(name)
    if let problem = column.places.problem { throw problem }
    return column
  }

  /// The column, with what may be wrong with it: whether that matters depends on its role.
  ///
  /// - Parameter name: Its name and number, for messages.
  /// - Returns: The column; categories have their levels sorted.
  func column(_ name: FieldName) -> TableColumn {
    var places = places
    switch kind {
    case .mixed:
      preconditionFailure("column \(name.name) is finished without its second reading")
    case .undecided, .numbers:
      if let first = places.firstNotFinite {
        places.problem = TableError(.notFinite(first.position, name, text: first.text))
      }
      return TableColumn(name: name.name, values: .numbers(numbers), places: places)
    case .texts:
      let (levels, order, rank) = texts.sortedOrder()
      places.levels = order.map { self.places.levels[$0] }
      places.levelNumbers = order.map { self.places.levelNumbers[$0] }
      return TableColumn(
        name,
        spelling: TableColumn.Spelling(
          levels: levels, codes: codes.map { $0 < 0 ? -1 : rank[Int($0)] }), places,
        counts: (numberCount, textCount), rules: rules, keepsSpelling: keepsSpelling)
    }
  }
}

extension TableColumn {
  /// Finds out what a column holds of which every text is known.
  ///
  /// - Parameters:
  ///   - name: Its name and number, for messages.
  ///   - spelling: The texts.
  ///   - known: Where they occur, and which of them are plain numbers.
  ///   - counts: How many rows hold a plain number, and how many another text.
  ///   - rules: What fields of the file mean; `nil` where only plain numbers are some.
  ///   - keepsSpelling: Whether numbers are texts, too.
  init(
    _ name: FieldName, spelling: Spelling, _ known: Places, counts: (numbers: Int, texts: Int),
    rules: FieldRules?, keepsSpelling: Bool
  ) {
    let (numberCount, textCount) = counts
    var places = known
    func numbers(_ ofLevel: [Double]) -> Values {
      .numbers(spelling.codes.map { $0 < 0 ? .nan : ofLevel[Int($0)] })
    }
    let texts = Values.categories(levels: spelling.levels, codes: spelling.codes)
    guard !keepsSpelling else {
      self.init(name: name.name, values: texts, places: places)
      self.keepsSpelling = true
      return
    }
    if textCount == 0, numberCount > 0 {
      if let first = places.firstNotFinite {
        places.problem = TableError(.notFinite(first.position, name, text: first.text))
      }
      self.init(name: name.name, values: numbers(places.levelNumbers), places: places)
      self.spelling = spelling
      return
    }
    /// The place of a text.
    func position(_ text: String) -> SourcePosition? {
      spelling.levels.firstIndex(of: text).map { places.levels[$0] }
    }
    let first = places.firstText
    let recognition = rules.map {
      NumberNotation.recognize(spelling.levels, plain: places.levelNumbers, rules: $0)
    }
    switch recognition ?? NumberNotation.Recognition.none {
    case .numbers(let notation, let ofLevel):
      self.init(name: name.name, values: numbers(ofLevel), places: places)
      self.notation = notation
      self.spelling = spelling
      return
    case .ambiguous(let text, let readings):
      places.problem = position(text).map {
        TableError(.ambiguousNumber($0, name, text: text, readings: readings))
      }
    case .exception(let text):
      places.problem = position(text).map { TableError(.notANumber($0, name, text: text)) }
    case .lookalikes(let what):
      // A few different ones may be categories, such as sizes.
      let count = spelling.levels.count
      if let first,
        count > ColumnQuestions.fewLevels || count >= 5 && 2 * count > numberCount + textCount
      {
        places.problem = TableError(
          .numberOfAnotherKind(first.position, name, text: first.text, kind: what))
      }
    case .none: break
    }
    if places.problem == nil, let first,
      ColumnBuilder.isDoubtful(
        spelling.levels, numberCount: numberCount, textCount: textCount)
    {
      places.problem = TableError(.notANumber(first.position, name, text: first.text))
    }
    self.init(name: name.name, values: texts, places: places)
  }
}
