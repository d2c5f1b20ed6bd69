import Basics
import LinearAlgebra

/// The batches of a table's rows; see `BatchReader`.
struct TableBatchReader: RowStream {
  /// Every field of a table has a column.
  let ignoredEntryCount = 0
  private let preprocessor: TablePreprocessor
  private let encoder: RowEncoder
  private let batchSize: Int
  private let writer: CSVText
  private let cutting: TextPipeline.Cutting
  private var text: DelimitedText
  private var parts: RecordParts?
  /// What was read and is in no batch yet.
  private var slices: [Slice] = []
  /// What was left out and filled in so far.
  private var treated: EncodedRows
  /// What is wrong with the row after the last batch.
  private var pendingError: TableError?

  /// Some rows of a part.
  private struct Slice {
    let part: RecordPart
    var rows: Range<Int>
  }

  init(
    _ source: ByteSource, preprocessor: TablePreprocessor, options: TextOptions,
    wishes: StreamColumns.Wishes, output: BatchReader.Output
  ) throws(TableError) {
    self.preprocessor = preprocessor
    batchSize = output.batchSize
    writer = output.writer
    let options = options.expecting(.table(preprocessor))
    cutting = options.liveCutting
    try source.join(options)
    text = try DelimitedText(source, options: options)
    encoder = RowEncoder(
      preprocessor, try StreamColumns(text, preprocessor, wishes, model: output.model))
    treated = encoder.nothing
  }

  /// The names of the columns that are kept.
  var keptNames: [String] { encoder.columns.kept.map { text.names[$0] } }

  var inputNames: [String] { preprocessor.inputs.map(\.name) }

  /// How many rows were left out because their weight is 0.
  var zeroWeightRowCount: Int { treated.zeroWeightRowCount }

  /// What was done to values so far, for each column to whose values something was done.
  var treatedColumns: [TreatedColumn] {
    preprocessor.inputs.indices.compactMap { input in
      guard treated.filledCounts[input] + treated.unseenCounts[input] > 0 else { return nil }
      return TreatedColumn(
        name: preprocessor.inputs[input].name, filledCount: treated.filledCounts[input],
        unseenCount: treated.unseenCounts[input])
    }
  }

  mutating func next() throws(TableError) -> FeatureBatch? {
    if let pendingError { throw pendingError }
    var batch = encoder.nothing
    do throws(TableError) {
      while batch.rowCount < batchSize {
        let slices = try take(batchSize - batch.rowCount)
        if slices.isEmpty { break }
        for encoded in encode(slices) where batch.problem == nil { batch.append(encoded) }
        if let problem = batch.problem { throw problem }
      }
    } catch {
      pendingError = error
    }
    treated.addCounts(batch)
    guard batch.rowCount > 0 else {
      if let pendingError { throw pendingError }
      return nil
    }
    let targets: TargetValues? =
      switch encoder.columns.targetUse {
      case .ignored: nil
      case .numbers: .numbers(batch.numbers)
      case .texts: .texts(batch.texts)
      }
    return FeatureBatch(
      features: batch.features(columnCount: encoder.featureCount, isSparse: encoder.isSparse),
      rowCount: batch.rowCount, skippedRows: batch.skippedRows, lineNumbers: batch.lineNumbers,
      targets: targets, weights: encoder.columns.weight == nil ? nil : batch.weights,
      kept: batch.kept, writer: writer)
  }

  func beginning(of source: ByteSource) throws(TableError) -> StreamBeginning {
    var records = text.records
    let (rest, line) = try records.remainder(withCurrent: text.isAtFirstRecord)
    return StreamBeginning(
      cut: TextShares.Cut(offset: source.readByteCount - (rest.end - rest.start), line: line),
      grammar: records.grammar)
  }

  func continued(_ source: ByteSource, line: Int) throws(TableError) -> any RowStream {
    var other = self
    other.text = text.continued(
      RecordReader(
        InputBuffer(
          source, holding: [], isComplete: false, longestRecord: InputBuffer.usualLongestRecord),
        grammar: text.records.grammar, line: line))
    return other
  }

  /// Takes the next rows, which are there until more are read; none at the end.
  private mutating func take(_ count: Int) throws(TableError) -> [Slice] {
    while slices.isEmpty {
      if parts == nil { parts = try RecordParts(text, cutting) }
      guard let read = try parts?.next(encoder.modes) else { return [] }
      slices = read.filter { $0.rowCount > 0 }.map { Slice(part: $0, rows: 0..<$0.rowCount) }
    }
    var taken: [Slice] = []
    var left = count
    var used = 0
    while left > 0, used < slices.count {
      let rows = slices[used].rows
      // Small enough that every thread gets some.
      let end = min(rows.lowerBound + min(left, encoder.rowsInTile), rows.upperBound)
      taken.append(Slice(part: slices[used].part, rows: rows.lowerBound..<end))
      left -= end - rows.lowerBound
      slices[used].rows = end..<rows.upperBound
      if end == rows.upperBound { used += 1 }
    }
    slices.removeFirst(used)
    return taken
  }

  private func encode(_ slices: [Slice]) -> [EncodedRows] {
    let encoder = encoder
    let work = UnsafeSendable(slices)
    return concurrentResults(count: slices.count, threads: cutting.threads) { index in
      encoder.encode(work.value[index].part, work.value[index].rows)
    }
  }
}
