import Basics
import LinearAlgebra
import Synchronization

/// Turns records of text into features, targets and whatever else a stream takes of them.
///
/// Any number of threads may encode at the same time.
struct RowEncoder: Sendable {
  let columns: StreamColumns
  /// Whether features are stored sparsely.
  let isSparse: Bool
  private let preprocessor: TablePreprocessor
  private let encoder: FeatureEncoder
  /// For each input how a plain number becomes a feature, or `nil` where it does not.
  private let plain: [PlainNumber?]
  private let textEncoders: TextEncoders

  /// The road that most fields take.
  private struct PlainNumber {
    let column: Int
    let feature: Int
    let offset: Double
    let factor: Double
  }

  init(_ preprocessor: TablePreprocessor, _ columns: StreamColumns) {
    self.columns = columns
    self.preprocessor = preprocessor
    isSparse = preprocessor.isSparse
    let encoder = FeatureEncoder(preprocessor)
    self.encoder = encoder
    plain = preprocessor.inputs.enumerated().map { input, column in
      guard column.takesPlainNumbers else { return nil }
      let (offset, factor) = encoder.scaling(input)
      return PlainNumber(
        column: columns.inputs[input], feature: encoder.firstFeature(input), offset: offset,
        factor: factor)
    }
    textEncoders = TextEncoders(preprocessor)
  }

  /// The number of features.
  var featureCount: Int { encoder.absent.count }

  /// What each column of the text should be read as.
  var modes: [RecordPart.ColumnMode] { columns.modes(preprocessor) }

  /// No rows.
  var nothing: EncodedRows {
    EncodedRows(inputCount: plain.count, keptCount: columns.kept.count)
  }

  /// How many rows are worth a thread's while.
  var rowsInTile: Int {
    let texts = preprocessor.inputs.count { $0.kind.isText }
    return max(16, 16384 / (plain.count + columns.kept.count + 500 * texts))
  }

  /// Encodes records, up to the first that is in error.
  ///
  /// - Parameters:
  ///   - part: The records.
  ///   - rows: Which of them.
  /// - Returns: The rows, and what is wrong with the one after them, if something is.
  func encode(_ part: RecordPart, _ rows: Range<Int>) -> EncodedRows {
    var encoded = nothing
    // Rows are usually all of them wanted, unless they are very wide.
    if !isSparse { encoded.elements.reserveCapacity(min(rows.count * featureCount, 1 << 20)) }
    encoded.lineNumbers.reserveCapacity(rows.count)
    textEncoders.with { texts in
      do throws(TableError) {
        for row in rows {
          try append(Record(part: part, row: row, names: columns.names), to: &encoded, &texts)
        }
      } catch {
        encoded.problem = error
      }
    }
    return encoded
  }

  /// Adds a record, or nothing of it when it is in error.
  private func append(
    _ record: Record, to encoded: inout EncodedRows, _ texts: inout [TextEncoder?]
  ) throws(TableError) {
    var weight = 1.0
    if let column = columns.weight {
      guard case .number(let number) = record.number(column), number >= 0 else {
        throw TableError(
          .weight(record.position(column), record.name(column), text: record.text(column)))
      }
      weight = number
    }
    guard weight > 0 else {
      encoded.zeroWeightRowCount += 1
      return
    }
    let start = encoded.elements.count
    if !isSparse { encoded.elements.append(contentsOf: encoder.absent) }
    var isComplete = true
    do throws(TableError) {
      var input = 0
      while true {
        input = appendPlain(record, from: input, to: &encoded, at: start)
        guard input < plain.count else { break }
        if try !append(record, input, to: &encoded, at: start, &texts) {
          isComplete = false
          break
        }
        input += 1
      }
      if let target = columns.target, try !append(record, target: target, to: &encoded) {
        isComplete = false
      }
    } catch {
      encoded.abandonRow(at: start, isSparse: isSparse)
      throw error
    }
    if !isComplete {
      encoded.abandonRow(at: start, isSparse: isSparse)
      encoded.skippedRows.append(encoded.rowCount)
    } else if isSparse {
      encoded.sparse.endRow()
    }
    encoded.lineNumbers.append(record.line)
    if columns.weight != nil { encoded.weights.append(weight) }
    for column in columns.kept { encoded.kept.append { record.append(column, to: &$0) } }
  }

