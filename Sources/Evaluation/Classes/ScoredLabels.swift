// How well scores rank positive rows above negative ones, whatever the threshold.
//
// Rows are sorted once by descending score. Walking down, a threshold takes in one block of equal
// scores after the other; tp and fp are the weights of positive and negative rows above it, P and N
// their totals.
//
//     area under the ROC curve   Σ over blocks: Δfp · (tp before + Δtp / 2) / (P · N)
//     average precision          Σ over blocks: Δtp / P · tp / (tp + fp), both after the block
//
// The first is the trapezium rule, which equals the probability that a positive row scores above a
// negative one, equal scores counting half. The second does not interpolate, which would flatter.

/// The scores of rows of two classes, in order.
///
/// A row may carry a weight: 2 counts as the row twice, 0 as no row at all.
///
/// > J. A. Hanley, B. J. McNeil. "The Meaning and Use of the Area under a Receiver Operating
/// > Characteristic (ROC) Curve." *Radiology* 143 (1982), 29–36.
public struct ScoredLabels: Sendable, Equatable {
  /// The weight of each row, in the order the rows were given.
  package let weights: [Double]
  /// Rows by descending score.
  let order: [Int]
  /// Whether the row at each place of `order` is positive.
  let isPositive: [Bool]
  /// The score of each block of equal scores, descending.
  let thresholds: [Double]
  /// The place in `order` after each block.
  let ends: [Int]

  /// Sorts rows by their scores.
  ///
  /// - Parameters:
  ///   - scores: A number for each row, larger for rows that are more likely positive:
  ///     decision values or probabilities. Not NaN.
  ///   - isPositive: Whether each row is; as many as `scores`.
  ///   - weights: The weight of each row, at least 0. `nil` is 1 for all.
  /// - Throws: ``EvaluationError`` for a wrong count, or a value out of range.
  /// - Complexity: O(n log n).
  public init(
    scores: [Double], isPositive: [Bool], weights: [Double]? = nil
  ) throws(EvaluationError) {
    try checkCount(isPositive.count, of: "isPositive", rowCount: scores.count)
    for row in scores.indices where scores[row].isNaN {
      throw .notFinite("score", scores[row], row: row)
    }
    self.weights = try checkedWeights(weights, rowCount: scores.count)
    order = scores.indices.sorted {
      scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1]
    }
    self.isPositive = order.map { isPositive[$0] }
    var thresholds: [Double] = []
    var ends: [Int] = []
    for place in order.indices {
      let score = scores[order[place]]
      if thresholds.last == score {
        ends[ends.count - 1] = place + 1
      } else {
        thresholds.append(score)
        ends.append(place + 1)
      }
    }
    (self.thresholds, self.ends) = (thresholds, ends)
  }

  /// The number of rows whose weight is above 0.
  package var rowCount: Int { weights.count { $0 > 0 } }

  /// The area under the receiver operating characteristic: the probability that a positive row scores
  /// above a negative one, equal scores counting half.
  ///
  /// `nil` unless both classes have rows. 0.5 for constant scores.
  public var rocAUC: Double? { rocAUC(weights: weights) }

  /// The mean of the precision over the positive rows, each at the threshold of its own score: the
  /// area under the precision-recall curve, without interpolation.
  ///
  /// `nil` without positive rows; 1 without negative ones. Constant scores have the part of the
  /// positive rows.
  public var averagePrecision: Double? { averagePrecision(weights: weights) }

  /// The area under the receiver operating characteristic with other weights, as in resampling:
  /// nothing is sorted again.
  ///
  /// - Parameter weights: The weight of each row, in the order the rows were given; finite and at
  ///   least 0.
  /// - Returns: The area, or `nil` unless both classes have rows.
  /// - Complexity: O(n).
  package func rocAUC(weights: [Double]) -> Double? {
    var area = 0.0
    var positives = 0.0
    var negatives = 0.0
    forEachBlock(weights) { _, positive, negative in
      area += negative * (positives + positive / 2)
      positives += positive
      negatives += negative
    }
    guard positives > 0, negatives > 0 else { return nil }
    return area / positives / negatives
  }

  /// The average precision with other weights, as in resampling: nothing is sorted again.
  ///
  /// - Parameter weights: The weight of each row, in the order the rows were given; finite and at
  ///   least 0.
  /// - Returns: The average precision, or `nil` without positive rows.
  /// - Complexity: O(n).
  package func averagePrecision(weights: [Double]) -> Double? {
    var sum = 0.0
    var positives = 0.0
    var taken = 0.0
    forEachBlock(weights) { _, positive, negative in
      positives += positive
      taken += positive + negative
      if positive > 0 { sum += positive * (positives / taken) }
    }
    return ratio(sum, positives)
  }

  /// Calls a function with the weights of each block of equal scores, from the highest score down.
  func forEachBlock(
    _ weights: [Double],
    _ body: (_ block: Int, _ positive: Double, _ negative: Double) -> Void
  ) {
    precondition(
      weights.count == order.count,
      "there are \(weights.count) weights, but \(order.count) rows were scored")
    var place = 0
    for block in ends.indices {
      var positive = 0.0
      var negative = 0.0
      while place < ends[block] {
        let weight = weights[order[place]]
        if isPositive[place] { positive += weight } else { negative += weight }
        place += 1
      }
      body(block, positive, negative)
    }
  }
}
