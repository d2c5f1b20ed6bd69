import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// How good a model's predictions are on labelled rows.
public struct Measurement: Sendable, Equatable {
  /// What was compared, counted.
  public enum Counts: Sendable, Equatable {
    /// How often each class was predicted as each.
    case classes(ConfusionMatrix)
    /// Sums of errors.
    case errors(RegressionErrors)
  }

  /// What was compared, counted.
  public let counts: Counts
  /// The rows that were measured.
  public let set: Metric.MeasuredSet

  /// Accuracy and its kin, or the root of the mean squared error and its kin.
  public var metrics: [Metric] {
    switch counts {
    case .classes(let confusion): confusion.metrics(on: set)
    case .errors(let errors): errors.metrics(on: set)
    }
  }

  /// The number of rows that were counted.
  public var rowCount: Int {
    switch counts {
    case .classes(let confusion): confusion.rowCount
    case .errors(let errors): errors.rowCount
    }
  }
}

extension Measurement {
  /// Predicts features and compares with their targets.
  init(
    _ predictor: TabularModel.Predictor, features: FeatureMatrix, targets: Targets,
    set: Metric.MeasuredSet, threads: Int?
  ) throws {
    self.set = set
    switch (predictor.classifier, predictor.regressor, targets) {
    case (let classifier?, _, .classes(let names, let actual)):
      // A part of the data may lack a class of the whole.
      let index = ClassIndex(names: names)
      let codeOfClass = try classifier.classes.map { name in
        guard let code = index.code(for: name) else {
          throw ModelError.inconsistent("class \(name) is not among those of the data")
        }
        return code
      }
      let predicted = try classifier.classIndices(features, threads: threads)
      counts = .classes(
        ConfusionMatrix(
          classNames: names, actual: actual,
          predicted: predicted.map { codeOfClass[$0] }))
    case (_, let regressor?, .numbers(let numbers)):
      counts = .errors(
        RegressionErrors(
          actual: numbers, predicted: try regressor.predict(features, threads: threads)))
    case (_, _, .classes), (_, _, .numbers):
      preconditionFailure("the targets are not what the model predicts")
    }
  }
}
