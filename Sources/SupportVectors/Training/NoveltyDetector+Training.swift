import Kernels
import Learning
import LinearAlgebra
import SMOSolver

extension NoveltyDetector {
  /// Trains a novelty detector.
  ///
  /// The one-class support vector machine [1] solves
  /// ```
  /// minimize   ½ αᵀKα
  /// subject to Σ αᵢ = S,   0 ≤ αᵢ ≤ wᵢ,   S = ν Σ wᵢ
  /// ```
  /// and a data description [2] with −(S/2) Σ αᵢ κ(xᵢ, xᵢ) added to the objective, which is Tax and Duin's
  /// with C = 1/S and its dual variables and objective multiplied by S and S²/2. Certificates and the
  /// tolerance are of these problems. Features are used as given; scale them first.
  ///
  /// > [1] B. Schölkopf, J. C. Platt, J. Shawe-Taylor, A. J. Smola, R. C. Williamson. "Estimating the
  /// > Support of a High-Dimensional Distribution." *Neural Computation* 13 (2001), 1443–1471.
  /// >
  /// > [2] D. M. J. Tax, R. P. W. Duin. "Support Vector Data Description." *Machine Learning* 54
  /// > (2004), 45–66.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix; its diagonal must be one number for a data description, because
  ///     κ(x, x) of other examples is not known.
  ///   - weights: n finite numbers ≥ 0, not all 0; an example of weight 2 counts as if it were there
  ///     twice, one of weight 0 as if it were not there. `nil` when all are 1.
  ///   - kernel: The kernel and its parameters; gamma `scale` is that of the weighted examples.
  ///   - formulation: A half-space or a sphere, with ν in (0, 1].
  ///   - warmStart: Where to begin, or `nil` to begin at any point.
  ///   - options: When to stop, and how to compute.
  /// - Returns: The trained model; see ``isConverged``.
  /// - Throws: `TrainingError`.
  /// - Complexity: Between O(n·s·d) and O(n²·d) for s support vectors.
  public static func train(
    features: FeatureMatrix, weights: [Double]? = nil, kernel: Kernel = .gaussian(),
    formulation: NoveltyFormulation = .oneClass(nu: 0.5),
    startingFrom warmStart: WarmStart? = nil, options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> NoveltyDetector {
    try train(
      .local(features), weights: weights, kernel: kernel, formulation: formulation,
      startingFrom: warmStart, options: options)
  }

  /// Trains on examples in this process or on several ranks, each of which gets the model; weights are
  /// those of all examples.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    _ examples: ExampleSet, weights: [Double]? = nil, kernel: Kernel,
    formulation: NoveltyFormulation, startingFrom warmStart: WarmStart? = nil,
    options: TrainingOptions
  ) throws(TrainingError) -> NoveltyDetector {
    try TrainingChecks.examples(examples)
    try TrainingChecks.nu(formulation.nu)
    let weights = try ExampleWeights(weights, count: examples.rowCount)
    let function = try TrainingChecks.kernel(
      kernel, for: examples, weights: weights.values, memoryLimit: options.memoryLimit)
    let included = try weights.included(try KernelSource(examples, function))
    let problem = try NoveltyProblem(
      formulation, included, upperBounds: weights.upperBounds(unit: 1))
    let start = try warmStart?.coefficients(
      of: weights.rows, rowCount: examples.rowCount, expected: "a novelty detector")
    let run = try TrainingRun(options, problemCount: 1, examples) { () throws(TrainingError) in
      var identity = try TrainingIdentity(examples, function, weights, options)
      identity.add("parameters", "\(formulation)")
      identity.add("starts", start ?? [])
      return identity
    }
    var request = SolveRequest(problem.program, threads: run.threads) { included }
    request.start = start.map { problem.start(near: $0) }
    let solution = try run.solve(request)
    run.finishProblem(solution.certificate)
    var found = problem.result(solution)
    let positions = found.coefficients.indices.filter { found.coefficients[$0] != 0 }
    let supportIndices = positions.map { weights.rows[$0] }
    let supportVectors = try examples.supportVectors(supportIndices, for: function)
    var expansion: KernelExpansion
    do {
      expansion = try KernelExpansion(
        kernel: function, featureCount: examples.columnCount, supportVectors: supportVectors,
        supportIndices: supportIndices, supportCounts: [supportIndices.count],
        dualCoefficients: Matrix(rowCount: 1, columnCount: positions.count) {
          found.coefficients[positions[$1]]
        },
        biases: [found.bias],
        // Support vectors lie on the boundary, where the rounding of single precision decides.
        precision: options.precision == .single ? .single : .double)
    } catch {
      throw .model(error)
    }
    if !found.report.isUntrained {
      let candidates = solution.nearBoundary.map { $0.map { weights.rows[$0] } }
      let inside = problem.unboundedExamples(of: solution).map { weights.rows[$0] }
      let shift = try Self.shift(
        keeping: candidates ?? inside, inside: expansion, formulation, examples,
        threads: run.threads)
      found.bias += shift
      found.offset += problem.offset(ofShift: shift)
    }
    do {
      if !found.report.isUntrained {
        expansion = try KernelExpansion(
          kernel: expansion.kernel, featureCount: expansion.featureCount,
          supportVectors: expansion.supportVectors, supportIndices: expansion.supportIndices,
          supportCounts: expansion.supportCounts, dualCoefficients: expansion.dualCoefficients,
          biases: [found.bias], precision: expansion.precision)
      }
      return try NoveltyDetector(
        expansion: expansion, formulation: formulation, offset: found.offset,
        usesExampleWeights: weights.values != nil, excludedCount: weights.excludedCount,
        tolerance: options.tolerance, trainingCount: examples.rowCount, problem: found.report)
    } catch {
      throw .model(error)
    }
  }

