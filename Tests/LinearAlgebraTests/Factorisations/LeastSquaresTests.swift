import LinearAlgebra
import TestSupport
import Testing

@Suite struct LeastSquaresTests {
  @Test func aLineThroughThreePointsIsKnown() throws {
    // y = a + bx nearest to (0, 6), (1, 0), (2, 0): a = 5, b = −3.
    let matrix = try Matrix<Double>(rows: [[1, 0], [1, 1], [1, 2]])
    let fit = try LeastSquares(matrix, rightSide: [6, 0, 0])
    #expect(firstDifference(fit.solution.elements, [5, -3], within: 1e-13) == nil)
    #expect(fit.rank == 2)
    #expect(fit.singularValues.count == 2)
  }

  @Test func dependentColumnsGiveTheShortestSolution() throws {
    // x₁ + x₂ = 2 three times over: of all solutions (1, 1) is the shortest.
    let matrix = Matrix<Double>(rowCount: 3, columnCount: 2, repeating: 1)
    let fit = try LeastSquares(matrix, rightSide: [2, 2, 2])
    #expect(fit.rank == 1)
    #expect(firstDifference(fit.solution.elements, [1, 1], within: 1e-14) == nil)
  }

  @Test func tooFewEquationsGiveTheShortestSolution() throws {
    let fit = try LeastSquares(Matrix<Float>(rows: [[3, 4]]), rightSide: [25])
    #expect(fit.rank == 1)
    #expect(firstDifference(fit.solution.elements, [3, 4], within: 1e-5) == nil)
  }

  @Test func theRankDependsOnTheCutoff() throws {
    let matrix = try Matrix<Double>(rows: [[1, 0], [0, 1e-6]])
    #expect(try LeastSquares(matrix, rightSide: [1, 1]).rank == 2)
    let cut = try LeastSquares(matrix, rightSide: [1, 1], reciprocalCondition: 1e-5)
    #expect(cut.rank == 1)
    #expect(firstDifference(cut.solution.elements, [1, 0], within: 1e-15) == nil)
  }

  @Test(arguments: [(12, 5, 5), (5, 12, 5), (30, 20, 7), (20, 30, 7), (1, 1, 1)])
  func residualsAreOrthogonalToTheColumns(rows: Int, columns: Int, rank: Int) throws {
    try check(Float.self, rows, columns, rank)
    try check(Double.self, rows, columns, rank)
  }

  private func check<Scalar: LAPACKScalar>(
    _: Scalar.Type, _ rows: Int, _ columns: Int, _ rank: Int
  ) throws {
    let seed: UInt64 = 31
    var generator = TestGenerator(seed: seed)
    let comment: Comment = "\(Scalar.self), seed \(seed)"
    let matrix = try Matrix<Scalar>.random(rows, rank, using: &generator).multiplied(
      by: .random(rank, columns, using: &generator))
    let sides = Matrix<Scalar>.random(rows, 3, using: &generator)
    let fit = try LeastSquares(matrix, rightSides: sides)
    #expect(fit.rank == rank, comment)
    let values = try matrix.singularValues()
    let unit = Double(Scalar.ulpOfOne) * Double(max(rows, columns))
    let norm = Double(values[0])
    #expect(firstDifference(fit.singularValues, values, within: 4 * unit * norm) == nil, comment)

    // Aᵀ(b − Ax) = 0, within n·u·‖A‖·(‖A‖‖x‖ + ‖b‖).
    let image = PlainProduct(matrix, fit.solution).product
    let residual = Matrix<Double>(rowCount: rows, columnCount: 3) {
      Double(sides[$0, $1]) - image[$0, $1]
    }
    let normal = PlainProduct(matrix.converted(to: Double.self), residual, .left).product
    let size = Double(try fit.solution.normFrobenius)
    let scale = norm * (norm * size + Double(try sides.normFrobenius))
    let zero = Matrix<Double>(rowCount: columns, columnCount: 3, repeating: 0)
    #expect(firstDifference(normal, zero, within: 10 * unit * scale) == nil, comment)
    let together = try LeastSquares(matrix, rightSide: (0..<rows).map { sides[$0, 1] })
    let alone = (0..<columns).map { fit.solution[$0, 1] }
    let condition = norm / Double(values[rank - 1])
    #expect(
      firstDifference(together.solution.elements, alone, within: 100 * unit * condition * size)
        == nil, comment)
  }

  @Test func systemsWithoutEquationsHaveTheSolutionZero() throws {
    let none = try LeastSquares(
      Matrix<Double>(rowCount: 0, columnCount: 2, repeating: 0), rightSide: [])
    #expect(none.solution.elements == [0, 0])
    #expect(none.rank == 0)
    let noSides = try LeastSquares(
      Matrix<Double>.identity(3), rightSides: Matrix(rowCount: 3, columnCount: 0, repeating: 0))
    #expect(noSides.rank == 3)
    #expect(noSides.solution.columnCount == 0)
  }

  @Test func operandsThatCannotBeSolvedAreRefused() throws {
    let matrix = Matrix<Double>.identity(2)
    #expect(
      throws: LinearAlgebraError.shapeMismatch(
        operation: "least squares", left: [2, 2], right: [3, 1])
    ) { try LeastSquares(matrix, rightSide: [1, 2, 3]) }
    #expect(throws: LinearAlgebraError.notFinite(operation: "least squares")) {
      try LeastSquares(matrix, rightSide: [1, .nan])
    }
    #expect(throws: LinearAlgebraError.notFinite(operation: "least squares")) {
      try LeastSquares(Matrix(rows: [[1, .infinity], [0, 1]]), rightSide: [1, 1])
    }
  }
}
