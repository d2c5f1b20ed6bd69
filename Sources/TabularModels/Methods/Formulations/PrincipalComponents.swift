import KernelMethods

extension Formulation {
  /// Kernel principal component analysis.
  public static let principalComponents = Formulation(name: "kernel-pca")
}

/// Kernel principal component analysis, by eigenvectors.
struct PrincipalComponents: MethodDefinition {
  let formulation = Formulation.principalComponents
  let task = LearningTask.components
  let models: [any TrainedModel.Type] = [KernelPrincipalComponents.self]
  let parameters: [MethodParameter] = [.components]
  let isIterative = false
  let bytesOfRow: Int? = nil

  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload { .linear }

  func train(_ problem: MethodProblem) throws -> MethodFit {
    MethodFit(
      predictor: .init(
        try KernelPrincipalComponents.train(
          features: problem.features, weights: problem.weights,
          componentCount: min(problem.method.componentCount ?? 2, problem.features.rowCount),
          kernel: problem.method.kernel, options: problem.options)))
  }
}
