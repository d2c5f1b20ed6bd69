import Basics
import LinearAlgebra

/// Some rows of a table, as the inputs of a preprocessor see them.
///
/// Each different text of a column is looked at once.
struct TableRows: Sendable {
  fileprivate let preprocessor: TablePreprocessor
  fileprivate let table: Table
  /// For each input its column.
  fileprivate let fields: [Int]
  /// The rows of the table, in the order in which they are wanted.
  fileprivate let rows: [Int]
  /// For each input what its column holds.
  fileprivate private(set) var contents: [InputContent] = []
  /// The first input whose column cannot be one, and why.
  fileprivate private(set) var refusal: (input: Int, error: TableError)?

  /// Looks at columns.
  ///
  /// - Parameters:
  ///   - preprocessor: How columns become features.
  ///   - table: The table.
  ///   - fields: For each input its column.
  ///   - rows: The rows that are wanted.
  ///   - threads: The largest number of threads to use, or `nil` for one on each core.
  init(
    _ preprocessor: TablePreprocessor, _ table: Table, _ fields: [Int], rows: [Int], threads: Int?
  ) {
    self.preprocessor = preprocessor
    self.table = table
    self.fields = fields
    self.rows = rows
    for (input, field) in fields.enumerated() where refusal == nil {
      do throws(TableError) {
        contents.append(try content(of: input, field, threads: threads))
      } catch {
        refusal = (input, error)
      }
    }
  }

  private func content(
    of input: Int, _ field: Int, threads: Int?
  ) throws(TableError) -> InputContent {
    let column = table.columns[field]
    switch (preprocessor.inputs[input].kind, column.values) {
    case (.numeric, _): return .numbers(try numbers(of: input, field))
    case (.date(let dates), _):
      let texts = column.asTexts
      return .dates(texts.spelledValues.levels.map(dates.values), texts)
    case (.categorical, _):
      let texts = column.asTexts
      return .levels(
        texts.spelledValues.levels.map { preprocessor.level($0, of: input) }, texts)
    case (.text(let vectorizer), .categories(let levels, let codes)):
      // Only texts of these rows, and each of them once.
      var places = [Int32](repeating: -1, count: levels.count)
      var texts: [String] = []
      for row in rows where codes[row] >= 0 && places[Int(codes[row])] < 0 {
        places[Int(codes[row])] = Int32(texts.count)
        texts.append(levels[Int(codes[row])])
      }
      return .terms(
        vectorizer.transform(texts, threads: threads),
        texts: rows.map { codes[$0] < 0 ? -1 : places[Int(codes[$0])] })
    case (.text(let vectorizer), .numbers(let numbers)):
      // In this table all texts of the column look like numbers.
      let spelled = column.asTexts
      let texts = rows.map { numbers[$0].isNaN ? "" : spelled.text($0) ?? "" }
      return .terms(
        vectorizer.transform(texts, threads: threads), texts: texts.indices.map(Int32.init))
    }
  }

  /// The numbers of a column as a model reads them.
  private func numbers(of input: Int, _ field: Int) throws(TableError) -> [Double] {
    let column = table.columns[field]
    let notation = preprocessor.inputs[input].notation
    if column.notation == nil, notation == nil, case .numbers(let numbers) = column.values {
      return numbers
    }
    let texts = column.asTexts
    func refusal(_ text: String?) -> TableError {
      let known = text.flatMap { texts.places(ofText: $0) } ?? column.places.firstText?.position
      return TableError(
        .notANumber(
          known ?? SourcePosition(file: table.file, line: 1, column: field + 1),
          table.fieldName(field), text: text ?? column.places.firstText?.text ?? ""))
    }
    switch column.values {
    case .numbers(let numbers):
      // What the table is read as by itself is what the model expects, or it is read again.
      if column.notation == notation { return numbers }
      if column.notation == nil, notation?.acceptsPlain ?? true { return numbers }
    case .categories: break
    }
    let levels = texts.spelledValues.levels
    guard let notation else { throw refusal(column.places.firstText?.text ?? levels.first) }
    guard let numbers = texts.numbers(notation) else {
      throw refusal(levels.first { notation.number($0) == nil })
    }
    return numbers
  }

