import Kernels
import SupportVectors

/// How a model is made from features: the problem that is solved, and the parameters that shape it.
///
/// A method may be asked for before the formulation is known, which the task then decides. It holds the
/// parameters that were given and no others; each formulation has defaults for the rest, and leaves alone
/// what it has no use for.
public struct LearningMethod: Sendable {
  /// The problem; `nil` is the default for the task.
  public var formulation: Formulation?
  /// The kernel that was asked for, or `nil` for ``kernel``'s default.
  package var chosenKernel: Kernel?
  /// The parameters that were given, by their names.
  package private(set) var values: [String: ParameterValue] = [:]

  /// Over what a linear model is solved; the model is the same.
  public enum Solver: String, Sendable, CaseIterable {
    /// The one that is likely faster.
    case auto
    /// The dual variables of the rows, for any kernel.
    case dual
    /// The weights of the features, for the linear kernel.
    case primal
  }

  /// What a linear model pays for errors.
  public enum Loss: String, Sendable, CaseIterable {
    /// As support vector machines: proportional to the error.
    case linear
    /// The square of the error.
    case squared
  }

  /// How features are made that stand in for a kernel.
  public enum MapKind: String, Sendable, CaseIterable {
    /// Kernel values with some rows (Williams and Seeger 2001).
    case nystrom
    /// Random waves (Rahimi and Recht 2007).
    case fourier
  }

  /// C by default: LIBSVM's.
  package static let defaultBoxConstraint = 1.0
  /// ε by default, where the target's spread does not count: LIBSVM's.
  package static let defaultEpsilon = 0.1
  /// C of a regression by default, in standard deviations of the target.
  package static let boxConstraintInDeviations = 3.0
  /// ε of a regression by default, in standard deviations of the target.
  package static let epsilonInDeviations = 0.1

  /// Makes a method; parameters that are left out have their defaults, and the others are properties.
  public init(
    formulation: Formulation? = nil, kernel: Kernel? = nil, boxConstraint: Double? = nil,
    epsilon: Double? = nil, nu: Double? = nil, classWeights: ClassWeights? = nil
  ) {
    self.formulation = formulation
    chosenKernel = kernel
    self[.boxConstraint] = boxConstraint.map(ParameterValue.number)
    self[.epsilon] = epsilon.map(ParameterValue.number)
    self[.nu] = nu.map(ParameterValue.number)
    if let classWeights { self.classWeights = classWeights }
  }

  /// The method with one more parameter.
  ///
  /// - Parameters:
  ///   - parameter: The property.
  ///   - value: Its value.
  /// - Returns: The method.
  package func with<Value>(
    _ parameter: WritableKeyPath<LearningMethod, Value>, _ value: Value
  ) -> LearningMethod {
    var method = self
    method[keyPath: parameter] = value
    return method
  }

  /// The value that was given for a parameter; `nil` where none was.
  ///
  /// `.automatic` makes C and ε of a regression follow the target's deviation for LIBSVM text as well.
  package subscript(parameter: MethodParameter) -> ParameterValue? {
    get { values[parameter.name] }
    set { values[parameter.name] = newValue }
  }

  /// A parameter's number; `nil` where the data or the formulation decides.
  package func number(_ parameter: MethodParameter) -> Double? {
    if case .number(let number)? = self[parameter] ?? parameter.defaultValue { number } else { nil }
  }

  private func word<Word: RawRepresentable<String>>(_ parameter: MethodParameter) -> Word? {
    guard case .word(let text)? = self[parameter] ?? parameter.defaultValue else { return nil }
    return Word(rawValue: text)
  }
}

// MARK: Parameters

extension LearningMethod {
  /// The kernel: the gaussian one by default, and the linear one for logistic regression and what is
  /// solved in the weights of features.
  public var kernel: Kernel {
    get {
      chosenKernel
        ?? (featureMap == nil
          && (formulation?.definition.needsLinearFeatures == true || solver == .primal
            || loss == .squared)
          ? .linear : .default)
    }
    set { chosenKernel = newValue }
  }

  /// C > 0, the price of errors, in units of the target for a regression.
  ///
  /// `nil` is `defaultBoxConstraint` for classes, squared errors and LIBSVM text, and in a regression on
  /// a table `boxConstraintInDeviations` standard deviations of the target.
  public var boxConstraint: Double? {
    get { number(.boxConstraint) }
    set { self[.boxConstraint] = newValue.map(ParameterValue.number) }
  }

