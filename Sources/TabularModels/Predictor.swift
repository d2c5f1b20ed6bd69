import Kernels
import LinearAlgebra
import SupportVectors

extension TabularModel {
  /// What predicts from features: one case for each kind of model that a training makes.
  ///
  /// Training data with a single class gives a classifier with one class and no support vectors,
  /// which predicts that class.
  public enum Predictor: Sendable {
    /// Predicts one of some classes.
    case classifier(SupportVectorClassifier)
    /// Predicts a number.
    case regressor(SupportVectorRegressor)
  }
}

// MARK: What it predicts

extension TabularModel.Predictor {
  /// The model as one that predicts classes, if it does.
  public var classifier: (any Classifier)? {
    switch self {
    case .classifier(let classifier): classifier
    case .regressor: nil
    }
  }

  /// The model as one that predicts numbers, if it does.
  public var regressor: (any Regressor)? {
    switch self {
    case .classifier: nil
    case .regressor(let regressor): regressor
    }
  }

  /// What it learned.
  public var task: LearningTask { formulation.task }
}

// MARK: What it was made of

extension TabularModel.Predictor {
  /// The problem that was solved.
  public var formulation: Formulation {
    switch self {
    case .classifier: .cSVC
    case .regressor: .epsilonSVR
    }
  }

  /// The support vectors, their coefficients and biases, or `nil` for a model that has none.
  public var expansion: KernelExpansion? {
    switch self {
    case .classifier(let classifier): classifier.expansion
    case .regressor(let regressor): regressor.expansion
    }
  }

  /// The support vectors of a C-support vector classifier or an ε-support vector regressor, in the
  /// layout that other programs' files have; `nil` for every other model.
  public var supportVectorExpansion: KernelExpansion? {
    switch self {
    case .classifier(let classifier): classifier.expansion
    case .regressor(let regressor): regressor.expansion
    }
  }

  /// The kernel, its parameters in numbers, or `nil` for a model without.
  public var kernel: KernelFunction? { expansion?.kernel }

  /// The number of features of an example.
  public var featureCount: Int {
    switch self {
    case .classifier(let classifier): classifier.expansion.featureCount
    case .regressor(let regressor): regressor.expansion.featureCount
    }
  }

  /// The number of training examples.
  public var trainingCount: Int {
    switch self {
    case .classifier(let classifier): classifier.trainingCount
    case .regressor(let regressor): regressor.trainingCount
    }
  }

  /// How well each problem was solved: each pair of classes, each class, or the regression.
  public var problems: [PairReport] {
    switch self {
    case .classifier(let classifier): classifier.problems
    case .regressor(let regressor): [regressor.problem]
    }
  }

  /// The bias of each problem.
  public var biases: [Double] {
    switch self {
    case .classifier(let classifier): classifier.expansion.biases
    case .regressor(let regressor): regressor.expansion.biases
    }
  }

  /// The KKT violation at which training was to stop, or `nil` when it was no question of stopping.
  public var tolerance: Double? {
    switch self {
    case .classifier(let classifier): classifier.tolerance
    case .regressor(let regressor): regressor.tolerance
    }
  }

  /// The precision of the products when predicting.
  public var precision: Precision { expansion?.precision ?? .double }

  /// A number that shaped the problem.
  public struct Parameter: Sendable, Equatable {
    /// Its key in reports: `c`, `epsilon`, `nu`.
    public let key: String
    /// Its name for people.
    public let label: String
    /// Its value.
    public let value: Double
  }

  /// The numbers that shaped the problem, the tolerance left out.
  public var parameters: [Parameter] {
    switch self {
    case .classifier(let classifier):
      [Parameter(key: "c", label: "C", value: classifier.boxConstraint)]
    case .regressor(let regressor):
      [
        Parameter(key: "c", label: "C", value: regressor.boxConstraint),
        Parameter(key: "epsilon", label: "epsilon", value: regressor.tubeWidth),
      ]
    }
  }

  /// One parameter, if the problem has it.
  public func parameter(_ key: String) -> Double? {
    parameters.first { $0.key == key }?.value
  }

  /// The same model with predictions computed in another precision.
  func computing(in precision: Precision) -> Self {
    switch self {
    case .classifier(var classifier):
      classifier.expansion.precision = precision
      return .classifier(classifier)
    case .regressor(var regressor):
      regressor.expansion.precision = precision
      return .regressor(regressor)
    }
  }
}
