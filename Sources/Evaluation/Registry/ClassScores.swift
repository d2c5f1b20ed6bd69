/// The scores that each row has for each class, with the class that it belongs to.
package struct ClassScores: Sendable, Equatable {
  /// The number of classes.
  package let classCount: Int
  /// Row-major: for each row a score for each class, larger for classes that are more likely.
  package let scores: [Double]
  /// The index of each row's class, or `nil` for a class without a score.
  package let actual: [Int?]
  /// The weight of each row.
  package let weights: [Double]

  /// Collects scores.
  ///
  /// - Parameters:
  ///   - scores: `n × classCount`, row-major. Not NaN.
  ///   - classCount: The number of classes; at least 2.
  ///   - actual: The index of each row's class, or `nil` for a class without a score; `n` of them.
  ///   - weights: The weight of each row, at least 0. `nil` is 1 for all.
  /// - Throws: ``EvaluationError`` for a wrong count, or a value out of range.
  package init(
    scores: [Double], classCount: Int, actual: [Int?], weights: [Double]? = nil
  ) throws(EvaluationError) {
    guard classCount >= 2 else {
      throw .setting("classCount", value: Double(classCount), expected: "at least 2")
    }
    guard scores.count.isMultiple(of: classCount), scores.count / classCount == actual.count else {
      throw .elementCount("scores", found: scores.count, rowCount: actual.count)
    }
    for (row, index) in actual.enumerated() {
      if let index, !(0..<classCount ~= index) {
        throw .classIndex(index, classCount: classCount, row: row)
      }
    }
    for place in scores.indices where scores[place].isNaN {
      throw .notFinite("score", scores[place], row: place / classCount)
    }
    self.weights = try checkedWeights(weights, rowCount: actual.count)
    self.scores = scores
    self.classCount = classCount
    self.actual = actual
  }

  /// The number of rows whose weight is above 0.
  package var rowCount: Int { weights.count { $0 > 0 } }

  /// The share of rows whose class is among the `k` with the largest scores.
  ///
  /// Of equal scores that of the earlier class counts as the larger, as in predictions. (scikit-learn takes the
  /// later one.)
  ///
  /// - Parameter k: The number of classes that may be right; at least 1.
  /// - Returns: A number from 0 to 1; `nil` without rows, and unless there are more than `k` classes.
  /// - Complexity: O(n · `classCount`).
  package func topKAccuracy(_ k: Int) -> Double? {
    precondition(k >= 1, "k must be at least 1, but is \(k)")
    guard classCount > k else { return nil }
    var hits = 0.0
    var total = 0.0
    for (row, actual) in actual.enumerated() {
      total += weights[row]
      let scores = scores[row * classCount..<(row + 1) * classCount]
      if Self.isAmongTop(k, scores, actual: actual) { hits += weights[row] }
    }
    return ratio(hits, total)
  }

  /// Whether fewer than `k` classes have larger scores than the actual one.
  static func isAmongTop(_ k: Int, _ scores: ArraySlice<Double>, actual: Int?) -> Bool {
    guard let actual else { return false }
    let place = scores.startIndex + actual
    let own = scores[place]
    let larger = scores.indices.count { scores[$0] > own || scores[$0] == own && $0 < place }
    return larger < k
  }
}
