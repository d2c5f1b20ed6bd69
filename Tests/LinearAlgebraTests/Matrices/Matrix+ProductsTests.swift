import LinearAlgebra
import TestSupport
import Testing

/// Rows, columns and terms of a product.
struct Shape: Sendable, CustomTestStringConvertible {
  var m: Int
  var n: Int
  var k: Int
  var testDescription: String { "\(m) × \(k) · \(k) × \(n)" }

  static let all = [
    Shape(m: 1, n: 1, k: 1), Shape(m: 1, n: 7, k: 5), Shape(m: 3, n: 1, k: 4),
    Shape(m: 2, n: 3, k: 1), Shape(m: 17, n: 13, k: 29), Shape(m: 33, n: 65, k: 127),
    Shape(m: 64, n: 48, k: 32), Shape(m: 0, n: 3, k: 2), Shape(m: 3, n: 0, k: 2),
    Shape(m: 3, n: 2, k: 0), Shape(m: 0, n: 0, k: 0),
  ]
}

@Suite struct MatrixProductsTests {
  @Test(arguments: Shape.all, Transposing.allCases)
  func productsStayWithinTheErrorBound(shape: Shape, transposing: Transposing) throws {
    try check(Float.self, shape, transposing)
    try check(Double.self, shape, transposing)
  }

  private func operands<Scalar: BLASScalar>(
    _: Scalar.Type, _ shape: Shape, _ transposing: Transposing, seed: UInt64
  ) -> (left: Matrix<Scalar>, right: Matrix<Scalar>) {
    var generator = TestGenerator(seed: seed)
    let leftTransposed = transposing == .left || transposing == .both
    let rightTransposed = transposing == .right || transposing == .both
    let (leftRows, leftColumns) = leftTransposed ? (shape.k, shape.m) : (shape.m, shape.k)
    let (rightRows, rightColumns) = rightTransposed ? (shape.n, shape.k) : (shape.k, shape.n)
    // Blocks of larger matrices, whose first element is not the first in memory.
    let left = Matrix<Scalar>.random(leftRows + 3, leftColumns, using: &generator)
    let right = Matrix<Scalar>.random(rightRows + 2, rightColumns, using: &generator)
    return (left.rows(2..<leftRows + 2), right.rows(1..<rightRows + 1))
  }

  private func check<Scalar: BLASScalar>(
    _: Scalar.Type, _ shape: Shape, _ transposing: Transposing
  ) throws {
    let seed: UInt64 = 1
    let (left, right) = operands(Scalar.self, shape, transposing, seed: seed)
    let plain = PlainProduct(left, right, transposing)
    let product = try left.multiplied(by: right, transposing: transposing)
    let difference = firstDifference(product, plain.product) {
      plain.bound(Scalar.self, $0, $1)
    }
    #expect(difference == nil, "\(Scalar.self), seed \(seed)")

    // C = αAB + βC, where two more roundings join the bound.
    var generator = TestGenerator(seed: seed + 1)
    let before = Matrix<Scalar>.random(shape.m, shape.n, using: &generator)
    let (alpha, beta): (Scalar, Scalar) = (-0.75, 2.5)
    var sum = before
    try sum.accumulateProduct(
      of: left, and: right, transposing: transposing, alpha: alpha, beta: beta)
    let expected = Matrix<Double>(rowCount: shape.m, columnCount: shape.n) {
      Double(alpha) * plain.product[$0, $1] + Double(beta) * Double(before[$0, $1])
    }
    let sumDifference = firstDifference(sum, expected) { row, column in
      errorFactor(Scalar.self, terms: shape.k + 3)
        * (Double(alpha.magnitude) * plain.magnitude[row, column]
          + Double(beta * before[row, column]).magnitude)
    }
    #expect(sumDifference == nil, "\(Scalar.self), seed \(seed)")
  }

  @Test func aBetaOfZeroForgetsNotANumber() throws {
    for terms in [0, 3] {
      let left = Matrix<Double>(rowCount: 2, columnCount: terms, repeating: 1)
      let right = Matrix<Double>(rowCount: terms, columnCount: 2, repeating: 1)
      var result = Matrix<Double>(rowCount: 2, columnCount: 2, repeating: .nan)
      try result.accumulateProduct(of: left, and: right, beta: 0)
      #expect(result.elements == Array(repeating: Double(terms), count: 4))
      var vector = [Double](repeating: .nan, count: 2)
      let ones = [Double](repeating: 1, count: terms)
      try left.accumulateProduct(with: ones.span, beta: 0, into: &vector)
      #expect(vector == [Double(terms), Double(terms)])
    }
  }

  @Test func theResultMayBeAnOperand() throws {
    let seed: UInt64 = 3
    var generator = TestGenerator(seed: seed)
    let matrix = Matrix<Double>.random(9, 9, using: &generator)
    let expected = try matrix.multiplied(by: matrix)
    var both = matrix
    try both.accumulateProduct(of: both, and: both, beta: 0)
    #expect(both == expected, "seed \(seed)")
    var left = matrix
    try left.accumulateProduct(of: left, and: matrix, beta: 0)
    #expect(left == expected, "seed \(seed)")

    // A block that is written must not change the matrix it came from, which is also read.
    var block = matrix.rows(3..<6)
    try block.accumulateProduct(of: matrix.rows(3..<6), and: matrix, beta: 0)
    let difference = firstDifference(block, expected.rows(3..<6), within: 1e-13)
    #expect(difference == nil, "seed \(seed)")
  }

