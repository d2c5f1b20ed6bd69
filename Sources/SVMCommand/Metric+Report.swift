import Evaluation
import ModelFiles

extension Metric {
  /// The figure's name for people.
  var words: String { Self.words(name) }

  /// A figure's name for people.
  static func words(_ name: String) -> String {
    switch name {
    case "balancedAccuracy": "balanced accuracy"
    case "macroF1": "macro F1"
    case "rmse": "RMSE"
    case "mae": "mean absolute error"
    case "r2": "R²"
    case "matthewsCorrelation": "Matthews correlation"
    case "rocAUC": "ROC AUC"
    case "averagePrecision": "average precision"
    case "logLoss": "log loss"
    case "brierScore": "Brier score"
    case "calibrationError": "calibration error"
    case "intervalCoverage": "share within 90 % intervals"
    case "meanIntervalWidth": "their mean width"
    case "flaggedFraction": "share of outliers"
    case "macroRocAUC": "macro ROC AUC"
    case "macroPrecision": "macro precision"
    case "macroRecall": "macro recall"
    case "weightedPrecision": "weighted precision"
    case "weightedF1": "weighted F1"
    case "cohenKappa": "Cohen's kappa"
    default: name
    }
  }

  /// `{"name", "value", "set", "rows"}`.
  var json: JSONValue {
    [
      "name": .string(name), "value": .finite(value), "set": .string(set.rawValue),
      "rows": .integer(rows),
    ]
  }

  /// One line for each set that something was measured on.
  static func lines(_ metrics: [Metric]) -> [(label: String, value: String)] {
    var sets: [MeasuredSet] = []
    for metric in metrics where !sets.contains(metric.set) { sets.append(metric.set) }
    return sets.map { set in
      let measured = metrics.filter { $0.set == set }
      let figures = measured.map { "\($0.words) \(Text.significant($0.value, 4))" }
      let rows = Text.count(measured.first?.rows ?? 0, "row")
      return (set.label, "\(figures.joined(separator: ", ")) (\(rows))")
    }
  }
}

extension Metric.MeasuredSet {
  fileprivate var label: String {
    switch self {
    case .training: "on training rows"
    case .holdout: "on held-out rows"
    case .crossValidation: "cross-validated"
    case .evaluation: "measured"
    }
  }
}
