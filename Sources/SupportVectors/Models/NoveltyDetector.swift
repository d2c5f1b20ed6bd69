import Kernels
import Learning
import LinearAlgebra
import SMOSolver

/// A model of what training data look like, which decides whether an example is like them.
///
/// The decision value is greater than 0 for examples like the training data:
/// ```
/// one-class           d(x) = Σ αᵢ κ(xᵢ, x) − ρ
/// data description    d(x) = R² − ‖φ(x) − a‖²,   a = Σ αᵢ φ(xᵢ)
/// ```
/// A data description's ‖φ(x) − a‖² is κ(x, x) − 2 Σ αᵢ κ(xᵢ, x) + ‖a‖². Its expansion holds the
/// coefficients 2αᵢ and the bias R² − ‖a‖² − κ(x, x) where κ(x, x) is the same number for every x; for
/// other kernels the bias is R² − ‖a‖², and κ(x, x) is subtracted for each example, see
/// `subtractsDiagonal`.
public struct NoveltyDetector: Sendable {
  /// The support vectors, their coefficients and the bias.
  public package(set) var expansion: KernelExpansion
  /// What training aimed at.
  package let formulation: NoveltyFormulation
  /// ρ of the one-class form; R², the squared radius, of a data description.
  package let offset: Double
  /// Whether examples had individual weights.
  package let usesExampleWeights: Bool
  /// The number of training examples that were left out for their weight of 0.
  package let excludedCount: Int
  /// The KKT violation at which training was to stop.
  package let tolerance: Double
  /// The number of training examples, those left out included.
  package let trainingCount: Int
  /// How well the problem was solved.
  public let problem: ProblemReport

  /// Collects the parts of a detector; `throws` when they do not fit together.
  package init(
    expansion: KernelExpansion, formulation: NoveltyFormulation, offset: Double,
    usesExampleWeights: Bool = false, excludedCount: Int = 0, tolerance: Double,
    trainingCount: Int, problem: ProblemReport
  ) throws(ModelError) {
    guard expansion.biases.count == 1, expansion.supportCounts.count == 1,
      expansion.dualCoefficients.rowCount == 1
    else {
      throw .inconsistent("a novelty detector needs one bias and one row of coefficients")
    }
    // NaN says that another program trained the model and does not tell.
    if !formulation.nu.isNaN {
      try ModelChecks.formulation { () throws(TrainingError) in
        try TrainingChecks.nu(formulation.nu)
      }
    }
    try ModelChecks.counts(training: trainingCount, excluded: excludedCount)
    guard offset.isFinite else {
      throw .inconsistent("the offset is \(offset); it must be a finite number")
    }
    self.expansion = expansion
    self.formulation = formulation
    self.offset = offset
    self.usesExampleWeights = usesExampleWeights
    self.excludedCount = excludedCount
    self.tolerance = tolerance
    self.trainingCount = trainingCount
    self.problem = problem
  }

  /// Whether the problem was solved to its tolerance.
  public var isConverged: Bool { problem.certificate.stopReason == .converged }

  /// Whether decision values are the expansion's less κ(x, x): those of a data description whose
  /// kernel does not give every example the same number with itself.
  package var subtractsDiagonal: Bool {
    guard case .dataDescription = formulation else { return false }
    return !expansion.kernel.hasConstantDiagonal
  }
}

extension NoveltyDetector {
  /// Decision values: greater than 0 for examples like the training data.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n numbers.
  /// - Throws: `ModelError` when the features do not fit the model.
  /// - Complexity: O(n·s·d).
  public func decisionValues(
    _ features: FeatureMatrix, threads: Int? = nil
  ) throws(ModelError) -> [Double] {
    var values = try expansion.decisionValues(features, threads: threads).elements
    guard subtractsDiagonal else { return values }
    for (row, own) in expansion.kernel.diagonal(features).enumerated() {
      values[row] -= own
      guard values[row].isFinite else { throw .overflow(row: row) }
    }
    return values
  }

  /// Decision values of dense examples; see ``decisionValues(_:threads:)``.
  ///
  /// - Throws: `ModelError` when the features do not fit the model.
  package func decisionValues(
    _ features: Matrix<Double>, threads: Int? = nil
  ) throws(ModelError) -> [Double] {
    try decisionValues(.dense(features), threads: threads)
  }

  /// The decision value of one example, on the calling thread; see
  /// `KernelExpansion/decisionValues(ofExample:)`.
  ///
  /// - Parameter example: The features of one example.
  /// - Returns: A number that is greater than 0 for an example like the training data.
  /// - Throws: `ModelError` when the features do not fit the model.
  package func decisionValue(ofExample example: [Double]) throws(ModelError) -> Double {
    let value = try expansion.decisionValues(ofExample: example)[0]
    guard subtractsDiagonal else { return value }
    let result = value - expansion.kernel.value(example.span, example.span)
    guard result.isFinite else { throw .overflow(row: 0) }
    return result
  }

  /// Whether examples are like the training data: their decision value is greater than 0.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n answers.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func isTypical(
    _ features: FeatureMatrix, threads: Int? = nil
  ) throws(ModelError) -> [Bool] {
    try decisionValues(features, threads: threads).map { $0 > 0 }
  }

  /// Whether dense examples are like the training data; see ``isTypical(_:threads:)``.
  ///
  /// - Throws: `ModelError` when the features do not fit the model.
  package func isTypical(
    _ features: Matrix<Double>, threads: Int? = nil
  ) throws(ModelError) -> [Bool] {
    try isTypical(.dense(features), threads: threads)
  }

  /// Whether one example is like the training data; see `decisionValue(ofExample:)`.
  ///
  /// - Parameter example: The features of one example.
  /// - Returns: Whether its decision value is greater than 0.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func isTypical(example: [Double]) throws(ModelError) -> Bool {
    try decisionValue(ofExample: example) > 0
  }
}
