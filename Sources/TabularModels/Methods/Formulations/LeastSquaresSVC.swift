import Calibration
import KernelMethods

extension Formulation {
  /// Least-squares support vector classification.
  public static let leastSquaresSVC = Formulation(name: "ls-svc")
}

/// Least-squares support vector classification, by linear equations.
struct LeastSquaresSVC: MethodDefinition {
  let formulation = Formulation.leastSquaresSVC
  let task = LearningTask.classification
  let models: [any TrainedModel.Type] = [LeastSquaresClassifier.self]
  let parameters: [MethodParameter] = [.lambda, .classWeight]
  let isIterative = false
  let allowsOneClass = false
  let bytesOfRow: Int? = nil
  let quickerFormulation: Formulation? = .cSVC

  func decisionShape(classCount: Int) -> DecisionShape? { classCount == 2 ? .binary : .perClass }

  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload {
    .equations(findsLambda: method.lambda == nil)
  }

  func train(_ problem: MethodProblem) throws -> MethodFit {
    let classes = try problem.weightedClasses()
    let (features, method, options) = (problem.features, problem.method, problem.options)
    var lambda = method.lambda
    if lambda == nil {
      lambda =
        1
        / (try LeastSquaresClassifier.regularizationPath(
          features: features, classes: classes.table, weights: classes.weights,
          kernel: method.kernel,
          errorWeights: MethodProblem.lambdas.map { 1 / $0 }, options: options
        ).best)
    }
    return MethodFit(
      predictor: .init(
        try LeastSquaresClassifier.train(
          features: features, classes: classes.table, weights: classes.weights,
          settings: .init(kernel: method.kernel, errorWeight: 1 / (lambda ?? 1)), options: options)),
      classWeights: classes.factors)
  }
}

extension MethodProblem {
  /// The values of λ that are tried, from large to small.
  static let lambdas = (-20...10).reversed().map {
    Double(sign: .plus, exponent: $0, significand: 1)
  }
}
