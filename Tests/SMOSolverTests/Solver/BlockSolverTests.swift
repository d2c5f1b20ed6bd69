import Foundation
import Kernels
import LinearAlgebra
import SMOSolver
import TestSupport
import Testing

/// A program with its kernel operator, and the same written plainly.
struct SolverCase {
  var program: QuadraticProgram
  var features: Matrix<Double>
  var function: KernelFunction
  var plain: PlainProgram

  /// A classification of overlapping clouds.
  static func classification(
    _ count: Int, features featureCount: Int = 3, boxConstraint: Double = 1,
    function: KernelFunction = .gaussian(gamma: 0.3), distance: Double = 2, seed: UInt64
  ) -> SolverCase {
    let examples = TestExamples.clouds(
      count, features: featureCount, distance: distance, seed: seed)
    let isPositive = examples.labels.map { $0 == "b" }
    return SolverCase(
      program: .classification(
        isPositive: isPositive, boxConstraints: Array(repeating: boxConstraint, count: count)),
      features: examples.features, function: function,
      plain: .classification(
        kernel: plainKernelMatrix(function, examples.features),
        isPositive: isPositive, boxConstraint: boxConstraint))
  }

  /// A regression.
  static func regression(
    _ count: Int, features featureCount: Int = 3, boxConstraint: Double = 1,
    epsilon: Double = 0.1, function: KernelFunction = .gaussian(gamma: 0.3), seed: UInt64
  ) -> SolverCase {
    var generator = TestGenerator(seed: seed)
    let features = Matrix<Double>.random(count, featureCount, using: &generator)
    let targets = TestExamples.targets(features, noise: 0.3, seed: seed + 1)
    return SolverCase(
      program: .regression(
        targets: targets, epsilon: epsilon,
        boxConstraints: Array(repeating: boxConstraint, count: count)),
      features: features, function: function,
      plain: .regression(
        kernel: plainKernelMatrix(function, features), targets: targets,
        epsilon: epsilon, boxConstraint: boxConstraint))
  }

  func kernel<Scalar: SMOScalar>(
    _: Scalar.Type = Double.self, threads: Int = 2, memoryLimit: Int = 16 << 20
  ) -> TiledKernel<Scalar> {
    TiledKernel(.dense(features), function, threads: threads, memoryLimit: memoryLimit)
  }

  /// The dual objective as certificates have it: maximised.
  func dual(_ alpha: [Double]) -> Double { -plain.objective(alpha) }
}

/// The bytes for which a working set of so many examples is made.
func blockBytes<Scalar: SMOScalar>(forWorkingSetOf count: Int, _: Scalar.Type) -> Int {
  3 * MemoryLayout<Scalar>.stride * (count * count + count)
}

/// Checks a converged solution against the program, by plain code in Double.
func check(
  _ solution: Solution, _ problem: SolverCase, tolerance: Double, rounding: Double = 1e-9,
  _ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation
) {
  let alpha = solution.alpha
  let certificate = solution.certificate
  #expect(
    certificate.stopReason == .converged, "\(comment): \(certificate)",
    sourceLocation: sourceLocation)
  #expect(certificate.kktViolation <= tolerance, comment, sourceLocation: sourceLocation)
  for t in alpha.indices {
    #expect(
      alpha[t] >= 0 && alpha[t] <= problem.plain.upper[t], "\(comment), variable \(t)",
      sourceLocation: sourceLocation)
  }
  let start = problem.plain.equalities(Array(problem.program.start))
  let total = alpha.reduce(1, +)
  for (found, expected) in zip(problem.plain.equalities(alpha), start) {
    #expect(
      isClose(found, expected, within: 1e-13 * total), comment, sourceLocation: sourceLocation)
  }
  let violation = problem.plain.violation(alpha)
  #expect(
    violation <= tolerance * 1.1 + rounding, "\(comment), violation \(violation)",
    sourceLocation: sourceLocation)
  #expect(
    isClose(
      certificate.dualObjective, problem.dual(alpha),
      within: rounding * max(1, abs(problem.dual(alpha)))),
    "\(comment): \(certificate.dualObjective), recomputed \(problem.dual(alpha))",
    sourceLocation: sourceLocation)
}

