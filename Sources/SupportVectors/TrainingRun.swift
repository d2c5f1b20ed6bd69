import Kernels
import LinearAlgebra
import SMOSolver

/// One training: its options in the terms of the solver, and what all its problems share.
final class TrainingRun: Sendable {
  let control: TrainingControl
  /// Where problems hand on their memory.
  let pools: BufferPools
  /// Where the problems' states go, when somebody wants them.
  private let keeper: CheckpointKeeper?

  /// Begins a training.
  ///
  /// - Parameters:
  ///   - options: How to train.
  ///   - problemCount: The number of its problems.
  ///   - identity: What it is given, asked for when checkpoints are written or read.
  /// - Throws: ``TrainingError`` when an option is out of its range, or the checkpoint to go on from is
  ///   of another training.
  init(
    _ options: TrainingOptions, problemCount: Int, identity: () -> TrainingIdentity
  ) throws(TrainingError) {
    control = try TrainingControl(options, problemCount: problemCount)
    pools = options.sharedKernel?.pools ?? BufferPools()
    guard options.checkpoint != nil || options.resuming != nil else {
      keeper = nil
      return
    }
    let identity = identity()
    if let checkpoint = options.resuming { try identity.check(checkpoint.identity) }
    keeper = options.checkpoint.map {
      CheckpointKeeper(
        interval: $0.interval, write: $0.write,
        options.resuming ?? TrainingCheckpoint(identity: identity.entries))
    }
  }

  var options: TrainingOptions { control.options }
  var threads: Int { control.threads }
  /// Whether there is no point in beginning another problem.
  var interruption: StopReason? { control.interruption }

  /// Solves one problem.
  ///
  /// - Parameters:
  ///   - program: The quadratic program.
  ///   - features: Its examples.
  ///   - function: The kernel.
  ///   - problem: Its place among the training's problems.
  ///   - threads: How many threads this problem may use.
  ///   - share: How many problems run at the same time and share the memory.
  ///   - start: A feasible point to begin at, or `nil` for the program's own start.
  /// - Returns: The solution, by the precision that the options and the problem ask for.
  /// - Throws: ``TrainingError/kernel(_:)`` when a kernel value is not finite.
  func solve(
    _ program: QuadraticProgram, _ features: FeatureMatrix, _ function: KernelFunction,
    problem: Int = 0, threads: Int, share: Int, startingAt start: [Double]? = nil
  ) throws(TrainingError) -> Solution {
    let saved: SolverCheckpoint?
    switch options.resuming?.problems[problem] {
    case .solved(let solution): return try checked(solution, program)
    case .running(let checkpoint): saved = checkpoint
    case nil: saved = nil
    }
    let precision = precision(for: features, function)
    let shared =
      try precision == .double
      ? solveShared(
        Double.self, program, features, function, problem: problem, threads: threads,
        share: share, startingAt: start)
      : solveShared(
        Float.self, program, features, function, problem: problem, threads: threads,
        share: share, startingAt: start)
    if let shared { return shared }
    func solve<Scalar: SMOScalar>(
      _ scalar: Scalar.Type, _ point: StartingPoint
    ) throws(TrainingError) -> Outcome {
      let limit = blockLimit(of: program)
      let kernel = TiledKernel<Scalar>(
        features, function, threads: threads, memoryLimit: limit.rest / share)
      return try self.solve(program, kernel, problem, threads, limit.block, point)
    }
    let point = saved.map { StartingPoint.round($0) } ?? .point(start)
    let isDouble = saved?.block.isDouble ?? (precision == .double)
    guard isDouble == (precision == .double) || (isDouble && precision == .automatic) else {
      throw .checkpoint("it was computed in another precision")
    }
    let solution: Solution
    if isDouble {
      solution = try solve(Double.self, point).solution
    } else {
      let first = try solve(Float.self, point)
      if let state = first.unfinished {
        solution = try solve(Double.self, .state(state)).going(onFrom: first)
      } else {
        solution = first.solution
      }
    }
    keeper?.take(problem, solution)
    return solution
  }

