import KernelMethods
import TestSupport
import Testing

@Suite struct KernelRidgeRegressorTests {
  static let seed: UInt64 = 71
  static let count = 40

  static func data(count: Int = Self.count) -> (Matrix<Double>, [Double]) {
    var generator = TestGenerator(seed: seed)
    let features = Matrix<Double>.random(count, 3, using: &generator)
    return (features, TestExamples.targets(features, noise: 0.1, seed: seed).map { $0 + 2 })
  }

  static let weights = (0..<count).map { [1, 2, 0.5, 3][$0 % 4] }

  @Test(arguments: try MethodReferences().ridge)
  func agreesWithScikitLearn(_ reference: MethodReferences.Ridge) throws {
    let (features, texts) = try MethodReferences.examples("diabetes")
    let targets = texts.compactMap { Double($0) }
    let model = try KernelRidgeRegressor.train(
      features: features, targets: targets,
      weights: reference.weighted ? targets.indices.map { Double($0 % 4) } : nil,
      settings: .init(
        kernel: referenceKernel(reference.kernel, reference.parameters),
        lambda: reference.lambda))
    let predictions = try model.predict(features)
    let scale = reference.predictions.reduce(0) { max($0, $1.magnitude) }
    #expect(
      firstDifference(
        Array(predictions.prefix(reference.predictions.count)), reference.predictions,
        within: 1e-8 * scale) == nil)
    var coefficients = [Double](repeating: 0, count: targets.count)
    for (place, row) in model.expansion.supportIndices.enumerated() {
      coefficients[row] = model.expansion.dualCoefficients[0, place]
    }
    let largest = reference.coefficients.reduce(0) { max($0, $1.magnitude) }
    #expect(
      firstDifference(
        Array(coefficients.prefix(reference.coefficients.count)), reference.coefficients,
        within: 1e-8 * largest) == nil)
  }

  @Test(arguments: [false, true], [nil, Self.weights])
  func leavingOneOutEqualsTrainingWithoutIt(fitsBias: Bool, weights: [Double]?) throws {
    let (features, targets) = Self.data()
    let model = try KernelRidgeRegressor.train(
      features: features, targets: targets, weights: weights,
      settings: .init(kernel: .gaussian(gamma: 0.5), lambda: 0.3, fitsBias: fitsBias))
    let residuals = try #require(model.leaveOneOutResiduals)
    for row in stride(from: 0, to: Self.count, by: 3) {
      var others = weights ?? Array(repeating: 1, count: Self.count)
      others[row] = 0
      let other = try KernelRidgeRegressor.train(
        features: features, targets: targets, weights: others,
        settings: .init(kernel: .gaussian(gamma: 0.5), lambda: 0.3, fitsBias: fitsBias))
      let expected = targets[row] - (try other.predict(features.rows(row..<row + 1)))[0]
      #expect(isClose(residuals[row], expected, within: 1e-10), "row \(row), seed \(Self.seed)")
    }
  }

  @Test(arguments: [false, true], [nil, Self.weights])
  func thePathHasTheErrorsOfTraining(fitsBias: Bool, weights: [Double]?) throws {
    let (features, targets) = Self.data()
    let grid = [10, 1, 0.1, 1e-3]
    let path = try KernelRidgeRegressor.regularizationPath(
      features: .dense(features), targets: targets, weights: weights,
      settings: .init(kernel: .gaussian(gamma: 0.5), fitsBias: fitsBias), lambdas: grid)
    #expect(path.lambdas == grid)
    var errors: [Double] = []
    for value in grid {
      let model = try KernelRidgeRegressor.train(
        features: features, targets: targets, weights: weights,
        settings: .init(kernel: .gaussian(gamma: 0.5), lambda: value, fitsBias: fitsBias))
      errors.append(try #require(model.report.leaveOneOutError))
    }
    #expect(firstDifference(path.leaveOneOutErrors, errors, within: 1e-9) == nil)
    let best = try #require(errors.indices.min { errors[$0] < errors[$1] })
    #expect(path.best == grid[best])
  }

  @Test func weightTwoIsARowTwiceAndZeroIsNone() throws {
    let (features, targets) = Self.data()
    let weighted = try KernelRidgeRegressor.train(
      features: features, targets: targets, weights: targets.indices.map { Double($0 % 3) },
      settings: .init(lambda: 0.2, fitsBias: true))
    let rows = targets.indices.flatMap { Array(repeating: $0, count: $0 % 3) }
    // The same γ: the rule would see other rows.
    let gamma = try #require(weighted.expansion.kernel.gamma)
    let repeated = try KernelRidgeRegressor.train(
      features: features.gatheringRows(rows), targets: rows.map { targets[$0] },
      settings: .init(kernel: .gaussian(gamma: .value(gamma)), lambda: 0.2, fitsBias: true))
    #expect(
      firstDifference(
        try weighted.predict(features), try repeated.predict(features), within: 1e-10) == nil)
    #expect(weighted.expansion.supportIndices.allSatisfy { $0 % 3 != 0 })
    #expect(weighted.trainingCount == Self.count)
    #expect(isClose(weighted.report.trainingError, repeated.report.trainingError, within: 1e-10))
  }

  @Test func aBiasMakesTheModelIndependentOfAShiftOfTheTargets() throws {
    let (features, targets) = Self.data()
    let model = try KernelRidgeRegressor.train(
      features: features, targets: targets, settings: .init(fitsBias: true))
    let shifted = try KernelRidgeRegressor.train(
      features: features, targets: targets.map { $0 + 100 }, settings: .init(fitsBias: true))
    #expect(
      firstDifference(
        try shifted.predict(features), try model.predict(features).map { $0 + 100 },
        within: 1e-9) == nil)
    // 1ᵀα = 0 is the optimality condition of the bias.
    #expect(isClose(model.expansion.dualCoefficients.elements.reduce(0, +), 0, within: 1e-10))
  }

  @Test func theNumberOfThreadsChangesNoBits() throws {
    let (features, targets) = Self.data(count: 700)
    func train(_ threads: Int) throws -> KernelRidgeRegressor {
      try KernelRidgeRegressor.train(
        features: features, targets: targets, settings: .init(lambda: 0.01, fitsBias: true),
        options: TrainingOptions(threads: threads))
    }
    let (one, three) = (try train(1), try train(3))
    #expect(
      one.expansion.dualCoefficients.elements == three.expansion.dualCoefficients.elements)
    #expect(one.expansion.biases == three.expansion.biases)
    #expect(one.leaveOneOutResiduals == three.leaveOneOutResiduals)
  }

  @Test func sparseAndPrecomputedExamplesGiveTheSameModel() throws {
    let (features, targets) = Self.data()
    let kernel = Kernel.gaussian(gamma: 0.5)
    let weights = targets.indices.map { Double($0 % 3) }
    let dense = try KernelRidgeRegressor.train(
      features: features, targets: targets, weights: weights, settings: .init(kernel: kernel))
    let sparse = try KernelRidgeRegressor.train(
      features: .sparse(SparseMatrix(features)), targets: targets, weights: weights,
      settings: .init(kernel: kernel))
    let matrix = plainKernelMatrix(.gaussian(gamma: 0.5), features)
    let precomputed = try KernelRidgeRegressor.train(
      features: matrix, targets: targets, weights: weights, settings: .init(kernel: .precomputed))
    let expected = try dense.predict(features)
    #expect(firstDifference(try sparse.predict(features), expected, within: 1e-10) == nil)
    #expect(firstDifference(try precomputed.predict(matrix), expected, within: 1e-10) == nil)
  }

  @Test(arguments: [false, true])
  func variancesAreThoseOfAGaussianProcess(fitsBias: Bool) throws {
    let (features, targets) = Self.data()
    let model = try KernelRidgeRegressor.train(
      features: features, targets: targets,
      settings: .init(
        kernel: .gaussian(gamma: 0.5), lambda: 0.3, fitsBias: fitsBias,
        keepsUncertainty: true))
    let uncertainty = try #require(model.uncertainty)
    var generator = TestGenerator(seed: 5)
    let others = Matrix<Double>.random(7, 3, using: &generator)
    let found = try model.predictionVariances(.dense(others))
    // The plain formula, with the inverse of the whole (bordered) system by least squares.
    let kernel = plainKernelMatrix(.gaussian(gamma: 0.5), features)
    let size = Self.count + (fitsBias ? 1 : 0)
    let system = Matrix<Double>(rowCount: size, columnCount: size) { row, column in
      if row == Self.count || column == Self.count { return row == column ? 0 : 1 }
      return kernel[row, column] + (row == column ? 0.3 : 0)
    }
    let cross = plainKernelMatrix(.gaussian(gamma: 0.5), features, others)
    for row in 0..<7 {
      let side = (0..<size).map { $0 < Self.count ? cross[$0, row] : 1 }
      let solved = try LeastSquares(system, rightSide: side).solution.elements
      let explained = zip(side, solved).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(
        isClose(found[row], uncertainty.signalVariance * (1 - explained), within: 1e-9),
        "row \(row), seed \(Self.seed)")
    }
    // Where there is an example, the noise alone is left, and less.
    let near = try model.predictionVariances(.dense(features))
    #expect(near.allSatisfy { $0 <= uncertainty.signalVariance * 0.3 * 1.0001 })
  }

  @Test func conditionEstimatesAreNearTheConditionNumber() throws {
    let (features, targets) = Self.data()
    let model = try KernelRidgeRegressor.train(
      features: features, targets: targets,
      settings: .init(kernel: .gaussian(gamma: 0.5), lambda: 1e-4))
    let kernel = plainKernelMatrix(.gaussian(gamma: 0.5), features)
    let values = try SymmetricEigen.values(
      of: Matrix(rowCount: Self.count, columnCount: Self.count) {
        kernel[$0, $1] + ($0 == $1 ? 1e-4 : 0)
      })
    let condition = values[Self.count - 1] / values[0]
    // The 1-norm is within √n of the Euclidean one, each way.
    #expect(model.report.conditionEstimate > condition / 40)
    #expect(model.report.conditionEstimate < condition * 40)
  }

  @Test func whatCannotBeTrainedIsSaid() throws {
    let (features, targets) = Self.data()
    func error(_ body: () throws(TrainingError) -> KernelRidgeRegressor)
      -> TrainingError?
    {
      do {
        _ = try body()
        return nil
      } catch {
        return error
      }
    }
    #expect(
      error { () throws(TrainingError) in
        try KernelRidgeRegressor.train(
          features: features, targets: targets, settings: .init(lambda: 0))
      }?.description == "lambda: must be greater than 0, but is 0.0")
    #expect(
      error { () throws(TrainingError) in
        try KernelRidgeRegressor.train(features: features, targets: [1])
      } == .countMismatch(what: "targets", found: 1, rows: 40))
    #expect(
      error { () throws(TrainingError) in
        try KernelRidgeRegressor.train(
          features: features, targets: targets, weights: Array(repeating: -1, count: 40))
      }?.description
        == "row 1: the weight is -1.0; it must be a finite number of at least 0")
    #expect(
      error { () throws(TrainingError) in
        try KernelRidgeRegressor.train(
          features: features, targets: targets, weights: Array(repeating: 0, count: 40))
      }?.description == "all 40 rows have the weight 0; at least one must have a greater weight")
    let indefinite = error { () throws(TrainingError) in
      try KernelRidgeRegressor.train(
        features: features, targets: targets,
        settings: .init(kernel: .sigmoid(gamma: 1, constantTerm: -3), lambda: 1e-3))
    }
    #expect(
      indefinite?.description.hasPrefix(
        "the matrix of the kernel sigmoid with 0.001 on its diagonal is not positive definite")
        == true)
    let many = Matrix<Double>(rowCount: 2000, columnCount: 1) { row, _ in Double(row) }
    #expect(
      error { () throws(TrainingError) in
        try KernelRidgeRegressor.train(
          features: many, targets: Array(repeating: 1, count: 2000),
          options: TrainingOptions(memoryLimit: 16 << 20))
      }?.description
        == "the matrices of 2000 examples need 31 MB, but the memory limit is 16 MB; "
        + "raise --memory")
    let token = CancellationToken()
    token.cancel()
    #expect(
      error { () throws(TrainingError) in
        try KernelRidgeRegressor.train(
          features: features, targets: targets, options: TrainingOptions(cancellation: token))
      } == .stopped(.cancelled))
    #expect(
      error { () throws(TrainingError) in
        try KernelRidgeRegressor.train(
          features: features, targets: targets, options: TrainingOptions(timeLimit: .zero))
      } == .stopped(.timeLimit))
  }

  @Test func partsThatDoNotFitAreRefused() throws {
    let (features, targets) = Self.data()
    let model = try KernelRidgeRegressor.train(features: features, targets: targets)
    #expect(throws: ModelError.self) {
      try KernelRidgeRegressor(
        expansion: model.expansion, lambda: -1, fitsBias: false, trainingCount: 40,
        report: model.report)
    }
    #expect(throws: ModelError.self) {
      try KernelRidgeRegressor(
        expansion: model.expansion, lambda: 1, fitsBias: false, trainingCount: 39,
        report: model.report)
    }
    let again = try KernelRidgeRegressor(
      expansion: model.expansion, lambda: 1, fitsBias: false, trainingCount: 40,
      report: model.report)
    #expect(try again.predict(features) == model.predict(features))
  }
}
