import Kernels
import Learning
import LinearAlgebra
import SMOSolver

extension QuantileRegressor {
  /// Trains a regressor for some quantiles.
  ///
  /// For each quantile τ it minimises ½‖w‖² + C Σ wᵢ ρ(zᵢ − f(xᵢ)), where an error above the function
  /// costs τ for each unit and one below it 1 − τ (the pinball loss of Koenker and Bassett; with kernels
  /// Takeuchi et al. [1]). The dual problem has one variable for each example,
  /// ```
  /// minimize   ½ βᵀKβ − zᵀβ
  /// subject to Σβᵢ = 0,   C wᵢ (τ − 1) ≤ βᵢ ≤ C wᵢ τ
  /// ```
  /// The problems of all quantiles share the kernel values. Features are used as given; scale them first.
  /// C is in units of the target.
  ///
  /// ```swift
  /// let model = try QuantileRegressor.train(
  ///   features: .dense(features), targets: prices,
  ///   formulation: QuantileFormulation(quantiles: [0.1, 0.5, 0.9]))
  /// let ranges = try model.predictQuantiles(.dense(others))
  /// ```
  ///
  /// > [1] I. Takeuchi, Q. V. Le, T. D. Sears, A. J. Smola. "Nonparametric Quantile Estimation."
  /// > *Journal of Machine Learning Research* 7 (2006), 1231–1264.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - targets: n finite numbers.
  ///   - weights: n finite numbers ≥ 0, not all 0; an example of weight 2 counts as if it were there
  ///     twice, one of weight 0 as if it were not there. `nil` when all are 1.
  ///   - kernel: The kernel and its parameters; gamma `scale` is that of the weighted examples.
  ///   - formulation: The quantiles and C.
  ///   - options: When to stop, and how to compute.
  /// - Returns: The trained model; see ``isConverged``.
  /// - Throws: `TrainingError`.
  /// - Complexity: O(n²·d) kernel values once, and for each quantile as much as a regression whose examples
  ///   are nearly all support vectors.
  public static func train(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil,
    kernel: Kernel = .gaussian(), formulation: QuantileFormulation,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> QuantileRegressor {
    try train(
      .local(features), targets: targets, weights: weights, kernel: kernel,
      formulation: formulation, options: options)
  }

  /// Trains on examples in this process or on several ranks, each of which gets the model; targets and
  /// weights are those of all examples.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    _ examples: ExampleSet, targets: [Double], weights: [Double]? = nil, kernel: Kernel,
    formulation: QuantileFormulation, options: TrainingOptions
  ) throws(TrainingError) -> QuantileRegressor {
    try TrainingChecks.examples(examples)
    try formulation.check()
    try TrainingChecks.targets(targets, rowCount: examples.rowCount)
    let weights = try ExampleWeights(weights, count: examples.rowCount)
    let function = try TrainingChecks.kernel(
      kernel, for: examples, weights: weights.values, memoryLimit: options.memoryLimit)
    let formulation = formulation.ascending
    let problems = try QuantileProblem.problems(formulation, targets: targets, weights: weights)
    let run = try TrainingRun(options, problemCount: problems.count, examples) {
      () throws(TrainingError) in
      var identity = try TrainingIdentity(examples, function, weights, options)
      identity.add("targets", targets)
      identity.add("parameters", "\(formulation)")
      return identity
    }
    let source = try KernelSource(examples, function)
    let solutions = try run.solve(problems, of: try weights.included(source))
    let positions = weights.rows.indices.filter { position in
      solutions.contains { $0.alpha[position] != 0 }
    }
    let supportIndices = positions.map { weights.rows[$0] }
    let supportVectors = try examples.supportVectors(supportIndices, for: function)
    let precision = try run.precision(for: source)
    do {
      let expansion = try KernelExpansion(
        kernel: function, featureCount: examples.columnCount, supportVectors: supportVectors,
        supportIndices: supportIndices, supportCounts: [supportIndices.count],
        dualCoefficients: Matrix(rowCount: problems.count, columnCount: positions.count) {
          solutions[$0].alpha[positions[$1]]
        },
        biases: solutions.map { $0.multipliers[0] }, precision: .double, layout: .outputs)
      return try QuantileRegressor(
        expansion: run.predicting(expansion, trainedIn: precision),
        formulation: formulation,
        weighting: (weights.values != nil, weights.excludedCount), tolerance: options.tolerance,
        trainingCount: examples.rowCount,
        problems: zip(problems, solutions).map { $0.report($1) })
    } catch {
      throw .model(error)
    }
  }

  /// Recomputes the certificate of each quantile in Double from the stored dual variables.
  ///
  /// - Parameters:
  ///   - features: The training data that the model was made from, in the same order.
  ///   - targets: Its targets.
  ///   - weights: Its weights, or `nil` when it had none.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: A certificate for each of ``quantiles``.
  /// - Throws: `TrainingError` when these cannot be the training data, and
  ///   `KernelError.notFinite`.
  /// - Complexity: O(n·s·d) for each quantile.
  public func verify(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil, threads: Int? = nil
  ) throws(TrainingError) -> [Certificate] {
    try verify(.local(features), targets: targets, weights: weights, threads: threads)
  }

