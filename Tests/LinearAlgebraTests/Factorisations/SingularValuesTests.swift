import LinearAlgebra
import TestSupport
import Testing

@Suite struct SingularValuesTests {
  @Test func singularValuesOfASmallMatrixAreKnown() throws {
    // AAᵀ = [[17, 8], [8, 17]] has the eigenvalues 25 and 9.
    let matrix = try Matrix<Double>(rows: [[3, 2, 2], [2, 3, -2]])
    #expect(firstDifference(try matrix.singularValues(), [5, 3], within: 1e-14) == nil)
    let single = try matrix.converted(to: Float.self).transposed.singularValues()
    #expect(firstDifference(single, [5, 3], within: 1e-5) == nil)
  }

  @Test func aDiagonalMatrixHasItsMagnitudesInOrder() throws {
    let matrix = Matrix<Double>(rowCount: 6, columnCount: 4) { $0 == $1 ? [-1, 3, 0, 2][$0] : 0 }
    #expect(firstDifference(try matrix.singularValues(), [3, 2, 1, 0], within: 1e-15) == nil)
  }

  @Test(arguments: [(0, 0), (0, 4), (4, 0)])
  func emptyMatricesHaveNone(rows: Int, columns: Int) throws {
    let matrix = Matrix<Double>(rowCount: rows, columnCount: columns, repeating: 1)
    #expect(try matrix.singularValues().isEmpty)
  }

  @Test(arguments: [(1, 1), (1, 9), (9, 1), (20, 31), (90, 40)])
  func theirSquaresAreTheEigenvaluesOfTheGramMatrix(rows: Int, columns: Int) throws {
    try check(Float.self, rows, columns)
    try check(Double.self, rows, columns)
  }

  private func check<Scalar: LAPACKScalar>(_: Scalar.Type, _ rows: Int, _ columns: Int) throws {
    let seed: UInt64 = 29
    var generator = TestGenerator(seed: seed)
    let matrix = Matrix<Scalar>.random(rows + 2, columns, using: &generator).rows(2..<rows + 2)
    let values = try matrix.singularValues()
    let gram = try matrix.converted(to: Double.self).gramMatrix(
      of: rows < columns ? .rows : .columns)
    let expected = try SymmetricEigen.values(of: gram).reversed().map { max(0, $0).squareRoot() }
    let tolerance = 4 * Double(max(rows, columns)) * Double(Scalar.ulpOfOne) * expected[0]
    // Squaring halves the digits of small values; these random matrices have none.
    #expect(
      firstDifference(values, Array(expected), within: tolerance) == nil,
      "\(Scalar.self), seed \(seed)")
    let before = matrix
    #expect(matrix == before)
  }
}