  /// Adds plain numbers from an input on, up to the first that is something else.
  ///
  /// - Returns: The first input that was not added.
  private func appendPlain(
    _ record: Record, from first: Int, to encoded: inout EncodedRows, at start: Int
  ) -> Int {
    let plain = plain.span
    let cells = unsafe record.cells
    var input = first
    if isSparse {
      while input < plain.count, let number = plain[input] {
        let scaled = unsafe (cells[number.column] - number.offset) * number.factor
        guard scaled.isFinite else { break }
        encoder.put(scaled: scaled, input, in: &encoded.sparse)
        input += 1
      }
      return input
    }
    var elements = encoded.elements.mutableSpan
    while input < plain.count, let number = plain[input] {
      // A field that is no plain number is NaN here.
      let scaled = unsafe (cells[number.column] - number.offset) * number.factor
      guard scaled.isFinite else { break }
      elements[start + number.feature] = scaled
      input += 1
    }
    return input
  }

  /// Adds a category, a text, or whatever else is not a plain number; says whether the row is
  /// complete.
  private func append(
    _ record: Record, _ input: Int, to encoded: inout EncodedRows, at start: Int,
    _ texts: inout [TextEncoder?]
  ) throws(TableError) -> Bool {
    let column = columns.inputs[input]
    let kind = preprocessor.inputs[input].kind
    // A plain number of which only the text is there: among others that begin with a 0, or are kept.
    if plain[input] != nil, case .number(let number) = record.number(column),
      put(number, input, in: &encoded, at: start)
    {
      return true
    }
    if record.isMissing(column) {
      // The texts of a separate category for them are empty.
      let isReplaced =
        isSparse
        ? encoder.replaceMissing(input, in: &encoded.sparse)
        : encoder.replaceMissing(input, in: &encoded.elements, at: start)
      if isReplaced {
        // A text that is missing is an empty one, or a separate category: nothing to report.
        if kind.isFilledIn { encoded.filledCounts[input] += 1 }
        return true
      }
      guard preprocessor.drops(input) else {
        throw record.missingValue(column, isNumeric: kind.isNumeric)
      }
      return false
    }
    let value = record.text(column)
    switch kind {
    case .categorical(let levels, _):
      guard let level = preprocessor.level(value, of: input) else {
        // None of the indicators says yes.
        if preprocessor.unseen == .ignore {
          encoded.unseenCounts[input] += 1
          if isSparse { encoder.put(level: -1, input, in: &encoded.sparse) }
          return true
        }
        throw TableError(
          .unknownCategory(
            record.position(column), record.name(column), value: value, known: levels))
      }
      if isSparse {
        encoder.put(level: level, input, in: &encoded.sparse)
      } else {
        encoder.put(level: level, input, in: &encoded.elements, at: start)
      }
    case .text:
      let bytes = Array(value.utf8)
      texts[input]?.append(
        bytes.span, bytes.indices, to: &encoded.sparse, firstColumn: encoder.firstFeature(input))
    case .date(let dates):
      guard let values = dates.values(value) else {
        throw TableError(.notADate(record.position(column), record.name(column), text: value))
      }
      let isFinite =
        isSparse
        ? encoder.put(values, input, in: &encoded.sparse)
        : encoder.put(values, input, in: &encoded.elements, at: start)
      guard isFinite else { throw record.notFinite(column) }
    case .numeric:
      if let number = preprocessor.inputs[input].notation?.number(value) {
        if put(number, input, in: &encoded, at: start) { return true }
      } else if plain[input] == nil || record.number(column) == .notANumber {
        throw TableError(.notANumber(record.position(column), record.name(column), text: value))
      }
      throw record.notFinite(column)
    }
    return true
  }

