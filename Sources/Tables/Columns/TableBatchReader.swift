import Basics
import LinearAlgebra

/// The batches of a table's rows; see ``BatchReader``.
struct TableBatchReader {
  private let preprocessor: TablePreprocessor
  private let batchSize: Int
  private let encoder: FeatureEncoder
  private let fields: [Int]
  private let isNumeric: [Bool]
  /// For each input, whether a plain number need not mean itself; see ``NumberNotation/acceptsPlain``.
  private let isMarked: [Bool]
  /// Whether features are stored sparsely.
  private let isSparse: Bool
  /// For each input that holds texts, what makes features of them.
  private var textEncoders: [TextEncoder?]
  private let targetUse: TargetUse
  private let targetField: Int
  /// The field that holds the row's weight, if weights are requested.
  private let weightField: Int?
  /// How many rows were left out because their weight is 0.
  private(set) var zeroWeightRowCount = 0
  private let keptFields: [Int]
  let keptNames: [String]
  private let writer: CSVText
  /// For each input, in how many rows so far a missing value was filled in, and in how many stood a
  /// category that training did not see.
  private var filledCounts: [Int]
  private var unseenCounts: [Int]
  private var text: DelimitedText
  /// What is wrong with the row after the last batch.
  private var pendingError: TableError?

  init(
    _ source: ByteSource, preprocessor: TablePreprocessor, options: TextOptions,
    kept: KeptColumns, writer: CSVText, target: TargetUse, weight: String?, batchSize: Int,
    model: String
  ) throws(TableError) {
    self.writer = writer
    filledCounts = [Int](repeating: 0, count: preprocessor.inputs.count)
    unseenCounts = filledCounts
    text = try DelimitedText(source, options: options.expecting(.table(preprocessor)))
    let layout = try ColumnLayout(
      preprocessor, names: text.names, hasHeader: text.hasHeader, at: text.start, model: model)
    self.preprocessor = preprocessor
    self.batchSize = batchSize
    encoder = FeatureEncoder(preprocessor)
    isSparse = preprocessor.isSparse
    textEncoders = preprocessor.inputs.map { input in
      if case .text(let vectorizer) = input.kind { TextEncoder(vectorizer) } else { nil }
    }
    fields = layout.fields
    isMarked = preprocessor.inputs.map { !($0.notation?.acceptsPlain ?? true) }
    isNumeric = preprocessor.inputs.map { input in
      if case .numeric = input.kind { true } else { false }
    }

    targetUse = target
    switch target {
    case .ignored: targetField = -1
    case .numbers, .texts:
      if let field = layout.target {
        targetField = field
      } else if let name = preprocessor.target?.name, text.hasHeader, preprocessor.hasHeader {
        throw .noSuchColumn(text.start, name: name, columns: text.names)
      } else {
        throw .noTargetField(text.start, found: text.names.count, model: model)
      }
    }

    if let weight { weightField = try text.column(weight) } else { weightField = nil }

    switch kept {
    case .none: keptFields = []
    case .all: keptFields = Array(text.names.indices)
    case .identifiers: keptFields = layout.identifiers
    case .columns(let columns):
      var found: [Int] = []
      for column in columns {
        let index = try text.column(column)
        if !found.contains(index) { found.append(index) }
      }
      keptFields = found
    }
    let names = text.names
    keptNames = keptFields.map { names[$0] }
  }

