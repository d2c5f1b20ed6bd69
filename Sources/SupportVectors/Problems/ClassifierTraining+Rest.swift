import Kernels
import Learning
import LinearAlgebra
import SMOSolver
import Synchronization

// The problems of a one-versus-rest training, which all have the same examples and so the same K.
//
// Examples that fit one block have K computed once, and their problems run side by side. More
// examples have one kernel, whose kept rows serve one problem after the other on all threads.

extension ClassifierTraining {
  /// Solves the problem of each class against the rest.
  func solveRests() throws(TrainingError) -> [ProblemSolution] {
    guard problems.count > 0 else { return [] }
    return switch try run.precision(for: source) {
    case .double: try solveRests(Double.self)
    case .single, .automatic: try solveRests(Float.self)
    }
  }

  private func solveRests<Scalar: SMOScalar>(
    _ scalar: Scalar.Type
  ) throws(TrainingError) -> [ProblemSolution] {
    guard !source.isSharded else { return try solveInTurnOnRanks() }
    let count = source.count
    guard count <= SolverOptions.wholeBlockLimit else { return try solveInTurn(scalar) }
    // K, and for each worker the rows that its problem copies from it.
    let bytes = count * count * MemoryLayout<Scalar>.stride
    let room = run.options.memoryLimit / 2 / bytes - 1
    guard room >= 1 else { return try solveInTurn(scalar) }
    return try solveSideBySide(min(run.threads, problems.count, room), scalar)
  }

  private func solveSideBySide<Scalar: SMOScalar>(
    _ workers: Int, _ scalar: Scalar.Type
  ) throws(TrainingError) -> [ProblemSolution] {
    let count = source.count
    let began = ContinuousClock.now
    let whole = source.tiles(scalar, threads: run.threads)
    let isPositiveSemidefinite = whole.isPositiveSemidefinite
    let rounding = whole.rounding
    let buffer = AlignedBuffer<Scalar>(count: count * count)
    let all = (0..<Int32(count)).map { $0 }
    guard try block(of: whole, all, all, into: buffer) else {
      return untrained(run.interruption ?? .cancelled)
    }
    let piece = KernelPiece(buffer, stride: count)
    let sharedTime = ContinuousClock.now - began
    let results = Mutex([Outcome?](repeating: nil, count: problems.count))
    sideBySide(Array(0..<problems.count), workers: workers, results) { index in
      let kernel = SolverKernel {
        PairKernel(
          first: piece, firstCount: count, second: piece, secondCount: 0, cross: piece,
          isPositiveSemidefinite: isPositiveSemidefinite, rounding: rounding,
          // What is computed once is counted with the first problem.
          valuesComputed: index == 0 ? count * (count + 1) / 2 : 0
        ) {
          source.tiles(threads: 1)
        }
      }
      return solve(
        index, threads: 1, share: workers, kernel: kernel,
        sharedTime: index == 0 ? sharedTime : .zero)
    }
    return try collected(results)
  }

  /// Each problem has a kernel of its own, of which every rank computes its part.
  private func solveInTurnOnRanks() throws(TrainingError) -> [ProblemSolution] {
    var solutions: [ProblemSolution] = []
    for index in 0..<problems.count {
      solutions.append(try solve(index, threads: run.threads, share: 1).get())
    }
    return solutions
  }

  private func solveInTurn<Scalar: SMOScalar>(
    _ scalar: Scalar.Type
  ) throws(TrainingError) -> [ProblemSolution] {
    // A problem that single precision does not serve continues with a kernel of its own.
    let share = try run.precision(for: source) == .automatic ? 2 : 1
    let kernel = source.tiles(
      scalar, threads: run.threads,
      memoryLimit: run.blockLimit(of: problems[0].program).rest / share)
    var solutions: [ProblemSolution] = []
    for index in 0..<problems.count {
      kernel.restrict(to: nil)
      let shared = SolverKernel(earlierValues: kernel.valuesComputed) { kernel }
      solutions.append(
        try solve(index, threads: run.threads, share: share, kernel: shared).get())
    }
    return solutions
  }
}
