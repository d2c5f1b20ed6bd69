import LinearAlgebra
import Learning

/// A kernel ridge regressor, which with a bias is a least-squares support vector regressor.
///
/// It minimises
/// ```
/// Σ wᵢ (yᵢ − f(xᵢ))² + λ‖f‖²,    f(x) = Σ αᵢ κ(xᵢ, x) + b
/// ```
/// where b costs nothing and is 0 unless asked for [1]. With a bias this is the machine of Suykens and
/// Vandewalle [2] with γ = 1/λ. scikit-learn's `KernelRidge` is the model without a bias, its `alpha`
/// being λ.
///
/// > Important: λ is not divided by the number of examples: with twice as many, the same λ smooths
/// > half as much.
///
/// > [1] C. Saunders, A. Gammerman, V. Vovk. "Ridge Regression Learning Algorithm in Dual Variables."
/// > *ICML* (1998), 515–521.
/// >
/// > [2] J. A. K. Suykens, J. Vandewalle. "Least Squares Support Vector Machine Classifiers." *Neural
/// > Processing Letters* 9 (1999), 293–300.
public struct KernelRidgeRegressor: Sendable {
  /// All training examples whose weight is not 0, their coefficients α and the bias.
  package let expansion: KernelExpansion
  /// λ > 0.
  package let lambda: Double
  /// Whether there is a bias.
  package let fitsBias: Bool
  /// The number of training examples, those with weight 0 included.
  package let trainingCount: Int
  /// How the training went, in figures.
  public let report: RidgeReport
  /// What ``predictionVariances(_:threads:)`` needs; only when training was asked to keep it.
  package let uncertainty: RidgeUncertainty?
  /// yᵢ − f⁽⁻ⁱ⁾(xᵢ) for each support vector, f⁽⁻ⁱ⁾ being trained without example i; `nil` when
  /// training did not compute them, and in a model that was loaded.
  public let leaveOneOutResiduals: [Double]?

  /// Collects the parts of a regressor.
  ///
  /// - Throws: `ModelError/inconsistent(_:)` when the parts do not fit together.
  package init(
    expansion: KernelExpansion, lambda: Double, fitsBias: Bool, trainingCount: Int,
    report: RidgeReport, uncertainty: RidgeUncertainty? = nil,
    leaveOneOutResiduals: [Double]? = nil
  ) throws(ModelError) {
    try ModelParts.require(expansion, outputs: 1, trainingCount: trainingCount)
    try ModelParts.requirePositive(lambda, "lambda")
    try report.validate()
    guard fitsBias || expansion.biases[0] == 0 else {
      throw .inconsistent("a model without a bias has the bias \(expansion.biases[0])")
    }
    if let uncertainty, uncertainty.factor.factor.rowCount != expansion.supportIndices.count {
      throw .inconsistent(
        "a factor of \(uncertainty.factor.factor.rowCount) rows for "
          + "\(expansion.supportIndices.count) support vectors")
    }
    if let residuals = leaveOneOutResiduals, residuals.count != expansion.supportIndices.count {
      throw .inconsistent(
        "\(residuals.count) residuals for \(expansion.supportIndices.count) support vectors")
    }
    self.expansion = expansion
    self.lambda = lambda
    self.fitsBias = fitsBias
    self.trainingCount = trainingCount
    self.report = report
    self.uncertainty = uncertainty
    self.leaveOneOutResiduals = leaveOneOutResiduals
  }

  /// Predicted targets.
  ///
  /// - Parameters:
  ///   - features: m examples with the features of the training data; for a precomputed kernel their
  ///     kernel values with all training examples.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: m numbers.
  /// - Throws: `ModelError` when the features do not fit the model.
  /// - Complexity: O(m·n·d).
  public func predict(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [Double]
  {
    try expansion.decisionValues(features, threads: threads).elements
  }

  /// Predicted targets of dense examples; see ``predict(_:threads:)``.
  ///
  /// - Throws: `ModelError`.
  package func predict(_ features: Matrix<Double>, threads: Int? = nil) throws(ModelError)
    -> [Double]
  {
    try predict(.dense(features), threads: threads)
  }
}

/// The figures of a training that solved ridge equations.
public struct RidgeReport: Sendable, Equatable {
  /// An estimate, from below, of the condition number ‖A‖₁‖A⁻¹‖₁ of A = K + λW⁻¹; at least 1.
  ///
  /// About its logarithm to base 10 of the 16 digits of the coefficients are lost.
  public var conditionEstimate: Double
  /// Measured on the training examples: the weighted root mean squared error of a regression, the
  /// weighted share of wrong classes of a classifier.
  public var trainingError: Double
  /// The same with each example left out; `nil` when it was not computed.
  public var leaveOneOutError: Double?

  /// Collects the figures.
  package init(conditionEstimate: Double, trainingError: Double, leaveOneOutError: Double?) {
    self.conditionEstimate = conditionEstimate
    self.trainingError = trainingError
    self.leaveOneOutError = leaveOneOutError
  }

  func validate() throws(ModelError) {
    for value in [conditionEstimate, trainingError, leaveOneOutError ?? 0]
    where !(value >= 0 && value.isFinite) {
      throw .inconsistent("a figure of the training is \(value)")
    }
  }
}

/// Checks that models of this module share.
enum ModelParts {
  static func require(_ expansion: KernelExpansion, outputs: Int, trainingCount: Int)
    throws(ModelError)
  {
    guard expansion.layout == .outputs || outputs == 1, expansion.biases.count == outputs,
      expansion.dualCoefficients.rowCount == outputs
    else {
      throw .inconsistent(
        "\(expansion.biases.count) biases and \(expansion.dualCoefficients.rowCount) rows of "
          + "coefficients for \(outputs) outputs")
    }
    guard let last = expansion.supportIndices.max(), last < trainingCount else {
      throw .inconsistent(
        "\(expansion.supportIndices.count) support vectors do not lie among "
          + "\(trainingCount) training examples")
    }
  }

  static func requirePositive(_ value: Double, _ name: String) throws(ModelError) {
    guard value > 0, value.isFinite else { throw .inconsistent("\(name) is \(value)") }
  }

  static func require(classes: [String]) throws(ModelError) {
    guard classes.count >= 2, Set(classes).count == classes.count else {
      throw .inconsistent("classes \(classes) are fewer than two or not distinct")
    }
  }
}