@Suite struct BlockSolverTests {
  @Test func twoPointsMeetInTheMiddle() throws {
    // K = [[1, −1], [−1, 1]]: ½(α₁ + α₂)² − α₁ − α₂ with α₁ = α₂ = ½, and x = 0 is the boundary.
    let features = try Matrix<Double>(rows: [[-1], [1]])
    let problem = SolverCase(
      program: .classification(isPositive: [false, true], boxConstraints: [10, 10]),
      features: features, function: .linear,
      plain: .classification(
        kernel: plainKernelMatrix(.linear, features), isPositive: [false, true],
        boxConstraint: 10))
    let solution = try BlockSolver(
      problem.program, kernel: problem.kernel(), options: SolverOptions()
    ).solve()
    #expect(solution.alpha == [0.5, 0.5])
    #expect(solution.multipliers == [0])
    #expect(solution.certificate.dualObjective == 0.5)
    #expect(solution.certificate.primalObjective == 0.5)
    #expect(solution.certificate.relativeGap == 0)
    #expect(solution.certificate.iterations == 1)
  }

  /// Of the points (−2,−1), (−1,−1), (−1,−2) and their mirror images two carry the boundary x + y = 0
  /// with α = ¼ each.
  @Test func sixPointsHaveCoefficientsOfAQuarter() throws {
    let features = try Matrix<Double>(rows: [
      [-2, -1], [-1, -1], [-1, -2], [1, 1], [1, 2], [2, 1],
    ])
    let isPositive = [false, false, false, true, true, true]
    let problem = SolverCase(
      program: .classification(
        isPositive: isPositive, boxConstraints: Array(repeating: 1, count: 6)),
      features: features, function: .linear,
      plain: .classification(
        kernel: plainKernelMatrix(.linear, features), isPositive: isPositive,
        boxConstraint: 1))
    for (name, solution) in [
      (
        "Double",
        try BlockSolver(
          problem.program, kernel: problem.kernel(Double.self), options: SolverOptions()
        ).solve()
      ),
      (
        "Float",
        try BlockSolver(
          problem.program, kernel: problem.kernel(Float.self), options: SolverOptions()
        ).solve()
      ),
    ] {
      #expect(solution.alpha == [0, 0.25, 0, 0.25, 0, 0], "\(name)")
      #expect(solution.multipliers == [0], "\(name)")
      #expect(solution.certificate.dualObjective == 0.25, "\(name)")
    }
  }

  @Test(arguments: [Precision.single, .double], [1e-3, 1e-6])
  func classificationsReachTheOptimumOfPlainCode(precision: Precision, tolerance: Double) throws {
    let functions: [KernelFunction] = [
      .linear, .polynomial(degree: 3, gamma: 0.3, constantTerm: 1), .gaussian(gamma: 0.5),
      .laplacian(gamma: 0.5), .laplacianL1(gamma: 0.5),
    ]
    for (index, function) in functions.enumerated() {
      for c in [0.1, 1, 10] {
        let seed = UInt64(10 + index)
        let problem = SolverCase.classification(
          60, boxConstraint: c, function: function, seed: seed)
        let comment: Comment = "\(function.name), C \(c), seed \(seed)"
        let options = SolverOptions(tolerance: tolerance)
        let solution =
          precision == .double
          ? try BlockSolver(problem.program, kernel: problem.kernel(Double.self), options: options)
            .solve()
          : try BlockSolver(problem.program, kernel: problem.kernel(Float.self), options: options)
            .solve()
        let rounding = precision == .double ? 1e-9 : 1e-4
        check(solution, problem, tolerance: tolerance, rounding: rounding, comment)
        let optimum = problem.dual(
          problem.plain.solved(from: Array(problem.program.start), tolerance: 1e-9))
        let error = abs(problem.dual(solution.alpha) / optimum - 1)
        let bound = (tolerance == 1e-3 ? 1e-5 : 1e-9) + (precision == .double ? 0 : 1e-7)
        #expect(error <= bound, "\(comment), error \(error)")
      }
    }
  }

