/// How well the scores of several classes rank the rows of each class above the others.
///
/// Every class is the positive one once, with all others as the negative one; the macro figures
/// are means over the classes.
package struct OneVersusRest: Sendable, Equatable {
  /// The rows in order of each class's score.
  package let classes: [ScoredLabels]

  /// Sorts the rows by the score of each class.
  ///
  /// - Parameters:
  ///   - scores: `n × classCount`, row-major: for each row a score for each class, larger for rows
  ///     that are taken for it. Not NaN.
  ///   - classCount: The number of classes; at least 2.
  ///   - actual: The index of each row's class, or `nil` for a class without a score; `n` of them.
  ///   - weights: The weight of each row, at least 0. `nil` is 1 for all.
  /// - Throws: ``EvaluationError`` for a wrong count, or a value out of range.
  /// - Complexity: O(`classCount` · n log n).
  package init(
    scores: [Double], classCount: Int, actual: [Int?], weights: [Double]? = nil
  ) throws(EvaluationError) {
    self = try OneVersusRest(
      ClassScores(scores: scores, classCount: classCount, actual: actual, weights: weights))
  }

  /// Sorts the rows by the score of each class.
  ///
  /// - Parameter table: The scores.
  /// - Throws: ``EvaluationError`` for a value out of range.
  /// - Complexity: O(`classCount` · n log n).
  package init(_ table: ClassScores) throws(EvaluationError) {
    var classes: [ScoredLabels] = []
    for index in 0..<table.classCount {
      classes.append(
        try ScoredLabels(
          scores: table.actual.indices.map { table.scores[$0 * table.classCount + index] },
          isPositive: table.actual.map { $0 == index }, weights: table.weights))
    }
    self.classes = classes
  }

  /// The mean of the classes' areas under the ROC curve, or `nil` when none has one.
  ///
  /// A class without rows, or with all of them, has none.
  package var macroRocAUC: Double? { mean(classes.compactMap(\.rocAUC)) }

  /// The mean of the classes' average precisions, or `nil` when none has one.
  ///
  /// A class without rows has none.
  package var macroAveragePrecision: Double? { mean(classes.compactMap(\.averagePrecision)) }

  /// The mean of the classes' areas under the ROC curve with other weights, as in resampling.
  ///
  /// - Parameter weights: The weight of each row; finite and at least 0.
  /// - Returns: The mean, or `nil` when no class has an area.
  /// - Complexity: O(classes · n).
  package func macroRocAUC(weights: [Double]) -> Double? {
    mean(classes.compactMap { $0.rocAUC(weights: weights) })
  }

  /// The mean of the classes' average precisions with other weights, as in resampling.
  ///
  /// - Parameter weights: The weight of each row; finite and at least 0.
  /// - Returns: The mean, or `nil` when no class has an average precision.
  /// - Complexity: O(classes · n).
  package func macroAveragePrecision(weights: [Double]) -> Double? {
    mean(classes.compactMap { $0.averagePrecision(weights: weights) })
  }
}
