import LinearAlgebra
import TestSupport
import Testing

@Suite struct CholeskyTilesTests {
  static let seed: UInt64 = 31

  /// A·Aᵀ + 1 by a product of BLAS: the plain one takes long at these sizes.
  static func matrix(_ size: Int) throws -> Matrix<Double> {
    var generator = TestGenerator(seed: seed)
    var matrix = try Matrix<Double>.random(size, size, using: &generator).gramMatrix(of: .rows)
    for row in 0..<size { matrix[row, row] += 1 }
    return matrix
  }

  @Test(arguments: [0, 1, 7, 255, 256, 257, 600])
  func theFactorIsThatOfTheWholeMatrix(size: Int) throws {
    let matrix = try Self.matrix(size)
    let whole = try Cholesky(matrix)
    let tiled = try #require(try Cholesky(inTiles: matrix, threads: 2))
    let scale = Double(max(size, 1))
    #expect(
      firstDifference(tiled.factor, whole.factor, within: 1e-13 * scale * scale) == nil,
      "seed \(Self.seed)")
    let one = try #require(try Cholesky(inTiles: matrix, threads: 1))
    #expect(one.factor == tiled.factor)
    let inverse = try whole.solve(.identity(size))
    let diagonal = try #require(tiled.inverseDiagonal(threads: 2))
    for row in 0..<size {
      #expect(isClose(diagonal[row], inverse[row, row], relative: 1e-6), "row \(row)")
    }
    #expect(one.inverseDiagonal(threads: 1) == diagonal)
  }

  @Test func theMinorThatIsNotPositiveIsNamed() throws {
    var matrix = try Self.matrix(600)
    matrix[400, 400] = -1
    #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 401)) {
      try Cholesky(inTiles: matrix, threads: 2)
    }
  }

  @Test func thereIsNoFactorWhenStopped() throws {
    let matrix = try Self.matrix(300)
    let stopped = try Cholesky(inTiles: matrix, threads: 2, isCancelled: { true })
    #expect(stopped == nil)
    let factor = try Cholesky(matrix)
    #expect(factor.inverseDiagonal(threads: 2, isCancelled: { true }) == nil)
  }
}
