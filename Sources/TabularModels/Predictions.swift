import Calibration
import LinearAlgebra
import SupportVectors

/// What a model says of some examples.
struct Predictions {
  /// Indices of classes; empty unless the model predicts classes.
  var classIndices: [Int] = []
  /// Predicted numbers; empty unless the model predicts numbers.
  var numbers: [Double] = []
  /// Decision values, or the components of a model that finds these; `nil` when not asked for.
  var decisions: Matrix<Double>?
  /// Probabilities of the classes; `nil` without a calibration, or when not asked for.
  var probabilities: Matrix<Double>?

  /// Computes predictions.
  ///
  /// With a calibration the class is the most probable one, whether probabilities are asked for or not.
  ///
  /// - Parameters:
  ///   - predictor: What predicts.
  ///   - calibration: What it knows of how sure it is.
  ///   - features: The examples.
  ///   - withDecisions: Whether decision values are asked for.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Throws: `ModelError` when the features do not fit the model.
  init(
    _ predictor: TabularModel.Predictor, _ calibration: ModelCalibration?,
    _ features: FeatureMatrix, withDecisions: Bool, threads: Int?
  ) throws {
    if let classifier = predictor.classifier {
      if case .classes(let calibration)? = calibration {
        let values = try classifier.decisionValues(features, threads: threads)
        let found = try calibration.probabilities(decisionValues: values, threads: threads ?? 1)
        classIndices = try calibration.classIndices(decisionValues: values, probabilities: found)
        probabilities = found
        decisions = withDecisions ? values : nil
      } else if withDecisions {
        let values = try classifier.decisionValues(features, threads: threads)
        classIndices = classifier.classIndices(decisionValues: values)
        decisions = values
      } else {
        classIndices = try classifier.classIndices(features, threads: threads)
      }
    } else if let regressor = predictor.regressor {
      numbers = try regressor.predict(features, threads: threads)
      decisions =
        withDecisions
        ? try Matrix(rowCount: numbers.count, columnCount: 1, elements: numbers) : nil
    } else {
      decisions = try predictor.decisionValues(features, threads: threads)
    }
  }
}

extension TabularModel {
  /// The class that the model predicts for each example, as an index into its classes.
  package func predictedClassIndices(
    _ features: FeatureMatrix, threads: Int? = nil
  ) throws -> [Int] {
    try Predictions(predictor, calibration, features, withDecisions: false, threads: threads)
      .classIndices
  }
}
