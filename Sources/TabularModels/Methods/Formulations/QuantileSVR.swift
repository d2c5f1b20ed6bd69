import SupportVectors

extension Formulation {
  /// Kernel quantile regression.
  public static let quantileSVR = Formulation(name: "quantile-svr")
}

extension MethodParameter {
  /// The quantiles that are predicted.
  package static let quantile = MethodParameter(
    "quantile", in: .problem, .numbers(.fraction), default: .numbers([0.5]),
    help: (
      "list",
      """
      For quantile-svr: the quantiles to predict, separated by commas, such as 0.1,0.5,0.9; a share \
      0.1 of the targets lies below the first. (default: 0.5, the median)
      """
    ))
}

extension LearningMethod {
  /// The quantiles of quantile-svr, ascending.
  public var quantiles: [Double] {
    get {
      if case .numbers(let list)? = self[.quantile] ?? MethodParameter.quantile.defaultValue {
        list
      } else {
        []
      }
    }
    set { self[.quantile] = .numbers(newValue.sorted()) }
  }
}

/// Kernel quantile regression: support vector regression with the pinball loss.
struct QuantileSVR: MethodDefinition {
  let formulation = Formulation.quantileSVR
  let task = LearningTask.regression
  let models: [any TrainedModel.Type] = [QuantileRegressor.self]
  let parameters: [MethodParameter] = [.boxConstraint, .quantile]
  let supportsCheckpoints = true
  let canStandardizeTarget = true

  func quantiles(_ method: LearningMethod) -> [Double] { method.quantiles }

  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload {
    .kernelValues(supportShare: 0.8)
  }

  func train(_ problem: MethodProblem) throws -> MethodFit {
    let boxConstraint = problem.inTargetUnits(.boxConstraint)[0]
    let scaling = problem.targetScaling(preserving: [boxConstraint])
    let trained = try QuantileRegressor.train(
      problem.examples, targets: scaling?.scaled(problem.numbers) ?? problem.numbers,
      weights: problem.weights, kernel: problem.method.kernel,
      formulation: QuantileFormulation(
        quantiles: problem.method.quantiles, boxConstraint: boxConstraint / (scaling?.unit ?? 1)),
      options: problem.options)
    return MethodFit(
      predictor: .init(try scaling?.restored(trained) ?? trained),
      targetScaling: scaling)
  }
}
