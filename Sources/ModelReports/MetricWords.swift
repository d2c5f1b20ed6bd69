import Evaluation
import TabularModels

extension Metric {
  /// The figure's name for people.
  package var words: String { Self.words(name) }

  /// A figure's name for people.
  package static func words(_ name: String) -> String {
    switch name {
    case "majorityAccuracy": "majority-class accuracy"
    case "rareRecall": "recall of the rarest class"
    case "rarePrecision": "precision of the rarest class"
    case "macroAveragePrecision": "macro average precision"
    case "medianAbsoluteError": "median absolute error"
    case "maxError": "largest error"
    case "meanAbsolutePercentageError": "mean absolute percentage error"
    case "balancedAccuracy", "balanced-accuracy": "balanced accuracy"
    case "macroF1", "macro-f1": "macro F1"
    case "rmse": "RMSE"
    case "mae": "mean absolute error"
    case "r2": "R²"
    case "matthewsCorrelation": "Matthews correlation"
    case "rocAUC", "roc-auc": "ROC AUC"
    case "averagePrecision": "average precision"
    case "logLoss", "log-loss": "log loss"
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
}

extension Metric.MeasuredSet {
  /// What was measured, to follow "measured on".
  var words: String {
    switch self {
    case .training: "training rows"
    case .holdout: "held-out rows"
    case .crossValidation: "out-of-fold rows"
    case .evaluation: "rows of the file"
    }
  }
}
