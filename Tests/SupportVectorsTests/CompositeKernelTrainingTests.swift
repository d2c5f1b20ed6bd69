import Kernels
import LinearAlgebra
import SupportVectors
import TestSupport
import Testing

@Suite struct CompositeKernelTrainingTests {
  static let seed: UInt64 = 260

  /// Numbers and, behind them, other numbers of another spread.
  static let kernel =
    Kernel.columns(0..<3, .gaussian(gamma: 0.4))
    + 0.5 * .columns(3..<6, .polynomial(degree: 2, gamma: 0.2, constantTerm: 1))
    * .columns([5, 0], .laplacian(gamma: 0.3))

  private func close(
    _ found: Matrix<Double>, _ expected: Matrix<Double>, within tolerance: Double,
    _ comment: Comment
  ) {
    #expect(firstDifference(found, expected, within: tolerance) == nil, comment)
  }

  /// The same problem, given as a formula, as a function of one's own and as a matrix.
  @Test(arguments: [["a", "b"], ["a", "b", "c"]])
  func formulaFunctionAndMatrixGiveTheSameModel(classes: [String]) throws {
    let examples = TestExamples.clouds(150, features: 6, classes: classes, seed: Self.seed)
    let features = examples.features
    let unseen = TestExamples.clouds(40, features: 6, classes: classes, seed: Self.seed + 1)
      .features
    let function = try Self.kernel.resolved(for: .dense(features))
    let options = TrainingOptions(tolerance: 1e-9, precision: .double)
    func train(_ features: FeatureMatrix, _ kernel: Kernel) throws -> SupportVectorClassifier {
      try SupportVectorClassifier.train(
        features: features, labels: examples.labels, kernel: kernel, boxConstraint: 2,
        options: options)
    }
    let model = try train(.dense(features), Self.kernel)
    #expect(model.isConverged)
    #expect(model.problems.allSatisfy { $0.certificate.relativeGap != nil })
    let expected = try model.decisionValues(.dense(unseen))

    let own = CustomKernel(name: "own", isPositiveSemidefinite: true) { function.value($0, $1) }
    let fromFunction = try train(.dense(features), .custom(own))
    close(
      try fromFunction.decisionValues(.dense(unseen)), expected, within: 1e-6,
      "function, seed \(Self.seed)")

    let gram = plainKernelMatrix(function, features)
    let unseenGram = plainKernelMatrix(function, unseen, features)
    let fromMatrix = try train(.dense(gram), .precomputed)
    close(
      try fromMatrix.decisionValues(.dense(unseenGram)), expected, within: 1e-6,
      "matrix, seed \(Self.seed)")

    // One part of the sum as columns of a matrix, beside the features of the other.
    guard case .sum(let parts) = function else {
      Issue.record("the kernel is no sum")
      return
    }
    func mixed(_ rows: Matrix<Double>) -> FeatureMatrix {
      let values = plainKernelMatrix(parts[0], rows, features)
      return .dense(
        Matrix(rowCount: rows.rowCount, columnCount: 6 + features.rowCount) {
          $1 < 6 ? rows[$0, $1] : values[$0, $1 - 6]
        })
    }
    let mixedKernel =
      Kernel.columns(6..<6 + features.rowCount, .precomputed)
      + 0.5 * .columns(3..<6, .polynomial(degree: 2, gamma: 0.2, constantTerm: 1))
      * .columns([5, 0], .laplacian(gamma: 0.3))
    let fromBoth = try train(mixed(features), mixedKernel)
    close(
      try fromBoth.decisionValues(mixed(unseen)), expected, within: 1e-6,
      "matrix and features, seed \(Self.seed)")
    for (certificate, problem) in zip(
      try fromBoth.verify(features: mixed(features), labels: examples.labels), fromBoth.problems)
    {
      #expect(certificate.kktViolation <= 1e-8, "seed \(Self.seed)")
      #expect(
        isClose(
          certificate.dualObjective, problem.certificate.dualObjective, relative: 1e-9),
        "seed \(Self.seed)")
    }
  }

  @Test(arguments: [Precision.single, .double])
  func predictionsAreThePlainSums(precision: Precision) throws {
    let examples = TestExamples.clouds(260, features: 6, classes: ["a", "b"], seed: Self.seed)
    let unseen = TestExamples.clouds(300, features: 6, classes: ["a", "b"], seed: Self.seed + 1)
      .features
    let model = try SupportVectorClassifier.train(
      features: .dense(examples.features), labels: examples.labels, kernel: Self.kernel,
      options: TrainingOptions(precision: precision))
    let expansion = model.expansion
    let values = plainKernelMatrix(expansion.kernel, expansion.supportVectors.dense, unseen)
    let magnitude = expansion.dualCoefficients.elements.reduce(0) { $0 + abs($1) } * 20
    let expected = Matrix<Double>(rowCount: 300, columnCount: 1) { row, _ in
      expansion.supportIndices.indices.reduce(expansion.biases[0]) {
        $0 + expansion.dualCoefficients[0, $1] * values[$1, row]
      }
    }
    let unit = precision == .double ? 1e-14 : 1e-6
    for threads in [1, 3] {
      close(
        try expansion.decisionValues(.dense(unseen), threads: threads), expected,
        within: unit * magnitude, "dense, seed \(Self.seed)")
      close(
        try expansion.decisionValues(.sparse(SparseMatrix(unseen)), threads: threads), expected,
        within: unit * magnitude, "sparse, seed \(Self.seed)")
    }
    for row in [0, 299] {
      let one = try expansion.decisionValues(ofExample: unseen.row(row))
      #expect(isClose(one[0], expected[row, 0], within: unit * magnitude), "seed \(Self.seed)")
    }
  }

  /// Words and numbers: the words stay sparse, the numbers are stored densely, on either side.
  @Test func sparseAndDenseExamplesGiveTheSamePredictions() throws {
    var generator = TestGenerator(seed: Self.seed)
    let words = try SparseMatrix<Double>.random(160, 300, density: 0.05, using: &generator).dense
    let numbers = Matrix<Double>.random(160, 4, using: &generator)
    let features = Matrix<Double>(rowCount: 160, columnCount: 304) {
      $1 < 300 ? words[$0, $1] : numbers[$0, $1 - 300]
    }
    let targets = (0..<160).map { features[$0, 7] + features[$0, 301] * features[$0, 302] }
    let kernel =
      0.5 * .columns(0..<300, .linear) + .columns(300..<304, .gaussian())
      + 0.1 * .columns(0..<300, .gaussian()) * .columns(300..<304, .laplacianL1())
    let sparse = FeatureMatrix.sparse(try SparseMatrix(features))
    func train(_ features: FeatureMatrix, threads: Int) throws -> SupportVectorRegressor {
      try SupportVectorRegressor.train(
        features: features, targets: targets, kernel: kernel, epsilon: 0.01,
        options: TrainingOptions(tolerance: 1e-8, threads: threads))
    }
    let first = try train(.dense(features), threads: 1)
    let second = try train(sparse, threads: 1)
    #expect(first.isConverged && second.isConverged)
    let expected = try first.predict(.dense(features))
    for (model, examples) in [(first, sparse), (second, sparse), (second, .dense(features))] {
      #expect(
        firstDifference(try model.predict(examples), expected, within: 1e-5) == nil,
        "seed \(Self.seed)")
    }
    for (model, features) in [(first, FeatureMatrix.dense(features)), (second, sparse)] {
      let again = try train(features, threads: 4).expansion
      #expect(again.dualCoefficients == model.expansion.dualCoefficients)
      #expect(again.biases == model.expansion.biases)
      #expect(
        try again.decisionValues(features, threads: 3)
          == model.expansion.decisionValues(features, threads: 1))
    }
  }

  /// A model file of a few lines may name two thousand million features.
  @Test func wideSparseModelsTakeMemoryByTheirEntries() throws {
    let width = Int(Int32.max)
    let gamma = 0.25
    func rows(_ columns: [[Int32]]) throws -> FeatureMatrix {
      var offsets = [0]
      for row in columns { offsets.append(offsets[offsets.count - 1] + row.count) }
      return .sparse(
        try SparseMatrix(
          rowCount: columns.count, columnCount: width, rowOffsets: offsets,
          columnIndices: columns.flatMap { $0 },
          values: Array(repeating: 1, count: offsets[offsets.count - 1])))
    }
    let expansion = try KernelExpansion(
      kernel: .sum([.gaussian(gamma: gamma), .scaled(10, .linear)]), featureCount: width,
      supportVectors: rows([[5, 2_000_000_000], [7]]), supportIndices: [0, 1],
      supportCounts: [1, 1],
      dualCoefficients: Matrix(rowCount: 1, columnCount: 2) { [1.0, -2][$1] + Double($0) },
      biases: [0.5], precision: .double)
    // The last one has a feature that no support vector has: distances count it.
    let values = try expansion.decisionValues(rows([[5], [], [7, 1_999_999_999]]))
    func e(_ squaredDistance: Double) -> Double { PlainExponential.value(-gamma * squaredDistance) }
    let expected = [
      0.5 + e(1) + 10 - 2 * e(2), 0.5 + e(2) - 2 * e(1), 0.5 + e(4) - 2 * e(1) - 20,
    ]
    #expect(firstDifference(values.elements, expected, within: 1e-13) == nil)
  }

  @Test func modelsThatCannotBeEvaluatedAreRefused() throws {
    func message(_ kernel: KernelFunction, rows: [Int] = [0, 4]) -> String {
      do {
        _ = try KernelExpansion(
          kernel: kernel, featureCount: 4,
          supportVectors: .dense(Matrix(rowCount: 2, columnCount: 4, repeating: 1)),
          supportIndices: rows, supportCounts: [1, 1],
          dualCoefficients: Matrix(rowCount: 1, columnCount: 2, repeating: 1), biases: [0],
          precision: .double)
        return "made"
      } catch {
        return error.description
      }
    }
    #expect(message(.columns(ColumnGroup(0..<4), .linear)) == "made")
    #expect(
      message(.columns(ColumnGroup(0..<5), .linear))
        == "a group of columns names column 4, counted from 0, of 4")
    #expect(
      message(.scaled(-1, .linear)) == "factor of a kernel: must be greater than 0, but is -1.0")
    #expect(
      message(.sum([.precomputed]))
        == "a precomputed kernel matrix of 5 × 4 was given; its rows need 5 columns, one for each "
        + "training example")
    #expect(message(.sum([.precomputed]), rows: [0, 3]) == "made")
    #expect(message(.sum([.precomputed]), rows: [0, Int.max]).contains("precomputed"))
  }

  @Test func trainingRefusesWhatDoesNotFitTheExamples() {
    let features = Matrix<Double>(rowCount: 4, columnCount: 3) { Double($0 * 3 + $1) }
    func train(_ kernel: Kernel) throws {
      _ = try SupportVectorRegressor.train(
        features: features, targets: [1, 2, 3, 4], kernel: kernel)
    }
    #expect(
      throws: TrainingError.kernel(
        .invalidComposition("a group of columns names column 3, counted from 0, of 3"))
    ) { try train(.columns(1..<4, .linear)) }
    #expect(
      throws: TrainingError.kernel(.precomputedShape(rows: 4, columns: 3, expected: 4))
    ) { try train(.precomputed + .linear) }
  }
}
