import LinearAlgebra
import LinearModels
import SupportVectors
import TestSupport
import Testing

/// Inputs on which solvers of this kind fail: every training ends, and says how well.
@Suite struct LinearHardInputTests {
  static let honestEnds: Set<StopReason> = [.converged, .stalled, .iterationLimit]

  private func check(
    _ features: FeatureMatrix, _ labels: [String], c: Double, _ comment: Comment,
    expecting reasons: Set<StopReason> = [.converged],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for loss in [LinearLoss.hinge, .squaredHinge, .logistic] {
      for solver in [LinearSolver.newton, .coordinateDescent] {
        for intercept in [Intercept.free, .regularized(1), .none] {
          let model = try LinearClassifier.train(
            features: features, labels: labels,
            settings: .init(loss: loss, boxConstraint: c, intercept: intercept).solved(by: solver),
            options: TrainingOptions(maximumIterations: 2000, timeLimit: .seconds(20)))
          let ends = solver == .newton ? reasons : Self.honestEnds
          let certificate = model.problems[0].certificate
          #expect(
            ends.contains(certificate.stopReason),
            "\(comment) \(loss) \(solver) \(intercept): \(certificate)",
            sourceLocation: sourceLocation)
          #expect(
            certificate.primalObjective.isFinite, "\(comment) \(loss) \(solver) \(intercept)",
            sourceLocation: sourceLocation)
          #expect(try model.predict(features).count == labels.count)
        }
      }
    }
  }

  /// They begin anew each time, and say so before they begin.
  @Test func checkpointsAreRefused() throws {
    let data = TestExamples.clouds(20, features: 2, seed: 9)
    var options = TrainingOptions()
    options.checkpoint = (.seconds(1), { _ in })
    #expect(throws: TrainingError.noCheckpoints(solver: "linear models")) {
      try LinearClassifier.train(
        features: .dense(data.features), labels: data.labels, options: options)
    }
  }

  @Test func separableClassesAndAHugeC() throws {
    let data = TestExamples.clouds(60, features: 3, distance: 20, seed: 1)
    try check(.dense(data.features), data.labels, c: 1e8, "separable", expecting: Self.honestEnds)
    try check(.dense(data.features), data.labels, c: 1, "separable")
  }

  @Test func constantFeatures() throws {
    let data = TestExamples.clouds(60, features: 3, distance: 1, seed: 2)
    let features = Matrix(rowCount: 60, columnCount: 4) { row, column in
      column < 3 ? data.features[row, column] : 1e6
    }
    try check(
      .dense(features), data.labels, c: 1, "a large constant", expecting: Self.honestEnds)
    try check(
      .dense(Matrix(rowCount: 60, columnCount: 2, repeating: 0)), data.labels, c: 1, "only zeros")
    try check(
      .dense(Matrix(rowCount: 60, columnCount: 2, repeating: 1)), data.labels, c: 1, "only ones")
  }

  @Test func featuresOfVeryDifferentScales() throws {
    let data = TestExamples.clouds(60, features: 3, distance: 1, seed: 3)
    let scales = [1e-8, 1, 1e8]
    let features = Matrix(rowCount: 60, columnCount: 3) { data.features[$0, $1] * scales[$1] }
    try check(.dense(features), data.labels, c: 1, "scales", expecting: Self.honestEnds)
    let huge = Matrix(rowCount: 60, columnCount: 3) { data.features[$0, $1] * 1e200 }
    try check(.dense(huge), data.labels, c: 1, "overflow", expecting: Self.honestEnds)
  }

  @Test func moreFeaturesThanExamples() throws {
    let data = TestExamples.clouds(12, features: 40, distance: 1, seed: 4)
    try check(.dense(data.features), data.labels, c: 1, "n < d")
  }

  @Test func emptyRowsAndOneOfAClass() throws {
    let features = try SparseMatrix<Double>(
      rowCount: 4, columnCount: 3, rowOffsets: [0, 0, 1, 1, 2], columnIndices: [0, 2],
      values: [1, -1])
    try check(.sparse(features), ["a", "b", "a", "a"], c: 1, "empty rows")
  }

  @Test func oneClassIsAlwaysPredicted() throws {
    let features = Matrix<Double>(rowCount: 3, columnCount: 2, repeating: 1)
    for decomposition in Decomposition.allCases {
      let model = try LinearClassifier.train(
        features: features, labels: ["x", "x", "x"], settings: .init(decomposition: decomposition))
      #expect(model.function.outputCount == 0)
      #expect(try model.predict(.dense(features)) == ["x", "x", "x"])
      #expect(try model.predict(example: [0, 0]) == "x")
    }
  }

  @Test func classesOfIgnoredRowsDoNotOccur() throws {
    let features = Matrix<Double>(rowCount: 3, columnCount: 1) { row, _ in Double(row) }
    let model = try LinearClassifier.train(
      features: .dense(features), labels: ["a", "b", "c"], weights: [1, 1, 0])
    #expect(model.classes == ["a", "b"])
    #expect(model.trainingCount == 2)
  }

  @Test func constantTargetsNeedNoWeights() throws {
    let features = TestExamples.clouds(30, features: 3, seed: 5).features
    for loss in [LinearLoss.epsilonInsensitive, .squaredEpsilonInsensitive] {
      for solver in [LinearSolver.newton, .coordinateDescent] {
        let model = try LinearRegressor.train(
          features: features, targets: [Double](repeating: 7, count: 30),
          settings: .init(loss: loss).solved(by: solver),
          options: TrainingOptions(timeLimit: .seconds(20)))
        #expect(Self.honestEnds.contains(model.problem.certificate.stopReason))
        for value in try model.predict(.dense(features)) {
          #expect(isClose(value, 7, within: 0.11), "\(loss) \(solver)")
        }
      }
    }
  }

  @Test func aCancelledTrainingSaysSo() throws {
    let token = CancellationToken()
    token.cancel()
    let data = TestExamples.clouds(60, features: 3, classes: ["a", "b", "c"], seed: 6)
    let model = try LinearClassifier.train(
      features: data.features, labels: data.labels, options: TrainingOptions(cancellation: token))
    #expect(model.problems.allSatisfy { $0.certificate.stopReason == .cancelled })
    #expect(try model.predict(.dense(data.features)) == [String](repeating: "a", count: 60))
  }

  @Test func limitsEndATraining() throws {
    let data = TestExamples.clouds(2000, features: 10, distance: 0.5, seed: 7)
    for solver in [LinearSolver.newton, .coordinateDescent] {
      let limited = try LinearClassifier.train(
        features: data.features, labels: data.labels, settings: .init().solved(by: solver),
        options: TrainingOptions(tolerance: 1e-9, maximumIterations: 2))
      #expect(limited.problems[0].certificate.stopReason == .iterationLimit)
      #expect(limited.problems[0].certificate.iterations == 2)
      let timed = try LinearClassifier.train(
        features: data.features, labels: data.labels, settings: .init().solved(by: solver),
        options: TrainingOptions(tolerance: 1e-9, timeLimit: .zero))
      #expect(timed.problems[0].certificate.stopReason == .timeLimit)
    }
  }

  @Test func wrongArgumentsAreRefused() {
    let features = Matrix<Double>(rowCount: 2, columnCount: 1, repeating: 1)
    let labels = ["a", "b"]
    #expect(throws: TrainingError.self) {
      try LinearClassifier.train(features: features, labels: ["a"])
    }
    #expect(throws: TrainingError.self) {
      try LinearClassifier.train(
        features: Matrix<Double>(rowCount: 2, columnCount: 1, repeating: .nan), labels: labels)
    }
    #expect(throws: TrainingError.self) {
      try LinearClassifier.train(
        features: Matrix<Double>(rowCount: 0, columnCount: 1, repeating: 0), labels: [])
    }
    #expect(throws: TrainingError.self) {
      try LinearClassifier.train(
        features: features, labels: labels, settings: .init(loss: .epsilonInsensitive))
    }
    #expect(throws: TrainingError.self) {
      try LinearClassifier.train(
        features: features, labels: labels, settings: .init(boxConstraint: 0))
    }
    for weights in [[1.0], [1, -1], [1, .nan], [0, 0]] {
      #expect(throws: TrainingError.self, "\(weights)") {
        try LinearClassifier.train(features: features, labels: labels, weights: weights)
      }
    }
    for scale in [0, -1, .nan, .infinity] {
      #expect(throws: TrainingError.self, "\(scale)") {
        try LinearClassifier.train(
          features: features, labels: labels, settings: .init(intercept: .regularized(scale)))
      }
    }
    #expect(throws: TrainingError.self) {
      try LinearRegressor.train(features: features, targets: [1, .infinity])
    }
    #expect(throws: TrainingError.self) {
      try LinearRegressor.train(
        features: features, targets: [1, 2], settings: .init(epsilon: -1))
    }
    #expect(throws: TrainingError.self) {
      try LinearRegressor.train(features: features, targets: [1, 2], settings: .init(loss: .hinge))
    }
  }
}
