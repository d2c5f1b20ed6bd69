import Calibration
import KernelMethods

extension Formulation {
  /// Kernel Fisher discriminant analysis.
  public static let discriminant = Formulation(name: "discriminant")
}

/// Kernel Fisher discriminant analysis, by eigenvectors; it has no leave-one-out error to choose λ by.
struct Discriminant: MethodDefinition {
  private static let defaultLambda = 1e-3

  let formulation = Formulation.discriminant
  let task = LearningTask.classification
  let models: [any TrainedModel.Type] = [KernelDiscriminant.self]
  let parameters: [MethodParameter] = [
    .lambda.withoutAutomatic(
      default: defaultLambda, because: "discriminant has no leave-one-out error"),
    .classWeight,
  ]
  let isIterative = false
  let allowsOneClass = false
  let bytesOfRow: Int? = nil
  let quickerFormulation: Formulation? = .cSVC

  func decisionShape(classCount: Int) -> DecisionShape? { .perClass }

  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload {
    .equations(findsLambda: false)
  }

  func train(_ problem: MethodProblem) throws -> MethodFit {
    let classes = try problem.weightedClasses()
    return MethodFit(
      predictor: .init(
        try KernelDiscriminant.train(
          features: problem.features, classes: classes.table, weights: classes.weights,
          kernel: problem.method.kernel,
          lambda: problem.method.lambda ?? Self.defaultLambda, options: problem.options)),
      classWeights: classes.factors)
  }
}
