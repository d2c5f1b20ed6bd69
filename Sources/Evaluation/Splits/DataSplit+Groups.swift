// Rows that belong together: several images of one patient, readings of one machine. A model that has
// seen some of them knows more about the others than it will about a new patient, so that rows of one
// group must not be on both sides of a split.

extension DataSplit {
  /// Divides the rows into folds, each held out once, without dividing a group.
  ///
  /// Groups go to folds one after the other, the largest first and equal ones in random order. Each
  /// goes to the fold where the squared parts of the classes grow least,
  /// ```
  /// Σ over classes c:  (rows of c in the fold) · (rows of c in the group) / (rows of c)²
  /// ```
  /// then to the fold with fewest rows, then to the first. With one class this balances the sizes:
  /// folds differ by at most the size of the largest group. With several it balances the classes
  /// too, as far as the groups allow it.
  ///
  /// - Parameters:
  ///   - strata: The class of each row, as any number, or `nil` for one class.
  ///   - groups: The group of each row, as any number; one for each row.
  ///   - foldCount: The number of folds k; from 2 to the number of groups. No fold is empty.
  ///   - seed: Equal seeds give equal folds.
  /// - Returns: One split for each fold.
  /// - Throws: `DataSplitError/foldCount(_:rowCount:)` for a number of folds out of range;
  ///   `DataSplitError/groupCount(_:needed:)` for fewer groups than folds;
  ///   `DataSplitError/elementCount(_:found:rowCount:)` when the lists differ in length;
  ///   `DataSplitError/tooManySplits(_:rowCount:)` when `k·n` exceeds 2²⁸.
  /// - Complexity: O(n log n + k · pairs of a group and a class that it holds).
  public static func folds(
    strata: [Int]? = nil, groups: [Int], foldCount: Int, seed: UInt64
  ) throws(DataSplitError) -> [DataSplit] {
    let rowCount = groups.count
    guard foldCount >= 2, foldCount <= rowCount else {
      throw .foldCount(foldCount, rowCount: rowCount)
    }
    let strata = strata ?? [Int](repeating: 0, count: rowCount)
    guard strata.count == rowCount else {
      throw .elementCount("strata", found: strata.count, rowCount: rowCount)
    }
    var members = rowsOfGroups(groups)
    guard members.count >= foldCount else {
      throw .groupCount(members.count, needed: foldCount)
    }
    try checkSize(splitCount: foldCount, rowCount: rowCount)
    var generator = SeededGenerator(seed: seed)
    generator.shuffle(&members)
    // Sorting may not keep the order of equal sizes: sort by size, then by the shuffled place.
    let bySize = members.indices.sorted { first, second in
      let (left, right) = (members[first].count, members[second].count)
      return left == right ? first < second : left > right
    }
    var classSizes: [Int: Double] = [:]
    for stratum in strata { classSizes[stratum, default: 0] += 1 }
    var folds = [FoldContent](repeating: FoldContent(), count: foldCount)
    var foldOfRow = [Int](repeating: 0, count: rowCount)
    for group in bySize {
      let rows = members[group]
      var classes: [Int: Double] = [:]
      for row in rows { classes[strata[row], default: 0] += 1 }
      // Ascending, so that sums have the same bits in every run.
      let parts = classes.sorted { $0.key < $1.key }.map { stratum, count in
        let size = classSizes[stratum] ?? 1
        return (stratum: stratum, growth: count / (size * size))
      }
      func growth(_ fold: FoldContent) -> Double {
        parts.reduce(0) { $0 + (fold.classes[$1.stratum] ?? 0) * $1.growth }
      }
      let growths = folds.map(growth)
      let chosen =
        folds.indices.min { first, second in
          if growths[first] != growths[second] { return growths[first] < growths[second] }
          if folds[first].rowCount != folds[second].rowCount {
            return folds[first].rowCount < folds[second].rowCount
          }
          return first < second
        } ?? 0
      for (stratum, count) in classes { folds[chosen].classes[stratum, default: 0] += count }
      folds[chosen].rowCount += rows.count
      for row in rows { foldOfRow[row] = chosen }
    }
    return try splits(foldOfRow: foldOfRow, foldCount: foldCount)
  }

  /// Holds out each group once, the smallest number first; nothing is random.
  ///
  /// - Parameter groups: The group of each row, as any number.
  /// - Returns: One split for each group.
  /// - Throws: `DataSplitError/groupCount(_:needed:)` for fewer than two groups;
  ///   `DataSplitError/tooManySplits(_:rowCount:)` when groups times rows exceed 2²⁸.
  package static func leavingOutGroups(_ groups: [Int]) throws(DataSplitError) -> [DataSplit] {
    let members = rowsOfGroups(groups)
    guard members.count >= 2 else { throw .groupCount(members.count, needed: 2) }
    var foldOfRow = [Int](repeating: 0, count: groups.count)
    for (fold, rows) in members.enumerated() {
      for row in rows { foldOfRow[row] = fold }
    }
    return try splits(foldOfRow: foldOfRow, foldCount: members.count)
  }

  /// Holds out a fraction of the rows without dividing a group.
  ///
  /// Groups are taken in random order; each is held out unless that takes the number of rows farther
  /// from `fraction · n`. One group at least is held out, and one at least trains.
  ///
  /// - Parameters:
  ///   - groups: The group of each row, as any number.
  ///   - fraction: The part to hold out; `0 < fraction < 1`.
  ///   - seed: Equal seeds give equal splits.
  /// - Returns: The split.
  /// - Throws: `DataSplitError/fraction(_:)` for a fraction out of range;
  ///   `DataSplitError/groupCount(_:needed:)` for fewer than two groups.
  public static func holdout(
    groups: [Int], fraction: Double, seed: UInt64
  ) throws(DataSplitError) -> DataSplit {
    guard fraction > 0, fraction < 1 else { throw .fraction(fraction) }
    var members = rowsOfGroups(groups)
    guard members.count >= 2 else { throw .groupCount(members.count, needed: 2) }
    var generator = SeededGenerator(seed: seed)
    generator.shuffle(&members)
    let wanted = fraction * Double(groups.count)
    var isHeldOut = [Bool](repeating: false, count: groups.count)
    var heldOut = 0
    var heldOutGroups = 0
    for rows in members where heldOutGroups < members.count - 1 {
      let distance = (Double(heldOut) - wanted).magnitude
      guard (Double(heldOut + rows.count) - wanted).magnitude < distance else { continue }
      for row in rows { isHeldOut[row] = true }
      heldOut += rows.count
      heldOutGroups += 1
    }
    if heldOutGroups == 0 {
      // Every group is larger than twice what was requested: the smallest misses it least.
      let smallest = members.min { $0.count < $1.count } ?? []
      for row in smallest { isHeldOut[row] = true }
    }
    return DataSplit(isHeldOut: isHeldOut)
  }

  /// The rows of each group; groups and rows ascend.
  private static func rowsOfGroups(_ groups: [Int]) -> [[Int]] {
    var rowsOfGroup: [Int: [Int]] = [:]
    for (row, group) in groups.enumerated() { rowsOfGroup[group, default: []].append(row) }
    return rowsOfGroup.sorted { $0.key < $1.key }.map(\.value)
  }

  /// What a fold holds so far.
  private struct FoldContent {
    var rowCount = 0
    var classes: [Int: Double] = [:]
  }
}
