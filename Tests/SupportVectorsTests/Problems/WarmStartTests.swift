import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport
import Testing

/// Trainings that begin at an earlier solution: the same optimum, in fewer steps.
@Suite struct WarmStartTests {
  static let seed: UInt64 = 920
  static let options = TrainingOptions(tolerance: 1e-6)

  static func examples(_ classes: [String] = ["a", "b"]) -> TestExamples {
    .clouds(400, features: 4, classes: classes, seed: seed)
  }

  private func sameOptimum(
    _ warm: [ProblemReport], _ cold: [ProblemReport], _ comment: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(warm.count == cold.count, comment, sourceLocation: sourceLocation)
    for (found, expected) in zip(warm, cold) {
      #expect(
        found.certificate.stopReason == .converged, comment, sourceLocation: sourceLocation)
      #expect(
        found.certificate.kktViolation <= Self.options.tolerance, comment,
        sourceLocation: sourceLocation)
      #expect(
        isClose(
          found.certificate.dualObjective, expected.certificate.dualObjective, relative: 1e-7),
        comment, sourceLocation: sourceLocation)
    }
  }

  private func steps(_ reports: [ProblemReport]) -> Int {
    reports.reduce(0) { $0 + $1.certificate.iterations }
  }

  @Test(arguments: Decomposition.allCases, [2, 3])
  func anotherBoxConstraintEndsAtItsOwnOptimum(
    decomposition: Decomposition, classCount: Int
  ) throws {
    let examples = Self.examples(Array(["a", "b", "c"].prefix(classCount)))
    func train(_ c: Double, _ start: WarmStart?) throws -> SupportVectorClassifier {
      try SupportVectorClassifier.train(
        features: .dense(examples.features), labels: examples.labels,
        settings: .init(
          kernel: .gaussian(gamma: 0.3), formulation: .c(c), decomposition: decomposition,
          startingFrom: start), options: Self.options)
    }
    let first = try train(2, nil)
    for c in [0.5, 1.9, 2, 2.2, 8] {
      let cold = try train(c, nil)
      let warm = try train(c, WarmStart(first))
      let comment: Comment = "C \(c), \(decomposition), seed \(Self.seed)"
      sameOptimum(warm.problems, cold.problems, comment)
      // The solution itself is at the tolerance already.
      if c == 2 { #expect(steps(warm.problems) == 0, comment) }
      if abs(c - 2) < 0.5 { #expect(steps(warm.problems) < steps(cold.problems), comment) }
    }
  }

  @Test func changedRowsKeepTheirVariables() throws {
    let examples = Self.examples(["a", "b", "c"])
    let count = examples.features.rowCount
    func train(_ rows: [Int], _ start: WarmStart?) throws -> SupportVectorClassifier {
      try SupportVectorClassifier.train(
        features: .dense(
          Matrix(rowCount: rows.count, columnCount: 4) { examples.features[rows[$0], $1] }),
        labels: rows.map { examples.labels[$0] },
        settings: .init(kernel: .gaussian(gamma: 0.3), formulation: .c(2), startingFrom: start),
        options: Self.options)
    }
    let all = Array(0..<count)
    let fewer = all.filter { $0 % 10 != 3 }
    let cold = try train(fewer, nil)
    let removed = try train(fewer, WarmStart(try train(all, nil), rows: fewer))
    sameOptimum(removed.problems, cold.problems, "removed, seed \(Self.seed)")
    #expect(steps(removed.problems) < steps(cold.problems))

    var place = [Int?](repeating: nil, count: count)
    for (index, row) in fewer.enumerated() { place[row] = index }
    let added = try train(all, WarmStart(cold, rows: place))
    sameOptimum(added.problems, try train(all, nil).problems, "added, seed \(Self.seed)")
  }

  @Test func classesAreMatchedByName() throws {
    let three = Self.examples(["a", "b", "c"])
    let first = try SupportVectorClassifier.train(
      features: .dense(three.features), labels: three.labels,
      settings: .init(kernel: .gaussian(gamma: 0.3), formulation: .c(2)), options: Self.options)
    // Without class a, the pair of b and c is the only one.
    let rows = three.labels.indices.filter { three.labels[$0] != "a" }
    let second = try SupportVectorClassifier.train(
      features: .dense(
        Matrix(rowCount: rows.count, columnCount: 4) { three.features[rows[$0], $1] }),
      labels: rows.map { three.labels[$0] },
      settings: .init(
        kernel: .gaussian(gamma: 0.3), formulation: .c(2),
        startingFrom: WarmStart(first, rows: rows)), options: Self.options)
    #expect(second.problems[0].certificate.iterations == 0)
    sameOptimum(second.problems, [first.problems[2]], "b and c, seed \(Self.seed)")
  }

  @Test func otherFormulationsEndAtTheirOwnOptimum() throws {
    let examples = Self.examples()
    let features = FeatureMatrix.dense(examples.features)
    let kernel = Kernel.gaussian(gamma: 0.3)
    let targets = TestExamples.targets(examples.features, noise: 0.3, seed: Self.seed + 1)
    let forms: [RegressorFormulation] = [
      .epsilon(boxConstraint: 2, epsilon: 0.1), .epsilon(boxConstraint: 1, epsilon: 0.1),
      .epsilon(boxConstraint: 3, epsilon: 0.2), .nu(0.4, boxConstraint: 2),
      .nu(0.5, boxConstraint: 1),
    ]
    let models = try forms.map {
      try SupportVectorRegressor.train(
        features: features, targets: targets, settings: .init(kernel: kernel, formulation: $0),
        options: Self.options)
    }
    for (form, cold) in zip(forms, models) {
      for earlier in models {
        let warm = try SupportVectorRegressor.train(
          features: features, targets: targets,
          settings: .init(kernel: kernel, formulation: form, startingFrom: WarmStart(earlier)),
          options: Self.options)
        let comment: Comment = "\(form) from \(earlier.formulation), seed \(Self.seed)"
        sameOptimum([warm.problem], [cold.problem], comment)
      }
    }
    let novelties = try [0.2, 0.3].flatMap {
      [NoveltyFormulation.oneClass(nu: $0), .dataDescription(nu: $0)]
    }.map {
      try NoveltyDetector.train(
        features: features, kernel: kernel, formulation: $0, options: Self.options)
    }
    let classifiers = try [ClassifierFormulation.nu(0.3), .nu(0.4), .c(2)].map {
      try SupportVectorClassifier.train(
        features: features, labels: examples.labels,
        settings: .init(kernel: kernel, formulation: $0),
        options: Self.options)
    }
    for cold in novelties {
      for earlier in novelties {
        let warm = try NoveltyDetector.train(
          features: features, kernel: kernel, formulation: cold.formulation,
          startingFrom: WarmStart(earlier), options: Self.options)
        sameOptimum(
          [warm.problem], [cold.problem],
          "\(cold.formulation) from \(earlier.formulation), seed \(Self.seed)")
      }
    }
    for cold in classifiers {
      for earlier in classifiers {
        let warm = try SupportVectorClassifier.train(
          features: features, labels: examples.labels,
          settings: .init(
            kernel: kernel, formulation: cold.formulation, startingFrom: WarmStart(earlier)),
          options: Self.options)
        sameOptimum(
          warm.problems, cold.problems,
          "\(cold.formulation) from \(earlier.formulation), seed \(Self.seed)")
      }
    }
  }

  @Test func aStartThatDoesNotFitIsRefused() throws {
    let examples = Self.examples()
    let features = FeatureMatrix.dense(examples.features)
    let model = try SupportVectorClassifier.train(
      features: features, labels: examples.labels, settings: .init(formulation: .c(1)))
    let regressor = try SupportVectorRegressor.train(
      features: features, targets: Array(repeating: 1, count: 400),
      settings: .init(formulation: .epsilon(boxConstraint: 1, epsilon: 0.1)))
    let list = [Double](repeating: 0, count: 400)
    for start in [
      WarmStart(model, rows: [0]), WarmStart(model, rows: Array(repeating: 400, count: 400)),
      WarmStart(model, rows: Array(repeating: -1, count: 400)), WarmStart(regressor),
      WarmStart(dualCoefficients: []), WarmStart(dualCoefficients: [[1]]),
      WarmStart(dualCoefficients: [[.nan] + list.dropFirst()]),
      WarmStart(dualCoefficients: [list], boxConstraint: -1),
    ] {
      #expect(throws: TrainingError.self) {
        try SupportVectorClassifier.train(
          features: features, labels: examples.labels,
          settings: .init(formulation: .c(1), startingFrom: start))
      }
    }
    #expect(throws: TrainingError.self) {
      try SupportVectorClassifier.train(
        features: features, labels: examples.labels,
        settings: .init(
          formulation: .c(1), decomposition: .oneVersusRest, startingFrom: WarmStart(model)))
    }
    // Anything finite becomes feasible.
    var generator = TestGenerator(seed: Self.seed)
    let wild = (0..<400).map { _ in 1e6 * generator.normal() }
    let found = try SupportVectorClassifier.train(
      features: features, labels: examples.labels,
      settings: .init(formulation: .c(1), startingFrom: WarmStart(dualCoefficients: [wild])))
    #expect(found.isConverged)
    #expect(
      isClose(
        found.problems[0].certificate.dualObjective, model.problems[0].certificate.dualObjective,
        relative: 1e-4))
  }
}
