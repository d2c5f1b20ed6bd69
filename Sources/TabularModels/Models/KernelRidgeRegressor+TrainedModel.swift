import Basics
import KernelMethods
import LinearAlgebra
import SupportVectors

// Ridge regression, with or without a bias.

extension KernelRidgeRegressor: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: fitsBias ? .leastSquaresSVR : .kernelRidge, trainingCount: trainingCount,
      parameters: [.init("lambda", "lambda", lambda)] + report.parameters)
    facts.expansion = expansion
    facts.outputsAreSums = true
    return facts
  }
}

// MARK: In model files

extension KernelRidgeRegressor {
  package static func storedFields(_ formulation: Formulation) -> [StoredField] {
    [.lambda] + RidgeReport.storedFields + KernelExpansion.storedFields
  }

  package func encode(to writer: inout ModelWriter) {
    expansion.encode(to: &writer)
    writer.store(.number(lambda), as: .lambda)
    report.encode(to: &writer)
  }

  package init(
    from reader: ModelReader, _ formulation: Formulation
  ) throws(ModelFileError) {
    let (expansion, trainingCount) = try reader.solvedAtOnce(formulation)
    let lambda = try reader.positive(.lambda)
    let report = try RidgeReport(from: reader)
    self = try reader.consistent { () throws(ModelError) in
      try KernelRidgeRegressor(
        expansion: expansion, lambda: lambda,
        fitsBias: formulation == .leastSquaresSVR, trainingCount: trainingCount, report: report)
    }
  }
}
