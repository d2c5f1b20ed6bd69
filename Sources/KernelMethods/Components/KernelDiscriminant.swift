import LinearAlgebra
import Learning

/// A kernel Fisher discriminant for two and more classes.
///
/// It looks for directions w in the kernel's space along which the classes' means lie far
/// apart relative to the spread within the classes,
/// ```
/// S_B w = λ (S_W + μI) w
/// S_B = Σ π_c (m_c − m)(m_c − m)ᵀ,    S_W = Σ wᵢ/W (φ(xᵢ) − m_c)(φ(xᵢ) − m_c)ᵀ
/// ```
/// with π_c the classes' shares of the total weight W [1, 2]. k classes have at most k − 1 of them. In
/// their space, where S_W + μI is the identity, an example belongs to the class whose mean is nearest,
/// with the logarithm of π_c added. Each class's decision value is an affine kernel expansion:
/// ```
/// d_c(x) = ⟨m_c, z(x)⟩ − ½‖m_c‖² + log π_c
/// ```
///
/// > [1] S. Mika, G. Rätsch, J. Weston, B. Schölkopf, K.-R. Müller. "Fisher Discriminant Analysis with
/// > Kernels." *Neural Networks for Signal Processing* IX (1999), 41–48.
/// >
/// > [2] G. Baudat, F. Anouar. "Generalized Discriminant Analysis Using a Kernel Approach." *Neural
/// > Computation* 12 (2000), 2385–2404.
public struct KernelDiscriminant: Sendable {
  /// The class names in order: numbers by value, text by its UTF-8 bytes.
  public let classes: [String]
  /// One output for each class: its decision value.
  package let expansion: KernelExpansion
  /// π_c, each class's share of the total weight; they sum to 1.
  package let priors: [Double]
  /// λ of each direction, descending: between the classes over within them, in spread.
  package let eigenvalues: [Double]
  /// Classes × directions: the classes' means in the space of the directions, less the mean of all.
  package let classMeans: Matrix<Double>
  /// μ > 0.
  package let lambda: Double
  /// The number of training examples, those with weight 0 included.
  package let trainingCount: Int
  /// An estimate, from below, of the condition number of the system that was solved.
  package let conditionEstimate: Double

  /// Collects the parts of a discriminant.
  ///
  /// - Throws: `ModelError/inconsistent(_:)` when the parts do not fit together.
  package init(
    classes: [String], expansion: KernelExpansion, priors: [Double], eigenvalues: [Double],
    classMeans: Matrix<Double>, lambda: Double, trainingCount: Int,
    conditionEstimate: Double
  ) throws(ModelError) {
    try ModelParts.require(classes: classes)
    try ModelParts.require(expansion, outputs: classes.count, trainingCount: trainingCount)
    try ModelParts.requirePositive(lambda, "lambda")
    try ModelParts.requirePositive(conditionEstimate, "the condition number")
    for value in priors { try ModelParts.requirePositive(value, "a class's share") }
    for value in eigenvalues { try ModelParts.requirePositive(value, "an eigenvalue") }
    guard priors.count == classes.count, abs(priors.reduce(0, +) - 1) < 1e-6 else {
      throw .inconsistent("\(priors.count) shares of \(classes.count) classes do not sum to 1")
    }
    guard eigenvalues.count < classes.count, classMeans.rowCount == classes.count,
      classMeans.columnCount == eigenvalues.count,
      classMeans.elements.allSatisfy({ $0.isFinite })
    else {
      throw .inconsistent(
        "\(classMeans.rowCount) × \(classMeans.columnCount) class means and \(eigenvalues.count) "
          + "eigenvalues for \(classes.count) classes, or a mean is not finite")
    }
    self.classes = classes
    self.expansion = expansion
    self.priors = priors
    self.eigenvalues = eigenvalues
    self.classMeans = classMeans
    self.lambda = lambda
    self.trainingCount = trainingCount
    self.conditionEstimate = conditionEstimate
  }

  /// Decision values, one column for each class.
  ///
  /// - Parameters:
  ///   - features: m examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: m × classes.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func decisionValues(_ features: FeatureMatrix, threads: Int? = nil)
    throws(ModelError) -> Matrix<Double>
  {
    try expansion.decisionValues(features, threads: threads)
  }

  /// Where examples lie along the directions, less the mean of the training examples.
  ///
  /// - Parameters:
  ///   - features: m examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: m × `eigenvalues`.count; the unit is the spread within the classes.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func coordinates(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> Matrix<Double>
  {
    // The class means are orthogonal: Σ_c π_c m_ci m_cj = λ_j for i = j, else 0. So
    // z_j = Σ_c π_c m_cj (d_c + ½‖m_c‖² − log π_c) / λ_j.
    let values = try decisionValues(features, threads: threads)
    let offsets = Self.offsets(classMeans, priors)
    return Matrix(rowCount: values.rowCount, columnCount: eigenvalues.count) { row, direction in
      var sum = 0.0
      for index in classes.indices {
        sum += priors[index] * classMeans[index, direction] * (values[row, index] - offsets[index])
      }
      return sum / eigenvalues[direction]
    }
  }

  /// log π_c − ½‖m_c‖² of each class.
  static func offsets(_ means: Matrix<Double>, _ priors: [Double]) -> [Double] {
    priors.indices.map { index in
      logarithm(priors[index]) - means.row(index).reduce(0) { $0 + $1 * $1 } / 2
    }
  }
}
