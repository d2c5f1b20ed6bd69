import Distribution
import Kernels
import Learning
import LinearAlgebra
import SMOSolver

/// One training: its options in the terms of the solver, and what all its problems share.
final class TrainingRun: Sendable {
  let control: TrainingControl
  /// Where problems pass on their memory.
  let pools: BufferPools
  /// What the ranks of a training on several machines decide together; `nil` of a training on one.
  let agreement: Agreement?
  /// Where the problems' states go, when checkpoints are written.
  private let keeper: CheckpointKeeper?

  /// Begins a training.
  ///
  /// - Parameters:
  ///   - options: How to train.
  ///   - problemCount: The number of its problems.
  ///   - examples: Its examples.
  ///   - identity: What it is given, asked for when checkpoints are written or read.
  /// - Throws: `TrainingError` when an option is out of its range, or the checkpoint to continue from
  ///   is of another training.
  init(
    _ options: TrainingOptions, problemCount: Int, _ examples: ExampleSet,
    identity: () throws(TrainingError) -> TrainingIdentity
  ) throws(TrainingError) {
    let control = try TrainingControl(options, problemCount: problemCount)
    self.control = control
    pools = options.sharedKernel?.pools ?? BufferPools()
    guard options.checkpoint != nil || options.resuming != nil else {
      keeper = nil
      agreement = Self.agreement(on: examples, control, nil)
      return
    }
    let identity = try identity()
    if let checkpoint = options.resuming { try identity.check(checkpoint.identity) }
    keeper = options.checkpoint.map {
      CheckpointKeeper(
        interval: $0.interval, write: $0.write,
        options.resuming ?? TrainingCheckpoint(identity: identity.entries))
    }
    agreement = Self.agreement(on: examples, control, keeper)
  }

  private static func agreement(
    on examples: ExampleSet, _ control: TrainingControl, _ keeper: CheckpointKeeper?
  ) -> Agreement? {
    guard case .sharded = examples else { return nil }
    return Agreement(
      Agreement.View(
        interruption: { control.interruption }, isReportDue: { control.isReportDue },
        isCheckpointDue: { keeper?.isDueForLatest ?? false }))
  }

  var options: TrainingOptions { control.options }
  var threads: Int { control.threads }
  /// Whether beginning another problem would be pointless.
  var interruption: StopReason? { agreement.map { $0.interruption } ?? control.interruption }

  // MARK: Solving

  /// Solves one problem: continues from the training's checkpoint where there is one, and keeps the
  /// solution for the next.
  ///
  /// - Parameter request: The problem.
  /// - Returns: The solution, by the precision that the options and the problem ask for.
  /// - Throws: `TrainingError/kernel(_:)` when a kernel value is not finite,
  ///   `TrainingError/checkpoint(_:)` when the checkpoint is not of this problem.
  func solve(_ request: SolveRequest) throws(TrainingError) -> Solution {
    let start: SolverStart
    switch options.resuming?.problems[request.problem] {
    case .solved(let solution): return try checked(solution, request.program)
    case .running(let checkpoint): start = .round(checkpoint)
    case nil:
      start =
        request.start.map {
          .point($0, near: options.sharedKernel?.gradient(of: request.problem))
        } ?? .programStart
    }
    let solution = try climb(request, from: start)
    keeper?.take(request.problem, solution)
    return solution
  }

  /// Solves in the precision that should serve, and continues in Double where it does not.
  private func climb(
    _ request: SolveRequest, from start: SolverStart
  ) throws(TrainingError) -> Solution {
    var kernel: SolverKernel
    if let shared = request.kernel { kernel = shared } else { kernel = try ownKernel(request) }
    if case .round(let checkpoint) = start, checkpoint.block.isDouble != kernel.isDouble {
      guard checkpoint.block.isDouble && options.precision == .automatic else {
        throw .checkpoint("it was computed in another precision")
      }
      // It had continued in Double.
      kernel = try tiledKernel(Double.self, request)
    }
    let first = try kernel.solve(self, request, start)
    guard let state = first.unfinished else { return first.solution }
    return try tiledKernel(Double.self, request).solve(self, request, .state(state))
      .continuing(first.solution)
  }

  /// A kernel of the problem's examples alone, or of shared values where there are some.
  private func ownKernel(_ request: SolveRequest) throws(TrainingError) -> SolverKernel {
    try precision(for: request.source()) == .double
      ? try ownKernel(Double.self, request) : try ownKernel(Float.self, request)
  }

  private func ownKernel<Scalar: SMOScalar>(
    _ scalar: Scalar.Type, _ request: SolveRequest
  ) throws(TrainingError) -> SolverKernel {
    if let shared = try sharedKernel(scalar, request) { return shared }
    return try tiledKernel(scalar, request)
  }

