import Basics
import Kernels
import LinearAlgebra
import SMOSolver
import Synchronization

/// The problems of a one-versus-rest training, which all have the same examples and so the same K.
///
/// Examples that fit one block have K computed once, and their problems run side by side. More
/// examples have one kernel, whose kept rows serve one problem after the other on all threads.
struct RestTraining {
  let problems: ClassifierProblems
  /// The examples of positive weight.
  let features: FeatureMatrix
  let function: KernelFunction
  let run: TrainingRun
  /// Where the problems begin, or `nil` for their own starts.
  let start: ClassifierStart?

  private typealias Outcome = Result<PairSolution, TrainingError>

  /// Solves all problems.
  ///
  /// - Returns: A solution for each class; those that were not begun say so.
  /// - Throws: ``TrainingError`` of the first class that has one.
  func solveAll() throws(TrainingError) -> [PairSolution] {
    guard problems.count > 0 else { return [] }
    return switch run.precision(for: features, function) {
    case .double: try solveAll(Double.self)
    case .single, .automatic: try solveAll(Float.self)
    }
  }

  private func solveAll<Scalar: SMOScalar>(
    _ scalar: Scalar.Type
  ) throws(TrainingError) -> [PairSolution] {
    let count = features.rowCount
    guard count <= SolverOptions.wholeBlockLimit else { return try solveInTurn(scalar) }
    // K, and for each worker the rows that its problem copies from it.
    let bytes = count * count * MemoryLayout<Scalar>.stride
    let room = run.options.memoryLimit / 2 / bytes - 1
    guard room >= 1 else { return try solveInTurn(scalar) }
    return try solveSideBySide(min(run.threads, problems.count, room), scalar)
  }

  private func solveSideBySide<Scalar: SMOScalar>(
    _ workers: Int, _ scalar: Scalar.Type
  ) throws(TrainingError) -> [PairSolution] {
    let count = features.rowCount
    let began = ContinuousClock.now
    let whole = TiledKernel<Scalar>(features, function, threads: run.threads, memoryLimit: 0)
    let isPositiveSemidefinite = whole.isPositiveSemidefinite
    let rounding = whole.rounding
    let buffer = AlignedBuffer<Scalar>(count: count * count)
    let all = (0..<Int32(count)).map { $0 }
    do throws(KernelError) {
      let isDone = try unsafe whole.block(
        rows: all, columns: all, into: buffer.pointer, stride: count,
        stopping: { run.interruption != nil })
      guard isDone else { return untrained(run.interruption ?? .cancelled) }
    } catch {
      throw .kernel(error)
    }
    let piece = KernelPiece(buffer, stride: count)
    let shared = ContinuousClock.now - began
    let results = Mutex([Outcome?](repeating: nil, count: problems.count))
    concurrentTiles(count: problems.count, threads: workers) { index in
      let result = Outcome { () throws(TrainingError) in
        if let reason = run.interruption { return .untrained(reason) }
        let problem = problems[index]
        let kernel = PairKernel(
          first: piece, firstCount: count, second: piece, secondCount: 0, cross: piece,
          isPositiveSemidefinite: isPositiveSemidefinite, rounding: rounding,
          // What is computed once is counted with the first problem.
          valuesComputed: index == 0 ? count * (count + 1) / 2 : 0
        ) {
          TiledKernel(features, function, threads: 1, memoryLimit: 0)
        }
        var solution = try run.solve(
          problem.program, kernel, problem: index, threads: 1, share: workers,
          startingAt: start?.start(of: index)
        ) {
          (features, function)
        }
        if index == 0 { solution.phases.block += shared }
        run.finishProblem(solution.certificate)
        return problem.solution(solution)
      }
      results.withLock { $0[index] = result }
    }
    var solutions: [PairSolution] = []
    for result in results.withLock({ $0 }) {
      guard let result else { preconditionFailure("a class was forgotten") }
      solutions.append(try result.get())
    }
    return solutions
  }

  private func solveInTurn<Scalar: SMOScalar>(
    _ scalar: Scalar.Type
  ) throws(TrainingError) -> [PairSolution] {
    // A problem that single precision does not serve goes on with a kernel of its own.
    let share = run.precision(for: features, function) == .automatic ? 2 : 1
    let room = run.blockLimit(of: problems[0].program).rest / share
    let kernel = TiledKernel<Scalar>(
      features, function, threads: run.threads, memoryLimit: room)
    var solutions: [PairSolution] = []
    for index in 0..<problems.count {
      if let reason = run.interruption {
        solutions.append(.untrained(reason))
        continue
      }
      let problem = problems[index]
      kernel.restrict(to: nil)
      let solution = try run.solve(
        problem.program, kernel, problem: index, threads: run.threads, share: share,
        startingAt: start?.start(of: index), earlierValues: kernel.valuesComputed
      ) {
        (features, function)
      }
      run.finishProblem(solution.certificate)
      solutions.append(problem.solution(solution))
    }
    return solutions
  }

  private func untrained(_ reason: StopReason) -> [PairSolution] {
    [PairSolution](repeating: .untrained(reason), count: problems.count)
  }
}
