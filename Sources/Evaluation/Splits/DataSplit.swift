// Which rows train and which are held out: one split for `--holdout`, k of them for
// cross-validation.
//
// Both are stratified: every class is divided in the same proportion as the whole, so that a rare
// class is neither missing from training nor from the measurement by bad luck. Both depend on the
// strata and the seed alone. Rows that belong together, rows in time order, repetitions and strata
// for regression are in the files next to this one.

/// The rows that train a model and those that are kept to measure it.
///
/// Row numbers count from 0 and ascend in both lists. Every row occurs in exactly one of them, except
/// where the rows are in time order: there, rows later than those held out are in neither.
public struct DataSplit: Sendable, Equatable {
  /// The rows to train on.
  public let trainingRows: [Int]
  /// The rows to measure on.
  public let heldOutRows: [Int]

  /// Divides the rows by a mark on each.
  init(isHeldOut: [Bool]) {
    trainingRows = isHeldOut.indices.filter { !isHeldOut[$0] }
    heldOutRows = isHeldOut.indices.filter { isHeldOut[$0] }
  }

  init(trainingRows: [Int], heldOutRows: [Int]) {
    self.trainingRows = trainingRows.sorted()
    self.heldOutRows = heldOutRows.sorted()
  }

  /// Holds out each of a number of folds in turn; each row has a fold below `foldCount`.
  static func splits(
    foldOfRow: [Int], foldCount: Int
  ) throws(DataSplitError) -> [DataSplit] {
    try checkSize(splitCount: foldCount, rowCount: foldOfRow.count)
    return (0..<foldCount).map { fold in DataSplit(isHeldOut: foldOfRow.map { $0 == fold }) }
  }

  /// Rejects row lists of more than 2 GB, which leaving out single rows of a long table would need.
  static func checkSize(splitCount: Int, rowCount: Int) throws(DataSplitError) {
    let (size, overflow) = splitCount.multipliedReportingOverflow(by: rowCount)
    guard !overflow, size <= 1 << 28 else {
      throw .tooManySplits(splitCount, rowCount: rowCount)
    }
  }
}

/// Why rows could not be divided as asked, as a sentence.
public struct DataSplitError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  /// The reason, where callers tell it from others.
  package let reason: Reason?

  /// Reasons that callers tell apart.
  package enum Reason: Equatable, Sendable {
    case foldCount(Int, rowCount: Int)
    case tooFewRows
    case groupCount(Int, needed: Int)
    case timeCount(Int, needed: Int)
  }

  private init(_ description: String, _ reason: Reason? = nil) {
    self.description = description
    self.reason = reason
  }
}

extension DataSplitError {
  /// The fraction to hold out does not lie strictly between 0 and 1.
  package static func fraction(_ fraction: Double) -> Self {
    Self("the holdout fraction must be greater than 0 and less than 1, but is \(fraction)")
  }

  /// The number of folds is not between 2 and the number of rows.
  package static func foldCount(_ count: Int, rowCount: Int) -> Self {
    Self(
      "the number of folds must be between 2 and the number of rows, \(rowCount), but is \(count)",
      .foldCount(count, rowCount: rowCount))
  }

  /// Holding out a row would leave its class without a training row, whichever row it is.
  package static func tooFewRows(rowCount: Int, classCount: Int) -> Self {
    Self(
      "\(rowCount) rows of \(classCount) classes are too few for a holdout; "
        + "one class needs at least 2 rows", .tooFewRows)
  }

  /// A list does not have one element for each row.
  package static func elementCount(_ name: String, found: Int, rowCount: Int) -> Self {
    Self("\(name) has \(found) elements, but there are \(rowCount) rows")
  }

  /// There are too few groups to hold out some and train on others.
  package static func groupCount(_ count: Int, needed: Int) -> Self {
    Self(
      "the rows form \(count) groups, but at least \(needed) are needed",
      .groupCount(count, needed: needed))
  }

  /// There are too few different times: each part needs a different one.
  package static func timeCount(_ count: Int, needed: Int) -> Self {
    Self(
      "the rows have \(count) different times, but at least \(needed) are needed",
      .timeCount(count, needed: needed))
  }

  /// A time or a target is not finite.
  package static func notFinite(_ name: String, _ value: Double, row: Int) -> Self {
    Self("the \(name) of row \(row) must be finite, but is \(value)")
  }

  /// A number of repetitions or of strata is less than 1.
  package static func setting(_ name: String, _ value: Int) -> Self {
    Self("\(name) must be at least 1, but is \(value)")
  }

  /// The lists of rows of this many splits would not fit in memory.
  package static func tooManySplits(_ count: Int, rowCount: Int) -> Self {
    Self(
      "\(count) splits of \(rowCount) rows are too many; splits times rows may be at most \(1 << 28)"
    )
  }
}

