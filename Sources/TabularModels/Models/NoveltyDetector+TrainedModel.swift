import Basics
import LinearAlgebra
import SupportVectors

// A model of what rows usually look like.

extension NoveltyDetector: DualVariableModel {
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
    facts.outputsAreSums = facts.formulation == .oneClass
    facts.problems = [problem]
    facts.tolerance = tolerance
    return facts
  }

  package func outputs(
    _ features: FeatureMatrix, threads: Int?
  ) throws(ModelError) -> Matrix<Double> {
    Matrix(column: try decisionValues(features, threads: threads))
  }

  package func certificates(
    _ examples: VerifiedExamples, threads: Int?
  ) throws -> [Certificate] {
    [try verify(examples.examples, weights: examples.weights, threads: threads)]
  }
}

// MARK: In model files

extension StoredField {
  fileprivate static let offset = member("offset", "ρ of one-class, R² of svdd")
}

extension NoveltyDetector {
  package static func storedFields(_ formulation: Formulation) -> [StoredField] {
    [.nu, .offset] + storedDualFields
  }

  package func encode(to writer: inout ModelWriter) {
    encodeDualVariables(to: &writer)
    writer.store(.finite(formulation.nu), as: .nu)
    writer.store(.number(offset), as: .offset)
  }

  package init(
    from reader: ModelReader, _ formulation: Formulation
  ) throws(ModelFileError) {
    let expansion = try KernelExpansion(from: reader, layout: .pairs)
    let problem = try reader.onlyProblem()
    let nu = try reader.positive(.nu)
    let offset = try reader.member(.offset).number()
    let tolerance = try reader.positive(.tolerance)
    let trainingCount = try reader.trainingCount()
    let weighting = try reader.weighting()
    self = try reader.consistent { () throws(ModelError) in
      try NoveltyDetector(
        expansion: expansion,
        formulation: formulation == .oneClass ? .oneClass(nu: nu) : .dataDescription(nu: nu),
        offset: offset, usesExampleWeights: weighting.isUsed,
        excludedCount: weighting.excludedCount, tolerance: tolerance,
        trainingCount: trainingCount, problem: problem)
    }
  }
}
