// Dense products. Each is one call of BLAS, after the shapes were checked; what follows holds for
// all of them.
//
// - Operands may be blocks of rows of the same matrix, and the result may be stored where an
//   operand was: `c.accumulateProduct(of: c, and: b)` reads the old elements of c, since values do
//   not share memory once one of them changes.
// - A sum of k products is within γₖ·|A||B| of the exact one, γₖ = k·u/(1 − k·u), u half an ulp of
//   1, in whichever order BLAS adds.
// - The last bits depend on the BLAS library, the core it chose and the shape of the call.

extension Matrix {
  /// The product of two matrices (BLAS `gemm`).
  ///
  /// - Parameter right: The right operand.
  /// - Returns: The product self · right.
  /// - Throws: ``LinearAlgebraError`` when the matrix has not as many columns as `right` has rows, or
  ///   BLAS cannot count a size.
  /// - Complexity: O(m·n·k) for a product of m × k and k × n.
  public func multiplied(by right: Matrix) throws(LinearAlgebraError) -> Matrix {
    try multiplied(by: right, transposing: .neither)
  }

  /// The product of two matrices, either of which may be transposed (BLAS `gemm`).
  ///
  /// - Parameters:
  ///   - right: The right operand.
  ///   - transposing: Which operands are transposed first.
  /// - Returns: The product op(self) · op(right).
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when op(self) has not
  ///   as many columns as op(right) has rows;
  ///   `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count a size.
  /// - Complexity: O(m·n·k) for a product of m × k and k × n.
  package func multiplied(
    by right: Matrix, transposing: Transposing
  ) throws(LinearAlgebraError) -> Matrix {
    let shape = try productShape(of: self, and: right, transposing)
    return unsafe Matrix(
      rowCount: shape.rows, columnCount: shape.columns,
      unsafeUninitialized: { target in
        unsafe gemm(
          self, right, transposing, shape, alpha: 1, beta: 0, into: target)
      })
  }

  /// Adds a multiple of a product to a multiple of this matrix (BLAS `gemm`).
  ///
  /// Afterwards this matrix is `alpha` · op(left) · op(right) + `beta` · (what it was).
  ///
  /// - Parameters:
  ///   - left: The left operand; it may be this matrix.
  ///   - right: The right operand; it may be this matrix.
  ///   - transposing: Which operands are transposed first.
  ///   - alpha: The factor of the product.
  ///   - beta: The factor of what this matrix was; with 0 its old elements are not read, so that
  ///     they may be NaN.
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when the operands do not
  ///   fit each other, or their product does not fit this matrix;
  ///   `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count a size.
  package mutating func accumulateProduct(
    of left: Matrix, and right: Matrix, transposing: Transposing = .neither, alpha: Scalar = 1,
    beta: Scalar = 1
  ) throws(LinearAlgebraError) {
    let shape = try productShape(of: left, and: right, transposing)
    guard shape.rows == rowCount, shape.columns == columnCount else {
      throw .shapeMismatch(
        operation: "accumulate product", left: [shape.rows, shape.columns],
        right: [rowCount, columnCount])
    }
    unsafe withUnsafeMutableElements { target in
      unsafe gemm(left, right, transposing, shape, alpha: alpha, beta: beta, into: target)
    }
  }

  /// The product of the matrix and a vector (BLAS `gemv`).
  ///
  /// - Parameters:
  ///   - vector: One element for each column of op(self).
  ///   - transposingSelf: Whether the matrix is transposed first.
  /// - Returns: op(self) · vector.
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when the vector has
  ///   another length; `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count a
  ///   size.
  public func multiplied(
    by vector: [Scalar], transposingSelf: Bool = false
  ) throws(LinearAlgebraError) -> [Scalar] {
    var result = [Scalar](repeating: 0, count: transposingSelf ? columnCount : rowCount)
    try accumulateProduct(
      with: vector.span, transposingSelf: transposingSelf, beta: 0, into: &result)
    return result
  }

