import Basics

/// Reads a stream of examples in batches, as the features that a model expects, in bounded memory.
///
/// When the model and the data both have a header, columns are found by name: their order may be
/// another, there may be more of them, and the target may be absent. Otherwise they are found by
/// position: the features alone, or all columns of the training table.
package struct BatchReader {
  private(set) var stream: any RowStream
  /// What the ranks have counted that have read the text together.
  var totals: SharedCounts?
  private let batchSize: Int
  /// The columns that features come from, if they have names.
  let inputNames: [String]
  /// What was left out and filled in so far.
  private var treated: FeatureBatch
  /// What is wrong with the row after the last batch.
  private var pendingError: TableError?
  /// Where the text's lines are.
  package let places: SourcePlaces

  /// Opens a stream.
  ///
  /// - Parameters:
  ///   - source: Where the text comes from.
  ///   - preprocessor: What the model learned about its training data; decides the kind of text.
  ///   - options: What is known about the text.
  ///   - wishes: What to take of each row besides features.
  ///   - batchSize: The largest number of rows in a batch, at least 1.
  ///   - model: What messages call the model.
  /// - Throws: ``TableError`` when the stream cannot be opened, is empty, or lacks a column, as
  ///   LIBSVM text lacks one of weights.
  package init(
    _ source: ByteSource, preprocessor: Preprocessor, options: TextOptions = TextOptions(),
    wishes: StreamWishes = StreamWishes(), batchSize: Int = 8192, model: String = "model"
  ) throws(TableError) {
    precondition(batchSize > 0, "a batch of \(batchSize) rows")
    places = source.places
    inputNames = preprocessor.table?.inputs.map(\.name) ?? []
    stream = try preprocessor.rows.stream(source, options, wishes, model: model)
    treated = stream.noRows
    self.batchSize = min(batchSize, stream.largestBatch)
  }

  /// The names of the columns that are kept.
  package var keptNames: [String] { stream.keptNames }

  /// How many entries of LIBSVM text so far had an index beyond the model's features.
  ///
  /// They are left out: such a feature was 0 throughout the training, so that the model knows nothing
  /// about it.
  package var ignoredEntryCount: Int { totals?.ignoredEntryCount ?? stream.ignoredEntryCount }

  /// How many rows so far were left out because their weight is 0.
  package var zeroWeightRowCount: Int {
    totals?.zeroWeightRowCount ?? treated.zeroWeightRowCount
  }

  /// In which columns values were filled in so far, or categories met that training did not see.
  package var treatedColumns: [TreatedColumn] {
    totals?.treatedColumns
      ?? inputNames.indices.compactMap { input in
        guard treated.filledCounts[input] + treated.unseenCounts[input] > 0 else { return nil }
        return TreatedColumn(
          name: inputNames[input], filledCount: treated.filledCounts[input],
          unseenCount: treated.unseenCounts[input])
      }
  }

  /// A reader of the rows that a source gives from a line on; no row was read so far.
  func continued(_ source: ByteSource, line: Int) throws(TableError) -> BatchReader {
    var other = self
    other.stream = try stream.continued(source, line: line)
    return other
  }

  /// Reads the next batch.
  ///
  /// When a row is in error, the rows before it are returned first, and the next call throws, so that
  /// a stream of predictions goes as far as the data is right.
  ///
  /// - Returns: The batch, or `nil` at the end.
  /// - Throws: ``TableError``.
  package mutating func next() throws(TableError) -> FeatureBatch? {
    if let pendingError { throw pendingError }
    var batch = stream.noRows
    do throws(TableError) {
      while batch.rowCount < batchSize,
        try stream.append(to: &batch, atMost: batchSize - batch.rowCount)
      {
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
    try stream.finish(&batch)
    return batch
  }
}

/// What is wanted of a stream of rows besides features.
package struct StreamWishes: Sendable {
  /// Which fields are to be repeated; LIBSVM text has only its label to keep, as column `label`.
  package var kept = KeptColumns.none
  /// What to do with the target.
  package var target = TargetUse.ignored
  /// The column that holds the rows' weights, by name or number, or `nil` for none.
  ///
  /// Rows of weight 0 are then left out of the batches, as if they were not in the text, and counted
  /// by `zeroWeightRowCount`.
  package var weight: String?

  /// Collects the parts.
  package init(
    kept: KeptColumns = .none, target: TargetUse = .ignored, weight: String? = nil
  ) {
    self.kept = kept
    self.target = target
    self.weight = weight
  }
}

/// The rows of a stream, for ``BatchReader``.
package protocol RowStream {
  /// The names of the columns that are kept.
  var keptNames: [String] { get }
  /// How many entries had an index beyond the model's features.
  var ignoredEntryCount: Int { get }
  /// How many rows of a batch fit in memory.
  var largestBatch: Int { get }
  /// A batch without rows.
  var noRows: FeatureBatch { get }
  /// Adds some rows to a batch, up to one that is in error: that is the batch's problem, or thrown.
  ///
  /// - Parameters:
  ///   - batch: The batch.
  ///   - count: The largest number of rows.
  /// - Returns: Whether there were any; if not, the stream has ended.
  /// - Throws: ``TableError``.
  mutating func append(
    to batch: inout FeatureBatch, atMost count: Int
  ) throws(TableError) -> Bool
  /// Where the first row begins, and how records are cut into fields; no row was read so far.
  func beginning(of source: ByteSource) throws(TableError) -> StreamBeginning
  /// The stream of the rows that a source gives from a line on.
  func continued(_ source: ByteSource, line: Int) throws(TableError) -> any RowStream
  /// Makes the features of a batch.
  func finish(_ batch: inout FeatureBatch) throws(TableError)
}

/// Where the rows of a stream begin.
package struct StreamBeginning {
  let cut: TextShares.Cut
  /// How records are cut into fields; `nil` where every line is a row.
  let grammar: RecordGrammar?
}

extension RowStream {
  /// Every field of a table has a column.
  package var ignoredEntryCount: Int { 0 }
  package var largestBatch: Int { .max }
}