  /// The precision that serves.
  ///
  /// Double when single precision cannot: a tolerance too small for it, kernel values that leave its
  /// range, or examples so far apart that their distances cancel. A caller's function computes in
  /// Double whatever is asked for.
  func precision(for features: FeatureMatrix, _ function: KernelFunction) -> Precision {
    if function.customKernel != nil { return .double }
    guard options.precision == .automatic else { return options.precision }
    if options.tolerance < 1e-4 { return .double }
    guard KernelMagnitudes.largest(features, function) < 1e30 else { return .double }
    return KernelMagnitudes.cancels(features, function) ? .double : .automatic
  }

  /// An expansion that predicts in the precision that serves it; see
  /// ``KernelExpansion/leastPrecision(threads:)``.
  ///
  /// - Parameters:
  ///   - expansion: The expansion.
  ///   - training: The precision that its training began in.
  /// - Returns: The expansion, whose precision is single or Double.
  func predicting(_ expansion: KernelExpansion, trainedIn training: Precision) -> KernelExpansion {
    var expansion = expansion
    expansion.precision =
      switch (options.precision, training) {
      case (.single, .single): .single
      case (.automatic, .automatic): expansion.leastPrecision(threads: threads)
      default: .double
      }
    return expansion
  }

  /// Solves one problem whose kernel is at hand.
  ///
  /// - Parameters:
  ///   - program: The quadratic program.
  ///   - kernel: K, in the precision that ``precision(for:_:)`` asks for.
  ///   - problem: Its place among the training's problems.
  ///   - threads: How many threads this problem may use.
  ///   - share: How many problems run at the same time and share the memory.
  ///   - start: A feasible point to begin at, or `nil` for the program's own start.
  ///   - earlierValues: The kernel values that the kernel computed for other problems.
  ///   - examples: The features and the kernel's function, asked for when single precision turns
  ///     out not to serve.
  /// - Returns: The solution.
  /// - Throws: ``TrainingError/kernel(_:)`` when a kernel value is not finite.
  func solve<Operator: KernelOperator>(
    _ program: QuadraticProgram, _ kernel: Operator, problem: Int, threads: Int, share: Int,
    startingAt start: [Double]? = nil, earlierValues: Int = 0,
    examples: () -> (FeatureMatrix, KernelFunction)
  ) throws(TrainingError) -> Solution where Operator.Scalar: SMOScalar {
    var point = StartingPoint.point(start)
    switch options.resuming?.problems[problem] {
    case .solved(let solution): return try checked(solution, program)
    case .running(let checkpoint):
      if checkpoint.block.isDouble != (Operator.Scalar.self == Double.self) {
        // It had gone on in Double.
        let (features, function) = examples()
        return try solve(
          program, features, function, problem: problem, threads: threads, share: share)
      }
      point = .round(checkpoint)
    case nil: break
    }
    let first = try solve(
      program, kernel, problem, threads, blockLimit(of: program).block, point)
    var solution = first.solution
    solution.kernelValuesComputed -= earlierValues
    if let state = first.unfinished {
      let (features, function) = examples()
      let limit = blockLimit(of: program)
      let own = TiledKernel<Double>(
        features, function, threads: threads, memoryLimit: limit.rest / share)
      solution = try solve(program, own, problem, threads, limit.block, .state(state))
        .going(onFrom: Outcome(solution: solution))
    }
    keeper?.take(problem, solution)
    return solution
  }

  /// What one solver found.
  private struct Outcome {
    var solution: Solution
    /// Where a solver in Double is to go on.
    var unfinished: SolverState?
    /// Whether it was interrupted before it knew its start's gradient.
    var startsInVain = false

    /// The solution of a solver in Double that took over from one in single precision.
    func going(onFrom first: Outcome) -> Solution {
      var result = solution
      if startsInVain {
        // What the first one found is better than nothing.
        result = first.solution
        result.certificate.stopReason = solution.certificate.stopReason
        result.kernelValuesComputed = solution.kernelValuesComputed
      }
      result.kernelValuesComputed += first.solution.kernelValuesComputed
      return result
    }
  }

