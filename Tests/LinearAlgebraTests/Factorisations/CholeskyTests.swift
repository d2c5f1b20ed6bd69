import LinearAlgebra
import TestSupport
import Testing

@Suite struct CholeskyTests {
  @Test func aSmallFactorIsKnown() throws {
    let matrix = try Matrix<Double>(rows: [[4, 2, -2], [2, 10, 2], [-2, 2, 6]])
    let cholesky = try Cholesky(matrix)
    // By hand, column after column.
    let expected = try Matrix<Double>(rows: [[2, 0, 0], [1, 3, 0], [-1, 1, 2]])
    #expect(firstDifference(cholesky.factor, expected, within: 1e-15) == nil)
    #expect(isClose(cholesky.logDeterminant, 4.969813299576001, relative: 1e-14))  // log 144
    #expect(firstDifference(try cholesky.solve([4, 14, 6]), [1, 1, 1], within: 1e-14) == nil)
  }

  @Test(arguments: [0, 1, 2, 5, 17, 64, 101])
  func theFactorGivesTheMatrixBack(size: Int) throws {
    try check(Float.self, size)
    try check(Double.self, size)
  }

  private func check<Scalar: LAPACKScalar>(_: Scalar.Type, _ size: Int) throws {
    let seed: UInt64 = 19
    var generator = TestGenerator(seed: seed)
    let whole = Matrix<Scalar>.randomPositiveDefinite(size, using: &generator)
    var garbled = whole
    // Nothing above the diagonal is read.
    for row in 0..<size {
      for column in row + 1..<max(size, row + 1) { garbled[row, column] = .nan }
    }
    let cholesky = try Cholesky(garbled)
    let comment: Comment = "\(Scalar.self), seed \(seed)"

    let plain = PlainProduct(cholesky.factor, cholesky.factor, .right)
    // |A − LLᵀ| ≤ γₙ₊₁·|L||Lᵀ| (Higham, theorem 10.3).
    let difference = firstDifference(plain.product, whole) { row, column in
      errorFactor(Scalar.self, terms: size + 1) * plain.magnitude[row, column]
    }
    #expect(difference == nil, comment)
    for row in 0..<size {
      for column in row + 1..<max(size, row + 1) {
        #expect(cholesky.factor[row, column] == 0, comment)
      }
    }

    let sides = Matrix<Scalar>.random(size, 3, using: &generator)
    let solution = try cholesky.solve(sides)
    let residual = PlainProduct(whole, solution)
    // |b − Ax̂| ≤ γ₃ₙ₊₁·|L||Lᵀ||x̂| (Higham, theorem 10.4), and the residual's own rounding.
    let scale = PlainProduct(plain.magnitude, magnitudes(of: solution))
    let solveDifference = firstDifference(residual.product, sides) { row, column in
      errorFactor(Scalar.self, terms: 3 * size + 1) * scale.product[row, column]
        + errorFactor(Double.self, terms: size) * residual.magnitude[row, column]
    }
    #expect(solveDifference == nil, comment)
    var inPlace = sides
    try cholesky.solveInPlace(&inPlace)
    #expect(inPlace == solution, comment)
  }

  private func magnitudes<Scalar>(of matrix: Matrix<Scalar>) -> Matrix<Double> {
    Matrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount) {
      Double(matrix[$0, $1]).magnitude
    }
  }

  @Test(arguments: [1, 2, 3, 40])
  func theFirstMinorThatIsNotPositiveIsNamed(order: Int) {
    var matrix = Matrix<Double>.identity(40)
    matrix[order - 1, order - 1] = -1
    #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: order)) {
      try Cholesky(matrix)
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: order)) {
      try Cholesky(matrix.converted(to: Float.self))
    }
  }

  @Test func theCallersMatrixStaysAsItWas() throws {
    let matrix = try Matrix<Double>(rows: [[4, 2], [2, 5]])
    _ = try Cholesky(matrix)
    #expect(matrix.elements == [4, 2, 2, 5])
  }

  @Test func aMatrixThatIsHandedOverIsFactoredInPlace() throws {
    var matrix = Matrix<Double>.identity(30)
    let before = UInt(
      bitPattern: matrix.withUnsafeMutableElements { $0.baseAddress! })
    let factor = try Cholesky(consume matrix).factor
    let after = UInt(bitPattern: factor.withUnsafeElements { $0.baseAddress! })
    #expect(before == after)
  }

  @Test func operandsThatCannotBeFactoredAreRefused() throws {
    #expect(
      throws: LinearAlgebraError.notSquare(operation: "Cholesky factor", rows: 2, columns: 3)
    ) { try Cholesky(Matrix<Float>(rowCount: 2, columnCount: 3, repeating: 1)) }
    for bad in [Double.nan, .infinity] {
      let matrix = try Matrix(rows: [[1, 0], [bad, 1]])
      #expect(throws: LinearAlgebraError.notFinite(operation: "Cholesky factor")) {
        try Cholesky(matrix)
      }
    }
    #expect(
      throws: LinearAlgebraError.shapeMismatch(
        operation: "Cholesky solve", left: [2, 2], right: [3, 1])
    ) { try Cholesky(Matrix<Double>.identity(2)).solve([1, 2, 3]) }
  }
}
