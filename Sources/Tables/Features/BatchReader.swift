import Basics

/// Reads a stream of examples in batches, as the features that a model expects, in bounded memory.
///
/// When the model and the data both have a header, columns are found by name: their order may be
/// another, there may be more of them, and the target may be absent. Otherwise they are found by
/// position: the features alone, or all columns of the training table.
package struct BatchReader {
  var stream: any RowStream
  /// What the ranks have counted that have read the text together.
  var totals: SharedCounts?
  /// Where the text's lines are.
  package let places: SourcePlaces

  /// Opens a stream.
  ///
  /// - Parameters:
  ///   - source: Where the text comes from.
  ///   - preprocessor: What the model learned about its training data; decides the kind of text.
  ///   - options: What is known about the text.
  ///   - kept: Which fields are to be repeated; LIBSVM text has only its label to keep, as column
  ///     `label`.
  ///   - target: What to do with the target.
  ///   - weight: The column that holds the rows' weights, by name or number, or `nil` for none. Rows
  ///     of weight 0 are then left out of the batches, as if they were not in the text, and counted
  ///     by `zeroWeightRowCount`.
  ///   - batchSize: The largest number of rows in a batch, at least 1.
  ///   - isSpreadsheetSafe: Whether kept fields that a spreadsheet would take for formulas get an
  ///     apostrophe in front.
  ///   - model: What messages call the model.
  /// - Throws: ``TableError`` when the stream cannot be opened, is empty, or lacks a column, as
  ///   LIBSVM text lacks one of weights.
  package init(
    _ source: ByteSource, preprocessor: Preprocessor, options: TextOptions = TextOptions(),
    kept: KeptColumns = .none, target: TargetUse = .ignored, weight: String? = nil,
    batchSize: Int = 8192, isSpreadsheetSafe: Bool = false, model: String = "model"
  ) throws(TableError) {
    precondition(batchSize > 0, "a batch of \(batchSize) rows")
    let wishes = StreamColumns.Wishes(kept: kept, target: target, weight: weight)
    let output = Output(
      batchSize: batchSize, writer: CSVText(isSpreadsheetSafe: isSpreadsheetSafe), model: model)
    places = source.places
    stream = try preprocessor.stream(source, options, wishes, output)
  }

  /// What batches are like, and messages about them.
  package struct Output {
    let batchSize: Int
    let writer: CSVText
    /// What messages call the model.
    let model: String
  }

  /// The names of the columns that are kept.
  package var keptNames: [String] { stream.keptNames }

  /// How many entries of LIBSVM text so far had an index beyond the model's features.
  ///
  /// They are left out: such a feature was 0 throughout the training, so that the model knows nothing
  /// about it.
  package var ignoredEntryCount: Int { totals?.ignoredEntryCount ?? stream.ignoredEntryCount }

  /// How many rows so far were left out because their weight is 0.
  package var zeroWeightRowCount: Int { totals?.zeroWeightRowCount ?? stream.zeroWeightRowCount }

  /// In which columns values were filled in so far, or categories met that training did not see.
  package var treatedColumns: [TreatedColumn] { totals?.treatedColumns ?? stream.treatedColumns }

  /// Reads the next batch.
  ///
  /// When a row is in error, the rows before it are returned first, and the next call throws, so that
  /// a stream of predictions goes as far as the data is right.
  ///
  /// - Returns: The batch, or `nil` at the end.
  /// - Throws: ``TableError``.
  package mutating func next() throws(TableError) -> FeatureBatch? {
    try stream.next()
  }
}