  mutating func next() throws(TableError) -> FeatureBatch? {
    if let pendingError { throw pendingError }
    var batch = Batch()
    // A batch is usually full, unless rows are very wide.
    let width = encoder.absent.count
    if !isSparse { batch.elements.reserveCapacity(min(batchSize * width, 1 << 20)) }
    do throws(TableError) {
      while batch.lineNumbers.count < batchSize, try text.next() {
        let weight = try weight()
        guard weight > 0 else {
          zeroWeightRowCount += 1
          continue
        }
        try append(to: &batch)
        if weightField != nil { batch.weights.append(weight) }
      }
    } catch {
      guard !batch.lineNumbers.isEmpty else { throw error }
      pendingError = error
    }
    guard !batch.lineNumbers.isEmpty else { return nil }
    let features: FeatureMatrix
    if isSparse {
      features = .sparse(batch.rows.matrix(columnCount: width))
    } else {
      do {
        features = .dense(
          try Matrix(
            rowCount: batch.lineNumbers.count - batch.skippedRows.count, columnCount: width,
            elements: batch.elements))
      } catch {
        preconditionFailure("a batch holds \(batch.elements.count) features: \(error)")
      }
    }
    let targets: TargetValues? =
      switch targetUse {
      case .ignored: nil
      case .numbers: .numbers(batch.numbers)
      case .texts: .texts(batch.texts)
      }
    return FeatureBatch(
      features: features, rowCount: batch.lineNumbers.count,
      skippedRows: batch.skippedRows, lineNumbers: batch.lineNumbers, targets: targets,
      weights: weightField == nil ? nil : batch.weights, keptText: batch.keptText,
      keptEnds: batch.keptEnds)
  }

  /// What was done to values so far, for each column to whose values something was done.
  var treatedColumns: [TreatedColumn] {
    preprocessor.inputs.indices.compactMap { input in
      guard filledCounts[input] + unseenCounts[input] > 0 else { return nil }
      return TreatedColumn(
        name: preprocessor.inputs[input].name, filledCount: filledCounts[input],
        unseenCount: unseenCounts[input])
    }
  }

  private struct Batch {
    // One of the two is used.
    var elements: [Double] = []
    var rows = SparseRows()
    var lineNumbers: [Int] = []
    var skippedRows: [Int] = []
    var numbers: [Double] = []
    var texts: [String] = []
    var weights: [Double] = []
    var keptText: [UInt8] = []
    var keptEnds: [Int] = []
  }

  /// The weight of the current record, 1 if none is requested.
  private func weight() throws(TableError) -> Double {
    guard let weightField else { return 1 }
    if case .number(let weight) = text.records.number(weightField), weight >= 0 { return weight }
    throw .weight(
      text.records.position(weightField), text.fieldName(weightField),
      text: text.records.text(weightField))
  }

  /// Adds the current record, or nothing of it when it is in error.
  private mutating func append(to batch: inout Batch) throws(TableError) {
    let start = batch.elements.count
    if !isSparse { batch.elements.append(contentsOf: encoder.absent) }
    var isComplete = true
    do throws(TableError) {
      for input in fields.indices {
        let field = fields[input]
        if isNumeric[input], !isMarked[input],
          case .number(let value) = text.records.number(field)
        {
          let scaled = encoder.scaled(value, input)
          if scaled.isFinite {
            if isSparse {
              encoder.put(scaled: scaled, input, in: &batch.rows)
            } else {
              batch.elements[start + encoder.firstFeature(input)] = scaled
            }
            continue
          }
        }
        if try !appendOther(input, field, to: &batch, at: start) {
          isComplete = false
          break
        }
      }
      if targetUse != .ignored, try !appendTarget(to: &batch) { isComplete = false }
    } catch {
      abandonRow(in: &batch, at: start)
      throw error
    }
    if isComplete {
      if isSparse { batch.rows.endRow() }
    } else {
      abandonRow(in: &batch, at: start)
      batch.skippedRows.append(batch.lineNumbers.count)
    }
    batch.lineNumbers.append(text.records.line)
    guard !keptFields.isEmpty else { return }
    for (index, field) in keptFields.enumerated() {
      if index > 0 { batch.keptText.append(UInt8(ascii: ",")) }
      text.records.appendCSV(field, by: writer, to: &batch.keptText)
    }
    batch.keptEnds.append(batch.keptText.count)
  }

  private func abandonRow(in batch: inout Batch, at start: Int) {
    if isSparse { batch.rows.abandonRow() } else { batch.elements.removeSubrange(start...) }
  }

