/// The optimisation problems that have a name on the command line and in model files.
public enum Formulation: String, Sendable, CaseIterable {
  /// C-support vector classification.
  case cSVC = "c-svc"
  /// ε-support vector regression.
  case epsilonSVR = "epsilon-svr"

  /// What is learned.
  public var task: LearningTask {
    switch self {
    case .cSVC: .classification
    case .epsilonSVR: .regression
    }
  }
}
