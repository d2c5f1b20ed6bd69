import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import Synchronization
import TestSupport
import Testing

/// A training that goes on from any of its checkpoints ends in the very bits of the uninterrupted one.
@Suite struct CheckpointTests {
  static let seed: UInt64 = 910

  /// What a trained model consists of, for comparison bit by bit.
  struct Bits: Equatable {
    var coefficients: [UInt64]
    var biases: [UInt64]
    var rows: [Int]
    var iterations: [Int]
    var objectives: [UInt64]

    init(_ expansion: KernelExpansion, _ reports: [ProblemReport]) {
      coefficients = expansion.dualCoefficients.elements.map(\.bitPattern)
      biases = expansion.biases.map(\.bitPattern)
      rows = expansion.supportIndices
      iterations = reports.map(\.certificate.iterations)
      objectives = reports.flatMap {
        [$0.certificate.primalObjective.bitPattern, $0.certificate.dualObjective.bitPattern]
      }
    }
  }

  enum Form: CaseIterable {
    case twoClasses, threeClasses, threeSmallClasses, rest, regression, novelty, precise
    case hard, quantiles, quantilesOfOneMatrix

    var examples: TestExamples {
      switch self {
      case .threeClasses, .rest:
        .clouds(900, features: 4, classes: ["a", "b", "c"], seed: CheckpointTests.seed)
      case .threeSmallClasses:
        .clouds(240, features: 4, classes: ["a", "b", "c"], seed: CheckpointTests.seed)
      default: .clouds(1000, features: 4, seed: CheckpointTests.seed)
      }
    }

    /// Blocks are small, so that there are many rounds.
    var options: TrainingOptions {
      switch self {
      case .threeSmallClasses: TrainingOptions()
      case .precise: TrainingOptions(tolerance: 1e-6, memoryLimit: 2 << 20)
      case .hard:
        TrainingOptions(memoryLimit: 2 << 20, maximumIterations: 100_000)
      case .quantilesOfOneMatrix: TrainingOptions(memoryLimit: 10 << 20)
      default: TrainingOptions(memoryLimit: 2 << 20)
      }
    }

    /// Kernel values that differ in their last digits are more than single precision resolves.
    var kernel: Kernel {
      self == .hard
        ? .polynomial(degree: 1, gamma: 1, constantTerm: 1e7) : .gaussian(gamma: 0.3)
    }

    func train(_ options: TrainingOptions) throws -> Bits {
      let examples = examples
      let features = FeatureMatrix.dense(examples.features)
      switch self {
      case .twoClasses, .threeClasses, .threeSmallClasses, .rest, .precise, .hard:
        let model = try SupportVectorClassifier.train(
          features: features, labels: examples.labels,
          settings: .init(
            kernel: kernel, formulation: .c(self == .hard ? 1 : 10),
            decomposition: self == .rest ? .oneVersusRest : .oneVersusOne), options: options)
        return Bits(model.expansion, model.problems)
      case .regression:
        let targets = TestExamples.targets(
          examples.features, noise: 0.3, seed: CheckpointTests.seed + 1)
        let model = try SupportVectorRegressor.train(
          features: features, targets: targets,
          settings: .init(
            kernel: .gaussian(gamma: 0.3), formulation: .epsilon(boxConstraint: 5, epsilon: 0.1)),
          options: options)
        return Bits(model.expansion, [model.problem])
      case .quantiles, .quantilesOfOneMatrix:
        let targets = TestExamples.targets(
          examples.features, noise: 0.3, seed: CheckpointTests.seed + 1)
        let model = try QuantileRegressor.train(
          features: features, targets: targets, kernel: .gaussian(gamma: 0.3),
          formulation: QuantileFormulation(quantiles: [0.1, 0.5, 0.9], boxConstraint: 5),
          options: options)
        return Bits(model.expansion, model.problems)
      case .novelty:
        let model = try NoveltyDetector.train(
          features: features, kernel: .gaussian(gamma: 0.3), formulation: .oneClass(nu: 0.3),
          options: options)
        return Bits(model.expansion, [model.problem])
      }
    }
  }

