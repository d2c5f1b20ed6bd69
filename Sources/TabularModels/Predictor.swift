import KernelMethods
import Kernels
import LinearAlgebra
import LinearModels
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
    /// Detects rows that are unlike the training data.
    case noveltyDetector(NoveltyDetector)
    /// Predicts one of some classes by weights of features.
    case linearClassifier(MappedClassifier)
    /// Predicts a number by weights of features.
    case linearRegressor(MappedRegressor)
    /// Predicts one of some classes by least squares.
    case leastSquaresClassifier(LeastSquaresClassifier)
    /// Predicts a number by ridge regression, with or without a bias.
    case kernelRidge(KernelRidgeRegressor)
    /// Predicts the class whose mean is nearest along discriminant directions.
    case discriminant(KernelDiscriminant)
    /// Finds coordinates.
    case principalComponents(KernelPrincipalComponents)
  }
}

// MARK: What it predicts

extension TabularModel.Predictor {
  /// The model as one that predicts classes, if it does.
  public var classifier: (any Classifier)? {
    switch self {
    case .classifier(let classifier): classifier
    case .linearClassifier(let classifier): classifier
    case .leastSquaresClassifier(let classifier): classifier
    case .discriminant(let classifier): classifier
    case .regressor, .linearRegressor, .kernelRidge, .noveltyDetector, .principalComponents: nil
    }
  }

  /// The model as one that predicts numbers, if it does.
  public var regressor: (any Regressor)? {
    switch self {
    case .regressor(let regressor): regressor
    case .linearRegressor(let regressor): regressor
    case .kernelRidge(let regressor): regressor
    case .classifier, .linearClassifier, .leastSquaresClassifier, .discriminant, .noveltyDetector,
      .principalComponents:
      nil
    }
  }

  /// Whether it is a support vector machine that keeps its dual variables.
  public var hasDualVariables: Bool {
    switch self {
    case .classifier, .regressor, .noveltyDetector: true
    default: false
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
    if let classifier {
      return try classifier.decisionValues(features, threads: threads)
    }
    let column: [Double]
    if let regressor {
      column = try regressor.predict(features, threads: threads)
    } else if case .noveltyDetector(let detector) = self {
      column = try detector.decisionValues(features, threads: threads)
    } else if let expansion {
      return try expansion.decisionValues(features, threads: threads)
    } else {
      column = []
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
    case .linearClassifier(let classifier): classifier.base.loss == .logistic ? .logistic : .cSVC
    case .linearRegressor: .epsilonSVR
    case .leastSquaresClassifier: .leastSquaresSVC
    case .kernelRidge(let regressor): regressor.fitsBias ? .leastSquaresSVR : .kernelRidge
    case .discriminant: .discriminant
    case .principalComponents: .principalComponents
    }
  }

  /// The support vectors, their coefficients and biases, or `nil` for a model that has none.
  public var expansion: KernelExpansion? {
    switch self {
    case .classifier(let classifier): classifier.expansion
    case .regressor(let regressor): regressor.expansion
    case .noveltyDetector(let detector): detector.expansion
    case .linearClassifier, .linearRegressor: nil
    case .leastSquaresClassifier(let classifier): classifier.expansion
    case .kernelRidge(let regressor): regressor.expansion
    case .discriminant(let classifier): classifier.expansion
    case .principalComponents(let components): components.expansion
    }
  }

  /// The kernel that is evaluated between examples and training rows, with the number of features of an
  /// example and the training rows; `nil` where there is none.
  var kernelAtTrainingRows: (kernel: KernelFunction, featureCount: Int, indices: [Int])? {
    if let expansion {
      return (expansion.kernel, expansion.featureCount, expansion.supportIndices)
    }
    guard case .nystroem(let map)? = featureMap else { return nil }
    return (map.kernel, map.featureCount, map.landmarkIndices)
  }

  /// The weights of a linear model, or `nil` for every other.
  public var linearFunction: LinearFunction? {
    switch self {
    case .linearClassifier(let classifier): classifier.base.function
    case .linearRegressor(let regressor): regressor.base.function
    default: nil
    }
  }

  /// What makes the features of a linear model, if they are not used as they are.
  public var featureMap: FeatureMap? {
    switch self {
    case .linearClassifier(let classifier): classifier.map
    case .linearRegressor(let regressor): regressor.map
    default: nil
    }
  }

  /// The support vectors in the layout that other programs' files have: of a classifier that votes pair
  /// by pair, and of a regressor; `nil` for every other model.
  public var supportVectorExpansion: KernelExpansion? {
    switch self {
    case .classifier(let classifier):
      classifier.decomposition == .oneVersusOne ? classifier.expansion : nil
    case .regressor(let regressor): regressor.expansion
    default: nil
    }
  }

  /// What a model is called where the file of another program has no place for it.
  package var words: String {
    switch self {
    case .classifier(let classifier): "classifiers of \(classifier.decomposition.rawValue) problems"
    case .linearClassifier, .linearRegressor:
      featureMap == nil ? "a model in the weights of features" : "a feature map"
    default: "the formulation \(formulation.rawValue)"
    }
  }

  /// The kernel, its parameters in numbers: of a linear model the one that its map stands in for.
  public var kernel: KernelFunction {
    switch featureMap {
    case .nystroem(let map)?: map.kernel
    case .randomFourier(let map)?: map.kernel
    case nil: expansion?.kernel ?? .linear
    }
  }

  /// The number of features of an example.
  public var featureCount: Int {
    featureMap?.featureCount ?? linearFunction?.featureCount ?? expansion?.featureCount ?? 0
  }

  /// The number of values that an example gets: decision values or components.
  public var outputCount: Int { biases.count }

  /// The number of training examples.
  public var trainingCount: Int {
    switch self {
    case .classifier(let classifier): classifier.trainingCount
    case .regressor(let regressor): regressor.trainingCount
    case .noveltyDetector(let detector): detector.trainingCount
    case .linearClassifier(let classifier): classifier.base.trainingCount
    case .linearRegressor(let regressor): regressor.base.trainingCount
    case .leastSquaresClassifier(let classifier): classifier.trainingCount
    case .kernelRidge(let regressor): regressor.trainingCount
    case .discriminant(let classifier): classifier.trainingCount
    case .principalComponents(let components): components.trainingCount
    }
  }

  /// How well each problem was solved: each pair of classes, each class, or the only one; none where
  /// equations were solved directly.
  public var problems: [PairReport] {
    switch self {
    case .classifier(let classifier): classifier.problems
    case .regressor(let regressor): [regressor.problem]
    case .noveltyDetector(let detector): [detector.problem]
    case .linearClassifier(let classifier): classifier.base.problems
    case .linearRegressor(let regressor): [regressor.base.problem]
    case .leastSquaresClassifier, .kernelRidge, .discriminant, .principalComponents: []
    }
  }

  /// The bias of each output.
  public var biases: [Double] { linearFunction?.biases ?? expansion?.biases ?? [] }

  /// The KKT violation at which training was to stop, or `nil` when it was no question of stopping, or is
  /// not known because another program trained the model.
  public var tolerance: Double? { givenTolerance.flatMap { $0.isNaN ? nil : $0 } }

  /// Whether another program trained the model, so that nothing is known of its training.
  public var isImported: Bool {
    problems.contains { $0.certificate.stopReason == .imported }
  }

  private var givenTolerance: Double? {
    switch self {
    case .classifier(let classifier): classifier.tolerance
    case .regressor(let regressor): regressor.tolerance
    case .noveltyDetector(let detector): detector.tolerance
    case .linearClassifier(let classifier): classifier.base.tolerance
    case .linearRegressor(let regressor): regressor.base.tolerance
    case .leastSquaresClassifier, .kernelRidge, .discriminant, .principalComponents: nil
    }
  }

  /// Whether a support vector machine's training examples had individual weights.
  public var usesExampleWeights: Bool {
    switch self {
    case .classifier(let classifier): classifier.usesExampleWeights
    case .regressor(let regressor): regressor.usesExampleWeights
    case .noveltyDetector(let detector): detector.usesExampleWeights
    default: false
    }
  }

  /// The weight of each class's examples, in the order of the classes; `nil` when all are equal.
  public var classWeights: [Double]? {
    guard case .classifier(let classifier) = self else { return nil }
    return classifier.classWeights
  }

  /// The precision of the products when predicting.
  public var precision: Precision { expansion?.precision ?? .double }

  /// The precision that predictions are computed in, where ``precision`` leaves that open.
  package var servingPrecision: Precision { expansion?.servingPrecision ?? .double }

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
    case .linearClassifier, .linearRegressor, .leastSquaresClassifier, .kernelRidge, .discriminant,
      .principalComponents:
      // These predict in the precision that they were made in.
      return self
    }
  }
}

