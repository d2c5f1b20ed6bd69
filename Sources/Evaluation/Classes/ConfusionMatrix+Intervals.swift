import Basics

// How sure the figures of a confusion matrix are.
//
// A bootstrap of rows needs no rows here: rows of one cell are alike, so that a replicate is a number of
// rows for each cell. Up to 5000 rows are drawn one by one. Of more rows each cell's number is drawn from
// the Poisson distribution of its mean instead, which takes time in proportion to the cells and not to
// the rows; the total of a replicate then varies, too, which changes quotients as these figures are by a
// part in the number of rows (J. A. Hanley, B. MacGibbon. "Creating Non-parametric Bootstrap Samples
// Using Poisson Frequencies." Computer Methods and Programs in Biomedicine 83 (2006), 57–62). Rows of
// different weights in one cell are treated as rows of their mean weight.

extension ConfusionMatrix {
  /// The number of rows above which cells are drawn instead of rows.
  private static let drawnRowLimit = 5000

  /// Intervals of the metrics that the counts of a confusion matrix determine, by drawing the rows again;
  /// the percentiles of the replicates are their ends.
  ///
  /// - Parameters:
  ///   - definitions: The metrics; others than those that know how to be resampled have no interval.
  ///   - replicateCount: The number of replicates, at least 10.
  ///   - level: The part of such intervals that should hold the true figure; `0 < level < 1`.
  ///   - seed: Equal seeds give equal intervals.
  /// - Returns: The interval of each figure that has a value on the rows and on nine replicates of ten.
  /// - Complexity: O(replicates · (occupied cells + classes)), and up to 5000 rows O(replicates · rows).
  package func intervals(
    of definitions: [MetricDefinition] = MetricCatalog.all, replicateCount: Int = 1000,
    level: Double = 0.95, seed: UInt64 = 0
  ) -> [MetricID: ConfidenceInterval] {
    precondition(replicateCount >= 10, "there are \(replicateCount) replicates, but 10 are needed")
    precondition(level > 0 && level < 1, "a level must lie between 0 and 1, but is \(level)")
    let cells = occupiedCells
    let rowCount = cells.reduce(0) { $0 + $1.rows }
    guard rowCount > 0 else { return [:] }
    var names: [MetricID] = []
    var figures: [(ClassSums) -> Double?] = []
    for definition in definitions {
      guard case .counts(let figure) = definition.uncertainty else { continue }
      names.append(definition.id)
      figures.append(figure)
    }
    let all = ClassSums(cells, rows: cells.map(\.rows), classCount: classNames.count)
    let cellOfRow =
      rowCount > Self.drawnRowLimit
      ? [] : cells.indices.flatMap { repeatElement($0, count: cells[$0].rows) }
    var values = [[Double]](repeating: [], count: figures.count)
    var drawn = [Int](repeating: 0, count: cells.count)
    for index in 0..<replicateCount {
      var generator = SeededGenerator(seed: SeededGenerator.derivedSeed(seed, index: index))
      if cellOfRow.isEmpty {
        for cell in cells.indices { drawn[cell] = generator.poisson(mean: cells[cell].rows) }
      } else {
        for cell in drawn.indices { drawn[cell] = 0 }
        for _ in cellOfRow { drawn[cellOfRow[generator.integer(below: rowCount)]] += 1 }
      }
      let sums = ClassSums(cells, rows: drawn, classCount: classNames.count)
      for place in figures.indices {
        if let value = figures[place](sums) { values[place].append(value) }
      }
    }
    var intervals: [MetricID: ConfidenceInterval] = [:]
    for place in figures.indices {
      guard let value = figures[place](all), values[place].count * 10 >= replicateCount * 9 else {
        continue
      }
      let sorted = values[place].sorted()
      intervals[names[place]] = ConfidenceInterval(
        estimate: value, lower: quantile(sorted, (1 - level) / 2),
        upper: quantile(sorted, (1 + level) / 2), level: level, replicateCount: sorted.count)
    }
    return intervals
  }

  fileprivate struct Cell {
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
}

/// What metrics of counts are made of when rows are drawn again: sums over rows and columns, and the diagonal.
///
/// Those of a confusion matrix are the same numbers; here they take the classes once.
struct ClassSums {
  private var actual: [Double]
  private var predicted: [Double]
  private var hits: [Double]
  private let total: Double

  fileprivate init(_ cells: [ConfusionMatrix.Cell], rows: [Int], classCount: Int) {
    actual = [Double](repeating: 0, count: classCount)
    (predicted, hits) = (actual, actual)
    for (cell, rows) in zip(cells, rows) where rows > 0 {
      let weight = Double(rows) * cell.meanWeight
      actual[cell.actual] += weight
      predicted[cell.predicted] += weight
      if cell.actual == cell.predicted { hits[cell.actual] += weight }
    }
    total = actual.reduce(0, +)
  }

  var accuracy: Double? { ratio(hits.reduce(0, +), total) }

  var balancedAccuracy: Double? { mean(actual.indices.compactMap { ratio(hits[$0], actual[$0]) }) }

  var macroF1: Double? {
    mean(actual.indices.compactMap { ratio(2 * hits[$0], actual[$0] + predicted[$0]) })
  }

  var matthewsCorrelation: Double? {
    guard let share = accuracy else { return nil }
    let expected = actual.indices.reduce(0) {
      $0 + actual[$1] / total * (predicted[$1] / total)
    }
    func spread(_ sums: [Double]) -> Double {
      sums.count { $0 > 0 } > 1 ? 1 - sums.reduce(0) { $0 + $1 / total * ($1 / total) } : 0
    }
    let deviation = (spread(actual) * spread(predicted)).squareRoot()
    return deviation > 0 ? (share - expected) / deviation : 0
  }
}

extension SeededGenerator {
  /// A random number of events with this expected value.
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
