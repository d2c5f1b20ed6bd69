import Kernels
import Learning
import Testing
import Transport

@testable import TabularModels

/// What is predicted of trainings, from counts.
@Suite struct TrainingCostModelTests {
  private typealias Model = TrainingCostModel

  private func model(_ rowCount: Int, features: Int = 50, stored: Double? = nil) -> Model {
    let problem = Model.Problem(
      rowCount: rowCount, featureCount: features, storedCount: stored, supportShare: 0.3)
    return Model(
      problem: problem, speed: .init(calibratedFor: problem, pair: .squaredDistance))
  }

  @Test func ranksShareRowsAndKernelValues() {
    let model = model(1_000_000)
    let alone = model.cost(on: .init(threadCount: 4))
    for ranks in [2, 3, 7, 64] {
      let cost = model.cost(on: .init(rankCount: ranks, threadCount: 4))
      #expect(cost.rankRows == (1_000_000 + ranks - 1) / ranks)
      #expect(cost.rankKernelValues == model.kernelValueCount / Double(ranks))
      #expect(cost.rankBytes < alone.rankBytes)
      #expect(cost.stepSeconds == alone.stepSeconds)
      #expect(cost.valueSeconds < alone.valueSeconds)
      #expect(cost.communicationSeconds > 0)
    }
    #expect(alone.communicationSeconds == 0)
    #expect(alone.trafficBytes == 0)
  }

  @Test func aFullRoundIsTheOneOfTheModulesReadme() {
    // b = 512, m = 2048, d = 784 in single precision: 3.2 MB of features and 4.2 MB of kernel values.
    var round = model(1_000_000, features: 784).round(rankCount: 4)
    round.newcomerCount = 512
    #expect(round.memberCount == 2048)
    #expect(round.features == 3_211_264)
    #expect(round.values == 4_194_304 + 8)
    var regression = model(1_000_000).problem
    regression.variableCount = 2
    let other = Model(problem: regression, speed: .init(valueSeconds: 1e-9))
    #expect(other.round(rankCount: 4).variableCount == 4096)
  }

  @Test func aProblemOfOneBlockHasOneRound() {
    #expect(model(2000).roundCount == 1)
    #expect(model(2000).blockSize == 2000)
    #expect(model(200_000).roundCount > 10)
  }

  @Test func moreRowsPayForMoreRanks() {
    let cluster = Model.Cluster(threadCount: 8)
    var before = 1
    for rowCount in [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000] {
      let even = model(rowCount).breakEven(on: cluster)
      #expect(even.efficient <= even.fastest)
      #expect(even.efficient >= before)
      before = even.efficient
    }
    #expect(before > 1)
    // A network on which every message takes a second pays for nobody.
    let slow = Model.Cluster(threadCount: 8, latency: 1)
    let even = model(10_000).breakEven(on: slow)
    #expect(even.fastest == 1)
    #expect(even.efficient == 1)
    #expect(even.communicationBound == 2)
  }

  /// What `Benchmarks/RESULTS-kinds.md` measured: two ranks of one thread each are no faster than one process on tens of
  /// thousands of rows; on a million they are nearly twice as fast.
  @Test func ranksPayForManyRowsOnly() {
    func ratio(_ rowCount: Int, features: Int = 10, share: Double) -> Double {
      var other = model(rowCount, features: features)
      other.problem.supportShare = share
      let alone = other.cost(on: .init(threadCount: 1)).seconds
      return other.cost(on: .init(rankCount: 2, threadCount: 1)).seconds / alone
    }
    #expect((1...1.5).contains(ratio(20_000, share: 0.3)))
    #expect((1...1.5).contains(ratio(10_800, features: 60, share: 0.35)))
    #expect((0.9...1.4).contains(ratio(40_781, features: 8, share: 0.49)))
    #expect(ratio(1_000_000, features: 50, share: 0.3) < 0.53)
    #expect(model(20_000, features: 10).breakEven(on: .init(threadCount: 1)).fastest == 1)
    #expect(model(1_000_000).breakEven(on: .init(threadCount: 1)).efficient >= 32)
  }

