import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import Synchronization
import TestSupport
import Testing

/// Problems whose curvatures differ by many powers of ten: features that were not scaled under a
/// polynomial kernel, kernels that are nearly constant, bounds of 10⁷.
@Suite struct IllConditionedTests {
  /// What one case is made of, and the dual objective of LIBSVM's dual variables after its 10 000 000
  /// steps; References/make_ill_conditioned_references.py prints these lines.
  static let cases:
    [(
      isClassification: Bool, count: Int, features: Int, factor: Double, column: Int, seed: UInt64,
      degree: Int, gamma: Double, constantTerm: Double, c: Double, objective: Double
    )] = [
      (true, 300, 3, 30.0, 0, 1, 3, 0.1, 0.5, 10.0, 1309.506843),
      (true, 300, 3, 30.0, 1, 2, 3, 0.1, 0.5, 10.0, 1791.644857),
      (true, 300, 3, 30.0, 2, 3, 3, 0.1, 0.5, 10.0, 1558.399793),
      (true, 200, 5, 100.0, 0, 4, 2, 1.0, 1.0, 1.0, 40.950750),
      (true, 200, 4, 10.0, 0, 5, 4, 0.1, 1.0, 100.0, 8562.974713),
      (false, 300, 3, 30.0, 0, 6, 3, 0.1, 0.5, 10.0, 1099.732490),
    ]

  private static func examples(
    _ index: Int
  ) -> (features: Matrix<Double>, labels: [String], targets: [Double]) {
    let test = cases[index]
    var generator = TestGenerator(seed: test.seed)
    let plain = Matrix<Double>.random(test.count, test.features, using: &generator)
    let features = Matrix<Double>(rowCount: test.count, columnCount: test.features) {
      plain[$0, $1] * ($1 == test.column ? test.factor : 1)
    }
    let labels = (0..<test.count).map { _ in generator.uniform() < 0.5 ? "b" : "a" }
    let targets = (0..<test.count).map { row in
      features[row, 0] / test.factor + features[row, 1] * features[row, 1] + generator.normal()
    }
    return (features, labels, targets)
  }

  private func train(
    _ index: Int, _ options: TrainingOptions
  ) throws -> (report: ProblemReport, verified: Certificate) {
    let test = Self.cases[index]
    let (features, labels, targets) = Self.examples(index)
    let kernel = Kernel.polynomial(
      degree: test.degree, gamma: .value(test.gamma), constantTerm: test.constantTerm)
    if test.isClassification {
      let model = try SupportVectorClassifier.train(
        features: features, labels: labels, kernel: kernel, boxConstraint: test.c, options: options)
      return (
        model.problems[0], try model.verify(features: .dense(features), labels: labels)[0]
      )
    }
    let model = try SupportVectorRegressor.train(
      features: features, targets: targets, kernel: kernel, boxConstraint: test.c, epsilon: 0.1,
      options: options)
    return (model.problem, try model.verify(features: .dense(features), targets: targets))
  }

