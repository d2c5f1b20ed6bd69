extension DataSplit {
  /// Divides the rows several times, each time with a different seed.
  ///
  /// Means over repetitions depend less on which rows happened to meet in a fold.
  ///
  /// ```swift
  /// let splits = try DataSplit.repeated(5, seed: 0) { seed in
  ///   try DataSplit.folds(strata: classes, foldCount: 10, seed: seed)
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - repetitionCount: The number of repetitions; at least 1.
  ///   - seed: Equal seeds give equal splits. The first repetition has this seed, the others have
  ///     `SeededGenerator.derivedSeed(_:index:)`.
  ///   - divide: Divides the rows by a seed.
  /// - Returns: The splits of all repetitions, one after the other.
  /// - Throws: `DataSplitError/setting(_:_:)` for a number of repetitions below 1;
  ///   `DataSplitError/tooManySplits(_:rowCount:)` when the row lists of all repetitions would not
  ///   fit; what `divide` throws.
  package static func repeated(
    _ repetitionCount: Int, seed: UInt64,
    _ divide: (_ seed: UInt64) throws(DataSplitError) -> [DataSplit]
  ) throws(DataSplitError) -> [DataSplit] {
    guard repetitionCount >= 1 else {
      throw .setting("the number of repetitions", repetitionCount)
    }
    var splits = try divide(seed)
    let rowCount = splits.map { $0.trainingRows.count + $0.heldOutRows.count }.max() ?? 0
    let (splitCount, overflow) = splits.count.multipliedReportingOverflow(by: repetitionCount)
    try checkSize(splitCount: overflow ? .max : splitCount, rowCount: rowCount)
    for repetition in 1..<max(repetitionCount, 1) {
      splits += try divide(SeededGenerator.derivedSeed(seed, index: repetition))
    }
    return splits
  }

  /// Strata for regression: bins of about equal size ordered by target.
  ///
  /// Folds that are stratified by them have about the same distribution of targets, which steadies
  /// the measurement when there are few rows or the targets have a long tail. Rows of equal target are
  /// in one stratum.
  ///
  /// - Parameters:
  ///   - targets: The target of each row; finite.
  ///   - binCount: The number of strata; at least 1; more than n serve as n. Some may
  ///     stay empty.
  /// - Returns: The stratum of each row, below `binCount`.
  /// - Throws: `DataSplitError/setting(_:_:)` for a number of strata below 1;
  ///   `DataSplitError/notFinite(_:_:row:)` for a target that is not finite.
  /// - Complexity: O(n log n).
  package static func quantileStrata(
    of targets: [Double], binCount: Int
  ) throws(DataSplitError) -> [Int] {
    guard binCount >= 1 else { throw .setting("the number of strata", binCount) }
    for row in targets.indices where !targets[row].isFinite {
      throw .notFinite("target", targets[row], row: row)
    }
    return equalMassBins(
      targets, weights: [Double](repeating: 1, count: targets.count),
      count: min(binCount, targets.count))
  }
}
