import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport
import Testing

/// What must hold of the ν forms, of weights, and of one class against the rest.
@Suite struct FormulationTests {
  static let seed: UInt64 = 700

  /// Any of the models, with what tests ask of all of them.
  struct Trained {
    var decisions: Matrix<Double>
    var certificates: [Certificate]
    var expansion: KernelExpansion
  }

  enum Form: CaseIterable {
    case cClassifier, nuClassifier, cRest, nuRest, epsilonRegressor, nuRegressor, oneClass
    case sphere, linearSphere

    func train(
      _ features: Matrix<Double>, _ labels: [String], _ targets: [Double], weights: [Double]?,
      classWeights: ClassWeights = .equal, on examples: Matrix<Double>,
      options: TrainingOptions = TrainingOptions(tolerance: 1e-10)
    ) throws -> Trained {
      let kernel = Kernel.gaussian(gamma: 0.4)
      switch self {
      case .cClassifier, .nuClassifier, .cRest, .nuRest:
        let model = try SupportVectorClassifier.train(
          features: features, labels: labels, weights: weights,
          settings: .init(
            kernel: kernel, formulation: self == .cClassifier || self == .cRest ? .c(2) : .nu(0.3),
            classWeights: classWeights,
            decomposition: self == .cRest || self == .nuRest ? .oneVersusRest : .oneVersusOne),
          options: options)
        let recomputed = try model.verify(
          features: .dense(features), labels: labels, weights: weights)
        check(recomputed, model.problems.map(\.certificate), options)
        return Trained(
          decisions: try model.decisionValues(.dense(examples)),
          certificates: model.problems.map(\.certificate), expansion: model.expansion)
      case .epsilonRegressor, .nuRegressor:
        let model = try SupportVectorRegressor.train(
          features: features, targets: targets, weights: weights,
          settings: .init(
            kernel: kernel,
            formulation: self == .epsilonRegressor
              ? .epsilon(boxConstraint: 2, epsilon: 0.1) : .nu(0.4, boxConstraint: 2)),
          options: options)
        let recomputed = try model.verify(
          features: .dense(features), targets: targets, weights: weights)
        check([recomputed], [model.problem.certificate], options)
        return Trained(
          decisions: try model.expansion.decisionValues(.dense(examples)),
          certificates: [model.problem.certificate], expansion: model.expansion)
      case .oneClass, .sphere, .linearSphere:
        let model = try NoveltyDetector.train(
          features: features, weights: weights, kernel: self == .linearSphere ? .linear : kernel,
          formulation: self == .oneClass ? .oneClass(nu: 0.3) : .dataDescription(nu: 0.3),
          options: options)
        let recomputed = try model.verify(features: .dense(features), weights: weights)
        check([recomputed], [model.problem.certificate], options)
        let values = try model.decisionValues(examples)
        return Trained(
          decisions: Matrix(rowCount: values.count, columnCount: 1) { row, _ in values[row] },
          certificates: [model.problem.certificate], expansion: model.expansion)
      }
    }

