import LinearAlgebra
import Learning

/// A linear regressor.
public struct LinearRegressor: Sendable, Equatable {
  /// The weights and the bias: one output.
  public let function: LinearFunction
  /// The loss that was minimised.
  package let loss: LinearLoss
  /// How the bias was treated.
  package let intercept: Intercept
  /// C > 0, the weight of the losses against ½‖w‖².
  package let boxConstraint: Double
  /// ε ≥ 0: errors within ±ε cost nothing; in units of the target.
  package let epsilon: Double
  /// What training aimed at.
  package let tolerance: Double
  /// The number of training examples.
  package let trainingCount: Int
  /// How well the problem was solved.
  public let problem: ProblemReport

  /// Collects the parts of a regressor.
  ///
  /// - Throws: `ModelError/inconsistent(_:)` when they do not fit together.
  package init(
    function: LinearFunction, loss: LinearLoss, intercept: Intercept, boxConstraint: Double,
    epsilon: Double, tolerance: Double, trainingCount: Int, problem: ProblemReport
  ) throws(ModelError) {
    guard function.outputCount == 1 else {
      throw .inconsistent("a regression needs one output, but has \(function.outputCount)")
    }
    guard loss.isRegression else {
      throw .inconsistent("a regression cannot have the loss \(loss.rawValue) of a classifier")
    }
    guard boxConstraint > 0, boxConstraint.isFinite, tolerance > 0, tolerance.isFinite,
      epsilon >= 0, epsilon.isFinite, trainingCount >= 0
    else {
      throw .inconsistent(
        "a regression cannot have C \(boxConstraint), tube width \(epsilon), tolerance "
          + "\(tolerance) and \(trainingCount) training examples")
    }
    self.function = function
    self.loss = loss
    self.intercept = intercept
    self.boxConstraint = boxConstraint
    self.epsilon = epsilon
    self.tolerance = tolerance
    self.trainingCount = trainingCount
    self.problem = problem
  }

  /// Whether the problem was solved to its tolerance.
  public var isConverged: Bool { problem.certificate.stopReason == .converged }

  /// Predicted targets.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n numbers.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func predict(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [Double]
  {
    try function.decisionValues(features, threads: threads).elements
  }

  /// The predicted target of one example, on the calling thread.
  ///
  /// - Parameter example: The features of one example.
  /// - Returns: A number in the units of the target.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func predict(example: [Double]) throws(ModelError) -> Double {
    try function.decisionValues(ofExample: example)[0]
  }
}
