import Basics
import KernelMethods
import LinearModels
import SupportVectors

// Models in the weights of features, or of the components of a map.

extension MappedClassifier: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: base.loss.formulation, trainingCount: base.trainingCount,
      parameters: [.init("c", "C", base.boxConstraint)])
    facts.linearFunction = base.function
    facts.featureMap = map
    facts.loss = base.loss
    facts.problems = base.problems
    facts.tolerance = base.tolerance
    facts.displayName = map == nil ? "a model in the weights of features" : "a feature map"
    return facts
  }

  package static var kindName: String? { "a linear classifier" }
}

extension MappedRegressor: TrainedModel {
  package var facts: ModelFacts {
    var facts = ModelFacts(
      formulation: base.loss.formulation, trainingCount: base.trainingCount,
      parameters: [
        .init("c", "C", base.boxConstraint), .init("epsilon", "epsilon", base.epsilon),
      ])
    facts.linearFunction = base.function
    facts.featureMap = map
    facts.loss = base.loss
    facts.problems = [base.problem]
    facts.tolerance = base.tolerance
    facts.displayName = map == nil ? "a model in the weights of features" : "a feature map"
    return facts
  }

  package static var kindName: String? { "a linear regressor" }
}

extension LinearLoss {
  /// The problem whose errors it prices.
  fileprivate var formulation: Formulation {
    switch self {
    case .hinge, .squaredHinge: .cSVC
    case .logistic: .logistic
    case .epsilonInsensitive, .squaredEpsilonInsensitive: .epsilonSVR
    }
  }
}

// MARK: In model files

extension LinearClassifier: StoredModel {
  package static var kindName: String? { MappedClassifier.kindName }

  package func stored() throws(ModelError) -> any TrainedModel { try MappedClassifier(self) }

  package init?(stored: any TrainedModel) {
    guard let model = stored as? MappedClassifier, model.map == nil else { return nil }
    self = model.base
  }
}

extension LinearRegressor: StoredModel {
  package static var kindName: String? { MappedRegressor.kindName }

  package func stored() throws(ModelError) -> any TrainedModel { try MappedRegressor(self) }

  package init?(stored: any TrainedModel) {
    guard let model = stored as? MappedRegressor, model.map == nil else { return nil }
    self = model.base
  }
}

extension StoredField {
  fileprivate static let decomposition = member(
    "decomposition", "\"pairs\" or \"perClass\"")

  /// What every model has in the weights of features, or of the components of a map.
  fileprivate static let linearModel: [StoredField] =
    [.boxConstraint, .loss, .intercept] + LinearFunction.storedFields + featureMap
}

/// How the file of a linear classifier says its decomposition.
private enum DecompositionWord: String, CaseIterable {
  case pairs
  case perClass

  init(_ value: Decomposition) {
    switch value {
    case .oneVersusOne: self = .pairs
    case .oneVersusRest: self = .perClass
    }
  }

  /// The decomposition itself.
  var value: Decomposition {
    switch self {
    case .pairs: .oneVersusOne
    case .perClass: .oneVersusRest
    }
  }
}

/// What linear models of classes and of numbers have in common in a file.
private struct LinearParts {
  let map: FeatureMap?
  let function: LinearFunction
  let loss: LinearLoss
  let intercept: Intercept
  let boxConstraint: Double
  let tolerance: Double
  let trainingCount: Int

  init(from reader: ModelReader, _ formulation: Formulation) throws(ModelFileError) {
    map = try reader.featureMap()
    let ownWidth = try reader.featureCount()
    function = try LinearFunction(from: reader, featureCount: map?.componentCount ?? ownWidth)
    let cursor = try reader.member(.loss)
    loss = try cursor.word(LinearLoss.self)
    guard loss.formulation == formulation else {
      throw cursor.failure(
        .mismatch(found: loss.rawValue, expected: "a loss of \(formulation.rawValue)"))
    }
    intercept = try Intercept(from: reader)
    boxConstraint = try reader.positive(.boxConstraint)
    tolerance = try reader.positive(.tolerance)
    trainingCount = try reader.trainingCount()
  }
}

extension MappedClassifier {
  package static var mark: StoredField? { .loss }

  package static func storedFields(_ formulation: Formulation) -> [StoredField] {
    StoredField.linearModel + [.decomposition]
  }

  package func encode(to writer: inout ModelWriter) {
    base.function.encode(to: &writer)
    writer.store(map: map)
    writer.store(.number(base.boxConstraint), as: .boxConstraint)
    writer.store(.string(base.loss.rawValue), as: .loss)
    writer.store(base.intercept.json, as: .intercept)
    writer.store(.string(DecompositionWord(base.decomposition).rawValue), as: .decomposition)
  }

  package init(
    from reader: ModelReader, _ formulation: Formulation
  ) throws(ModelFileError) {
    let parts = try LinearParts(from: reader, formulation)
    let classes = try reader.classes()
    let decomposition = try reader.member(.decomposition).word(DecompositionWord.self)
    let problems = try reader.problems()
    self = try reader.consistent { () throws(ModelError) in
      try MappedClassifier(
        LinearClassifier(
          classes: classes, function: parts.function, decomposition: decomposition.value,
          loss: parts.loss, intercept: parts.intercept, boxConstraint: parts.boxConstraint,
          tolerance: parts.tolerance, trainingCount: parts.trainingCount, problems: problems),
        map: parts.map)
    }
  }
}

extension MappedRegressor {
  package static var mark: StoredField? { .loss }

  package static func storedFields(_ formulation: Formulation) -> [StoredField] {
    StoredField.linearModel + [.epsilon]
  }

  package func encode(to writer: inout ModelWriter) {
    base.function.encode(to: &writer)
    writer.store(map: map)
    writer.store(.number(base.boxConstraint), as: .boxConstraint)
    writer.store(.number(base.epsilon), as: .epsilon)
    writer.store(.string(base.loss.rawValue), as: .loss)
    writer.store(base.intercept.json, as: .intercept)
  }

  package init(
    from reader: ModelReader, _ formulation: Formulation
  ) throws(ModelFileError) {
    let parts = try LinearParts(from: reader, formulation)
    let epsilon = try reader.member(.epsilon).number("a number of at least 0") { $0 >= 0 }
    let problem = try reader.onlyProblem()
    self = try reader.consistent { () throws(ModelError) in
      try MappedRegressor(
        LinearRegressor(
          function: parts.function, loss: parts.loss, intercept: parts.intercept,
          boxConstraint: parts.boxConstraint, epsilon: epsilon, tolerance: parts.tolerance,
          trainingCount: parts.trainingCount, problem: problem),
        map: parts.map)
    }
  }
}