  @Test func rowsOfColumnsAndPairsAreSent() throws {
    func bytes(_ classes: Int, _ decomposition: Decomposition = .oneVersusOne) throws -> Double {
      let problem = try #require(
        Model.Problem(
          .cSVC, LearningMethod().with(\.decomposition, decomposition), rowCount: 60_000,
          featureCount: 5, classSizes: [Int](repeating: 60_000 / classes, count: classes)))
      let model = Model(problem: problem, speed: .init(valueSeconds: 1e-9))
      #expect(model.cost(on: .init(threadCount: 1)).rowTrafficBytes == 0)
      return model.cost(on: .init(rankCount: 3, threadCount: 1)).rowTrafficBytes
    }
    let table = 60_000.0 * 5 * 8
    #expect(try bytes(2) == 2 * table)
    #expect(try bytes(4, .oneVersusRest) == 2 * table)
    // Each row is in three of six problems.
    #expect(try bytes(4) == 2 * table + 3 * table)
    // Sparse rows are no columns of a table.
    #expect(
      model(60_000, features: 5, stored: 2).cost(on: .init(rankCount: 3, threadCount: 1))
        .rowTrafficBytes == 0)
  }

  /// A barrier of many ranks is several messages, each of which has the latency.
  @Test func latencyIsThatOfAMessage() throws {
    for size in [2, 5] {
      let clusters = try ThreadTransport.run(ranks: size) { transport in
        var cluster = Model.Cluster(threadCount: 1)
        try cluster.measure(transport)
        return cluster
      }.map { try $0.get() }
      for cluster in clusters {
        #expect(cluster.rankCount == size)
        #expect(cluster.latency > 0 && cluster.latency < 10)
        #expect(cluster.stepsOfMessage == (size == 2 ? 1 : 3))
      }
    }
  }

  @Test func sparseRowsCostTheirEntries() {
    let cluster = Model.Cluster(rankCount: 4, threadCount: 4)
    let few = model(1_000_000, features: 100_000, stored: 20).cost(on: cluster)
    let many = model(1_000_000, features: 100_000, stored: 200).cost(on: cluster)
    #expect(few.dataBytes < many.dataBytes)
    #expect(few.valueSeconds < many.valueSeconds)
    #expect(few.dataBytes == 250_000 * (12 * 20 + 8 + 4 * 20))
  }

  @Test func methodsAreDescribed() throws {
    func problem(_ method: LearningMethod, _ formulation: Formulation, _ sizes: [Int] = [])
      -> Model.Problem?
    {
      Model.Problem(
        formulation, method, rowCount: 60_000, featureCount: 5, classSizes: sizes)
    }
    let two = try #require(problem(LearningMethod(boxConstraint: 10), .cSVC, [30_000, 30_000]))
    #expect(two.squares == 3.6e9)
    #expect(two.boxConstraint == 10)
    // Six pairs of three classes of 20 000: each of 40 000² values.
    let three = try #require(problem(LearningMethod(), .cSVC, [20_000, 20_000, 20_000]))
    #expect(three.squares == 3 * 1.6e9)
    let rest = try #require(
      problem(
        LearningMethod().with(\.decomposition, .oneVersusRest), .cSVC, [20_000, 20_000, 20_000]))
    #expect(rest.squares == 3 * 3.6e9)
    let regression = try #require(problem(LearningMethod(), .epsilonSVR))
    #expect(regression.variableCount == 2)
    #expect(regression.boxConstraint == 3)
    #expect(problem(LearningMethod(kernel: .linear).with(\.solver, .primal), .cSVC, [1, 2]) == nil)
    #expect(problem(LearningMethod().with(\.featureMap, .nystrom), .cSVC, [1, 2]) == nil)
    var half = two
    half.resize(to: 30_000)
    #expect(half.squares == 0.9e9)
    #expect(half.rowCount == 30_000)
  }
}
