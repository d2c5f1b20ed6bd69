import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport
import Testing

/// Trainings along a path of C that read the same kernel values.
@Suite struct SharedKernelTests {
  static let seed: UInt64 = 940
  private static let constraints = [0.1, 1, 10, 100.0]

  private func path(
    classes: [String], count: Int = 300, decomposition: Decomposition = .oneVersusOne,
    tolerance: Double = 1e-6, sharing: Bool, threads: Int = 2
  ) throws -> [SupportVectorClassifier] {
    let examples = TestExamples.clouds(count, features: 4, classes: classes, seed: Self.seed)
    var options = TrainingOptions(tolerance: tolerance, threads: threads)
    if sharing { options.sharedKernel = SharedKernel() }
    var models: [SupportVectorClassifier] = []
    for constraint in Self.constraints {
      models.append(
        try SupportVectorClassifier.train(
          features: .dense(examples.features), labels: examples.labels,
          settings: .init(
            kernel: .gaussian(gamma: 0.3), formulation: .c(constraint),
            decomposition: decomposition,
            startingFrom: sharing ? models.last.map { WarmStart($0) } : nil), options: options))
    }
    return models
  }

  @Test(arguments: Decomposition.allCases, [2, 4])
  func everyStepEndsAtItsOwnOptimum(decomposition: Decomposition, classCount: Int) throws {
    let classes = Array(["a", "b", "c", "d"].prefix(classCount))
    let shared = try path(classes: classes, decomposition: decomposition, sharing: true)
    let alone = try path(classes: classes, decomposition: decomposition, sharing: false)
    for (found, expected) in zip(shared, alone) {
      for (one, other) in zip(found.problems, expected.problems) {
        #expect(one.certificate.stopReason == .converged)
        #expect(
          isClose(
            one.certificate.dualObjective, other.certificate.dualObjective, relative: 1e-7),
          "\(found.formulation), seed \(Self.seed)")
      }
    }
  }

  /// More examples than fit one block, in single precision: gradients are handed on, not computed.
  @Test func aLongPathComputesEveryValueOnce() throws {
    let count = 3000
    let shared = try path(classes: ["a", "b"], count: count, tolerance: 1e-3, sharing: true)
    let alone = try path(classes: ["a", "b"], count: count, tolerance: 1e-3, sharing: false)
    #expect(shared[0].problems[0].kernelValuesComputed >= count * (count + 1) / 2)
    for (found, expected) in zip(shared.dropFirst(), alone.dropFirst()) {
      let (one, other) = (found.problems[0], expected.problems[0])
      // What remains is a sample in Double that tells how far the gradient has drifted.
      #expect(one.kernelValuesComputed <= other.kernelValuesComputed / 2)
      #expect(one.certificate.kktViolation <= 1e-3)
      #expect(
        isClose(one.certificate.dualObjective, other.certificate.dualObjective, relative: 1e-5))
    }
  }

  @Test(arguments: [1, 3])
  func bitsDoNotDependOnThreads(threads: Int) throws {
    for classes in [["a", "b"], ["a", "b", "c"]] {
      let first = try path(classes: classes, count: 2700, tolerance: 1e-3, sharing: true)
      let second = try path(
        classes: classes, count: 2700, tolerance: 1e-3, sharing: true, threads: threads)
      for (one, other) in zip(first, second) {
        #expect(one.expansion.dualCoefficients == other.expansion.dualCoefficients)
        #expect(one.expansion.biases == other.expansion.biases)
      }
    }
  }

  @Test func aRegressionSharesToo() throws {
    let examples = TestExamples.clouds(300, features: 4, seed: Self.seed)
    let targets = TestExamples.targets(examples.features, noise: 0.1, seed: Self.seed)
    var options = TrainingOptions(tolerance: 1e-6)
    let alone = options
    options.sharedKernel = SharedKernel()
    var earlier: SupportVectorRegressor?
    for constraint in Self.constraints {
      let (found, expected) = try (
        SupportVectorRegressor.train(
          features: .dense(examples.features), targets: targets,
          settings: .init(
            kernel: .gaussian(gamma: 0.3),
            formulation: .epsilon(boxConstraint: constraint, epsilon: 0.05),
            startingFrom: earlier.map { WarmStart($0) }), options: options),
        SupportVectorRegressor.train(
          features: .dense(examples.features), targets: targets,
          settings: .init(
            kernel: .gaussian(gamma: 0.3),
            formulation: .epsilon(boxConstraint: constraint, epsilon: 0.05)), options: alone)
      )
      #expect(
        isClose(
          found.problem.certificate.dualObjective, expected.problem.certificate.dualObjective,
          relative: 1e-7), "C \(constraint), seed \(Self.seed)")
      earlier = found
    }
  }
}
