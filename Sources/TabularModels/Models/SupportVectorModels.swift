import LinearAlgebra
import SupportVectors

// Support vector machines, solved in their dual variables.

extension SupportVectorClassifier: TrainedModel {
  package var facts: ModelFacts {
    var facts =
      switch formulation {
      case .c(let c):
        ModelFacts(
          formulation: .cSVC, trainingCount: trainingCount, parameters: [.init("c", "C", c)])
      case .nu(let nu):
        ModelFacts(
          formulation: .nuSVC, trainingCount: trainingCount, parameters: [.init("nu", "nu", nu)])
      }
    facts.expansion = expansion
    facts.problems = problems
    facts.tolerance = tolerance
    facts.classWeights = classWeights
    facts.hasDualVariables = true
    facts.usesExampleWeights = usesExampleWeights
    facts.isPortable = decomposition == .oneVersusOne
    facts.displayName = "classifiers of \(decomposition.rawValue) problems"
    return facts
  }
}

extension SupportVectorRegressor: TrainedModel {
  package var facts: ModelFacts {
    var facts =
      switch formulation {
      case .epsilon(let c, let width):
        ModelFacts(
          formulation: .epsilonSVR, trainingCount: trainingCount,
          parameters: [.init("c", "C", c), .init("epsilon", "epsilon", width)])
      case .nu(let nu, let c):
        ModelFacts(
          formulation: .nuSVR, trainingCount: trainingCount,
          parameters: [
            .init("c", "C", c), .init("nu", "nu", nu),
            .init("tubeWidth", "tube found", tubeWidth),
          ])
      }
    facts.expansion = expansion
    facts.problems = [problem]
    facts.tolerance = tolerance
    facts.hasDualVariables = true
    facts.usesExampleWeights = usesExampleWeights
    facts.isPortable = true
    return facts
  }
}

extension QuantileRegressor: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: .quantileSVR, trainingCount: trainingCount,
      parameters: [.init("c", "C", formulation.boxConstraint)])
    facts.expansion = expansion
    facts.quantiles = quantiles
    facts.numberOutput = middleIndex
    facts.problems = problems
    facts.tolerance = tolerance
    facts.hasDualVariables = true
    facts.usesExampleWeights = usesExampleWeights
    facts.displayName =
      "the quantiles of quantile-svr; an epsilon-svr or nu-svr model can be written there"
    return facts
  }

  package func outputs(
    _ features: FeatureMatrix, threads: Int?
  ) throws(ModelError) -> Matrix<Double> {
    try predictQuantiles(features, threads: threads)
  }
}

extension NoveltyDetector: TrainedModel {
  package var facts: ModelFacts {
    var facts =
      switch formulation {
      case .oneClass(let nu):
        ModelFacts(
          formulation: .oneClass, trainingCount: trainingCount,
          parameters: [.init("nu", "nu", nu), .init("rho", "rho", offset)])
      case .dataDescription(let nu):
        ModelFacts(
          formulation: .dataDescription, trainingCount: trainingCount,
          parameters: [.init("nu", "nu", nu), .init("squaredRadius", "radius²", offset)])
      }
    facts.expansion = expansion
    facts.problems = [problem]
    facts.tolerance = tolerance
    facts.hasDualVariables = true
    facts.usesExampleWeights = usesExampleWeights
    return facts
  }

  package func outputs(
    _ features: FeatureMatrix, threads: Int?
  ) throws(ModelError) -> Matrix<Double> {
    Matrix(column: try decisionValues(features, threads: threads))
  }
}
