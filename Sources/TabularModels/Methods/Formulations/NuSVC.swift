import SupportVectors

extension Formulation {
  /// ν-support vector classification.
  public static let nuSVC = Formulation(name: "nu-svc")
}

/// ν-support vector classification.
struct NuSVC: MethodDefinition {
  let formulation = Formulation.nuSVC
  let task = LearningTask.classification
  let models: [any TrainedModel.Type] = [SupportVectorClassifier.self]
  let parameters: [MethodParameter] = [.nu, .multiclass, .classWeight]
  let libsvmNumber: Int? = 1
  let supportsCheckpoints = true

  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload {
    .kernelValues(supportShare: max(0.05, method.nu))
  }

  func train(_ problem: MethodProblem) throws -> MethodFit {
    try problem.supportVectorClassifier(.nu(problem.method.nu))
  }
}
