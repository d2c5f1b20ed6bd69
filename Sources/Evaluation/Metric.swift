/// A figure of merit, with the rows it was measured on.
///
/// A number without its set says little: an accuracy of 1 is worth something on rows the model has
/// not seen, and nothing on its training rows. It is encoded as
/// `{"name": …, "value": …, "set": …, "rows": …}`.
public struct Metric: Sendable, Equatable, Codable {
  /// Which rows a figure was measured on.
  public enum MeasuredSet: String, Sendable, Codable {
    /// The rows the model was trained on: an optimistic figure.
    case training
    /// Rows of the same table, kept out of training.
    case holdout
    /// Every row once, each by a model that was trained without it.
    case crossValidation = "cross-validation"
    /// A table given for evaluation.
    case evaluation
  }

  /// What was measured.
  ///
  /// - Classes: `accuracy`, `balancedAccuracy`, `macroF1`, `macroPrecision`, `macroRecall`,
  ///   `weightedPrecision`, `weightedF1`, `matthewsCorrelation`, `cohenKappa`
  ///   (``ConfusionMatrix``).
  /// - Probabilities: `logLoss`, `brierScore`, `calibrationError` (``ProbabilityScores``).
  /// - Rankings: `rocAUC`, `averagePrecision` (``ScoredLabels``); `macroRocAUC`,
  ///   `macroAveragePrecision` (``OneVersusRest``).
  /// - Numbers: `rmse`, `mae`, `r2` (``RegressionErrors``), `medianAbsoluteError`, `maxError`,
  ///   `meanAbsolutePercentageError` (``TargetPredictions``).
  /// - Intervals: `intervalCoverage`, `meanIntervalWidth` (``IntervalCoverage``).
  /// - Novelty: `flaggedFraction` (``NoveltyFlags``).
  public let name: String
  /// The figure; finite.
  public let value: Double
  /// The set it was measured on.
  public let set: MeasuredSet
  /// The number of rows in that set that were counted.
  public let rows: Int

  /// Labels a figure.
  ///
  /// - Parameters:
  ///   - name: What was measured.
  ///   - value: The figure; finite.
  ///   - set: The set it was measured on.
  ///   - rows: The number of rows that were counted.
  public init(name: String, value: Double, set: MeasuredSet, rows: Int) {
    self.name = name
    self.value = value
    self.set = set
    self.rows = rows
  }
}

extension Metric {
  /// Labels the figures that have a finite value.
  static func list(
    _ figures: [(name: String, value: Double?)], set: MeasuredSet, rows: Int
  ) -> [Metric] {
    figures.compactMap { name, value in
      guard let value, value.isFinite else { return nil }
      return Metric(name: name, value: value, set: set, rows: rows)
    }
  }
}
