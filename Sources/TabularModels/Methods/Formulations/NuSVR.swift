import SupportVectors

extension Formulation {
  /// ν-support vector regression.
  public static let nuSVR = Formulation(name: "nu-svr")
}

/// ν-support vector regression: ν takes the place of ε.
struct NuSVR: MethodDefinition {
  let formulation = Formulation.nuSVR
  let task = LearningTask.regression
  let models: [any TrainedModel.Type] = [SupportVectorRegressor.self]
  let parameters: [MethodParameter] = [.boxConstraint, .nu]
  let libsvmNumber: Int? = 4
  let supportsCheckpoints = true
  let canStandardizeTarget = true
  let bytesOfRow: Int? = 320

  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload {
    .kernelValues(supportShare: max(0.05, method.nu))
  }

  func train(_ problem: MethodProblem) throws -> MethodFit {
    let boxConstraint = problem.inTargetUnits(.boxConstraint)[0]
    return try problem.supportVectorRegressor(
      preserving: [boxConstraint, LearningMethod.defaultEpsilon]
    ) { unit in
      .nu(problem.method.nu, boxConstraint: boxConstraint / unit)
    }
  }
}
