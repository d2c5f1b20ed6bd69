import Basics
import Kernels
import LinearAlgebra
import Learning

/// The uncertainty of a kernel ridge regressor, read as a Gaussian process.
///
/// Kernel ridge regression is the mean of a Gaussian process with the covariance σ²κ, observed with
/// noise of variance σ²λ/wᵢ. The variance of f(x) is then
/// ```
/// σ² (κ(x,x) − kᵀA⁻¹k),    A = K + λW⁻¹,  kᵢ = κ(xᵢ, x)
/// ```
/// and with a bias σ² (1 − 1ᵀA⁻¹k)² / (1ᵀA⁻¹1) more, for the bias is estimated, too.
///
/// > C. E. Rasmussen, C. K. I. Williams. *Gaussian Processes for Machine Learning.* MIT Press 2006,
/// > sections 2.2 and 2.7.
package struct RidgeUncertainty: Sendable {
  /// The factor of A.
  package let factor: Cholesky<Double>
  /// σ², in squared units of the target: the most likely value, yᵀα / n.
  package let signalVariance: Double
  /// A⁻¹1 of a model with a bias.
  package let inverseOfOnes: [Double]?

  /// Collects the parts.
  ///
  /// - Throws: `ModelError/inconsistent(_:)` when the parts do not fit together.
  package init(factor: Cholesky<Double>, signalVariance: Double, inverseOfOnes: [Double]?)
    throws(ModelError)
  {
    guard signalVariance >= 0, signalVariance.isFinite else {
      throw .inconsistent("the signal variance is \(signalVariance)")
    }
    if let inverseOfOnes {
      guard inverseOfOnes.count == factor.factor.rowCount,
        inverseOfOnes.allSatisfy({ $0.isFinite }), inverseOfOnes.reduce(0, +) > 0
      else {
        throw .inconsistent(
          "\(inverseOfOnes.count) solutions for ones do not fit a factor of "
            + "\(factor.factor.rowCount) rows, or are not those of a positive definite matrix")
      }
    }
    self.factor = factor
    self.signalVariance = signalVariance
    self.inverseOfOnes = inverseOfOnes
  }

  init(_ run: MethodRun, _ task: RidgeTask, _ solution: RidgeSolution) throws(TrainingError) {
    var fit = 0.0
    for row in 0..<run.count { fit += task.targets[row, 0] * solution.coefficients[0, row] }
    let variance = max(0, fit / Double(run.count))
    self = try withModel { () throws(ModelError) in
      try RidgeUncertainty(
        factor: solution.factor, signalVariance: variance,
        inverseOfOnes: solution.inverseOfOnes)
    }
  }
}

extension KernelRidgeRegressor {
  /// The variance of each predicted value, noise not included.
  ///
  /// - Parameters:
  ///   - features: m examples with the features of the training data. A precomputed kernel does not
  ///     tell κ(x, x), and is rejected.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: m numbers, at least 0, in squared units of the target. The noise of an observation of
  ///   weight 1 would add `RidgeUncertainty/signalVariance` · λ.
  /// - Throws: `ModelError` when the features do not fit the model, or training did not keep the
  ///   factor.
  /// - Complexity: O(m·n·(d + n)).
  public func predictionVariances(_ features: FeatureMatrix, threads: Int? = nil)
    throws(ModelError) -> [Double]
  {
    guard let uncertainty else {
      throw .inconsistent("the model was trained without keeping its uncertainty")
    }
    if case .precomputed = expansion.kernel {
      throw .inconsistent("a precomputed kernel does not contain the kernel values κ(x, x)")
    }
    try checkExamples(
      features, featureCount: expansion.featureCount, kernel: expansion.kernel)
    let tiles = LandmarkTiles(
      expansion.supportVectors, indices: expansion.supportIndices, kernel: expansion.kernel)
    let count = expansion.supportIndices.count
    let own = expansion.kernel.diagonal(features)
    let border = uncertainty.inverseOfOnes
    let borderSum = border?.reduce(0, +) ?? 1
    var variances = [Double](repeating: 0, count: features.rowCount)
    unsafe variances.withUnsafeMutableBufferPointer { variances in
      guard let variances = variances.baseAddress else { return }
      let target = unsafe UnsafeSendable(variances)
      unsafe tiles.evaluate(features, threads: max(1, threads ?? processorCount)) {
        rows, values, stride in
        // kᵀA⁻¹k = ‖L⁻¹k‖².
        var lifted = [Double](repeating: 1, count: rows.count)
        if let border {
          for index in 0..<count {
            for column in 0..<rows.count {
              unsafe lifted[column] -= border[index] * values[index * stride + column]
            }
          }
        }
        unsafe uncertainty.factor.factor.withUnsafeElements { factor in
          guard let factor = factor.baseAddress else { return }
          unsafe Double._trsm(
            transposeL: false, count, rows.count, factor, count, values, stride)
        }
        var explained = [Double](repeating: 0, count: rows.count)
        for index in 0..<count {
          for column in 0..<rows.count {
            let value = unsafe values[index * stride + column]
            explained[column] += value * value
          }
        }
        for column in 0..<rows.count {
          let row = rows.lowerBound + column
          let bias = border == nil ? 0 : lifted[column] * lifted[column] / borderSum
          unsafe target.value[row] =
            uncertainty.signalVariance * max(0, own[row] - explained[column] + bias)
        }
      }
    }
    return variances
  }
}
