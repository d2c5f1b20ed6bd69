import Kernels
import LinearAlgebra
import Learning

extension KernelRidgeRegressor {
  /// What is to be learned from examples.
  public struct Settings: Sendable {
    package var kernel: Kernel
    package var lambda: Double
    package var fitsBias: Bool
    package var leavesOneOut: Bool
    package var keepsUncertainty: Bool

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - kernel: The kernel and its parameters; it has to be positive semi-definite.
    ///   - lambda: λ > 0, in units of kernel values.
    ///   - fitsBias: Whether to add a constant that costs nothing. Without it, targets should have a
    ///     mean of about 0.
    ///   - leavesOneOut: Whether to compute the exact leave-one-out residuals, which doubles the time.
    ///   - keepsUncertainty: Whether to keep the factor, n × n numbers, for
    ///     ``predictionVariances(_:threads:)``.
    public init(
      kernel: Kernel = .gaussian(), lambda: Double = 1, fitsBias: Bool = false,
      leavesOneOut: Bool = true, keepsUncertainty: Bool = false
    ) {
      self.kernel = kernel
      self.lambda = lambda
      self.fitsBias = fitsBias
      self.leavesOneOut = leavesOneOut
      self.keepsUncertainty = keepsUncertainty
    }
  }

  /// Trains a regressor by a Cholesky factor of K + λW⁻¹.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - targets: n finite numbers.
  ///   - weights: n numbers, at least 0, or `nil` for ones. Weight 2 is a row given twice, weight 0 a
  ///     row not given.
  ///   - settings: The kernel, λ, and what else is computed.
  ///   - options: Threads, memory, limits, precision of predictions; the kernel matrix is in Double.
  /// - Returns: The trained model; the same bits for every number of threads.
  /// - Throws: `TrainingError`.
  /// - Complexity: O(n²·d) for the matrix and n³/3 multiplications for its factor, as many for the
  ///   residuals; 8·n² bytes.
  public static func train(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> KernelRidgeRegressor {
    let (lambda, fitsBias) = (settings.lambda, settings.fitsBias)
    try TrainingChecks.positive(lambda, "lambda")
    let (run, matrix) = try prepared(features, targets, weights, settings.kernel, options)
    let task = RidgeTask(
      targets: matrix, weights: run.weights, lambda: lambda, fitsBias: fitsBias)
    return try run.stoppable { () throws(TrainingError) in
      try run.reserve(squares: 1)
      let solution = try run.solve(run.kernelMatrix(), task, leavesOneOut: settings.leavesOneOut)
      // At the solution α = W(y − f)/λ, so that the training residuals are λα/w.
      let residuals = Matrix<Double>(rowCount: run.count, columnCount: 1) { row, _ in
        lambda * solution.coefficients[0, row] / run.weights[row]
      }
      let expansion = try run.expansion(
        coefficients: solution.coefficients, biases: solution.biases)
      let uncertainty = try settings.keepsUncertainty ? RidgeUncertainty(run, task, solution) : nil
      return try withModel { () throws(ModelError) in
        try KernelRidgeRegressor(
          expansion: expansion, lambda: lambda, fitsBias: fitsBias,
          trainingCount: features.rowCount,
          report: RidgeReport(
            conditionEstimate: solution.conditionEstimate,
            trainingError: rootMeanSquare(residuals, weights: run.weights),
            leaveOneOutError: solution.leaveOneOutResiduals.map {
              rootMeanSquare($0, weights: run.weights)
            }),
          uncertainty: uncertainty,
          leaveOneOutResiduals: solution.leaveOneOutResiduals?.elements)
      }
    }
  }

  /// Trains on dense features.
  package static func train(
    features: Matrix<Double>, targets: [Double], weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> KernelRidgeRegressor {
    try train(
      features: .dense(features), targets: targets, weights: weights, settings: settings,
      options: options)
  }

  /// The exact leave-one-out error for each of some values of λ, from one eigen-decomposition.
  ///
  /// - Parameters:
  ///   - features: As for training.
  ///   - targets: n finite numbers.
  ///   - weights: As for training.
  ///   - settings: As for training; its λ is not used.
  ///   - lambdas: Values of λ > 0.
  ///   - options: Threads, memory, limits. LAPACK decomposes on one thread, and when the training is
  ///     to stop it continues in the background for a while.
  /// - Returns: The errors, and the λ to train with.
  /// - Throws: `TrainingError`.
  /// - Complexity: About 9·n³ multiplications, and O(n²) for each λ; 24·n² bytes.
  public static func regularizationPath(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil,
    settings: Settings = Settings(), lambdas: [Double],
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> RegularizationPath {
    let (run, matrix) = try prepared(features, targets, weights, settings.kernel, options)
    let task = RidgeTask(
      targets: matrix, weights: run.weights, lambda: 1, fitsBias: settings.fitsBias)
    return try run.stoppable { () throws(TrainingError) in
      return try run.path(task, lambdas: lambdas) {
        rootMeanSquare($0, weights: run.weights)
      }
    }
  }

  private static func prepared(
    _ features: FeatureMatrix, _ targets: [Double], _ weights: [Double]?, _ kernel: Kernel,
    _ options: TrainingOptions
  ) throws(TrainingError) -> (MethodRun, Matrix<Double>) {
    try TrainingChecks.targets(targets, rowCount: features.rowCount)
    let run = try MethodRun(features, kernel, weights: weights, options: options)
    return (
      run, Matrix(rowCount: run.count, columnCount: 1) { row, _ in targets[run.rows[row]] }
    )
  }
}
