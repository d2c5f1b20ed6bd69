import Kernels
import Learning
import LinearAlgebra
import SMOSolver

/// What a quantile regressor's training aims at.
public struct QuantileFormulation: Sendable, Equatable {
  /// The quantiles: different numbers, each greater than 0 and less than 1; at least one.
  package var quantiles: [Double]
  /// C > 0, the penalty for a unit of pinball loss; in units of the target.
  package var boxConstraint: Double

  /// Asks for quantiles.
  ///
  /// - Parameters:
  ///   - quantiles: Different numbers, each greater than 0 and less than 1, in any order; at least one.
  ///   - boxConstraint: C > 0.
  public init(quantiles: [Double] = [0.5], boxConstraint: Double = 1) {
    self.quantiles = quantiles
    self.boxConstraint = boxConstraint
  }

  /// The quantiles in ascending order.
  var ascending: QuantileFormulation {
    QuantileFormulation(quantiles: quantiles.sorted(), boxConstraint: boxConstraint)
  }

  func check() throws(TrainingError) {
    guard !quantiles.isEmpty, quantiles.allSatisfy({ $0 > 0 && $0 < 1 }),
      Set(quantiles).count == quantiles.count
    else {
      throw .invalidParameter(
        name: "quantiles",
        value: quantiles.isEmpty ? "none" : quantiles.map { "\($0)" }.joined(separator: ", "),
        expected: "one or more different numbers, each greater than 0 and less than 1")
    }
    try TrainingChecks.positive(boxConstraint, "c")
  }
}

/// A kernel quantile regressor: for each of some quantiles τ a function that a share τ of the targets lies
/// below.
///
/// Each function is solved for alone, so that two of them may cross where there are few examples. Predicted
/// quantiles never do: those of a row are sorted, which brings them no farther from the true ones [1].
///
/// > [1] V. Chernozhukov, I. Fernández-Val, A. Galichon. "Quantile and Probability Curves Without
/// > Crossing." *Econometrica* 78 (2010), 1093–1125.
public struct QuantileRegressor: Sendable {
  /// The support vectors, and for each quantile a row of coefficients and a bias.
  public package(set) var expansion: KernelExpansion
  /// What training aimed at; the quantiles ascend.
  package let formulation: QuantileFormulation
  /// Whether examples had individual weights.
  package let usesExampleWeights: Bool
  /// The number of training examples that were left out for their weight of 0.
  package let excludedCount: Int
  /// The KKT violation at which training was to stop.
  package let tolerance: Double
  /// The number of training examples, those left out included.
  package let trainingCount: Int
  /// How well the problem of each quantile was solved.
  public let problems: [ProblemReport]

  /// Collects the parts of a regressor; `throws` when they do not fit together.
  ///
  /// - Parameters:
  ///   - expansion: The support vectors, with a row of coefficients and a bias for each quantile.
  ///   - formulation: The quantiles, ascending, and C.
  ///   - weighting: Whether examples had individual weights, and the number of those left out.
  ///   - tolerance: The KKT violation at which training was to stop.
  ///   - trainingCount: The number of examples.
  ///   - problems: How well the problem of each quantile was solved.
  /// - Throws: `ModelError/inconsistent(_:)`.
  package init(
    expansion: KernelExpansion, formulation: QuantileFormulation,
    weighting: (isUsed: Bool, excludedCount: Int) = (false, 0), tolerance: Double,
    trainingCount: Int, problems: [ProblemReport]
  ) throws(ModelError) {
    let count = formulation.quantiles.count
    guard expansion.layout == .outputs, expansion.biases.count == count, problems.count == count,
      expansion.supportCounts.count == 1
    else {
      throw .inconsistent(
        "a regression of \(count) quantiles needs a bias, a row of coefficients and a report of each"
      )
    }
    try ModelChecks.formulation { () throws(TrainingError) in try formulation.check() }
    guard formulation == formulation.ascending else {
      throw .inconsistent("the quantiles do not ascend")
    }
    try ModelChecks.counts(training: trainingCount, excluded: weighting.excludedCount)
    self.expansion = expansion
    self.formulation = formulation
    usesExampleWeights = weighting.isUsed
    excludedCount = weighting.excludedCount
    self.tolerance = tolerance
    self.trainingCount = trainingCount
    self.problems = problems
  }

  /// The quantiles, each between 0 and 1, ascending.
  public var quantiles: [Double] { formulation.quantiles }

  /// Whether the problem of every quantile was solved to its tolerance.
  public var isConverged: Bool {
    problems.allSatisfy { $0.certificate.stopReason == .converged }
  }

  /// The place among ``quantiles`` of the one nearest to the median, the smaller of two.
  package var middleIndex: Int {
    // 0.1 and 0.9 are equally far from 0.5 but for their rounding.
    let distances = quantiles.map { abs($0 - 0.5) }
    let least = distances.min() ?? 0
    return distances.firstIndex { $0 <= least + 1e-12 } ?? 0
  }
}

// MARK: Prediction

extension QuantileRegressor: Regressor {
  /// Predicted quantiles; those of an example do not cross.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n rows, with a number for each of ``quantiles``, ascending.
  /// - Throws: `ModelError` when the features do not fit the model.
  /// - Complexity: O(n·s·d) for s support vectors.
  public func predictQuantiles(
    _ features: FeatureMatrix, threads: Int? = nil
  ) throws(ModelError) -> Matrix<Double> {
    let values = try expansion.decisionValues(features, threads: threads)
    guard quantiles.count > 1 else { return values }
    let sorted = (0..<values.rowCount).flatMap { values.row($0).sorted() }
    return Matrix(rowCount: values.rowCount, columnCount: quantiles.count) { row, column in
      sorted[row * quantiles.count + column]
    }
  }

  /// The predicted median of each example, or where that was not trained the quantile nearest to it; see
  /// `middleIndex`.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n numbers.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func predict(
    _ features: FeatureMatrix, threads: Int? = nil
  ) throws(ModelError) -> [Double] {
    let values = try predictQuantiles(features, threads: threads)
    let middle = middleIndex
    return (0..<values.rowCount).map { values[$0, middle] }
  }
}
