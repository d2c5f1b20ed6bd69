import LinearAlgebra
import TestSupport
import Testing

@Suite struct PivotedCholeskyTests {
  static let seed: UInt64 = 29

  /// HHᵀ of a random size × rank matrix.
  private func semidefinite(_ size: Int, rank: Int) throws -> Matrix<Double> {
    var generator = TestGenerator(seed: Self.seed)
    guard rank > 0 else { return Matrix(rowCount: size, columnCount: size, repeating: 0) }
    return try Matrix<Double>.random(size, rank, using: &generator).gramMatrix(of: .rows)
  }

  @Test(arguments: [(1, 1), (5, 5), (17, 4), (40, 39), (200, 130), (200, 200)])
  func theFactorGivesTheMatrixBackUpToItsRank(size: Int, rank: Int) throws {
    let comment: Comment = "\(size), rank \(rank), seed \(Self.seed)"
    let whole = try semidefinite(size, rank: rank)
    var garbled = whole
    // Nothing above the diagonal is read.
    for row in 0..<size {
      for column in row + 1..<max(size, row + 1) { garbled[row, column] = .nan }
    }
    let cholesky = try PivotedCholesky(garbled)
    #expect(cholesky.rank == rank, comment)
    #expect(cholesky.order.sorted() == Array(0..<size), comment)
    let chosen = Array(cholesky.order[..<rank])
    let scale = (0..<size).map { whole[$0, $0] }.max() ?? 0
    let product = PlainProduct(cholesky.factor, cholesky.factor, .right).product
    let inverse = try cholesky.inverse()
    let identity = PlainProduct(inverse, cholesky.factor)
    for row in 0..<size {
      for column in 0..<size {
        let isInside = row < rank && column < rank
        let expected = isInside ? whole[chosen[row], chosen[column]] : 0
        #expect(abs(product[row, column] - expected) < 1e-13 * scale, comment)
        let one = isInside && row == column ? 1.0 : 0
        // |X̂L − I| ≤ γₙ|X̂||L| (Higham 2002, section 14.2).
        let bound = errorFactor(Double.self, terms: 2 * size) * identity.magnitude[row, column]
        #expect(abs(identity.product[row, column] - one) <= bound, comment)
        if column > row || !isInside {
          #expect(cholesky.factor[row, column] == 0 && inverse[row, column] == 0, comment)
        }
      }
    }
    // The largest rest of the diagonal comes first.
    for index in 1..<max(rank, 1) {
      let (before, after) = (cholesky.factor[index - 1, index - 1], cholesky.factor[index, index])
      #expect(after > 0 && after <= before * (1 + 1e-9), comment)
    }
    // What is left out is a combination of what is kept: its rest is 0 to rounding.
    for row in cholesky.order[rank...] {
      let cross = chosen.map { whole[row, $0] }
      var explained = 0.0
      for feature in 0..<rank {
        let part = (0...feature).reduce(0) { $0 + inverse[feature, $1] * cross[$1] }
        explained += part * part
      }
      #expect(abs(whole[row, row] - explained) < 1e-9 * scale, comment)
    }
  }

  @Test func aMatrixOfZerosHasNoRank() throws {
    let cholesky = try PivotedCholesky(semidefinite(4, rank: 0))
    #expect(cholesky.rank == 0)
    #expect(cholesky.order.sorted() == [0, 1, 2, 3])
    #expect(try cholesky.inverse().elements.allSatisfy { $0 == 0 })
    let empty = try PivotedCholesky(Matrix<Double>(rowCount: 0, columnCount: 0, repeating: 0))
    #expect(empty.rank == 0 && empty.order.isEmpty)
    #expect(try empty.inverse().elements.isEmpty)
  }

  @Test func operandsThatCannotBeFactoredAreRefused() throws {
    let operation = "pivoted Cholesky factor"
    #expect(throws: LinearAlgebraError.notSquare(operation: operation, rows: 2, columns: 3)) {
      try PivotedCholesky(Matrix<Double>(rowCount: 2, columnCount: 3, repeating: 1))
    }
    for bad in [Double.nan, .infinity] {
      let matrix = try Matrix(rows: [[1, 0], [bad, 1]])
      #expect(throws: LinearAlgebraError.notFinite(operation: operation)) {
        try PivotedCholesky(matrix)
      }
    }
  }
}
