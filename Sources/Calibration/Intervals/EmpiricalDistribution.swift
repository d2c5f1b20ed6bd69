/// How weighted numbers are distributed, as a table of at most about a thousand points.
///
/// Up to ``maximumPoints`` different values the table is exact. From more, points are taken that lie
/// closer together towards one end, where small probabilities matter: for the i-th of m the part
/// (i/m)² of the weight lies between it and that end.
package struct EmpiricalDistribution: Sendable, Equatable {
  /// The most points that a fitted table has.
  package static let maximumPoints = 1000

  /// Which end of the values has its points closer together.
  package enum Tail: Sendable {
    /// The smallest values.
    case lower
    /// The largest values.
    case upper
  }

  /// Finite, strictly ascending, at least one.
  package let values: [Double]
  /// The weight of the numbers at or below each value; above 0, finite, strictly ascending.
  package let cumulativeWeights: [Double]

  /// Makes a distribution of a stored table.
  ///
  /// - Parameters:
  ///   - values: Finite, strictly ascending; at least one.
  ///   - cumulativeWeights: As many numbers above 0, finite and strictly ascending.
  /// - Throws: ``CalibrationError``.
  package init(values: [Double], cumulativeWeights: [Double]) throws(CalibrationError) {
    guard !values.isEmpty else {
      throw .countMismatch(what: "values in the table of quantiles", found: 0, expected: 1)
    }
    guard cumulativeWeights.count == values.count else {
      throw .countMismatch(
        what: "weights in the table of quantiles", found: cumulativeWeights.count,
        expected: values.count)
    }
    for index in values.indices {
      guard values[index].isFinite else {
        throw .notFinite(what: "the value in the table of quantiles", row: index)
      }
      guard cumulativeWeights[index].isFinite, cumulativeWeights[index] > 0 else {
        throw .invalidParameter(
          name: "a weight in the table of quantiles", value: cumulativeWeights[index],
          expected: "finite and greater than 0")
      }
      guard index > 0 else { continue }
      guard values[index] > values[index - 1] else {
        throw .notAscending(what: "the values in the table of quantiles", index: index)
      }
      guard cumulativeWeights[index] > cumulativeWeights[index - 1] else {
        throw .notAscending(what: "the weights in the table of quantiles", index: index)
      }
    }
    self.values = values
    self.cumulativeWeights = cumulativeWeights
  }

  /// Sums up numbers.
  ///
  /// - Parameters:
  ///   - numbers: n numbers; NaN means that the row has none.
  ///   - weights: n finite weights of at least 0, or `nil` for 1 each.
  ///   - denseTail: The end where points are closer together.
  /// - Throws: `CalibrationError/tooFewRows(found:needed:)` when no row of a weight above 0 has a
  ///   number, and other cases of ``CalibrationError`` when counts differ, a number is infinite or a
  ///   weight is out of range.
  /// - Complexity: O(n log n).
  package init(
    _ numbers: [Double], weights: [Double]? = nil, denseTail: Tail
  ) throws(CalibrationError) {
    let weights = try checkedWeights(weights, rowCount: numbers.count)
    for row in numbers.indices where numbers[row].isInfinite {
      throw .notFinite(what: "the value", row: row)
    }
    let rows = numbers.indices.filter { weights[$0] > 0 && !numbers[$0].isNaN }
    guard !rows.isEmpty else { throw .tooFewRows(found: 0, needed: 1) }
    let order = rows.sorted { left, right in
      numbers[left] == numbers[right] ? left < right : numbers[left] < numbers[right]
    }
    var values: [Double] = []
    var cumulative: [Double] = []
    var total = 0.0
    for row in order {
      let next = total + weights[row]
      if numbers[row] == values.last {
        cumulative[cumulative.count - 1] = next
      } else if next > total {
        // (A weight that is too small to change the sum adds no point.)
        values.append(numbers[row])
        cumulative.append(next)
      }
      total = next
    }
    let kept = Self.thinned(cumulative, denseTail: denseTail)
    self.values = kept.map { values[$0] }
    self.cumulativeWeights = kept.map { cumulative[$0] }
  }

  /// The indices of the points to keep: ascending, with the first and the last.
  private static func thinned(_ cumulative: [Double], denseTail: Tail) -> [Int] {
    guard cumulative.count > maximumPoints else { return Array(cumulative.indices) }
    let total = cumulative[cumulative.count - 1]
    var kept = [0]
    var index = 0
    let steps = maximumPoints - 1
    for step in 1...steps {
      let part = Double(step) / Double(steps)
      let share = denseTail == .lower ? part * part : 1 - (1 - part) * (1 - part)
      while index < cumulative.count - 1, cumulative[index] < share * total { index += 1 }
      if index > kept[kept.count - 1] { kept.append(index) }
    }
    return kept
  }

  /// The weight of all numbers.
  package var totalWeight: Double { cumulativeWeights[cumulativeWeights.count - 1] }

  /// The share of the weight that lies below a value.
  ///
  /// - Parameter value: Any number; NaN gives NaN.
  /// - Returns: A number from 0 to 1 that never falls as the value grows: 0 up to the smallest point,
  ///   1 above the largest. From a table that was thinned it may be too small, by at most 0.002 and by
  ///   less towards the dense end.
  package func share(below value: Double) -> Double {
    if value.isNaN { return .nan }
    let index = firstIndex { values[$0] >= value }
    return index == 0 ? 0 : cumulativeWeights[index - 1] / totalWeight
  }

  /// The smallest point with at least a given weight at or below it; `nil` beyond the total.
  func value(atWeight weight: Double) -> Double? {
    let index = firstIndex { cumulativeWeights[$0] >= weight }
    return index < values.count ? values[index] : nil
  }

  /// The first index from which on a condition holds, or the number of points.
  private func firstIndex(_ holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
