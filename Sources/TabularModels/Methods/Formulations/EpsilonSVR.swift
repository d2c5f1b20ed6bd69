import LinearModels
import SupportVectors

extension Formulation {
  /// ε-support vector regression.
  public static let epsilonSVR = Formulation(name: "epsilon-svr")
}

extension MethodParameter {
  /// ε.
  package static let epsilon = MethodParameter(
    "epsilon", letter: "p", .number(.notNegative, automatic: true),
    help: (
      "ε",
      """
      Regression errors up to this size cost nothing, in units of the target (half the width of \
      the tube). auto is a tenth of the target's standard deviation. (default: auto; 0.1 for \
      LIBSVM text)
      """
    )
  ).inTargetUnits(
    deviations: LearningMethod.epsilonInDeviations, otherwise: LearningMethod.defaultEpsilon)
}

/// ε-support vector regression, by the dual variables of the rows or by the weights of features.
struct EpsilonSVR: MethodDefinition {
  let formulation = Formulation.epsilonSVR
  let task = LearningTask.regression
  let models: [any TrainedModel.Type] = [MappedRegressor.self, SupportVectorRegressor.self]
  let parameters: [MethodParameter] = [
    .boxConstraint, .epsilon, .solver, .loss, .featureMap, .components.needing(.featureMap),
  ]
  let libsvmNumber: Int? = 3
  let supportsCheckpoints = true
  let canStandardizeTarget = true
  let bytesOfRow: Int? = 320

  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload {
    method.isPrimal(rowCount: rowCount) ? .linear : .kernelValues(supportShare: 0.6)
  }

  func train(_ problem: MethodProblem) throws -> MethodFit {
    let numbers = problem.inTargetUnits(.boxConstraint, .epsilon)
    let (boxConstraint, epsilon) = (numbers[0], numbers[1])
    if let linear = try problem.linearFeatures() {
      return MethodFit(
        predictor: .init(
          try MappedRegressor(
            LinearRegressor.train(
              linear.features, targets: problem.numbers, weights: problem.weights,
              settings: .init(
                loss: problem.method.loss == .squared
                  ? .squaredEpsilonInsensitive : .epsilonInsensitive, boxConstraint: boxConstraint,
                epsilon: epsilon, intercept: problem.intercept), options: problem.options),
            map: linear.map)))
    }
    return try problem.supportVectorRegressor(preserving: numbers) { unit in
      .epsilon(boxConstraint: boxConstraint / unit, epsilon: epsilon / unit)
    }
  }
}

extension MethodProblem {
  /// Trains a regressor of support vectors, in units of the target's deviation where that is wanted.
  ///
  /// - Parameters:
  ///   - parameters: Numbers in units of the target.
  ///   - formulation: The formulation in another unit of the target.
  /// - Returns: The model in units of the target.
  /// - Throws: `TrainingError`.
  func supportVectorRegressor(
    preserving parameters: [Double], _ formulation: (_ unit: Double) -> RegressorFormulation
  ) throws -> MethodFit {
    let scaling = targetScaling(preserving: parameters)
    let unit = scaling?.unit ?? 1
    let trained = try SupportVectorRegressor.train(
      examples, targets: scaling?.scaled(numbers) ?? numbers, weights: weights,
      settings: .init(
        kernel: method.kernel, formulation: formulation(unit),
        startingFrom: earlier?.warmStart(unit: unit, rowCount: numbers.count)), options: options)
    return MethodFit(
      predictor: .init(try scaling?.restored(trained) ?? trained), targetScaling: scaling)
  }
}
