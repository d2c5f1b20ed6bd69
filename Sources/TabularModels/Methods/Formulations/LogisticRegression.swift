extension Formulation {
  /// Logistic regression: linear, by primal weights.
  public static let logistic = Formulation(name: "logistic")
}

/// Logistic regression in the weights of features.
struct LogisticRegression: MethodDefinition {
  let formulation = Formulation.logistic
  let task = LearningTask.classification
  let models: [any TrainedModel.Type] = [MappedClassifier.self]
  let parameters: [MethodParameter] = [
    .boxConstraint, .multiclass, .classWeight, .solver, .featureMap,
    .components.needing(.featureMap),
  ]
  let bytesOfRow: Int? = 150
  let needsLinearFeatures = true
  let trainsOnRanks = true

  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload { .linear }

  func train(_ problem: MethodProblem) throws -> MethodFit {
    guard let linear = try problem.linearFeatures(isRequired: true) else {
      preconditionFailure("logistic regression has linear features or throws")
    }
    return try problem.linearClassifier(linear, loss: .logistic)
  }
}
