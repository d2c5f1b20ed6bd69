import Kernels
import LinearAlgebra
import TestSupport
import Testing

@Suite struct CompositeKernelTests {
  static let seed: UInt64 = 130

  private func message(_ kernel: Kernel, _ features: FeatureMatrix) -> String {
    do {
      return "resolved to \(try kernel.resolved(for: features))"
    } catch {
      return error.description
    }
  }

  private static let features = FeatureMatrix.dense(
    Matrix(rowCount: 2, columnCount: 4) { [[0.0, 2, 5, 9], [4, 6, 5, 9]][$0][$1] })

  // MARK: Column groups

  @Test func groupsAreRunsOfColumns() {
    #expect(ColumnGroup([0, 1, 2, 7, 4, 5]).ranges == [0..<3, 7..<8, 4..<6])
    #expect(ColumnGroup([3, 4]) == ColumnGroup(3..<5))
    #expect(ColumnGroup(3..<3).ranges.isEmpty)
    #expect(ColumnGroup([0, 1, 2, 7, 4, 5]).count == 6)
    #expect(ColumnGroup([Int.max, Int.max, Int.min]).count == 3)
    #expect(ColumnGroup(Int.min..<Int.max).count == Int.max)
  }

  // MARK: Resolution

  /// Columns 0 and 1 have mean 3 and variance 5; column 3 has none, which counts as 1.
  @Test func gammaScaleOfAGroupFollowsItsColumns() throws {
    let kernel =
      Kernel.columns(0..<2, .gaussian()) + 2 * .columns([3, 2], .gaussian(gamma: .auto))
      + .columns(2..<4, .columns([1], .laplacian()))
    let text = "\(try kernel.resolved(for: Self.features))"
    let expected = KernelFunction.sum([
      .columns(ColumnGroup(0..<2), .gaussian(gamma: 0.1)),
      .scaled(2, .columns(ColumnGroup([3, 2]), .gaussian(gamma: 0.5))),
      .columns(ColumnGroup(2..<4), .columns(ColumnGroup([1]), .laplacian(gamma: 1))),
    ])
    #expect(text == "\(expected)")
  }

  @Test func sumsProductsAndFactorsBecomeFlat() throws {
    let kernel = (Kernel.linear + .linear + .linear) * (2 * (3 * .linear)) * .sum([.linear])
    let expected = KernelFunction.product([
      .sum([.linear, .linear, .linear]), .scaled(6, .linear), .linear,
    ])
    #expect("\(try kernel.resolved(for: Self.features))" == "\(expected)")
  }

