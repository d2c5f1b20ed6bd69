import Kernels
import LinearAlgebra
import Learning

extension KernelRidgeRegressor {
  /// Trains a regressor by a Cholesky factor of K + λW⁻¹.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - targets: n finite numbers.
  ///   - weights: n numbers, at least 0, or `nil` for ones. Weight 2 is a row given twice, weight 0 a
  ///     row not given.
  ///   - kernel: The kernel and its parameters; it has to be positive semi-definite.
  ///   - regularization: λ > 0, in units of kernel values.
  ///   - fitsBias: Whether to add a constant that costs nothing. Without it, targets should have a
  ///     mean of about 0.
  ///   - leavesOneOut: Whether to compute the exact leave-one-out residuals, which doubles the time.
  ///   - keepsUncertainty: Whether to keep the factor, n × n numbers, for
  ///     ``predictionVariances(_:threads:)``.
  ///   - options: Threads, memory, limits, precision of predictions; the kernel matrix is in Double.
  /// - Returns: The trained model; the same bits for every number of threads.
  /// - Throws: `TrainingError`.
  /// - Complexity: O(n²·d) for the matrix and n³/3 multiplications for its factor, as many for the
  ///   residuals; 8·n² bytes.
  public static func train(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil,
    kernel: Kernel = .gaussian(), regularization: Double = 1, fitsBias: Bool = false,
    leavesOneOut: Bool = true, keepsUncertainty: Bool = false,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> KernelRidgeRegressor {
    try TrainingChecks.positive(regularization, "regularization")
    let (run, matrix) = try prepared(features, targets, weights, kernel, options)
    let task = RidgeTask(
      targets: matrix, weights: run.weights, regularization: regularization, fitsBias: fitsBias)
    return try run.stoppable { () throws(TrainingError) in
      try run.reserve(squares: 1)
      let solution = try run.solve(run.kernelMatrix(), task, leavesOneOut: leavesOneOut)
      // At the solution α = W(y − f)/λ, so that the training residuals are λα/w.
      let residuals = Matrix<Double>(rowCount: run.count, columnCount: 1) { row, _ in
        regularization * solution.coefficients[0, row] / run.weights[row]
      }
      let expansion = try run.expansion(
        coefficients: solution.coefficients, biases: solution.biases)
      let uncertainty = try keepsUncertainty ? RidgeUncertainty(run, task, solution) : nil
      return try withModel { () throws(ModelError) in
        try KernelRidgeRegressor(
          expansion: expansion, regularization: regularization, fitsBias: fitsBias,
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

  /// Trains on dense features; see
  /// ``train(features:targets:weights:kernel:regularization:fitsBias:leavesOneOut:keepsUncertainty:options:)``.
  ///
  /// - Throws: `TrainingError`.
  public static func train(
    features: Matrix<Double>, targets: [Double], weights: [Double]? = nil,
    kernel: Kernel = .gaussian(), regularization: Double = 1, fitsBias: Bool = false,
    leavesOneOut: Bool = true, keepsUncertainty: Bool = false,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> KernelRidgeRegressor {
    try train(
      features: .dense(features), targets: targets, weights: weights, kernel: kernel,
      regularization: regularization, fitsBias: fitsBias, leavesOneOut: leavesOneOut,
      keepsUncertainty: keepsUncertainty, options: options)
  }

  /// The exact leave-one-out error for each of some values of λ, from one eigen-decomposition.
  ///
  /// - Parameters:
  ///   - features: As for training.
  ///   - targets: n finite numbers.
  ///   - weights: As for training.
  ///   - kernel: The kernel and its parameters.
  ///   - regularizations: Values of λ > 0.
  ///   - fitsBias: As for training.
  ///   - options: Threads, memory, limits. LAPACK decomposes on one thread, and when the training is
  ///     to stop it continues in the background for a while.
  /// - Returns: The errors, and the λ to train with.
  /// - Throws: `TrainingError`.
  /// - Complexity: About 9·n³ multiplications, and O(n²) for each λ; 24·n² bytes.
  public static func regularizationPath(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil,
    kernel: Kernel = .gaussian(), regularizations: [Double], fitsBias: Bool = false,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> RegularizationPath {
    let (run, matrix) = try prepared(features, targets, weights, kernel, options)
    let task = RidgeTask(
      targets: matrix, weights: run.weights, regularization: 1, fitsBias: fitsBias)
    return try run.stoppable { () throws(TrainingError) in
      return try run.path(task, regularizations: regularizations) {
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
