import Basics
import KernelMethods
import LinearAlgebra
import SupportVectors

// A least-squares classifier, and what models have in common whose equations were solved at once.

extension LeastSquaresClassifier: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: .leastSquaresSVC, trainingCount: trainingCount,
      parameters: [.init("lambda", "lambda", 1 / errorWeight)] + report.parameters)
    facts.expansion = expansion
    facts.outputsAreSums = true
    return facts
  }
}

// MARK: In model files

extension StoredField {
  fileprivate static let errorWeight = member("errorWeight", "1/λ")
  /// λ.
  static let lambda = member("regularization", "λ")
  /// Eigenvalues, from the largest.
  static let eigenvalues = tensor("eigenvalues", "F64 [directions]", "from the largest")
}

extension LeastSquaresClassifier {
  package static func storedFields(_ formulation: Formulation) -> [StoredField] {
    [.errorWeight] + RidgeReport.storedFields + KernelExpansion.storedFields
  }

  package func encode(to writer: inout ModelWriter) {
    expansion.encode(to: &writer)
    writer.store(.number(errorWeight), as: .errorWeight)
    report.encode(to: &writer)
  }

  package init(
    from reader: ModelReader, _ formulation: Formulation
  ) throws(ModelFileError) {
    let (expansion, trainingCount) = try reader.solvedAtOnce(formulation)
    let classes = try reader.classes()
    let errorWeight = try reader.positive(.errorWeight)
    let report = try RidgeReport(from: reader)
    self = try reader.consistent { () throws(ModelError) in
      try LeastSquaresClassifier(
        classes: classes, expansion: expansion, errorWeight: errorWeight,
        trainingCount: trainingCount, report: report)
    }
  }
}

extension ModelReader {
  /// What every model has whose equations were solved at once: no tolerance, and no problems.
  func solvedAtOnce(
    _ formulation: Formulation
  ) throws(ModelFileError) -> (expansion: KernelExpansion, trainingCount: Int) {
    let tolerance = try member(.tolerance)
    guard tolerance.nonNull == nil else {
      throw tolerance.failure(
        .mismatch(found: "a number", expected: "null for \(formulation.rawValue)"))
    }
    guard try problems().isEmpty else {
      throw failure(.problems, .mismatch(found: "a list of problems", expected: "an empty one"))
    }
    return (try KernelExpansion(from: self, layout: .outputs), try trainingCount())
  }
}

extension RidgeReport {
  /// The figures that reports show among the parameters.
  var parameters: [TabularModel.Predictor.Parameter] {
    leaveOneOutError.map { [.init("leaveOneOutError", "leave-one-out error", $0)] } ?? []
  }
}