  /// Adds a multiple of the product with a vector to a multiple of another (BLAS `gemv`).
  ///
  /// Afterwards `result` is `alpha` · op(self) · vector + `beta` · (what it was).
  ///
  /// - Parameters:
  ///   - vector: One element for each column of op(self).
  ///   - transposingSelf: Whether the matrix is transposed first.
  ///   - alpha: The factor of the product.
  ///   - beta: The factor of what `result` was; with 0 its old elements are not read.
  ///   - result: One element for each row of op(self).
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when a vector has
  ///   another length; `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count a
  ///   size.
  package func accumulateProduct(
    with vector: Span<Scalar>, transposingSelf: Bool = false, alpha: Scalar = 1,
    beta: Scalar = 1, into result: inout [Scalar]
  ) throws(LinearAlgebraError) {
    let (rows, columns) = transposingSelf ? (columnCount, rowCount) : (rowCount, columnCount)
    guard vector.count == columns else {
      throw .shapeMismatch(
        operation: "matrix times vector", left: [rows, columns], right: [vector.count])
    }
    guard result.count == rows else {
      throw .shapeMismatch(
        operation: "accumulate product", left: [rows], right: [result.count])
    }
    try checkSizes(
      "matrix times vector", rowCount, columnCount, result: (rows, 1), of: Scalar.self)
    // BLAS libraries disagree about 0 · NaN and about sizes of 0, so that neither is left to them.
    if beta == 0 { for index in result.indices { result[index] = 0 } }
    if columns == 0, beta != 0, beta != 1 {
      for index in result.indices { result[index] *= beta }
    }
    guard rows > 0, columns > 0 else { return }
    unsafe withUnsafeElements { elements in
      unsafe vector.withUnsafeBufferPointer { vector in
        unsafe result.withUnsafeMutableBufferPointer { result in
          unsafe Scalar._gemv(
            transposeA: transposingSelf, rowCount, columnCount, alpha, elements.baseAddress!,
            columnCount, vector.baseAddress!, beta, result.baseAddress!)
        }
      }
    }
  }

  /// The inner products of all rows, or of all columns, with each other (BLAS `syrk`).
  ///
  /// Half of them are computed and the others copied, so that the result is symmetric to the bit.
  ///
  /// - Parameter operand: `.rows` for self · selfᵀ, `.columns` for selfᵀ · self.
  /// - Returns: A symmetric, positive semi-definite matrix (to rounding), both triangles filled.
  /// - Throws: `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count a size or
  ///   the result cannot be addressed.
  package func gramMatrix(of operand: GramOperand) throws(LinearAlgebraError) -> Matrix {
    let (size, length) = operand == .rows ? (rowCount, columnCount) : (columnCount, rowCount)
    try checkSizes("Gram matrix", size, length, result: (size, size), of: Scalar.self)
    guard size > 0, length > 0 else {
      return Matrix(rowCount: size, columnCount: size, repeating: 0)
    }
    return unsafe Matrix(
      rowCount: size, columnCount: size,
      unsafeUninitialized: { target in
        unsafe withUnsafeElements { elements in
          unsafe Scalar._syrk(
            transposeA: operand == .columns, size, length, 1, elements.baseAddress!, columnCount,
            0, target.baseAddress!, size)
        }
        unsafe mirrorLowerTriangle(target, size: size)
      })
  }
}

/// The shape of a product and the number of terms in each of its sums.
private struct ProductShape {
  var rows: Int
  var columns: Int
  var terms: Int
}

private func productShape<Scalar>(
  of left: Matrix<Scalar>, and right: Matrix<Scalar>, _ transposing: Transposing
) throws(LinearAlgebraError) -> ProductShape {
  let (rows, terms) =
    transposing.transposesLeft
    ? (left.columnCount, left.rowCount) : (left.rowCount, left.columnCount)
  let (rightRows, columns) =
    transposing.transposesRight
    ? (right.columnCount, right.rowCount) : (right.rowCount, right.columnCount)
  guard terms == rightRows else {
    throw .shapeMismatch(
      operation: "matrix product", left: [rows, terms], right: [rightRows, columns])
  }
  try checkSizes("matrix product", rows, columns, terms, result: (rows, columns), of: Scalar.self)
  return ProductShape(rows: rows, columns: columns, terms: terms)
}

private func gemm<Scalar>(
  _ left: Matrix<Scalar>, _ right: Matrix<Scalar>, _ transposing: Transposing,
  _ shape: ProductShape, alpha: Scalar, beta: Scalar,
  into target: UnsafeMutableBufferPointer<Scalar>
) {
  guard shape.rows > 0, shape.columns > 0 else { return }
  guard shape.terms > 0 else {
    // A sum of nothing; its operands have no memory that could be pointed to.
    for index in target.indices {
      unsafe target[index] = beta == 0 ? 0 : beta * target[index]
    }
    return
  }
  unsafe left.withUnsafeElements { a in
    unsafe right.withUnsafeElements { b in
      unsafe Scalar._gemm(
        transposeA: transposing.transposesLeft, transposeB: transposing.transposesRight,
        shape.rows, shape.columns, shape.terms, alpha, a.baseAddress!, left.columnCount,
        b.baseAddress!, right.columnCount, beta, target.baseAddress!, shape.columns)
    }
  }
}

/// Copies the elements below the diagonal of a square matrix to their places above it.
///
/// In squares of 16 × 16 elements, for the same reason as in `transpose`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func mirrorLowerTriangle<Scalar: BLASScalar>(
  _ elements: UnsafeMutableBufferPointer<Scalar>, size: Int
) {
  let side = 16
  for firstRow in stride(from: 0, to: size, by: side) {
    for firstColumn in stride(from: 0, through: firstRow, by: side) {
      for row in firstRow..<min(firstRow + side, size) {
        for column in firstColumn..<min(firstColumn + side, row) {
          unsafe elements[column * size + row] = elements[row * size + column]
        }
      }
    }
  }
}