  /// Where only the examples near the ends are looked at in Double, the violation of all in Double is within the
  /// tolerance, and the objective is that of a solver that looks at all.
  @Test func aPartialRefreshHidesNoViolation() throws {
    let count = 12_000
    let seed: UInt64 = 31
    let examples = TestExamples.clouds(count, features: 2, distance: 2.5, seed: seed)
    let program = QuadraticProgram.classification(
      isPositive: examples.labels.map { $0 == "b" },
      boxConstraints: Array(repeating: 100, count: count))
    func kernel<Scalar: SMOScalar>(_: Scalar.Type) -> TiledKernel<Scalar> {
      TiledKernel(
        .dense(examples.features), .gaussian(gamma: 0.3), threads: 2, memoryLimit: 64 << 20)
    }
    func solution(_ tolerance: Double, partialFrom minimum: Int) throws -> Solution {
      var options = SolverOptions(tolerance: tolerance)
      options.threads = 2
      options.partialRefreshMinimum = minimum
      return try BlockSolver(program, kernel: kernel(Float.self), options: options).solve()
    }
    var saved = 0
    for tolerance in [2e-3, 1.4e-3, 1e-3, 7e-4, 1e-4, 2e-5] {
      let partial = try solution(tolerance, partialFrom: 0)
      let whole = try solution(tolerance, partialFrom: .max)
      if partial.kernelValuesComputed < whole.kernelValuesComputed { saved += 1 }
      #expect(partial.certificate.stopReason == .converged)
      let exact = try program.certificate(
        of: partial.alpha, kernel: kernel(Double.self), iterations: 0, stopReason: .converged)
      #expect(exact.kktViolation <= tolerance, "\(tolerance), seed \(seed)")
      let (found, expected) = (exact.dualObjective, whole.certificate.dualObjective)
      #expect(abs(found / expected - 1) <= tolerance * 1e-2, "\(tolerance), seed \(seed)")
      #expect(abs(partial.certificate.dualObjective / found - 1) <= tolerance * 1e-2)
    }
    #expect(saved > 0, "no tolerance led to a partial refresh")
  }

