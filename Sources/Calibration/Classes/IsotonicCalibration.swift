// Isotonic regression: the best non-decreasing function, whatever its shape.
//
// Read `fit`, then `pooledBlocks`.

/// The probability of the positive class as a piecewise linear function of the decision value that
/// never falls.
///
/// Rows are sorted by decision value, rows of equal value are merged into one, and neighbours whose
/// order is wrong are pooled until none is left (weighted pool adjacent violators [1]): the
/// non-decreasing function of the smallest weighted squared error. Between the last decision value of
/// a block and the first of the next one it is linear, which keeps it continuous and non-decreasing;
/// within a block, and beyond the outermost ones, it is constant.
///
/// The targets are Platt's, (N₊+1)/(N₊+2) and 1/(N₋+2), in place of 1 and 0: the function then takes
/// values strictly between 0 and 1, and no new row has a probability of 0. As the targets are a
/// rising linear map of 0 and 1, so is the solution of that for hard ones.
///
/// > [1] M. Ayer, H. D. Brunk, G. M. Ewing, W. T. Reid, E. Silverman. "An Empirical Distribution
/// > Function for Sampling with Incomplete Information." *Annals of Mathematical Statistics* 26
/// > (1955), 641–647.
package struct IsotonicCalibration: Sendable, Equatable {
  /// Where the function bends; strictly ascending, finite, at least one.
  package let decisions: [Double]
  /// The probabilities there; from 0 to 1, never descending; as many as decisions.
  package let probabilities: [Double]

  /// Makes a calibration of a stored table.
  ///
  /// - Parameters:
  ///   - decisions: Finite decision values, strictly ascending; at least one.
  ///   - probabilities: As many numbers from 0 to 1, never descending.
  /// - Throws: ``CalibrationError``.
  package init(decisions: [Double], probabilities: [Double]) throws(CalibrationError) {
    guard !decisions.isEmpty else {
      throw .countMismatch(what: "decision values in the isotonic table", found: 0, expected: 1)
    }
    guard probabilities.count == decisions.count else {
      throw .countMismatch(
        what: "probabilities in the isotonic table", found: probabilities.count,
        expected: decisions.count)
    }
    for index in decisions.indices {
      guard decisions[index].isFinite else {
        throw .notFinite(what: "the decision value of the isotonic table", row: index)
      }
      guard probabilities[index] >= 0, probabilities[index] <= 1 else {
        throw .invalidParameter(
          name: "a probability of the isotonic table", value: probabilities[index],
          expected: "from 0 to 1")
      }
      guard index > 0 else { continue }
      guard decisions[index] > decisions[index - 1] else {
        throw .notAscending(what: "the decision values of the isotonic table", index: index)
      }
      guard probabilities[index] >= probabilities[index - 1] else {
        throw .notAscending(what: "the probabilities of the isotonic table", index: index)
      }
    }
    self.init(checkedDecisions: decisions, probabilities: probabilities)
  }

  init(checkedDecisions decisions: [Double], probabilities: [Double]) {
    self.decisions = decisions
    self.probabilities = probabilities
  }

  /// The probability of the positive class.
  ///
  /// - Parameter decision: A decision value; infinities are limits, NaN gives NaN.
  /// - Returns: A number from 0 to 1 that never falls as the decision value grows.
  /// - Complexity: O(log of the table's length).
  package func probability(_ decision: Double) -> Double {
    if decision.isNaN { return .nan }
    // The number of table entries at or below the decision value.
    var (below, end) = (0, decisions.count)
    while below < end {
      let middle = below + (end - below) / 2
      if decisions[middle] <= decision { below = middle + 1 } else { end = middle }
    }
    guard below > 0 else { return probabilities[0] }
    guard below < decisions.count else { return probabilities[below - 1] }
    let (low, high) = (probabilities[below - 1], probabilities[below])
    let part = fraction(decision, from: decisions[below - 1], to: decisions[below])
    // Every operation is monotone in the decision value, rounding included; the sum alone could pass
    // the upper end by a unit in the last place.
    return min(high, low + (high - low) * part)
  }

  /// (value − start) / (end − start), also where the differences overflow.
  private func fraction(_ value: Double, from start: Double, to end: Double) -> Double {
    let width = end - start
    return width.isFinite
      ? (value - start) / width : (value / 2 - start / 2) / (end / 2 - start / 2)
  }

  /// The decision value above which the positive class is more probable, and below which the negative
  /// one is.
  ///
  /// Where a whole range has ½, its point nearest to 0; `nil` when one class always wins.
  package var threshold: Double? { decision(at: 0.5) }

  /// The decision value above which the positive class is more probable than a certain probability, and
  /// below which it is less; of a whole range with that probability its point nearest to 0.
  func decision(at level: Double) -> Double? {
    let firstAbove = probabilities.firstIndex { $0 > level }
    let lastBelow = probabilities.lastIndex { $0 < level }
    // The range of decision values with that probability, empty or not.
    var (low, high) = (-Double.infinity, Double.infinity)
    if let lastBelow, let firstAbove, firstAbove == lastBelow + 1 {
      let part =
        (level - probabilities[lastBelow]) / (probabilities[firstAbove] - probabilities[lastBelow])
      low = decisions[lastBelow] * (1 - part) + decisions[firstAbove] * part
      high = low
    } else {
      if let lastBelow {
        low = lastBelow + 1 < decisions.count ? decisions[lastBelow + 1] : .infinity
      }
      if let firstAbove { high = firstAbove > 0 ? decisions[firstAbove - 1] : -.infinity }
    }
    let threshold = min(max(0, low), high)
    return threshold.isFinite ? threshold : nil
  }

  /// Whether the decision value changes nothing.
  package var isConstant: Bool { probabilities.first == probabilities.last }
}

