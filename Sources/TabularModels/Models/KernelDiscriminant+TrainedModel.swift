import Basics
import KernelMethods
import LinearAlgebra
import SupportVectors

// A discriminant.

extension KernelDiscriminant: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: .discriminant, trainingCount: trainingCount,
      parameters: [.init("lambda", "lambda", lambda)])
    facts.expansion = expansion
    return facts
  }
}

// MARK: In model files

extension StoredField {
  fileprivate static let priors = tensor("priors", "F64 [k]", "the share of each class")
  fileprivate static let classMeans = tensor(
    "classMeans", "F64 [k, directions]", "the mean of each class")
}

extension KernelDiscriminant {
  package static func storedFields(_ formulation: Formulation) -> [StoredField] {
    [.lambda, .conditionEstimate, .eigenvalues, .priors, .classMeans]
      + KernelExpansion.storedFields
  }

  package func encode(to writer: inout ModelWriter) {
    expansion.encode(to: &writer)
    writer.store(eigenvalues, as: .eigenvalues)
    writer.store(priors, as: .priors)
    writer.store(classMeans, as: .classMeans)
    writer.store(.number(lambda), as: .lambda)
    writer.store(.number(conditionEstimate), as: .conditionEstimate)
  }

  package init(
    from reader: ModelReader, _ formulation: Formulation
  ) throws(ModelFileError) {
    let (expansion, trainingCount) = try reader.solvedAtOnce(formulation)
    let classes = try reader.classes()
    let priors = try reader.vector(.priors)
    let eigenvalues = try reader.vector(.eigenvalues)
    let means = try reader.matrix(.classMeans, columnCount: eigenvalues.count)
    let lambda = try reader.positive(.lambda)
    let condition = try reader.member(.conditionEstimate).number()
    self = try reader.consistent { () throws(ModelError) in
      try KernelDiscriminant(
        classes: classes, expansion: expansion, priors: priors, eigenvalues: eigenvalues,
        classMeans: means, lambda: lambda, trainingCount: trainingCount,
        conditionEstimate: condition)
    }
  }
}
