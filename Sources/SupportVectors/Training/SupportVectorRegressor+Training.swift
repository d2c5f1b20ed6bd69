import Kernels
import Learning
import LinearAlgebra
import SMOSolver

extension SupportVectorRegressor {
  /// What is to be learned from examples.
  public struct Settings: Sendable {
    package var kernel: Kernel
    package var formulation: RegressorFormulation
    package var warmStart: WarmStart?

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - kernel: The kernel and its parameters; gamma `scale` is that of the weighted examples.
    ///   - formulation: ε-SVR or ν-SVR, with its parameters.
    ///   - warmStart: Where to begin, or `nil` to begin at 0.
    public init(
      kernel: Kernel = .gaussian(), formulation: RegressorFormulation,
      startingFrom warmStart: WarmStart? = nil
    ) {
      self.kernel = kernel
      self.formulation = formulation
      self.warmStart = warmStart
    }
  }

  /// Trains a regressor.
  ///
  /// ε-SVR solves the dual problem of Vapnik [1] in α and α*
  /// ```
  /// minimize   ½ (α − α*)ᵀK(α − α*) + ε Σ(αᵢ + αᵢ*) − Σ zᵢ(αᵢ − αᵢ*)
  /// subject to Σ(αᵢ − αᵢ*) = 0,   0 ≤ αᵢ, αᵢ* ≤ C wᵢ
  /// ```
  /// ν-SVR [2] has no ε there, but the constraint Σ(αᵢ + αᵢ*) = ν C Σ wᵢ, and finds ε. Features are
  /// used as given; scale them first. C and ε are in units of the target.
  ///
  /// > [1] V. Vapnik. *The Nature of Statistical Learning Theory.* Springer 1995.
  /// >
  /// > [2] B. Schölkopf, A. J. Smola, R. C. Williamson, P. L. Bartlett. "New Support Vector
  /// > Algorithms." *Neural Computation* 12 (2000), 1207–1245.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - targets: n finite numbers.
  ///   - weights: n finite numbers ≥ 0, not all 0; an example of weight 2 counts as if it were there
  ///     twice, one of weight 0 as if it were not there. `nil` when all are 1.
  ///   - settings: The kernel and the formulation.
  ///   - options: When to stop, and how to compute.
  /// - Returns: The trained model; see ``isConverged``.
  /// - Throws: `TrainingError`.
  /// - Complexity: Between O(n·s·d) and O(n²·d) for s support vectors, a few times that for large C.
  public static func train(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil, settings: Settings,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> SupportVectorRegressor {
    try train(
      .local(features), targets: targets, weights: weights, settings: settings, options: options)
  }

  /// Trains on examples in this process or on several ranks, each of which gets the model; targets and
  /// weights are those of all examples.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    _ examples: ExampleSet, targets: [Double], weights: [Double]? = nil, settings: Settings,
    options: TrainingOptions
  ) throws(TrainingError) -> SupportVectorRegressor {
    try TrainingChecks.examples(examples)
    let formulation = settings.formulation
    try formulation.check()
    try TrainingChecks.targets(targets, rowCount: examples.rowCount)
    let weights = try ExampleWeights(weights, count: examples.rowCount)
    let function = try TrainingChecks.kernel(
      settings.kernel, for: examples, weights: weights.values, memoryLimit: options.memoryLimit)
    let problem = RegressionProblem(
      formulation: formulation, targets: weights.rows.map { targets[$0] },
      upperBounds: try weights.upperBounds(unit: formulation.boxConstraint))
    let start = try settings.warmStart?.coefficients(
      of: weights.rows, rowCount: examples.rowCount, expected: "a regressor")
    let run = try TrainingRun(options, problemCount: 1, examples) { () throws(TrainingError) in
      var identity = try TrainingIdentity(examples, function, weights, options)
      identity.add("targets", targets)
      identity.add("parameters", "\(formulation)")
      identity.add("starts", start ?? [])
      return identity
    }
    let source = try KernelSource(examples, function)
    var request = SolveRequest(problem.program, threads: run.threads) { () throws(TrainingError) in
      try weights.included(source)
    }
    request.start = start.map { problem.start(near: $0) }
    let solution = try run.solve(request)
    run.finishProblem(solution.certificate)
    let (coefficients, bias, epsilon) = problem.coefficients(solution)
    let positions = coefficients.indices.filter { coefficients[$0] != 0 }
    let supportIndices = positions.map { weights.rows[$0] }
    let supportVectors = try examples.supportVectors(supportIndices, for: function)
    let precision = try run.precision(for: source)
    do {
      let expansion = try KernelExpansion(
        kernel: function, featureCount: examples.columnCount, supportVectors: supportVectors,
        supportIndices: supportIndices, supportCounts: [supportIndices.count],
        dualCoefficients: Matrix(rowCount: 1, columnCount: positions.count) {
          coefficients[positions[$1]]
        },
        biases: [bias], precision: .double)
      return try SupportVectorRegressor(
        expansion: run.predicting(expansion, trainedIn: precision), formulation: formulation,
        epsilon: epsilon,
        training: .init(
          tolerance: options.tolerance, count: examples.rowCount,
          usesExampleWeights: weights.values != nil, excludedCount: weights.excludedCount),
        problem: ProblemReport(
          certificate: solution.certificate, supportVectorCount: supportIndices.count,
          boundedSupportVectorCount: positions.count {
            abs(coefficients[$0]) >= problem.upperBounds[$0]
          },
          kernelValuesComputed: solution.kernelValuesComputed, phases: solution.phases))
    } catch {
      throw .model(error)
    }
  }

