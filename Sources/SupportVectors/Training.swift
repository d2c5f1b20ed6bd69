import Kernels
import LinearAlgebra
import SMOSolver

extension SupportVectorClassifier {
  /// Trains a classifier (interface only so far).
  public static func train(
    features: FeatureMatrix, labels: [String], kernel: Kernel = .gaussian(),
    boxConstraint: Double = 1, options: TrainingOptions = TrainingOptions()
  ) throws -> SupportVectorClassifier {
    preconditionFailure("under construction")
  }

  /// Decision values, n × number of pairs, in the order of the biases; positive favours the later
  /// class of the pair.
  public func decisionValues(_ features: FeatureMatrix, threads: Int? = nil) throws
    -> Matrix<Double>
  { preconditionFailure("under construction") }

  /// Indices into ``classes``, from decision values: votes, ties go to the earlier class.
  public func classIndices(decisionValues: Matrix<Double>) -> [Int] {
    preconditionFailure("under construction")
  }

  /// Labels, one for each row.
  public func predict(_ features: FeatureMatrix, threads: Int? = nil) throws -> [String] {
    preconditionFailure("under construction")
  }

  /// Recomputes the certificate of every pair in Double from the stored dual variables.
  public func verify(features: FeatureMatrix, labels: [String], threads: Int? = nil) throws
    -> [Certificate]
  { preconditionFailure("under construction") }
}

extension SupportVectorRegressor {
  /// Trains a regressor (interface only so far).
  public static func train(
    features: FeatureMatrix, targets: [Double], kernel: Kernel = .gaussian(),
    boxConstraint: Double = 1, tubeWidth: Double = 0.1,
    options: TrainingOptions = TrainingOptions()
  ) throws -> SupportVectorRegressor {
    preconditionFailure("under construction")
  }

  /// Predicted targets, one for each row.
  public func predict(_ features: FeatureMatrix, threads: Int? = nil) throws -> [Double] {
    preconditionFailure("under construction")
  }

  /// Recomputes the certificate in Double from the stored dual variables.
  public func verify(features: FeatureMatrix, targets: [Double], threads: Int? = nil) throws
    -> Certificate
  { preconditionFailure("under construction") }
}
