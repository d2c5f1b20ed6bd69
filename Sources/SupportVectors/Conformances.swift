import Learning

// These models predict as every classifier and regressor does.

extension SupportVectorClassifier: Classifier {
  /// One value for two classes, else one for each pair; of one class against the rest one for each
  /// class.
  public var decisionShape: DecisionShape {
    switch decomposition {
    case .oneVersusOne: classes.count == 2 ? .binary : .pairs
    // A single class has no values, as it has no pairs.
    case .oneVersusRest: classes.count < 2 ? .pairs : .perClass
    }
  }
}

extension SupportVectorRegressor: Regressor {}
