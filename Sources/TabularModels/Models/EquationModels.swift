import KernelMethods
import LinearAlgebra
import SupportVectors

// Models whose equations were solved at once.

extension LeastSquaresClassifier: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: .leastSquaresSVC, trainingCount: trainingCount,
      parameters: [.init("lambda", "lambda", 1 / errorWeight)] + report.parameters)
    facts.expansion = expansion
    return facts
  }
}

extension KernelRidgeRegressor: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: fitsBias ? .leastSquaresSVR : .kernelRidge, trainingCount: trainingCount,
      parameters: [.init("lambda", "lambda", regularization)] + report.parameters)
    facts.expansion = expansion
    return facts
  }
}

extension KernelDiscriminant: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: .discriminant, trainingCount: trainingCount,
      parameters: [.init("lambda", "lambda", regularization)])
    facts.expansion = expansion
    return facts
  }
}

extension KernelPrincipalComponents: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: .principalComponents, trainingCount: trainingCount,
      parameters: [
        .init("components", "components", Double(eigenvalues.count)),
        .init("explainedVariance", "explained variance", explainedVarianceRatios.reduce(0, +)),
      ])
    facts.expansion = expansion
    return facts
  }

  package func outputs(
    _ features: FeatureMatrix, threads: Int?
  ) throws(ModelError) -> Matrix<Double> {
    try expansion.decisionValues(features, threads: threads)
  }
}

extension RidgeReport {
  fileprivate var parameters: [TabularModel.Predictor.Parameter] {
    leaveOneOutError.map { [.init("leaveOneOutError", "leave-one-out error", $0)] } ?? []
  }
}
