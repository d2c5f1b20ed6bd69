/// The optimisation problems that have a name on the command line and in model files.
///
/// A new one begins here: its name and task, then a case of ``TabularModel/Predictor`` for what its
/// training makes, a branch in `TabularTrainer+Formulations.swift`, and its coding in `ModelFiles`.
public enum Formulation: String, Sendable, CaseIterable {
  /// C-support vector classification.
  case cSVC = "c-svc"
  /// ν-support vector classification.
  case nuSVC = "nu-svc"
  /// Logistic regression: linear, by primal weights.
  case logistic
  /// Least-squares support vector classification.
  case leastSquaresSVC = "ls-svc"
  /// Kernel Fisher discriminant analysis.
  case discriminant
  /// ε-support vector regression.
  case epsilonSVR = "epsilon-svr"
  /// ν-support vector regression.
  case nuSVR = "nu-svr"
  /// Least-squares support vector regression.
  case leastSquaresSVR = "ls-svr"
  /// Kernel ridge regression.
  case kernelRidge = "kernel-ridge"
  /// The one-class support vector machine.
  case oneClass = "one-class"
  /// Support vector data description: the smallest sphere around the data.
  case dataDescription = "svdd"
  /// Kernel principal component analysis.
  case principalComponents = "kernel-pca"

  /// What is learned.
  public var task: LearningTask {
    switch self {
    case .cSVC, .nuSVC, .logistic, .leastSquaresSVC, .discriminant: .classification
    case .epsilonSVR, .nuSVR, .leastSquaresSVR, .kernelRidge: .regression
    case .oneClass, .dataDescription: .novelty
    case .principalComponents: .components
    }
  }

  /// The formulation of a task when none was asked for.
  public static func usual(for task: LearningTask) -> Formulation {
    switch task {
    case .classification: .cSVC
    case .regression: .epsilonSVR
    case .novelty: .oneClass
    case .components: .principalComponents
    }
  }
}
