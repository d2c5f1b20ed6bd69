import Basics
import LinearAlgebra
import SupportVectors

// A regression of quantiles.

extension QuantileRegressor: DualVariableModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: .quantileSVR, trainingCount: trainingCount,
      parameters: [.init("c", "C", formulation.boxConstraint)])
    facts.expansion = expansion
    facts.quantiles = quantiles
    facts.numberOutput = middleIndex
    facts.problems = problems
    facts.tolerance = tolerance
    facts.displayName =
      "the quantiles of quantile-svr; an epsilon-svr or nu-svr model can be written there"
    return facts
  }

  package func outputs(
    _ features: FeatureMatrix, threads: Int?
  ) throws(ModelError) -> Matrix<Double> {
    try predictQuantiles(features, threads: threads)
  }

  package func certificates(
    _ examples: VerifiedExamples, threads: Int?
  ) throws -> [Certificate] {
    let targets = try examples.centeredTargets()
    let centered = try examples.targetScaling?.centered(self) ?? self
    return try centered.verify(
      examples.examples, targets: targets, weights: examples.weights, threads: threads)
  }
}

// MARK: In model files

extension StoredField {
  fileprivate static let quantiles = member("quantiles", "the quantiles, ascending")
}

extension QuantileRegressor {
  package static func storedFields(_ formulation: Formulation) -> [StoredField] {
    [.boxConstraint, .quantiles] + storedDualFields
  }

  package func encode(to writer: inout ModelWriter) {
    encodeDualVariables(to: &writer)
    writer.store(.number(formulation.boxConstraint), as: .boxConstraint)
    writer.store(.array(quantiles.map(JSONValue.number)), as: .quantiles)
  }

  package init(
    from reader: ModelReader, _ formulation: Formulation
  ) throws(ModelFileError) {
    let expansion = try KernelExpansion(from: reader, layout: .outputs)
    let problems = try reader.problems()
    var quantiles: [Double] = []
    for element in try reader.member(.quantiles).elements() {
      quantiles.append(try element.number())
    }
    let aim = QuantileFormulation(
      quantiles: quantiles, boxConstraint: try reader.positive(.boxConstraint))
    let tolerance = try reader.positive(.tolerance)
    let trainingCount = try reader.trainingCount()
    let weighting = try reader.weighting()
    self = try reader.consistent { () throws(ModelError) in
      try QuantileRegressor(
        expansion: expansion, formulation: aim, weighting: weighting,
        tolerance: tolerance, trainingCount: trainingCount, problems: problems)
    }
  }
}

// MARK: In other units

extension TargetScaling {
  /// A regressor of quantiles that was trained in these units, in units of the target.
  ///
  /// - Throws: `ModelError` when a number becomes too large.
  func restored(_ regressor: QuantileRegressor) throws(ModelError) -> QuantileRegressor {
    try QuantileRegressor(
      expansion: restored(regressor.expansion),
      formulation: QuantileFormulation(
        quantiles: regressor.quantiles,
        boxConstraint: regressor.formulation.boxConstraint * unit),
      weighting: (regressor.usesExampleWeights, regressor.excludedCount),
      tolerance: regressor.tolerance * unit, trainingCount: regressor.trainingCount,
      problems: regressor.problems.map(restored))
  }

  /// A regressor of quantiles with its targets' center at 0.
  ///
  /// - Throws: `ModelError` when a number becomes too large.
  func centered(_ regressor: QuantileRegressor) throws(ModelError) -> QuantileRegressor {
    try QuantileRegressor(
      expansion: centered(regressor.expansion), formulation: regressor.formulation,
      weighting: (regressor.usesExampleWeights, regressor.excludedCount),
      tolerance: regressor.tolerance, trainingCount: regressor.trainingCount,
      problems: regressor.problems)
  }
}
