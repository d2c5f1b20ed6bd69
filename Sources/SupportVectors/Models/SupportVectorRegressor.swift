import Kernels
import Learning
import LinearAlgebra
import SMOSolver

/// A support vector regressor.
public struct SupportVectorRegressor: Sendable {
  /// The support vectors, their coefficients and the bias.
  public package(set) var expansion: KernelExpansion
  /// What training aimed at.
  package let formulation: RegressorFormulation
  /// ε ≥ 0, half the width of the tube, in units of the target: given, or in the ν form found.
  package let epsilon: Double
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

  /// C > 0, which weights multiply to make the upper bounds of the dual variables.
  package var boxConstraint: Double { formulation.boxConstraint }

  /// What a regressor was trained on, and how exactly.
  package struct Training {
    /// The KKT violation at which training was to stop.
    var tolerance: Double
    /// The number of examples.
    var count: Int
    /// Whether examples had individual weights.
    var usesExampleWeights: Bool
    /// The number of examples left out.
    var excludedCount: Int

    /// Collects the parts.
    package init(
      tolerance: Double, count: Int, usesExampleWeights: Bool = false, excludedCount: Int = 0
    ) {
      self.tolerance = tolerance
      self.count = count
      self.usesExampleWeights = usesExampleWeights
      self.excludedCount = excludedCount
    }
  }

  /// Collects the parts of a regressor; `throws` when they do not fit together.
  ///
  /// - Parameters:
  ///   - expansion: The support vectors, their coefficients and the bias.
  ///   - formulation: What training aimed at.
  ///   - epsilon: The ε ≥ 0 that a training of the ν form found; the ε form has it already.
  ///   - training: What it was trained on, and how exactly.
  ///   - problem: How well the problem was solved.
  /// - Throws: `ModelError/inconsistent(_:)`.
  package init(
    expansion: KernelExpansion, formulation: RegressorFormulation, epsilon: Double? = nil,
    training: Training, problem: ProblemReport
  ) throws(ModelError) {
    guard expansion.biases.count == 1, expansion.supportCounts.count == 1,
      expansion.dualCoefficients.rowCount == 1
    else {
      throw .inconsistent("a regression needs one bias and one row of coefficients")
    }
    if !formulation.isUnknown {
      try ModelChecks.formulation { () throws(TrainingError) in try formulation.check() }
    }
    try ModelChecks.counts(training: training.count, excluded: training.excludedCount)
    var width = epsilon
    if case .epsilon(_, let given) = formulation {
      guard epsilon == nil || epsilon == given || formulation.isUnknown else {
        throw .inconsistent("the tube's width is \(epsilon ?? 0), but epsilon is \(given)")
      }
      width = given
    }
    // NaN says that another program trained the model and does not tell.
    guard let width, width.isNaN || width >= 0 && width.isFinite else {
      throw .inconsistent(
        "the tube's width is \(width.map { "\($0)" } ?? "not given"); it must be at least 0")
    }
    self.expansion = expansion
    self.formulation = formulation
    self.epsilon = width
    usesExampleWeights = training.usesExampleWeights
    excludedCount = training.excludedCount
    tolerance = training.tolerance
    trainingCount = training.count
    self.problem = problem
  }

  /// Collects the parts of a regressor of the ε form; `throws` when they do not fit together.
  package init(
    expansion: KernelExpansion, boxConstraint: Double, epsilon: Double, tolerance: Double,
    trainingCount: Int, problem: ProblemReport
  ) throws(ModelError) {
    try self.init(
      expansion: expansion,
      formulation: .epsilon(boxConstraint: boxConstraint, epsilon: epsilon),
      training: Training(tolerance: tolerance, count: trainingCount), problem: problem)
  }
}
