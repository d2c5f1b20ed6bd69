import Kernels
import LinearAlgebra
import SMOSolver

/// A C-support vector classifier for two and more classes.
public struct SupportVectorClassifier: Sendable {
  /// The class names in order: numbers by value, text by its UTF-8 bytes.
  public let classes: [String]
  /// The support vectors, their coefficients and biases.
  public package(set) var expansion: KernelExpansion
  /// C > 0, the upper bound of the dual variables.
  public let boxConstraint: Double
  /// The KKT violation at which training was to stop.
  public let tolerance: Double
  /// The number of training examples.
  public let trainingCount: Int
  /// How well each pair of classes was solved, in the order of the biases.
  public let problems: [PairReport]

  /// Collects the parts of a classifier; `throws` when they do not fit together.
  public init(
    classes: [String], expansion: KernelExpansion, boxConstraint: Double, tolerance: Double,
    trainingCount: Int, problems: [PairReport]
  ) throws(ModelError) {
    self.classes = classes
    self.expansion = expansion
    self.boxConstraint = boxConstraint
    self.tolerance = tolerance
    self.trainingCount = trainingCount
    self.problems = problems
    try validate()
  }

  private func validate() throws(ModelError) {
    let pairs = classes.count * (classes.count - 1) / 2
    guard !classes.isEmpty, Set(classes).count == classes.count else {
      throw .inconsistent("classes \(classes) are empty or not distinct")
    }
    guard expansion.biases.count == pairs, problems.count == pairs else {
      throw .inconsistent(
        "\(expansion.biases.count) biases and \(problems.count) problem reports for \(pairs) "
          + "pairs of classes")
    }
    guard expansion.supportCounts.count == classes.count,
      expansion.dualCoefficients.rowCount == classes.count - 1
    else {
      throw .inconsistent(
        "\(expansion.supportCounts.count) support counts and "
          + "\(expansion.dualCoefficients.rowCount) rows of coefficients for \(classes.count) "
          + "classes")
    }
  }
}

/// How well one binary problem or one regression was solved, and what it consists of.
public struct PairReport: Sendable, Equatable {
  /// Objectives, KKT violation, gap and stop reason.
  public var certificate: Certificate
  /// The number of examples with a dual variable that is not 0.
  public var supportVectorCount: Int
  /// The number of those at their upper bound.
  public var boundedSupportVectorCount: Int
  /// The number of kernel values that were computed.
  public var kernelValuesComputed: Int
  /// Where the training's time went; nothing in a model that was loaded.
  public var phases: SolverPhases

  /// Collects the figures.
  public init(
    certificate: Certificate, supportVectorCount: Int, boundedSupportVectorCount: Int,
    kernelValuesComputed: Int, phases: SolverPhases = SolverPhases()
  ) {
    self.phases = phases
    self.certificate = certificate
    self.supportVectorCount = supportVectorCount
    self.boundedSupportVectorCount = boundedSupportVectorCount
    self.kernelValuesComputed = kernelValuesComputed
  }
}
