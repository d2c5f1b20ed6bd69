import Kernels
import LinearAlgebra
import SMOSolver

/// An ε-support vector regressor.
public struct SupportVectorRegressor: Sendable {
  /// The support vectors, their coefficients and the bias.
  public package(set) var expansion: KernelExpansion
  /// C > 0, the upper bound of the dual variables.
  public let boxConstraint: Double
  /// ε ≥ 0: errors within ±ε cost nothing; in units of the target.
  public let tubeWidth: Double
  /// The KKT violation at which training was to stop.
  public let tolerance: Double
  /// The number of training examples.
  public let trainingCount: Int
  /// How well the problem was solved.
  public let problem: PairReport

  /// Collects the parts of a regressor; `throws` when they do not fit together.
  public init(
    expansion: KernelExpansion, boxConstraint: Double, tubeWidth: Double, tolerance: Double,
    trainingCount: Int, problem: PairReport
  ) throws(ModelError) {
    guard expansion.biases.count == 1, expansion.supportCounts.count == 1,
      expansion.dualCoefficients.rowCount == 1
    else {
      throw .inconsistent("a regression needs one bias and one row of coefficients")
    }
    self.expansion = expansion
    self.boxConstraint = boxConstraint
    self.tubeWidth = tubeWidth
    self.tolerance = tolerance
    self.trainingCount = trainingCount
    self.problem = problem
  }
}
