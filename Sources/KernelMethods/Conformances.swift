import LinearAlgebra
import Learning

// These models predict as every classifier and regressor does.

extension LeastSquaresClassifier: Classifier {
  /// One value for two classes, else one for each class.
  public var decisionShape: DecisionShape {
    switch classes.count {
    case 2: .binary
    default: classes.count < 2 ? .pairs : .perClass
    }
  }

  /// Classes from decision values, the earliest of equals.
  ///
  /// - Parameter decisionValues: n rows of decision values.
  /// - Returns: n indices of classes.
  public func classIndices(decisionValues: Matrix<Double>) -> [Int] { winners(decisionValues) }
}

extension KernelDiscriminant: Classifier {
  /// One value for each class.
  public var decisionShape: DecisionShape { .perClass }

  /// Classes from decision values, the earliest of equals.
  ///
  /// - Parameter decisionValues: n rows of decision values.
  /// - Returns: n indices of classes.
  public func classIndices(decisionValues: Matrix<Double>) -> [Int] { winners(decisionValues) }
}

extension KernelRidgeRegressor: Regressor {}