  /// No worse than LIBSVM's after as many steps, and in fact solved, long before.
  @Test(arguments: 0..<6, [Precision.automatic, .double])
  func theObjectiveIsNoWorseThanThatOfAsManyPairs(index: Int, precision: Precision) throws {
    let test = Self.cases[index]
    let (report, verified) = try train(index, TrainingOptions(precision: precision))
    let certificate = report.certificate
    let comment: Comment = "\(test), \(precision): \(certificate)"
    let scale = 1e-6 * abs(test.objective)
    #expect(verified.dualObjective >= test.objective - scale, comment)
    #expect(
      isClose(certificate.dualObjective, verified.dualObjective, within: scale), comment)
    #expect(certificate.stopReason == .converged, comment)
    #expect(certificate.iterations < 1_000_000, comment)
    // Objectives of 10⁴ and more lose digits where values of 10⁸ cancel.
    #expect(verified.kktViolation <= 2e-3, "\(comment), verified \(verified)")
  }

  @Test(arguments: 0..<6)
  func anyNumberOfThreadsGivesTheSameBits(index: Int) throws {
    let certificates = try [1, 2, 3].map {
      try train(index, TrainingOptions(threads: $0)).report.certificate
    }
    #expect(certificates[0] == certificates[1], "\(Self.cases[index])")
    #expect(certificates[0] == certificates[2], "\(Self.cases[index])")
  }

  /// Blocks that hold a part of the examples.
  @Test(arguments: [0, 4, 5])
  func smallBlocksGetThereToo(index: Int) throws {
    let test = Self.cases[index]
    var options = TrainingOptions(memoryLimit: 1 << 20)
    options.maximumIterations = 3_000_000
    let (report, verified) = try train(index, options)
    #expect(
      verified.dualObjective >= test.objective * (1 - 1e-6), "\(test): \(report.certificate)")
  }

  /// A kernel that is nearly constant, and bounds so large that single precision cannot tell dual
  /// variables apart.
  @Test func singlePrecisionIsLeftWhereItDoesNotServe() throws {
    var generator = TestGenerator(seed: 985)
    let features = Matrix<Double>.random(400, 8, using: &generator)
    let targets = TestExamples.targets(features, noise: 0.5, seed: 986).map { 150 + 75 * $0 }
    for (c, gamma) in [(1e7, 1e-4), (1e6, 1e-4), (1e5, 1e-3)] {
      let model = try SupportVectorRegressor.train(
        features: features, targets: targets, kernel: .gaussian(gamma: .value(gamma)),
        boxConstraint: c, epsilon: 0.1)
      let verified = try model.verify(features: .dense(features), targets: targets)
      let comment: Comment = "C \(c), gamma \(gamma): \(model.problem.certificate)"
      #expect(model.isConverged, comment)
      #expect(model.problem.certificate.iterations < 1_000_000, comment)
      #expect(verified.kktViolation <= 1.5e-3, "\(comment), verified \(verified)")
    }
  }

  /// A tolerance below what Double resolves ends by itself.
  @Test(arguments: [1e-14, 1e-16, 1e-20])
  func aToleranceBeyondRoundingStalls(tolerance: Double) throws {
    let examples = TestExamples.clouds(150, features: 4, distance: 3, seed: 987)
    let targets = TestExamples.targets(examples.features, noise: 0.3, seed: 988)
    let options = TrainingOptions(tolerance: tolerance)
    let classifier = try SupportVectorClassifier.train(
      features: examples.features, labels: examples.labels, options: options)
    let regressor = try SupportVectorRegressor.train(
      features: examples.features, targets: targets, options: options)
    let detector = try NoveltyDetector.train(
      features: .dense(examples.features), formulation: .oneClass(nu: 0.2), options: options)
    for report in classifier.problems + [regressor.problem, detector.problem] {
      let certificate = report.certificate
      #expect([.stalled, .converged].contains(certificate.stopReason), "\(certificate)")
      #expect(certificate.iterations < 1_000_000, "\(certificate)")
      #expect(certificate.kktViolation < 1e-9, "\(certificate)")
    }
  }

  /// A problem of one block hands out checkpoints while it is solved, and goes on from each to the same
  /// bits.
  @Test func oneBlockHandsOutCheckpoints() throws {
    for precision in [Precision.single, .automatic] {
      let options = TrainingOptions(precision: precision, maximumIterations: 150_000)
      let expected = try train(0, options).report.certificate
      let taken = Mutex<[TrainingCheckpoint]>([])
      var watched = options
      watched.checkpoint = (.zero, { checkpoint in taken.withLock { $0.append(checkpoint) } })
      #expect(try train(0, watched).report.certificate == expected, "\(precision)")
      let checkpoints = taken.withLock { $0 }
      #expect(checkpoints.count > 3, "\(precision)")
      for index in stride(from: 0, to: checkpoints.count, by: max(1, checkpoints.count / 5)) {
        var resumed = options
        resumed.resuming = checkpoints[index]
        #expect(
          try train(0, resumed).report.certificate == expected,
          "\(precision), checkpoint \(index) of \(checkpoints.count)")
      }
    }
  }

  /// What a progress line shows is the violation of the whole problem, which is no better than what the
  /// training ends with.
  @Test func progressShowsTheWholeProblemsViolation() throws {
    let least = Mutex(Double.infinity)
    var options = TrainingOptions(precision: .single, maximumIterations: 200_000)
    options.onProgress = { progress in
      least.withLock { $0 = min($0, progress.kktViolation) }
    }
    let report = try train(0, options).report
    #expect(report.certificate.stopReason == .iterationLimit)
    #expect(least.withLock { $0 } > 1e-2)
  }
}

/// A fresh model passes its own verification.
@Suite struct HeavyTailTests {
  /// exp(3·normal), standardised: a few values are a hundred times as large as the rest.
  @Test(arguments: 0..<16)
  func whatTrainingStatesIsRecomputed(seed: Int) throws {
    var generator = TestGenerator(seed: 990 + UInt64(seed))
    let count = Int.random(in: 40...260, using: &generator)
    let width = Int.random(in: 1...3, using: &generator)
    var columns: [[Double]] = []
    for _ in 0..<width {
      var column = (0..<count).map { _ in exponential(3 * generator.normal()) }
      let mean = column.reduce(0, +) / Double(count)
      column = column.map { $0 - mean }
      let spread = (column.reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot()
      columns.append(column.map { $0 / spread })
    }
    let features = Matrix<Double>(rowCount: count, columnCount: width) { [columns] in
      columns[$1][$0]
    }
    let targets = (0..<count).map { _ in generator.normal() }
    let labels = targets.map { $0 > 0 ? "b" : "a" }
    let all = FeatureMatrix.dense(features)
    for kernel in [Kernel.polynomial(), .polynomial(degree: 2, constantTerm: 1), .linear] {
      var found: [(String, ProblemReport, Certificate)] = []
      for formulation in [
        RegressorFormulation.nu(0.5, boxConstraint: 1),
        .epsilon(boxConstraint: 1, epsilon: 0.1),
      ] {
        let model = try SupportVectorRegressor.train(
          features: all, targets: targets, settings: .init(kernel: kernel, formulation: formulation)
        )
        found.append(
          ("\(formulation)", model.problem, try model.verify(features: all, targets: targets)))
      }
      for formulation in [ClassifierFormulation.c(1), .nu(0.3)] {
        let model = try SupportVectorClassifier.train(
          features: all, labels: labels, settings: .init(kernel: kernel, formulation: formulation))
        found.append(
          ("\(formulation)", model.problems[0], try model.verify(features: all, labels: labels)[0]))
      }
      for (name, report, verified) in found where report.certificate.stopReason == .converged {
        let comment: Comment =
          "\(name), \(kernel), seed \(990 + seed): \(report.certificate), \(verified)"
        #expect(verified.kktViolation <= 1e-3, comment)
        #expect(
          isClose(report.certificate.kktViolation, verified.kktViolation, within: 3e-4), comment)
      }
    }
  }

  /// exp by squaring its argument's share.
  private func exponential(_ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    for n in 1...30 {
      term *= x / 64 / Double(n)
      sum += term
    }
    for _ in 0..<6 { sum *= sum }
    return sum
  }
}