  @Test(arguments: Shape.all, [false, true])
  func matrixTimesVectorStaysWithinTheErrorBound(shape: Shape, transposing: Bool) throws {
    try checkVector(Float.self, shape, transposing)
    try checkVector(Double.self, shape, transposing)
  }

  private func checkVector<Scalar: BLASScalar>(
    _: Scalar.Type, _ shape: Shape, _ transposing: Bool
  ) throws {
    let seed: UInt64 = 5
    var generator = TestGenerator(seed: seed)
    let matrix = Matrix<Scalar>.random(shape.m + 1, shape.k, using: &generator).rows(
      1..<shape.m + 1)
    let length = transposing ? shape.m : shape.k
    let vector = (0..<length).map { _ in Scalar(generator.normal()) }
    let column = try Matrix(rowCount: length, columnCount: 1, elements: vector)
    let plain = PlainProduct(matrix, column, transposing ? .left : .neither)
    let product = try matrix.multiplied(by: vector, transposingSelf: transposing)
    let difference = firstDifference(product, plain.product.elements) {
      plain.bound(Scalar.self, $0, 0)
    }
    #expect(difference == nil, "\(Scalar.self), seed \(seed)")

    let before = product.map { _ in Scalar(generator.normal()) }
    var sum = before
    try matrix.accumulateProduct(
      with: vector.span, transposingSelf: transposing, alpha: 3, beta: -0.5, into: &sum)
    let expected = before.indices.map {
      3 * plain.product[$0, 0] - 0.5 * Double(before[$0])
    }
    let sumDifference = firstDifference(sum, expected) {
      errorFactor(Scalar.self, terms: length + 3)
        * (3 * plain.magnitude[$0, 0] + 0.5 * Double(before[$0].magnitude))
    }
    #expect(sumDifference == nil, "\(Scalar.self), seed \(seed)")
  }

  @Test(arguments: Shape.all, GramOperand.allCases)
  func gramMatricesAreSymmetricAndWithinTheErrorBound(shape: Shape, operand: GramOperand) throws {
    try checkGram(Float.self, shape, operand)
    try checkGram(Double.self, shape, operand)
  }

  private func checkGram<Scalar: BLASScalar>(
    _: Scalar.Type, _ shape: Shape, _ operand: GramOperand
  ) throws {
    let seed: UInt64 = 7
    var generator = TestGenerator(seed: seed)
    let matrix = Matrix<Scalar>.random(shape.n + 2, shape.k, using: &generator).rows(
      2..<shape.n + 2)
    let gram = try matrix.gramMatrix(of: operand)
    let plain = PlainProduct(matrix, matrix, operand == .rows ? .right : .left)
    let difference = firstDifference(gram, plain.product) { plain.bound(Scalar.self, $0, $1) }
    #expect(difference == nil, "\(Scalar.self), seed \(seed)")
    #expect(gram == gram.transposed, "\(Scalar.self), seed \(seed)")
  }

  @Test func shapesThatDoNotFitAreRefused() {
    let wide = Matrix<Double>(rowCount: 2, columnCount: 3, repeating: 1)
    #expect(
      throws: LinearAlgebraError.shapeMismatch(
        operation: "matrix product", left: [2, 3], right: [2, 3])
    ) { try wide.multiplied(by: wide) }
    #expect(
      throws: LinearAlgebraError.shapeMismatch(
        operation: "matrix product", left: [3, 2], right: [3, 2])
    ) { try wide.multiplied(by: wide, transposing: .both) }
    #expect(
      throws: LinearAlgebraError.shapeMismatch(
        operation: "accumulate product", left: [2, 2], right: [2, 3])
    ) {
      var result = wide
      try result.accumulateProduct(of: wide, and: wide, transposing: .right)
    }
    #expect(
      throws: LinearAlgebraError.shapeMismatch(
        operation: "matrix times vector", left: [2, 3], right: [2])
    ) { try wide.multiplied(by: [1, 2]) }
    #expect(
      throws: LinearAlgebraError.shapeMismatch(
        operation: "accumulate product", left: [2], right: [3])
    ) {
      var result: [Double] = [0, 0, 0]
      try wide.accumulateProduct(with: [1, 2, 3].span, into: &result)
    }
  }

  @Test func sizesThatNobodyCanCountAreRefused() {
    // Matrices without columns take no memory, however many rows they have.
    let tall = Matrix<Float>(rowCount: 1 << 40, columnCount: 0, repeating: 0)
    #expect(throws: LinearAlgebraError.tooLarge(operation: "matrix product", count: 1 << 40)) {
      try tall.multiplied(by: tall, transposing: .right)
    }
    #expect(throws: LinearAlgebraError.tooLarge(operation: "Gram matrix", count: 1 << 40)) {
      try tall.gramMatrix(of: .rows)
    }
  }
}
