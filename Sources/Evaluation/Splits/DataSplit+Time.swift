extension DataSplit {
  /// Divides the rows into folds that train on the past and measure the time that follows.
  ///
  /// The rows in time order are cut into k + 1 blocks of about equal size; rows of equal time stay
  /// together. Fold i holds out block i + 1 and trains on all blocks before it, so that the training
  /// part grows and no model sees what comes after the rows it is measured on. The first block is
  /// never held out. Nothing is random.
  ///
  /// - Parameters:
  ///   - times: The time of each row, in any unit; finite, in any order.
  ///   - foldCount: The number of folds k; at least 1, with at least k + 1 different times.
  /// - Returns: One split for each fold, the earliest first.
  /// - Throws: `DataSplitError/setting(_:_:)` for a number of folds below 1;
  ///   `DataSplitError/timeCount(_:needed:)` for too few different times;
  ///   `DataSplitError/notFinite(_:_:row:)` for a time that is not finite;
  ///   `DataSplitError/tooManySplits(_:rowCount:)` when `k·n` exceeds 2²⁸.
  /// - Complexity: O(n log n + k·n).
  package static func timeOrderedFolds(
    times: [Double], foldCount: Int
  ) throws(DataSplitError) -> [DataSplit] {
    guard foldCount >= 1 else { throw .setting("the number of folds", foldCount) }
    for row in times.indices where !times[row].isFinite {
      throw .notFinite("time", times[row], row: row)
    }
    let rows = times.indices.sorted {
      times[$0] == times[$1] ? $0 < $1 : times[$0] < times[$1]
    }
    // Where a block may begin: the places at which the time changes.
    let changes = rows.indices.dropFirst().filter { times[rows[$0]] != times[rows[$0 - 1]] }
    guard changes.count >= foldCount else {
      throw .timeCount(rows.isEmpty ? 0 : changes.count + 1, needed: max(foldCount, foldCount &+ 1))
    }
    try checkSize(splitCount: foldCount, rowCount: rows.count)
    // The change nearest to block · n / (k + 1) that lies after the last cut and leaves one for each
    // of the blocks to come.
    var cuts: [Int] = []
    var next = 0
    for block in 1...foldCount {
      let wanted = Double(block) / Double(foldCount + 1) * Double(rows.count)
      let lastPossible = changes.count - 1 - (foldCount - block)
      while next < lastPossible,
        (Double(changes[next + 1]) - wanted).magnitude < (Double(changes[next]) - wanted).magnitude
      {
        next += 1
      }
      cuts.append(changes[next])
      next += 1
    }
    return cuts.indices.map { fold in
      let end = fold + 1 < cuts.count ? cuts[fold + 1] : rows.count
      return DataSplit(
        trainingRows: Array(rows[..<cuts[fold]]), heldOutRows: Array(rows[cuts[fold]..<end]))
    }
  }

  /// Holds out the last rows, where rows are in time order.
  ///
  /// - Parameters:
  ///   - rowCount: The number of rows, the earliest first.
  ///   - fraction: The part to hold out; `0 < fraction < 1`.
  /// - Returns: The split: `round(fraction · n)` rows are held out, at least one, and at least one trains.
  /// - Throws: `DataSplitError/fraction(_:)` for a fraction out of range;
  ///   `DataSplitError/timeCount(_:needed:)` for fewer than two rows.
  package static func latestHoldout(
    rowCount: Int, fraction: Double
  ) throws(DataSplitError) -> DataSplit {
    guard fraction > 0, fraction < 1 else { throw .fraction(fraction) }
    guard rowCount >= 2 else { throw .timeCount(rowCount, needed: 2) }
    let heldOut = min(rowCount - 1, max(1, Int((fraction * Double(rowCount)).rounded())))
    return DataSplit(isHeldOut: (0..<rowCount).map { $0 >= rowCount - heldOut })
  }
}
