import KernelMethods
import TestSupport
import Testing

@Suite struct FeatureMapTests {
  static let seed: UInt64 = 75

  @Test(arguments: try MethodReferences().nystroem)
  func nystroemAgreesWithScikitLearn(_ reference: MethodReferences.Nystroem) throws {
    let (features, _) = try MethodReferences.examples("wine")
    let map = try NystroemMap.fit(
      features: .dense(features), kernel: referenceKernel(reference.kernel, reference.parameters),
      landmarkIndices: reference.landmarks)
    // Features are known up to a rotation; the kernel values that they stand for are what agrees.
    let expected = try Matrix(rows: reference.features)
    let found = try map(.dense(features.rows(0..<expected.rowCount)))
    let difference = firstDifference(
      try found.gramMatrix(of: .rows), try expected.gramMatrix(of: .rows), within: 1e-8)
    #expect(difference == nil)
    #expect(map.landmarkIndices.sorted() == reference.landmarks.sorted())
  }

  /// A kernel matrix with negative eigenvalues is approached on the space of the others, as before.
  @Test func kernelsThatAreNotSemidefiniteHaveARootToo() throws {
    let examples = TestExamples.clouds(40, features: 3, seed: Self.seed)
    let kernel = KernelFunction.sigmoid(gamma: 0.7, constantTerm: 0.5)
    let map = try NystroemMap.fit(
      features: .dense(examples.features), kernel: kernel.request,
      landmarkIndices: Array(0..<40))
    let eigen = try SymmetricEigen(plainKernelMatrix(kernel, examples.features))
    #expect(eigen.values[0] < -1e-3)
    let expected = Matrix<Double>(rowCount: 40, columnCount: 40) { row, column in
      eigen.values.indices.reduce(0) {
        $0 + max(eigen.values[$1], 0) * eigen.vectors[$1, row] * eigen.vectors[$1, column]
      }
    }
    let products = try map(.dense(examples.features)).gramMatrix(of: .rows)
    #expect(firstDifference(products, expected, within: 1e-8) == nil)
    #expect(map.landmarkIndices == Array(0..<40))
    // Values that somebody else computed may be of such a kernel, too.
    let values = plainKernelMatrix(kernel, examples.features)
    let other = try NystroemMap.fit(
      features: .dense(values), kernel: .precomputed, landmarkIndices: Array(0..<40))
    let found = try other(.dense(values)).gramMatrix(of: .rows)
    #expect(firstDifference(found, expected, within: 1e-8) == nil)
  }

  /// A triangular normalization is multiplied strip by strip.
  @Test func stripsOfFeaturesAreThoseOfOneProduct() throws {
    let examples = TestExamples.clouds(700, features: 12, seed: Self.seed)
    let map = try NystroemMap.fit(
      features: .dense(examples.features), kernel: .laplacian(gamma: 0.4), componentCount: 600,
      seed: 8)
    let landmarks = map.landmarkIndices.map { examples.features.row($0) }
    let found = try map(.dense(examples.features.rows(0..<20)))
    for row in 0..<20 {
      let values = landmarks.map {
        plainKernel(.laplacian(gamma: 0.4), examples.features.row(row), $0)
      }
      for feature in [0, 1, 255, 256, 257, 511, 512, 599] {
        let expected = (0..<600).reduce(0) { $0 + map.normalization[feature, $1] * values[$1] }
        #expect(abs(found[row, feature] - expected) < 1e-10)
      }
    }
  }

  @Test func nystroemIsExactAtTheLandmarks() throws {
    let examples = TestExamples.clouds(50, features: 3, seed: Self.seed)
    let map = try FeatureMap.Method.nystroem.fit(
      features: .dense(examples.features), kernel: .laplacian(gamma: 0.5),
      componentCount: 50, seed: 3)
    let products = try map(.dense(examples.features)).gramMatrix(of: .rows)
    let kernel = plainKernelMatrix(
      .laplacian(gamma: 0.5), examples.features)
    #expect(firstDifference(products, kernel, within: 1e-10) == nil)
  }

