import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport
import Testing

/// Inputs on which solvers of this kind have been seen to run for ever, or to end with a wrong answer.
///
/// Each training has a time limit, so that what would hang fails instead. Some of these programs take
/// more steps than anybody has patience for: they may end at the iteration limit, or stall in rounding,
/// when they say so.
@Suite struct HardInputTests {
  static let options = TrainingOptions(maximumIterations: 200_000, timeLimit: .seconds(20))
  static let anyHonestEnd: Set<StopReason> = [.converged, .stalled, .iterationLimit]

  private func check(
    _ features: Matrix<Double>, _ labels: [String], _ kernel: Kernel, c: Double,
    expecting reasons: Set<StopReason> = [.converged], tolerance: Double = 1e-3,
    precision: Precision = .automatic, _ comment: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var options = Self.options
    options.tolerance = tolerance
    options.precision = precision
    let model = try SupportVectorClassifier.train(
      features: features, labels: labels, kernel: kernel, boxConstraint: c, options: options)
    for (problem, report) in zip(model.plainProblems(features, labels), model.problems) {
      #expect(
        reasons.contains(report.certificate.stopReason),
        "\(comment): \(report.certificate)", sourceLocation: sourceLocation)
      // In single precision the solved program is not the one that is checked.
      guard precision != .single else { continue }
      checkHonesty(
        problem, report.certificate, tolerance: tolerance, comment, sourceLocation: sourceLocation)
    }
    let predictions = try model.predict(features)
    #expect(predictions.count == labels.count, comment, sourceLocation: sourceLocation)
  }

  static let kernels = Kernel.convexCatalogue

  @Test(arguments: [0.1, 1, 1e4])
  func duplicateRowsWithDifferentLabelsConverge(c: Double) throws {
    let seed: UInt64 = 1
    let half = TestExamples.clouds(100, features: 3, seed: seed)
    let features = half.features.gatheringRows(Array(0..<100) + Array(0..<100))
    let labels = half.labels + half.labels.map { $0 == "a" ? "b" : "a" }
    for kernel in Self.kernels {
      try check(features, labels, kernel, c: c, "\(kernel), C \(c), seed \(seed)")
    }
  }

  @Test func constantFeaturesConverge() throws {
    let features = Matrix<Double>(rowCount: 40, columnCount: 3, repeating: 7)
    let labels = (0..<40).map { $0 % 3 == 0 ? "a" : "b" }
    for kernel in Self.kernels {
      try check(features, labels, kernel, c: 1, "\(kernel)")
    }
  }

  @Test func allVariablesAtTheirBoundsConverge() throws {
    let seed: UInt64 = 2
    let examples = TestExamples.clouds(60, features: 2, distance: 0.5, seed: seed)
    for kernel in Self.kernels {
      try check(examples.features, examples.labels, kernel, c: 1e-6, "\(kernel), seed \(seed)")
    }
    let model = try SupportVectorClassifier.train(
      features: examples.features, labels: examples.labels, boxConstraint: 1e-6,
      options: Self.options)
    #expect(model.problems[0].boundedSupportVectorCount == 60)
  }

  /// Indefinite kernels end at a stationary point, and no gap is claimed.
  @Test(arguments: [0.01, 0.5, 3.0], [-1.0, 0, 1])
  func indefiniteSigmoidsEndAtAStationaryPoint(gamma: Double, constantTerm: Double) throws {
    let seed: UInt64 = 3
    let examples = TestExamples.clouds(150, features: 4, seed: seed)
    let kernel = Kernel.sigmoid(gamma: .value(gamma), constantTerm: constantTerm)
    for c in [1.0, 100] {
      try check(
        examples.features, examples.labels, kernel, c: c,
        "gamma \(gamma), constant term \(constantTerm), C \(c), seed \(seed)")
      let model = try SupportVectorClassifier.train(
        features: examples.features, labels: examples.labels, kernel: kernel, boxConstraint: c,
        options: Self.options)
      #expect(model.problems[0].certificate.relativeGap == nil)
    }
  }

  /// On overlapping classes so large a C asks for the fewest errors: millions of steps.
  @Test func aHugeBoxConstraintEnds() throws {
    let seed: UInt64 = 4
    for distance in [1.5, 8] {
      let examples = TestExamples.clouds(120, features: 2, distance: distance, seed: seed)
      for kernel in Self.kernels {
        try check(
          examples.features, examples.labels, kernel, c: 1e8,
          expecting: Self.anyHonestEnd, "\(kernel), distance \(distance), seed \(seed)")
      }
    }
  }

  @Test(arguments: [0.01, 1, 1e4])
  func aFeatureOfATrillionEnds(c: Double) throws {
    let seed: UInt64 = 5
    var examples = TestExamples.clouds(80, features: 3, seed: seed)
    for row in 0..<80 { examples.features[row, 1] *= 1e12 }
    for kernel in Self.kernels + [.gaussian(gamma: 0.5), .laplacian(gamma: 0.5)] {
      try check(
        examples.features, examples.labels, kernel, c: c, expecting: Self.anyHonestEnd,
        "\(kernel), C \(c), seed \(seed)")
    }
    for row in 0..<80 { examples.features[row, 1] = 1e12 }
    for kernel in [Kernel.linear, .gaussian(), .gaussian(gamma: 0.5)] {
      try check(
        examples.features, examples.labels, kernel, c: c, expecting: Self.anyHonestEnd,
        "constant, \(kernel), C \(c), seed \(seed)")
    }
  }

  /// A file of a few lines may name two thousand million features.
  @Test(arguments: [Kernel.linear, .gaussian(gamma: 0.5), .laplacianL1(gamma: 0.5)])
  func twoThousandMillionFeaturesTakeNoMemory(kernel: Kernel) throws {
    let last = Int32.max - 1
    let features = try FeatureMatrix.sparse(
      SparseMatrix(
        rowCount: 4, columnCount: Int(Int32.max), rowOffsets: [0, 1, 2, 4, 6],
        columnIndices: [0, last, 0, last, 0, last], values: [1, -1, 2, 0.5, -0.5, -2]))
    let dense = try Matrix<Double>(rows: [[1, 0], [0, -1], [2, 0.5], [-0.5, -2]])
    let labels = ["a", "b", "a", "b"]
    let wide = try SupportVectorClassifier.train(features: features, labels: labels, kernel: kernel)
    let narrow = try SupportVectorClassifier.train(features: dense, labels: labels, kernel: kernel)
    #expect(wide.isConverged)
    let difference =
      wide.problems[0].certificate.dualObjective - narrow.problems[0].certificate.dualObjective
    #expect(abs(difference) < 1e-3, "\(kernel)")
  }

  /// Distances need examples that are written out; a kernel of products does not.
  @Test func distancesOfTooManyFeaturesAreRefused() throws {
    let width = 2_000_000
    let features = try FeatureMatrix.sparse(
      SparseMatrix(
        rowCount: 2, columnCount: width, rowOffsets: [0, width, 2 * width - 1],
        columnIndices: (0..<Int32(width)).map { $0 } + (0..<Int32(width - 1)).map { $0 },
        values: Array(repeating: 1, count: 2 * width - 1)))
    let expected = TrainingError.invalidParameter(
      name: "kernel", value: "laplacian",
      expected:
        "linear, polynomial, gaussian, sigmoid, rational-quadratic, matern32 or matern52 for sparse examples of 2000000 features "
        + "within a memory limit of 2048 MB")
    #expect(throws: expected) {
      try SupportVectorClassifier.train(
        features: features, labels: ["a", "b"], kernel: .laplacian(gamma: 1))
    }
  }

  /// Six rows, of which the linear machine separates all with a C that is large beside their scale.
  @Test func sixRowsConverge() throws {
    let features = try Matrix<Double>(rows: [
      [-2, -1], [-1, -1], [-1, -2], [1, 1], [1, 2], [2, 1],
    ])
    let labels = ["-1", "-1", "-1", "1", "1", "1"]
    for kernel in Self.kernels {
      for c in [1e-3, 1, 1e8] {
        try check(features, labels, kernel, c: c, "\(kernel), C \(c)")
      }
    }
    // Counts that differ by much in scale.
    let counts = try Matrix<Double>(rows: [
      [0, 2, 3_000_000], [1, 0, 2_500_000], [0, 0, 100], [5, 1, 7], [0, 9, 900_000], [3, 3, 12],
    ])
    for kernel in Self.kernels {
      for c in [1e-3, 1, 1e8] {
        try check(
          counts, ["a", "b", "a", "b", "a", "b"], kernel, c: c, expecting: Self.anyHonestEnd,
          "counts, \(kernel), C \(c)")
      }
    }
  }

  /// Six rows for which pairs would be moved for days: there is a limit that nobody has to ask for.
  @Test func everyTrainingEndsWithoutALimitOfTheCallers() throws {
    let features = try Matrix<Double>(rows: [
      [0, 2, 3_000_000], [1, 0, 2_500_000], [0, 0, 100], [5, 1, 7], [0, 9, 900_000], [3, 3, 12],
    ])
    let labels = ["a", "b", "a", "b", "a", "b"]
    let model = try SupportVectorClassifier.train(
      features: features, labels: labels, kernel: .linear)
    let certificate = model.problems[0].certificate
    #expect(certificate.iterations <= 10_000_000)
    #expect(Self.anyHonestEnd.contains(certificate.stopReason))
    checkHonesty(
      model.plainProblems(features, labels)[0], certificate, tolerance: 1e-3, "six rows of counts")
  }

  /// A diagonal that is more exact than the rows makes some solvers choose one pair for ever: here
  /// rows are nearly alike, so that what single precision loses is all that tells them apart.
  @Test(arguments: [1e4, 1e6, 1e8])
  func nearlyDuplicateRowsAtALargeScaleEnd(c: Double) throws {
    let seed: UInt64 = 6
    var generator = TestGenerator(seed: seed)
    let count = 60
    let base = (0..<20).map { _ in (0..<4).map { _ in 300 * generator.normal() } }
    let features = Matrix<Double>(rowCount: count, columnCount: 4) { row, column in
      base[row % 20][column] * (1 + 1e-7 * generator.normal())
    }
    let labels = (0..<count).map { _ in generator.uniform() < 0.5 ? "a" : "b" }
    for precision in [Precision.automatic, .double, .single] {
      for kernel in [Kernel.linear, .polynomial(degree: 2, gamma: 1), .polynomial(gamma: 1)] {
        try check(
          features, labels, kernel, c: c, expecting: Self.anyHonestEnd, precision: precision,
          "\(kernel), C \(c), \(precision), seed \(seed)")
      }
    }
  }

  @Test func oneClassIsPredictedAlways() throws {
    let features = try Matrix<Double>(rows: [[1, 2], [3, 4], [5, 6]])
    let model = try SupportVectorClassifier.train(features: features, labels: ["x", "x", "x"])
    #expect(model.classes == ["x"])
    #expect(model.problems.isEmpty)
    #expect(model.isConverged)
    #expect(model.expansion.supportIndices.isEmpty)
    #expect(try model.predict(features) == ["x", "x", "x"])
    #expect(try model.decisionValues(.dense(features)).columnCount == 0)
    #expect(try model.verify(features: .dense(features), labels: ["x", "x", "x"]).isEmpty)
  }

  @Test func oneRowIsOneClass() throws {
    let features = try Matrix<Double>(rows: [[1, 2]])
    let model = try SupportVectorClassifier.train(features: features, labels: ["x"])
    #expect(try model.predict(features) == ["x"])
    let regressor = try SupportVectorRegressor.train(features: features, targets: [3])
    #expect(regressor.isConverged)
    #expect(abs(try regressor.predict(features)[0] - 3) <= 0.1 + 1e-3)
  }

  @Test func twoRowsAreParted() throws {
    for kernel in Self.kernels {
      for features in [[[0.0], [1.0]], [[1e-3], [1e3]], [[1.0], [1.0]]] {
        let matrix = try Matrix<Double>(rows: features)
        for c in [1, 1e8] {
          try check(
            matrix, ["a", "b"], kernel, c: c, expecting: Self.anyHonestEnd,
            "\(features), \(kernel), C \(c)")
        }
      }
    }
  }

  @Test(arguments: [3, 4, 7])
  func oneRowInEachClassIsEnough(classCount: Int) throws {
    let features = Matrix<Double>(rowCount: classCount, columnCount: 2) { row, column in
      column == 0 ? Double(row) : Double(row * row)
    }
    let labels = (0..<classCount).map { "class \($0)" }
    for kernel in Self.kernels {
      try check(features, labels, kernel, c: 10, "\(kernel)")
    }
    let model = try SupportVectorClassifier.train(
      features: features, labels: labels, kernel: .gaussian(gamma: 1), boxConstraint: 10)
    #expect(try model.predict(features) == labels)
  }

  /// Around the number of rows from which on the working set no longer holds all examples.
  @Test(arguments: [2047, 2048, 2049, 2559, 2560, 2561, 2700])
  func rowCountsAroundTheWorkingSetsSizeConverge(count: Int) throws {
    let seed: UInt64 = 7
    let examples = TestExamples.clouds(count, features: 3, distance: 3, seed: seed)
    let model = try SupportVectorClassifier.train(
      features: examples.features, labels: examples.labels, kernel: .gaussian(),
      options: Self.options)
    let problem = model.plainProblems(examples.features, examples.labels)[0]
    checkHonesty(
      problem, model.problems[0].certificate, tolerance: 1e-3, "\(count) rows, seed \(seed)")
    #expect(model.isConverged)
  }

  @Test func regressionsOnHardInputsEnd() throws {
    let seed: UInt64 = 8
    var generator = TestGenerator(seed: seed)
    let features = Matrix<Double>.random(60, 3, using: &generator)
    let smooth = TestExamples.targets(features, noise: 0.1, seed: seed)
    let inputs: [(String, Matrix<Double>, [Double])] = [
      ("constant features", Matrix(rowCount: 60, columnCount: 3, repeating: 7), smooth),
      ("constant targets", features, Array(repeating: 5, count: 60)),
      ("duplicate rows", features.gatheringRows((0..<60).map { $0 / 6 }), smooth),
      ("large targets", features, smooth.map { $0 * 1e9 }),
      (
        "a feature of a trillion",
        Matrix(rowCount: 60, columnCount: 3) { features[$0, $1] * ($1 == 0 ? 1e12 : 1) }, smooth
      ),
    ]
    for (name, features, targets) in inputs {
      for kernel in Self.kernels {
        for c in [1, 1e8] {
          for epsilon in [0, 0.1] {
            let comment: Comment =
              "\(name), \(kernel), C \(c), tube width \(epsilon), seed \(seed)"
            let model = try SupportVectorRegressor.train(
              features: features, targets: targets, kernel: kernel, boxConstraint: c,
              epsilon: epsilon, options: Self.options)
            checkHonesty(
              model.plainProblem(features, targets), model.problem.certificate, tolerance: 1e-3,
              comment)
          }
        }
      }
    }
  }
}
