import Basics
import KernelMethods
import LinearAlgebra
import SupportVectors

// Principal components.

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

// MARK: In model files

extension StoredField {
  fileprivate static let totalVariance = member("totalVariance", "the sum of all eigenvalues")
}

extension KernelPrincipalComponents {
  package static func storedFields(_ formulation: Formulation) -> [StoredField] {
    [.totalVariance, .eigenvalues] + KernelExpansion.storedFields
  }

  package func encode(to writer: inout ModelWriter) {
    expansion.encode(to: &writer)
    writer.store(eigenvalues, as: .eigenvalues)
    writer.store(.number(totalVariance), as: .totalVariance)
  }

  package init(
    from reader: ModelReader, _ formulation: Formulation
  ) throws(ModelFileError) {
    let (expansion, trainingCount) = try reader.solvedAtOnce(formulation)
    let eigenvalues = try reader.vector(.eigenvalues)
    let totalVariance = try reader.positive(.totalVariance)
    self = try reader.consistent { () throws(ModelError) in
      try KernelPrincipalComponents(
        expansion: expansion, eigenvalues: eigenvalues, totalVariance: totalVariance,
        trainingCount: trainingCount)
    }
  }
}