  /// Adds a number, unless it is no longer finite when scaled; says whether it was added.
  private func put(
    _ number: Double, _ input: Int, in encoded: inout EncodedRows, at start: Int
  ) -> Bool {
    let scaled = encoder.scaled(number, input)
    guard scaled.isFinite else { return false }
    if isSparse {
      encoder.put(scaled: scaled, input, in: &encoded.sparse)
    } else {
      encoded.elements[start + encoder.firstFeature(input)] = scaled
    }
    return true
  }

  /// Adds the target; says whether the row is complete.
  private func append(
    _ record: Record, target: Int, to encoded: inout EncodedRows
  ) throws(TableError) -> Bool {
    let isNumber = columns.targetUse == .numbers
    if record.isMissing(target) {
      guard preprocessor.missing == .drop else {
        throw TableError(
          .missingTarget(
            record.position(target), record.name(target), text: record.text(target)))
      }
      if isNumber { encoded.numbers.append(.nan) } else { encoded.texts.append("") }
      return false
    }
    let notation = preprocessor.target?.notation
    guard isNumber else {
      let value = record.text(target)
      encoded.texts.append(notation?.number(value).map(NumberText.shortest) ?? value)
      return true
    }
    if let notation, let number = notation.number(record.text(target)) {
      encoded.numbers.append(number)
      return true
    }
    switch record.number(target) {
    case .number(let value): encoded.numbers.append(value)
    case .notFinite: throw record.notFinite(target)
    case .notANumber:
      throw TableError(
        .notANumber(record.position(target), record.name(target), text: record.text(target)))
    }
    return true
  }
}

/// One record of a part.
private struct Record {
  let part: RecordPart
  let row: Int
  /// The names of the columns.
  let names: [String]

  /// Plain numbers, and NaN for fields that are something else.
  var cells: UnsafePointer<Double> { unsafe part.row(row) }
  var line: Int { part.line(row) }

  private func field(_ column: Int) -> PartField { part.field(row, column) }
  private func isPlain(_ column: Int) -> Bool { unsafe !cells[column].isNaN }

  func number(_ column: Int) -> NumberParser.Outcome { part.number(row, column) }
  func text(_ column: Int) -> String { part.text(field(column)) }
  func position(_ column: Int) -> SourcePosition { part.position(row, field(column)) }
  func name(_ column: Int) -> FieldName { FieldName(number: column + 1, name: names[column]) }

  /// Whether a field stands for a missing value, as no plain number does.
  func isMissing(_ column: Int) -> Bool { !isPlain(column) && part.isMissing(field(column)) }

  /// Appends the text of a field.
  func append(_ column: Int, to bytes: inout [UInt8]) { part.append(field(column), to: &bytes) }

  func notFinite(_ column: Int) -> TableError {
    TableError(.notFinite(position(column), name(column), text: text(column)))
  }

  func missingValue(_ column: Int, isNumeric: Bool) -> TableError {
    TableError(
      .missingValue(position(column), name(column), text: text(column), isNumeric: isNumeric))
  }
}

/// What makes features of texts: tables that a thread has for itself while it needs them.
private final class TextEncoders: Sendable {
  private let inputs: [InputColumn]
  private let free = Mutex<[[TextEncoder?]]>([])

  init(_ preprocessor: TablePreprocessor) { inputs = preprocessor.inputs }

  /// Lends an encoder for each input of texts.
  func with(_ body: (inout [TextEncoder?]) -> Void) {
    var encoders =
      free.withLock { $0.popLast() }
      ?? inputs.map { input in
        if case .text(let vectorizer) = input.kind { TextEncoder(vectorizer) } else { nil }
      }
    body(&encoders)
    free.withLock { [encoders] in $0.append(encoders) }
  }
}
