import Basics
import Kernels
import LinearAlgebra
import SMOSolver

/// What a running training tells.
public enum TrainingEvent<Model: Sendable>: Sendable {
  /// Where it stands; about ten times a second, only the newest when nobody reads in time.
  case progress(SolverProgress)
  /// The model, which is the last event.
  case finished(Model)
}

/// The events of one training: an asynchronous sequence that ends with the model, or throws a
/// ``TrainingError``.
///
/// A task that is cancelled while it waits for an event, or drops the sequence, stops the training.
public typealias TrainingEvents<Model: Sendable> = AsyncThrowingStream<
  TrainingEvent<Model>, any Error
>

extension SupportVectorClassifier {
  /// Begins a training and reports its progress.
  ///
  /// ```swift
  /// for try await event in SupportVectorClassifier.training(
  ///   features: features, labels: labels, formulation: .c(10))
  /// {
  ///   switch event {
  ///   case .progress(let progress): print(progress.kktViolation)
  ///   case .finished(let model): print(model.isConverged)
  ///   }
  /// }
  /// ```
  /// Parameters and errors are those of
  /// `train(features:labels:weights:kernel:formulation:classWeights:decomposition:startingFrom:options:)`.
  /// The training has begun when the function returns, on Dispatch's threads.
  public static func training(
    features: FeatureMatrix, labels: [String], weights: [Double]? = nil,
    kernel: Kernel = .gaussian(), formulation: ClassifierFormulation,
    classWeights: ClassWeights = .equal, decomposition: Decomposition = .oneVersusOne,
    startingFrom warmStart: WarmStart? = nil, options: TrainingOptions = TrainingOptions()
  ) -> TrainingEvents<SupportVectorClassifier> {
    events(options) { options throws(TrainingError) in
      try train(
        features: features, labels: labels, weights: weights, kernel: kernel,
        formulation: formulation, classWeights: classWeights, decomposition: decomposition,
        startingFrom: warmStart, options: options)
    }
  }
}

extension SupportVectorRegressor {
  /// Begins a training and tells how it goes; see ``TrainingEvents``.
  ///
  /// Parameters and errors are those of
  /// `train(features:targets:weights:kernel:formulation:startingFrom:options:)`.
  public static func training(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil,
    kernel: Kernel = .gaussian(), formulation: RegressorFormulation,
    startingFrom warmStart: WarmStart? = nil, options: TrainingOptions = TrainingOptions()
  ) -> TrainingEvents<SupportVectorRegressor> {
    events(options) { options throws(TrainingError) in
      try train(
        features: features, targets: targets, weights: weights, kernel: kernel,
        formulation: formulation, startingFrom: warmStart, options: options)
    }
  }
}

extension QuantileRegressor {
  /// Begins a training and tells how it goes; see ``TrainingEvents``.
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
  /// Begins a training and tells how it goes; see ``TrainingEvents``.
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

/// Runs a training on a Dispatch thread and passes on its progress.
private func events<Model: Sendable>(
  _ options: TrainingOptions,
  _ train: @escaping @Sendable (TrainingOptions) throws(TrainingError) -> Model
) -> TrainingEvents<Model> {
  // The newest event is the one that counts, and the model is the newest of all.
  AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
    let token = CancellationToken(following: options.cancellation)
    continuation.onTermination = { _ in token.cancel() }
    let given = options.onProgress
    var options = options
    options.cancellation = token
    options.onProgress = { progress in
      given?(progress)
      continuation.yield(.progress(progress))
    }
    inBackground { [options] in
      do throws(TrainingError) {
        continuation.yield(.finished(try train(options)))
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
  }
}
