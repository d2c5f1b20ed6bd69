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
    /// Tells rows that are unlike the training data.
    case noveltyDetector(NoveltyDetector)
  }
}

// MARK: What it predicts

extension TabularModel.Predictor {
  /// The model as one that predicts classes, if it does.
  public var classifier: (any Classifier)? {
    switch self {
    case .classifier(let classifier): classifier
    case .regressor, .noveltyDetector: nil
    }
  }

  /// The model as one that predicts numbers, if it does.
  public var regressor: (any Regressor)? {
    switch self {
    case .regressor(let regressor): regressor
    case .classifier, .noveltyDetector: nil
    }
  }

  /// What it learned.
  public var task: LearningTask { formulation.task }

  /// Decision values of classes, the predicted number, how typical examples are, or their components.
  ///
  /// - Parameters:
  ///   - features: n examples.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n rows.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func decisionValues(
    _ features: FeatureMatrix, threads: Int? = nil
  ) throws(ModelError) -> Matrix<Double> {
    let column: [Double]
    switch self {
    case .classifier(let classifier):
      return try classifier.decisionValues(features, threads: threads)
    case .regressor(let regressor): column = try regressor.predict(features, threads: threads)
    case .noveltyDetector(let detector):
      column = try detector.decisionValues(features, threads: threads)
    }
    return Matrix(rowCount: column.count, columnCount: 1) { row, _ in column[row] }
  }
}

// MARK: What it was made of

extension TabularModel.Predictor {
  /// The problem that was solved.
  public var formulation: Formulation {
    switch self {
    case .classifier(let classifier):
      switch classifier.formulation {
      case .c: .cSVC
      case .nu: .nuSVC
      }
    case .regressor(let regressor):
      switch regressor.formulation {
      case .epsilon: .epsilonSVR
      case .nu: .nuSVR
      }
    case .noveltyDetector(let detector):
      switch detector.formulation {
      case .oneClass: .oneClass
      case .dataDescription: .dataDescription
      }
    }
  }

  /// The support vectors, their coefficients and biases, or `nil` for a model that has none.
  public var expansion: KernelExpansion? {
    switch self {
    case .classifier(let classifier): classifier.expansion
    case .regressor(let regressor): regressor.expansion
    case .noveltyDetector(let detector): detector.expansion
    }
  }

  /// The support vectors in the layout that other programs' files have: of a classifier that votes pair
  /// by pair, and of a regressor; `nil` for every other model.
  public var supportVectorExpansion: KernelExpansion? {
    switch self {
    case .classifier(let classifier):
      classifier.decomposition == .oneVersusOne ? classifier.expansion : nil
    case .regressor(let regressor): regressor.expansion
    case .noveltyDetector: nil
    }
  }

  /// The kernel, its parameters in numbers, or `nil` for a model without.
  public var kernel: KernelFunction? { expansion?.kernel }

  /// The number of features of an example.
  public var featureCount: Int { expansion?.featureCount ?? 0 }

  /// The number of values that an example gets: decision values or components.
  public var outputCount: Int { biases.count }

  /// The number of training examples.
  public var trainingCount: Int {
    switch self {
    case .classifier(let classifier): classifier.trainingCount
    case .regressor(let regressor): regressor.trainingCount
    case .noveltyDetector(let detector): detector.trainingCount
    }
  }

  /// How well each problem was solved: each pair of classes, each class, or the only one.
  public var problems: [PairReport] {
    switch self {
    case .classifier(let classifier): classifier.problems
    case .regressor(let regressor): [regressor.problem]
    case .noveltyDetector(let detector): [detector.problem]
    }
  }

  /// The bias of each output.
  public var biases: [Double] { expansion?.biases ?? [] }

  /// The KKT violation at which training was to stop, or `nil` when it was no question of stopping.
  public var tolerance: Double? {
    switch self {
    case .classifier(let classifier): classifier.tolerance
    case .regressor(let regressor): regressor.tolerance
    case .noveltyDetector(let detector): detector.tolerance
    }
  }

  /// Whether training examples had weights of their own.
  public var usesExampleWeights: Bool {
    switch self {
    case .classifier(let classifier): classifier.usesExampleWeights
    case .regressor(let regressor): regressor.usesExampleWeights
    case .noveltyDetector(let detector): detector.usesExampleWeights
    }
  }

  /// What examples of each class counted, in the order of the classes; `nil` when all alike.
  public var classWeights: [Double]? {
    guard case .classifier(let classifier) = self else { return nil }
    return classifier.classWeights
  }

  /// The precision of the products when predicting.
  public var precision: Precision { expansion?.precision ?? .double }

  /// The same model with predictions computed in another precision.
  func computing(in precision: Precision) -> Self {
    switch self {
    case .classifier(var classifier):
      classifier.expansion.precision = precision
      return .classifier(classifier)
    case .regressor(var regressor):
      regressor.expansion.precision = precision
      return .regressor(regressor)
    case .noveltyDetector(var detector):
      detector.expansion.precision = precision
      return .noveltyDetector(detector)
    }
  }
}

// MARK: Its parameters

extension TabularModel.Predictor {
  /// A number that shaped the problem, or that its solution found.
  public struct Parameter: Sendable, Equatable {
    /// Its key in reports: `c`, `epsilon`, `nu`.
    public let key: String
    /// Its name for people.
    public let label: String
    /// Its value.
    public let value: Double

    init(_ key: String, _ label: String, _ value: Double) {
      self.key = key
      self.label = label
      self.value = value
    }
  }

  /// The numbers that shaped the problem, the tolerance left out.
  public var parameters: [Parameter] {
    switch self {
    case .classifier(let classifier):
      switch classifier.formulation {
      case .c(let c): [Parameter("c", "C", c)]
      case .nu(let nu): [Parameter("nu", "nu", nu)]
      }
    case .regressor(let regressor):
      switch regressor.formulation {
      case .epsilon(let c, let width):
        [Parameter("c", "C", c), Parameter("epsilon", "epsilon", width)]
      case .nu(let nu, let c):
        [
          Parameter("c", "C", c), Parameter("nu", "nu", nu),
          Parameter("tubeWidth", "tube found", regressor.tubeWidth),
        ]
      }
    case .noveltyDetector(let detector):
      switch detector.formulation {
      case .oneClass(let nu):
        [Parameter("nu", "nu", nu), Parameter("rho", "rho", detector.offset)]
      case .dataDescription(let nu):
        [Parameter("nu", "nu", nu), Parameter("squaredRadius", "radius²", detector.offset)]
      }
    }
  }

  /// One parameter, if the problem has it.
  public func parameter(_ key: String) -> Double? {
    parameters.first { $0.key == key }?.value
  }
}
