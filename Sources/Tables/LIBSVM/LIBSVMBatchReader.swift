import Basics
import LinearAlgebra

/// The batches of LIBSVM text's examples; see `BatchReader`.
struct LIBSVMBatchReader: RowStream {
  /// LIBSVM text has no weights, and nothing to fill in.
  let zeroWeightRowCount = 0
  let treatedColumns: [TreatedColumn] = []
  let inputNames: [String] = []
  /// The most memory that a batch of dense features takes.
  private static let denseBatchBytes = 256 << 20

  private let preprocessor: LIBSVMPreprocessor
  private let targetUse: TargetUse
  private let batchSize: Int
  private let keepsLabel: Bool
  private let writer: CSVText
  private let file: String
  private let cutting: TextPipeline.Cutting
  /// Where the text begins.
  private let start: Int
  private var windows: TextWindows<LIBSVMPart>
  /// Who reads on where something is not regular; it says what is wrong, or continues where nothing is.
  private var reader: LIBSVMReader?
  /// What was read, and which of it is in no batch yet.
  private var parts: ArraySlice<LIBSVMPart> = []
  private var nextRow = 0
  private var pendingError: TableError?
  private(set) var ignoredEntryCount = 0

  init(
    _ source: ByteSource, preprocessor: LIBSVMPreprocessor, options: TextOptions,
    wishes: StreamColumns.Wishes, output: BatchReader.Output
  ) throws(TableError) {
    if let name = wishes.weight {
      throw TableError(.weightsOfLIBSVMText(file: source.name, name: name))
    }
    self.preprocessor = preprocessor
    writer = output.writer
    targetUse = wishes.target
    // Features that are shifted become dense.
    let isDense = preprocessor.scaler.offsets.contains { $0 != 0 }
    batchSize =
      isDense
      ? max(
        1, min(output.batchSize, Self.denseBatchBytes / (8 * max(1, preprocessor.featureCount))))
      : output.batchSize
    file = source.name
    try source.join(options.with(.libsvm))
    cutting = options.liveCutting
    let input = try InputBuffer(source, longestRecord: options.sizes.longestRecord)
    start = source.readByteCount - (input.end - input.start)
    windows = Self.windows(input, line: 1, cutting, source.places)
    switch wishes.kept {
    case .none, .identifiers: keepsLabel = false
    case .all: keepsLabel = true
    case .columns(let columns):
      for column in columns {
        _ = try ColumnLookup.index(
          of: column, in: [LIBSVMData.labelName],
          at: SourcePosition(file: file, line: 1, column: 1))
      }
      keepsLabel = !columns.isEmpty
    }
  }

  private static func windows(
    _ input: InputBuffer, line: Int, _ cutting: TextPipeline.Cutting, _ places: SourcePlaces
  ) -> TextWindows<LIBSVMPart> {
    TextWindows(input, line: line, quote: nil, cutting: cutting) {
      LIBSVMPart(places: places, block: $0, labelsAreOptional: true)
    }
  }

  func beginning(of source: ByteSource) throws(TableError) -> StreamBeginning {
    StreamBeginning(cut: TextShares.Cut(offset: start, line: 1), grammar: nil)
  }

  func continued(_ source: ByteSource, line: Int) throws(TableError) -> any RowStream {
    var other = self
    let input = InputBuffer(
      source, holding: [], isComplete: false, longestRecord: cutting.sizes.longestRecord)
    other.windows = Self.windows(input, line: line, cutting, source.places)
    return other
  }

  var keptNames: [String] { keepsLabel ? [LIBSVMData.labelName] : [] }

  private struct Batch {
    var rowOffsets = [0]
    var columns: [Int32] = []
    var values: [Double] = []
    var lineNumbers: [Int] = []
    var numbers: [Double] = []
    var texts: [String] = []
    var kept: KeptFields
  }

  mutating func next() throws(TableError) -> FeatureBatch? {
    if let pendingError { throw pendingError }
    var batch = Batch(kept: KeptFields(width: keptNames.count))
    do throws(TableError) {
      while batch.lineNumbers.count < batchSize, let (part, row) = try nextExample() {
        try append(part, row, to: &batch)
      }
    } catch {
      pendingError = error
      guard !batch.lineNumbers.isEmpty else { throw error }
    }
    guard !batch.lineNumbers.isEmpty else { return nil }
    let features = try preprocessor.scaler.transform(
      FeatureMatrix(
        choosingFor: SparseMatrix(
          unchecked: batch.lineNumbers.count, columnCount: preprocessor.featureCount,
          rowOffsets: batch.rowOffsets, columnIndices: batch.columns, values: batch.values)),
      file: file)
    let targets: TargetValues? =
      switch targetUse {
      case .ignored: nil
      case .numbers: .numbers(batch.numbers)
      case .texts: .texts(batch.texts)
      }
    return FeatureBatch(
      features: features, rowCount: batch.lineNumbers.count, skippedRows: [],
      lineNumbers: batch.lineNumbers, targets: targets, weights: nil, kept: batch.kept,
      writer: writer)
  }

  /// Goes to the next example.
  private mutating func nextExample() throws(TableError) -> (LIBSVMPart, Int)? {
    while let part = parts.first {
      if nextRow < part.rowCount {
        nextRow += 1
        return (part, nextRow - 1)
      }
      parts.removeFirst()
      nextRow = 0
    }
    let longestLine = windows.longestRow
    while let read = try windows.next({ $0.read($1, longestLine: longestLine) }) {
      parts = read.filter { $0.rowCount > 0 }[...]
      if let first = parts.first {
        nextRow = 1
        return (first, 0)
      }
    }
    guard windows.isIrregular else { return nil }
    if reader == nil {
      let (rest, line) = try windows.remainder()
      reader = LIBSVMReader(rest, line: line)
    }
    guard try reader?.next() ?? false, let reader else { return nil }
    return (LIBSVMPart(of: reader), 0)
  }

  /// Adds an example, or nothing of it when it is in error.
  private mutating func append(
    _ part: LIBSVMPart, _ row: Int, to batch: inout Batch
  ) throws(TableError) {
    let label = part.field(row, 0)
    let base: Int32 = preprocessor.isZeroBased ? 0 : 1
    // The first such example ends the stream.
    if base > 0, row == part.firstZeroIndex {
      throw TableError(
        .indexOutOfRange(
          part.position(row, label), index: "0", range: Int(base)...LIBSVMReader.largestIndex))
    }
    if targetUse != .ignored {
      guard label.end > label.start else {
        throw TableError(.missingLabel(part.position(row, label)))
      }
      if targetUse == .texts {
        batch.texts.append(part.text(label))
      } else if case .number(let value) = part.number(label) {
        batch.numbers.append(value)
      } else {
        throw TableError(.labelNotANumber(part.position(row, label), text: part.text(label)))
      }
    }
    for entry in part.entries(row) {
      let column = part.columns[entry] - base
      guard Int(column) < preprocessor.featureCount else {
        ignoredEntryCount += 1
        continue
      }
      batch.columns.append(column)
      batch.values.append(part.values[entry])
    }
    batch.rowOffsets.append(batch.values.count)
    batch.lineNumbers.append(part.line(row))
    if keepsLabel { batch.kept.append { part.append(label, to: &$0) } }
  }
}
