import Kernels
import Learning
import LinearAlgebra
import SMOSolver

/// A support vector classifier for two and more classes.
public struct SupportVectorClassifier: Sendable {
  /// The class names in order: numbers by value, text by its UTF-8 bytes.
  public let classes: [String]
  /// The support vectors, their coefficients and biases.
  public package(set) var expansion: KernelExpansion
  /// What training aimed at.
  package let formulation: ClassifierFormulation
  /// What each class's examples were weighted by, in the order of ``classes``; `nil` when
  /// all are equal.
  package let classWeights: [Double]?
  /// How the classes were made binary problems.
  package let decomposition: Decomposition
  /// Whether examples had individual weights.
  package let usesExampleWeights: Bool
  /// The number of training examples that were left out for their weight of 0.
  package let excludedCount: Int
  /// The KKT violation at which training was to stop.
  package let tolerance: Double
  /// The number of training examples, those left out included.
  package let trainingCount: Int
  /// How well each problem was solved, in the order of the biases.
  public let problems: [ProblemReport]

  /// C > 0, which weights multiply to make the upper bounds of the dual variables; 1 in the ν form,
  /// whose dual variables are bounded by the weights alone before they are divided by the margin.
  package var boxConstraint: Double { formulation.boundUnit }

  /// Collects the parts of a classifier; `throws` when they do not fit together.
  package init(
    classes: [String], expansion: KernelExpansion, formulation: ClassifierFormulation,
    classWeights: [Double]? = nil, decomposition: Decomposition = .oneVersusOne,
    usesExampleWeights: Bool = false, excludedCount: Int = 0, tolerance: Double,
    trainingCount: Int, problems: [ProblemReport]
  ) throws(ModelError) {
    self.classes = classes
    self.expansion = expansion
    self.formulation = formulation
    self.classWeights = classWeights
    self.decomposition = decomposition
    self.usesExampleWeights = usesExampleWeights
    self.excludedCount = excludedCount
    self.tolerance = tolerance
    self.trainingCount = trainingCount
    self.problems = problems
    try validate()
  }

  /// Collects the parts of a classifier of the C form; `throws` when they do not fit together.
  package init(
    classes: [String], expansion: KernelExpansion, boxConstraint: Double, tolerance: Double,
    trainingCount: Int, problems: [ProblemReport]
  ) throws(ModelError) {
    try self.init(
      classes: classes, expansion: expansion, formulation: .c(boxConstraint),
      tolerance: tolerance, trainingCount: trainingCount, problems: problems)
  }

  private func validate() throws(ModelError) {
    guard !classes.isEmpty, Set(classes).count == classes.count else {
      throw .inconsistent("classes \(classes) are empty or not distinct")
    }
    let problemCount = binaryProblems.count
    guard expansion.biases.count == problemCount, problems.count == problemCount else {
      throw .inconsistent(
        "\(expansion.biases.count) biases and \(problems.count) problem reports for "
          + "\(problemCount) problems of \(classes.count) classes")
    }
    let isOneVersusOne = decomposition == .oneVersusOne
    let rowCount = isOneVersusOne ? classes.count - 1 : problemCount
    guard expansion.supportCounts.count == classes.count,
      expansion.dualCoefficients.rowCount == rowCount,
      (expansion.layout == .pairs) == isOneVersusOne
    else {
      throw .inconsistent(
        "\(expansion.supportCounts.count) support counts and "
          + "\(expansion.dualCoefficients.rowCount) rows of coefficients laid out as "
          + "\(expansion.layout.rawValue) for \(classes.count) classes, \(decomposition.rawValue)")
    }
    if !formulation.isUnknown {
      try ModelChecks.formulation { () throws(TrainingError) in try formulation.check() }
    }
    if let classWeights {
      guard classWeights.count == classes.count,
        classWeights.allSatisfy({ $0 > 0 && $0.isFinite })
      else {
        throw .inconsistent(
          "class weights \(classWeights) are not one number greater than 0 for each of "
            + "\(classes.count) classes")
      }
    }
    try ModelChecks.counts(training: trainingCount, excluded: excludedCount)
  }
}
