import Foundation
import Kernels
import LinearAlgebra
import SMOSolver
import Synchronization
import TestSupport
import Testing

/// A solution does not depend on the number of shards that hold the examples, in any bit.
@Suite struct PartitionedFieldTests {
  static let seed: UInt64 = 110

  /// Programs of every formulation, and two that no formulation has.
  enum Form: String, CaseIterable {
    case classification, regression, nuClassification, nuRegression, oneClass, dataDescription
    case variablesOutOfOrder, fewPartners

    var function: KernelFunction {
      self == .dataDescription ? .linear : .gaussian(gamma: 0.3)
    }

    var count: Int {
      switch self {
      case .regression, .nuRegression: 700
      case .variablesOutOfOrder: 300
      default: 1100
      }
    }

    var examples: TestExamples {
      .clouds(count, features: 3, distance: 2, seed: PartitionedFieldTests.seed)
    }

    func program(_ examples: TestExamples) -> QuadraticProgram {
      var generator = TestGenerator(seed: PartitionedFieldTests.seed + 1)
      let weights = (0..<count).map { _ in generator.uniform(in: 0.5..<2) }
      let isPositive = examples.labels.map { $0 == "b" }
      let targets = TestExamples.targets(examples.features, noise: 0.3, seed: 7)
      switch self {
      case .classification:
        return .classification(isPositive: isPositive, boxConstraints: weights.map { 10 * $0 })
      case .regression:
        return .regression(
          targets: targets, epsilon: 0.1, boxConstraints: weights.map { 5 * $0 })
      case .nuClassification:
        return .nuClassification(isPositive: isPositive, upperBounds: weights, nu: 0.3)
      case .nuRegression:
        return .nuRegression(targets: targets, nu: 0.4, boxConstraints: weights)
      case .oneClass: return .oneClass(upperBounds: weights, nu: 0.2)
      case .dataDescription:
        let diagonal = (0..<count).map { row in
          let x = examples.features.row(row)
          return plainKernel(.linear, x, x)
        }
        return .dataDescription(diagonal: diagonal, upperBounds: weights, nu: 0.2)
      case .fewPartners:
        // Ten positive examples, all of them among the last.
        return .classification(
          isPositive: (0..<count).map { $0 >= count - 10 }, boxConstraints: weights)
      case .variablesOutOfOrder:
        // Two variables for each example, in any order, in two groups with sums that are not 0.
        let order = (0..<Int32(2 * count)).shuffled(using: &generator).map {
          $0 % Int32(count)
        }
        return QuadraticProgram(
          ExampleIndices(order, of: count), isPositive: order.map { $0 % 2 == 0 },
          linearTerm: ProgramValues(order.map { _ in -generator.uniform() }),
          bounds: (
            ProgramValues(Array(repeating: 0, count: 2 * count)),
            ProgramValues(order.map { weights[Int($0)] })
          ), group: ProgramValues(order.map { $0 % 3 == 0 ? 1 : 0 }),
          start: ProgramValues(order.map { $0 % 5 == 0 ? weights[Int($0)] / 2 : 0 }))
      }
    }
  }

  /// Everything that a solver hands out.
  private struct Run: Equatable {
    var alpha: [UInt64]
    var multipliers: [UInt64]
    var certificate: Certificate
    var valuesComputed: Int
    var nearBoundary: [Int]?
    var state: SolverState
    var checkpoints: [SolverCheckpoint]
  }

  private func run<Field: ExampleField>(
    _ field: Field, _ options: SolverOptions, from start: SolverStart = .programStart
  ) throws -> Run {
    let taken = Mutex<[SolverCheckpoint]>([])
    var options = options
    options.checkpointing = SolverOptions.Checkpointing(
      isDue: { true }, take: { checkpoint in taken.withLock { $0.append(checkpoint) } })
    let solver = BlockSolver(field, options: options, from: start)
    let solution = try solver.solve()
    return Run(
      alpha: solution.alpha.map(\.bitPattern), multipliers: solution.multipliers.map(\.bitPattern),
      certificate: solution.certificate, valuesComputed: solution.kernelValuesComputed,
      nearBoundary: solution.nearBoundary, state: try solver.state,
      checkpoints: taken.withLock { $0 })
  }

  /// Where so many shards begin, of unequal sizes; of seven the fourth is empty.
  private func cuts(_ parts: Int, of count: Int) -> [Int] {
    switch parts {
    case 1: []
    case 2: [count / 3]
    case 3: [count / 7, count / 2 + 1]
    default: [1, count / 5, count / 3, count / 3, count / 2, count - 3]
    }
  }

