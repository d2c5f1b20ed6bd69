import Basics

/// What a stream of records takes of each, and where in the text that is.
final class StreamColumns: Sendable {
  let preprocessor: TablePreprocessor
  /// For each input of the model its column, and what a record has there.
  let inputs: [Int]
  fileprivate let contents: [Content]
  let targetUse: TargetUse
  /// The target's column, where it is used.
  let target: Int?
  /// The column that holds the rows' weights, if they are wanted.
  let weight: Int?
  /// The columns to repeat in the output.
  let kept: [Int]
  /// The names of all columns.
  let names: [String]

  /// Finds the columns.
  ///
  /// - Parameters:
  ///   - text: The table, whose header was read.
  ///   - preprocessor: The model's columns.
  ///   - wishes: What is wanted besides features.
  ///   - model: What messages call the model.
  /// - Throws: ``TableError`` when a column is absent.
  init(
    _ text: DelimitedText, _ preprocessor: TablePreprocessor, _ wishes: StreamWishes, model: String
  ) throws(TableError) {
    let layout = try ColumnLayout(
      preprocessor, names: text.names, hasHeader: text.hasHeader, at: text.start, model: model)
    self.preprocessor = preprocessor
    inputs = layout.fields
    contents = preprocessor.inputs.map(Content.init)
    names = text.names
    targetUse = wishes.target
    switch wishes.target {
    case .ignored: target = nil
    case .numbers, .texts:
      target = layout.target
      if layout.target == nil {
        if let name = preprocessor.target?.name, text.hasHeader, preprocessor.hasHeader {
          throw TableError(.noSuchColumn(text.start, name: name, columns: text.names))
        }
        throw TableError(.noTargetField(text.start, found: text.names.count, model: model))
      }
    }
    if let name = wishes.weight { weight = try text.column(name) } else { weight = nil }
    switch wishes.kept {
    case .none: kept = []
    case .all: kept = Array(text.names.indices)
    case .identifiers: kept = layout.identifiers
    case .columns(let columns):
      var found: [Int] = []
      for column in columns {
        let index = try text.column(column)
        if !found.contains(index) { found.append(index) }
      }
      kept = found
    }
  }

  /// What a record has of an input, in few bits.
  fileprivate enum Content {
    case plainNumber, otherNumber, category, date, text

    init(_ input: InputColumn) {
      switch input.kind {
      case .numeric: self = input.takesPlainNumbers ? .plainNumber : .otherNumber
      case .categorical: self = .category
      case .date: self = .date
      case .text: self = .text
      }
    }
  }

  /// What is taken of a record besides features.
  var taken: FeatureBatch.TakenColumns {
    FeatureBatch.TakenColumns(
      target: targetUse, hasWeights: weight != nil, keptCount: kept.count)
  }

  /// What turns records into features.
  var encoder: RowEncoder {
    RowEncoder(
      preprocessor,
      cells: zip(preprocessor.inputs, inputs).map { $0.takesPlainNumbers ? $1 : nil })
  }

  /// What each column of the text should be read as: numbers where nothing but their values counts.
  var modes: [RecordPart.ColumnMode] {
    var modes = [RecordPart.ColumnMode](repeating: .number, count: names.count)
    for (input, column) in zip(preprocessor.inputs, inputs) where !input.takesPlainNumbers {
      modes[column] = .text
    }
    if let target, targetUse == .texts || preprocessor.target?.notation != nil {
      modes[target] = .text
    }
    for column in kept { modes[column] = .text }
    return modes
  }
}

extension InputColumn {
  /// Whether a plain number means itself; see ``NumberNotation/acceptsPlain``.
  var takesPlainNumbers: Bool {
    if case .numeric = kind { notation?.acceptsPlain ?? true } else { false }
  }
}

// MARK: Records

/// Some records of a part of a text.
@safe struct RecordSlice {
  fileprivate let part: RecordPart
  /// Which of them.
  let rows: Range<Int>
  fileprivate let columns: StreamColumns
  /// The cells of the part's first row, and how many each row has.
  private let base: UnsafePointer<Double>
  private let stride: Int

  /// Chooses records of a part that has some; they are there until more are read into it.
  init(_ part: RecordPart, _ rows: Range<Int>, _ columns: StreamColumns) {
    (self.part, self.rows, self.columns) = (part, rows, columns)
    unsafe base = part.row(0)
    stride = part.columnCount
  }

  /// Some of these records.
  subscript(_ rows: Range<Int>) -> RecordSlice { RecordSlice(part, rows, columns) }
}

extension RowEncoder {
  /// Encodes records, up to the first that is in error.
  ///
  /// - Parameter records: The records.
  /// - Returns: The rows, and what is wrong with the one after them, if something is.
  func encode(_ records: RecordSlice) -> FeatureBatch {
    var batch = batch(reserving: records.rows.count, records.columns.taken)
    batch.lineNumbers.reserveCapacity(records.rows.count)
    withTextEncoders { texts in
      do throws(TableError) {
        for row in records.rows { try append(row, of: records, to: &batch, &texts) }
      } catch {
        batch.problem = error
      }
    }
    return batch
  }

