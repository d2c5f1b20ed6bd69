import Basics
import LinearAlgebra
import SupportVectors

// A regression by support vectors.

extension SupportVectorRegressor: DualVariableModel {
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
            .init("tubeWidth", "tube found", epsilon),
          ])
      }
    facts.expansion = expansion
    facts.problems = [problem]
    facts.tolerance = tolerance
    facts.outputsAreSums = true
    facts.isPortable = true
    return facts
  }

  package static var kindName: String? { "a support vector regressor" }

  package func certificates(
    _ examples: VerifiedExamples, threads: Int?
  ) throws -> [Certificate] {
    let targets = try examples.centeredTargets()
    let centered = try examples.targetScaling?.centered(self) ?? self
    return [
      try centered.verify(
        examples.examples, targets: targets, weights: examples.weights, threads: threads)
    ]
  }
}

// MARK: In model files

extension SupportVectorRegressor {
  package static func storedFields(_ formulation: Formulation) -> [StoredField] {
    [.boxConstraint, .epsilon] + (formulation == .nuSVR ? [.nu] : []) + storedDualFields
  }

  package func encode(to writer: inout ModelWriter) {
    encodeDualVariables(to: &writer)
    writer.store(.finite(boxConstraint), as: .boxConstraint)
    writer.store(.finite(epsilon), as: .epsilon)
    if case .nu(let nu, _) = formulation { writer.store(.finite(nu), as: .nu) }
  }

  package init(
    from reader: ModelReader, _ formulation: Formulation
  ) throws(ModelFileError) {
    let expansion = try KernelExpansion(from: reader, layout: .pairs)
    let problem = try reader.onlyProblem()
    let boxConstraint = try reader.positive(.boxConstraint)
    let epsilon = try reader.trainingNumber(.epsilon, "a number of at least 0") { $0 >= 0 }
    let aim: RegressorFormulation =
      formulation == .nuSVR
      ? .nu(try reader.positive(.nu), boxConstraint: boxConstraint)
      : .epsilon(boxConstraint: boxConstraint, epsilon: epsilon)
    let tolerance = try reader.positive(.tolerance)
    let trainingCount = try reader.trainingCount()
    let weighting = try reader.weighting()
    self = try reader.consistent { () throws(ModelError) in
      try SupportVectorRegressor(
        expansion: expansion, formulation: aim, epsilon: epsilon,
        training: .init(
          tolerance: tolerance, count: trainingCount, usesExampleWeights: weighting.isUsed,
          excludedCount: weighting.excludedCount), problem: problem)
    }
  }
}

// MARK: In other units

extension TargetScaling {
  /// A regressor that was trained in these units, in units of the target.
  ///
  /// - Throws: `ModelError` when a number becomes too large.
  func restored(_ regressor: SupportVectorRegressor) throws(ModelError) -> SupportVectorRegressor {
    try SupportVectorRegressor(
      expansion: restored(regressor.expansion), formulation: restored(regressor.formulation),
      epsilon: regressor.epsilon * unit,
      training: .init(
        tolerance: regressor.tolerance * unit, count: regressor.trainingCount,
        usesExampleWeights: regressor.usesExampleWeights, excludedCount: regressor.excludedCount),
      problem: restored(regressor.problem))
  }

  /// A regressor with its targets' center at 0; see ``centered(_:)-(KernelExpansion)``.
  ///
  /// - Throws: `ModelError` when a number becomes too large.
  func centered(_ regressor: SupportVectorRegressor) throws(ModelError) -> SupportVectorRegressor {
    try SupportVectorRegressor(
      expansion: centered(regressor.expansion), formulation: regressor.formulation,
      epsilon: regressor.epsilon,
      training: .init(
        tolerance: regressor.tolerance, count: regressor.trainingCount,
        usesExampleWeights: regressor.usesExampleWeights, excludedCount: regressor.excludedCount),
      problem: regressor.problem)
  }

  /// A formulation's parameters in units of the target; ν has none.
  private func restored(_ formulation: RegressorFormulation) -> RegressorFormulation {
    switch formulation {
    case .epsilon(let boxConstraint, let epsilon):
      .epsilon(boxConstraint: boxConstraint * unit, epsilon: epsilon * unit)
    case .nu(let nu, let boxConstraint): .nu(nu, boxConstraint: boxConstraint * unit)
    }
  }
}