  @Test func regressionsReachTheOptimumOfPlainCode() throws {
    for (c, epsilon) in [(0.1, 0.1), (1, 0), (1, 0.1), (10, 0.5)] {
      let seed: UInt64 = 20
      let problem = SolverCase.regression(50, boxConstraint: c, epsilon: epsilon, seed: seed)
      let comment: Comment = "C \(c), tube width \(epsilon), seed \(seed)"
      let solution = try BlockSolver(
        problem.program, kernel: problem.kernel(), options: SolverOptions(tolerance: 1e-6)
      ).solve()
      check(solution, problem, tolerance: 1e-6, comment)
      let optimum = problem.dual(
        problem.plain.solved(from: Array(problem.program.start), tolerance: 1e-9))
      #expect(abs(problem.dual(solution.alpha) / optimum - 1) <= 1e-9, comment)
      #expect(
        isClose(
          problem.plain.primal(solution.alpha, bias: solution.multipliers[0]),
          solution.certificate.primalObjective, relative: 1e-9), comment)
    }
  }

  /// Two groups, each with an equality of its own that the start does not make zero, bounds that
  /// differ, and working sets that do and do not hold all examples.
  @Test(arguments: [0, 6, 20])
  func twoGroupsKeepAnEqualityEach(workingSet: Int) throws {
    let seed: UInt64 = 30
    var generator = TestGenerator(seed: seed)
    let count = 60
    let features = Matrix<Double>.random(count, 3, using: &generator)
    let isPositive = (0..<count).map { _ in generator.uniform() < 0.5 }
    let group = (0..<count).map { _ in UInt8(generator.uniform() < 0.4 ? 1 : 0) }
    let linear = (0..<count).map { _ in -generator.uniform() }
    let upper = (0..<count).map { $0 % 7 == 0 ? 0 : 0.5 + generator.uniform() }
    let start = upper.enumerated().map { $0 % 3 == 0 ? $1 / 2 : 0 }
    let problem = SolverCase(
      program: QuadraticProgram(
        ExampleIndices((0..<Int32(count)).map { $0 }, of: count), isPositive: isPositive,
        linearTerm: ProgramValues(linear),
        bounds: (ProgramValues(Array(repeating: 0, count: count)), ProgramValues(upper)),
        group: ProgramValues(group), start: ProgramValues(start)),
      features: features, function: .gaussian(gamma: 0.4),
      plain: PlainProgram(
        kernel: plainKernelMatrix(.gaussian(gamma: 0.4), features),
        example: Array(0..<count), sign: isPositive.map { $0 ? 1 : -1 }, linear: linear,
        upper: upper, group: group.map { Int($0) }))
    let comment: Comment = "working set \(workingSet), seed \(seed)"
    let options = SolverOptions(
      tolerance: 1e-7,
      blockByteLimit: workingSet == 0
        ? 1 << 20 : blockBytes(forWorkingSetOf: workingSet, Double.self))
    let solution = try BlockSolver(
      problem.program, kernel: problem.kernel(), options: options
    ).solve()
    check(solution, problem, tolerance: 1e-7, comment)
    #expect(solution.multipliers.count == 2, comment)
    let optimum = problem.dual(problem.plain.solved(from: start))
    #expect(abs(problem.dual(solution.alpha) / optimum - 1) <= 1e-9, comment)
    // Free variables of a group have the derivative −σ · multiplier.
    let gradient = problem.plain.gradient(solution.alpha)
    for t in 0..<count where solution.alpha[t] > 0 && solution.alpha[t] < upper[t] {
      let sign = problem.plain.sign[t]
      #expect(
        isClose(-sign * gradient[t], solution.multipliers[Int(group[t])], within: 2e-7), comment)
    }
  }

  @Test(arguments: [2, 3, 5, 8, 16, 50, 150, 300])
  func anyWorkingSetReachesTheOptimum(workingSet: Int) throws {
    for (name, problem) in [
      ("classification", SolverCase.classification(300, boxConstraint: 5, seed: 40)),
      ("regression", .regression(200, boxConstraint: 5, seed: 41)),
    ] {
      let comment: Comment = "\(name), working set \(workingSet), seeds 40 and 41"
      let solution = try BlockSolver(
        problem.program, kernel: problem.kernel(),
        options: SolverOptions(
          tolerance: 1e-5, blockByteLimit: blockBytes(forWorkingSetOf: workingSet, Double.self))
      ).solve()
      check(solution, problem, tolerance: 1e-5, comment)
      let whole = try BlockSolver(
        problem.program, kernel: problem.kernel(), options: SolverOptions(tolerance: 1e-5)
      ).solve()
      #expect(
        isClose(
          problem.dual(solution.alpha), problem.dual(whole.alpha), relative: 1e-7), comment)
    }
  }

  /// Small programs of all kinds: examples on a grid, so that many are duplicates, and working sets of
  /// any size.
  @Test func randomProgramsReachTheOptimumOfPlainCode() throws {
    for seed in UInt64(1000)..<1150 {
      var generator = TestGenerator(seed: seed)
      let count = 2 + Int(generator.uniform() * 39)
      let featureCount = 1 + Int(generator.uniform() * 4)
      let features = Matrix<Double>(rowCount: count, columnCount: featureCount) { _, _ in
        generator.normal().rounded()
      }
      let functions: [KernelFunction] = [
        .linear, .polynomial(degree: 2, gamma: 1, constantTerm: 1), .gaussian(gamma: 0.5),
        .laplacian(gamma: 1), .laplacianL1(gamma: 0.5),
      ]
      let function = functions[Int(generator.uniform() * 5)]
      let c = [0.01, 1, 20][Int(generator.uniform() * 3)]
      let workingSet = 2 + Int(generator.uniform() * Double(count))
      let kernel = plainKernelMatrix(function, features)
      let problem: SolverCase
      if generator.uniform() < 0.5 {
        let isPositive = (0..<count).map { _ in generator.uniform() < 0.5 }
        problem = SolverCase(
          program: .classification(
            isPositive: isPositive, boxConstraints: Array(repeating: c, count: count)),
          features: features, function: function,
          plain: .classification(kernel: kernel, isPositive: isPositive, boxConstraint: c))
      } else {
        let targets = (0..<count).map { _ in generator.normal() }
        let epsilon = generator.uniform() < 0.3 ? 0 : 0.2
        problem = SolverCase(
          program: .regression(
            targets: targets, epsilon: epsilon,
            boxConstraints: Array(repeating: c, count: count)),
          features: features, function: function,
          plain: .regression(
            kernel: kernel, targets: targets, epsilon: epsilon, boxConstraint: c))
      }
      let comment: Comment =
        "\(count) × \(featureCount), \(function), C \(c), working set \(workingSet), seed \(seed)"
      let solution = try BlockSolver(
        problem.program, kernel: problem.kernel(),
        options: SolverOptions(
          tolerance: 1e-5, maximumIterations: 1_000_000,
          blockByteLimit: blockBytes(forWorkingSetOf: workingSet, Double.self))
      ).solve()
      check(solution, problem, tolerance: 1e-5, comment)
      let optimum = problem.dual(
        problem.plain.solved(from: Array(problem.program.start), tolerance: 1e-7))
      #expect(
        isClose(problem.dual(solution.alpha), optimum, within: 1e-6 * max(1, abs(optimum))),
        comment)
    }
  }

  /// Thousands of examples and a working set of a few hundred: many rounds, examples set aside and
  /// brought back.
  @Test(arguments: [Precision.single, .double])
  func shrinkingDoesNotChangeTheAnswer(precision: Precision) throws {
    let seed: UInt64 = 50
    for (name, problem) in [
      ("classification", SolverCase.classification(3000, boxConstraint: 10, seed: seed)),
      ("regression", .regression(1500, boxConstraint: 10, seed: seed)),
    ] {
      var duals: [Double] = []
      for shrinking in [true, false] {
        let comment: Comment = "\(name), \(precision), shrinking \(shrinking), seed \(seed)"
        let least = Least()
        var options = SolverOptions(
          tolerance: 1e-3, shrinking: shrinking, onProgress: { least.add($0.activeCount) })
        let solution: Solution
        if precision == .double {
          options.blockByteLimit = blockBytes(forWorkingSetOf: 150, Double.self)
          solution = try BlockSolver(
            problem.program, kernel: problem.kernel(Double.self), options: options
          ).solve()
        } else {
          options.blockByteLimit = blockBytes(forWorkingSetOf: 150, Float.self)
          solution = try BlockSolver(
            problem.program, kernel: problem.kernel(Float.self), options: options
          ).solve()
        }
        check(
          solution, problem, tolerance: 1e-3, rounding: precision == .double ? 1e-8 : 1e-4, comment)
        duals.append(problem.dual(solution.alpha))
        let count = problem.program.exampleCount
        #expect((least.value < count) == shrinking, "\(comment), least \(least.value)")
      }
      #expect(isClose(duals[0], duals[1], relative: 1e-5), "\(name), \(precision): \(duals)")
    }
  }

  @Test func permutedRowsHaveTheSameOptimum() throws {
    let seed: UInt64 = 60
    let count = 400
    let problem = SolverCase.classification(count, boxConstraint: 3, seed: seed)
    var generator = TestGenerator(seed: seed)
    let order = Array(0..<count).shuffled(using: &generator)
    var permuted = problem
    permuted.features = problem.features.gatheringRows(order)
    let isPositive = order.map { problem.program.isPositive[$0] }
    permuted.program = .classification(
      isPositive: isPositive, boxConstraints: Array(repeating: 3, count: count))
    permuted.plain = .classification(
      kernel: plainKernelMatrix(problem.function, permuted.features),
      isPositive: isPositive, boxConstraint: 3)
    let options = SolverOptions(
      tolerance: 1e-6, blockByteLimit: blockBytes(forWorkingSetOf: 60, Double.self))
    let first = try BlockSolver(problem.program, kernel: problem.kernel(), options: options)
      .solve()
    let second = try BlockSolver(permuted.program, kernel: permuted.kernel(), options: options)
      .solve()
    check(second, permuted, tolerance: 1e-6, "seed \(seed)")
    #expect(
      isClose(problem.dual(first.alpha), permuted.dual(second.alpha), relative: 1e-9),
      "seed \(seed)")
    #expect(
      isClose(first.multipliers[0], second.multipliers[0], within: 1e-5), "seed \(seed)")
  }

  @Test(arguments: [Precision.single, .double])
  func anyThreadCountAndMemoryGiveTheSameBits(precision: Precision) throws {
    let seed: UInt64 = 70
    // 300 features: enough for rows to be worth keeping.
    let problem = SolverCase.classification(
      1000, features: 300, boxConstraint: 10, function: .gaussian(gamma: 0.002), seed: seed)
    func solve(threads: Int, memoryLimit: Int) throws -> Solution {
      precision == .double
        ? try solution(Double.self, problem, threads: threads, memoryLimit: memoryLimit)
        : try solution(Float.self, problem, threads: threads, memoryLimit: memoryLimit)
    }
    let plain = try solve(threads: 1, memoryLimit: 0)
    #expect(plain.certificate.stopReason == .converged)
    for memoryLimit in [0, 1 << 20, 1 << 30] {
      let expected = try solve(threads: 1, memoryLimit: memoryLimit)
      let comment: Comment = "\(precision), \(memoryLimit) bytes, seed \(seed)"
      #expect(expected.alpha == plain.alpha, comment)
      #expect(expected.multipliers == plain.multipliers, comment)
      #expect(expected.certificate == plain.certificate, comment)
      if memoryLimit == 1 << 30 {
        #expect(expected.kernelValuesComputed < plain.kernelValuesComputed, comment)
      }
      for threads in [2, 4] {
        let found = try solve(threads: threads, memoryLimit: memoryLimit)
        #expect(found.alpha == expected.alpha, "\(comment), \(threads) threads")
        #expect(found.multipliers == expected.multipliers, "\(comment), \(threads) threads")
        #expect(found.certificate == expected.certificate, "\(comment), \(threads) threads")
      }
    }
  }

  private func solution<Scalar: SMOScalar>(
    _: Scalar.Type, _ problem: SolverCase, threads: Int, memoryLimit: Int
  ) throws -> Solution {
    try BlockSolver(
      problem.program,
      kernel: problem.kernel(Scalar.self, threads: threads, memoryLimit: memoryLimit),
      options: SolverOptions(blockByteLimit: blockBytes(forWorkingSetOf: 150, Scalar.self))
    ).solve()
  }
}

/// The least of some numbers, from any thread.
final class Least: @unchecked Sendable {
  private let lock = NSLock()
  private var least = Int.max

  func add(_ number: Int) { lock.withLock { least = min(least, number) } }
  var value: Int { lock.withLock { least } }
}
