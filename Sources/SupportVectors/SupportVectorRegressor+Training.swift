import Kernels
import LinearAlgebra
import SMOSolver

extension SupportVectorRegressor {
  /// Trains an ε-support vector regressor.
  ///
  /// Training solves the dual problem of Vapnik [1] in α and α*
  /// ```
  /// minimize   ½ (α − α*)ᵀK(α − α*) + ε Σ(αᵢ + αᵢ*) − Σ zᵢ(αᵢ − αᵢ*)
  /// subject to Σ(αᵢ − αᵢ*) = 0,   0 ≤ αᵢ, αᵢ* ≤ C
  /// ```
  /// Features are used as given; scale them first. C and ε are in units of the target.
  ///
  /// > [1] V. Vapnik. *The Nature of Statistical Learning Theory.* Springer 1995.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - targets: n finite numbers.
  ///   - kernel: The kernel and its parameters.
  ///   - boxConstraint: The upper bound C > 0 of the dual variables.
  ///   - tubeWidth: ε ≥ 0; errors within ±ε cost nothing.
  ///   - options: When to stop, and how to compute.
  /// - Returns: The trained model; see ``isConverged``.
  /// - Throws: ``TrainingError``.
  /// - Complexity: Between O(n·s·d) and O(n²·d) for s support vectors, a few times that for large C.
  public static func train(
    features: FeatureMatrix, targets: [Double], kernel: Kernel = .gaussian(),
    boxConstraint: Double = 1, tubeWidth: Double = 0.1,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> SupportVectorRegressor {
    try TrainingChecks.features(features)
    try TrainingChecks.boxConstraint(boxConstraint)
    guard tubeWidth >= 0, tubeWidth.isFinite else {
      throw .invalidParameter(name: "epsilon", value: "\(tubeWidth)", expected: "at least 0")
    }
    guard targets.count == features.rowCount else {
      throw .countMismatch(what: "targets", found: targets.count, rows: features.rowCount)
    }
    if let row = targets.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(row: row, column: nil, value: targets[row])
    }
    let function = try TrainingChecks.kernel(
      kernel, for: features, memoryLimit: options.memoryLimit)
    let run = try TrainingRun(options, problemCount: 1)
    let count = features.rowCount
    let solution = try run.solve(
      .regression(
        targets: targets, tubeWidth: tubeWidth,
        boxConstraints: Array(repeating: boxConstraint, count: count)),
      features, function, threads: run.threads, share: 1)
    run.finishProblem(solution.certificate)
    let coefficients = (0..<count).map { solution.alpha[$0] - solution.alpha[count + $0] }
    let supportIndices = coefficients.indices.filter { coefficients[$0] != 0 }
    do {
      let expansion = try KernelExpansion(
        kernel: function, featureCount: features.columnCount,
        supportVectors: features.supportVectors(supportIndices, for: function),
        supportIndices: supportIndices, supportCounts: [supportIndices.count],
        dualCoefficients: Matrix(rowCount: 1, columnCount: supportIndices.count) {
          coefficients[supportIndices[$1]]
        },
        biases: [solution.multipliers[0]],
        precision: run.precision(for: features, function) == .double ? .double : .single)
      return try SupportVectorRegressor(
        expansion: expansion, boxConstraint: boxConstraint, tubeWidth: tubeWidth,
        tolerance: options.tolerance, trainingCount: count,
        problem: PairReport(
          certificate: solution.certificate, supportVectorCount: supportIndices.count,
          boundedSupportVectorCount: supportIndices.count {
            abs(coefficients[$0]) >= boxConstraint
          },
          kernelValuesComputed: solution.kernelValuesComputed, phases: solution.phases))
    } catch {
      throw .model(error)
    }
  }

  /// Trains on dense features; see
  /// ``train(features:targets:kernel:boxConstraint:tubeWidth:options:)``.
  ///
  /// - Throws: ``TrainingError``.
  public static func train(
    features: Matrix<Double>, targets: [Double], kernel: Kernel = .gaussian(),
    boxConstraint: Double = 1, tubeWidth: Double = 0.1,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> SupportVectorRegressor {
    try train(
      features: .dense(features), targets: targets, kernel: kernel, boxConstraint: boxConstraint,
      tubeWidth: tubeWidth, options: options)
  }

  /// Whether the problem was solved to its tolerance.
  public var isConverged: Bool { problem.certificate.stopReason == .converged }
}
