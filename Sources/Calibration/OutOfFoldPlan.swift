import Basics
import Evaluation
import LinearAlgebra
import Synchronization

// Decision values of every row from a model that did not see it: what calibrations are fitted to.
//
// The plan says which rows train and which are held out; a closure does the training, so that
// any model can be calibrated and a solver can start from what it knows.

/// Folds of rows, each held out once while the others train.
///
/// All columns of the decision values, such as the pairs of a one-versus-one classifier, come from the
/// same folds. Classes are spread over the folds evenly, by seed; the same seed gives the same folds on
/// every platform. Rows of weight 0 are in no fold: they train nothing and have no value. A row of
/// weight 2 is one row of one fold, where the same row twice may be in two.
package struct OutOfFoldPlan: Sendable, Equatable {
  /// One fold: row numbers ascend, and together are all rows of a weight above 0.
  package struct Fold: Sendable, Equatable {
    /// The rows to train on.
    package let trainingRows: [Int]
    /// The rows whose decision values the trained model gives.
    package let heldOutRows: [Int]
  }

  /// The number of rows, with those of weight 0.
  package let rowCount: Int
  /// The folds, at least 2.
  package let folds: [Fold]

  /// Divides rows into folds.
  ///
  /// A class with fewer rows than there are folds is not held out in some of them, and a class with
  /// one row does not train in the fold that holds it out. The model of such a fold has no value for
  /// what it does not know: see `DecisionShape.spread`.
  ///
  /// - Parameters:
  ///   - strata: The class of each row, as any number; one number for all without classes.
  ///   - weights: A finite weight of at least 0 for each row, or `nil` for 1 each.
  ///   - foldCount: The number of folds, at least 2. With fewer rows than folds every row is a fold.
  ///   - seed: Equal seeds give equal folds.
  /// - Throws: `CalibrationError/invalidParameter(name:value:expected:)` for a number of folds out of
  ///   range, `CalibrationError/tooFewRows(found:needed:)` with fewer than two rows of a weight above
  ///   0, and other cases of ``CalibrationError`` for weights out of range.
  package init(
    strata: [Int], weights: [Double]? = nil, foldCount: Int = 5, seed: UInt64
  ) throws(CalibrationError) {
    guard foldCount >= 2 else {
      throw .invalidParameter(
        name: "the number of folds", value: Double(foldCount), expected: "at least 2")
    }
    let weights = try checkedWeights(weights, rowCount: strata.count)
    let rows = strata.indices.filter { weights[$0] > 0 }
    let splits: [DataSplit]
    do throws(DataSplitError) {
      splits = try DataSplit.folds(
        strata: rows.map { strata[$0] }, foldCount: min(foldCount, max(2, rows.count)), seed: seed)
    } catch {
      // The number of folds is at least 2, and more than the rows only when these are fewer.
      throw .tooFewRows(found: rows.count, needed: 2)
    }
    rowCount = strata.count
    folds = splits.map { split in
      Fold(
        trainingRows: split.trainingRows.map { rows[$0] },
        heldOutRows: split.heldOutRows.map { rows[$0] })
    }
  }

  /// Trains a model for each fold and gathers the decision values of the rows it did not see.
  ///
  /// - Parameters:
  ///   - threads: The largest number of folds to train at the same time, at least 1. The folds'
  ///     results do not depend on it.
  ///   - fit: Trains on the first rows and returns the decision values of the second, one row for each
  ///     in their order; every fold has as many columns. NaN is a value that the model does not have.
  /// - Returns: n rows of decision values; rows in no fold have NaN.
  /// - Throws: What the closure throws; folds not begun by then are not trained. When several folds
  ///   failed, the error of the first one.
  package func decisionValues<Failure: Error>(
    threads: Int = 1,
    _ fit: @Sendable (_ trainingRows: [Int], _ heldOutRows: [Int]) throws(Failure) -> Matrix<Double>
  ) throws(Failure) -> Matrix<Double> {
    let hasFailed = Atomic<Bool>(false)
    let results = concurrentResults(count: folds.count, threads: threads) {
      fold -> Result<Matrix<Double>, Failure>? in
      guard !hasFailed.load(ordering: .relaxed) else { return nil }
      do throws(Failure) {
        return .success(try fit(folds[fold].trainingRows, folds[fold].heldOutRows))
      } catch {
        hasFailed.store(true, ordering: .relaxed)
        return .failure(error)
      }
    }
    var parts: [Matrix<Double>] = []
    for result in results {
      if let result { parts.append(try result.get()) }
    }
    return gathered(parts)
  }

  private func gathered(_ parts: [Matrix<Double>]) -> Matrix<Double> {
    let width = parts[0].columnCount
    var values = [Double](repeating: .nan, count: rowCount * width)
    for (fold, part) in zip(folds, parts) {
      precondition(
        part.rowCount == fold.heldOutRows.count && part.columnCount == width,
        "a fold of \(fold.heldOutRows.count) rows gave \(part.rowCount) × \(part.columnCount) "
          + "decision values where there must be \(width) columns")
      for (index, row) in fold.heldOutRows.enumerated() {
        for column in 0..<width { values[row * width + column] = part[index, column] }
      }
    }
    return Matrix(rowCount: rowCount, columnCount: width) { values[$0 * width + $1] }
  }
}
