import Kernels
import SupportVectors

/// How a model is made from features: the problem that is solved, and the numbers that shape it.
///
/// Every formulation reads the parameters that it has and leaves the others alone.
public struct LearningMethod: Sendable {
  /// The problem; `nil` is the usual one for the task.
  public var formulation: Formulation?
  /// The kernel.
  public var kernel: Kernel
  /// C > 0, the price of errors, in units of the target for a regression.
  ///
  /// `nil` is ``defaultBoxConstraint`` for classes, squared errors and LIBSVM text, and in a regression on
  /// a table ``boxConstraintInDeviations`` standard deviations of the target.
  public var boxConstraint: Double?
  /// ε ≥ 0, of a regression: errors within ±ε cost nothing; in units of the target.
  ///
  /// `nil` is ``defaultTubeWidth`` for LIBSVM text, and for a table ``tubeWidthInDeviations`` standard
  /// deviations of the target.
  public var tubeWidth: Double?
  /// Parameters that follow the target's standard deviation for LIBSVM text as well, where they are `nil`.
  public var automatic: Set<AutomaticParameter>
  /// ν in (0, 1]: at most this share of the rows errs, at least this share are support vectors.
  public var nu: Double
  /// λ > 0 of the least-squares formulations and the discriminant; `nil` lets the leave-one-out error
  /// decide where there is one.
  public var ridge: Double?
  /// The number of components of principal components or of a feature map; `nil` is 2 and 500.
  public var componentCount: Int?
  /// How several classes become problems of two.
  public var decomposition: Decomposition
  /// What rows of each class count.
  public var classWeights: ClassWeights
  /// Over what a linear model is solved.
  public var solver: Solver
  /// What a linear model pays for errors.
  public var loss: Loss
  /// What stands in for the kernel so that a linear model may be trained, or `nil` for the kernel
  /// itself.
  public var featureMap: MapKind?

  /// A parameter that can be chosen by the spread of a regression's target.
  public enum AutomaticParameter: String, Sendable, CaseIterable {
    /// C.
    case boxConstraint = "c"
    /// ε.
    case tubeWidth = "epsilon"
  }

  /// C where nothing is said: LIBSVM's.
  public static let defaultBoxConstraint = 1.0
  /// ε where nothing is said and the target's spread does not count: LIBSVM's.
  public static let defaultTubeWidth = 0.1
  /// C of a regression where nothing is said, in standard deviations of the target.
  public static let boxConstraintInDeviations = 3.0
  /// ε of a regression where nothing is said, in standard deviations of the target.
  public static let tubeWidthInDeviations = 0.1

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

  /// Makes a method, with the defaults of the command.
  public init(
    formulation: Formulation? = nil, kernel: Kernel = .gaussian(), boxConstraint: Double? = nil,
    tubeWidth: Double? = nil, nu: Double = 0.5, ridge: Double? = nil, componentCount: Int? = nil,
    decomposition: Decomposition = .oneVersusOne, classWeights: ClassWeights = .equal,
    solver: Solver = .auto, loss: Loss = .linear, featureMap: MapKind? = nil,
    automatic: Set<AutomaticParameter> = []
  ) {
    self.formulation = formulation
    self.kernel = kernel
    self.boxConstraint = boxConstraint
    self.tubeWidth = tubeWidth
    self.nu = nu
    self.ridge = ridge
    self.componentCount = componentCount
    self.decomposition = decomposition
    self.classWeights = classWeights
    self.solver = solver
    self.loss = loss
    self.featureMap = featureMap
    self.automatic = automatic
  }

  /// The parameters that have a value of their own.
  package var givenParameters: Set<AutomaticParameter> {
    var given: Set<AutomaticParameter> = []
    if boxConstraint != nil { given.insert(.boxConstraint) }
    if tubeWidth != nil { given.insert(.tubeWidth) }
    return given
  }

  /// The parameters that follow the spread of a regression's target.
  ///
  /// - Parameters:
  ///   - formulation: The problem, which may lack a parameter.
  ///   - isLIBSVM: Whether the examples come from LIBSVM text.
  /// - Returns: The parameters, in order.
  package func parametersInDeviations(
    _ formulation: Formulation, isLIBSVM: Bool
  ) -> [AutomaticParameter] {
    AutomaticParameter.allCases.filter { parameter in
      guard !isLIBSVM || automatic.contains(parameter) else { return false }
      switch parameter {
      case .boxConstraint:
        // The C of squared errors has no unit: both terms grow with the square of the target's.
        return boxConstraint == nil && loss != .squared
          && [.epsilonSVR, .nuSVR].contains(formulation)
      case .tubeWidth: return tubeWidth == nil && formulation == .epsilonSVR
      }
    }
  }

  /// C and ε of a regression.
  ///
  /// In units of its standard deviation every target is alike, so that one C and one ε suit prices and
  /// lengths. C bounds the dual coefficients: a C that is small against the target's spread keeps the
  /// function flat, whatever the rows say. Three deviations are what Cherkassky and Ma propose.
  ///
  /// > V. Cherkassky, Y. Ma. "Practical Selection of SVM Parameters and Noise Estimation for SVM
  /// > Regression." *Neural Networks* 17 (2004), 113–126.
  ///
  /// - Parameters:
  ///   - formulation: The problem.
  ///   - targets: The targets of the examples to train on; at least one, finite.
  ///   - weights: What each counts, or `nil` for all alike.
  ///   - isLIBSVM: Whether the examples come from LIBSVM text.
  /// - Returns: C and ε in units of the target.
  func regressionParameters(
    _ formulation: Formulation, targets: [Double], weights: [Double]?, isLIBSVM: Bool
  ) -> (boxConstraint: Double, tubeWidth: Double) {
    let automatic = parametersInDeviations(formulation, isLIBSVM: isLIBSVM)
    let unit =
      automatic.isEmpty ? 1 : TargetScaling.standardDeviation(of: targets, weights: weights)
    return (
      boxConstraint
        ?? (automatic.contains(.boxConstraint)
          ? Self.boxConstraintInDeviations * unit : Self.defaultBoxConstraint),
      tubeWidth
        ?? (automatic.contains(.tubeWidth)
          ? Self.tubeWidthInDeviations * unit : Self.defaultTubeWidth)
    )
  }
}
