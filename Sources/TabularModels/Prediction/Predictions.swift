import Calibration
import LinearAlgebra
import SupportVectors
import Tables

/// What a model says of some examples.
struct Predictions {
  /// Indices of classes; empty unless the model predicts classes.
  var classIndices: [Int] = []
  /// Predicted numbers; empty unless the model predicts numbers.
  var numbers: [Double] = []
  /// The predicted quantiles of each row, of a model that predicts some.
  var quantiles: Matrix<Double>?
  /// Decision values, or the components of a model that finds these; `nil` when not requested.
  var decisions: Matrix<Double>?
  /// Probabilities of the classes; `nil` without a calibration, or when not requested.
  var probabilities: Matrix<Double>?

  /// No predictions.
  init() {}

  /// Computes predictions.
  ///
  /// With a calibration the class is the most probable one, whether probabilities are
  /// requested or not.
  ///
  /// - Parameters:
  ///   - predictor: What predicts.
  ///   - calibration: Its calibration.
  ///   - features: The examples.
  ///   - withDecisions: Whether decision values are requested.
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
    } else if !predictor.quantiles.isEmpty {
      let values = try predictor.decisionValues(features, threads: threads)
      let middle = predictor.numberOutput
      numbers = (0..<values.rowCount).map { values[$0, middle] }
      quantiles = values
      decisions = withDecisions ? values : nil
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

extension Predictions {
  /// The prediction of a novelty detector for an example.
  ///
  /// - Parameter decisionValue: How typical it is: above 0 inside.
  /// - Returns: `inlier` or `outlier`.
  static func noveltyLabel(decisionValue: Double?) -> String {
    (decisionValue ?? 1) > 0 ? "inlier" : "outlier"
  }
}

extension FeatureMatrix {
  /// Predicts the examples, and says on which line one lies whose prediction overflows.
  ///
  /// - Parameters:
  ///   - file: How messages call the file.
  ///   - model: How messages call the model.
  ///   - line: The line of an example.
  ///   - predict: Predicts features.
  /// - Returns: What `predict` returns.
  /// - Throws: ``TabularError``, or what `predict` throws.
  func naming<Result>(
    file: String, model: String, line: (Int) -> Int, _ predict: (FeatureMatrix) throws -> Result
  ) throws -> Result {
    do {
      return try predict(self)
    } catch let error as ModelError {
      switch error.reason {
      case .overflow(let row):
        throw TabularError(.overflow(file: file, line: line(row), model: model))
      case .kernel(let kernelError):
        guard case .negativeFeature(_, let row, _, _) = kernelError.reason else {
          throw kernelError
        }
        throw TabularError(.kernel(file: file, line: line(row), kernelError))
      case .notFinite(let row) where firstNonFinite == nil:
        // What a map makes of the features overflows.
        throw TabularError(.overflow(file: file, line: line(row), model: model))
      default: throw error
      }
    }
  }
}

extension FeatureBatch {
  /// The rows that have features, ascending.
  var completeRows: [Int] {
    guard !skippedRows.isEmpty else { return Array(0..<rowCount) }
    let skipped = Set(skippedRows)
    return (0..<rowCount).filter { !skipped.contains($0) }
  }

  /// Predicts the batch, and says on which line of the file a row lies whose prediction overflows.
  ///
  /// - Parameters:
  ///   - file: How messages call the file.
  ///   - model: How messages call the model.
  ///   - predict: Predicts features.
  /// - Returns: What `predict` returns.
  /// - Throws: ``TabularError``, or what `predict` throws.
  func naming<Result>(
    file: String, model: String, _ predict: (FeatureMatrix) throws -> Result
  ) throws -> Result {
    try features.naming(
      file: file, model: model, line: { lineNumbers[completeRows[$0]] }, predict)
  }

  /// The batch up to the row that begins on a line.
  func rows(before line: Int) -> FeatureBatch {
    let count = lineNumbers.firstIndex(of: line) ?? rowCount
    let kept = completeRows.count { $0 < count }
    return prefix(count, features: features.gatheringRows(Array(0..<kept)))
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
