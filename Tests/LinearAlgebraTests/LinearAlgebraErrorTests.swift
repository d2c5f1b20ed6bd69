import LinearAlgebra
import Testing

@Suite struct LinearAlgebraErrorTests {
  @Test(arguments: [
    (
      LinearAlgebraError.elementCount(rows: 2, columns: 3, found: 5),
      "a 2 × 3 matrix cannot be made of 5 elements"
    ),
    (.raggedRows(row: 4, found: 2, expected: 3), "row 4 has 2 elements, but row 0 has 3"),
    (
      .shapeMismatch(operation: "matrix product", left: [2, 3], right: [4, 5]),
      "matrix product: the left operand is 2 × 3, but the right one is 4 × 5"
    ),
    (
      .notSquare(operation: "Cholesky factor", rows: 2, columns: 3),
      "Cholesky factor: the matrix must be square, but is 2 × 3"
    ),
    (
      .notPositiveDefinite(leadingMinor: 3),
      "the matrix is not positive definite: its leading minor of order 3 is not positive"
    ),
    (.notFinite(operation: "least squares"), "least squares: an element is NaN or infinite"),
  ])
  func messagesSayWhatWasFoundAndExpected(error: LinearAlgebraError, message: String) {
    #expect(error.description == message)
  }
}
