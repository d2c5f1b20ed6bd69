import LinearAlgebra
import TestSupport
import Testing

@Suite struct SymmetricEigenTests {
  @Test func theEigenvaluesOfTheSecondDifferenceAreKnown() throws {
    // 2 on the diagonal and −1 beside it: λₖ = 4·sin²(kπ / (2(n + 1))); here by n = 3.
    let matrix = try Matrix<Double>(rows: [[2, -1, 0], [-1, 2, -1], [0, -1, 2]])
    let eigen = try SymmetricEigen(matrix)
    let expected = [2 - 2.0.squareRoot(), 2, 2 + 2.0.squareRoot()]
    #expect(firstDifference(eigen.values, expected, within: 1e-14) == nil)
    // The middle eigenvector is (1, 0, −1)/√2, up to its sign.
    let middle = eigen.vectors.row(1)
    #expect(isClose(middle[0], -middle[2], within: 1e-14))
    #expect(isClose(middle[1], 0, within: 1e-14))
    #expect(isClose(middle[0].magnitude, 0.5.squareRoot(), within: 1e-14))
  }

  @Test(arguments: [0, 1, 2, 5, 33, 100])
  func theDecompositionGivesTheMatrixBack(size: Int) throws {
    try check(Float.self, size)
    try check(Double.self, size)
  }

  private func check<Scalar: LAPACKScalar>(_: Scalar.Type, _ size: Int) throws {
    let seed: UInt64 = 23
    var generator = TestGenerator(seed: seed)
    let matrix = Matrix<Scalar>.randomSymmetric(size, using: &generator)
    var garbled = matrix
    for row in 0..<size {
      for column in row + 1..<max(size, row + 1) { garbled[row, column] = .nan }
    }
    let eigen = try SymmetricEigen(garbled)
    let comment: Comment = "\(Scalar.self), seed \(seed)"
    #expect(eigen.values == eigen.values.sorted(), comment)

    let unit = Double(Scalar.ulpOfOne) * Double(max(1, size))
    let norm = Double(try matrix.norm2)
    // Row i of V·A is λᵢ times row i of V, within a small multiple of n·u·‖A‖.
    let images = PlainProduct(eigen.vectors, matrix).product
    let stretched = Matrix<Double>(rowCount: size, columnCount: size) {
      Double(eigen.values[$0]) * Double(eigen.vectors[$0, $1])
    }
    #expect(firstDifference(images, stretched, within: 4 * unit * norm) == nil, comment)
    let products = PlainProduct(eigen.vectors, eigen.vectors, .right).product
    #expect(
      firstDifference(products, Matrix<Double>.identity(size), within: 4 * unit) == nil, comment)

    let valuesAlone = try SymmetricEigen.values(of: garbled)
    #expect(firstDifference(valuesAlone, eigen.values, within: 4 * unit * norm) == nil, comment)
    #expect(garbled.rowCount == size)
  }

  @Test func operandsThatCannotBeDecomposedAreRefused() throws {
    #expect(
      throws: LinearAlgebraError.notSquare(
        operation: "symmetric eigen-decomposition", rows: 1, columns: 2)
    ) { try SymmetricEigen(Matrix<Float>(rowCount: 1, columnCount: 2, repeating: 1)) }
    let matrix = try Matrix<Double>(rows: [[1, 0], [.infinity, 1]])
    #expect(throws: LinearAlgebraError.notFinite(operation: "symmetric eigen-decomposition")) {
      try SymmetricEigen.values(of: matrix)
    }
  }
}
