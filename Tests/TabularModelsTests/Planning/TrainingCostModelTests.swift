import Kernels
import TabularModels
import Testing

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