  /// Adds a record, or nothing of it when it is in error.
  private func append(
    _ row: Int, of records: RecordSlice, to batch: inout FeatureBatch,
    _ texts: inout [TextEncoder?]
  ) throws(TableError) {
    let weight = try records.weight(row)
    guard weight > 0 else {
      batch.zeroWeightRowCount += 1
      return
    }
    batch.beginRow(absent)
    var isComplete: Bool
    do throws(TableError) {
      isComplete = try put(row, of: records, in: &batch, &texts)
      if try !records.appendTarget(row, to: &batch) { isComplete = false }
    } catch {
      batch.abandonRow()
      throw error
    }
    batch.endRow(isSkipped: !isComplete)
    batch.lineNumbers.append(records.part.line(row))
    batch.weights?.append(weight)
    for column in records.columns.kept {
      let field = records.part.field(row, column)
      batch.kept.append { records.part.append(field, to: &$0) }
    }
  }
}

extension RecordSlice: EncodableRows {
  func cells(of row: Int) -> UnsafePointer<Double> { unsafe base + row * stride }

  private func number(_ row: Int, column: Int) -> NumberParser.Outcome { part.number(row, column) }
  private func text(_ row: Int, column: Int) -> String { part.text(part.field(row, column)) }
  private func position(_ row: Int, column: Int) -> SourcePosition {
    part.position(row, part.field(row, column))
  }
  private func name(_ column: Int) -> FieldName {
    FieldName(number: column + 1, name: columns.names[column])
  }

  /// Whether a field stands for a missing value, as no plain number does.
  private func isMissing(_ row: Int, column: Int) -> Bool {
    unsafe cells(of: row)[column].isNaN && part.isMissing(part.field(row, column))
  }

  private func notFinite(_ row: Int, column: Int) -> TableError {
    TableError(
      .notFinite(position(row, column: column), name(column), text: text(row, column: column)))
  }

  // MARK: Features

  func value(_ input: Int, of row: Int) throws(TableError) -> InputValue {
    let column = columns.inputs[input]
    let content = columns.contents[input]
    // A plain number of which only the text is there: among others that begin with a 0, or are kept.
    if content == .plainNumber, case .number(let number) = number(row, column: column) {
      return .number(number)
    }
    if isMissing(row, column: column) { return .missing }
    if content == .text { return .text }
    let value = text(row, column: column)
    if content == .category {
      let level = columns.preprocessor.level(value, of: input)
      guard level != nil || columns.preprocessor.unseen == .ignore else {
        throw unknownCategory(value, input, of: row)
      }
      return .level(level)
    }
    switch columns.preprocessor.inputs[input].kind {
    case .date(let dates):
      guard let values = dates.values(value) else {
        throw TableError(.notADate(position(row, column: column), name(column), text: value))
      }
      return .parts(values)
    case .numeric, .categorical, .text:
      let notation = columns.preprocessor.inputs[input].notation
      if let number = notation?.number(value) { return .number(number) }
      guard content == .plainNumber, number(row, column: column) != .notANumber else {
        throw TableError(.notANumber(position(row, column: column), name(column), text: value))
      }
      throw notFinite(row, column: column)
    }
  }

  private func unknownCategory(_ value: String, _ input: Int, of row: Int) -> TableError {
    var known: [String] = []
    if case .categorical(let levels, _) = columns.preprocessor.inputs[input].kind { known = levels }
    let column = columns.inputs[input]
    return TableError(
      .unknownCategory(position(row, column: column), name(column), value: value, known: known))
  }

  func appendTerms(
    _ input: Int, of row: Int, to rows: inout SparseRows, firstColumn: Int,
    _ encoder: inout TextEncoder?
  ) {
    let bytes = Array(text(row, column: columns.inputs[input]).utf8)
    encoder?.append(bytes.span, bytes.indices, to: &rows, firstColumn: firstColumn)
  }

  func notFinite(_ input: Int, of row: Int) -> TableError {
    notFinite(row, column: columns.inputs[input])
  }

  func missing(_ input: Int, of row: Int) -> TableError? {
    guard !columns.preprocessor.drops(input) else { return nil }
    let column = columns.inputs[input]
    return TableError(
      .missingValue(
        position(row, column: column), name(column), text: text(row, column: column),
        isNumeric: columns.preprocessor.inputs[input].kind.isNumeric))
  }

  // MARK: What else is taken

  /// A record's weight; 1 if all are equal.
  fileprivate func weight(_ row: Int) throws(TableError) -> Double {
    guard let column = columns.weight else { return 1 }
    guard case .number(let number) = number(row, column: column), number >= 0 else {
      throw TableError(
        .weight(position(row, column: column), name(column), text: text(row, column: column)))
    }
    return number
  }

  /// Adds the target where it is used; says whether the record has one then.
  fileprivate func appendTarget(
    _ row: Int, to batch: inout FeatureBatch
  ) throws(TableError) -> Bool {
    guard let target = columns.target else { return true }
    let isNumber = columns.targetUse == .numbers
    let notation = columns.preprocessor.target?.notation
    if isMissing(row, column: target) {
      guard columns.preprocessor.missing == .drop else {
        throw TableError(
          .missingTarget(
            position(row, column: target), name(target), text: text(row, column: target)))
      }
      if isNumber { batch.numbers.append(.nan) } else { batch.texts.append("") }
      return false
    }
    guard isNumber else {
      let value = text(row, column: target)
      batch.texts.append(notation?.number(value).map(NumberText.shortest) ?? value)
      return true
    }
    if let notation, let number = notation.number(text(row, column: target)) {
      batch.numbers.append(number)
      return true
    }
    switch number(row, column: target) {
    case .number(let value): batch.numbers.append(value)
    case .notFinite: throw notFinite(row, column: target)
    case .notANumber:
      throw TableError(
        .notANumber(position(row, column: target), name(target), text: text(row, column: target)))
    }
    return true
  }
}
