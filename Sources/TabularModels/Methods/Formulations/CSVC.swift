import KernelMethods
import LinearAlgebra
import LinearModels
import SupportVectors

extension Formulation {
  /// C-support vector classification.
  public static let cSVC = Formulation(name: "c-svc")
}

/// C-support vector classification, by the dual variables of the rows or by the weights of features.
struct CSVC: MethodDefinition {
  let formulation = Formulation.cSVC
  let task = LearningTask.classification
  let models: [any TrainedModel.Type] = [MappedClassifier.self, SupportVectorClassifier.self]
  let parameters: [MethodParameter] = [
    .boxConstraint, .multiclass, .classWeight, .solver, .loss, .featureMap,
    .components.needing(.featureMap),
  ]
  let libsvmNumber: Int? = 0
  let supportsCheckpoints = true

  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload {
    method.isPrimal(rowCount: rowCount) ? .linear : .kernelValues(supportShare: 0.3)
  }

  func train(_ problem: MethodProblem) throws -> MethodFit {
    let method = problem.method
    if let linear = try problem.linearFeatures() {
      return try problem.linearClassifier(
        linear, loss: method.loss == .squared ? .squaredHinge : .hinge)
    }
    return try problem.supportVectorClassifier(.c(problem.classBoxConstraint))
  }
}

extension MethodProblem {
  /// Trains a classifier of support vectors.
  func supportVectorClassifier(_ formulation: ClassifierFormulation) throws -> MethodFit {
    MethodFit(
      predictor: .init(
        try SupportVectorClassifier.train(
          examples, classes: classes, weights: weights,
          settings: .init(
            kernel: method.kernel, formulation: formulation, classWeights: method.classWeights,
            decomposition: method.decomposition, startingFrom: earlier?.warmStart), options: options
        )))
  }

  /// Trains a classifier in the weights of features.
  func linearClassifier(
    _ linear: (features: ExampleSet, map: FeatureMap?), loss: LinearLoss
  ) throws -> MethodFit {
    let classes = try weightedClasses()
    return MethodFit(
      predictor: .init(
        try MappedClassifier(
          LinearClassifier.train(
            linear.features, classes: classes.table, weights: classes.weights,
            settings: .init(
              loss: loss, boxConstraint: classBoxConstraint, intercept: intercept,
              decomposition: method.decomposition),
            options: options),
          map: linear.map)),
      classWeights: classes.factors)
  }
}