  /// The same for examples in this process or on several ranks; targets and weights are those of all.
  ///
  /// - Throws: `TrainingError`.
  package func verify(
    _ examples: ExampleSet, targets: [Double], weights: [Double]?, threads: Int?
  ) throws(TrainingError) -> [Certificate] {
    try TrainingChecks.examples(examples)
    try TrainingChecks.targets(targets, rowCount: examples.rowCount)
    try expansion.checkTrainingData(examples, expected: trainingCount)
    let weights = try ExampleWeights(weights, count: examples.rowCount)
    try weights.checkMatch(usesExampleWeights, excludedCount)
    // A constant changes nothing but the bias, and large ones would hide what small targets differ by.
    let centre = weights.rows.first.map { targets[$0] } ?? 0
    let source = try weights.included(KernelSource(examples, expansion.kernel))
    var certificates: [Certificate] = []
    for (output, problem) in try QuantileProblem.problems(
      formulation, targets: targets.map { $0 - centre }, weights: weights
    ).enumerated() {
      let beta = expansion.coefficients(
        ofRows: weights.rows, count: examples.rowCount, output: output)
      guard
        beta.indices.allSatisfy({
          problem.lowerBounds[$0] <= beta[$0] && beta[$0] <= problem.upperBounds[$0]
        })
      else { throw .notTheTrainingData("dual variables of its rows are outside their bounds") }
      certificates.append(
        try expansion.recomputedCertificate(
          problem.program, beta, source, like: problems[output].certificate, threads: threads))
    }
    return certificates
  }
}

/// The problem of one quantile, in the terms of the solver: the variables are β themselves, one for each
/// example, between bounds on both sides of 0.
struct QuantileProblem: Sendable {
  let targets: [Double]
  /// C wᵢ (τ − 1) of each example.
  let lowerBounds: ProgramValues<Double>
  /// C wᵢ τ of each example.
  let upperBounds: ProgramValues<Double>

  /// The problems of all quantiles.
  ///
  /// - Throws: `TrainingError/invalidParameter(name:value:expected:)` when a bound leaves the range of
  ///   numbers.
  static func problems(
    _ formulation: QuantileFormulation, targets: [Double], weights: ExampleWeights
  ) throws(TrainingError) -> [QuantileProblem] {
    let bounds = try weights.upperBounds(unit: formulation.boxConstraint)
    let targets = weights.rows.map { targets[$0] }
    return formulation.quantiles.map { quantile in
      QuantileProblem(
        targets: targets, lowerBounds: ProgramValues(bounds.lazy.map { $0 * (quantile - 1) }),
        upperBounds: ProgramValues(bounds.lazy.map { $0 * quantile }))
    }
  }

  var program: QuadraticProgram {
    let count = targets.count
    return QuadraticProgram(
      ExampleIndices(of: count), isPositive: Array(repeating: true, count: count),
      linearTerm: ProgramValues(targets.map { -$0 }), bounds: (lowerBounds, upperBounds))
  }

  func report(_ solution: Solution) -> ProblemReport {
    let beta = solution.alpha
    return ProblemReport(
      certificate: solution.certificate, supportVectorCount: beta.count { $0 != 0 },
      boundedSupportVectorCount: beta.indices.count {
        beta[$0] <= lowerBounds[$0] || beta[$0] >= upperBounds[$0]
      },
      kernelValuesComputed: solution.kernelValuesComputed, phases: solution.phases)
  }
}

extension TrainingRun {
  /// Solves the problems of all quantiles, one after the other on all threads.
  fileprivate func solve(
    _ problems: [QuantileProblem], of source: KernelSource
  ) throws(TrainingError) -> [Solution] {
    let kernels = try kernels(problems, source)
    var solutions: [Solution] = []
    for (index, problem) in problems.enumerated() {
      var request = SolveRequest(problem.program, problem: index, threads: threads) { source }
      request.kernel = kernels?(index)
      let solution = try solve(request)
      finishProblem(solution.certificate)
      solutions.append(solution)
    }
    return solutions
  }

  /// The kernel of each problem, where the problems of this training share kernel values among themselves:
  /// not where there is one, and not where other trainings share theirs with it.
  private func kernels(
    _ problems: [QuantileProblem], _ source: KernelSource
  ) throws(TrainingError) -> ((_ problem: Int) -> SolverKernel)? {
    guard problems.count > 1, options.sharedKernel == nil, !source.isSharded else { return nil }
    return switch try precision(for: source) {
    case .double: try kernels(Double.self, problems, source)
    case .single, .automatic: try kernels(Float.self, problems, source)
    }
  }

  private func kernels<Scalar: SMOScalar>(
    _ scalar: Scalar.Type, _ problems: [QuantileProblem], _ source: KernelSource
  ) throws(TrainingError) -> ((_ problem: Int) -> SolverKernel)? {
    let shared = SharedKernel()
    let count = source.count
    let values: SharedValues<Scalar>?
    do throws(KernelError) {
      values = try shared.matrix(
        source, order: (0..<Int32(count)).map { $0 }, threads: threads,
        byteLimit: options.memoryLimit / 2, isCancelled: { self.interruption != nil })
    } catch {
      throw .kernel(error)
    }
    if let values {
      return { index in
        // What is computed once is counted with the first problem.
        values.kernel(of: source, threads: self.threads, isFirst: index == 0)
      }
    }
    // A problem that single precision does not serve continues with a kernel of its own.
    let share = try precision(for: source) == .automatic ? 2 : 1
    let kernel = source.tiles(
      scalar, threads: threads, memoryLimit: blockLimit(of: problems[0].program).rest / share)
    return { _ in
      kernel.restrict(to: nil)
      return SolverKernel(earlierValues: kernel.valuesComputed) { kernel }
    }
  }
}