// MARK: Its parameters

extension TabularModel.Predictor {
  /// A number that shaped the problem, or that its solution found.
  public struct Parameter: Sendable, Equatable {
    /// Its key in reports: `c`, `epsilon`, `nu`.
    public let key: String
    /// Its display name.
    public let label: String
    /// Its value.
    public let value: Double

    init(_ key: String, _ label: String, _ value: Double) {
      self.key = key
      self.label = label
      self.value = value
    }
  }

  /// The numbers that shaped the problem, the tolerance left out; without those that are not known
  /// because another program trained the model.
  public var parameters: [Parameter] { allParameters.filter { !$0.value.isNaN } }

  private var allParameters: [Parameter] {
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
    case .linearClassifier(let classifier):
      [Parameter("c", "C", classifier.base.boxConstraint)]
    case .linearRegressor(let regressor):
      [
        Parameter("c", "C", regressor.base.boxConstraint),
        Parameter("epsilon", "epsilon", regressor.base.tubeWidth),
      ]
    case .leastSquaresClassifier(let classifier):
      [Parameter("lambda", "lambda", 1 / classifier.errorWeight)]
        + Self.figures(classifier.report)
    case .kernelRidge(let regressor):
      [Parameter("lambda", "lambda", regressor.regularization)] + Self.figures(regressor.report)
    case .discriminant(let classifier):
      [Parameter("lambda", "lambda", classifier.regularization)]
    case .principalComponents(let components):
      [
        Parameter("components", "components", Double(components.eigenvalues.count)),
        Parameter(
          "explainedVariance", "explained variance",
          components.explainedVarianceRatios.reduce(0, +)),
      ]
    }
  }

  private static func figures(_ report: RidgeReport) -> [Parameter] {
    report.leaveOneOutError.map { [Parameter("leaveOneOutError", "leave-one-out error", $0)] } ?? []
  }

  /// What people call a parameter.
  package func label(_ key: String) -> String {
    parameters.first { $0.key == key }?.label ?? key
  }

  /// One parameter, if the problem has it.
  public func parameter(_ key: String) -> Double? {
    parameters.first { $0.key == key }?.value
  }
}
