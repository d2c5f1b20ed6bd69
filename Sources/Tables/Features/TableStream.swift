import Basics

/// The records of a table as text, encoded on several threads.
struct TableStream: RowStream {
  let keptNames: [String]
  private let columns: StreamColumns
  private let encoder: RowEncoder
  private let cutting: TextCutting
  private var text: DelimitedText
  private var parts: RecordWindows?
  /// What was read and is in no batch yet.
  private var slices: [RecordSlice] = []

  init(
    _ source: ByteSource, _ preprocessor: TablePreprocessor, _ options: TextOptions,
    _ wishes: StreamWishes, model: String
  ) throws(TableError) {
    let options = options.expecting(.table(preprocessor))
    cutting = options.liveCutting
    try source.join(options)
    let text = try DelimitedText(source, options: options)
    self.text = text
    columns = try StreamColumns(text, preprocessor, wishes, model: model)
    encoder = columns.encoder
    keptNames = columns.kept.map { text.names[$0] }
  }

  var noRows: FeatureBatch { encoder.batch(columns.taken) }

  mutating func append(
    to batch: inout FeatureBatch, atMost count: Int
  ) throws(TableError) -> Bool {
    let slices = try take(count)
    let (encoder, work) = (encoder, UnsafeSendable(slices))
    let encoded = concurrentResults(count: slices.count, threads: cutting.threads) { index in
      encoder.encode(work.value[index])
    }
    for next in encoded where batch.problem == nil { batch.append(next) }
    return !slices.isEmpty
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
          source, holding: [], isComplete: false, longestRecord: InputBuffer.defaultLongestRecord),
        grammar: text.records.grammar, line: line))
    return other
  }

  func finish(_ batch: inout FeatureBatch) { batch.finish(columnCount: encoder.featureCount) }

  /// Takes the next rows, which are there until more are read; none at the end.
  private mutating func take(_ count: Int) throws(TableError) -> [RecordSlice] {
    while slices.isEmpty {
      if parts == nil { parts = try RecordWindows(text, cutting) }
      guard let read = try parts?.next(columns.modes) else { return [] }
      slices = read.filter { $0.rowCount > 0 }
        .map { RecordSlice($0, 0..<$0.rowCount, columns) }
    }
    var taken: [RecordSlice] = []
    var left = count
    var used = 0
    while left > 0, used < slices.count {
      let rows = slices[used].rows
      // Small enough that every thread gets some.
      let tile = encoder.rowsInTile(keptCount: columns.kept.count)
      let end = min(rows.lowerBound + min(left, tile), rows.upperBound)
      taken.append(slices[used][rows.lowerBound..<end])
      left -= end - rows.lowerBound
      slices[used] = slices[used][end..<rows.upperBound]
      if end == rows.upperBound { used += 1 }
    }
    slices.removeFirst(used)
    return taken
  }
}
