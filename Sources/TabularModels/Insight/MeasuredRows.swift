import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// Whether single rows of a measurement are kept, for curves, charts and explanations, and how many.
///
/// Figures are of all rows; of the rows themselves bounded numbers are kept, at random when there are
/// more: at most 200 000 predictions, fewer of many classes, and ``exampleLimit`` rows of features.
public struct RowKeeping: Sendable, Equatable {
  /// Decides which rows are kept.
  public var seed: UInt64
  /// The largest number of rows whose features are kept.
  public var exampleLimit: Int

  /// Chooses, with the defaults of the command.
  public init(seed: UInt64 = 0, exampleLimit: Int = 2000) {
    precondition(exampleLimit >= 1, "at least one row is kept, but the limit is \(exampleLimit)")
    self.seed = seed
    self.exampleLimit = exampleLimit
  }
}

/// A row that a reader should look at: wrong in spite of much confidence, far off, or most unusual.
public struct NotableRow: Sendable, Equatable {
  /// The line of the file on which it begins, or its number among the rows, from 1; see
  /// ``MeasuredRows/countsLines``.
  public let place: Int
  /// Its class, or its number; empty where nothing is to be predicted.
  public let actual: String
  /// What was predicted.
  public let predicted: String
  /// How sure the model was, or how far off: see ``MeasuredRows/Confidence``.
  public let size: Double
  /// The values of its columns, as they are in the data; empty for LIBSVM text.
  public let values: [(name: String, text: String)]

  /// Whether everything is equal.
  public static func == (left: Self, right: Self) -> Bool {
    left.place == right.place && left.actual == right.actual && left.predicted == right.predicted
      && left.size == right.size && left.values.map(\.name) == right.values.map(\.name)
      && left.values.map(\.text) == right.values.map(\.text)
  }
}

/// Rows with their predictions next to their true values: the basis of curves and charts.
public struct MeasuredRows: Sendable {
  /// What ``NotableRow/size`` is.
  public enum Confidence: String, Sendable {
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
  public let model: TabularModel
  /// The rows that were measured.
  public let set: Metric.MeasuredSet
  /// How many rows were measured; see ``count`` for those that are kept.
  public let measuredCount: Int
  /// What decided which rows are kept.
  public let seed: UInt64
  /// The classes of the model, and then those that only the rows have; empty without classes.
  public let classNames: [String]
  /// For each row that is kept the index of its class.
  public let actualClasses: [Int]
  /// For each row the class that was predicted.
  public let predictedClasses: [Int]
  /// For each row of a regression its number.
  public let actualNumbers: [Double]
  /// For each row of a regression the number that was predicted.
  public let predictedNumbers: [Double]
  /// For each row, row-major: the decision value of the later of two classes or of a one-class model, a
  /// score for each of more classes, or the components of a model that finds these; empty of a regression.
  public let scores: [Double]
  /// The number of scores of a row.
  public let scoreCount: Int
  /// The probability of each class of the model, row-major; empty without.
  public let probabilities: [Double]
  /// The weight of each row, or `nil` if all are equal.
  public let weights: [Double]?
  /// Wrongly predicted rows of classes, rows with the largest errors of numbers, the most unusual ones of
  /// a one-class model; the most notable first.
  public let notable: [NotableRow]
  /// How many rows were predicted wrongly.
  public let wrongCount: Int
  /// What is reported about notable rows.
  public let confidence: Confidence
  /// Whether a notable row's place is a line of the file.
  public let countsLines: Bool
  /// Some of the rows with their features.
  public let examples: LabelledExamples

  /// The number of rows that are kept.
  public var count: Int {
    max(actualClasses.count, actualNumbers.count, scoreCount > 0 ? scores.count / scoreCount : 0)
  }

  /// One score of each row.
  public func scores(of index: Int) -> [Double] {
    precondition(index < scoreCount, "score \(index) of \(scoreCount)")
    return (0..<count).map { scores[$0 * scoreCount + index] }
  }

  /// The probability of one class of each row; empty without probabilities.
  public func probabilities(of index: Int) -> [Double] {
    guard !probabilities.isEmpty else { return [] }
    let width = probabilities.count / count
    precondition(index < width, "probability \(index) of \(width)")
    return (0..<count).map { probabilities[$0 * width + index] }
  }
}
