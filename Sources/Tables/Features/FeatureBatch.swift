import Basics
import LinearAlgebra

/// Some consecutive rows of a stream, as features.
package struct FeatureBatch: Sendable {
  /// One row of features for each row that is not skipped, scaled as the model expects.
  package let features: FeatureMatrix
  /// The number of rows, skipped ones included.
  package let rowCount: Int
  /// The rows, ascending from 0, that have missing values which the model's policy drops.
  package let skippedRows: [Int]
  /// The physical line on which each row begins.
  package let lineNumbers: [Int]
  /// The target of each row, skipped rows included, if it was requested.
  package let targets: TargetValues?
  /// The weight of each row, skipped rows included and greater than 0, if weights were requested.
  package let weights: [Double]?
  /// The fields to be kept.
  package let kept: KeptFields
  /// What writes them.
  let writer: CSVText

  /// The fields to be kept of one row as comma-separated text, without a separator or line end
  /// after the last.
  package func keptFields(_ row: Int) -> ArraySlice<UInt8> {
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
package enum TargetValues: Sendable, Equatable {
  /// Numbers; NaN in a skipped row whose target is missing.
  case numbers([Double])
  /// Class names as they are spelled in the data; empty in a skipped row whose target is missing.
  case texts([String])
}

/// What a reader of a stream does with the target.
package enum TargetUse: Sendable {
  /// Nothing; it may be absent.
  case ignored
  /// It has to be there, as numbers.
  case numbers
  /// It has to be there, as class names.
  case texts
}

/// Which fields of the input are repeated in the output.
package enum KeptColumns: Sendable, Equatable {
  case none
  case all
  /// The columns that name rows, as far as they are there.
  case identifiers
  /// Columns by their names or numbers.
  case columns([String])
}

/// What a stream of rows needed in one column before it could be predicted.
package struct TreatedColumn: Sendable, Equatable, Codable {
  /// The column's name.
  package let name: String
  /// In how many rows a missing value was filled in.
  package let filledCount: Int
  /// In how many rows stood a category that training did not see, and that had no effect.
  package let unseenCount: Int
}
