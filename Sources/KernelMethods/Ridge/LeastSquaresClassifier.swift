import Kernels
import LinearAlgebra
import Learning

/// A least-squares support vector classifier for two and more classes.
///
/// For two classes it minimises
/// ```
/// ½‖f‖² + γ/2 Σ wᵢ (tᵢ − f(xᵢ) − b)²,    tᵢ = −1 for the earlier class, +1 for the later
/// ```
/// and d(x) = f(x) + b > 0 favours the later class [1]. For more classes there is one such machine
/// for each, which separates it (+1) from all others (−1), and the largest decision value wins, the
/// earliest of equals. All machines share one matrix and its factor.
///
/// Errors are squared, on both sides of ±1, so that the problem has no bounds: the optimum is
/// the solution of linear equations, and every training example is a support vector.
///
/// > [1] J. A. K. Suykens, J. Vandewalle. "Least Squares Support Vector Machine Classifiers." *Neural
/// > Processing Letters* 9 (1999), 293–300.
public struct LeastSquaresClassifier: Sendable {
  /// The class names in order: numbers by value, text by its UTF-8 bytes.
  public let classes: [String]
  /// All training examples whose weight is not 0; one output for two classes, else one for each class.
  package let expansion: KernelExpansion
  /// γ > 0: the cost of squared errors relative to ‖f‖².
  package let errorWeight: Double
  /// The number of training examples, those with weight 0 included.
  package let trainingCount: Int
  /// How the training went, in figures.
  public let report: RidgeReport

  /// Collects the parts of a classifier.
  ///
  /// - Throws: `ModelError/inconsistent(_:)` when the parts do not fit together.
  package init(
    classes: [String], expansion: KernelExpansion, errorWeight: Double, trainingCount: Int,
    report: RidgeReport
  ) throws(ModelError) {
    try ModelParts.require(classes: classes)
    try ModelParts.require(
      expansion, outputs: classes.count == 2 ? 1 : classes.count, trainingCount: trainingCount)
    try ModelParts.requirePositive(errorWeight, "the error weight")
    try report.validate()
    self.classes = classes
    self.expansion = expansion
    self.errorWeight = errorWeight
    self.trainingCount = trainingCount
    self.report = report
  }

  /// Decision values: one column for two classes, else one for each class.
  ///
  /// - Parameters:
  ///   - features: m examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: m × 1 for two classes, else m × classes.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func decisionValues(_ features: FeatureMatrix, threads: Int? = nil)
    throws(ModelError) -> Matrix<Double>
  {
    try expansion.decisionValues(features, threads: threads)
  }
}

extension LeastSquaresClassifier {
  /// What is to be learned from examples.
  public struct Settings: Sendable {
    package var kernel: Kernel
    package var errorWeight: Double
    package var leavesOneOut: Bool

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - kernel: The kernel and its parameters; it has to be positive semi-definite.
    ///   - errorWeight: γ > 0.
    ///   - leavesOneOut: Whether to compute the exact leave-one-out error, which doubles the time.
    public init(
      kernel: Kernel = .gaussian(), errorWeight: Double = 1, leavesOneOut: Bool = true
    ) {
      self.kernel = kernel
      self.errorWeight = errorWeight
      self.leavesOneOut = leavesOneOut
    }
  }

