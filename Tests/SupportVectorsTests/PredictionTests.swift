import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport
import Testing

@Suite struct PredictionTests {
  static let seed: UInt64 = 210
  static let kernels = Kernel.catalogue

  /// Σ coefficient · κ + bias of each pair, by plain code, with the scale of its rounding.
  private func plainDecisions(_ expansion: KernelExpansion, _ features: Matrix<Double>) -> (
    values: Matrix<Double>, scale: Double
  ) {
    let kernel = plainKernelMatrix(expansion.kernel, expansion.supportVectors.dense, features)
    var group: [Int] = []
    for (index, count) in expansion.supportCounts.enumerated() {
      group += Array(repeating: index, count: count)
    }
    var pairs: [(Int, Int)] = []
    for earlier in expansion.supportCounts.indices {
      for later in expansion.supportCounts.indices where later > earlier {
        pairs.append((earlier, later))
      }
    }
    var scale = 0.0
    let values = Matrix<Double>(
      rowCount: features.rowCount, columnCount: expansion.biases.count
    ) { row, pair in
      var sum = expansion.biases[pair]
      var magnitude = 0.0
      for s in group.indices {
        let output: Int
        if expansion.biases.count == 1 {
          output = 0
        } else if group[s] == pairs[pair].0 {
          output = pairs[pair].1 - 1
        } else if group[s] == pairs[pair].1 {
          output = pairs[pair].0
        } else {
          continue
        }
        let term = expansion.dualCoefficients[output, s] * kernel[s, row]
        sum += term
        magnitude += max(abs(term), abs(expansion.dualCoefficients[output, s]))
      }
      scale = max(scale, magnitude)
      return sum
    }
    return (values, scale)
  }

