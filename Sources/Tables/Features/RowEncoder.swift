import Synchronization

/// Some rows whose values become features: records of a text, or rows of a table.
protocol EncodableRows {
  /// The plain numbers of a row, and NaN where something else is; ``RowEncoder`` knows which of them an
  /// input is.
  func cells(of row: Int) -> UnsafePointer<Double>
  /// What a row has of an input whose cell is not a number that can be a feature.
  ///
  /// - Throws: ``TableError`` for what cannot be a value of the input.
  func value(_ input: Int, of row: Int) throws(TableError) -> InputValue
  /// Adds the terms of a text to the row of features that is being made.
  ///
  /// - Parameters:
  ///   - input: The input of texts.
  ///   - row: The row.
  ///   - rows: Where to add them.
  ///   - firstColumn: The column of the input's first feature.
  ///   - encoder: What finds the terms.
  func appendTerms(
    _ input: Int, of row: Int, to rows: inout SparseRows, firstColumn: Int,
    _ encoder: inout TextEncoder?)
  /// Why a number cannot be a feature.
  func notFinite(_ input: Int, of row: Int) -> TableError
  /// Why a missing value that nothing stands in for is an error; `nil` leaves the row out.
  func missing(_ input: Int, of row: Int) -> TableError?
}

/// What a row has of an input.
enum InputValue {
  case missing
  case number(Double)
  /// A category by its index; `nil` for one that training did not see, where that is not an error.
  case level(Int?)
  /// The parts of a date.
  case parts([Double])
  /// A text; see ``EncodableRows/appendTerms(_:of:to:firstColumn:_:)``.
  case text
}

/// Turns rows into features: those that train, those of folds, and those to be predicted.
///
/// Any number of threads may encode at the same time.
struct RowEncoder: Sendable {
  /// Whether features are stored sparsely.
  let isSparse: Bool
  private let features: FeatureEncoder
  private let inputs: [InputColumn]
  /// For each input how a plain number becomes a feature, or `nil` where it does not.
  private let plain: [PlainNumber?]
  /// For each input whether something that is reported takes the place of a missing value.
  private let isFilledIn: [Bool]
  private let textEncoders: TextEncoders

  /// The road that most fields take.
  private struct PlainNumber {
    let cell: Int
    let feature: Int
    let offset: Double
    let factor: Double
  }

  /// Prepares for rows.
  ///
  /// - Parameters:
  ///   - preprocessor: How columns become features.
  ///   - cells: For each input where the cells of a row have its plain numbers; `nil` if a plain number does
  ///     not mean itself.
  init(_ preprocessor: TablePreprocessor, cells: [Int?]) {
    isSparse = preprocessor.isSparse
    inputs = preprocessor.inputs
    let features = FeatureEncoder(preprocessor)
    self.features = features
    plain = cells.enumerated().map { input, cell in
      guard let cell else { return nil }
      let (offset, factor) = features.scaling(input)
      return PlainNumber(
        cell: cell, feature: features.firstFeature(input), offset: offset, factor: factor)
    }
    isFilledIn = preprocessor.inputs.map(\.kind.isFilledIn)
    textEncoders = TextEncoders(preprocessor)
  }

  /// The number of features.
  var featureCount: Int { features.absent.count }

  /// The features that a row begins with.
  var absent: [Double] { features.absent }

  /// A batch without rows.
  ///
  /// - Parameters:
  ///   - rowCount: The number of rows that it will probably get.
  ///   - columns: What else is taken of each row.
  /// - Returns: The batch.
  func batch(
    reserving rowCount: Int = 0, _ columns: FeatureBatch.TakenColumns = .init()
  ) -> FeatureBatch {
    var batch = FeatureBatch(inputCount: inputs.count, isSparse: isSparse, columns)
    // Rows are usually all of them wanted, unless they are very wide.
    if !isSparse { batch.elements.reserveCapacity(min(rowCount * featureCount, 1 << 20)) }
    return batch
  }

  /// How many rows are worth a thread's while, if this many other columns are taken of each.
  func rowsInTile(keptCount: Int = 0) -> Int {
    let texts = inputs.count { $0.kind.isText }
    return max(16, 16384 / (inputs.count + keptCount + 500 * texts))
  }

  /// Lends what a thread needs for each input of texts.
  func withTextEncoders(_ body: (inout [TextEncoder?]) -> Void) { textEncoders.with(body) }

  /// Puts the features of a row into the one that a batch has begun.
  ///
  /// - Parameters:
  ///   - row: The row.
  ///   - rows: What it is one of.
  ///   - batch: The batch.
  ///   - texts: For each input of texts what finds their terms.
  /// - Returns: Whether the row is complete; if not, it is to be skipped.
  /// - Throws: ``TableError``.
  func put(
    _ row: Int, of rows: some EncodableRows, in batch: inout FeatureBatch,
    _ texts: inout [TextEncoder?]
  ) throws(TableError) -> Bool {
    var input = 0
    while true {
      input = putPlainNumbers(row, of: rows, from: input, in: &batch)
      guard input < plain.count else { return true }
      guard try put(input: input, row, of: rows, in: &batch, &texts) else { return false }
      input += 1
    }
  }

  /// Puts plain numbers from an input on, up to the first that is something else.
  ///
  /// - Returns: The first input that was not put.
  private func putPlainNumbers(
    _ row: Int, of rows: some EncodableRows, from first: Int, in batch: inout FeatureBatch
  ) -> Int {
    let plain = plain.span
    let cells = unsafe rows.cells(of: row)
    var input = first
    if isSparse {
      while input < plain.count, let number = plain[input] {
        let scaled = unsafe (cells[number.cell] - number.offset) * number.factor
        guard scaled.isFinite else { break }
        batch.put(scaled, number.feature)
        input += 1
      }
      return input
    }
    let start = batch.rowStart
    var elements = batch.elements.mutableSpan
    while input < plain.count, let number = plain[input] {
      // A field that is not a plain number is NaN here.
      let scaled = unsafe (cells[number.cell] - number.offset) * number.factor
      guard scaled.isFinite else { break }
      elements[start + number.feature] = scaled
      input += 1
    }
    return input
  }

  /// Puts a category, a text, or whatever else is not a plain number; says whether the row is complete.
  func put(
    input: Int, _ row: Int, of rows: some EncodableRows, in batch: inout FeatureBatch,
    _ texts: inout [TextEncoder?]
  ) throws(TableError) -> Bool {
    switch try rows.value(input, of: row) {
    case .number(let number):
      guard features.put(number, input, in: &batch) else { throw rows.notFinite(input, of: row) }
    case .level(let level):
      if level == nil { batch.unseenCounts[input] += 1 }
      features.put(level: level, input, in: &batch)
    case .parts(let values):
      guard features.put(values, input, in: &batch) else { throw rows.notFinite(input, of: row) }
    case .text:
      rows.appendTerms(
        input, of: row, to: &batch.sparse, firstColumn: features.firstFeature(input), &texts[input])
    case .missing:
      guard features.replaceMissing(input, in: &batch) else {
        if let error = rows.missing(input, of: row) { throw error }
        return false
      }
      // A text that is missing is an empty one, or a separate category: nothing to report.
      if isFilledIn[input] { batch.filledCounts[input] += 1 }
    }
    return true
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
