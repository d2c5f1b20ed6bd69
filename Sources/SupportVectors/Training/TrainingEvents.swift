import Kernels
import Learning
import LinearAlgebra

extension SupportVectorClassifier {
  /// Begins a training and reports its progress.
  ///
  /// ```swift
  /// for try await event in SupportVectorClassifier.training(
  ///   features: features, labels: labels, settings: .init(formulation: .c(10)))
  /// {
  ///   switch event {
  ///   case .progress(let progress): print(progress.kktViolation)
  ///   case .finished(let model): print(model.isConverged)
  ///   }
  /// }
  /// ```
  /// Parameters and errors are those of
  /// `SupportVectorClassifier.train(features:labels:weights:settings:options:)`.
  /// The training has begun when the function returns, on Dispatch's threads.
  public static func training(
    features: FeatureMatrix, labels: [String], weights: [Double]? = nil, settings: Settings,
    options: TrainingOptions = TrainingOptions()
  ) -> TrainingEvents<SupportVectorClassifier> {
    events(options) { options throws(TrainingError) in
      try train(
        features: features, labels: labels, weights: weights, settings: settings,
        options: options)
    }
  }
}

extension SupportVectorRegressor {
  /// Begins a training and tells how it goes; see `TrainingEvents`.
  ///
  /// Parameters and errors are those of
  /// `SupportVectorRegressor.train(features:targets:weights:settings:options:)`.
  public static func training(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil, settings: Settings,
    options: TrainingOptions = TrainingOptions()
  ) -> TrainingEvents<SupportVectorRegressor> {
    events(options) { options throws(TrainingError) in
      try train(
        features: features, targets: targets, weights: weights, settings: settings,
        options: options)
    }
  }
}

extension QuantileRegressor {
  /// Begins a training and tells how it goes; see `TrainingEvents`.
  ///
  /// Parameters and errors are those of
  /// `train(features:targets:weights:kernel:formulation:options:)`.
  public static func training(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil,
    kernel: Kernel = .gaussian(), formulation: QuantileFormulation,
    options: TrainingOptions = TrainingOptions()
  ) -> TrainingEvents<QuantileRegressor> {
    events(options) { options throws(TrainingError) in
      try train(
        features: features, targets: targets, weights: weights, kernel: kernel,
        formulation: formulation, options: options)
    }
  }
}

extension NoveltyDetector {
  /// Begins a training and tells how it goes; see `TrainingEvents`.
  ///
  /// Parameters and errors are those of
  /// `train(features:weights:kernel:formulation:startingFrom:options:)`.
  public static func training(
    features: FeatureMatrix, weights: [Double]? = nil, kernel: Kernel = .gaussian(),
    formulation: NoveltyFormulation = .oneClass(nu: 0.5),
    startingFrom warmStart: WarmStart? = nil, options: TrainingOptions = TrainingOptions()
  ) -> TrainingEvents<NoveltyDetector> {
    events(options) { options throws(TrainingError) in
      try train(
        features: features, weights: weights, kernel: kernel, formulation: formulation,
        startingFrom: warmStart, options: options)
    }
  }
}
