import Foundation
import Kernels
import LinearAlgebra
import SMOSolver
import TestSupport
import Testing

/// Stopping, and going on from where the solver stopped.
@Suite struct SolverStateTests {
  static let seed: UInt64 = 80
  static let problem = SolverCase.classification(1200, boxConstraint: 20, seed: seed)

  private func options(limit: Int = .max) -> SolverOptions {
    SolverOptions(
      tolerance: 1e-4, maximumIterations: limit,
      blockByteLimit: blockBytes(forWorkingSetOf: 100, Double.self))
  }

  /// What must hold wherever the solver stops.
  private func checkState(_ state: SolverState, _ solution: Solution, _ comment: Comment) {
    let problem = Self.problem
    for t in solution.alpha.indices {
      let sign = problem.plain.sign[t]
      #expect(solution.alpha[t] == sign * state.examples.beta[t], comment)
      #expect(solution.alpha[t] >= 0 && solution.alpha[t] <= problem.plain.upper[t], comment)
    }
    #expect(isClose(state.examples.beta.reduce(0, +), 0, within: 1e-10), comment)
    // The gradient of active examples is that of β.
    let images = problem.plain.images(solution.alpha)
    let active =
      state.examples.shrunk?.active ?? (0..<Int32(problem.program.exampleCount)).map { $0 }
    for example in active {
      #expect(
        isClose(state.examples.gradient[Int(example)], images[Int(example)], within: 1e-8),
        "\(comment), example \(example)")
    }
  }

  /// Stops every 100 steps, puts the state through JSON, and goes on: the objective falls from stop to
  /// stop, the certificate is that of the point where it stopped, and the end is the same optimum.
  @Test func aStateThatWasSavedGoesOnToTheSameOptimum() throws {
    let problem = Self.problem
    let whole = try BlockSolver(problem.program, kernel: problem.kernel(), options: options())
      .solve()
    check(whole, problem, tolerance: 1e-4, "seed \(Self.seed)")
    var saved: Data?
    var objective = Double.infinity
    var stops = 0
    while true {
      let state = try saved.map { try JSONDecoder().decode(SolverState.self, from: $0) }
      let done = state?.rounds.iterations ?? 0
      let solver = BlockSolver(
        problem.program, kernel: problem.kernel(), options: options(limit: done + 100),
        from: state.map { .state($0) } ?? .programStart)
      let solution = try solver.solve()
      let comment: Comment = "after \(try solver.state.rounds.iterations) steps, seed \(Self.seed)"
      #expect(solution.certificate.iterations <= done + 100, comment)
      let now = problem.plain.objective(solution.alpha)
      #expect(now <= objective + 1e-9, comment)
      objective = now
      if stops % 5 == 0 { checkState(try solver.state, solution, comment) }
      if solution.certificate.stopReason == .converged {
        check(solution, problem, tolerance: 1e-4, comment)
        #expect(isClose(-now, problem.dual(whole.alpha), relative: 1e-7), comment)
        break
      }
      #expect(solution.certificate.stopReason == .iterationLimit, comment)
      #expect(
        isClose(
          solution.certificate.kktViolation, problem.plain.violation(solution.alpha),
          within: 1e-8), comment)
      #expect(isClose(solution.certificate.dualObjective, -now, within: 1e-7), comment)
      let encoded = try JSONEncoder().encode(try solver.state)
      #expect(
        try JSONDecoder().decode(SolverState.self, from: encoded) == (try solver.state), comment)
      saved = encoded
      stops += 1
      try #require(stops < 1000, comment)
    }
    #expect(stops > 3)
  }

  @Test func anIterationLimitStopsAtThatStep() throws {
    for limit in [1, 7, 500] {
      let problem = Self.problem
      let solver = BlockSolver(
        problem.program, kernel: problem.kernel(), options: options(limit: limit))
      let solution = try solver.solve()
      #expect(solution.certificate.stopReason == .iterationLimit)
      #expect(solution.certificate.iterations == limit)
      checkState(try solver.state, solution, "limit \(limit), seed \(Self.seed)")
    }
  }

  @Test func aDeadlineInThePastStopsBeforeTheFirstStep() throws {
    let problem = Self.problem
    var options = options()
    options.deadline = .now
    let solver = BlockSolver(problem.program, kernel: problem.kernel(), options: options)
    let solution = try solver.solve()
    #expect(solution.certificate.stopReason == .timeLimit)
    #expect(solution.certificate.iterations == 0)
    #expect(solution.alpha.allSatisfy { $0 == 0 })
  }

  /// Cancelled from the n-th progress report, in whatever phase the solver then is.
  @Test(arguments: [1, 2, 3, 5, 10, 20, 40])
  func aTokenCancelledFromTheProgressCallbackStopsTheSolver(report: Int) throws {
    let problem = Self.problem
    let token = CancellationToken()
    let counter = Counter()
    var options = options()
    options.cancellation = token
    options.onProgress = { _ in if counter.next() == report { token.cancel() } }
    let solver = BlockSolver(problem.program, kernel: problem.kernel(), options: options)
    let solution = try solver.solve()
    let comment: Comment = "report \(report), seed \(Self.seed)"
    #expect(solution.certificate.stopReason == .cancelled, comment)
    checkState(try solver.state, solution, comment)
    // There is time to bring the figures of so small a problem up to date.
    #expect(
      isClose(
        solution.certificate.dualObjective, problem.dual(solution.alpha), within: 1e-7), comment)
    #expect(
      isClose(
        solution.certificate.kktViolation, problem.plain.violation(solution.alpha), within: 1e-8),
      comment)

    let resumed = try BlockSolver(
      problem.program, kernel: problem.kernel(), options: self.options(),
      from: .state(try solver.state)
    ).solve()
    check(resumed, problem, tolerance: 1e-4, comment)
  }

  /// A solver of single-precision kernel values hands its state over to one of double precision.
  @Test func aStateGoesOnInAnotherPrecision() throws {
    let problem = Self.problem
    let first = BlockSolver(
      problem.program, kernel: problem.kernel(Float.self),
      options: SolverOptions(
        tolerance: 1e-4, maximumIterations: 1000,
        blockByteLimit: blockBytes(forWorkingSetOf: 80, Float.self)))
    #expect(try first.solve().certificate.stopReason == .iterationLimit)
    let second = BlockSolver(
      problem.program, kernel: problem.kernel(Double.self),
      options: SolverOptions(
        tolerance: 1e-6, certifies: true,
        blockByteLimit: blockBytes(forWorkingSetOf: 100, Double.self)),
      from: .state(try first.state))
    let solution = try second.solve()
    check(solution, problem, tolerance: 1e-6, "seed \(Self.seed)")
    #expect(solution.certificate.source == .recomputed)
  }
}

/// Counts calls, from any thread.
final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  func next() -> Int {
    lock.withLock {
      count += 1
      return count
    }
  }
}
