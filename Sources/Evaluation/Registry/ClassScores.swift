/// The scores that each row has for each class, with the class that it belongs to.
public struct ClassScores: Sendable, Equatable {
  /// The number of classes.
  public let classCount: Int
  /// Row-major: for each row a score for each class, larger for classes that are more likely.
  public let scores: [Double]
  /// The index of each row's class, or `nil` for a class without a score.
  public let actual: [Int?]
  /// The weight of each row.
  public let weights: [Double]

  /// Collects scores.
  ///
  /// - Parameters:
  ///   - scores: `n × classCount`, row-major. Not NaN.
  ///   - classCount: The number of classes; at least 2.
  ///   - actual: The index of each row's class, or `nil` for a class without a score; `n` of them.
  ///   - weights: The weight of each row, at least 0. `nil` is 1 for all.
  /// - Throws: ``EvaluationError`` for a wrong count, or a value out of range.
  public init(
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
  public var rowCount: Int { weights.count { $0 > 0 } }
}
