/// The eigenvalues and eigenvectors of a symmetric matrix: A·vᵢ = λᵢ·vᵢ.
///
/// > Note: Each computed eigenvalue is within c·n·u·‖A‖₂ of an exact one, and the eigenvectors are
/// > orthonormal to about n·u; those of eigenvalues that lie close together are determined only as
/// > a group.
public struct SymmetricEigen<Scalar: LAPACKScalar>: Sendable {
  /// The eigenvalues, ascending.
  public let values: [Scalar]
  /// The eigenvectors as **rows**: row i belongs to value i, and the rows are orthonormal.
  ///
  /// With V this matrix, A = Vᵀ·diag(values)·V.
  public let vectors: Matrix<Scalar>

  /// Decomposes a matrix (LAPACK `syevd`, divide and conquer).
  ///
  /// The matrix's memory becomes that of ``vectors`` when the caller hands over the only copy.
  ///
  /// - Parameter matrix: Square and symmetric; only its lower triangle is read.
  /// - Throws: `LinearAlgebraError/notFinite(operation:)` when the lower triangle holds NaN or
  ///   infinity; `LinearAlgebraError/notSquare(operation:rows:columns:)`;
  ///   `LinearAlgebraError/tooLarge(operation:count:)` beyond 32 766 rows, where LAPACK can no
  ///   longer count its work space; `LinearAlgebraError/notConverged(routine:failures:)`.
  /// - Complexity: About 9·n³ multiplications and additions, and 2·n² elements of work space.
  public init(_ matrix: consuming Matrix<Scalar>) throws(LinearAlgebraError) {
    (values, vectors) = try decompose(consume matrix, vectors: true)
  }

  /// The eigenvalues alone, ascending, in less than half the time.
  ///
  /// - Parameter matrix: Square and symmetric; only its lower triangle is read.
  /// - Returns: As many values as the matrix has rows.
  /// - Throws: What ``init(_:)`` throws.
  public static func values(
    of matrix: consuming Matrix<Scalar>
  ) throws(LinearAlgebraError) -> [Scalar] {
    try decompose(consume matrix, vectors: false).values
  }
}

private func decompose<Scalar: LAPACKScalar>(
  _ matrix: consuming Matrix<Scalar>, vectors: Bool
) throws(LinearAlgebraError) -> (values: [Scalar], vectors: Matrix<Scalar>) {
  var matrix = consume matrix
  let size = try checkedSymmetricOperand(matrix, "symmetric eigen-decomposition")
  guard size > 0 else { return ([], matrix) }

  var values = [Scalar](repeating: 0, count: size)
  func call(_ work: inout [Scalar], _ workCount: Int, _ integers: inout [Int32], _ count: Int)
    -> Int
  {
    unsafe matrix.withUnsafeMutableElements { elements in
      unsafe Scalar._syevd(
        vectors: vectors, size, elements.baseAddress!, size, &values, &work, workCount, &integers,
        count)
    }
  }

  var work: [Scalar] = [0]
  var integers: [Int32] = [0]
  try checkLAPACK(call(&work, -1, &integers, -1), routine: "syevd") {
    .lapack(routine: "syevd", code: $0)
  }
  // LAPACK's manual gives these sizes; the query's answer may be more.
  let least = vectors ? 1 + 6 * size + 2 * size * size : 2 * size + 1
  let minimumIntegers = vectors ? 3 + 5 * size : 1
  let count = try Scalar.workCount(work[0], atLeast: least, routine: "syevd")
  let integerCount = max(Int(integers[0]), minimumIntegers)
  work = Array(repeating: 0, count: count)
  integers = Array(repeating: 0, count: integerCount)
  try checkLAPACK(call(&work, count, &integers, integerCount), routine: "syevd") {
    .notConverged(routine: "syevd", failures: $0)
  }
  return (values, matrix)
}
