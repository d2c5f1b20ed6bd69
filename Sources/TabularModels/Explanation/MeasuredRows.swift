import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// Whether single rows of a measurement are kept, for curves, charts and explanations, and how many.
///
/// Figures are of all rows; of the rows themselves bounded numbers are kept, at random when there are
/// more: at most 200 000 predictions, fewer of many classes, and `exampleLimit` rows of features.
public struct RowKeeping: Sendable, Equatable {
  /// Decides which rows are kept.
  package var seed: UInt64
  /// The largest number of rows whose features are kept.
  package var exampleLimit: Int

  /// Chooses, with the defaults of the command.
  public init(seed: UInt64 = 0, exampleLimit: Int = 2000) {
    precondition(exampleLimit >= 1, "at least one row is kept, but the limit is \(exampleLimit)")
    self.seed = seed
    self.exampleLimit = exampleLimit
  }
}

/// A row that a reader should look at: wrong in spite of much confidence, far off, or most unusual.
package struct NotableRow: Sendable, Equatable {
  /// The line of the file on which it begins, or its number among the rows, from 1; see
  /// `MeasuredRows/countsLines`.
  package let place: Int
  /// Its class, or its number; empty where nothing is to be predicted.
  package let actual: String
  /// What was predicted.
  package let predicted: String
  /// How sure the model was, or how far off: see `MeasuredRows/Confidence`.
  package let size: Double
  /// The values of its columns, as they are in the data; empty for LIBSVM text.
  package var values: [(name: String, text: String)]

  /// Whether everything is equal.
  public static func == (left: Self, right: Self) -> Bool {
    left.place == right.place && left.actual == right.actual && left.predicted == right.predicted
      && left.size == right.size && left.values.map(\.name) == right.values.map(\.name)
      && left.values.map(\.text) == right.values.map(\.text)
  }
}

/// Rows with their predictions next to their true values: the basis of curves and charts.
public struct MeasuredRows: Sendable {
  /// What `NotableRow/size` is.
  package enum Confidence: String, Sendable {
    /// The probability of the predicted class.
    case probability
    /// The magnitude of the decision value of two classes.
    case decisionValue = "decision value"
    /// By how much the score of the predicted class exceeds that of the true one.
    case margin
    /// The absolute error.
    case error = "absolute error"
    /// How far the decision value is below 0.
    case distance
  }

  /// The model that predicted: of held-out rows another than the one that is kept.
  package let model: TabularModel
  /// The rows that were measured.
  package let set: Metric.MeasuredSet
  /// How many rows were measured; see ``count`` for those that are kept.
  package let measuredCount: Int
  /// What decided which rows are kept.
  package let seed: UInt64
  /// The classes of the model, and then those that only the rows have; empty without classes.
  package let classNames: [String]
  /// For each row that is kept the index of its class.
  package let actualClasses: [Int]
  /// For each row the class that was predicted.
  package let predictedClasses: [Int]
  /// For each row of a regression its number.
  package let actualNumbers: [Double]
  /// For each row of a regression the number that was predicted.
  package let predictedNumbers: [Double]
  /// For each row, row-major: the decision value of the later of two classes or of a one-class model, a
  /// score for each of more classes, or the components of a model that finds these; empty of a regression.
  package let scores: [Double]
  /// The number of scores of a row.
  package let scoreCount: Int
  /// The probability of each class of the model, row-major; empty without.
  package let probabilities: [Double]
  /// The weight of each row, or `nil` if all are equal.
  package let weights: [Double]?
  /// Wrongly predicted rows of classes, rows with the largest errors of numbers, the most unusual ones of
  /// a one-class model; the most notable first.
  package var notable: [NotableRow]
  /// How many rows were predicted wrongly.
  package let wrongCount: Int
  /// What is reported about notable rows.
  package let confidence: Confidence
  /// Whether a notable row's place is a line of the file.
  package let countsLines: Bool
  /// Some of the rows with their features.
  package let examples: LabelledExamples

  /// The number of rows that are kept.
  package var count: Int {
    max(actualClasses.count, actualNumbers.count, scoreCount > 0 ? scores.count / scoreCount : 0)
  }

  /// One score of each row.
  package func scores(of index: Int) -> [Double] {
    precondition(index < scoreCount, "score \(index) of \(scoreCount)")
    return (0..<count).map { scores[$0 * scoreCount + index] }
  }

  /// The probability of one class of each row; empty without probabilities.
  package func probabilities(of index: Int) -> [Double] {
    guard !probabilities.isEmpty else { return [] }
    let width = probabilities.count / count
    precondition(index < width, "probability \(index) of \(width)")
    return (0..<count).map { probabilities[$0 * width + index] }
  }
}
