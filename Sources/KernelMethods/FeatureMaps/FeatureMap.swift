import Kernels
import LinearAlgebra
import Learning

/// Features whose inner products approximate a kernel: z(x)ᵀz(x′) ≈ κ(x, x′).
///
/// A linear model of z(x) then stands for a kernel machine, at a cost that grows with n instead of n².
package enum FeatureMap: Sendable {
  /// Kernel values with some training examples.
  case nystroem(NystroemMap)
  /// Cosines of random directions.
  case randomFourier(RandomFourierMap)

  /// A way to make a feature map.
  package enum Method: String, Sendable, Equatable, CaseIterable {
    /// Any kernel; adapts to the data.
    case nystroem
    /// Gaussian and laplacian kernels; no kernel values at all.
    case randomFourier = "random-fourier"
  }

  /// The number of features that the map makes.
  package var componentCount: Int {
    switch self {
    case .nystroem(let map): map.componentCount
    case .randomFourier(let map): map.componentCount
    }
  }

  /// The number of features that an example has.
  package var featureCount: Int {
    switch self {
    case .nystroem(let map): map.featureCount
    case .randomFourier(let map): map.featureCount
    }
  }

  /// The new features of examples, dense.
  ///
  /// - Parameters:
  ///   - features: m examples with ``featureCount`` features.
  ///   - threads: The number of threads, or `nil` for one on each core; the bits are the same.
  /// - Returns: m × ``componentCount``.
  /// - Throws: `ModelError` when the features do not fit.
  package func callAsFunction(_ features: FeatureMatrix, threads: Int? = nil)
    throws(ModelError) -> Matrix<Double>
  {
    switch self {
    case .nystroem(let map): try map(features, threads: threads)
    case .randomFourier(let map): try map(features, threads: threads)
    }
  }

  /// The new features of training examples.
  ///
  /// - Parameters:
  ///   - features: m examples with ``featureCount`` features.
  ///   - options: Threads, and when to stop.
  /// - Returns: m × ``componentCount``.
  /// - Throws: `TrainingError/stopped(_:)`; `TrainingError` when the features
  ///   do not fit.
  package func mapping(
    _ features: FeatureMatrix, _ options: TrainingOptions
  ) throws(TrainingError) -> Matrix<Double> {
    let control = try TrainingControl(options)
    let mapped = try stoppable(control) { () throws(TrainingError) in
      try withModel { () throws(ModelError) -> Matrix<Double> in
        switch self {
        case .nystroem(let map):
          try map.mapping(features, threads: control.threads, isCancelled: control.shouldStop)
        case .randomFourier(let map):
          try map.mapping(features, threads: control.threads, isCancelled: control.shouldStop)
        }
      }
    }
    if let reason = control.interruption { throw .stopped(reason) }
    return mapped
  }
}

extension FeatureMap.Method {
  /// Fits a map to examples.
  ///
  /// - Parameters:
  ///   - features: n × d, every value finite.
  ///   - kernel: The kernel and its parameters.
  ///   - componentCount: The number of new features, at least 1; for Nyström at most n.
  ///   - weights: n numbers, at least 0, or `nil` for ones: what each example counts for a gamma that
  ///     depends on the data. Examples of weight 0 are never landmarks.
  ///   - seed: Determines the random choices.
  ///   - options: Threads, memory, limits.
  /// - Returns: The map.
  /// - Throws: `TrainingError`.
  package func fit(
    features: FeatureMatrix, kernel: Kernel, componentCount: Int,
    weights: [Double]? = nil, seed: UInt64 = 0, options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> FeatureMap {
    switch self {
    case .nystroem:
      return .nystroem(
        try NystroemMap.fit(
          features: features, kernel: kernel, componentCount: componentCount, weights: weights,
          seed: seed, options: options))
    case .randomFourier:
      return .randomFourier(
        try RandomFourierMap.fit(
          features: features, kernel: kernel, componentCount: componentCount, weights: weights,
          seed: seed, options: options))
    }
  }
}