  /// What to add to the bias so that rows on the boundary are predicted to be inside.
  ///
  /// Training knows the boundary within the error of its gradient; what counts is the decision value
  /// that a prediction computes.
  private static func shift(
    keeping rows: [Int], inside expansion: KernelExpansion, _ formulation: NoveltyFormulation,
    _ examples: ExampleSet, threads: Int
  ) throws(TrainingError) -> Double {
    guard !rows.isEmpty else { return 0 }
    // Whatever the rows are stored as, and whatever else is predicted with them.
    let relative = expansion.precision == .single ? 1e-6 : 1e-13
    var shift = 0.0
    for first in stride(from: 0, to: rows.count, by: 8192) {
      let part = try examples.gatheringRows(Array(rows[first..<min(first + 8192, rows.count)]))
      var values = try expansion.trainingValues(part, threads: threads)
      var size = abs(expansion.biases[0])
      if case .dataDescription = formulation, !expansion.kernel.hasConstantDiagonal {
        for (row, own) in expansion.kernel.diagonal(part).enumerated() {
          values[row] -= own
          size = max(size, abs(own))
        }
      }
      for value in values { shift = max(shift, relative * size - value) }
    }
    return shift
  }

  /// Trains on dense features; see `train(features:weights:kernel:formulation:startingFrom:options:)`.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    features: Matrix<Double>, weights: [Double]? = nil, kernel: Kernel = .default,
    formulation: NoveltyFormulation = .oneClass(nu: 0.5),
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> NoveltyDetector {
    try train(
      features: .dense(features), weights: weights, kernel: kernel, formulation: formulation,
      options: options)
  }

  /// Recomputes the certificate in Double from the stored dual variables.
  ///
  /// - Parameters:
  ///   - features: The training data that the model was made from, in the same order.
  ///   - weights: Its weights, or `nil` when it had none.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: The certificate.
  /// - Throws: `TrainingError` when these cannot be the training data, and
  ///   `KernelError.notFinite`.
  /// - Complexity: O(n·s·d).
  public func verify(
    features: FeatureMatrix, weights: [Double]? = nil, threads: Int? = nil
  ) throws(TrainingError) -> Certificate {
    try verify(.local(features), weights: weights, threads: threads)
  }

  /// The same for examples in this process or on several ranks; weights are those of all.
  ///
  /// - Throws: `TrainingError`.
  package func verify(
    _ examples: ExampleSet, weights: [Double]?, threads: Int?
  ) throws(TrainingError) -> Certificate {
    try TrainingChecks.examples(examples)
    try expansion.checkTrainingData(examples, expected: trainingCount)
    let weights = try ExampleWeights(weights, count: examples.rowCount)
    try weights.checkMatch(usesExampleWeights, excludedCount)
    let included = try weights.included(KernelSource(examples, expansion.kernel))
    let problem = try NoveltyProblem(
      formulation, included, upperBounds: weights.upperBounds(unit: 1))
    let coefficients = expansion.coefficients(ofRows: weights.rows, count: examples.rowCount)
    guard let alpha = problem.alpha(of: coefficients) else {
      throw .notTheTrainingData("dual variables of its rows are outside their bounds")
    }
    return try expansion.recomputedCertificate(
      problem.program, alpha, included, like: self.problem.certificate, threads: threads)
  }
}

