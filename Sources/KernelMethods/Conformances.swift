import Learning

// These models predict as every classifier and regressor does.

extension LeastSquaresClassifier: Classifier {
  /// One value for two classes, else one for each class.
  public var decisionShape: DecisionShape {
    Decomposition.oneVersusRest.shape(classCount: classes.count, twoShareOne: true)
  }
}

extension KernelDiscriminant: Classifier {
  /// One value for each class.
  public var decisionShape: DecisionShape { .perClass }
}

extension KernelRidgeRegressor: Regressor {}
