import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport
import Testing

/// Options change the time that training takes, and how exact it is, but not what it finds.
@Suite struct TrainingOptionsTests {
  static let seed: UInt64 = 220

  private func expectEqualBits(
    _ one: KernelExpansion, _ other: KernelExpansion, _ comment: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      one.supportIndices == other.supportIndices, comment, sourceLocation: sourceLocation)
    #expect(
      one.dualCoefficients.elements == other.dualCoefficients.elements, comment,
      sourceLocation: sourceLocation)
    #expect(one.biases == other.biases, comment, sourceLocation: sourceLocation)
    #expect(one.supportCounts == other.supportCounts, comment, sourceLocation: sourceLocation)
  }

  @Test(arguments: [["a", "b"], ["a", "b", "c", "d"]], [Precision.automatic, .double])
  func modelsHaveTheSameBitsForAnyThreads(classes: [String], precision: Precision) throws {
    let examples = TestExamples.clouds(
      classes.count == 2 ? 3000 : 1000, features: 120, classes: classes, distance: 6,
      seed: Self.seed)
    func model(_ threads: Int) throws -> SupportVectorClassifier {
      try SupportVectorClassifier.train(
        features: examples.features, labels: examples.labels, boxConstraint: 10,
        options: TrainingOptions(precision: precision, threads: threads))
    }
    let expected = try model(1)
    #expect(expected.isConverged)
    for threads in [2, 4] {
      let found = try model(threads)
      let comment: Comment = "\(threads) threads, seed \(Self.seed)"
      expectEqualBits(found.expansion, expected.expansion, comment)
      #expect(
        found.problems.map(\.certificate) == expected.problems.map(\.certificate), comment)
    }
  }

  @Test func regressorsHaveTheSameBitsForAnyThreads() throws {
    var generator = TestGenerator(seed: Self.seed)
    let features = Matrix<Double>.random(2700, 8, using: &generator)
    let targets = TestExamples.targets(features, noise: 0.1, seed: Self.seed)
    func model(_ threads: Int) throws -> SupportVectorRegressor {
      try SupportVectorRegressor.train(
        features: features, targets: targets, options: TrainingOptions(threads: threads))
    }
    let expected = try model(1)
    for threads in [2, 4] {
      let found = try model(threads)
      expectEqualBits(found.expansion, expected.expansion, "\(threads) threads, seed \(Self.seed)")
    }
  }

  /// A small memory limit makes small working sets: many rounds, and much shrinking.
  @Test func memoryAndShrinkingDoNotChangeTheAnswer() throws {
    let examples = TestExamples.clouds(3200, features: 10, distance: 2, seed: Self.seed)
    var duals: [Double] = []
    for memoryLimit in [1 << 20, 4 << 20, 64 << 20, 2 << 30] {
      for shrinking in [true, false] {
        let model = try SupportVectorClassifier.train(
          features: examples.features, labels: examples.labels, boxConstraint: 5,
          options: TrainingOptions(
            memoryLimit: memoryLimit, certify: true, shrinking: shrinking))
        let comment: Comment = "\(memoryLimit) bytes, shrinking \(shrinking), seed \(Self.seed)"
        let certificate = model.problems[0].certificate
        #expect(certificate.stopReason == .converged, comment)
        #expect(certificate.kktViolation <= 1e-3, comment)
        duals.append(certificate.dualObjective)
      }
    }
    for dual in duals { #expect(isClose(dual, duals[0], relative: 1e-5), "\(duals)") }
  }

  @Test func precisionsAgreeWithinTheTolerance() throws {
    let examples = TestExamples.clouds(
      300, features: 6, classes: ["a", "b", "c"], seed: Self.seed)
    for kernel in VerificationTests.kernels {
      for tolerance in [1e-3, 1e-5] {
        var decisions: [Matrix<Double>] = []
        var duals: [Double] = []
        for precision in [Precision.double, .automatic, .single] {
          let model = try SupportVectorClassifier.train(
            features: examples.features, labels: examples.labels, kernel: kernel,
            options: TrainingOptions(tolerance: tolerance, precision: precision))
          let comment: Comment = "\(kernel), \(tolerance), \(precision), seed \(Self.seed)"
          #expect(model.isConverged || precision == .single, comment)
          decisions.append(try model.decisionValues(.dense(examples.features)))
          duals.append(model.problems[0].certificate.dualObjective)
        }
        for index in 1...2 {
          let comment: Comment = "\(kernel), \(tolerance), \(index), seed \(Self.seed)"
          #expect(
            firstDifference(decisions[index], decisions[0], within: 20 * max(tolerance, 1e-4))
              == nil, comment)
          #expect(
            isClose(duals[index], duals[0], relative: max(tolerance / 100, 1e-6)), comment)
        }
      }
    }
  }

  @Test func aSmallerToleranceIsNearerTheOptimum() throws {
    let examples = TestExamples.clouds(300, features: 6, seed: Self.seed)
    func dual(_ tolerance: Double) throws -> Double {
      let model = try SupportVectorClassifier.train(
        features: examples.features, labels: examples.labels, boxConstraint: 10,
        options: TrainingOptions(tolerance: tolerance, certify: true))
      #expect(model.isConverged)
      #expect(model.problems[0].certificate.kktViolation <= tolerance)
      return model.problems[0].certificate.dualObjective
    }
    let best = try dual(1e-9)
    for (tolerance, bound) in [(1e-1, 1e-2), (1e-3, 1e-5), (1e-6, 1e-9)] {
      let found = try dual(tolerance)
      #expect(found <= best * (1 + 1e-12))
      #expect(isClose(found, best, relative: bound), "\(tolerance): \(found), best \(best)")
    }
  }

  // MARK: Values beyond single precision

  @Test(arguments: [1e25, 1e100])
  func featuresBeyondSinglePrecisionTrainUnderAuto(scale: Double) throws {
    let seed = Self.seed
    let examples = TestExamples.clouds(60, features: 2, distance: 8, seed: seed)
    let features = Matrix<Double>(rowCount: 60, columnCount: 2) {
      examples.features[$0, $1] * scale
    }
    for kernel in [
      Kernel.linear, .gaussian(gamma: .value(1 / scale / scale)),
      .laplacian(gamma: .value(1 / scale)), .laplacianL1(gamma: .value(1 / scale)),
    ] {
      let model = try SupportVectorClassifier.train(
        features: features, labels: examples.labels, kernel: kernel,
        options: TrainingOptions(maximumIterations: 100_000))
      #expect(try model.predict(features) == examples.labels, "\(kernel), seed \(seed)")
    }
    #expect(throws: TrainingError.self) {
      try SupportVectorClassifier.train(
        features: features, labels: examples.labels, kernel: .linear,
        options: TrainingOptions(precision: .single))
    }
  }

  @Test func valuesBeyondDoublePrecisionAreATypedError() throws {
    let features = try Matrix<Double>(rows: [[1e200], [-1e200], [1]])
    for precision in Precision.allCases {
      let error = #expect(throws: TrainingError.self) {
        try SupportVectorClassifier.train(
          features: features, labels: ["a", "b", "b"], kernel: .linear,
          options: TrainingOptions(precision: precision))
      }
      #expect(
        error?.description.hasPrefix("the kernel value of rows") == true
          && error?.description.contains("is not a finite number") == true, "\(precision)")
    }
  }

  @Test func largePrecomputedValuesTrainUnderAuto() throws {
    let matrix = try Matrix<Double>(rows: [[1e50, 0], [0, 1e50]])
    let model = try SupportVectorClassifier.train(
      features: matrix, labels: ["a", "b"], kernel: .precomputed)
    #expect(try model.predict(matrix) == ["a", "b"])
  }

  // MARK: What is refused

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func dataOutOfRangeIsRefusedInWords() throws {
    var features = Matrix<Double>(rowCount: 3, columnCount: 2, repeating: 1)
    let labels = ["a", "b", "a"]
    func train(_ features: Matrix<Double>, _ labels: [String]) -> String {
      message { _ = try SupportVectorClassifier.train(features: features, labels: labels) }
    }
    #expect(train(features, ["a", "b"]) == "labels has 2 elements, but features has 3 rows")
    #expect(
      train(Matrix(rowCount: 0, columnCount: 2, repeating: 0), [])
        == "the training data has 0 rows and 2 features; at least one of each is needed")
    #expect(
      train(Matrix(rowCount: 3, columnCount: 0, repeating: 0), labels)
        == "the training data has 3 rows and 0 features; at least one of each is needed")
    features[1, 0] = .nan
    #expect(
      train(features, labels) == "row 2, feature 1 is nan; every feature needs a finite number")
    features[0, 1] = -.infinity
    #expect(
      train(features, labels) == "row 1, feature 2 is -inf; every feature needs a finite number")
    #expect(
      message {
        _ = try SupportVectorClassifier.train(
          features: .sparse(SparseMatrix(features)), labels: labels)
      } == "row 1, feature 2 is -inf; every feature needs a finite number")
    let finite = Matrix<Double>(rowCount: 3, columnCount: 2, repeating: 1)
    #expect(
      message {
        _ = try SupportVectorRegressor.train(features: finite, targets: [1, .infinity, 2])
      } == "row 2: the target is inf; it must be a finite number")
    #expect(
      message { _ = try SupportVectorRegressor.train(features: finite, targets: [1]) }
        == "targets has 1 elements, but features has 3 rows")
  }

  @Test func parametersOutOfRangeAreRefusedInWords() throws {
    let features = Matrix<Double>(rowCount: 2, columnCount: 1) { row, _ in Double(row) }
    func train(_ kernel: Kernel = .linear, c: Double = 1) -> String {
      message {
        _ = try SupportVectorClassifier.train(
          features: features, labels: ["a", "b"], kernel: kernel, boxConstraint: c)
      }
    }
    func train(_ options: TrainingOptions) -> String {
      message {
        _ = try SupportVectorClassifier.train(
          features: features, labels: ["a", "b"], kernel: .linear, options: options)
      }
    }
    #expect(train(c: 0) == "c: must be greater than 0, but is 0.0")
    #expect(train(c: .nan) == "c: must be greater than 0, but is nan")
    #expect(train(c: .infinity) == "c: must be greater than 0, but is inf")
    #expect(train(.gaussian(gamma: 0)) == "gamma: must be greater than 0, but is 0.0")
    #expect(
      train(TrainingOptions(tolerance: 0)) == "tolerance: must be greater than 0, but is 0.0")
    #expect(
      train(TrainingOptions(tolerance: .nan)) == "tolerance: must be greater than 0, but is nan")
    #expect(train(TrainingOptions(threads: 0)) == "threads: must be at least 1, but is 0")
    #expect(
      train(TrainingOptions(maximumIterations: 0))
        == "max-iterations: must be at least 1, but is 0")
    #expect(
      train(TrainingOptions(memoryLimit: 1000)) == "memory: must be at least 1M, but is 1000 bytes")
    #expect(
      message {
        _ = try SupportVectorRegressor.train(features: features, targets: [1, 2], epsilon: -1)
      } == "epsilon: must be at least 0, but is -1.0")
  }

  // MARK: Limits

  @Test func anIterationLimitEndsWithAModelThatSaysSo() throws {
    let examples = TestExamples.clouds(500, features: 4, seed: Self.seed)
    let model = try SupportVectorClassifier.train(
      features: examples.features, labels: examples.labels, boxConstraint: 100,
      options: TrainingOptions(maximumIterations: 20))
    #expect(!model.isConverged)
    let certificate = model.problems[0].certificate
    #expect(certificate.stopReason == .iterationLimit)
    #expect(certificate.iterations == 20)
    checkHonesty(
      model.plainProblems(examples.features, examples.labels)[0], certificate, tolerance: 1e-3,
      "seed \(Self.seed)")
    #expect(try model.predict(examples.features).count == 500)
  }
}