  /// ε ≥ 0, of a regression: errors within ±ε cost nothing; in units of the target.
  ///
  /// `nil` is `defaultEpsilon` for LIBSVM text, and for a table `epsilonInDeviations` standard
  /// deviations of the target.
  public var epsilon: Double? {
    get { number(.epsilon) }
    set { self[.epsilon] = newValue.map(ParameterValue.number) }
  }

  /// ν in (0, 1]: at most this share of the rows errs, at least this share are support vectors.
  public var nu: Double {
    get { number(.nu) ?? 0.5 }
    set { self[.nu] = .number(newValue) }
  }

  /// λ > 0 of the least-squares formulations and the discriminant; `nil` lets the leave-one-out error
  /// decide where there is one.
  public var lambda: Double? {
    get { number(.lambda) }
    set { self[.lambda] = newValue.map(ParameterValue.number) }
  }

  /// The number of components of principal components or of a feature map; `nil` is 2 and 500.
  public var componentCount: Int? {
    get { if case .count(let count)? = self[.components] { count } else { nil } }
    set { self[.components] = newValue.map(ParameterValue.count) }
  }

  /// How several classes become problems of two.
  public var decomposition: Decomposition {
    get { word(.multiclass) ?? .oneVersusOne }
    set { self[.multiclass] = .word(newValue.rawValue) }
  }

  /// What rows of each class count.
  public var classWeights: ClassWeights {
    get {
      switch self[.classWeight] {
      case .weights(let weights)?: .weights(weights)
      case .word?: .balanced
      default: .equal
      }
    }
    set {
      self[.classWeight] =
        switch newValue {
        case .equal: nil
        case .balanced: .word("balanced")
        case .weights(let weights): .weights(weights)
        }
    }
  }

  /// Over what a linear model is solved.
  public var solver: Solver {
    get { word(.solver) ?? .auto }
    set { self[.solver] = .word(newValue.rawValue) }
  }

  /// What a linear model pays for errors.
  public var loss: Loss {
    get { word(.loss) ?? .linear }
    set { self[.loss] = .word(newValue.rawValue) }
  }

  /// What stands in for the kernel so that a linear model may be trained, or `nil` for the kernel
  /// itself.
  public var featureMap: MapKind? {
    get { word(.featureMap) }
    set { self[.featureMap] = newValue.map { .word($0.rawValue) } }
  }
}

// MARK: What a formulation makes of them

extension LearningMethod {
  /// Whether a parameter shapes the problem of a formulation, besides the others that were given.
  package func uses(_ parameter: MethodParameter, _ formulation: Formulation) -> Bool {
    guard let own = formulation.parameters.first(where: { $0.name == parameter.name }) else {
      return false
    }
    return own.needs.map { values[$0] != nil } ?? true
  }

  /// The parameters that were given though a formulation has no use for them, in the catalogue's order.
  package func inapplicableParameters(_ formulation: Formulation) -> [MethodParameter] {
    MethodCatalog.parameters.filter { self[$0] != nil && !uses($0, formulation) }
  }

  /// The method with everything settled that does not depend on the data: the formulation and the kernel
  /// are named, the parameters have their defaults, and none is without effect.
  package func settled(_ formulation: Formulation) -> LearningMethod {
    var method = LearningMethod(formulation: formulation)
    for parameter in formulation.parameters where uses(parameter, formulation) {
      method[parameter] = self[parameter] ?? parameter.defaultValue
    }
    method.chosenKernel = kernel
    return method
  }

  /// The parameters that follow the spread of a regression's target.
  ///
  /// In units of its standard deviation every target is alike, so that one C and one ε suit prices and
  /// lengths. C bounds the dual coefficients: a C that is small against the target's spread keeps the
  /// function flat, whatever the rows say. Three deviations are what Cherkassky and Ma propose.
  ///
  /// > V. Cherkassky, Y. Ma. "Practical Selection of SVM Parameters and Noise Estimation for SVM
  /// > Regression." *Neural Networks* 17 (2004), 113–126.
  ///
  /// - Parameters:
  ///   - formulation: The problem, which may lack a parameter.
  ///   - isLIBSVM: Whether the examples come from LIBSVM text, where only `auto` asks for it.
  /// - Returns: The parameters, in order.
  package func parametersInDeviations(
    _ formulation: Formulation, isLIBSVM: Bool
  ) -> [MethodParameter] {
    guard formulation.task == .regression else { return [] }
    return formulation.parameters.filter { parameter in
      guard parameter.unit != nil, number(parameter) == nil else { return false }
      // The C of squared errors has no unit: both terms grow with the square of the target's.
      if parameter.name == MethodParameter.boxConstraint.name, loss == .squared { return false }
      return !isLIBSVM || self[parameter] == .automatic
    }
  }
}
