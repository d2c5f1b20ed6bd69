import LinearAlgebra
import TestSupport
import Testing

@Suite struct MatrixNormsTests {
  @Test func normsOfASmallMatrixAreKnown() throws {
    let matrix = try Matrix<Double>(rows: [[9, 9, 9], [1, -2, 2], [3, 0, -4]]).rows(1..<3)
    #expect(matrix.norm1 == 6)
    #expect(try matrix.normInfinity == 7)
    #expect(isClose(try matrix.normFrobenius, 34.0.squareRoot(), relative: 1e-15))
    // AAᵀ = [[9, −5], [−5, 25]] has the eigenvalues 17 ± √89.
    #expect(isClose(try matrix.norm2, (17 + 89.0.squareRoot()).squareRoot(), relative: 1e-14))
    #expect(try matrix.rowSquaredNorms == [9, 25])
  }

  @Test func normsOfEmptyMatricesAreZero() throws {
    for (rows, columns) in [(0, 0), (0, 3), (3, 0)] {
      let matrix = Matrix<Float>(rowCount: rows, columnCount: columns, repeating: 1)
      #expect(matrix.norm1 == 0)
      #expect(try matrix.normInfinity == 0)
      #expect(try matrix.normFrobenius == 0)
      #expect(try matrix.norm2 == 0)
      #expect(try matrix.rowSquaredNorms == Array(repeating: 0, count: rows))
    }
  }

  @Test func aMatrixWithNotANumberHasNoNorm() throws {
    let matrix = try Matrix<Double>(rows: [[1, 2], [.nan, 4]])
    #expect(matrix.norm1.isNaN)
    #expect(try matrix.normInfinity.isNaN)
    #expect(try matrix.normFrobenius.isNaN)
    #expect(throws: LinearAlgebraError.notFinite(operation: "singular values")) {
      try matrix.norm2
    }
  }

  @Test func normsObeyTheirInequalities() throws {
    let seed: UInt64 = 11
    var generator = TestGenerator(seed: seed)
    let matrix = Matrix<Double>.random(13, 7, using: &generator)
    let spectral = try matrix.norm2
    #expect(try spectral <= matrix.normFrobenius, "seed \(seed)")
    #expect(
      try spectral * spectral <= matrix.norm1 * matrix.normInfinity * (1 + 1e-14), "seed \(seed)")
  }
}
