import Basics
import LinearAlgebra
import SupportVectors

// A classifier of support vectors.

extension SupportVectorClassifier: DualVariableModel {
  package var facts: ModelFacts {
    var facts =
      switch formulation {
      case .c(let c):
        ModelFacts(
          formulation: .cSVC, trainingCount: trainingCount, parameters: [.init("c", "C", c)])
      case .nu(let nu):
        ModelFacts(
          formulation: .nuSVC, trainingCount: trainingCount, parameters: [.init("nu", "nu", nu)])
      }
    facts.expansion = expansion
    facts.problems = problems
    facts.tolerance = tolerance
    facts.classWeights = classWeights
    facts.outputsAreSums = true
    facts.isPortable = decomposition == .oneVersusOne
    facts.displayName = "classifiers of \(decomposition.rawValue) problems"
    return facts
  }

  package static var kindName: String? { "a support vector classifier" }

  package func certificates(
    _ examples: VerifiedExamples, threads: Int?
  ) throws -> [Certificate] {
    try verify(
      examples.examples, codes: examples.codes(classes), weights: examples.weights,
      threads: threads)
  }
}

// MARK: In model files

extension StoredField {
  fileprivate static let decomposition = optionalMember(
    "decomposition", "\"one-versus-one\" (when absent) or \"one-versus-rest\"")
}

extension SupportVectorClassifier {
  package static func storedFields(_ formulation: Formulation) -> [StoredField] {
    [formulation == .nuSVC ? .nu : .boxConstraint, .decomposition] + storedDualFields
  }

  package func encode(to writer: inout ModelWriter) {
    encodeDualVariables(to: &writer)
    switch formulation {
    case .c(let c): writer.store(.finite(c), as: .boxConstraint)
    case .nu(let nu): writer.store(.finite(nu), as: .nu)
    }
    writer.store(.string(decomposition.rawValue), as: .decomposition)
    writer.store(
      classWeights.map { .array($0.map(JSONValue.number)) } ?? .null, as: .classWeights)
  }

  package init(
    from reader: ModelReader, _ formulation: Formulation
  ) throws(ModelFileError) {
    let classes = try reader.classes()
    let decomposition =
      try reader.optionalMember(.decomposition)?.word(Decomposition.self) ?? .oneVersusOne
    let expansion = try KernelExpansion(
      from: reader, layout: decomposition == .oneVersusOne ? .pairs : .outputs)
    let problems = try reader.problems()
    let aim: ClassifierFormulation =
      formulation == .nuSVC
      ? .nu(try reader.positive(.nu)) : .c(try reader.positive(.boxConstraint))
    let classWeights = try reader.classWeights()
    let tolerance = try reader.positive(.tolerance)
    let trainingCount = try reader.trainingCount()
    let weighting = try reader.weighting()
    self = try reader.consistent { () throws(ModelError) in
      try SupportVectorClassifier(
        classes: classes, expansion: expansion, formulation: aim, classWeights: classWeights,
        decomposition: decomposition, usesExampleWeights: weighting.isUsed,
        excludedCount: weighting.excludedCount, tolerance: tolerance,
        trainingCount: trainingCount, problems: problems)
    }
  }
}
