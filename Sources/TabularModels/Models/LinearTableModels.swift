import LinearModels
import SupportVectors

// Models in the weights of features, or of the components of a map.

extension MappedClassifier: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: base.loss == .logistic ? .logistic : .cSVC, trainingCount: base.trainingCount,
      parameters: [.init("c", "C", base.boxConstraint)])
    facts.linearFunction = base.function
    facts.featureMap = map
    facts.problems = base.problems
    facts.tolerance = base.tolerance
    facts.displayName = map == nil ? "a model in the weights of features" : "a feature map"
    return facts
  }
}

extension MappedRegressor: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: .epsilonSVR, trainingCount: base.trainingCount,
      parameters: [
        .init("c", "C", base.boxConstraint), .init("epsilon", "epsilon", base.tubeWidth),
      ])
    facts.linearFunction = base.function
    facts.featureMap = map
    facts.problems = [base.problem]
    facts.tolerance = base.tolerance
    facts.displayName = map == nil ? "a model in the weights of features" : "a feature map"
    return facts
  }
}
