import Basics
import Distribution
import DistributionScenarios
import Kernels
import Learning
import LinearAlgebra
import SMOSolver
import SupportVectors
import Synchronization
import TestSupport
import Testing
import Transport

/// Trainings on several ranks end with the bytes of a training in one process.
@Suite struct DistributedTrainingTests {
  private func compare(_ scenario: Scenario, sizes: [Int]) throws {
    let expected = try scenario.local()
    for size in sizes {
      for cuts in scenario.cuts(size) {
        let results = ThreadTransport.run(ranks: size) { try scenario.asRank($0, cuts: cuts) }
        #expect(results.count == size)
        for (rank, result) in results.enumerated() {
          #expect(
            try result.get() == expected, "\(scenario), rank \(rank) of \(size), cut at \(cuts)")
        }
      }
    }
  }

  @Test(arguments: Scenario.special) func specialTrainingsGiveTheSameBytes(scenario: Scenario)
    throws
  {
    try compare(scenario, sizes: [2, 3, 8])
  }

  /// Each with one number of ranks, so that all numbers meet all formulations; `distribution-check` goes
  /// through all.
  @Test(arguments: Array(Scenario.formulations.enumerated()).map { ($0.offset, $0.element) })
  func formulationsGiveTheSameBytes(number: Int, scenario: Scenario) throws {
    let sizes = [1, 2, 3, 5, 8]
    try compare(scenario, sizes: [sizes[number % 5]])
  }

  /// Threads of ranks share the rows of these; the bits are those of one thread.
  @Test(arguments: [1, 3]) func threadsOfRanksChangeNothing(threads: Int) throws {
    let scenarios =
      Scenario.special
      + Scenario.formulations.enumerated().filter { $0.offset % 6 == 0 }.map(\.element)
      + Scenario.linear.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
    for scenario in scenarios {
      let expected = try scenario.local(threads: 1)
      #expect(try scenario.local(threads: threads) == expected, "\(scenario), alone")
      let results = ThreadTransport.run(ranks: 3) {
        try scenario.asRank($0, cuts: scenario.cuts(3)[1], threads: threads)
      }
      for (rank, result) in results.enumerated() {
        #expect(try result.get() == expected, "\(scenario), rank \(rank), \(threads) threads")
      }
    }
  }

  /// Linear models in their weights, of all losses and solvers.
  @Test(arguments: Scenario.linear) func linearModelsHaveTheSameBytes(scenario: Scenario) throws {
    try compare(scenario, sizes: [1, 2, 3, 5, 8])
  }

  @Test func otherLinearModelsHaveOtherBytes() throws {
    let digests = try Scenario.linear.prefix(11).map { try $0.local().digest }
    #expect(Set(digests).count > 6)
  }

  /// Equal bytes mean something only where other trainings give others.
  @Test func otherTrainingsGiveOtherBytes() throws {
    let digests = try Scenario.special.prefix(8).map { try $0.local().digest }
    #expect(Set(digests).count == digests.count)
  }

  // MARK: Interruptions and checkpoints

  private static let clouds = TestExamples.clouds(1500, features: 6, distance: 1, seed: 3)

  /// Trains with options that each rank has of its own.
  private func train(
    _ size: Int, _ options: @escaping @Sendable (_ rank: Int) -> TrainingOptions
  ) throws -> [SupportVectorClassifier] {
    let clouds = Self.clouds
    return try ThreadTransport.run(ranks: size) { transport in
      let own = transport.rank * 1500 / size..<(transport.rank + 1) * 1500 / size
      let shards = try ShardedFeatures(
        FeatureMatrix.dense(clouds.features).gatheringRows(Array(own)), transport)
      return try SupportVectorClassifier.train(
        .sharded(shards), classes: ClassTable(clouds.labels), settings: .init(),
        options: options(transport.rank))
    }.map { try $0.get() }
  }

  private func plainOptions() -> TrainingOptions {
    var options = TrainingOptions()
    options.threads = 1
    options.memoryLimit = 1 << 20
    return options
  }

  private func same(_ first: SupportVectorClassifier, _ second: SupportVectorClassifier) -> Bool {
    first.expansion.dualCoefficients == second.expansion.dualCoefficients
      && first.expansion.biases == second.expansion.biases
      && first.expansion.supportIndices == second.expansion.supportIndices
      && first.problems.map(\.json) == second.problems.map(\.json)
  }

  /// One rank is cancelled, at a time of its own; all stop after the same step.
  @Test(arguments: [0, 2]) func aCancelledRankStopsAll(cancelled: Int) throws {
    let models = try train(3) { rank in
      var options = plainOptions()
      let token = CancellationToken()
      options.cancellation = token
      options.onProgress = { if rank == cancelled, $0.iterations >= 0 { token.cancel() } }
      return options
    }
    #expect(models[0].problems[0].certificate.stopReason == .cancelled)
    #expect(same(models[0], models[1]) && same(models[0], models[2]))
  }

  @Test func aTimeLimitStopsAllAlike() throws {
    let models = try train(3) { rank in
      var options = plainOptions()
      options.timeLimit = .milliseconds(rank == 1 ? 30 : 100_000)
      options.tolerance = 1e-12
      return options
    }
    #expect(models[0].problems[0].certificate.stopReason == .timeLimit)
    #expect(same(models[0], models[1]) && same(models[0], models[2]))
  }

  /// A training continues from a checkpoint on any number of ranks, and ends as if it had not stopped.
  @Test func checkpointsFitAnyNumberOfRanks() throws {
    let whole = try SupportVectorClassifier.train(
      features: Self.clouds.features, labels: Self.clouds.labels, settings: .init(),
      options: plainOptions())
    let kept = Mutex<[TrainingCheckpoint]>([])
    let first = try train(3) { rank in
      var options = plainOptions()
      options.checkpoint = (
        interval: .zero,
        write: { checkpoint in if rank == 0 { kept.withLock { $0.append(checkpoint) } } }
      )
      return options
    }
    #expect(same(first[0], whole))
    let checkpoints = kept.withLock { $0 }
    try #require(checkpoints.count > 3)
    let middle = checkpoints[checkpoints.count / 2]
    for size in [1, 2, 5] {
      for model in try train(
        size,
        { _ in
          var options = plainOptions()
          options.resuming = middle
          return options
        })
      {
        #expect(same(model, whole), "\(size) ranks")
      }
    }
    var options = plainOptions()
    options.resuming = middle
    let alone = try SupportVectorClassifier.train(
      features: Self.clouds.features, labels: Self.clouds.labels, settings: .init(),
      options: options)
    #expect(same(alone, whole))
  }

  // MARK: What is refused

  private func errors(_ features: Matrix<Double>, kernel: Kernel) -> [String] {
    ThreadTransport.run(ranks: 3) { transport in
      let own = Array(transport.rank * 4..<transport.rank * 4 + 4)
      let shards = try ShardedFeatures(
        FeatureMatrix.dense(features).gatheringRows(own), transport)
      _ = try SupportVectorRegressor.train(
        .sharded(shards), targets: (0..<12).map { Double($0) },
        settings: .init(kernel: kernel, formulation: .epsilon(boxConstraint: 1, epsilon: 0.1)),
        options: TrainingOptions())
    }.map { result in
      if case .failure(let error) = result { "\(error)" } else { "nothing" }
    }
  }

  /// Each rank says what one process says.
  @Test(arguments: ["gaussian", "chi-squared", "polynomial", "precomputed"])
  func ranksRefuseAlike(name: String) throws {
    var features = Matrix<Double>(rowCount: 12, columnCount: 2) { Double($0 + $1) }
    let kernel: Kernel
    let expected: String
    switch name {
    case "gaussian":
      features[9, 1] = .nan
      features[11, 0] = .infinity
      kernel = .gaussian()
      expected = "row 10, feature 2 is nan; every feature needs a finite number"
    case "chi-squared":
      features[7, 0] = -1
      kernel = .chiSquared()
      expected =
        "row 8, feature 1 is -1, but the chi-squared kernel takes features that are at least 0; "
        + "scale them to 0 … 1 (--scale minmax) or choose another kernel"
    case "polynomial":
      kernel = .polynomial(gamma: 1e300)
      expected =
        "the kernel value of rows 1 and 1 is not a finite number; "
        + "scale the features or choose smaller kernel parameters"
    default:
      kernel = .precomputed
      expected = "a precomputed kernel matrix cannot be spread over several machines"
    }
    #expect(errors(features, kernel: kernel) == [String](repeating: expected, count: 3))
  }
}