  /// A kernel of the problem's examples alone, wherever they are.
  private func tiledKernel<Scalar: SMOScalar>(
    _ scalar: Scalar.Type, _ request: SolveRequest
  ) throws(TrainingError) -> SolverKernel {
    let memoryLimit = blockLimit(of: request.program).rest / request.share
    let source = try request.source()
    return fieldKernel(scalar, source, threads: request.threads, memoryLimit: memoryLimit)
  }

  /// The kernel of examples in one process or on several ranks.
  func fieldKernel<Scalar: SMOScalar>(
    _ scalar: Scalar.Type, _ source: KernelSource, threads: Int, memoryLimit: Int,
    rounding: Double? = nil
  ) -> SolverKernel {
    switch (source.place, agreement) {
    case (.sharded(let shards), let agreement?):
      SolverKernel { (program) throws(KernelError) in
        try DistributedField<Scalar>(
          program, shards, agreement, threads: threads, memoryLimit: memoryLimit,
          rounding: rounding)
      }
    default:
      SolverKernel { source.tiles(scalar, threads: threads, memoryLimit: memoryLimit) }
    }
  }

  /// Solves a problem with one kernel; called by ``SolverKernel`` alone.
  func outcome<Field: ExampleField>(
    of request: SolveRequest, with field: Field, from start: SolverStart
  ) throws(TrainingError) -> SolverOutcome {
    let problem = request.problem
    if case .round(let checkpoint) = start,
      !checkpoint.fits(request.program, blockByteLimit: blockLimit(of: request.program).block)
    {
      throw .checkpoint("a state in it is not of this problem")
    }
    let solver = BlockSolver(
      field, options: solverOptions(of: request), pool: pools.pool(of: Field.Scalar.self),
      from: start)
    do throws(KernelError) {
      let solution = try solver.solve()
      if let shared = options.sharedKernel {
        shared.keep(try solver.knownGradient(), of: problem)
      }
      return SolverOutcome(
        solution: solution, unfinished: solver.needsMorePrecision ? try solver.state : nil,
        startsInVain: solver.startsInVain)
    } catch {
      throw .kernel(error)
    }
  }

  /// The training's options as those of the solver of one problem.
  func solverOptions(of request: SolveRequest) -> SolverOptions {
    let (program, problem) = (request.program, request.problem)
    var solver = SolverOptions(
      tolerance: options.tolerance * program.toleranceFactor,
      maximumIterations: options.maximumIterations
        ?? Self.defaultIterationLimit(variableCount: program.variableCount))
    solver.deadline = control.deadline
    solver.cancellation = control.token
    solver.shrinking = options.shrinking
    solver.refinesInDouble = options.precision == .automatic
    solver.certifies = options.certify
    solver.blockByteLimit = blockLimit(of: program).block
    solver.threads = request.threads
    solver.checkpointing = keeper.map { keeper in
      SolverOptions.Checkpointing(
        isDue: { [agreement] in agreement.map { $0.isCheckpointDue } ?? keeper.isDue(problem) },
        take: { keeper.take(problem, $0) })
    }
    solver.onProgress = { [control] progress in
      control.report(
        problem: problem, iterations: progress.iterations, violation: progress.kktViolation,
        gap: progress.relativeGap, active: progress.activeCount, of: program.exampleCount)
    }
    solver.isProgressDue = { [control, agreement] in
      agreement.map { $0.isReportDue } ?? control.isReportDue
    }
    if let agreement { solver.agreedInterruption = { agreement.interruption } }
    return solver
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

  /// The precision that serves.
  ///
  /// Double when single precision cannot: a tolerance too small for it, kernel values that leave its
  /// range, or examples so far apart that their distances cancel. A caller's function computes in
  /// Double whatever is requested.
  func precision(for source: KernelSource) throws(TrainingError) -> Precision {
    if source.function.customKernel != nil { return .double }
    guard options.precision == .automatic else { return options.precision }
    if options.tolerance < 1e-4 { return .double }
    let magnitudes = try source.magnitudes()
    guard magnitudes.largest < 1e30 else { return .double }
    return magnitudes.cancels ? .double : .automatic
  }

  /// An expansion that predicts in the precision that serves it; see
  /// `KernelExpansion/minimumPrecision(threads:)`.
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
      case (.automatic, .automatic): expansion.minimumPrecision(threads: threads)
      default: .double
      }
    return expansion
  }

  /// The limit that LIBSVM has, too: programs whose curvatures differ by many powers of ten (a feature
  /// in the millions next to one in the tenths, a C of 10⁸) would take pairs for days, and every
  /// training has to end.
  static func defaultIterationLimit(variableCount: Int) -> Int {
    max(10_000_000, 100 * variableCount)
  }

  /// Reports that a problem is done.
  func finishProblem(_ certificate: Certificate) {
    control.finishProblem(iterations: certificate.iterations)
  }
}
