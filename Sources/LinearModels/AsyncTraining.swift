import Basics
import LinearAlgebra
import Learning

// Training blocks the threads it computes on. The async functions leave the cooperative thread pool
// to other tasks and compute on Dispatch's threads.

extension LinearClassifier {
  /// Trains a classifier without blocking a thread of Swift's cooperative pool.
  ///
  /// Cancelling the task stops the training within about 100 ms; the result is then the best model so
  /// far, whose certificates say `cancelled`. Parameters, result and errors are those of the
  /// synchronous function.
  ///
  /// - Throws: `TrainingError`.
  public static func train(
    features: FeatureMatrix, labels: [String], weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) async throws(TrainingError) -> LinearClassifier {
    try await onDispatchThread(options) { options throws(TrainingError) in
      try LinearClassifier.train(
        features: features, labels: labels, weights: weights, settings: settings,
        options: options)
    }
  }
}

extension LinearRegressor {
  /// Trains a regressor without blocking a thread of Swift's cooperative pool.
  ///
  /// Cancelling the task stops the training within about 100 ms; the result is then the best model so
  /// far, whose certificate says `cancelled`. Parameters, result and errors are those of the
  /// synchronous function.
  ///
  /// - Throws: `TrainingError`.
  public static func train(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) async throws(TrainingError) -> LinearRegressor {
    try await onDispatchThread(options) { options throws(TrainingError) in
      try LinearRegressor.train(
        features: features, targets: targets, weights: weights, settings: settings,
        options: options)
    }
  }
}
