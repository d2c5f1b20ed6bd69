// Products of a sparse matrix. Debian's OpenBLAS has no sparse routines, so these are plain loops
// over the stored entries; whole rows of a dense operand go through BLAS (`axpy`).
//
// Each element is a sum in the order of the stored entries, within γₖ·|A||B| of the exact one, with
// k the number of entries that it sums. Elements that are not stored are left out: 0 · ∞ is 0 here.

extension SparseMatrix {
  /// The product of the matrix and a dense one.
  ///
  /// - Parameter right: The right operand.
  /// - Returns: The product self · right.
  /// - Throws: ``LinearAlgebraError`` when the matrix has not as many columns as `right` has rows, or the
  ///   result cannot be addressed.
  /// - Complexity: O(entries × the columns of `right`).
  public func multiplied(by right: Matrix<Scalar>) throws(LinearAlgebraError) -> Matrix<Scalar> {
    try multiplied(by: right, transposing: .neither)
  }

  /// The product with a dense matrix.
  ///
  /// - Parameters:
  ///   - right: The right operand.
  ///   - transposing: Which operands are transposed first; a dense operand is copied for that, and
  ///     this matrix is not.
  /// - Returns: The dense product op(self) · op(right).
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when op(self) has not
  ///   as many columns as op(right) has rows;
  ///   `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count a size or the
  ///   result cannot be addressed.
  /// - Complexity: O(`storedCount` × the columns of op(right)).
  package func multiplied(
    by right: Matrix<Scalar>, transposing: Transposing
  ) throws(LinearAlgebraError) -> Matrix<Scalar> {
    let (rows, terms) =
      transposing.transposesLeft ? (columnCount, rowCount) : (rowCount, columnCount)
    let (rightRows, columns) =
      transposing.transposesRight
      ? (right.columnCount, right.rowCount) : (right.rowCount, right.columnCount)
    guard terms == rightRows else {
      throw .shapeMismatch(
        operation: "sparse times dense", left: [rows, terms], right: [rightRows, columns])
    }
    try checkSizes("sparse times dense", columns, result: (rows, columns), of: Scalar.self)
    let right = transposing.transposesRight ? right.transposed : right
    var product = Matrix<Scalar>(rowCount: rows, columnCount: columns, repeating: 0)
    guard columns > 0 else { return product }
    unsafe product.withUnsafeMutableElements { product in
      unsafe right.withUnsafeElements { right in
        for row in 0..<rowCount {
          for entry in rowOffsets[row]..<rowOffsets[row + 1] {
            // Entry (i, j) adds row j of the right operand to row i of the product; in the
            // transpose the two change places.
            let column = Int(columnIndices[entry])
            let (target, source) = transposing.transposesLeft ? (column, row) : (row, column)
            unsafe Scalar._axpy(
              columns, values[entry], right.baseAddress! + source * columns,
              product.baseAddress! + target * columns)
          }
        }
      }
    }
    return product
  }

  /// The product with a vector.
  ///
  /// - Parameters:
  ///   - vector: One element for each column of op(self).
  ///   - transposingSelf: Whether the matrix is transposed first.
  /// - Returns: op(self) · vector.
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when the vector has
  ///   another length.
  /// - Complexity: O(`storedCount`).
  public func multiplied(
    by vector: [Scalar], transposingSelf: Bool = false
  ) throws(LinearAlgebraError) -> [Scalar] {
    let (rows, columns) = transposingSelf ? (columnCount, rowCount) : (rowCount, columnCount)
    guard vector.count == columns else {
      throw .shapeMismatch(
        operation: "sparse matrix times vector", left: [rows, columns], right: [vector.count])
    }
    var product = [Scalar](repeating: 0, count: rows)
    unsafe product.withUnsafeMutableBufferPointer { product in
      unsafe vector.withUnsafeBufferPointer { vector in
        if transposingSelf {
          unsafe scatterRows(self, vector, into: product)
        } else {
          unsafe gatherRows(self, vector, into: product)
        }
      }
    }
    return product
  }

  /// The squared Euclidean norm of each row.
  package var rowSquaredNorms: [Scalar] {
    var norms = [Scalar](repeating: 0, count: rowCount)
    unsafe norms.withUnsafeMutableBufferPointer { norms in unsafe squareRows(self, into: norms) }
    return norms
  }

  /// The matrix with rows and columns exchanged, copied.
  ///
  /// - Precondition: There are at most 2³¹ − 1 rows.
  /// - Complexity: O(`storedCount` + `columnCount`).
  package var transposed: SparseMatrix {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get {
      precondition(rowCount <= Int(Int32.max), "a sparse matrix cannot have \(rowCount) columns")
      // Count the entries of each column, sum the counts to offsets, then deal the entries out.
      var offsets = [Int](repeating: 0, count: columnCount + 1)
      for column in columnIndices { offsets[Int(column) + 1] += 1 }
      for column in 0..<columnCount { offsets[column + 1] += offsets[column] }
      var next = offsets
      var rows = [Int32](repeating: 0, count: storedCount)
      var transposedValues = [Scalar](repeating: 0, count: storedCount)
      for row in 0..<rowCount {
        for entry in rowOffsets[row]..<rowOffsets[row + 1] {
          let column = Int(columnIndices[entry])
          rows[next[column]] = Int32(row)
          transposedValues[next[column]] = values[entry]
          next[column] += 1
        }
      }
      return SparseMatrix(
        unchecked: columnCount, columnCount: rowCount, rowOffsets: offsets, columnIndices: rows,
        values: transposedValues)
    }
  }
}

// The loops below are separate functions, so that they can be compiled for Float and Double.

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func gatherRows<Scalar: BLASScalar>(
  _ matrix: SparseMatrix<Scalar>, _ vector: UnsafeBufferPointer<Scalar>,
  into product: UnsafeMutableBufferPointer<Scalar>
) {
  for row in 0..<matrix.rowCount {
    var sum: Scalar = 0
    for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
      unsafe sum += matrix.values[entry] * vector[Int(matrix.columnIndices[entry])]
    }
    unsafe product[row] = sum
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func scatterRows<Scalar: BLASScalar>(
  _ matrix: SparseMatrix<Scalar>, _ vector: UnsafeBufferPointer<Scalar>,
  into product: UnsafeMutableBufferPointer<Scalar>
) {
  for row in 0..<matrix.rowCount {
    let factor = unsafe vector[row]
    for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
      unsafe product[Int(matrix.columnIndices[entry])] += matrix.values[entry] * factor
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func squareRows<Scalar: BLASScalar>(
  _ matrix: SparseMatrix<Scalar>, into norms: UnsafeMutableBufferPointer<Scalar>
) {
  for row in 0..<matrix.rowCount {
    var sum: Scalar = 0
    for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
      sum += matrix.values[entry] * matrix.values[entry]
    }
    unsafe norms[row] = sum
  }
}