extension DataSplit {
  /// Holds out a fraction of the rows, stratified by class.
  ///
  /// `round(fraction · n)` rows are held out, at least one. A class with `m` rows gives
  /// `fraction · m` of them, rounded down or up so that the sum fits (largest remainder first,
  /// the smaller stratum number among equals), but always keeps one for training; when that rule
  /// bites, the other classes give more, or fewer rows are held out.
  ///
  /// - Parameters:
  ///   - strata: The class of each row, as any number. For regression give one number to all.
  ///   - fraction: The part to hold out; `0 < fraction < 1`.
  ///   - seed: Equal seeds give equal splits.
  /// - Returns: The split.
  /// - Throws: `DataSplitError/fraction(_:)` for a fraction out of range;
  ///   `DataSplitError/tooFewRows(rowCount:classCount:)` when every class has a single row, or
  ///   there are no rows.
  public static func holdout(
    strata: [Int], fraction: Double, seed: UInt64
  ) throws(DataSplitError) -> DataSplit {
    guard fraction > 0, fraction < 1 else { throw .fraction(fraction) }
    let groups = shuffledGroups(strata: strata, seed: seed)
    let quotas = holdoutQuotas(sizes: groups.map(\.count), fraction: fraction)
    guard quotas.contains(where: { $0 > 0 }) else {
      throw .tooFewRows(rowCount: strata.count, classCount: groups.count)
    }
    var isHeldOut = [Bool](repeating: false, count: strata.count)
    for index in groups.indices {
      for row in groups[index].prefix(quotas[index]) { isHeldOut[row] = true }
    }
    return DataSplit(isHeldOut: isHeldOut)
  }

  /// Divides the rows into folds, each held out once.
  ///
  /// Sizes differ by at most one between folds, and so does the number of rows of every class.
  ///
  /// - Parameters:
  ///   - strata: The class of each row, as any number. For regression give one number to all.
  ///   - foldCount: The number of folds k; `2 ≤ k ≤ strata.count`. A class with fewer than k rows
  ///     is missing from some held-out parts; a class with one row is missing from the training
  ///     part of the fold that holds it out.
  ///   - seed: Equal seeds give equal folds.
  /// - Returns: One split for each fold.
  /// - Throws: `DataSplitError/foldCount(_:rowCount:)` for a number of folds out of range;
  ///   `DataSplitError/tooManySplits(_:rowCount:)` when `k·n` exceeds 2²⁸.
  public static func folds(
    strata: [Int], foldCount: Int, seed: UInt64
  ) throws(DataSplitError) -> [DataSplit] {
    guard foldCount >= 2, foldCount <= strata.count else {
      throw .foldCount(foldCount, rowCount: strata.count)
    }
    // Rows are dealt like cards, class after class, without going back to the first fold between
    // classes. A run of consecutive cards reaches two folds equally often, or once more.
    var foldOfRow = [Int](repeating: 0, count: strata.count)
    var dealt = 0
    for rows in shuffledGroups(strata: strata, seed: seed) {
      for row in rows {
        foldOfRow[row] = dealt % foldCount
        dealt += 1
      }
    }
    return try splits(foldOfRow: foldOfRow, foldCount: foldCount)
  }

  /// The rows of each stratum in random order; strata ascend.
  static func shuffledGroups(strata: [Int], seed: UInt64) -> [[Int]] {
    var rowsOfStratum: [Int: [Int]] = [:]
    for (row, stratum) in strata.enumerated() {
      rowsOfStratum[stratum, default: []].append(row)
    }
    // A dictionary's order changes from run to run: sort before the generator is asked.
    var generator = SeededGenerator(seed: seed)
    return rowsOfStratum.sorted { $0.key < $1.key }.map { entry in
      var rows = entry.value
      generator.shuffle(&rows)
      return rows
    }
  }

  /// How many rows each stratum gives to the held-out part.
  private static func holdoutQuotas(sizes: [Int], fraction: Double) -> [Int] {
    let total = sizes.reduce(0, +)
    let wanted = max(1, Int((Double(total) * fraction).rounded()))
    let exact = sizes.map { Double($0) * fraction }
    // Each stratum keeps one row for training. (⌊fraction · m⌋ < m holds by itself, except where
    // the product rounds to m.)
    var quotas = zip(exact, sizes).map { min(Int($0), $1 - 1) }
    let remainders = exact.map { $0 - $0.rounded(.down) }
    let byRemainder = sizes.indices.sorted { first, second in
      let (left, right) = (remainders[first], remainders[second])
      return left == right ? first < second : left > right
    }
    var missing = wanted - quotas.reduce(0, +)
    // The first round gives each stratum its rounding; later ones only make up for strata that had
    // no row to spare.
    while missing > 0 {
      var moved = false
      for stratum in byRemainder where missing > 0 && quotas[stratum] < sizes[stratum] - 1 {
        quotas[stratum] += 1
        missing -= 1
        moved = true
      }
      if !moved { break }
    }
    return quotas
  }
}
