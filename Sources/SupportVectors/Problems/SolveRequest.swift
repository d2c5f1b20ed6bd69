import Kernels
import Learning
import LinearAlgebra
import SMOSolver

/// One problem that a training run is to solve.
struct SolveRequest {
  /// The quadratic program.
  let program: QuadraticProgram
  /// Its place among the training's problems.
  let problem: Int
  /// How many threads this problem may use.
  let threads: Int
  /// How many problems run at the same time and share the memory.
  let share: Int
  /// A feasible point to begin at, or `nil` for the program's own start.
  var start: [Double]?
  /// The kernel that computes what the problems of a training have in common, in the precision that
  /// ``TrainingRun/precision(for:)`` asks for; `nil` for a kernel of the problem's own.
  var kernel: SolverKernel?
  /// The examples, asked for when a kernel of the problem's own is needed: also where single precision
  /// turns out not to serve.
  let source: () throws(TrainingError) -> KernelSource

  /// Asks for a problem.
  ///
  /// - Parameters:
  ///   - program: The quadratic program.
  ///   - problem: Its place among the training's problems.
  ///   - threads: How many threads this problem may use.
  ///   - share: How many problems run at the same time and share the memory.
  ///   - source: The examples.
  init(
    _ program: QuadraticProgram, problem: Int = 0, threads: Int, share: Int = 1,
    source: @escaping () throws(TrainingError) -> KernelSource
  ) {
    self.program = program
    self.problem = problem
    self.threads = threads
    self.share = share
    // Asked for more than once; choosing examples copies them, or has them sent.
    var known: KernelSource?
    self.source = { () throws(TrainingError) in
      if let known { return known }
      let made = try source()
      known = made
      return made
    }
  }
}

/// A kernel of one problem in one precision, of whatever type.
struct SolverKernel {
  /// The precision of its values.
  let isDouble: Bool
  /// Solves a problem with it, from a given start and with no other precision to fall back on.
  private(set) var solve:
    (TrainingRun, SolveRequest, SolverStart) throws(TrainingError) -> SolverOutcome

  /// Uses a kernel.
  ///
  /// - Parameters:
  ///   - earlierValues: The kernel values that it computed for other problems.
  ///   - kernel: Makes it, when it is needed.
  init<Operator: KernelOperator>(
    earlierValues: Int = 0, _ kernel: @escaping () -> Operator
  ) where Operator.Scalar: SMOScalar {
    self.init { LocalField($0, kernel: kernel()) }
    let solveAlone = solve
    solve = { (run, request, start) throws(TrainingError) in
      var outcome = try solveAlone(run, request, start)
      outcome.solution.kernelValuesComputed -= earlierValues
      return outcome
    }
  }

  /// Uses the kernel of a field.
  ///
  /// - Parameter field: Makes the field of a program, when it is needed.
  init<Field: ExampleField>(
    field: @escaping (QuadraticProgram) throws(KernelError) -> Field
  ) {
    isDouble = Field.Scalar.self == Double.self
    solve = { (run, request, start) throws(TrainingError) in
      let field = try kernelErrors { () throws(KernelError) in try field(request.program) }
      return try run.outcome(of: request, with: field, from: start)
    }
  }
}

/// What a solver in one precision found.
struct SolverOutcome {
  var solution: Solution
  /// Where a solver in Double is to continue.
  var unfinished: SolverState?
  /// Whether it was interrupted before it knew its start's gradient.
  var startsInVain: Bool

  /// The solution of a solver in Double that took over from one in single precision.
  func continuing(_ first: Solution) -> Solution {
    var result = solution
    if startsInVain {
      // What the first one found is better than nothing.
      result = first
      result.certificate.stopReason = solution.certificate.stopReason
      result.kernelValuesComputed = solution.kernelValuesComputed
    }
    result.kernelValuesComputed += first.kernelValuesComputed
    return result
  }
}
