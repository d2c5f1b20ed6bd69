import Basics
import Kernels
import Learning
import LinearAlgebra
import SMOSolver

// Training computes for a long time and blocks the threads it computes on. The async functions
// leave the cooperative thread pool, which other tasks need, and compute on Dispatch's threads.

extension SupportVectorClassifier {
  /// Trains a classifier without blocking a thread of Swift's cooperative pool.
  ///
  /// Cancelling the task stops the training within about 100 ms; the result is then the best model
  /// so far, whose certificates say `cancelled`, not an error. Parameters, result and errors are
  /// those of the synchronous function.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    features: FeatureMatrix, labels: [String], kernel: Kernel = .default,
    boxConstraint: Double = 1, options: TrainingOptions = TrainingOptions()
  ) async throws(TrainingError) -> SupportVectorClassifier {
    try await train(
      features: features, labels: labels,
      settings: Settings(kernel: kernel, formulation: .c(boxConstraint)), options: options)
  }

  /// Trains a classifier without blocking a thread of Swift's cooperative pool.
  ///
  /// Cancelling the task stops the training within about 100 ms; the result is then the best model
  /// so far, whose certificates say `cancelled`, not an error. Parameters, result and errors are
  /// those of the synchronous function.
  ///
  /// - Throws: `TrainingError`.
  public static func train(
    features: FeatureMatrix, labels: [String], weights: [Double]? = nil, settings: Settings,
    options: TrainingOptions = TrainingOptions()
  ) async throws(TrainingError) -> SupportVectorClassifier {
    try await onDispatchThread(options) { options throws(TrainingError) in
      try SupportVectorClassifier.train(
        features: features, labels: labels, weights: weights, settings: settings,
        options: options)
    }
  }
}

extension SupportVectorRegressor {
  /// Trains a regressor without blocking a thread of Swift's cooperative pool.
  ///
  /// Cancelling the task stops the training within about 100 ms; the result is then the best model
  /// so far, whose certificate says `cancelled`, not an error. Parameters, result and errors are
  /// those of the synchronous function.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    features: FeatureMatrix, targets: [Double], kernel: Kernel = .default,
    boxConstraint: Double = 1, epsilon: Double = 0.1,
    options: TrainingOptions = TrainingOptions()
  ) async throws(TrainingError) -> SupportVectorRegressor {
    try await train(
      features: features, targets: targets,
      settings: Settings(
        kernel: kernel, formulation: .epsilon(boxConstraint: boxConstraint, epsilon: epsilon)),
      options: options)
  }

  /// Trains a regressor without blocking a thread of Swift's cooperative pool.
  ///
  /// Cancelling the task stops the training within about 100 ms; the result is then the best model
  /// so far, whose certificate says `cancelled`, not an error. Parameters, result and errors are
  /// those of the synchronous function.
  ///
  /// - Throws: `TrainingError`.
  public static func train(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil, settings: Settings,
    options: TrainingOptions = TrainingOptions()
  ) async throws(TrainingError) -> SupportVectorRegressor {
    try await onDispatchThread(options) { options throws(TrainingError) in
      try SupportVectorRegressor.train(
        features: features, targets: targets, weights: weights, settings: settings,
        options: options)
    }
  }
}

extension QuantileRegressor {
  /// Trains a regressor for some quantiles without blocking a thread of Swift's cooperative pool.
  ///
  /// Cancelling the task stops the training within about 100 ms; the result is then the best model
  /// so far, whose certificates say `cancelled`, not an error. Parameters, result and errors are
  /// those of the synchronous function.
  ///
  /// - Throws: `TrainingError`.
  public static func train(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil,
    kernel: Kernel = .gaussian(), formulation: QuantileFormulation,
    options: TrainingOptions = TrainingOptions()
  ) async throws(TrainingError) -> QuantileRegressor {
    try await onDispatchThread(options) { options throws(TrainingError) in
      try QuantileRegressor.train(
        features: features, targets: targets, weights: weights, kernel: kernel,
        formulation: formulation, options: options)
    }
  }
}

extension NoveltyDetector {
  /// Trains a novelty detector without blocking a thread of Swift's cooperative pool.
  ///
  /// Cancelling the task stops the training within about 100 ms; the result is then the best model
  /// so far, whose certificate says `cancelled`, not an error. Parameters, result and errors are
  /// those of the synchronous function.
  ///
  /// - Throws: `TrainingError`.
  public static func train(
    features: FeatureMatrix, weights: [Double]? = nil, kernel: Kernel = .gaussian(),
    formulation: NoveltyFormulation = .oneClass(nu: 0.5),
    startingFrom warmStart: WarmStart? = nil, options: TrainingOptions = TrainingOptions()
  ) async throws(TrainingError) -> NoveltyDetector {
    try await onDispatchThread(options) { options throws(TrainingError) in
      try NoveltyDetector.train(
        features: features, weights: weights, kernel: kernel, formulation: formulation,
        startingFrom: warmStart, options: options)
    }
  }
}