    /// A second computation from the stored model finds the same objectives, and no larger violation
    /// than rounding of the stored numbers explains.
    private func check(
      _ recomputed: [Certificate], _ stored: [Certificate], _ options: TrainingOptions
    ) {
      #expect(recomputed.count == stored.count, "\(self)")
      for (found, expected) in zip(recomputed, stored) {
        #expect(
          isClose(
            found.dualObjective, expected.dualObjective,
            within: max(1e-8, 1e-2 * options.tolerance) * max(1, abs(expected.dualObjective))),
          "\(self)")
        #expect(
          found.kktViolation <= 2 * options.tolerance + 1e-9, "\(self): \(found.kktViolation)")
      }
    }
  }

  static let classes = ["a", "b", "c"]

  /// 90 examples of three classes, targets, and whole weights of which some are 0.
  private func examples() -> (
    features: Matrix<Double>, labels: [String], targets: [Double], weights: [Double]
  ) {
    let clouds = TestExamples.clouds(90, features: 3, classes: Self.classes, seed: Self.seed)
    let targets = TestExamples.targets(clouds.features, noise: 0.3, seed: Self.seed)
    return (clouds.features, clouds.labels, targets, (0..<90).map { Double(5 * $0 % 4) })
  }

  /// An example of weight 2 is the example twice, one of weight 0 none; class weights multiply.
  @Test(arguments: Form.allCases)
  func weightsCountLikeRepetitions(form: Form) throws {
    let (features, labels, targets, weights) = examples()
    let repeated = weights.indices.flatMap {
      Array(repeating: $0, count: Int(weights[$0]))
    }
    let isClassifier = [.cClassifier, .nuClassifier, .cRest, .nuRest].contains(form)
    let choices: [ClassWeights] =
      isClassifier ? [.equal, .balanced, .weights(["b": 1.5])] : [.equal]
    for classWeights in choices {
      let comment: Comment = "\(form), \(classWeights), seed \(Self.seed)"
      let weighted = try form.train(
        features, labels, targets, weights: weights, classWeights: classWeights, on: features)
      let plain = try form.train(
        features.gatheringRows(repeated), repeated.map { labels[$0] },
        repeated.map { targets[$0] }, weights: nil, classWeights: classWeights, on: features)
      #expect(
        firstDifference(weighted.decisions, plain.decisions, within: 1e-8) == nil, comment)
      for (found, expected) in zip(weighted.certificates, plain.certificates) {
        #expect(found.stopReason == .converged, comment)
        let objective = expected.dualObjective
        #expect(
          isClose(found.dualObjective, objective, within: 1e-8 * max(1, abs(objective))), comment)
      }
      #expect(weighted.expansion.supportIndices.allSatisfy { weights[$0] > 0 }, comment)
    }
  }

  @Test(arguments: Form.allCases)
  func anyThreadCountGivesTheSameBits(form: Form) throws {
    let clouds = TestExamples.clouds(400, features: 5, classes: Self.classes, seed: Self.seed)
    let targets = TestExamples.targets(clouds.features, noise: 0.3, seed: Self.seed)
    let weights = (0..<400).map { 0.25 * Double(3 * $0 % 7) }
    for memoryLimit in [1 << 20, 1 << 30] {
      func train(_ threads: Int) throws -> Trained {
        try form.train(
          clouds.features, clouds.labels, targets, weights: weights,
          classWeights: .balanced, on: clouds.features,
          options: TrainingOptions(threads: threads, memoryLimit: memoryLimit))
      }
      let expected = try train(1)
      for threads in [2, 4] {
        let found = try train(threads)
        let comment: Comment = "\(form), \(threads) threads, \(memoryLimit) bytes"
        #expect(found.expansion.dualCoefficients == expected.expansion.dualCoefficients, comment)
        #expect(found.expansion.biases == expected.expansion.biases, comment)
        #expect(found.certificates == expected.certificates, comment)
      }
    }
  }

  /// ν is at least the share of examples beyond the margin and at most that of support vectors.
  @Test(arguments: [0.02, 0.2, 0.5, 0.9])
  func nuLiesBetweenTheShares(nu: Double) throws {
    let clouds = TestExamples.clouds(200, features: 3, seed: Self.seed)
    let count = 200.0
    let comment: Comment = "nu \(nu), seed \(Self.seed)"
    let options = TrainingOptions(tolerance: 1e-8)
    let classifier = try SupportVectorClassifier.train(
      features: clouds.features, labels: clouds.labels,
      settings: .init(kernel: .gaussian(gamma: 0.4), formulation: .nu(nu)), options: options)
    let margins = zip(
      try classifier.decisionValues(.dense(clouds.features)).elements, clouds.labels
    ).map { $1 == "b" ? $0 : -$0 }
    #expect(Double(margins.count { $0 < 1 - 1e-4 }) <= nu * count, comment)
    #expect(Double(classifier.expansion.supportIndices.count) >= nu * count, comment)
    // The same model is a C-classification's.
    let free = classifier.expansion.dualCoefficients.elements.map { abs($0) }.max() ?? 0
    if classifier.problems[0].boundedSupportVectorCount > 0 {
      let same = try SupportVectorClassifier.train(
        features: clouds.features, labels: clouds.labels,
        settings: .init(kernel: .gaussian(gamma: 0.4), formulation: .c(free)), options: options)
      #expect(
        firstDifference(
          try classifier.decisionValues(.dense(clouds.features)),
          try same.decisionValues(.dense(clouds.features)), within: 1e-4) == nil, comment)
    }

    let targets = TestExamples.targets(clouds.features, noise: 0.3, seed: Self.seed)
    let regressor = try SupportVectorRegressor.train(
      features: clouds.features, targets: targets,
      settings: .init(kernel: .gaussian(gamma: 0.4), formulation: .nu(nu, boxConstraint: 1)),
      options: options)
    let errors = zip(try regressor.predict(clouds.features), targets).map { abs($0 - $1) }
    #expect(
      Double(errors.count { $0 > regressor.epsilon + 1e-6 }) <= nu * count, comment)
    #expect(Double(regressor.expansion.supportIndices.count) >= nu * count / 2, comment)

    for formulation in [NoveltyFormulation.oneClass(nu: nu), .dataDescription(nu: nu)] {
      let detector = try NoveltyDetector.train(
        features: clouds.features, kernel: .gaussian(gamma: 0.4), formulation: formulation,
        options: options)
      let values = try detector.decisionValues(clouds.features)
      #expect(Double(values.count { $0 < -1e-6 }) <= nu * count, "\(comment), \(formulation)")
      #expect(
        Double(detector.expansion.supportIndices.count) >= nu * count, "\(comment), \(formulation)")
    }
  }

  /// The centre and radius of the sphere by plain sums, whatever the kernel's diagonal.
  @Test func aSphereIsWhatItsCentreAndRadiusSay() throws {
    let features = TestExamples.clouds(60, features: 2, seed: Self.seed).features
    let product = CustomKernel(name: "product", isPositiveSemidefinite: true) { x, z in
      (0..<x.count).reduce(1) { $0 + x[$1] * z[$1] }
    }
    let kernels: [(Kernel, KernelFunction)] = [
      (.linear, .linear), (.gaussian(gamma: 0.5), .gaussian(gamma: 0.5)),
      (
        .polynomial(degree: 2, gamma: 1, constantTerm: 1),
        .polynomial(degree: 2, gamma: 1, constantTerm: 1)
      ),
      (.custom(product), .polynomial(degree: 1, gamma: 1, constantTerm: 1)),
    ]
    for (kernel, plain) in kernels {
      let detector = try NoveltyDetector.train(
        features: features, kernel: kernel, formulation: .dataDescription(nu: 0.2),
        options: TrainingOptions(tolerance: 1e-9))
      let k = plainKernelMatrix(plain, features)
      var alpha = [Double](repeating: 0, count: 60)
      for (position, row) in detector.expansion.supportIndices.enumerated() {
        alpha[row] = detector.expansion.dualCoefficients[0, position] / 2
      }
      #expect(isClose(alpha.reduce(0, +), 1, within: 1e-12), "\(plain.name)")
      let sums = (0..<60).map { row in (0..<60).reduce(0) { $0 + alpha[$1] * k[row, $1] } }
      let norm = (0..<60).reduce(0) { $0 + alpha[$1] * sums[$1] }
      let distances = (0..<60).map { k[$0, $0] - 2 * sums[$0] + norm }
      let values = try detector.decisionValues(features)
      let scale = max(1, detector.offset)
      for row in 0..<60 {
        #expect(
          isClose(values[row], detector.offset - distances[row], within: 1e-8 * scale),
          "\(plain.name), row \(row)")
        #expect(
          isClose(
            try detector.decisionValue(ofExample: features.row(row)), values[row],
            within: 1e-8 * scale), "\(plain.name), row \(row)")
        if alpha[row] > 1e-9 && alpha[row] < 1 / 12.0 - 1e-9 {
          #expect(abs(values[row]) <= 1e-6 * scale, "\(plain.name), row \(row)")
        }
      }
      // R² + C Σ ξ, which the certificate has S²/2 times.
      let s = 0.2 * 60
      let primal = detector.offset + values.reduce(0) { $0 + max(0, -$1) } / s
      #expect(
        isClose(
          detector.problem.certificate.primalObjective, primal * s * s / 2,
          relative: 1e-7), "\(plain.name)")
      let sparse = try detector.decisionValues(.sparse(try SparseMatrix(features)))
      #expect(firstDifference(sparse, values, within: 1e-8 * scale) == nil, "\(plain.name)")
    }
  }

  @Test func theLargestDecisionValueWinsAndTheEarliestOfEquals() throws {
    let (features, labels, _, _) = examples()
    let model = try SupportVectorClassifier.train(
      features: features, labels: labels,
      settings: .init(formulation: .c(1), decomposition: .oneVersusRest))
    let decisions = try model.decisionValues(.dense(features))
    #expect(decisions.columnCount == 3)
    let predicted = try model.predict(features)
    for row in 0..<90 {
      let values = decisions.row(row)
      let largest = try #require(values.max())
      let best = try #require(values.firstIndex(of: largest))
      #expect(predicted[row] == Self.classes[best])
      #expect(try model.predict(example: features.row(row)) == predicted[row])
    }
    let ties = try Matrix<Double>(rows: [[0, 1, 1], [-2, -2, -2], [-1, -3, 0]])
    #expect(model.classIndices(decisionValues: ties) == [1, 0, 2])
  }

  @Test func hardInputs() throws {
    let one = try Matrix<Double>(rows: [[1, 2]])
    for formulation in [NoveltyFormulation.oneClass(nu: 1), .dataDescription(nu: 0.5)] {
      let model = try NoveltyDetector.train(features: one, formulation: formulation)
      #expect(model.isConverged)
      #expect(isClose(try model.decisionValues(one)[0], 0, within: 1e-6))
    }
    let single = try SupportVectorRegressor.train(
      features: one, targets: [3], settings: .init(formulation: .nu(1, boxConstraint: 1)))
    #expect(isClose(try single.predict(one)[0], 3, within: 1e-6))
    for decomposition in Decomposition.allCases {
      let model = try SupportVectorClassifier.train(
        features: one, labels: ["only"],
        settings: .init(formulation: .nu(1), decomposition: decomposition))
      #expect(try model.predict(one) == ["only"])
      #expect(try model.predict(example: [0, 0]) == "only")
    }
    // The same examples in both classes: no direction separates them, and nothing divides by 0.
    let same = try Matrix<Double>(rows: [[1, 1], [1, 1], [1, 1], [1, 1]])
    let model = try SupportVectorClassifier.train(
      features: same, labels: ["a", "b", "a", "b"], settings: .init(formulation: .nu(0.5)))
    #expect(try model.decisionValues(.dense(same)).elements.allSatisfy { $0.isFinite })
    // ν = 1 and a tiny ν.
    let clouds = TestExamples.clouds(60, features: 2, seed: Self.seed)
    for nu in [1e-6, 1] {
      let classifier = try SupportVectorClassifier.train(
        features: clouds.features, labels: clouds.labels, settings: .init(formulation: .nu(nu)))
      #expect(classifier.isConverged, "nu \(nu)")
      let targets = TestExamples.targets(clouds.features, noise: 0.1, seed: Self.seed)
      let regressor = try SupportVectorRegressor.train(
        features: clouds.features, targets: targets,
        settings: .init(formulation: .nu(nu, boxConstraint: 10)))
      #expect(regressor.isConverged, "nu \(nu)")
      let certificate = try regressor.verify(features: .dense(clouds.features), targets: targets)
      #expect(certificate.kktViolation < 1e-2, "nu \(nu)")
      for formulation in [NoveltyFormulation.oneClass(nu: nu), .dataDescription(nu: nu)] {
        let detector = try NoveltyDetector.train(
          features: clouds.features, formulation: formulation)
        #expect(detector.isConverged, "\(formulation)")
      }
    }
  }

  @Test func whatCannotBeTrainedIsRefused() throws {
    let features = try Matrix<Double>(rows: [[0], [1], [2], [3]])
    let labels = ["a", "a", "a", "b"]
    func refusal(
      _ weights: [Double]?, _ formulation: ClassifierFormulation = .c(1),
      _ classWeights: ClassWeights = .equal
    ) -> String? {
      do throws(TrainingError) {
        _ = try SupportVectorClassifier.train(
          features: features, labels: labels, weights: weights,
          settings: .init(formulation: formulation, classWeights: classWeights))
        return nil
      } catch {
        return error.description
      }
    }
    #expect(refusal([1, 1, 1]) == "weights has 3 elements, but features has 4 rows")
    #expect(
      refusal([1, -1, 1, 1])
        == "row 2: the weight is -1.0; it must be a finite number of at least 0")
    #expect(
      refusal([1, 1, .nan, 1])
        == "row 3: the weight is nan; it must be a finite number of at least 0")
    #expect(refusal([1, 1, .infinity, 1])?.contains("inf") == true)
    #expect(
      refusal([0, 0, 0, 0])
        == "all 4 rows have the weight 0; at least one must have a greater weight")
    #expect(refusal([1e308, 1e308, 1e308, 1])?.contains("positive finite") == true)
    #expect(refusal(nil, .nu(0)) == "nu: must be greater than 0 and at most 1, but is 0.0")
    #expect(refusal(nil, .nu(1.5)) == "nu: must be greater than 0 and at most 1, but is 1.5")
    #expect(
      refusal(nil, .nu(0.75))
        == "nu: must be at most 0.5 for the classes \"a\" and \"b\", but is 0.75")
    #expect(refusal(nil, .nu(0.5)) == nil)
    #expect(refusal(nil, .nu(1), .balanced) == nil)
    #expect(
      refusal(nil, .c(1), .weights(["x": 2]))
        == "class-weight: \"x\" is not a class; the classes are \"a\", \"b\"")
    #expect(
      refusal(nil, .c(1), .weights(["a": 0]))
        == "class-weight: must be greater than 0, but is 0.0 for a")
    // A class without weight does not exist for the model.
    let model = try SupportVectorClassifier.train(
      features: features, labels: labels, weights: [1, 1, 1, 0], settings: .init(formulation: .c(1))
    )
    #expect(model.classes == ["a"])
    #expect(model.excludedCount == 1)
    #expect(model.usesExampleWeights)
    #expect(throws: TrainingError.self) {
      try NoveltyDetector.train(
        features: Matrix<Double>(rows: [[1, 0], [0, 2]]), kernel: .precomputed,
        formulation: .dataDescription(nu: 0.5))
    }
  }

  /// Gamma `scale` counts rows by their weights.
  @Test func gammaScaleIsThatOfTheWeightedRows() throws {
    let features = FeatureMatrix.dense(try Matrix<Double>(rows: [[1, 0], [3, 5], [0, 2]]))
    let repeated = features.gatheringRows([0, 0, 0, 2])
    let sparse = FeatureMatrix.sparse(try SparseMatrix(features.dense))
    let expected = try #require(try Kernel.gaussian().resolved(for: repeated).gamma)
    for examples in [features, sparse] {
      let kernel = try Kernel.gaussian().resolved(for: examples, weights: [3, 0, 1])
      #expect(isClose(try #require(kernel.gamma), expected, relative: 1e-14))
    }
  }

  @Test func aStoppedTrainingSaysThatItHasNotBegun() throws {
    let token = CancellationToken()
    token.cancel()
    let (features, labels, _, _) = examples()
    let options = TrainingOptions(cancellation: token)
    let classifier = try SupportVectorClassifier.train(
      features: features, labels: labels,
      settings: .init(formulation: .nu(0.3), decomposition: .oneVersusRest),
      options: options)
    #expect(!classifier.isConverged)
    #expect(classifier.expansion.supportIndices.isEmpty)
    #expect(try classifier.predict(features).count == 90)
    let detector = try NoveltyDetector.train(features: features, options: options)
    #expect(detector.problem.certificate.stopReason == .cancelled)
    #expect(detector.expansion.supportIndices.isEmpty)
  }
}