extension IsotonicCalibration {
  /// Fits the function to decision values of known rows.
  ///
  /// It has as many free values as there are blocks, and needs many rows for that: from about a
  /// thousand on it is a match for the sigmoid, below that it follows chance.
  ///
  /// - Parameters:
  ///   - decisions: n decision values; NaN means that the row has none.
  ///   - isPositive: For each row whether it belongs to the positive class.
  ///   - weights: n finite weights of at least 0, or `nil` for 1 each.
  /// - Returns: The function; its table has at most two entries for each block.
  /// - Throws: `CalibrationError/tooFewRows(found:needed:)` when no row of a weight above 0 has a
  ///   decision value, and other cases of ``CalibrationError`` when counts differ, a decision value
  ///   is infinite or a weight is out of range.
  /// - Complexity: O(n log n).
  package static func fit(
    decisions: [Double], isPositive: [Bool], weights: [Double]? = nil
  ) throws(CalibrationError) -> IsotonicCalibration {
    let scores = try LabelledScores(
      decisions: decisions, isPositive: isPositive, weights: weights)
    guard !scores.decisions.isEmpty else { throw .tooFewRows(found: 0, needed: 1) }
    return fit(scores)
  }

  static func fit(_ scores: LabelledScores) -> IsotonicCalibration {
    let (upper, lower) = scores.targets
    var decisions: [Double] = []
    var probabilities: [Double] = []
    for block in pooledBlocks(scores) {
      let probability = lower + (upper - lower) * block.mean
      decisions.append(block.first)
      probabilities.append(probability)
      if block.last > block.first {
        decisions.append(block.last)
        probabilities.append(probability)
      }
    }
    return IsotonicCalibration(checkedDecisions: decisions, probabilities: probabilities)
  }

  /// Neighbouring rows with one common value.
  private struct Block {
    var first: Double
    var last: Double
    var weight: Double
    var positiveWeight: Double
    /// The share of the positive class, from 0 to 1.
    var mean: Double { positiveWeight / weight }

    mutating func absorb(_ next: Block) {
      last = next.last
      weight += next.weight
      positiveWeight += next.positiveWeight
    }
  }

  /// The blocks of the solution, means strictly ascending.
  private static func pooledBlocks(_ scores: LabelledScores) -> [Block] {
    // Rows of equal decision value are merged, so that their order does not matter; among them the
    // row number decides the order of the sums.
    let order = scores.decisions.indices.sorted { left, right in
      let (first, second) = (scores.decisions[left], scores.decisions[right])
      return first == second ? left < right : first < second
    }
    var blocks: [Block] = []
    var index = 0
    while index < order.count {
      let decision = scores.decisions[order[index]]
      var next = Block(first: decision, last: decision, weight: 0, positiveWeight: 0)
      while index < order.count, scores.decisions[order[index]] == decision {
        next.weight += scores.weights[order[index]]
        if scores.isPositive[order[index]] { next.positiveWeight += scores.weights[order[index]] }
        index += 1
      }
      // Pool backwards as long as the last block is not below the new one.
      while let last = blocks.last, last.mean >= next.mean {
        blocks.removeLast()
        var pooled = last
        pooled.absorb(next)
        next = pooled
      }
      blocks.append(next)
    }
    return blocks
  }
}