  /// Compares solutions by any number of parts.
  ///
  /// - Returns: How often the field of three parts was called, by the name of the call.
  @discardableResult private func check<Scalar: SMOScalar>(
    _ scalar: Scalar.Type, _ form: Form, _ options: SolverOptions
  ) throws -> [String: Int] {
    let examples = form.examples
    let program = form.program(examples)
    func kernel() -> TiledKernel<Scalar> {
      TiledKernel(.dense(examples.features), form.function, threads: 2, memoryLimit: 0)
    }
    let expected = try run(LocalField(program, kernel: kernel()), options)
    #expect(expected.checkpoints.count > 3, "\(form): too few rounds to show anything")
    for parts in [1, 2, 3, 7] {
      let comment: Comment = "\(form), \(Scalar.self), \(parts) parts, seed \(Self.seed)"
      let field = PartitionedField(program, cuts: cuts(parts, of: form.count), kernel: kernel)
      let found = try run(field, options)
      #expect(found.alpha == expected.alpha, comment)
      #expect(found.multipliers == expected.multipliers, comment)
      #expect(found.certificate == expected.certificate, comment)
      #expect(found.state == expected.state, comment)
      #expect(found == expected, comment)
      // Few messages, whatever the size.
      let rounds = found.checkpoints.count
      let often = ["extremes", "members", "violators", "block", "apply", "shrink"].reduce(0) {
        $0 + (field.calls[$1] ?? 0)
      }
      #expect(often <= 7 * rounds + 10, "\(comment): \(field.calls) in \(rounds) rounds")
    }
    // A checkpoint of one field continues in another.
    let middle = expected.checkpoints[expected.checkpoints.count / 2]
    let field = PartitionedField(program, cuts: cuts(3, of: form.count), kernel: kernel)
    let resumed = try run(field, options, from: .round(middle))
    #expect(resumed.alpha == expected.alpha, "\(form), resumed")
    #expect(resumed.certificate == expected.certificate, "\(form), resumed")
    let whole = PartitionedField(program, cuts: cuts(3, of: form.count), kernel: kernel)
    _ = try run(whole, options)
    return whole.calls
  }

  @Test(arguments: Form.allCases)
  func anyNumberOfPartsGivesTheSameBits(form: Form) throws {
    try check(
      Double.self, form,
      SolverOptions(
        tolerance: 1e-3, certifies: form == .classification,
        blockByteLimit: blockBytes(forWorkingSetOf: 60, Double.self)))
    try check(
      Float.self, form,
      SolverOptions(
        tolerance: 1e-3, blockByteLimit: blockBytes(forWorkingSetOf: 60, Float.self)))
  }

  /// A tolerance that single precision reaches only with gradients recomputed in Double, whose drift is
  /// measured on samples.
  @Test func refinementGivesTheSameBits() throws {
    for form in [Form.classification, .regression] {
      try check(
        Float.self, form,
        SolverOptions(
          tolerance: 2e-6, blockByteLimit: blockBytes(forWorkingSetOf: 100, Float.self)))
    }
  }

  /// Of many examples only those get a gradient in Double that can decide whether the solver is done.
  @Test func partialRefinementGivesTheSameBits() throws {
    var oneGroup: [String: Int] = [:]
    var twoGroups: [String: Int] = [:]
    for form in [
      Form.classification, .regression, .nuClassification, .nuRegression, .variablesOutOfOrder,
    ] {
      for tolerance in [1e-4, 6e-5, 4e-5, 2e-5, 1e-5] {
        var options = SolverOptions(
          tolerance: tolerance, blockByteLimit: blockBytes(forWorkingSetOf: 100, Float.self))
        options.partialRefreshMinimum = 0
        let calls = try check(Float.self, form, options)
        if form == .classification || form == .regression {
          oneGroup.merge(calls) { $0 + $1 }
        } else {
          twoGroups.merge(calls) { $0 + $1 }
        }
      }
    }
    for calls in [oneGroup, twoGroups] {
      #expect(calls["refresh near"] ?? 0 > 0, "\(calls), seed \(Self.seed)")
    }
  }

  /// A certificate comes from a gradient in Double of all examples, however many they are.
  @Test func certificatesNeedTheWholeGradient() throws {
    var options = SolverOptions(
      tolerance: 1e-4, certifies: true,
      blockByteLimit: blockBytes(forWorkingSetOf: 100, Float.self))
    options.partialRefreshMinimum = 0
    let calls = try check(Float.self, .classification, options)
    #expect(calls["refresh"] ?? 0 > 0 && calls["refresh near"] == nil, "\(calls)")
  }