  /// Where a row's field is, as far as that is known.
  fileprivate func place(_ row: Int, _ input: Int) -> SourcePosition {
    SourcePosition(
      file: table.file, line: table.firstRow + row + 1, column: fields[input] + 1)
  }

  fileprivate func name(_ input: Int) -> FieldName { table.fieldName(fields[input]) }
}

/// What a column of a table holds of an input.
private enum InputContent: Sendable {
  /// Numbers, NaN where they are missing.
  case numbers([Double])
  /// For each different text the category that it names, if there is one; and the column as texts.
  case levels([Int?], TableColumn)
  /// For each different text the parts of the date that it is, if it is one; and the column as texts.
  case dates([[Double]?], TableColumn)
  /// The terms of different texts, and which of them each row that is wanted has; −1 where it has none.
  case terms(SparseMatrix<Double>, texts: [Int32])
}

/// Some rows of a table as cells: numbers, and NaN whose lowest bits say what is there instead.
///
/// A row is called by its place among the rows that are wanted.
@safe private final class TableTile {
  let source: TableRows
  /// The rows, among those that are wanted.
  let range: Range<Int>
  /// For each input whether it has categories.
  let holdsLevels: [Bool]
  private let inputCount: Int
  private let base: UnsafeMutablePointer<Double>

  /// A NaN that no arithmetic makes.
  private static let tag: UInt64 = 0x7FFC_0000_0000_0000
  private static let missing = UInt32.max
  private static let unknownLevel = UInt32.max - 1

  init(_ source: TableRows, _ range: Range<Int>) {
    self.source = source
    self.range = range
    inputCount = source.contents.count
    holdsLevels = source.contents.map { if case .levels = $0 { true } else { false } }
    unsafe base = .allocate(capacity: max(1, range.count * inputCount))
    for (input, content) in source.contents.enumerated() { fill(input, content) }
  }

  deinit { unsafe base.deallocate() }

  private func fill(_ input: Int, _ content: InputContent) {
    func fill(_ cell: (_ place: Int) -> Double) {
      var next = unsafe base + input
      for place in range {
        unsafe next.pointee = cell(place)
        unsafe next += inputCount
      }
    }
    func tagged(_ code: UInt32) -> Double { Double(bitPattern: Self.tag | UInt64(code)) }
    func tagged(_ code: Int32) -> Double { tagged(UInt32(bitPattern: code)) }
    let rows = source.rows
    switch content {
    case .numbers(let numbers):
      fill { place in
        let number = numbers[rows[place]]
        return number.isNaN ? tagged(Self.missing) : number
      }
    case .levels(let levels, let column):
      let codes = column.spelledValues.codes
      fill { place in
        let code = codes[rows[place]]
        guard code >= 0 else { return tagged(Self.missing) }
        return tagged(levels[Int(code)].map { UInt32($0) } ?? Self.unknownLevel)
      }
    case .dates(_, let column):
      let codes = column.spelledValues.codes
      fill { tagged(codes[rows[$0]]) }
    case .terms(_, let texts): fill { tagged(texts[$0]) }
    }
  }
}

extension TableTile: EncodableRows {
  func cells(of place: Int) -> UnsafePointer<Double> {
    unsafe UnsafePointer(base + (place - range.lowerBound) * inputCount)
  }

