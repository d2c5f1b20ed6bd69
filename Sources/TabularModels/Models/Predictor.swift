import KernelMethods
import Kernels
import LinearAlgebra
import LinearModels
import SupportVectors

extension TabularModel {
  /// What predicts from features, whatever kind of model a training made.
  ///
  /// Training data with a single class gives a classifier with one class and no support vectors,
  /// which predicts that class.
  package struct Predictor: Sendable {
    /// The model.
    package let model: any TrainedModel

    /// Predicts by a model.
    package init(_ model: any TrainedModel) { self.model = model }

    /// The model as one of a kind, such as `SupportVectorClassifier`.
    ///
    /// - Parameter kind: The type.
    /// - Returns: The model, or `nil` when it is of another kind.
    package func model<Model>(as kind: Model.Type) -> Model? { model as? Model }
  }
}

extension TabularModel.Predictor {
  private var facts: ModelFacts { model.facts }
}

// MARK: What it predicts

extension TabularModel.Predictor {
  /// The model as one that predicts classes, if it does.
  package var classifier: (any DecomposedClassifier)? { model as? any DecomposedClassifier }

  /// The model as one that predicts numbers, if it does.
  package var regressor: (any Regressor)? { model as? any Regressor }

  /// The quantiles that it predicts for each row, ascending; none of a model that predicts something else.
  package var quantiles: [Double] { facts.quantiles }

  /// Which output is the number that a regression predicts: of quantiles the one nearest to the median.
  var numberOutput: Int { facts.numberOutput }

  /// Whether it is a support vector machine that keeps its dual variables.
  package var hasDualVariables: Bool { model is any DualVariableModel }

  /// What it learned.
  package var task: LearningTask { formulation.task }

  /// Decision values of classes, the predicted number, how typical examples are, or their components.
  ///
  /// - Parameters:
  ///   - features: n examples.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n rows.
  /// - Throws: `ModelError` when the features do not fit the model.
  package func decisionValues(
    _ features: FeatureMatrix, threads: Int? = nil
  ) throws(ModelError) -> Matrix<Double> {
    try model.outputs(features, threads: threads)
  }
}

// MARK: What it was made of

extension TabularModel.Predictor {
  /// The problem that was solved.
  package var formulation: Formulation { facts.formulation }

  /// The support vectors, their coefficients and biases, or `nil` for a model that has none.
  package var expansion: KernelExpansion? { facts.expansion }

  /// The kernel that is evaluated between examples and training rows, with the number of features of an
  /// example and the training rows; `nil` where there is none.
  var kernelAtTrainingRows: (kernel: KernelFunction, featureCount: Int, indices: [Int])? {
    let facts = facts
    if let expansion = facts.expansion {
      return (expansion.kernel, expansion.featureCount, expansion.supportIndices)
    }
    guard case .nystroem(let map)? = facts.featureMap else { return nil }
    return (map.kernel, map.featureCount, map.landmarkIndices)
  }

  /// What a linear model pays for errors, or `nil` for every other.
  package var loss: LinearLoss? { facts.loss }

  /// The weights of a linear model, or `nil` for every other.
  package var linearFunction: LinearFunction? { facts.linearFunction }

  /// What makes the features of a linear model, if they are not used as they are.
  package var featureMap: FeatureMap? { facts.featureMap }

  /// The support vectors in the layout that other programs' files have: of a classifier that votes pair
  /// by pair, and of a regressor; `nil` for every other model.
  package var supportVectorExpansion: KernelExpansion? {
    let facts = facts
    return facts.isPortable ? facts.expansion : nil
  }

  /// The support vectors of a model whose outputs are their sums, and nothing more.
  package var summedExpansion: KernelExpansion? {
    let facts = facts
    return facts.outputsAreSums ? facts.expansion : nil
  }

  /// What a model is called where the file of another program has no place for it.
  package var displayName: String {
    let facts = facts
    return facts.displayName ?? "the formulation \(facts.formulation.rawValue)"
  }

  /// What messages call the kind of model.
  package var kindName: String {
    type(of: model).kindName ?? "a model of the formulation \(formulation.rawValue)"
  }

  /// The kernel, its parameters in numbers: of a linear model the one that its map stands in for.
  package var kernel: KernelFunction {
    let facts = facts
    return switch facts.featureMap {
    case .nystroem(let map)?: map.kernel
    case .randomFourier(let map)?: map.kernel
    case nil: facts.expansion?.kernel ?? .linear
    }
  }

  /// The number of features of an example.
  package var featureCount: Int {
    let facts = facts
    return facts.featureMap?.featureCount ?? facts.linearFunction?.featureCount
      ?? facts.expansion?.featureCount ?? 0
  }

  /// The number of values that an example gets: decision values or components.
  package var outputCount: Int { biases.count }

  /// The number of training examples.
  package var trainingCount: Int { facts.trainingCount }

  /// How well each problem was solved: each pair of classes, each class, each quantile, or the only one; none where
  /// equations were solved at once.
  package var problems: [ProblemReport] { facts.problems }

  /// The bias of each output.
  package var biases: [Double] {
    let facts = facts
    return facts.linearFunction?.biases ?? facts.expansion?.biases ?? []
  }

  /// The KKT violation at which training was to stop, or `nil` when it was no question of stopping, or is
  /// not known because another program trained the model.
  package var tolerance: Double? { facts.tolerance.flatMap { $0.isNaN ? nil : $0 } }

  /// Whether another program trained the model, so that nothing is known of its training.
  package var isImported: Bool {
    problems.contains { $0.certificate.stopReason == .imported }
  }

  /// Whether a support vector machine's training examples had weights of their own.
  package var usesExampleWeights: Bool {
    (model as? any DualVariableModel)?.usesExampleWeights ?? false
  }

  /// What examples of each class counted, in the order of the classes; `nil` when they count equally.
  package var classWeights: [Double]? { facts.classWeights }

  /// The precision of the products when predicting.
  package var precision: Precision { expansion?.precision ?? .double }

  /// The precision that predictions are computed in, where ``precision`` leaves that open.
  package var servingPrecision: Precision { expansion?.servingPrecision ?? .double }

  /// The same model with predictions computed in another precision; of models that were not solved in dual
  /// variables it is that in which they were made.
  func computing(in precision: Precision) -> Self {
    guard var model = model as? any DualVariableModel else { return self }
    model.expansion.precision = precision
    return Self(model)
  }
}

// MARK: Its parameters

extension TabularModel.Predictor {
  /// A number that shaped the problem, or that its solution found.
  package struct Parameter: Sendable, Equatable {
    /// Its key in reports: `c`, `epsilon`, `nu`.
    package let key: String
    /// Its name for people.
    package let label: String
    /// Its value.
    package let value: Double

    init(_ key: String, _ label: String, _ value: Double) {
      self.key = key
      self.label = label
      self.value = value
    }
  }

  /// The numbers that shaped the problem, the tolerance left out; without those that are not known
  /// because another program trained the model.
  package var parameters: [Parameter] { facts.parameters.filter { !$0.value.isNaN } }

  /// What people call a parameter.
  package func label(_ key: String) -> String {
    parameters.first { $0.key == key }?.label ?? key
  }

  /// One parameter, if the problem has it.
  package func parameter(_ key: String) -> Double? {
    parameters.first { $0.key == key }?.value
  }
}
