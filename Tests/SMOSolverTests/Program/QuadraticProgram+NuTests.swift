import Kernels
import LinearAlgebra
import SMOSolver
import TestSupport
import Testing

/// The formulations with given sums, against a plain solver of the same program.
@Suite struct QuadraticProgramNuTests {
  static let seed: UInt64 = 90
  static let function = KernelFunction.gaussian(gamma: 0.3)

  private func solverCase(
    _ program: QuadraticProgram, _ features: Matrix<Double>, _ function: KernelFunction
  ) -> SolverCase {
    SolverCase(
      program: program, features: features, function: function,
      plain: PlainProgram(
        kernel: plainKernelMatrix(function, features),
        example: program.exampleIndex.map { Int($0) },
        sign: program.isPositive.map { $0 ? 1 : -1 }, linear: Array(program.linearTerm),
        upper: Array(program.upperBound), group: program.group.map { Int($0) }))
  }

  private func programs(
    _ count: Int, nu: Double
  ) -> [(name: String, problem: SolverCase)] {
    let examples = TestExamples.clouds(count, features: 3, seed: Self.seed)
    var generator = TestGenerator(seed: Self.seed + 1)
    let weights = (0..<count).map { _ in generator.uniform(in: 0.5..<2) }
    let isPositive = examples.labels.map { $0 == "b" }
    let targets = TestExamples.targets(examples.features, noise: 0.3, seed: Self.seed)
    let diagonal = (0..<count).map { row in
      let x = examples.features.row(row)
      return plainKernel(.linear, x, x)
    }
    let programs: [(String, QuadraticProgram, KernelFunction)] = [
      (
        "nu-svc", .nuClassification(isPositive: isPositive, upperBounds: weights, nu: nu),
        Self.function
      ),
      (
        "nu-svr", .nuRegression(targets: targets, nu: nu, boxConstraints: weights), Self.function
      ),
      ("one-class", .oneClass(upperBounds: weights, nu: nu), Self.function),
      (
        "data description", .dataDescription(diagonal: diagonal, upperBounds: weights, nu: nu),
        .linear
      ),
    ]
    return programs.map { ($0, solverCase($1, examples.features, $2)) }
  }

  /// Also where the working set is much smaller than the program, so that groups share it.
  @Test(arguments: [0.05, 0.4, 0.8], [16, 60, 1000])
  func everyProgramReachesItsOptimum(nu: Double, workingSet: Int) throws {
    for (name, problem) in programs(120, nu: nu) {
      let comment: Comment = "\(name), nu \(nu), working set \(workingSet), seed \(Self.seed)"
      let solution = try BlockSolver(
        problem.program, kernel: problem.kernel(),
        options: SolverOptions(
          tolerance: 1e-8, blockByteLimit: blockBytes(forWorkingSetOf: workingSet, Double.self))
      ).solve()
      check(solution, problem, tolerance: 1e-8, comment)
      let optimum = problem.dual(problem.plain.solved(from: Array(problem.program.start)))
      #expect(
        isClose(problem.dual(solution.alpha), optimum, within: 1e-8 * max(1, abs(optimum))),
        comment)
      let gap = try #require(solution.certificate.relativeGap, comment)
      #expect(gap > -1e-12 && gap < 1e-6, "\(comment): gap \(gap)")
    }
  }

  /// The start has the sums that were asked for and keeps the bounds, at the largest ν too.
  @Test func startsAreFeasible() {
    let isPositive = [true, false, false, true, false]
    let bounds = [0.5, 1, 2, 0.25, 1.5]
    let largest = QuadraticProgram.largestNu(isPositive: isPositive, upperBounds: bounds)
    #expect(isClose(largest, 2 * 0.75 / 5.25, within: 1e-15))
    for nu in [1e-9, 0.1, largest] {
      let program = QuadraticProgram.nuClassification(
        isPositive: isPositive, upperBounds: bounds, nu: nu)
      for g in 0..<2 {
        let sum = (0..<5).reduce(0) { program.group[$1] == g ? $0 + program.start[$1] : $0 }
        #expect(isClose(sum, nu * 5.25 / 2, within: 1e-15), "nu \(nu)")
      }
    }
    let oneClass = QuadraticProgram.oneClass(upperBounds: bounds, nu: 1)
    #expect(Array(oneClass.start) == bounds)
    let regression = QuadraticProgram.nuRegression(
      targets: [1, 2, 3, 4, 5], nu: 0.5, boxConstraints: bounds)
    #expect(Array(regression.start) == [0.5, 0.8125, 0, 0, 0, 0.5, 0.8125, 0, 0, 0])
  }

  /// With ν = 1 nothing can move: the solver stops at once, and says where it stands.
  @Test func aProgramWithoutRoomEnds() throws {
    let features = try Matrix<Double>(rows: [[0, 0], [1, 0], [0, 1]])
    let problem = solverCase(.oneClass(upperBounds: [1, 1, 1], nu: 1), features, Self.function)
    let solution = try BlockSolver(
      problem.program, kernel: problem.kernel(), options: SolverOptions()
    ).solve()
    #expect(solution.alpha == [1, 1, 1])
    #expect(solution.certificate.stopReason == .converged)
    #expect(solution.certificate.iterations == 0)
    // ρ is then the largest sum, so that no example lies beyond it.
    let sums = problem.plain.images(solution.alpha)
    #expect(isClose(-solution.multipliers[0], try #require(sums.max()), within: 1e-12))
    #expect(isClose(try #require(solution.certificate.relativeGap), 0, within: 1e-12))
  }
}
