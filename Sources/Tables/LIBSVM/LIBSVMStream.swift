import Basics
import LinearAlgebra

/// The examples of LIBSVM text; see `BatchReader`.
struct LIBSVMStream: RowStream {
  /// The most memory that a batch of dense features takes.
  private static let denseBatchBytes = 256 << 20

  let largestBatch: Int
  private let preprocessor: LIBSVMPreprocessor
  private let targetUse: TargetUse
  private let keepsLabel: Bool
  private let file: String
  private let cutting: TextCutting
  /// Where the text begins.
  private let start: Int
  private var windows: TextWindows<LIBSVMPart>
  /// What was read, and which of it is in no batch yet.
  private var parts: ArraySlice<LIBSVMPart> = []
  private var nextRow = 0
  private(set) var ignoredEntryCount = 0

  init(
    _ source: ByteSource, _ preprocessor: LIBSVMPreprocessor, _ options: TextOptions,
    _ wishes: StreamWishes
  ) throws(TableError) {
    if let name = wishes.weight {
      throw TableError(.weightsOfLIBSVMText(file: source.name, name: name))
    }
    self.preprocessor = preprocessor
    targetUse = wishes.target
    // Features that are shifted become dense.
    let isDense = preprocessor.scaler.offsets.contains { $0 != 0 }
    largestBatch =
      isDense ? max(1, Self.denseBatchBytes / (8 * max(1, preprocessor.featureCount))) : .max
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
    _ input: InputBuffer, line: Int, _ cutting: TextCutting, _ places: SourcePlaces
  ) -> TextWindows<LIBSVMPart> {
    TextWindows(input, line: line, quote: nil, cutting: cutting) {
      LIBSVMPart(places: places, block: $0, labelsAreOptional: true)
    } makeReader: {
      LIBSVMReader($0, line: $1)
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

  /// LIBSVM text has no weights, and nothing to fill in.
  var noRows: FeatureBatch {
    FeatureBatch(
      inputCount: 0, isSparse: true,
      FeatureBatch.TakenColumns(target: targetUse, keptCount: keptNames.count))
  }

  mutating func append(
    to batch: inout FeatureBatch, atMost count: Int
  ) throws(TableError) -> Bool {
    let end = batch.rowCount + count
    while batch.rowCount < end {
      guard let (part, row) = try nextExample() else { return false }
      try append(part, row, to: &batch)
    }
    return true
  }

  func finish(_ batch: inout FeatureBatch) throws(TableError) {
    try batch.finish(columnCount: preprocessor.featureCount) { entries throws(TableError) in
      try preprocessor.scaler.transform(FeatureMatrix(choosingFor: entries), file: file)
    }
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
    return nil
  }

  /// Adds an example, or nothing of it when it is in error.
  private mutating func append(
    _ part: LIBSVMPart, _ row: Int, to batch: inout FeatureBatch
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
      batch.sparse.columns.append(column)
      batch.sparse.values.append(part.values[entry])
    }
    batch.endRow()
    batch.lineNumbers.append(part.line(row))
    if keepsLabel { batch.kept.append { part.append(label, to: &$0) } }
  }
}