  /// What a cell says that is not a number.
  private func code(_ input: Int, of place: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: unsafe cells(of: place)[input].bitPattern)
  }

  func value(_ input: Int, of place: Int) throws(TableError) -> InputValue {
    let cell = unsafe cells(of: place)[input]
    if !cell.isNaN { return .number(cell) }
    let code = code(input, of: place)
    if code == Self.missing { return .missing }
    if code < Self.unknownLevel, holdsLevels[input] { return .level(Int(code)) }
    let row = source.rows[place]
    switch source.contents[input] {
    case .numbers: return .missing
    case .terms: return .text
    case .levels(_, let column):
      guard source.preprocessor.unseen != .ignore else { return .level(nil) }
      guard case .categorical(let known, _) = source.preprocessor.inputs[input].kind else {
        return .level(nil)
      }
      let text = column.text(row) ?? ""
      throw TableError(
        .unknownCategory(
          column.places(ofText: text) ?? source.place(row, input), source.name(input),
          value: text, known: known))
    case .dates(let dates, let column):
      if let values = dates[Int(code)] { return .parts(values) }
      let text = column.text(row) ?? ""
      throw TableError(
        .notADate(
          column.places(ofText: text) ?? source.place(row, input), source.name(input), text: text))
    }
  }

  func appendTerms(
    _ input: Int, of place: Int, to rows: inout SparseRows, firstColumn: Int,
    _ encoder: inout TextEncoder?
  ) {
    guard case .terms(let matrix, _) = source.contents[input] else { return }
    let text = Int(code(input, of: place))
    for entry in matrix.rowOffsets[text]..<matrix.rowOffsets[text + 1] {
      rows.columns.append(Int32(firstColumn) + matrix.columnIndices[entry])
      rows.values.append(matrix.values[entry])
    }
  }

  func notFinite(_ input: Int, of place: Int) -> TableError {
    var number = unsafe cells(of: place)[input]
    if number.isNaN, case .numeric(let replacement?) = source.preprocessor.inputs[input].kind {
      number = replacement
    }
    return TableError(
      .notFinite(
        source.place(source.rows[place], input), source.name(input),
        text: NumberText.shortest(number)))
  }

  func missing(_ input: Int, of place: Int) -> TableError? {
    let first = source.table.firstMissing(source.fields[input])
    return TableError(
      .missingValue(
        first?.position ?? source.place(source.rows[place], input), source.name(input),
        text: first?.text ?? "", isNumeric: source.preprocessor.inputs[input].kind.isNumeric))
  }
}

extension RowEncoder {
  /// The features of rows of a table, made by several threads.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - threads: The largest number of threads to use; the result does not depend on it.
  /// - Returns: One row of features for each.
  /// - Throws: ``TableError``, the first one column after column.
  func features(of rows: TableRows, threads: Int) throws(TableError) -> FeatureMatrix {
    let count = rows.rows.count
    // Small, so that what threads have made fits into memory that is used again, and is added to the others
    // while it is in the caches.
    let tileSize = max(16, rowsInTile() / 4)
    let wave = 32 * threads * tileSize
    var all = batch()
    if rows.refusal == nil, !isSparse {
      all.elements.reserveCapacity(count * featureCount)
    }
    for first in stride(from: 0, to: count, by: wave) where rows.refusal == nil {
      let end = min(first + wave, count)
      let tiles = concurrentResults(
        count: (end - first + tileSize - 1) / tileSize, threads: threads
      ) { index in
        let start = first + index * tileSize
        return encode(TableTile(rows, start..<min(start + tileSize, end)))
      }
      for tile in tiles where all.problem == nil { all.append(tile) }
      if first == 0, isSparse { all.sparse.reserve(rowCount: count) }
      if all.problem != nil { break }
    }
    if rows.refusal != nil || all.problem != nil, let error = firstError(rows) { throw error }
    all.finish(columnCount: featureCount)
    return all.features
  }

  private func encode(_ tile: TableTile) -> FeatureBatch {
    var batch = batch(reserving: tile.range.count)
    withTextEncoders { texts in
      do throws(TableError) {
        for place in tile.range {
          batch.beginRow(absent)
          let isComplete = try put(place, of: tile, in: &batch, &texts)
          batch.endRow(isSkipped: !isComplete)
        }
      } catch {
        batch.problem = error
      }
    }
    return batch
  }

  /// What is wrong first when one column is looked at after the other, if anything is.
  private func firstError(_ rows: TableRows) -> TableError? {
    let tile = TableTile(rows, rows.rows.indices)
    var batch = batch()
    var error = rows.refusal?.error
    withTextEncoders { texts in
      do throws(TableError) {
        for input in rows.contents.indices {
          for place in tile.range {
            batch.beginRow(absent)
            _ = try put(input: input, place, of: tile, in: &batch, &texts)
            batch.abandonRow()
          }
        }
      } catch let found {
        error = found
      }
    }
    return error
  }
}

extension TableColumn {
  /// The texts of a column of texts.
  fileprivate var spelledValues: Spelling {
    guard case .categories(let levels, let codes) = values else {
      preconditionFailure("column \(name) does not contain texts")
    }
    return Spelling(levels: levels, codes: codes)
  }
}
