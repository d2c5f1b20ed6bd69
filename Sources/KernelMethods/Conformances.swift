import Learning
import LinearAlgebra

// These models predict as every classifier and regressor does.

extension LeastSquaresClassifier: DecomposedClassifier {
  /// One value for two classes, else one for each class.
  package var decisionShape: DecisionShape {
    Decomposition.oneVersusRest.shape(classCount: classes.count, twoShareOne: true)
  }

  /// Predicted labels.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n class names.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func predict(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [String]
  {
    try classIndices(features, threads: threads).map { classes[$0] }
  }
}

extension KernelDiscriminant: DecomposedClassifier {
  /// One value for each class.
  package var decisionShape: DecisionShape { .perClass }

  /// Predicted labels.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n class names.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func predict(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [String]
  {
    try classIndices(features, threads: threads).map { classes[$0] }
  }
}

extension KernelRidgeRegressor: Regressor {}
