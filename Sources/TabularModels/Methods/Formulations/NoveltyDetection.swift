import SupportVectors

extension Formulation {
  /// The one-class support vector machine.
  public static let oneClass = Formulation(name: "one-class")
  /// Support vector data description: the smallest sphere around the data.
  public static let dataDescription = Formulation(name: "svdd")
}

/// Which rows are unlike the others: a hyperplane away from the origin, or a sphere around the data.
struct NoveltyDetection: MethodDefinition {
  let isSphere: Bool

  var formulation: Formulation { isSphere ? .dataDescription : .oneClass }
  let task = LearningTask.novelty
  let models: [any TrainedModel.Type] = [NoveltyDetector.self]
  let parameters: [MethodParameter] = [.nu]
  var libsvmNumber: Int? { isSphere ? nil : 2 }
  let supportsCheckpoints = true

  init(isSphere: Bool) { self.isSphere = isSphere }

  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload {
    .kernelValues(supportShare: max(0.05, method.nu))
  }

  func train(_ problem: MethodProblem) throws -> MethodFit {
    let nu = problem.method.nu
    return MethodFit(
      predictor: .init(
        try NoveltyDetector.train(
          problem.examples, weights: problem.weights, kernel: problem.method.kernel,
          formulation: isSphere ? .dataDescription(nu: nu) : .oneClass(nu: nu),
          options: problem.options)))
  }
}
