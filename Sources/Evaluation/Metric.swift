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
  /// - Classes: `accuracy`, `majorityAccuracy`, `balancedAccuracy`, `macroF1`, `rareRecall`,
  ///   `rarePrecision`, `macroPrecision`, `macroRecall`, `weightedPrecision`, `weightedF1`,
  ///   `matthewsCorrelation`, `cohenKappa` (``ConfusionMatrix``).
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

extension Metric {
  /// Which accounts a figure is in.
  private enum Place {
    /// All, also tables with a row for each fold.
    case brief
    /// Every account of a measurement.
    case standard
    /// Those where it is asked for, and reports for programs.
    case detailed
  }

  /// All figures in the order in which they are printed: the only list of the kind.
  private static let catalogue: [(name: String, place: Place)] = [
    ("accuracy", .brief), ("majorityAccuracy", .standard), ("balancedAccuracy", .brief),
    ("macroF1", .brief), ("rareRecall", .standard), ("rarePrecision", .standard),
    ("macroPrecision", .detailed), ("macroRecall", .detailed), ("weightedPrecision", .detailed),
    ("weightedF1", .detailed), ("matthewsCorrelation", .standard), ("cohenKappa", .detailed),
    ("rocAUC", .standard), ("averagePrecision", .standard), ("macroRocAUC", .standard),
    ("macroAveragePrecision", .detailed), ("logLoss", .brief), ("brierScore", .brief),
    ("calibrationError", .brief), ("rmse", .brief), ("mae", .brief), ("r2", .brief),
    ("medianAbsoluteError", .detailed), ("maxError", .detailed),
    ("meanAbsolutePercentageError", .detailed), ("intervalCoverage", .brief),
    ("meanIntervalWidth", .brief), ("flaggedFraction", .brief),
  ]

  /// The names of all figures, in the order in which they are printed.
  public static let names: [String] = catalogue.map(\.name)

  /// Those that are shown when nothing else is asked for.
  public static let standardNames: Set<String> = Set(
    catalogue.lazy.filter { $0.place != .detailed }.map(\.name))

  /// Those that a table with a row for each fold has when nothing else is asked for.
  public static let briefNames: Set<String> = Set(
    catalogue.lazy.filter { $0.place == .brief }.map(\.name))

  /// Where a figure stands among all.
  private static let order: [String: Int] = Dictionary(
    uniqueKeysWithValues: names.enumerated().map { ($1, $0) })

  /// Figures in the order of ``names``, each once.
  ///
  /// - Parameter metrics: Figures of one set; of two with one name the first is kept.
  /// - Returns: The figures, sorted.
  package static func sorted(_ metrics: [Metric]) -> [Metric] {
    var seen: Set<String> = []
    return metrics.filter { seen.insert($0.name).inserted }.enumerated().sorted {
      let left = order[$0.element.name] ?? .max
      let right = order[$1.element.name] ?? .max
      return left == right ? $0.offset < $1.offset : left < right
    }.map(\.element)
  }
}
