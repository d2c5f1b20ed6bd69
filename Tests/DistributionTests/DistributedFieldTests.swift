import Distribution
import Kernels
import LinearAlgebra
import SMOSolver
import TestSupport
import Testing
import Transport

/// What a round sends and computes.
@Suite struct DistributedFieldTests {
  private static let count = 6000
  private static let width = 10
  private static let examples = TestExamples.clouds(
    count, features: width, distance: 1.5, seed: 17)
  private static let program = QuadraticProgram.classification(
    isPositive: examples.labels.map { $0 == "b" },
    boxConstraints: Array(repeating: 1, count: count))
  private static let function = KernelFunction.gaussian(gamma: 0.1)

  private static func source(_ transport: any Transport) throws -> ShardedSource {
    let size = transport.size
    let own = transport.rank * count / size..<(transport.rank + 1) * count / size
    let features = FeatureMatrix.dense(examples.features).gatheringRows(Array(own))
    return try ShardedSource(ShardedFeatures(features, transport), function)
  }

  private static func onRanks<Value: Sendable>(
    _ size: Int,
    _ body: @escaping @Sendable (DistributedField<Float>, any Transport) throws -> Value
  ) throws -> [Value] {
    try ThreadTransport.run(ranks: size) { transport in
      let field = try DistributedField<Float>(
        program, source(transport), Agreement(), threads: 1)
      return try body(field, transport)
    }.map { try $0.get() }
  }

