import KernelMethods

extension Formulation {
  /// Least-squares support vector regression.
  public static let leastSquaresSVR = Formulation(name: "ls-svr")
  /// Kernel ridge regression.
  public static let kernelRidge = Formulation(name: "kernel-ridge")
}

/// Kernel ridge regression by linear equations; with a bias it is the least-squares support vector machine.
struct LeastSquaresRegression: MethodDefinition {
  let hasBias: Bool

  var formulation: Formulation { hasBias ? .leastSquaresSVR : .kernelRidge }
  let task = LearningTask.regression
  let models: [any TrainedModel.Type] = [KernelRidgeRegressor.self]
  let parameters: [MethodParameter] = [.lambda]
  let isIterative = false
  let bytesOfRow: Int? = nil
  let quickerFormulation: Formulation? = .epsilonSVR

  init(hasBias: Bool) { self.hasBias = hasBias }

  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload {
    .equations(findsLambda: method.lambda == nil)
  }

  func train(_ problem: MethodProblem) throws -> MethodFit {
    let (features, method, options) = (problem.features, problem.method, problem.options)
    var lambda = method.lambda
    if lambda == nil {
      lambda = try KernelRidgeRegressor.regularizationPath(
        features: features, targets: problem.numbers, weights: problem.weights,
        settings: .init(kernel: method.kernel, fitsBias: hasBias),
        lambdas: MethodProblem.lambdas,
        options: options
      ).best
    }
    return MethodFit(
      predictor: .init(
        try KernelRidgeRegressor.train(
          features: features, targets: problem.numbers, weights: problem.weights,
          settings: .init(kernel: method.kernel, lambda: lambda ?? 1, fitsBias: hasBias),
          options: options)))
  }
}