  @Test(arguments: Form.allCases)
  func goingOnFromACheckpointGivesTheSameBits(form: Form) throws {
    let expected = try form.train(form.options)
    let taken = Mutex<[TrainingCheckpoint]>([])
    var options = form.options
    options.checkpoint = (.zero, { checkpoint in taken.withLock { $0.append(checkpoint) } })
    let undisturbed = try form.train(options)
    #expect(undisturbed == expected, "\(form), seed \(Self.seed)")
    let checkpoints = taken.withLock { $0 }
    #expect(checkpoints.count > 3, "\(form)")
    let every = max(1, checkpoints.count / 12)
    for index in stride(from: 0, to: checkpoints.count, by: every) {
      var resumed = form.options
      resumed.resuming = checkpoints[index]
      resumed.threads = 1 + index % 3
      let found = try form.train(resumed)
      #expect(
        found == expected,
        "\(form), checkpoint \(index) of \(checkpoints.count), seed \(Self.seed)")
    }
    let states = checkpoints.flatMap { $0.problems.values }.compactMap {
      if case .running(let checkpoint) = $0 { checkpoint } else { nil }
    }
    let hasShrunk = states.contains { $0.state.examples.shrunk != nil }
    let areInDouble = states.allSatisfy { $0.block.isDouble }
    switch form {
    case .twoClasses: #expect(hasShrunk)
    case .precise: #expect(areInDouble)
    case .hard:
      // It begins in single precision and goes on in double.
      #expect(states.contains { !$0.block.isDouble } && states.contains { $0.block.isDouble })
    case .threeClasses, .rest: #expect(checkpoints.contains { $0.solvedCount == 2 })
    default: break
    }
  }

  /// A training that was cancelled hands out its last round.
  @Test(arguments: [3, 8, 20])
  func aCancelledTrainingGoesOn(report: Int) throws {
    let form = Form.twoClasses
    let expected = try form.train(form.options)
    let last = Mutex<TrainingCheckpoint?>(nil)
    let token = CancellationToken()
    let reports = Atomic<Int>(0)
    var options = form.options
    options.cancellation = token
    options.checkpoint = (
      .zero,
      { checkpoint in
        last.withLock { $0 = checkpoint }
        if reports.wrappingAdd(1, ordering: .relaxed).newValue == report { token.cancel() }
      }
    )
    _ = try form.train(options)
    var resumed = form.options
    let checkpoint: TrainingCheckpoint? = last.withLock { $0 }
    resumed.resuming = checkpoint
    #expect(checkpoint != nil)
    let found = try form.train(resumed)
    #expect(found == expected, "report \(report), seed \(Self.seed)")
  }

  @Test func aCheckpointOfAnotherTrainingIsRefused() throws {
    let form = Form.twoClasses
    let taken = Mutex<TrainingCheckpoint?>(nil)
    var options = form.options
    options.checkpoint = (.zero, { checkpoint in taken.withLock { $0 = $0 ?? checkpoint } })
    _ = try form.train(options)
    let first: TrainingCheckpoint? = taken.withLock { $0 }
    let checkpoint = try #require(first)

    func refusal(_ body: () throws -> Void) -> String? {
      do {
        try body()
        return nil
      } catch {
        return "\(error)"
      }
    }
    var other = form.options
    other.resuming = checkpoint
    other.tolerance = 1e-2
    let tolerance = refusal { _ = try form.train(other) }
    #expect(tolerance?.contains("with the tolerance 0.001, but this one has 0.01") == true)
    other.tolerance = form.options.tolerance
    let classes = refusal { _ = try Form.threeClasses.train(other) }
    #expect(classes?.contains("classes") == true)
    let novelty = refusal { _ = try Form.novelty.train(other) }
    #expect(novelty != nil)
    let examples = form.examples
    for (name, kernel, formulation, shift) in [
      ("kernel", Kernel.gaussian(gamma: 0.4), ClassifierFormulation.c(10), 0.0),
      ("parameters", .gaussian(gamma: 0.3), .c(11), 0),
      ("examples", .gaussian(gamma: 0.3), .c(10), 1e-9),
    ] {
      let features = Matrix(
        rowCount: examples.features.rowCount, columnCount: examples.features.columnCount
      ) { examples.features[$0, $1] + ($0 == 700 ? shift : 0) }
      let reason = refusal {
        _ = try SupportVectorClassifier.train(
          features: .dense(features), labels: examples.labels,
          settings: .init(kernel: kernel, formulation: formulation), options: other)
      }
      #expect(reason?.contains(name) == true, "\(name)")
    }
    // A state that does not fit, as a damaged file may hold one.
    guard case .running(var state) = checkpoint.problems[0] else {
      Issue.record("the first checkpoint holds no running problem")
      return
    }
    state.state.examples.beta[0] = 1e9
    other.resuming = TrainingCheckpoint(
      identity: checkpoint.identity, problems: [0: .running(state)])
    let misfit = refusal { _ = try form.train(other) }
    #expect(misfit?.contains("not of this problem") == true)
  }
}
