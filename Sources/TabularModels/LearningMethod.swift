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
  /// C > 0, the price of errors.
  public var boxConstraint: Double
  /// ε ≥ 0, of a regression: errors within ±ε cost nothing; in units of the target.
  public var tubeWidth: Double
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
    formulation: Formulation? = nil, kernel: Kernel = .gaussian(), boxConstraint: Double = 1,
    tubeWidth: Double = 0.1, nu: Double = 0.5, ridge: Double? = nil, componentCount: Int? = nil,
    decomposition: Decomposition = .oneVersusOne, classWeights: ClassWeights = .equal,
    solver: Solver = .auto, loss: Loss = .linear, featureMap: MapKind? = nil
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
  }
}
