import LinearAlgebra
import TestSupport
import Testing

@Suite struct ReadmeTests {
  /// The example of the module's README, line for line.
  @Test func theExampleFindsTheLine() throws {
    let points = try Matrix<Double>(rows: [[1, 0], [1, 1], [1, 2]])
    let gram = try points.gramMatrix(of: .columns)
    let fit = try LeastSquares(points, rightSide: [6, 0, 0])
    let same = try Cholesky(gram).solve(points.multiplied(by: [6, 0, 0], transposingSelf: true))

    #expect(firstDifference(fit.solution.elements, [5, -3], within: 1e-13) == nil)
    #expect(firstDifference(same, [5, -3], within: 1e-13) == nil)
  }
}
