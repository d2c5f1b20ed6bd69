import Learning

// These models predict as every classifier and regressor does.

extension SupportVectorClassifier: DecomposedClassifier {
  /// One value for two classes, else one for each pair; of one class against the rest one for each
  /// class.
  package var decisionShape: DecisionShape {
    decomposition.shape(classCount: classes.count, twoShareOne: false)
  }
}

extension SupportVectorRegressor: Regressor {}
