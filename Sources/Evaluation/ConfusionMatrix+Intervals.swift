import Basics

// How sure the figures of a confusion matrix are.
//
// A bootstrap of rows needs no rows here: rows of one cell are alike, so that a replicate is a number of
// rows for each cell. Up to 5000 rows are drawn one by one. Of more rows each cell's number is drawn from
// the Poisson distribution of its mean instead, which takes time in proportion to the cells and not to
// the rows; the total of a replicate then varies, too, which changes quotients as these figures are by a
// part in the number of rows (J. A. Hanley, B. MacGibbon. "Creating Non-parametric Bootstrap Samples
// Using Poisson Frequencies." Computer Methods and Programs in Biomedicine 83 (2006), 57–62). Rows of
// different weights in one cell are taken for rows of their mean weight.

extension ConfusionMatrix {
  /// The number of rows above which cells are drawn instead of rows.
  private static let drawnRowLimit = 5000

  /// Intervals of `accuracy`, `balancedAccuracy`, `macroF1` and `matthewsCorrelation`, by drawing the
  /// rows again; the percentiles of the replicates are their ends.
  ///
  /// - Parameters:
  ///   - replicateCount: The number of replicates, at least 10.
  ///   - level: The part of such intervals that should hold the true figure; `0 < level < 1`.
  ///   - seed: Equal seeds give equal intervals.
  /// - Returns: The interval of each figure that has a value on the rows and on nine replicates of ten.
  /// - Complexity: O(replicates · (occupied cells + classes)), and up to 5000 rows O(replicates · rows).
  public func intervals(
    replicateCount: Int = 1000, level: Double = 0.95, seed: UInt64 = 0
  ) -> [String: ConfidenceInterval] {
    precondition(replicateCount >= 10, "there are \(replicateCount) replicates, but 10 are needed")
    precondition(level > 0 && level < 1, "a level must lie between 0 and 1, but is \(level)")
    let cells = occupiedCells
    let rowCount = cells.reduce(0) { $0 + $1.rows }
    guard rowCount > 0 else { return [:] }
    let estimates = ClassSums(cells, rows: cells.map(\.rows), classCount: classNames.count).figures
    let cellOfRow =
      rowCount > Self.drawnRowLimit
      ? [] : cells.indices.flatMap { repeatElement($0, count: cells[$0].rows) }
    var values = [[Double]](repeating: [], count: estimates.count)
    var drawn = [Int](repeating: 0, count: cells.count)
    for index in 0..<replicateCount {
      var generator = SeededGenerator(seed: SeededGenerator.derivedSeed(seed, index: index))
      if cellOfRow.isEmpty {
        for cell in cells.indices { drawn[cell] = generator.poisson(mean: cells[cell].rows) }
      } else {
        for cell in drawn.indices { drawn[cell] = 0 }
        for _ in cellOfRow { drawn[cellOfRow[generator.integer(below: rowCount)]] += 1 }
      }
      let figures = ClassSums(cells, rows: drawn, classCount: classNames.count).figures
      for figure in figures.indices {
        if let value = figures[figure].value { values[figure].append(value) }
      }
    }
    var intervals: [String: ConfidenceInterval] = [:]
    for (figure, estimate) in estimates.enumerated() {
      guard let value = estimate.value, values[figure].count * 10 >= replicateCount * 9 else {
        continue
      }
      let sorted = values[figure].sorted()
      intervals[estimate.name] = ConfidenceInterval(
        estimate: value, lower: quantile(sorted, (1 - level) / 2),
        upper: quantile(sorted, (1 + level) / 2), level: level, replicateCount: sorted.count)
    }
    return intervals
  }

  private struct Cell {
    var actual: Int
    var predicted: Int
    var rows: Int
    var meanWeight: Double
  }

  private var occupiedCells: [Cell] {
    classNames.indices.flatMap { actual in
      classNames.indices.compactMap { predicted in
        let rows = count(actual: actual, predicted: predicted)
        guard rows > 0 else { return nil }
        return Cell(
          actual: actual, predicted: predicted, rows: rows,
          meanWeight: weight(actual: actual, predicted: predicted) / Double(rows))
      }
    }
  }

  /// What the figures are made of: sums over rows and columns, and the diagonal.
  private struct ClassSums {
    var actual: [Double]
    var predicted: [Double]
    var hits: [Double]

    init(_ cells: [Cell], rows: [Int], classCount: Int) {
      actual = [Double](repeating: 0, count: classCount)
      (predicted, hits) = (actual, actual)
      for (cell, rows) in zip(cells, rows) where rows > 0 {
        let weight = Double(rows) * cell.meanWeight
        actual[cell.actual] += weight
        predicted[cell.predicted] += weight
        if cell.actual == cell.predicted { hits[cell.actual] += weight }
      }
    }

    var figures: [(name: String, value: Double?)] {
      let total = actual.reduce(0, +)
      guard total > 0 else {
        return [
          ("accuracy", nil), ("balancedAccuracy", nil), ("macroF1", nil),
          ("matthewsCorrelation", nil),
        ]
      }
      let classes = actual.indices
      let recalls = classes.compactMap { ratio(hits[$0], actual[$0]) }
      let f1s = classes.compactMap { ratio(2 * hits[$0], actual[$0] + predicted[$0]) }
      let share = hits.reduce(0, +) / total
      let expected = classes.reduce(0) { $0 + actual[$1] / total * (predicted[$1] / total) }
      func spread(_ sums: [Double]) -> Double {
        sums.count { $0 > 0 } > 1 ? 1 - sums.reduce(0) { $0 + $1 / total * ($1 / total) } : 0
      }
      let deviation = (spread(actual) * spread(predicted)).squareRoot()
      return [
        ("accuracy", share), ("balancedAccuracy", mean(recalls)), ("macroF1", mean(f1s)),
        ("matthewsCorrelation", deviation > 0 ? (share - expected) / deviation : 0),
      ]
    }
  }
}

extension SeededGenerator {
  /// A number of events of which so many are expected.
  ///
  /// Small means by multiplying numbers between 0 and 1 until they fall below e⁻ᵐ; from 30 on the
  /// normal distribution with the same mean and variance is near enough.
  fileprivate mutating func poisson(mean: Int) -> Int {
    guard mean < 30 else {
      let radius = (-2 * log(1 - unitInterval())).squareRoot()
      let normal = radius * cos(2 * Double.pi * unitInterval())
      return max(0, Int((Double(mean) + Double(mean).squareRoot() * normal).rounded()))
    }
    let least = exp(-Double(mean))
    var product = 1.0
    var count = -1
    repeat {
      product *= 1 - unitInterval()
      count += 1
    } while product > least
    return count
  }
}
