/// How much a figure suffers when the values of one column are given to the wrong rows.
///
/// Shuffling a column keeps its distribution and takes away what it says about the target. A column
/// that the model does not use has the importance 0; one of several that say the same has little,
/// because the others stand in for it. Measured on rows the model was trained on, a column that was
/// learned by heart looks important: measure on others.
///
/// > L. Breiman. "Random Forests." *Machine Learning* 45 (2001), 5–32.
package struct PermutationImportance: Sendable, Equatable {
  /// The number of the column.
  package let column: Int
  /// By how much the figure became worse in each repetition; below 0 where it became better.
  package let losses: [Double]

  /// The mean of the losses.
  package var meanLoss: Double { losses.reduce(0, +) / Double(losses.count) }

  /// How far the losses scatter: the root of Σ (loss − mean)² / (repetitions − 1); 0 for one
  /// repetition.
  package var standardDeviation: Double {
    guard losses.count > 1 else { return 0 }
    let mean = meanLoss
    let squares = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(losses.count - 1)).squareRoot()
  }

  /// Measures columns.
  ///
  /// ```swift
  /// let importances = try PermutationImportance.measure(
  ///   columnCount: table.columnCount, rowCount: table.rowCount, seed: 0, baseline: accuracy
  /// ) { column, order in
  ///   try accuracy(of: model, on: table.replacing(column, by: order))
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - columnCount: The number of columns.
  ///   - rowCount: The number of rows.
  ///   - repetitionCount: How often each column is shuffled; at least 1.
  ///   - seed: Equal seeds give equal orders. Each column and repetition has a separate seed.
  ///   - baseline: The figure on the rows as they are.
  ///   - figure: The figure when row `r` has the value of row `order[r]` in the column. Larger figures are
  ///     better, as with an accuracy.
  /// - Returns: The importance of each column, in their order.
  /// - Throws: `EvaluationError/setting(_:value:expected:)` for a number of repetitions below 1,
  ///   and what `figure` throws.
  /// - Complexity: `columnCount` · `repetitionCount` measurements.
  package static func measure(
    columnCount: Int, rowCount: Int, repetitionCount: Int = 5, seed: UInt64, baseline: Double,
    figure: (_ column: Int, _ order: [Int]) throws -> Double
  ) throws -> [PermutationImportance] {
    guard repetitionCount >= 1 else {
      throw EvaluationError.setting(
        "repetitionCount", value: Double(repetitionCount), expected: "at least 1")
    }
    return try (0..<columnCount).map { column in
      // Two steps, so that a column's orders do not depend on the number of repetitions.
      let seed = SeededGenerator.derivedSeed(seed, index: column)
      let losses = try (0..<repetitionCount).map { repetition in
        var generator = SeededGenerator(
          seed: SeededGenerator.derivedSeed(seed, index: repetition))
        var order = Array(0..<rowCount)
        generator.shuffle(&order)
        return -(try figure(column, order) - baseline)
      }
      return PermutationImportance(column: column, losses: losses)
    }
  }
}