  /// The bytes of each call, from the formulas in the module's README.
  @Test(arguments: [2, 5]) func callsSendWhatTheFormulasSay(size: Int) throws {
    let chosen = (0..<100).map { Int32($0 * 59) }
    let limit = 40
    let sums = try Self.onRanks(size) { field, transport in
      var sent: [Int] = []
      func count(_ body: () throws -> Void) throws {
        let before = transport.traffic
        try body()
        sent.append((transport.traffic - before).bytesSent)
      }
      var extremes: [Extremes] = []
      try count { extremes = try field.extremes() }
      try count { _ = try field.members(of: chosen) }
      try count {
        _ = try field.violators(
          Violators.Request(extremes: extremes, tolerance: 1e-3, limit: limit, excluded: []))
      }
      let values = AlignedBuffer<Float>(count: 100 * 112)
      let target = BlockTarget(values.pointer, stride: 112)
      try count {
        let isDone = try field.block((chosen, chosen), into: target) { false }
        #expect(isDone)
      }
      // The same examples are here already.
      try count {
        let isDone = try field.block(
          (Array(chosen[..<30]), chosen), into: target
        ) { false }
        #expect(isDone)
      }
      var update = BlockUpdate()
      update.examples = [0, 59]
      update.variableCounts = [1, 1]
      update.beta = [-0.25, 0.25]
      update.rows = [0, 59]
      update.coefficients = [-0.25, 0.25]
      try count {
        let isDone = try field.apply(update) { false }
        #expect(isDone)
      }
      // What these ask was said with the end of the round.
      try count { try field.shrink(extremes) }
      try count { _ = try field.extremes() }
      try count { _ = try field.members(of: []) }
      return sent
    }.reduce([Int](repeating: 0, count: 9)) { total, part in zip(total, part).map { $0 + $1 } }
    var round = RoundTraffic(
      rankCount: size, memberCount: 100, newcomerCount: 100,
      exampleBytes: RoundTraffic.bytesOfExample(featureCount: Self.width))
    let first = round.symmetricValues + round.features + round.members
    let members = round.members
    round.newcomerCount = 30
    let later = round.values
    round.memberCount = 0
    let apply = round.apply
    round.memberCount = 100
    round.newcomerCount = limit
    #expect(
      sums == [
        round.extremes, members, round.violators, first, later, apply, 0, 0, 0,
      ])
    // The figures of the README, which the formulas are not computed from here.
    #expect(round.extremes == size * 33)
    #expect(members == 8 * size + 100 * 50)
    // The update knows the gradient of no example, so that nothing is kept of the block's.
    #expect(apply == size * (10 + 64))
    #expect(round.violators == size * (16 + 32 * limit))
    #expect(later == 2 * size + 4 * 30 * 100)
  }

  /// Solved to the end, each rank has computed its part of the kernel values, and all no more than one
  /// process does.
  @Test(arguments: [2, 4]) func ranksShareTheWork(size: Int) throws {
    let options = SolverOptions(tolerance: 1e-3)
    let alone = BlockSolver(
      Self.program,
      kernel: TiledKernel<Float>(
        .dense(Self.examples.features), Self.function, threads: 1, memoryLimit: 0),
      options: options)
    let expected = try alone.solve()
    let results = try Self.onRanks(size) { field, transport in
      let solver = BlockSolver(field, options: options)
      let solution = try solver.solve()
      #expect(solution.alpha == expected.alpha)
      #expect(solution.certificate == expected.certificate)
      return (own: field.ownValuesComputed, all: solution.kernelValuesComputed)
    }
    let total = results.reduce(0) { $0 + $1.own }
    for result in results {
      #expect(result.all == total)
      let share = Double(result.own) * Double(size) / Double(total)
      #expect(abs(share - 1) < 0.05, "\(results)")
    }
    #expect(
      // Pieces on the diagonal of the symmetric first block are cut in another way.
      abs(Double(total) / Double(expected.kernelValuesComputed) - 1) < 0.01,
      "\(total) and \(expected.kernelValuesComputed)")
  }

  /// The gradient at a point in single precision, then with some of it computed in Double, then with all.
  private static func gradients(
    _ field: some ExampleField, at point: [Double]
  ) throws -> [[Double]] {
    field.place(at: point)
    _ = try field.refresh(inDouble: false) { false }
    let before = try field.snapshot().gradient
    let isDone = try field.refresh(near: try field.extremes(), margin: 0.05) { false }
    #expect(isDone)
    let after = try field.snapshot().gradient
    _ = try field.refresh(inDouble: true) { false }
    return [before, after, try field.snapshot().gradient]
  }

  /// A gradient of which a part is computed anew has the same bits on ranks, and only that part changes.
  @Test(arguments: [1, 2, 5]) func aPartialRefreshGivesTheSameBits(size: Int) throws {
    var generator = TestGenerator(seed: 23)
    let wanted = (0..<Self.count).map { _ in generator.uniform() < 0.4 ? generator.uniform() : 0 }
    let point = Self.program.feasiblePoint(near: wanted)
    let expected = try Self.gradients(
      LocalField(
        Self.program,
        kernel: TiledKernel<Float>(
          .dense(Self.examples.features), Self.function, threads: 1, memoryLimit: 0)), at: point)
    let refreshed = expected[0].indices.filter { expected[0][$0] != expected[1][$0] }
    #expect((1..<Self.count / 2).contains(refreshed.count), "\(refreshed.count)")
    #expect(refreshed.allSatisfy { abs(expected[1][$0] - expected[2][$0]) < 1e-11 })
    for found in try Self.onRanks(size, { field, _ in try Self.gradients(field, at: point) }) {
      #expect(found == expected)
    }
  }

  /// Solves the whole problem, and compares what each call has sent with the formulas.
  @Test(arguments: [2, 3]) func aTrainingSendsWhatTheFormulasSay(size: Int) throws {
    // A block of 512 examples, so that there are rounds.
    let options = SolverOptions(tolerance: 1e-3, blockByteLimit: 12 * 512 * 512)
    let alone = BlockSolver(
      Self.program,
      kernel: TiledKernel<Float>(
        .dense(Self.examples.features), Self.function, threads: 1, memoryLimit: 0),
      options: options)
    let expected = try alone.solve()
    let results = try ThreadTransport.run(ranks: size) { ranks in
      let transport = CountedTransport(ranks)
      let field = RecordingField(
        try DistributedField<Float>(
          Self.program, Self.source(transport), Agreement(), threads: 1), transport,
        featureCount: Self.width)
      let before = transport.traffic.bytesSent
      let solution = try BlockSolver(field, options: options).solve()
      #expect(solution.alpha == expected.alpha)
      #expect(solution.phases.rounds == expected.phases.rounds)
      return (calls: field.calls, bytes: transport.traffic.bytesSent - before)
    }.map { try $0.get() }
    let calls = results[0].calls
    #expect(expected.phases.rounds > 5)
    var total = 0
    for place in calls.indices {
      let sent = results.reduce(0) { $0 + $1.calls[place].bytesSent }
      #expect(
        calls[place].expected.contains(sent),
        "call \(place), \(calls[place].kind): \(sent), not \(calls[place].expected)")
      #expect(results.allSatisfy { $0.calls[place].messages == calls[place].messages })
      total += sent
    }
    // What is not of rounds, the end above all, is little.
    let all = results.reduce(0) { $0 + $1.bytes }
    #expect(total <= all)
    #expect(total * 10 > all * 9, "\(total) of \(all)")
    // From one end of a round to the next, what is sent is waited for seven times at most.
    let rounds = calls.split { $0.kind == .apply }.dropLast()
    #expect(calls.count { $0.kind == .apply } == expected.phases.rounds)
    var fullRounds = 0
    for round in rounds.dropFirst() {
      let messages = round.reduce(1) { $0 + $1.messages }
      let newcomers = round.reduce(0) { $0 + $1.newcomerCount }
      #expect(messages <= RoundTraffic.messageCount, "\(messages) messages")
      // A rank that has few violators left sends them with their number.
      guard newcomers >= 128 else { continue }
      fullRounds += 1
      #expect(messages == RoundTraffic.messageCount, "\(newcomers) newcomers")
    }
    #expect(fullRounds > 3)
  }
}
