import Calibration
import SupportVectors

/// How to calibrate a model.
public struct CalibrationChoice: Sendable, Equatable {
  /// How decision values become probabilities; of classes alone.
  ///
  /// `nil` takes the method with the lowest log loss on rows that it was not fitted to.
  package var method: CalibrationMethod?
  /// The number of folds, each predicted by a model that was trained without it; at least 2.
  package var foldCount: Int

  /// Makes a choice, with the defaults of the command.
  public init(method: CalibrationMethod? = .sigmoid, foldCount: Int = 5) {
    self.method = method
    self.foldCount = foldCount
  }
}

/// The calibration of a model.
package enum ModelCalibration: Sendable, Equatable {
  /// The probabilities of classes. The predicted class is then always the most probable one.
  case classes(ClassCalibration)
  /// Intervals around predicted numbers.
  case intervals(PredictionIntervals)
  /// How unusual a decision value is.
  case quantiles(NoveltyQuantiles)

  /// Half the width of the intervals that are measured; `nil` where it makes none.
  ///
  /// - Throws: `CalibrationError`.
  var intervalHalfWidth: Double? {
    get throws {
      guard case .intervals(let intervals) = self else { return nil }
      return try intervals.halfWidth(coverage: Measurement.coverage)
    }
  }

  /// Checks that it is of a model's kind.
  func check(_ predictor: TabularModel.Predictor) throws(ModelError) {
    let fits =
      switch self {
      case .classes(let calibration):
        predictor.classifier.map {
          $0.classes.count == calibration.classCount && $0.decisionShape == calibration.shape
        } ?? false
      case .intervals: predictor.task == .regression
      case .quantiles: predictor.task == .novelty
      }
    guard fits else { throw .inconsistent("the calibration is that of another kind of model") }
  }
}
