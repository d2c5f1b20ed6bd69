import Basics

/// The Cholesky factor L of a symmetric, positive definite matrix A = L·Lᵀ.
///
/// > Note: The computed factor is that of a nearby matrix: ‖A − L·Lᵀ‖ ≤ c·n·u·‖A‖, with c a small
/// > constant. See N. J. Higham, *Accuracy and Stability of Numerical Algorithms* (2002),
/// > chapter 10.
public struct Cholesky<Scalar: LAPACKScalar>: Sendable {
  /// The lower triangular factor, with zeros above its diagonal.
  package let factor: Matrix<Scalar>

  /// Factors a matrix (LAPACK `potrf`).
  ///
  /// The matrix's memory becomes the factor's when the caller hands over the only copy:
  /// `Cholesky(consume matrix)` needs no second n × n matrix.
  ///
  /// - Parameter matrix: Square and symmetric; only its lower triangle is read.
  /// - Throws: `LinearAlgebraError/notPositiveDefinite(leadingMinor:)` with the order of the
  ///   first leading minor that is not positive; `LinearAlgebraError/notFinite(operation:)` when
  ///   the lower triangle holds NaN or infinity; `LinearAlgebraError/notSquare(operation:rows:columns:)`;
  ///   `LinearAlgebraError/tooLarge(operation:count:)` when LAPACK cannot count the rows.
  /// - Complexity: n³/3 multiplications and additions.
  public init(_ matrix: consuming Matrix<Scalar>) throws(LinearAlgebraError) {
    var factor = consume matrix
    let size = try checkedSymmetricOperand(factor, "Cholesky factor")
    let info = unsafe factor.withUnsafeMutableElements { elements in
      guard size > 0 else { return 0 }
      let info = unsafe Scalar._potrf(size, elements.baseAddress!, size)
      for row in 0..<size {
        for column in row + 1..<max(size, row + 1) { unsafe elements[row * size + column] = 0 }
      }
      return info
    }
    try checkLAPACK(info, routine: "potrf") { .notPositiveDefinite(leadingMinor: $0) }
    self.factor = factor
  }

  /// Wraps a factor that was computed elsewhere in this module.
  init(lower factor: Matrix<Scalar>) { self.factor = factor }

  /// Solves A·X = B for every column of B (BLAS `trsm`).
  ///
  /// - Parameter rightSides: B, with as many rows as A.
  /// - Returns: X, shaped like B.
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when B has another number
  ///   of rows; `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count a size.
  public func solve(_ rightSides: Matrix<Scalar>) throws(LinearAlgebraError) -> Matrix<Scalar> {
    var solution = rightSides
    try solveInPlace(&solution)
    return solution
  }

  /// Solves A·x = b.
  ///
  /// - Parameter rightSide: b, one element for each row of A.
  /// - Returns: x, one element for each row of A.
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when b has another length.
  public func solve(_ rightSide: [Scalar]) throws(LinearAlgebraError) -> [Scalar] {
    try solve(Matrix(rowCount: rightSide.count, columnCount: 1, elements: rightSide)).elements
  }

  /// Solves A·X = B, writing X over B (BLAS `trsm`).
  ///
  /// - Parameter rightSides: B on entry, with as many rows as A; X on return.
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when B has another number
  ///   of rows; `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count a size.
  package func solveInPlace(_ rightSides: inout Matrix<Scalar>) throws(LinearAlgebraError) {
    let size = factor.rowCount
    guard rightSides.rowCount == size else {
      throw .shapeMismatch(
        operation: "Cholesky solve", left: [size, size],
        right: [rightSides.rowCount, rightSides.columnCount])
    }
    let columns = rightSides.columnCount
    try checkSizes("Cholesky solve", size, columns, result: (size, columns), of: Scalar.self)
    guard size > 0, columns > 0 else { return }
    unsafe factor.withUnsafeElements { factor in
      unsafe rightSides.withUnsafeMutableElements { sides in
        // A⁻¹ = L⁻ᵀ·L⁻¹.
        for transposes in [false, true] {
          unsafe Scalar._trsm(
            transposeL: transposes, size, columns, factor.baseAddress!, size,
            sides.baseAddress!, columns)
        }
      }
    }
  }

  /// The natural logarithm of A's determinant; 0 for an empty matrix.
  ///
  /// The determinant itself soon leaves the range of floating-point numbers.
  package var logDeterminant: Double {
    // det A = (Π Lᵢᵢ)², and every Lᵢᵢ is positive.
    var sum = 0.0
    for index in 0..<factor.rowCount { sum += log(Double(factor[index, index])) }
    return 2 * sum
  }
}

/// Checks a symmetric operand, of which only the lower triangle is read.
///
/// - Parameters:
///   - matrix: The operand.
///   - operation: Its name in error messages.
/// - Returns: The number of rows and columns.
/// - Throws: ``LinearAlgebraError`` when the matrix is not square, too large or not finite.
func checkedSymmetricOperand<Scalar>(
  _ matrix: Matrix<Scalar>, _ operation: String
) throws(LinearAlgebraError) -> Int {
  let size = matrix.rowCount
  guard matrix.columnCount == size else {
    throw .notSquare(operation: operation, rows: size, columns: matrix.columnCount)
  }
  try checkSizes(operation, size, result: (size, size), of: Scalar.self)
  let isFinite = unsafe matrix.withUnsafeElements { elements in
    for row in 0..<size {
      let lower = unsafe UnsafeBufferPointer(rebasing: elements[row * size...row * size + row])
      guard unsafe allFinite(lower) else { return false }
    }
    return true
  }
  guard isFinite else { throw .notFinite(operation: operation) }
  return size
}
