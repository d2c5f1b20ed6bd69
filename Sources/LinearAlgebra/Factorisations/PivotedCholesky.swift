/// The Cholesky factor of a symmetric, positive semi-definite matrix with complete pivoting: the row with the largest
/// remaining diagonal element comes next, until only rounding remains.
///
/// With the rows and columns of A in that order, A = L·Lᵀ to rounding, where L has as many columns as A has
/// rank. The inverse of its upper square serves where an inverse root of A would; both take 2n³/3 operations,
/// where eigenvectors take about 9n³.
///
/// > N. J. Higham. "Analysis of the Cholesky Decomposition of a Semi-definite Matrix." In *Reliable Numerical
/// > Computation* (1990), 161–185.
package struct PivotedCholesky: Sendable {
  /// The row of A for each row of L.
  package let order: [Int]
  /// The number of rows that are not combinations of those before them.
  package let rank: Int
  /// The first `rank` rows of L, lower triangular, with zeros in all other rows and columns: n × n.
  package let factor: Matrix<Double>

  /// Factors a matrix (LAPACK `pstrf`).
  ///
  /// - Parameter matrix: Square and symmetric; only its lower triangle is read.
  /// - Throws: `LinearAlgebraError` when the matrix is not square or not finite, or LAPACK cannot count its rows.
  /// - Complexity: n³/3 multiplications and additions.
  package init(_ matrix: consuming Matrix<Double>) throws(LinearAlgebraError) {
    var factor = consume matrix
    let size = try checkedSymmetricOperand(factor, "pivoted Cholesky factor")
    let largest = (0..<size).reduce(0) { max($0, factor[$1, $1]) }
    var pivots = [Int32](repeating: 0, count: size)
    var found: Int32 = 0
    let info = unsafe factor.withUnsafeMutableElements { elements in
      guard size > 0, let elements = elements.baseAddress else { return 0 }
      return unsafe Double._pstrf(
        size, elements, size, &pivots, &found, tolerance: Double(size) * 0x1p-52 * largest)
    }
    // 1 says that the rank is less than n.
    if info < 0 { throw .lapack(routine: "pstrf", code: info) }
    let rank = largest > 0 ? Int(found) : 0
    factor.clearOutsideTriangle(ofSize: rank)
    order = pivots.map { Int($0) - 1 }
    self.rank = rank
    self.factor = factor
  }

  /// The inverse of the rank × rank part of L, in a matrix of the size of A with zeros elsewhere (LAPACK
  /// `trtri`).
  ///
  /// - Throws: `LinearAlgebraError` when LAPACK refuses a size.
  /// - Complexity: n³/3 multiplications and additions.
  package func inverse() throws(LinearAlgebraError) -> Matrix<Double> {
    var inverse = factor
    let (size, rank) = (factor.rowCount, rank)
    let info = unsafe inverse.withUnsafeMutableElements { elements in
      guard rank > 0, let elements = elements.baseAddress else { return 0 }
      return unsafe Double._trtri(rank, elements, size)
    }
    try checkLAPACK(info, routine: "trtri") { .notPositiveDefinite(leadingMinor: $0) }
    return inverse
  }
}

extension Matrix<Double> {
  /// Puts zeros everywhere but in the lower triangle of the first rows and columns.
  fileprivate mutating func clearOutsideTriangle(ofSize size: Int) {
    let (rowCount, columnCount) = (rowCount, columnCount)
    unsafe withUnsafeMutableElements { elements in
      for row in 0..<rowCount {
        let kept = row < size ? row + 1 : 0
        for column in kept..<columnCount { unsafe elements[row * columnCount + column] = 0 }
      }
    }
  }
}
