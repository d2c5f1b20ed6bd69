/// Collects the values of one column and finds out what it holds.
///
/// A column that begins with a number is expected to go on with numbers, one that begins with a text
/// is one of categories. Where a text follows numbers the numbers' spellings are gone, and the
/// column has to be read a second time, as texts; that is rare, and spares memory in all other cases.
struct ColumnBuilder {
  /// A column of texts is doubtful when more than this share of its values are numbers.
  ///
  /// The texts are then slips of the pen and no categories, unless there are few levels. So are
  /// texts all of which would be numbers with a decimal point.
  private static let nearlyAllNumbers = 0.9
  /// A smaller share is enough when there are at most so many different texts: they stand for
  /// missing values.
  private static let mostlyNumbers = 0.5
  private static let fewTexts = 3
  /// So many levels are always categories.
  private static let fewLevels = 10

  private enum Kind {
    /// Only missing values so far.
    case undecided
    case numbers
    case texts
    /// Texts after numbers.
    case mixed
  }

  private var kind = Kind.undecided
  /// The values of a column of numbers, or as many NaN as it has missing values at its beginning.
  private var numbers: [Double] = []
  /// The values of a column of texts, and what they stand for.
  private var codes: [Int32] = []
  private var texts = TextTable()

  private var row = 0
  private var numberCount = 0
  private var textCount = 0
  private var places = TableColumn.Places()
  private var firstNotFinite: TableColumn.Occurrence?

  init() {}

  /// A builder that takes every value as a text, as a second reading needs it.
  static func ofTexts() -> ColumnBuilder {
    var builder = ColumnBuilder()
    builder.kind = .texts
    return builder
  }

  /// Whether the column has to be read again, as texts.
  var needsSecondReading: Bool { kind == .mixed }

  /// Adds a field of the current record.
  mutating func append(_ records: RecordReader, _ index: Int) {
    let parsed = records.number(index)
    if case .number(let value) = parsed, kind == .numbers {
      // The road that most fields take.
      numbers.append(value)
      numberCount += 1
      row += 1
      return
    }
    var isMissing = false
    if case .number = parsed {} else { isMissing = records.isMissing(index) }
    append(
      parsed, isMissing: isMissing, text: { records.text(index) },
      position: { records.position(index) })
  }

  /// Adds a value, whatever it is.
  mutating func append(
    _ parsed: NumberParser.Outcome, isMissing: Bool, text: () -> String,
    position: () -> SourcePosition
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
    case .notFinite:
      // Refused at the end, unless this turns out to be a column of texts.
      number = .infinity
      numberCount += 1
      if firstNotFinite == nil { firstNotFinite = occurrence() }
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
      if texts.count > known { places.levels.append(position()) }
    case .undecided, .mixed: break
    }
  }

  /// Whether the texts are no categories, although there are many.
  private var isDoubtful: Bool {
    let share = Double(numberCount) / Double(numberCount + textCount)
    if share > Self.nearlyAllNumbers { return true }
    if share > Self.mostlyNumbers {
      let others = texts.texts.lazy.filter { NumberParser.parse($0) == .notANumber }
      if others.prefix(Self.fewTexts + 1).count <= Self.fewTexts { return true }
    }
    return texts.texts.allSatisfy(Self.isNumberWithComma)
  }

  /// Whether a text is a number, but for a comma where a point is expected.
  private static func isNumberWithComma(_ text: String) -> Bool {
    let bytes = text.utf8.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }
    return NumberParser.parse(bytes.span, bytes.indices) != .notANumber
  }

  /// The column, which must be right as it is.
  ///
  /// - Parameter name: Its name and number, for messages.
  /// - Returns: The column; categories have their levels sorted.
  /// - Throws: ``TableError/notFinite(_:_:text:)`` and ``TableError/notANumber(_:_:text:)``.
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
      if let first = firstNotFinite {
        places.problem = .notFinite(first.position, name, text: first.text)
      }
      return TableColumn(name: name.name, values: .numbers(numbers), places: places)
    case .texts:
      if let first = places.firstText, texts.count > Self.fewLevels, isDoubtful {
        places.problem = .notANumber(first.position, name, text: first.text)
      }
      let (levels, order, rank) = texts.sortedOrder()
      places.levels = order.map { self.places.levels[$0] }
      return TableColumn(
        name: name.name,
        values: .categories(levels: levels, codes: codes.map { $0 < 0 ? -1 : rank[Int($0)] }),
        places: places)
    }
  }
}
