import LinearAlgebra
import TestSupport
import Testing

@Suite struct SparseMatrixProductsTests {
  @Test(arguments: Shape.all, Transposing.allCases)
  func productsStayWithinTheErrorBound(shape: Shape, transposing: Transposing) throws {
    for density in [0.05, 0.5, 1] {
      try check(Float.self, shape, transposing, density)
      try check(Double.self, shape, transposing, density)
    }
  }

  private func check<Scalar: BLASScalar>(
    _: Scalar.Type, _ shape: Shape, _ transposing: Transposing, _ density: Double
  ) throws {
    let seed: UInt64 = 17
    var generator = TestGenerator(seed: seed)
    let leftTransposed = transposing == .left || transposing == .both
    let rightTransposed = transposing == .right || transposing == .both
    let (rows, columns) = leftTransposed ? (shape.k, shape.m) : (shape.m, shape.k)
    let left = try SparseMatrix<Scalar>.random(rows, columns, density: density, using: &generator)
    let right = Matrix<Scalar>.random(
      (rightTransposed ? shape.n : shape.k) + 1, rightTransposed ? shape.k : shape.n,
      using: &generator
    ).rows(1..<(rightTransposed ? shape.n : shape.k) + 1)
    let plain = PlainProduct(left.dense, right, transposing)
    let product = try left.multiplied(by: right, transposing: transposing)
    let difference = firstDifference(product, plain.product) { plain.bound(Scalar.self, $0, $1) }
    #expect(difference == nil, "\(Scalar.self), density \(density), seed \(seed)")

    let vector = (0..<shape.k).map { _ in Scalar(generator.normal()) }
    let column = try Matrix(rowCount: shape.k, columnCount: 1, elements: vector)
    let plainVector = PlainProduct(left.dense, column, leftTransposed ? .left : .neither)
    let vectorProduct = try left.multiplied(by: vector, transposingSelf: leftTransposed)
    let vectorDifference = firstDifference(vectorProduct, plainVector.product.elements) {
      plainVector.bound(Scalar.self, $0, 0)
    }
    #expect(vectorDifference == nil, "\(Scalar.self), density \(density), seed \(seed)")

    let norms = try left.dense.rowSquaredNorms.map(Double.init)
    let normDifference = firstDifference(left.rowSquaredNorms, norms) {
      2 * errorFactor(Scalar.self, terms: columns) * norms[$0]
    }
    #expect(normDifference == nil, "\(Scalar.self), density \(density), seed \(seed)")
  }

  @Test func shapesThatDoNotFitAreRefused() throws {
    let sparse = try SparseMatrix(Matrix<Double>(rowCount: 2, columnCount: 3, repeating: 1))
    #expect(
      throws: LinearAlgebraError.shapeMismatch(
        operation: "sparse times dense", left: [3, 2], right: [3, 1])
    ) {
      try sparse.multiplied(
        by: Matrix(rowCount: 3, columnCount: 1, repeating: 1), transposing: .left)
    }
    #expect(
      throws: LinearAlgebraError.shapeMismatch(
        operation: "sparse matrix times vector", left: [2, 3], right: [2])
    ) { try sparse.multiplied(by: [1, 2]) }
  }

  @Test func productsThatNoMemoryHoldsAreRefused() throws {
    let wide = try SparseMatrix<Double>(
      rowCount: 0, columnCount: Int(Int32.max), rowOffsets: [0], columnIndices: [], values: [])
    let tall = Matrix<Double>(rowCount: 0, columnCount: Int(Int32.max), repeating: 0)
    #expect(
      throws: LinearAlgebraError.tooLarge(
        operation: "sparse times dense", count: Int(Int32.max))
    ) { try wide.multiplied(by: tall, transposing: .left) }
  }
}