  @Test func linearWeightsBecomeAnExpansionOverTheLandmarks() throws {
    let examples = TestExamples.clouds(300, features: 4, seed: Self.seed)
    let map = try NystroemMap.fit(
      features: .dense(examples.features), kernel: .gaussian(gamma: 0.2), componentCount: 30,
      seed: 1)
    var generator = TestGenerator(seed: 9)
    let weights = Matrix<Double>.random(3, 30, using: &generator)
    let expansion = try map.expansion(weights: weights, biases: [1, -2, 0.5])
    let features = try map(.dense(examples.features))
    let expected = Matrix<Double>(rowCount: 300, columnCount: 3) { row, output in
      (0..<30).reduce([1, -2, 0.5][output]) {
        $0 + weights[output, $1] * features[row, $1]
      }
    }
    let found = try expansion.decisionValues(.dense(examples.features))
    #expect(firstDifference(found, expected, within: 1e-8) == nil)
    #expect(throws: ModelError.self) {
      try map.expansion(weights: Matrix(rowCount: 1, columnCount: 29, repeating: 0), biases: [0])
    }
  }

  @Test(arguments: [
    Kernel.gaussian(gamma: 0.2), .laplacianL1(gamma: 0.2), .laplacian(gamma: 0.4),
  ])
  func fourierFeaturesApproachTheKernel(kernel: Kernel) throws {
    let examples = TestExamples.clouds(30, features: 3, seed: Self.seed)
    let map = try RandomFourierMap.fit(
      features: .dense(examples.features), kernel: kernel, componentCount: 20_000, seed: 11)
    let products = try map(.dense(examples.features)).gramMatrix(of: .rows)
    let exact = plainKernelMatrix(map.kernel, examples.features)
    // Each product is a mean of 20 000 terms between −2 and 2 with deviation at most 1: 0.05 is seven
    // standard deviations.
    #expect(firstDifference(products, exact, within: 0.05) == nil)
    let first = map.frequencies.elements.first
    let other = try RandomFourierMap.fit(
      features: .dense(examples.features), kernel: kernel, componentCount: 20_000, seed: 12)
    #expect(other.frequencies.elements.first != first)
  }

  @Test(arguments: FeatureMap.Method.allCases)
  func sparseExamplesAndThreadsChangeNothing(method: FeatureMap.Method) throws {
    let examples = TestExamples.clouds(700, features: 30, seed: Self.seed)
    // A good part of the features is 0.
    let features = Matrix<Double>(rowCount: 700, columnCount: 30) {
      examples.features[$0, $1] > 0.8 ? examples.features[$0, $1] : 0
    }
    let map = try method.fit(
      features: .dense(features), kernel: .gaussian(gamma: 0.1), componentCount: 60,
      seed: 4)
    let dense = try map(.dense(features), threads: 1)
    #expect(dense.columnCount == 60)
    #expect(try map(.dense(features), threads: 3) == dense)
    let sparse = FeatureMatrix.sparse(try SparseMatrix(features))
    #expect(firstDifference(try map(sparse), dense, within: 1e-8) == nil)
    let fitted = try method.fit(
      features: sparse, kernel: .gaussian(gamma: 0.1), componentCount: 60, seed: 4)
    #expect(firstDifference(try fitted(.dense(features)), dense, within: 1e-8) == nil)
    #expect(throws: ModelError.featureCount(found: 2, expected: 30)) {
      try map(.dense(Matrix(rowCount: 1, columnCount: 2, repeating: 0)))
    }
  }

  @Test func landmarksThatRepeatAreLeftOut() throws {
    let features = try Matrix<Double>(rows: [[0], [0], [1], [1]])
    let map = try NystroemMap.fit(
      features: .dense(features), kernel: .gaussian(gamma: 1), landmarkIndices: [0, 1, 2])
    let found = try map(.dense(features))
    let kernel = plainKernelMatrix(.gaussian(gamma: 1), features)
    #expect(firstDifference(try found.gramMatrix(of: .rows), kernel, within: 1e-12) == nil)
    #expect(found.columnCount == 3)
    #expect((0..<4).allSatisfy { found[$0, 2] == 0 })
  }

  @Test func cosinesOfLargeArgumentsAreCosines() throws {
    let kernel = KernelFunction.gaussian(gamma: 1)
    for scale in [1.0, 1e4, 1e6, 1e9] {
      let frequencies = Matrix<Double>(rowCount: 1, columnCount: 999) {
        (Double($1) - 499) / 499 * scale
      }
      let map = try RandomFourierMap(
        kernel: kernel, frequencies: frequencies, phases: Array(repeating: 0, count: 999))
      let found = try map(.dense(Matrix(rowCount: 1, columnCount: 1, repeating: 1)))
      let factor = (2 / 999.0).squareRoot()
      let expected = frequencies.elements.map { factor * PlainCosine.value($0) }
      #expect(firstDifference(found.elements, expected, within: 2e-15) == nil, "scale \(scale)")
    }
  }

  @Test func mapsThatCannotBeMadeAreRefused() throws {
    let features = FeatureMatrix.dense(
      Matrix(rowCount: 3, columnCount: 1) { row, _ in Double(row) })
    #expect(throws: TrainingError.self) {
      try FeatureMap.Method.nystroem.fit(features: features, kernel: .linear, componentCount: 4)
    }
    #expect(
      throws: TrainingError.unsuitableKernel(
        method: "random Fourier features", kernel: "linear",
        expected:
          "the kernel \(listed(KernelCatalog.formulas.filter { $0.hasSpectrum }.map { $0.name }))")
    ) {
      try FeatureMap.Method.randomFourier.fit(
        features: features, kernel: .linear, componentCount: 4)
    }
    #expect(throws: ModelError.self) {
      try RandomFourierMap(
        kernel: .gaussian(gamma: 1), frequencies: Matrix(rowCount: 1, columnCount: 2, repeating: 0),
        phases: [0])
    }
    #expect(throws: ModelError.self) {
      try NystroemMap(
        kernel: .gaussian(gamma: 1), featureCount: 1,
        landmarks: .dense(Matrix(rowCount: 2, columnCount: 1, repeating: 0)),
        landmarkIndices: [0, 1], normalization: .identity(3))
    }
  }
}
