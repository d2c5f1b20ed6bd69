import Basics
import Kernels
import Learning
import LinearAlgebra
import SMOSolver
import Synchronization

/// One problem's solution in terms of the problem's own rows.
struct ProblemSolution: Sendable {
  /// yᵢαᵢ of each row of the pair, first the earlier class's; empty when all are 0.
  var coefficients: [Double]
  var bias: Double
  var report: ProblemReport

  /// A problem that was not begun.
  static func untrained(_ reason: StopReason) -> ProblemSolution {
    ProblemSolution(coefficients: [], bias: 0, report: .untrained(reason))
  }
}

/// The training of all binary problems of a classifier.
struct ClassifierTraining {
  let problems: ClassifierProblems
  /// The examples: all for pairs, whose problems choose theirs, and those of positive weight for one class
  /// against the rest.
  let source: KernelSource
  let run: TrainingRun
  /// Where the problems begin, or `nil` for their own starts.
  let start: ClassifierStart?

  typealias Outcome = Result<ProblemSolution, TrainingError>

  /// Prepares a training.
  ///
  /// - Parameters:
  ///   - problems: The problems.
  ///   - source: All examples.
  ///   - run: The training.
  ///   - start: Where the problems begin, or `nil` for the programs' own starts.
  /// - Throws: `TrainingError` when a rank does not answer.
  init(
    _ problems: ClassifierProblems, _ source: KernelSource, _ run: TrainingRun,
    startingFrom start: ClassifierStart?
  ) throws(TrainingError) {
    self.problems = problems
    self.run = run
    self.start = start
    self.source =
      problems.decomposition == .oneVersusOne
      ? source : try problems.weights.included(source)
  }

  /// Solves all problems.
  ///
  /// - Returns: A solution for each problem, in their order; those that were not begun say so.
  /// - Throws: `TrainingError` of the first problem that has one.
  func solveAll() throws(TrainingError) -> [ProblemSolution] {
    if let reason = run.interruption { return untrained(reason) }
    return switch problems.decomposition {
    case .oneVersusOne: try solvePairs()
    case .oneVersusRest: try solveRests()
    }
  }

  func untrained(_ reason: StopReason) -> [ProblemSolution] {
    [ProblemSolution](repeating: .untrained(reason), count: problems.count)
  }

  /// The examples of one problem.
  func source(of index: Int) throws(TrainingError) -> KernelSource {
    problems.decomposition == .oneVersusOne
      ? try source.choosing(problems.rows(of: index)) : source
  }

  /// The same where all examples are here.
  func sourceHere(of index: Int) -> KernelSource {
    problems.decomposition == .oneVersusOne
      ? source.choosingHere(problems.rows(of: index)) : source
  }

  /// Solves one problem, unless the training is interrupted.
  ///
  /// - Parameters:
  ///   - index: Its place among the problems.
  ///   - threads: How many threads it may use.
  ///   - share: How many problems run at the same time and share the memory.
  ///   - kernel: A kernel that several problems share, or `nil` for one of its own.
  ///   - sharedTime: How long what several problems share took to compute, if this problem is to report it.
  /// - Returns: The solution, which says so where the problem was not begun, or the error.
  func solve(
    _ index: Int, threads: Int, share: Int, kernel: SolverKernel? = nil,
    sharedTime: Duration = .zero
  ) -> Outcome {
    Outcome { () throws(TrainingError) in
      if let reason = run.interruption { return .untrained(reason) }
      let problem = problems[index]
      var request = SolveRequest(
        problem.program, problem: index, threads: threads, share: share,
        source: { () throws(TrainingError) in try source(of: index) })
      request.start = start?.start(of: index)
      request.kernel = kernel
      var solution = try run.solve(request)
      solution.phases.block += sharedTime
      run.finishProblem(solution.certificate)
      return problem.solution(solution)
    }
  }

  /// Solves problems side by side, each with the same number of threads.
  ///
  /// - Parameters:
  ///   - tasks: The problems, in the order in which they are begun.
  ///   - workers: The number of problems at the same time.
  ///   - results: Where a problem's solution goes.
  ///   - body: Solves the task of a given position.
  func sideBySide(
    _ tasks: [Int], workers: Int, _ results: borrowing Mutex<[Outcome?]>,
    _ body: @Sendable (_ position: Int) -> Outcome
  ) {
    concurrentTiles(count: tasks.count, threads: workers) { position in
      let result = body(position)
      results.withLock { $0[tasks[position]] = result }
    }
  }

  /// The solutions of all problems, or the error of the first that has one.
  func collected(
    _ results: borrowing Mutex<[Outcome?]>
  ) throws(TrainingError) -> [ProblemSolution] {
    var solutions: [ProblemSolution] = []
    for result in results.withLock({ $0 }) {
      guard let result else { preconditionFailure("a problem was forgotten") }
      solutions.append(try result.get())
    }
    return solutions
  }

  /// A block of K; `false` when the training was interrupted.
  func block<Scalar: KernelScalar>(
    of kernel: TiledKernel<Scalar>, _ rows: [Int32], _ columns: [Int32],
    into buffer: AlignedBuffer<Scalar>, at offset: Int = 0
  ) throws(TrainingError) -> Bool {
    do throws(KernelError) {
      return try unsafe kernel.block(
        rows: rows, columns: columns, into: buffer.pointer + offset, stride: columns.count,
        isCancelled: { run.interruption != nil })
    } catch {
      throw .kernel(error)
    }
  }
}