  /// Examples near the ends of their group, by a loop over all variables.
  @Test(arguments: [Form.regression, .nuClassification, .variablesOutOfOrder])
  func examplesNearTheEndsAreFound(form: Form) throws {
    let program = form.program(form.examples)
    var generator = TestGenerator(seed: Self.seed + 2)
    let alpha = program.feasiblePoint(
      near: program.upperBound.map { bound in
        generator.uniform() < 0.5 ? 0 : generator.uniform() < 0.5 ? bound : bound / 3
      })
    let gradient = (0..<form.count).map { _ in generator.uniform(in: -1..<1) }
    let shape = ProgramShape(program)
    for margin in [0, 0.01, 0.5, 3] {
      var found: [Int] = []
      var ends = [Extremes](repeating: Extremes(), count: program.groupCount)
      var shards = zip([0] + cuts(3, of: form.count), cuts(3, of: form.count) + [form.count]).map {
        ExampleShard(program, examples: $0..<$1, shape: shape)
      }
      for index in shards.indices {
        shards[index].place(at: alpha)
        let own = shards[index].examples
        shards[index].setGradient(of: Array(0..<Int32(own.count)), from: Array(gradient[own]))
        ends = zip(ends, shards[index].extremes()).map { $0.merged(with: $1) }
      }
      for shard in shards {
        found += shard.examples(near: ends, margin: margin).map { Int($0) + shard.firstExample }
      }
      /// v of a variable, and whether it may grow and fall.
      func variable(_ t: Int) -> (v: Double, mayGrow: Bool, mayFall: Bool) {
        let sign: Double = program.isPositive[t] ? 1 : -1
        let v = -(gradient[Int(program.exampleIndex[t])] + sign * program.linearTerm[t])
        let (isBelow, isAbove) = (
          alpha[t] < program.upperBound[t], alpha[t] > program.lowerBound[t]
        )
        return sign > 0 ? (v, isBelow, isAbove) : (v, isAbove, isBelow)
      }
      let all = (0..<program.variableCount).map(variable)
      let groups = (0..<program.variableCount).map { Int(program.group[$0]) }
      var top = [Double](repeating: -.infinity, count: program.groupCount)
      var bottom = [Double](repeating: .infinity, count: program.groupCount)
      for (t, g) in groups.enumerated() {
        if all[t].mayGrow { top[g] = max(top[g], all[t].v) }
        if all[t].mayFall { bottom[g] = min(bottom[g], all[t].v) }
      }
      var expected = Set<Int>()
      for (t, g) in groups.enumerated()
      where (all[t].mayGrow && all[t].v >= top[g] - margin)
        || (all[t].mayFall && all[t].v <= bottom[g] + margin)
      {
        expected.insert(Int(program.exampleIndex[t]))
      }
      #expect(found == expected.sorted(), "\(form), margin \(margin), seed \(Self.seed)")
      #expect(margin > 0 || found.count < form.count / 2)
    }
  }

  /// Examples that fit one block: their gradient comes from the block, also that of a start that is not 0.
  @Test(arguments: [Form.classification, .nuRegression, .variablesOutOfOrder])
  func wholeBlocksGiveTheSameBits(form: Form) throws {
    let examples = form.examples
    let program = form.program(examples)
    func kernel() -> TiledKernel<Double> {
      TiledKernel(.dense(examples.features), form.function, threads: 2, memoryLimit: 0)
    }
    let start = program.feasiblePoint(
      near: program.upperBound.enumerated().map { $0 % 4 == 0 ? $1 / 3 : 0 })
    let expected = try run(
      LocalField(program, kernel: kernel()), SolverOptions(), from: .point(start))
    #expect(expected.certificate.stopReason == .converged)
    for parts in [1, 2, 3, 7] {
      let field = PartitionedField(program, cuts: cuts(parts, of: form.count), kernel: kernel)
      let found = try run(field, SolverOptions(), from: .point(start))
      #expect(found == expected, "\(form), \(parts) parts, seed \(Self.seed)")
    }
  }

  /// An update that is cancelled in one shard is taken back in all, whenever that happens.
  @Test func aCancelledUpdateChangesNothing() throws {
    let form = Form.classification
    let examples = form.examples
    let field = PartitionedField(form.program(examples), cuts: cuts(3, of: form.count)) {
      TiledKernel<Double>(.dense(examples.features), form.function, threads: 1, memoryLimit: 0)
    }
    var update = BlockUpdate()
    update.examples = [5, 900]
    update.variableCounts = [1, 1]
    update.beta = [-0.25, 0.25]
    update.rows = [5, 900]
    update.coefficients = [-0.25, 0.25]
    let before = field.snapshot()
    let asked = Counter()
    #expect(try field.apply(update) { asked.next() < 0 })
    let after = field.snapshot()
    #expect(after.beta[5] == -0.25 && after.beta[900] == 0.25)
    #expect(zip(before.gradient, after.gradient).allSatisfy { $0 != $1 })
    let total = asked.next() - 1
    #expect(total >= 3)
    for limit in 0..<total {
      field.load(before)
      let counter = Counter()
      #expect(try !field.apply(update) { counter.next() > limit }, "after \(limit) of \(total)")
      #expect(field.snapshot() == before, "after \(limit) of \(total)")
    }
  }
}
