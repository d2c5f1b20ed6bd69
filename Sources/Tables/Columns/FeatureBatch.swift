import Basics
import LinearAlgebra

/// Some consecutive rows of a stream, as features.
public struct FeatureBatch: Sendable {
  /// One row of features for each row that is not skipped, scaled as the model expects.
  public let features: FeatureMatrix
  /// The number of rows, skipped ones included.
  public let rowCount: Int
  /// The rows, ascending from 0, that have missing values which the model's policy drops.
  public let skippedRows: [Int]
  /// The physical line on which each row begins.
  public let lineNumbers: [Int]
  /// The target of each row, skipped rows included, if it was requested.
  public let targets: TargetValues?
  /// The weight of each row, skipped rows included and greater than 0, if weights were requested.
  public let weights: [Double]?
  /// The fields to be kept.
  package let kept: KeptFields
  /// What writes them.
  let writer: CSVText

  /// The fields to be kept of one row as comma-separated text, without a separator or line end
  /// after the last.
  public func keptFields(_ row: Int) -> ArraySlice<UInt8> {
    var text: [UInt8] = []
    kept.append(row, by: writer, to: &text)
    return text[...]
  }
}

extension FeatureBatch {
  /// The first rows of a batch.
  ///
  /// - Parameters:
  ///   - batch: The batch.
  ///   - rowCount: The number of rows, skipped ones included.
  ///   - features: The features of those that are not skipped.
  package init(_ batch: FeatureBatch, rowCount: Int, features: FeatureMatrix) {
    let targets: TargetValues? =
      switch batch.targets {
      case .numbers(let numbers)?: .numbers(Array(numbers.prefix(rowCount)))
      case .texts(let texts)?: .texts(Array(texts.prefix(rowCount)))
      case nil: nil
      }
    self.init(
      features: features, rowCount: rowCount,
      skippedRows: batch.skippedRows.filter { $0 < rowCount },
      lineNumbers: Array(batch.lineNumbers.prefix(rowCount)), targets: targets,
      weights: batch.weights.map { Array($0.prefix(rowCount)) },
      kept: batch.kept.prefix(rowCount), writer: batch.writer)
  }
}

/// The targets of some rows.
public enum TargetValues: Sendable, Equatable {
  /// Numbers; NaN in a skipped row whose target is missing.
  case numbers([Double])
  /// Class names as they are spelled in the data; empty in a skipped row whose target is missing.
  case texts([String])
}

/// What a reader of a stream does with the target.
public enum TargetUse: Sendable {
  /// Nothing; it may be absent.
  case ignored
  /// It has to be there, as numbers.
  case numbers
  /// It has to be there, as class names.
  case texts
}

/// Which fields of the input are repeated in the output.
public enum KeptColumns: Sendable, Equatable {
  case none
  case all
  /// The columns that name rows, as far as they are there.
  case identifiers
  /// Columns by their names or numbers.
  case columns([String])
}

/// What a stream of rows needed in one column before it could be predicted.
public struct TreatedColumn: Sendable, Equatable {
  /// The column's name.
  package let name: String
  /// In how many rows a missing value was filled in.
  package let filledCount: Int
  /// In how many rows stood a category that training did not see, and that had no effect.
  package let unseenCount: Int
}

/// How examples of either kind of text become features: what a model file stores of it.
public enum Preprocessor: Sendable, Equatable {
  /// Named columns.
  case table(TablePreprocessor)
  /// Entries of LIBSVM text.
  case libsvm(LIBSVMPreprocessor)

  /// The number of features.
  public var featureCount: Int {
    switch self {
    case .table(let preprocessor): preprocessor.featureCount
    case .libsvm(let preprocessor): preprocessor.featureCount
    }
  }
}

/// Reads a stream of examples in batches, as the features that a model expects, in bounded memory.
///
/// When the model and the data both have a header, columns are found by name: their order may be
/// another, there may be more of them, and the target may be absent. Otherwise they are found by
/// position: the features alone, or all columns of the training table.
public struct BatchReader {
  // Exactly one of the two; changed in place, which an enum's payload cannot be.
  private var table: TableBatchReader?
  private var libsvm: LIBSVMBatchReader?

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
  ///     by ``zeroWeightRowCount``.
  ///   - batchSize: The largest number of rows in a batch, at least 1.
  ///   - isSpreadsheetSafe: Whether kept fields that a spreadsheet would take for formulas get an
  ///     apostrophe in front.
  ///   - model: What messages call the model.
  /// - Throws: ``TableError`` when the stream cannot be opened, is empty, or lacks a column, as
  ///   LIBSVM text lacks one of weights.
  public init(
    _ source: ByteSource, preprocessor: Preprocessor, options: TextOptions = TextOptions(),
    kept: KeptColumns = .none, target: TargetUse = .ignored, weight: String? = nil,
    batchSize: Int = 8192, isSpreadsheetSafe: Bool = false, model: String = "model"
  ) throws(TableError) {
    precondition(batchSize > 0, "a batch of \(batchSize) rows")
    let wishes = StreamColumns.Wishes(kept: kept, target: target, weight: weight)
    let output = Output(
      batchSize: batchSize, writer: CSVText(isSpreadsheetSafe: isSpreadsheetSafe), model: model)
    switch preprocessor {
    case .table(let preprocessor):
      table = try TableBatchReader(
        source, preprocessor: preprocessor, options: options, wishes: wishes, output: output)
    case .libsvm(let preprocessor):
      libsvm = try LIBSVMBatchReader(
        source, preprocessor: preprocessor, options: options, wishes: wishes, output: output)
    }
  }

  /// What batches are like, and messages about them.
  struct Output {
    let batchSize: Int
    let writer: CSVText
    /// What messages call the model.
    let model: String
  }

  /// The names of the columns that are kept.
  public var keptNames: [String] { table?.keptNames ?? libsvm?.keptNames ?? [] }

  /// How many entries of LIBSVM text so far had an index beyond the model's features.
  ///
  /// They are left out: such a feature was 0 throughout the training, so that the model knows nothing
  /// about it.
  package var ignoredEntryCount: Int { libsvm?.ignoredEntryCount ?? 0 }

  /// How many rows so far were left out because their weight is 0.
  public var zeroWeightRowCount: Int { table?.zeroWeightRowCount ?? 0 }

  /// In which columns values were filled in so far, or categories met that training did not see.
  package var treatedColumns: [TreatedColumn] { table?.treatedColumns ?? [] }

  /// Reads the next batch.
  ///
  /// When a row is in error, the rows before it are returned first, and the next call throws, so that
  /// a stream of predictions goes as far as the data is right.
  ///
  /// - Returns: The batch, or `nil` at the end.
  /// - Throws: ``TableError``.
  public mutating func next() throws(TableError) -> FeatureBatch? {
    if table != nil { return try table?.next() }
    return try libsvm?.next()
  }
}