  @Test func whatCannotBePutTogetherIsRefusedInWords() throws {
    func message(_ kernel: Kernel) -> String { self.message(kernel, Self.features) }
    #expect(message(.sum([])) == "a sum of kernels is empty; it needs at least one")
    #expect(
      message(.linear * .product([])) == "a product of kernels is empty; it needs at least one")
    #expect(
      message(0 * .linear) == "factor of a kernel: must be greater than 0, but is 0.0")
    #expect(
      message(-1 * (-2 * .linear)) == "factor of a kernel: must be greater than 0, but is -1.0")
    #expect(
      message(.infinity * .linear) == "factor of a kernel: must be greater than 0, but is inf")
    #expect(
      message(1e300 * (1e300 * .linear))
        == "factor of a kernel: must be greater than 0, but is inf")
    #expect(
      message(.columns(2..<5, .linear))
        == "a group of columns names column 4, counted from 0, of 4")
    #expect(
      message(.columns([-1], .linear))
        == "a group of columns names column -1, counted from 0, of 4")
    #expect(
      message(.columns(0..<2, .columns([2], .linear)))
        == "a group of columns names column 2, counted from 0, of 2")
    #expect(
      message(.columns([1, 3, 1], .linear))
        == "a group of columns names column 1, counted from 0, twice")
    #expect(
      message(.columns(Int.min..<Int.max, .linear)).hasPrefix("a group of columns names column -9"))
    #expect(message(.columns([], .linear)) == "a group of columns is empty; it needs at least one")
    #expect(message(.linear + .gaussian(gamma: 0)) == "gamma: must be greater than 0, but is 0.0")
    #expect(
      message(.linear + .precomputed)
        == "a precomputed kernel matrix of 2 × 4 was given; its rows need 2 columns, one for each "
        + "training example")
    #expect(message(.linear + .columns(2..<4, .precomputed)).hasPrefix("resolved"))

    var deep = Kernel.linear
    for _ in 0..<11 { deep = .columns(0..<4, deep) }
    #expect(message(deep).hasPrefix("resolved"))
    #expect(message(.columns(0..<4, deep)) == "kernels are nested more than 12 deep")
    #expect(message(.sum(Array(repeating: .linear, count: 64))).hasPrefix("resolved"))
    #expect(
      message(.sum(Array(repeating: .linear, count: 65)))
        == "it is composed of more than 64 kernels")

    let wide = FeatureMatrix.sparse(
      try SparseMatrix(
        rowCount: 1, columnCount: 70_000, rowOffsets: [0, 1], columnIndices: [69_999], values: [1]))
    #expect(
      self.message(.linear + .laplacian(), wide)
        == "a laplacian kernel inside another has 70000 columns of sparse examples; at most 65536 "
        + "are computed")
    #expect(self.message(.linear + .columns(0..<9, .laplacian()), wide).hasPrefix("resolved"))
  }

  @Test func positiveSemidefinitenessComposes() {
    let sigmoid = KernelFunction.sigmoid(gamma: 1, constantTerm: 0)
    #expect(KernelFunction.sum([.linear, .gaussian(gamma: 1)]).isPositiveSemidefinite)
    #expect(!KernelFunction.sum([.linear, sigmoid]).isPositiveSemidefinite)
    #expect(!KernelFunction.product([sigmoid, .linear]).isPositiveSemidefinite)
    #expect(KernelFunction.scaled(2, .linear).isPositiveSemidefinite)
    #expect(!KernelFunction.scaled(-2, .linear).isPositiveSemidefinite)
    #expect(!KernelFunction.columns(ColumnGroup(0..<1), sigmoid).isPositiveSemidefinite)
  }

  // MARK: Tiles

  private func checkValues(_ features: FeatureMatrix, _ function: KernelFunction) throws {
    let count = features.rowCount
    let dense = features.dense
    let x = (0..<count).map { dense.row($0) }
    let single = try block(
      TiledKernel<Float>(features, function, threads: 2, memoryLimit: 0),
      rows: indices(count), columns: indices(count))
    let double = try block(
      TiledKernel<Double>(features, function, threads: 2, memoryLimit: 0),
      rows: indices(count), columns: indices(count))
    for i in 0..<count {
      for j in 0..<count {
        let expected = plainKernel(function, x[i], x[j])
        let bound = function.bound(x[i], x[j], roundoff: 1)
        #expect(
          isClose(single[i, j], expected, within: bound * 0x1p-23),
          "Float, \(i), \(j), seed \(Self.seed)")
        #expect(
          isClose(double[i, j], expected, within: bound * 0x1p-52),
          "Double, \(i), \(j), seed \(Self.seed)")
      }
    }
  }

  /// Groups of few stored entries stay sparse; others among them are stored densely.
  @Test func groupsOfSparseExamplesHoldTheFormula() throws {
    var generator = TestGenerator(seed: Self.seed)
    let thin = try SparseMatrix<Double>.random(60, 90, density: 0.06, using: &generator)
    let full = try SparseMatrix<Double>.random(60, 5, density: 0.9, using: &generator)
    let (left, right) = (thin.dense, full.dense)
    let both = Matrix<Double>(rowCount: 60, columnCount: 95) {
      $1 < 90 ? left[$0, $1] : right[$0, $1 - 90]
    }
    let backwards = ColumnGroup(Array((0..<90).reversed()))
    let function = KernelFunction.sum([
      .columns(backwards, .gaussian(gamma: 0.1)),
      .product([
        .columns(ColumnGroup(0..<90), .polynomial(degree: 2, gamma: 0.1, constantTerm: 1)),
        .columns(ColumnGroup(90..<95), .laplacian(gamma: 0.4)),
      ]),
      .scaled(0.1, .columns(backwards, .laplacianL1(gamma: 0.1))),
    ])
    try checkValues(.sparse(try SparseMatrix(both)), function)
    try checkValues(.dense(both), function)
  }

  /// Features that no example has take no memory.
  @Test func wideSparseExamplesHoldTheFormula() throws {
    var generator = TestGenerator(seed: Self.seed)
    let width = Int(Int32.max)
    let thin = try SparseMatrix<Double>.random(40, 30, density: 0.2, using: &generator)
    func spread(_ columnCount: Int, by step: Int32) throws -> FeatureMatrix {
      .sparse(
        try SparseMatrix(
          rowCount: 40, columnCount: columnCount, rowOffsets: thin.rowOffsets,
          columnIndices: thin.columnIndices.map { $0 * step }, values: thin.values))
    }
    func function(_ columns: Range<Int>) -> KernelFunction {
      .sum([
        .columns(ColumnGroup(columns), .gaussian(gamma: 0.1)),
        .product([.linear, .polynomial(degree: 2, gamma: 0.1, constantTerm: 1)]),
      ])
    }
    let far = TiledKernel<Double>(
      try spread(width, by: 70_000_000), function(60_000_000..<1_500_000_000), threads: 1,
      memoryLimit: 0)
    let near = TiledKernel<Double>(
      try spread(30, by: 1), function(1..<22), threads: 1, memoryLimit: 0)
    let values = try block(far, rows: indices(40), columns: indices(40))
    let expected = try block(near, rows: indices(40), columns: indices(40))
    #expect(firstDifference(values, expected, within: 1e-13) == nil, "seed \(Self.seed)")
  }

  @Test func precomputedAndCustomPartsAreTiles() throws {
    var generator = TestGenerator(seed: Self.seed)
    let x = Matrix<Double>.random(70, 6, using: &generator)
    let inner = KernelFunction.polynomial(degree: 2, gamma: 0.3, constantTerm: 1)
    let gaussian = KernelFunction.gaussian(gamma: 0.2)
    let gram = plainKernelMatrix(inner, x)
    // The kernel matrix, and behind it the features.
    let features = Matrix<Double>(rowCount: 70, columnCount: 76) {
      $1 < 70 ? gram[$0, $1] : x[$0, $1 - 70]
    }
    let own = CustomKernel(name: "own", isPositiveSemidefinite: true) { gaussian.value($0, $1) }
    let function = KernelFunction.product([
      .columns(ColumnGroup(0..<70), .precomputed),
      .columns(ColumnGroup(70..<76), .custom(own)),
    ])
    let expected = plainKernelMatrix(.product([inner, gaussian]), x)
    let whole = TiledKernel<Double>(.dense(features), function, threads: 2, memoryLimit: 1 << 20)
    #expect(
      firstDifference(
        try block(whole, rows: indices(70), columns: indices(70)), expected, within: 1e-12) == nil,
      "seed \(Self.seed)")
    // Of some examples, precomputed parts keep their columns.
    let rows = [60, 3, 4, 5, 31]
    let part = TiledKernel<Double>(
      FeatureMatrix.dense(features).gatheringRows(rows), function.choosingExamples(rows),
      threads: 1, memoryLimit: 0)
    let chosen = Matrix<Double>(rowCount: 5, columnCount: 5) { expected[rows[$0], rows[$1]] }
    #expect(
      firstDifference(
        try block(part, rows: indices(5), columns: indices(5)), chosen, within: 1e-12) == nil,
      "seed \(Self.seed)")
  }

  @Test func sumsOfCompositesHaveTheSameBitsForAnyThreadsAndMemory() throws {
    var generator = TestGenerator(seed: Self.seed)
    let features = FeatureMatrix.dense(Matrix<Double>.random(600, 130, using: &generator))
    let rows = indices(600).filter { $0 % 3 != 1 }
    let coefficients = rows.map { _ in generator.normal() }
    func sums(_ function: KernelFunction, threads: Int, memoryLimit: Int) throws -> [Double] {
      let kernel = TiledKernel<Float>(
        features, function, threads: threads, memoryLimit: memoryLimit)
      var sums = [Double](repeating: 0, count: 600)
      for _ in 0..<5 { #expect(try accumulate(kernel, rows: rows, coefficients, into: &sums)) }
      return sums
    }
    for function in composites(featureCount: 130) {
      let expected = try sums(function, threads: 1, memoryLimit: 0)
      for (threads, memoryLimit) in [(2, 0), (4, 0), (1, 1 << 30), (3, 400_000)] {
        let found = try sums(function, threads: threads, memoryLimit: memoryLimit)
        #expect(found == expected, "\(function), \(threads) threads, seed \(Self.seed)")
      }
    }
  }

  // MARK: What precision rests on

  @Test func theEstimateOfRoundingFollowsTheFormula() throws {
    let features = FeatureMatrix.dense(Matrix(rowCount: 3, columnCount: 2, repeating: 2))
    func rounding(_ function: KernelFunction) -> Double {
      TiledKernel<Float>(features, function, threads: 1, memoryLimit: 0).rounding
    }
    let unit = 0x1p-24
    // ‖x‖² = 8.
    #expect(rounding(.linear) == 8 * unit)
    #expect(rounding(.scaled(10, .linear)) == 160 * unit)
    #expect(rounding(.sum([.linear, .linear])) == 32 * unit)
    #expect(isClose(rounding(.product([.linear, .linear])), 192 * unit, relative: 1e-6))
  }

  @Test func largestMagnitudesAndCancellationLookAtAllParts() {
    let features = FeatureMatrix.dense(
      Matrix(rowCount: 4, columnCount: 40) { $0 == 0 ? 1e6 : Double($1) })
    let group = ColumnGroup(0..<30)
    #expect(
      KernelMagnitudes.cancels(features, .sum([.linear, .columns(group, .gaussian(gamma: 1))])))
    #expect(!KernelMagnitudes.cancels(features, .sum([.linear, .laplacian(gamma: 1)])))
    // Few dense features are compared by differences.
    #expect(!KernelMagnitudes.cancels(features, .columns(ColumnGroup(0..<3), .gaussian(gamma: 1))))
    #expect(KernelMagnitudes.largest(features, .linear) == 40e12)
    #expect(
      KernelMagnitudes.largest(features, .product([.linear, .scaled(10, .linear)])) == 16e27)
    #expect(
      KernelMagnitudes.largest(features, .scaled(1e35, .sigmoid(gamma: 1, constantTerm: 0))) == 1e35
    )
  }
}