  /// Adds a category, a text, or whatever else is not a plain number; says whether the row is
  /// complete.
  private mutating func appendOther(
    _ input: Int, _ field: Int, to batch: inout Batch, at start: Int
  ) throws(TableError) -> Bool {
    let records = text.records
    if records.isMissing(field) {
      // The texts of a separate category for them are empty.
      let isReplaced =
        isSparse
        ? encoder.replaceMissing(input, in: &batch.rows)
        : encoder.replaceMissing(input, in: &batch.elements, at: start)
      if isReplaced {
        // A text that is missing is an empty one, or a separate category: nothing to report.
        if preprocessor.inputs[input].kind.isFilledIn { filledCounts[input] += 1 }
        return true
      }
      guard preprocessor.drops(input) else {
        throw .missingValue(
          records.position(field), text.fieldName(field), text: records.text(field),
          isNumeric: isNumeric[input])
      }
      return false
    }
    let value = records.text(field)
    switch preprocessor.inputs[input].kind {
    case .categorical(let levels, _):
      guard let level = preprocessor.level(value, of: input) else {
        // None of the indicators says yes.
        if preprocessor.unseen == .ignore {
          unseenCounts[input] += 1
          if isSparse { encoder.put(level: -1, input, in: &batch.rows) }
          return true
        }
        throw .unknownCategory(
          records.position(field), text.fieldName(field), value: value, known: levels)
      }
      if isSparse {
        encoder.put(level: level, input, in: &batch.rows)
      } else {
        encoder.put(level: level, input, in: &batch.elements, at: start)
      }
      return true
    case .text:
      let bytes = Array(value.utf8)
      textEncoders[input]?.append(
        bytes.span, bytes.indices, to: &batch.rows, firstColumn: encoder.firstFeature(input))
      return true
    case .date(let dates):
      guard let values = dates.values(value) else {
        throw .notADate(records.position(field), text.fieldName(field), text: value)
      }
      let isFinite =
        isSparse
        ? encoder.put(values, input, in: &batch.rows)
        : encoder.put(values, input, in: &batch.elements, at: start)
      if isFinite { return true }
      throw .notFinite(records.position(field), text.fieldName(field), text: value)
    case .numeric:
      if let number = preprocessor.inputs[input].notation?.number(value) {
        let scaled = encoder.scaled(number, input)
        if scaled.isFinite {
          if isSparse {
            encoder.put(scaled: scaled, input, in: &batch.rows)
          } else {
            batch.elements[start + encoder.firstFeature(input)] = scaled
          }
          return true
        }
      } else if records.number(field) == .notANumber || isMarked[input] {
        throw .notANumber(records.position(field), text.fieldName(field), text: value)
      }
      throw .notFinite(records.position(field), text.fieldName(field), text: value)
    }
  }

  /// Adds the target; says whether the row is complete.
  private func appendTarget(to batch: inout Batch) throws(TableError) -> Bool {
    let records = text.records
    if records.isMissing(targetField) {
      guard preprocessor.missing == .drop else {
        throw .missingTarget(
          records.position(targetField), text.fieldName(targetField),
          text: records.text(targetField))
      }
      if targetUse == .numbers { batch.numbers.append(.nan) } else { batch.texts.append("") }
      return false
    }
    let notation = preprocessor.target?.notation
    guard targetUse == .numbers else {
      let value = records.text(targetField)
      batch.texts.append(notation?.number(value).map(NumberText.shortest) ?? value)
      return true
    }
    if let number = notation?.number(records.text(targetField)) {
      batch.numbers.append(number)
      return true
    }
    switch records.number(targetField) {
    case .number(let value): batch.numbers.append(value)
    case .notFinite:
      throw .notFinite(
        records.position(targetField), text.fieldName(targetField),
        text: records.text(targetField))
    case .notANumber:
      throw .notANumber(
        records.position(targetField), text.fieldName(targetField),
        text: records.text(targetField))
    }
    return true
  }
}
