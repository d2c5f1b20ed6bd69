import Evaluation
import LinearAlgebra
import SupportVectors

/// How much a model's predictions suffer when the values of one column are given to the wrong rows.
public struct ColumnImportance: Sendable, Equatable {
  /// The column's name.
  public let column: String
  /// The loss of the figure, over repetitions; see `PermutationImportance`.
  package let importance: PermutationImportance
  /// The mean over the repetitions of the loss.
  public var meanLoss: Double { importance.meanLoss }
  /// How far the repetitions scatter; 0 for one.
  public var standardDeviation: Double { importance.standardDeviation }
}

/// The importance of a model's columns.
public struct ImportanceRanking: Sendable, Equatable {
  /// The metric that falls: the accuracy, or R².
  package let metric: MetricDefinition
  /// The metric on the rows as they are.
  public let baseline: Double
  /// The columns that were shuffled, the most important first.
  public let columns: [ColumnImportance]
  /// The number of columns that were not shuffled because they vary least.
  package let skippedCount: Int
  /// The number of rows that it was measured on.
  package let rowCount: Int
  /// How often each column was shuffled.
  package let repetitionCount: Int
}

extension TabularModel {
  /// Measures how much each column matters to the predictions, by shuffling it.
  ///
  /// The figure is the accuracy of classes and R² of numbers. All features of a column are shuffled
  /// together: a category's indicators, a text's terms. Measured on training rows, a column that was
  /// learned by heart looks important: give other rows.
  ///
  /// - Parameters:
  ///   - examples: Rows and what is true of them.
  ///   - columnLimit: The maximum number of columns to shuffle, those whose features vary
  ///     most; `nil` is all.
  ///   - repetitionCount: How often each column is shuffled; at least 1.
  ///   - seed: Equal seeds give equal orders.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: The ranking, or `nil` without anything to compare with: for a model that predicts neither
  ///   classes nor numbers, or when all targets are one number.
  /// - Throws: `EvaluationError` for the number of repetitions, `ModelError` when the rows do not fit.
  /// - Complexity: `columns · repetitions` predictions of all rows.
  public func permutationImportance(
    on examples: LabelledExamples, columnLimit: Int? = nil, repetitionCount: Int = 5,
    seed: UInt64 = 0, threads: Int? = nil
  ) throws -> ImportanceRanking? {
    func figure(_ features: FeatureMatrix) throws -> Double? {
      let predictions = try Predictions(
        predictor, calibration, features, withDecisions: false, threads: threads)
      switch examples.truth {
      case .classes(let actual):
        let hits = zip(actual, predictions.classIndices).map { $0 == $1 ? 1.0 : 0 }
        return weightedMean(hits, examples.weights)
      case .numbers(let actual):
        return try TargetPredictions(
          actual: actual, predicted: predictions.numbers, weights: examples.weights
        ).coefficientOfDetermination
      case .none: return nil
      }
    }
    guard examples.count > 0, let baseline = try figure(examples.features) else { return nil }
    let all = columns
    let shuffled = mostVarying(all, examples.features, limit: columnLimit)
    let found = try PermutationImportance.measure(
      columnCount: shuffled.count, rowCount: examples.count, repetitionCount: repetitionCount,
      seed: seed, baseline: baseline
    ) { index, order in
      let features = examples.features.replacing(all[shuffled[index]].features, fromRows: order)
      return try figure(features) ?? baseline
    }
    let named = zip(shuffled, found).map {
      ColumnImportance(column: all[$0].name, importance: $1)
    }
    let order = named.indices.sorted { left, right in
      let (a, b) = (named[left].importance.meanLoss, named[right].importance.meanLoss)
      return a == b ? left < right : a > b
    }
    return ImportanceRanking(
      metric: predictor.task == .regression ? .r2 : .accuracy, baseline: baseline,
      columns: order.map { named[$0] }, skippedCount: all.count - shuffled.count,
      rowCount: examples.count, repetitionCount: repetitionCount)
  }

  /// The columns whose features vary most, in their order.
  private func mostVarying(
    _ columns: [ModelColumn], _ features: FeatureMatrix, limit: Int?
  ) -> [Int] {
    guard let limit, columns.count > limit else { return Array(columns.indices) }
    let variances = features.columnVariances
    let sums = columns.map { $0.features.reduce(0) { $0 + variances[$1] } }
    let order = columns.indices.sorted {
      sums[$0] == sums[$1] ? $0 < $1 : sums[$0] > sums[$1]
    }
    return order.prefix(max(limit, 1)).sorted()
  }

  private func weightedMean(_ values: [Double], _ weights: [Double]?) -> Double? {
    guard let weights else {
      return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    let total = weights.reduce(0, +)
    return total > 0 ? zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total : nil
  }
}