  /// Trains an ε-support vector regressor; see
  /// `train(features:targets:weights:settings:options:)`.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - targets: n finite numbers.
  ///   - kernel: The kernel and its parameters.
  ///   - boxConstraint: The upper bound C > 0 of the dual variables.
  ///   - epsilon: ε ≥ 0; errors within ±ε cost nothing.
  ///   - options: When to stop, and how to compute.
  /// - Returns: The trained model; see ``isConverged``.
  /// - Throws: `TrainingError`.
  public static func train(
    features: FeatureMatrix, targets: [Double], kernel: Kernel = .gaussian(),
    boxConstraint: Double = 1, epsilon: Double = 0.1,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> SupportVectorRegressor {
    try train(
      features: features, targets: targets,
      settings: Settings(
        kernel: kernel, formulation: .epsilon(boxConstraint: boxConstraint, epsilon: epsilon)),
      options: options)
  }

  /// Trains on dense features; see
  /// `train(features:targets:weights:settings:options:)`.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    features: Matrix<Double>, targets: [Double], weights: [Double]? = nil, settings: Settings,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> SupportVectorRegressor {
    try train(
      features: .dense(features), targets: targets, weights: weights, settings: settings,
      options: options)
  }

  /// Trains on dense features; see
  /// ``train(features:targets:kernel:boxConstraint:epsilon:options:)``.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    features: Matrix<Double>, targets: [Double], kernel: Kernel = .default,
    boxConstraint: Double = 1, epsilon: Double = 0.1,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> SupportVectorRegressor {
    try train(
      features: .dense(features), targets: targets, kernel: kernel, boxConstraint: boxConstraint,
      epsilon: epsilon, options: options)
  }

  /// Whether the problem was solved to its tolerance.
  public var isConverged: Bool { problem.certificate.stopReason == .converged }
}

/// A regression: in the terms of the solver, and back.
struct RegressionProblem: Sendable {
  let formulation: RegressorFormulation
  let targets: [Double]
  /// C times each example's weight.
  let upperBounds: ProgramValues<Double>

  var program: QuadraticProgram {
    switch formulation {
    case .epsilon(_, let epsilon):
      .regression(targets: targets, epsilon: epsilon, boxConstraints: upperBounds)
    case .nu(let nu, _):
      .nuRegression(targets: targets, nu: nu, boxConstraints: upperBounds)
    }
  }

  /// αᵢ − αᵢ* of each example, the bias, and ε where it was to be found.
  func coefficients(
    _ solution: Solution
  ) -> (values: [Double], bias: Double, epsilon: Double?) {
    let count = targets.count
    let values = (0..<count).map { solution.alpha[$0] - solution.alpha[count + $0] }
    let multipliers = solution.multipliers
    guard case .nu = formulation else { return (values, multipliers[0], nil) }
    // Where more ν would still cost nothing, ε is 0 up to rounding.
    return (
      values, (multipliers[0] + multipliers[1]) / 2, max(0, (multipliers[0] - multipliers[1]) / 2)
    )
  }

  /// The dual variables behind stored coefficients.
  ///
  /// In the ν form α and α* of one example may both be positive where ε is 0. Their difference does not
  /// tell by how much; what is missing from the sums is given to the examples nearest to the model.
  ///
  /// - Parameters:
  ///   - coefficients: αᵢ − αᵢ*.
  ///   - residuals: How far each target lies from the model's value, asked for when needed.
  /// - Returns: All α, then all α*.
  /// - Throws: What `residuals` throws.
  func alpha(
    of coefficients: [Double], residuals: () throws(TrainingError) -> [Double]
  ) throws(TrainingError) -> [Double] {
    var rising = coefficients.map { max($0, 0) }
    var falling = coefficients.map { max(-$0, 0) }
    if case .nu(let nu, _) = formulation {
      let total = nu * upperBounds.array.reduce(0, +) / 2
      var missing = total - (rising.reduce(0, +) + falling.reduce(0, +)) / 2
      if missing > 1e-9 * total {
        let distances = try residuals().map { abs($0) }
        let order = distances.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
        for index in order where missing > 0 {
          let room = upperBounds[index] - max(rising[index], falling[index])
          let part = min(room, missing)
          rising[index] += part
          falling[index] += part
          missing -= part
        }
      }
    }
    return rising + falling
  }
}