  /// Trains a classifier.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - labels: n class names; at least two distinct ones.
  ///   - weights: n numbers, at least 0, or `nil` for ones. Weight 2 is a row given twice, weight 0 a
  ///     row not given.
  ///   - settings: The kernel, γ, and whether examples are left out.
  ///   - options: Threads, memory, limits, precision of predictions; the kernel matrix is in Double.
  /// - Returns: The trained model; the same bits for every number of threads.
  /// - Throws: `TrainingError`.
  /// - Complexity: O(n²·d) for the matrix and n³/3 multiplications for its factor, as many for the
  ///   leave-one-out error; 8·n² bytes.
  public static func train(
    features: FeatureMatrix, labels: [String], weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> LeastSquaresClassifier {
    try train(
      features: features, classes: ClassTable(labels), weights: weights, settings: settings,
      options: options)
  }

  /// Trains on classes whose names are kept as they are.
  package static func train(
    features: FeatureMatrix, classes labels: ClassTable, weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> LeastSquaresClassifier {
    let errorWeight = settings.errorWeight
    let (run, classes, task) = try prepared(
      features, labels, weights, settings.kernel, errorWeight, options)
    return try run.stoppable { () throws(TrainingError) in
      try run.reserve(squares: 1, columns: 4 * task.targets.columnCount)
      let solution = try run.solve(run.kernelMatrix(), task, leavesOneOut: settings.leavesOneOut)
      // At the solution α = γW(t − d), so that the decision values on the training
      // examples are already known.
      let fitted = Matrix<Double>(rowCount: run.count, columnCount: task.targets.columnCount) {
        task.targets[$0, $1] - solution.coefficients[$1, $0] / (errorWeight * run.weights[$0])
      }
      let expansion = try run.expansion(
        coefficients: solution.coefficients, biases: solution.biases)
      return try withModel { () throws(ModelError) in
        try LeastSquaresClassifier(
          classes: classes.names, expansion: expansion, errorWeight: errorWeight,
          trainingCount: features.rowCount,
          report: RidgeReport(
            conditionEstimate: solution.conditionEstimate,
            trainingError: errorShare(
              classes.problems.winners(fitted), classes.codes, weights: run.weights),
            leaveOneOutError: solution.leaveOneOutResiduals.map {
              classes.leftOutErrorShare($0, task.targets, weights: run.weights)
            }))
      }
    }
  }

  /// The exact leave-one-out error for each of some values of γ, from one eigen-decomposition.
  ///
  /// - Parameters:
  ///   - features: As for training.
  ///   - labels: n class names.
  ///   - weights: As for training.
  ///   - kernel: The kernel and its parameters.
  ///   - errorWeights: Values of γ > 0.
  ///   - options: Threads, memory, limits. LAPACK decomposes on one thread, and when the training is
  ///     to stop it continues in the background for a while.
  /// - Returns: The shares of examples classified wrongly when left out, for λ = 1/γ in
  ///   the order given; the γ to train with is 1 / ``RegularizationPath/best``.
  /// - Throws: `TrainingError`.
  /// - Complexity: About 9·n³ multiplications, and O(n²) for each γ; 24·n² bytes.
  public static func regularizationPath(
    features: FeatureMatrix, labels: [String], weights: [Double]? = nil,
    kernel: Kernel = .gaussian(), errorWeights: [Double],
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> RegularizationPath {
    try regularizationPath(
      features: features, classes: ClassTable(labels), weights: weights, kernel: kernel,
      errorWeights: errorWeights, options: options)
  }

  /// The leave-one-out errors for classes whose names are kept as they are.
  package static func regularizationPath(
    features: FeatureMatrix, classes labels: ClassTable, weights: [Double]? = nil,
    kernel: Kernel = .default, errorWeights: [Double],
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> RegularizationPath {
    for value in errorWeights { try TrainingChecks.positive(value, "error weight") }
    let (run, classes, task) = try prepared(features, labels, weights, kernel, 1, options)
    return try run.stoppable { () throws(TrainingError) in
      return try run.path(task, lambdas: errorWeights.map { 1 / $0 }) {
        classes.leftOutErrorShare($0, task.targets, weights: run.weights)
      }
    }
  }

  private static func prepared(
    _ features: FeatureMatrix, _ labels: ClassTable, _ weights: [Double]?, _ kernel: Kernel,
    _ errorWeight: Double, _ options: TrainingOptions
  ) throws(TrainingError) -> (MethodRun, ClassTable, RidgeTask) {
    try TrainingChecks.positive(errorWeight, "error weight")
    try TrainingChecks.positive(1 / errorWeight, "1 / error weight")
    let run = try MethodRun(features, kernel, weights: weights, options: options)
    let classes = try run.classes(labels)
    let problems = classes.problems
    let targets = Matrix<Double>(rowCount: run.count, columnCount: problems.count) {
      classes.codes[$0] == problems[$1].positive ? 1 : -1
    }
    return (
      run, classes,
      RidgeTask(
        targets: targets, weights: run.weights, lambda: 1 / errorWeight, fitsBias: true)
    )
  }
}

extension ClassTable {
  /// One machine for two classes, else one for each class.
  fileprivate var problems: ClassProblems {
    Decomposition.oneVersusRest.problems(classCount: names.count, twoShareOne: true)
  }

  /// The share of examples that are classified wrongly when left out: d⁽⁻ⁱ⁾(xᵢ) = tᵢ − rᵢ.
  fileprivate func leftOutErrorShare(
    _ residuals: Matrix<Double>, _ targets: Matrix<Double>, weights: [Double]
  ) -> Double {
    let values = Matrix<Double>(rowCount: residuals.rowCount, columnCount: residuals.columnCount) {
      targets[$0, $1] - residuals[$0, $1]
    }
    return errorShare(problems.winners(values), codes, weights: weights)
  }
}