/// The problem of a novelty detector: in the terms of the solver, and back.
struct NoveltyProblem: Sendable {
  let formulation: NoveltyFormulation
  /// The weight of each example.
  let upperBounds: ProgramValues<Double>
  /// κ(x, x) of each example, for a data description.
  let diagonal: [Double]
  /// κ(x, x) where it is one number for every example.
  let constantDiagonal: Double?
  /// The size of kernel values.
  private let kernelScale: Double

  init(
    _ formulation: NoveltyFormulation, _ source: KernelSource, upperBounds: ProgramValues<Double>
  ) throws(TrainingError) {
    self.formulation = formulation
    self.upperBounds = upperBounds
    let function = source.function
    let own = try source.diagonal()
    kernelScale = own.reduce(0) { $0 + abs($1) } / Double(max(own.count, 1))
    guard case .dataDescription = formulation else {
      diagonal = []
      constantDiagonal = nil
      return
    }
    diagonal = own
    constantDiagonal = function.hasConstantDiagonal ? own.first : nil
    if let row = own.firstIndex(where: { !$0.isFinite }) {
      throw .kernel(.notFinite(row: row, column: row))
    }
    if case .precomputed = function {
      guard own.allSatisfy({ $0 == own[0] }) else {
        throw .invalidParameter(
          name: "kernel", value: "precomputed with a diagonal that is not one number",
          expected: "a kernel whose value of every example with itself is known, for a data "
            + "description")
      }
    }
  }

  /// S, the sum of the dual variables.
  private var total: Double { formulation.nu * upperBounds.array.reduce(0, +) }

  var program: QuadraticProgram {
    let program: QuadraticProgram =
      switch formulation {
      case .oneClass(let nu): .oneClass(upperBounds: upperBounds, nu: nu)
      case .dataDescription(let nu):
        .dataDescription(diagonal: diagonal, upperBounds: upperBounds, nu: nu)
      }
    return program.scalingTolerance(kernelScale: kernelScale)
  }

  /// The examples whose dual variables are below their bounds, none of which lies outside.
  func unboundedExamples(of solution: Solution) -> [Int] {
    upperBounds.indices.filter { solution.alpha[$0] < upperBounds[$0] }
  }

  /// What a shift of the bias adds to ρ, or to R².
  func offset(ofShift shift: Double) -> Double {
    if case .dataDescription = formulation { shift } else { -shift }
  }

  struct Result {
    var coefficients: [Double]
    var bias: Double
    var offset: Double
    var report: ProblemReport
  }

  func result(_ solution: Solution) -> Result {
    let certificate = solution.certificate
    // Without the gradient at its start, a problem that was stopped has not begun.
    if certificate.iterations == 0, [.cancelled, .timeLimit].contains(certificate.stopReason) {
      return Result(
        coefficients: Array(repeating: 0, count: upperBounds.count), bias: 0, offset: 0,
        report: .untrained(certificate.stopReason))
    }
    let alpha = solution.alpha
    let report = ProblemReport(
      certificate: certificate, supportVectorCount: alpha.count { $0 > 0 },
      boundedSupportVectorCount: zip(alpha, upperBounds.array).count { $0 >= $1 },
      kernelValuesComputed: solution.kernelValuesComputed, phases: solution.phases)
    let multiplier = solution.multipliers[0]
    guard case .dataDescription = formulation else {
      return Result(
        coefficients: alpha, bias: multiplier, offset: -multiplier, report: report)
    }
    // The dual objective is (S/2) Σ α κ(x, x) − ½ αᵀKα, and ‖a‖² = αᵀKα / S².
    let total = total
    let mean = zip(alpha, diagonal).reduce(0) { $0 + $1.0 * $1.1 } / total
    let squaredNorm = max(0, mean - 2 * (certificate.dualObjective / total) / total)
    let bias = 2 * multiplier / total
    return Result(
      coefficients: alpha.map { 2 * $0 / total }, bias: bias - (constantDiagonal ?? 0),
      offset: bias + squaredNorm, report: report)
  }

  /// The dual variables behind stored coefficients; `nil` when they cannot be this problem's.
  func alpha(of coefficients: [Double]) -> [Double]? {
    var alpha = coefficients
    if case .dataDescription = formulation {
      let scale = total / 2
      alpha = zip(coefficients, upperBounds.array).map { snapped($0 * scale, to: $1) }
    }
    return zip(alpha, upperBounds.array).allSatisfy { $0 >= 0 && $0 <= $1 } ? alpha : nil
  }
}
