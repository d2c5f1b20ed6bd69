import Evaluation
import TabularModels

/// What a search compares models by.
public enum SelectionMetric: String, Sendable, CaseIterable {
  /// The share of rows whose class is right.
  case accuracy
  /// The mean over the classes of the share of their rows that is right.
  case balancedAccuracy = "balanced-accuracy"
  /// The mean over the classes of the harmonic mean of precision and recall.
  case macroF1 = "macro-f1"
  /// The mean of −ln of the probability of the actual class; asks for a calibration.
  case logLoss = "log-loss"
  /// The area under the ROC curve; with more than two classes it asks for a calibration.
  case rocAUC = "roc-auc"
  /// The root of the mean squared error.
  case rmse
  /// The mean absolute error.
  case mae
  /// 1 − squared errors / squared deviations.
  case r2

  /// Whether less is better.
  public var isLoss: Bool { self == .logLoss || self == .rmse || self == .mae }

  /// What is compared when nothing is said.
  public static func usual(for task: LearningTask) -> SelectionMetric {
    task == .regression ? .rmse : .accuracy
  }

  /// Whether a task has it.
  public func fits(_ task: LearningTask) -> Bool {
    switch self {
    case .accuracy, .balancedAccuracy, .macroF1, .logLoss, .rocAUC: task == .classification
    case .rmse, .mae, .r2: task == .regression
    }
  }

  /// Whether models must know probabilities.
  func needsProbabilities(classCount: Int) -> Bool {
    self == .logLoss || (self == .rocAUC && classCount > 2)
  }

  /// Whether rows can show the metric at all: a curve needs two classes, R² two different numbers.
  func hasValue(on rows: [Int], of examples: FoldTraining) -> Bool {
    switch self {
    case .rocAUC:
      let strata = examples.strata
      return rows.contains { strata[$0] != strata[rows[0]] }
    case .r2:
      guard let numbers = examples.numbers else { return true }
      return rows.contains { numbers[$0] != numbers[rows[0]] }
    case .accuracy, .balancedAccuracy, .macroF1, .logLoss, .rmse, .mae: return !rows.isEmpty
    }
  }

  /// The figure for a fold; `nil` where it has no value.
  func value(_ outcome: FoldOutcome) -> Double? {
    switch (self, outcome.measurement.counts) {
    case (.accuracy, .classes(let confusion)): return confusion.accuracy
    case (.balancedAccuracy, .classes(let confusion)): return confusion.balancedAccuracy
    case (.macroF1, .classes(let confusion)): return confusion.macroF1
    case (.logLoss, _): return outcome.measurement.probabilities?.logLoss
    case (.rocAUC, _): return outcome.rocAUC
    case (.rmse, .errors(let errors)): return errors.rootMeanSquaredError
    case (.mae, .errors(let errors)): return errors.meanAbsoluteError
    case (.r2, .errors(let errors)): return errors.coefficientOfDetermination
    default: return nil
    }
  }
}