  /// Where a solver begins.
  private enum StartingPoint {
    case point([Double]?)
    case state(SolverState)
    case round(SolverCheckpoint)
  }

  /// A stored solution that fits the program.
  private func checked(
    _ solution: Solution, _ program: QuadraticProgram
  ) throws(TrainingError) -> Solution {
    let alpha = solution.alpha
    guard alpha.count == program.variableCount,
      solution.multipliers.count == program.groupCount,
      solution.multipliers.allSatisfy(\.isFinite),
      alpha.indices.allSatisfy({
        alpha[$0] >= program.lowerBound[$0] && alpha[$0] <= program.upperBound[$0]
      })
    else { throw .checkpoint("a solution in it is not of this problem") }
    return solution
  }

  /// The bytes that a problem's block may take, and what is then left for kept rows.
  func blockLimit(of program: QuadraticProgram) -> (block: Int, rest: Int) {
    // What the solver's arrays take for each example and variable, roughly.
    let fixed = 200 * program.exampleCount + 100 * program.variableCount
    let available = max(0, options.memoryLimit - fixed)
    let block = max(1 << 20, min(256 << 20, available / 8))
    return (block, max(0, available - block))
  }

  private func solve<Operator: KernelOperator>(
    _ program: QuadraticProgram, _ kernel: Operator, _ problem: Int, _ threads: Int,
    _ blockLimit: Int, _ point: StartingPoint
  ) throws(TrainingError) -> Outcome
  where Operator.Scalar: SMOScalar {
    let exampleCount = program.exampleCount
    let onProgress: @Sendable (SolverOptions.Progress) -> Void = { [control] progress in
      control.report(
        problem: problem, iterations: progress.iterations, violation: progress.kktViolation,
        gap: progress.relativeGap, active: progress.activeCount, of: exampleCount)
    }
    let start: SolverStart
    switch point {
    case .point(nil): start = .programStart
    case .point(let value?):
      start = .point(value, near: options.sharedKernel?.gradient(of: problem))
    case .state(let value): start = .state(value)
    case .round(let value):
      guard value.fits(program, blockByteLimit: blockLimit) else {
        throw .checkpoint("a state in it is not of this problem")
      }
      start = .round(value)
    }
    let checkpointing = keeper.map { keeper in
      SolverOptions.Checkpointing(
        isDue: { keeper.isDue(problem) }, take: { keeper.take(problem, $0) })
    }
    let solver = BlockSolver(
      program, kernel: kernel,
      options: SolverOptions(
        tolerance: options.tolerance * program.toleranceFactor,
        maximumIterations: options.maximumIterations
          ?? Self.defaultIterationLimit(variableCount: program.variableCount),
        deadline: control.deadline, cancellation: control.token, shrinking: options.shrinking,
        refinesInDouble: options.precision == .automatic, certifies: options.certify,
        blockByteLimit: blockLimit, threads: threads, checkpointing: checkpointing,
        onProgress: onProgress, isProgressDue: { [control] in control.isReportDue }),
      pool: pools.pool(of: Operator.Scalar.self), from: start)
    do throws(KernelError) {
      let solution = try solver.solve()
      options.sharedKernel?.keep(solver.knownGradient, of: problem)
      return Outcome(
        solution: solution, unfinished: solver.needsMorePrecision ? solver.state : nil,
        startsInVain: solver.startsInVain)
    } catch {
      throw .kernel(error)
    }
  }

  /// The limit that LIBSVM has, too: programs whose curvatures differ by many powers of ten (a feature
  /// in the millions beside one in the tenths, a C of 10⁸) would take pairs for days, and every
  /// training has to end.
  static func defaultIterationLimit(variableCount: Int) -> Int {
    max(10_000_000, 100 * variableCount)
  }

  /// Reports that a problem is done.
  func finishProblem(_ certificate: Certificate) {
    control.finishProblem(iterations: certificate.iterations)
  }
}