  @Test(arguments: [["a", "b"], ["a", "b", "c", "d"]])
  func decisionValuesAreThePlainSums(classes: [String]) throws {
    let examples = TestExamples.clouds(200, features: 5, classes: classes, seed: Self.seed)
    for kernel in Self.kernels {
      let model = try SupportVectorClassifier.train(
        features: examples.features, labels: examples.labels, kernel: kernel, boxConstraint: 5)
      let (expected, scale) = plainDecisions(model.expansion, examples.features)
      for (precision, bound) in [(Precision.single, 1e-6), (.double, 1e-12)] {
        var expansion = model.expansion
        expansion.precision = precision
        let found = try expansion.decisionValues(.dense(examples.features))
        #expect(
          firstDifference(found, expected, within: bound * scale) == nil,
          "\(kernel), \(precision), seed \(Self.seed)")
        // In batches of any size, of whatever storage.
        for size in [1, 2, 7, 150] {
          for first in stride(from: 0, to: 20, by: size) {
            let rows = Array(first..<min(first + size, 200))
            let batch = examples.features.gatheringRows(rows)
            for features in [FeatureMatrix.dense(batch), .sparse(try SparseMatrix(batch))] {
              let part = try expansion.decisionValues(features)
              #expect(
                firstDifference(
                  part, expected.gatheringRows(rows), within: bound * scale) == nil,
                "\(kernel), \(precision), batches of \(size), seed \(Self.seed)")
            }
          }
        }
      }
    }
  }

  @Test func decisionValuesHaveTheSameBitsForAnyThreads() throws {
    let examples = TestExamples.clouds(
      900, features: 5, classes: ["a", "b", "c"], seed: Self.seed)
    let model = try SupportVectorClassifier.train(
      features: examples.features, labels: examples.labels)
    let expected = try model.decisionValues(.dense(examples.features), threads: 1)
    for threads in [2, 3, 4, 16] {
      let found = try model.decisionValues(.dense(examples.features), threads: threads)
      #expect(firstDifference(found, expected, within: 0) == nil, "\(threads) threads")
    }
  }

  @Test(arguments: [["a", "b"], ["a", "b", "c", "d"]])
  func aBatchOfAnySizeGivesTheSameBits(classes: [String]) throws {
    let examples = TestExamples.clouds(300, features: 5, classes: classes, seed: Self.seed)
    let features = examples.features
    for kernel in Self.kernels {
      let model = try SupportVectorClassifier.train(
        features: features, labels: examples.labels, kernel: kernel, boxConstraint: 5)
      for precision in [Precision.single, .double] {
        var expansion = model.expansion
        expansion.precision = precision
        let whole = try expansion.decisionValues(.dense(features))
        let place: Comment = "\(kernel), \(precision), seed \(Self.seed)"
        for size in [1, 2, 7, 49] {
          for first in stride(from: 0, to: 100, by: size) {
            let rows = Array(first..<first + size)
            let part = try expansion.decisionValues(.dense(features.gatheringRows(rows)))
            #expect(part == whole.gatheringRows(rows), "batches of \(size), \(place)")
          }
        }
        for row in 0..<20 {
          #expect(
            try expansion.decisionValues(ofExample: features.row(row)) == whole.row(row), place)
        }
      }
      let labels = try model.predict(features)
      for row in 0..<20 {
        #expect(try model.predict(example: features.row(row)) == labels[row], "\(kernel)")
      }
    }
  }

  @Test(arguments: [Kernel.linear, .gaussian(gamma: 0.01), .laplacian(gamma: 0.1)])
  func aModelOfFewNumbersMayNameManyFeatures(kernel: Kernel) throws {
    let width = Int(Int32.max)
    let features = FeatureMatrix.sparse(
      try SparseMatrix(
        rowCount: 2, columnCount: width, rowOffsets: [0, 1, 2],
        columnIndices: [3, Int32(width - 1)], values: [1, 2]))
    let narrow = try Matrix<Double>(rows: [[1, 0], [0, 2]])
    let expected = try SupportVectorClassifier.train(
      features: narrow, labels: ["a", "b"], kernel: kernel)
    let expansion = try KernelExpansion(
      kernel: expected.expansion.kernel, featureCount: width, supportVectors: features,
      supportIndices: [0, 1], supportCounts: [1, 1],
      dualCoefficients: expected.expansion.dualCoefficients, biases: expected.expansion.biases,
      precision: .double)
    var plain = expected.expansion
    plain.precision = .double
    let found = try expansion.decisionValues(features)
    #expect(firstDifference(found, try plain.decisionValues(.dense(narrow)), within: 1e-12) == nil)
  }

  @Test func manyClassesOfWideSparseExamplesGiveThePlainSums() throws {
    var generator = TestGenerator(seed: Self.seed)
    let names = (0..<24).map { "class \($0)" }
    let sparse = try SparseMatrix<Double>.random(144, 6000, density: 0.004, using: &generator)
    let labels = (0..<144).map { names[$0 % 24] }
    for kernel in [Kernel.linear, .gaussian(), .laplacianL1()] {
      let model = try SupportVectorClassifier.train(
        features: .sparse(sparse), labels: labels, kernel: kernel)
      let (expected, scale) = plainDecisions(model.expansion, sparse.dense)
      for (precision, bound) in [(Precision.single, 1e-6), (.double, 1e-12)] {
        var expansion = model.expansion
        expansion.precision = precision
        let whole = try expansion.decisionValues(.sparse(sparse))
        #expect(
          firstDifference(whole, expected, within: bound * scale) == nil,
          "\(kernel), \(precision), seed \(Self.seed)")
        #expect(try expansion.decisionValues(.dense(sparse.dense)) == whole)
        for row in 0..<5 {
          #expect(
            try expansion.decisionValues(ofExample: sparse.dense.row(row)) == whole.row(row))
        }
      }
      let voted = model.classIndices(
        decisionValues: try model.decisionValues(.sparse(sparse)))
      #expect(try model.predict(.sparse(sparse)) == voted.map { model.classes[$0] })
    }
  }

  @Test(arguments: [1, 2, 3, 17])
  func outputsInWhichEverySupportVectorTakesPartAreThePlainSums(outputCount: Int) throws {
    var generator = TestGenerator(seed: Self.seed)
    let vectors = Matrix<Double>.random(150, 5, using: &generator)
    let examples = Matrix<Double>.random(90, 5, using: &generator)
    let coefficients = Matrix<Double>.random(outputCount, 150, using: &generator)
    let biases = (0..<outputCount).map { _ in generator.normal() }
    let product = CustomKernel(name: "product", isPositiveSemidefinite: true) { x, z in
      (0..<x.count).reduce(0) { $0 + x[$1] * z[$1] }
    }
    let kernels: [(KernelFunction, plain: KernelFunction)] = [
      (.linear, .linear), (.gaussian(gamma: 0.2), .gaussian(gamma: 0.2)),
      (.custom(product), .linear),
    ]
    for (kernel, plain) in kernels {
      let values = plainKernelMatrix(plain, vectors, examples)
      let expected = Matrix<Double>(rowCount: 90, columnCount: outputCount) { row, output in
        (0..<150).reduce(biases[output]) { $0 + coefficients[output, $1] * values[$1, row] }
      }
      for (precision, bound) in [(Precision.single, 1e-4), (.double, 1e-11)] {
        let expansion = try KernelExpansion(
          kernel: kernel, featureCount: 5, supportVectors: .dense(vectors),
          supportIndices: Array(0..<150), supportCounts: [70, 80], dualCoefficients: coefficients,
          biases: biases, precision: precision, layout: .outputs)
        let found = try expansion.decisionValues(.dense(examples))
        #expect(
          firstDifference(found, expected, within: bound) == nil,
          "\(kernel.name), \(precision), seed \(Self.seed)")
        let sparse = try expansion.decisionValues(.sparse(try SparseMatrix(examples)), threads: 1)
        #expect(firstDifference(sparse, expected, within: bound) == nil)
        // A function's tiles are the one way whose bits depend on the company.
        if kernel.name != product.name {
          #expect(
            try expansion.decisionValues(ofExample: examples.row(3)) == found.row(3),
            "\(kernel.name), \(precision)")
        }
      }
    }
  }

  @Test func oneExampleIsRefusedInTheSameWords() throws {
    let features = try Matrix<Double>(rows: [[0, 1], [1, 0]])
    let model = try SupportVectorClassifier.train(features: features, labels: ["a", "b"])
    #expect(throws: ModelError.featureCount(found: 3, expected: 2)) {
      try model.predict(example: [1, 2, 3])
    }
    #expect(throws: ModelError.featureCount(found: 0, expected: 2)) {
      try model.predict(example: [])
    }
    #expect(throws: ModelError.notFinite(row: 0, column: 1, value: .infinity)) {
      try model.predict(example: [1, .infinity])
    }
    let only = try SupportVectorClassifier.train(features: features, labels: ["a", "a"])
    #expect(try only.predict(example: [1, 2]) == "a")
    let regressor = try SupportVectorRegressor.train(features: features, targets: [1, 2])
    #expect(
      try regressor.predict(example: [0, 1]) == regressor.predict(features.rows(0..<1))[0])
  }

  @Test func manyThreadsPredictOneExampleEachAtTheSameTime() async throws {
    let examples = TestExamples.clouds(
      200, features: 5, classes: ["a", "b", "c"], seed: Self.seed)
    let model = try SupportVectorClassifier.train(
      features: examples.features, labels: examples.labels)
    let expected = try model.decisionValues(.dense(examples.features))
    let found = try await withThrowingTaskGroup(of: (Int, [Double]).self) { group in
      for row in 0..<200 {
        group.addTask {
          (row, try model.expansion.decisionValues(ofExample: examples.features.row(row)))
        }
      }
      var found = [[Double]](repeating: [], count: 200)
      for try await (row, values) in group { found[row] = values }
      return found
    }
    for row in 0..<200 { #expect(found[row] == expected.row(row)) }
  }

  @Test func sparseTrainingEqualsDense() throws {
    var generator = TestGenerator(seed: Self.seed)
    let sparse = try SparseMatrix<Double>.random(250, 30, density: 0.2, using: &generator)
    let labels = (0..<250).map { sparse.dense[$0, 0] + sparse.dense[$0, 1] > 0.1 ? "yes" : "no" }
    for kernel in Self.kernels {
      let one = try SupportVectorClassifier.train(
        features: .sparse(sparse), labels: labels, kernel: kernel,
        options: TrainingOptions(tolerance: 1e-6))
      let other = try SupportVectorClassifier.train(
        features: .dense(sparse.dense), labels: labels, kernel: kernel,
        options: TrainingOptions(tolerance: 1e-6))
      let difference = firstDifference(
        try one.decisionValues(.dense(sparse.dense)), try other.decisionValues(.sparse(sparse)),
        within: 1e-4)
      #expect(difference == nil, "\(kernel), seed \(Self.seed)")
    }
  }

  @Test func regressorsPredictThePlainSums() throws {
    var generator = TestGenerator(seed: Self.seed)
    let features = Matrix<Double>.random(150, 3, using: &generator)
    let targets = TestExamples.targets(features, noise: 0.1, seed: Self.seed)
    let model = try SupportVectorRegressor.train(features: features, targets: targets)
    let (expected, scale) = plainDecisions(model.expansion, features)
    #expect(
      firstDifference(
        try model.predict(features), expected.elements, within: 1e-6 * scale) == nil)
  }

  // MARK: Signs

  @Test(arguments: [
    ["-1", "1"], ["0", "1"], ["no", "yes"], ["+1", "2"], ["9", "10"], ["A", "a"],
  ])
  func aPositiveDecisionValueIsTheLaterClass(classes: [String]) throws {
    let features = try Matrix<Double>(rows: [[-2], [-1], [1], [2]])
    for flipped in [false, true] {
      let (left, right) = flipped ? (classes[1], classes[0]) : (classes[0], classes[1])
      let model = try SupportVectorClassifier.train(
        features: features, labels: [left, left, right, right], kernel: .linear)
      let decisions = try model.decisionValues(.dense(features))
      // The later class lies right unless flipped.
      #expect((decisions[3, 0] > 0) != flipped, "\(classes)")
      #expect((decisions[0, 0] < 0) != flipped, "\(classes)")
      let predictions = try model.predict(features)
      let found = predictions.map { ClassTable.index(of: $0, in: model.classes) }
      #expect(found == (flipped ? [1, 1, 0, 0] : [0, 0, 1, 1]), "\(classes)")
    }
  }

  @Test func biasIsAddedToTheSum() throws {
    // The boundary lies at 3: d(x) = x − 3.
    let features = try Matrix<Double>(rows: [[2], [4]])
    let model = try SupportVectorClassifier.train(
      features: features, labels: ["no", "yes"], kernel: .linear, boxConstraint: 10)
    #expect(isClose(model.expansion.biases[0], -3, within: 1e-6))
    #expect(model.expansion.dualCoefficients.elements == [-0.5, 0.5])
    #expect(model.expansion.supportIndices == [0, 1])
    let decisions = try model.decisionValues(.dense(features)).elements
    #expect(firstDifference(decisions, [-1.0, 1], within: 1e-6) == nil)
  }

  // MARK: Votes

  @Test func theEarliestClassWinsATieOfVotes() throws {
    let features = try Matrix<Double>(rows: [[0, 1], [1, 0], [-1, -1]])
    let model = try SupportVectorClassifier.train(
      features: features, labels: ["a", "b", "c"], kernel: .linear)
    // Pairs are (a, b), (a, c), (b, c): a beats b, c beats a, b beats c.
    let decisions = try Matrix<Double>(rows: [
      [-1, 1, -1], [1, -1, 1], [-1, -1, -1], [1, 1, 1], [1, 1, -1], [0, 0, 0],
    ])
    #expect(model.classIndices(decisionValues: decisions) == [0, 0, 0, 2, 1, 0])
  }

  @Test func featuresThatDoNotFitAreRefusedInWords() throws {
    let features = try Matrix<Double>(rows: [[0, 1], [1, 0]])
    let model = try SupportVectorClassifier.train(features: features, labels: ["a", "b"])
    #expect(throws: ModelError.featureCount(found: 3, expected: 2)) {
      try model.predict(Matrix(rowCount: 1, columnCount: 3, repeating: 0))
    }
    #expect(
      ModelError.featureCount(found: 3, expected: 2).description
        == "features have 3 columns, but the model was trained on 2")
    #expect(throws: ModelError.notFinite(row: 1, column: 0, value: -.infinity)) {
      try model.predict(Matrix(rows: [[0, 1], [-.infinity, .infinity]]))
    }
    #expect(
      ModelError.notFinite(row: 1, column: 0, value: -.infinity).description
        == "row 2, feature 1 is -inf; every feature needs a finite number")
    #expect(try model.predict(Matrix(rowCount: 0, columnCount: 2, repeating: 0)).isEmpty)
  }

  // MARK: Kernels of the caller

  @Test func ownAndPrecomputedKernelsTrainAndPredict() throws {
    let examples = TestExamples.clouds(
      120, features: 3, classes: ["a", "b", "c"], seed: Self.seed)
    let function = KernelFunction.gaussian(gamma: 0.3)
    let own = CustomKernel(name: "own", isPositiveSemidefinite: true) { function.value($0, $1) }
    let kernel = plainKernelMatrix(function, examples.features)
    let options = TrainingOptions(tolerance: 1e-6)
    let expected = try SupportVectorClassifier.train(
      features: examples.features, labels: examples.labels, kernel: .gaussian(gamma: 0.3),
      options: options)
    let custom = try SupportVectorClassifier.train(
      features: examples.features, labels: examples.labels, kernel: .custom(own), options: options)
    let precomputed = try SupportVectorClassifier.train(
      features: kernel, labels: examples.labels, kernel: .precomputed, options: options)
    let decisions = try expected.decisionValues(.dense(examples.features))
    #expect(
      firstDifference(
        try custom.decisionValues(.dense(examples.features)), decisions, within: 1e-5) == nil)
    #expect(
      firstDifference(try precomputed.decisionValues(.dense(kernel)), decisions, within: 1e-5)
        == nil)
    for model in [custom, precomputed] {
      let example = model.expansion.featureCount == 3 ? examples.features.row(4) : kernel.row(4)
      #expect(
        firstDifference(
          try model.expansion.decisionValues(ofExample: example), decisions.row(4), within: 1e-5)
          == nil)
    }
    #expect(throws: TrainingError.self) {
      try SupportVectorClassifier.train(
        features: examples.features, labels: examples.labels, kernel: .precomputed)
    }
  }
}
