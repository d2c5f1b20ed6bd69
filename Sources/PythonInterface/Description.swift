import Basics
import Kernels
import LinearAlgebra
import LinearModels
import SMOSolver
import TabularModels
import Learning

extension TabularModel {
  /// What there is to know of a model, besides its arrays.
  var description: JSONValue {
    let predictor = self.predictor
    let shape = predictor.classifier?.decisionShape
    return [
      "formulation": .string(predictor.formulation.rawValue),
      "task": .string(predictor.task.rawValue),
      "kernel": predictor.kernel.description,
      "parameters": .object(predictor.parameters.map { .init($0.key, .finite($0.value)) }),
      "classes": classes.map(JSONValue.strings) ?? .null,
      "decisionShape": shape.map { .string("\($0)") } ?? .null,
      "quantiles": .numbers(predictor.quantiles),
      "features": .integer(predictor.featureCount),
      "outputs": .integer(predictor.outputCount),
      "trainingCount": .integer(predictor.trainingCount),
      "tolerance": .finite(predictor.tolerance),
      "hasProbabilities": .bool(calibration != nil),
      "columns": columnNames.map(JSONValue.strings) ?? .null,
      "target": targetName.map(JSONValue.string) ?? .null,
      "isSparse": .bool(predictor.expansion?.supportVectors.isSparse ?? false),
      "problems": .array(predictor.problems.map(\.description)),
    ]
  }

  /// The columns that a model of a table takes; `nil` of a model of features.
  private var columnNames: [String]? {
    if case .table(let preprocessor) = preprocessor {
      preprocessor.inputs.map(\.name)
    } else {
      nil
    }
  }
}

extension ProblemReport {
  fileprivate var description: JSONValue {
    var members = certificate.description
    members = members.adding("supportVectors", .integer(supportVectorCount))
    return members.adding("boundedSupportVectors", .integer(boundedSupportVectorCount))
  }
}

extension Certificate {
  /// A certificate, with the names of the command's reports.
  var description: JSONValue {
    [
      "iterations": .integer(iterations),
      "stopReason": .string("\(stopReason)"),
      "kktViolation": .finite(kktViolation),
      "primalObjective": .finite(primalObjective),
      "dualObjective": .finite(dualObjective),
      "relativeGap": .finite(relativeGap),
      "certificate": .string(source.rawValue),
    ]
  }
}

extension KernelFunction {
  fileprivate var description: JSONValue {
    guard let formula else { return ["name": .string(name)] }
    return .object(
      [.init("name", .string(name))]
        + formula.parameters.map { .init($0.name, .finite(formula.number(of: $0))) })
  }
}

extension KernelFormula {
  /// The names of a kernel, and of its parameters as options and in configurations.
  static var description: JSONValue {
    [
      "name": .string(name),
      "aliases": .strings(aliases),
      "scikitLearn": foreignNames.scikitLearn.map(JSONValue.string) ?? .null,
      "parameters": .object(parameters.map { .init($0.option, .string($0.name)) }),
    ]
  }
}
