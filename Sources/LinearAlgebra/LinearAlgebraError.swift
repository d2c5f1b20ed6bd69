/// What can go wrong in a matrix operation that depends on the data.
public enum LinearAlgebraError: Error, Equatable, Sendable {
  /// A buffer does not hold one element for each row and column.
  case elementCount(rows: Int, columns: Int, found: Int)
  /// A nested array's row has another length than its first row.
  case raggedRows(row: Int, found: Int, expected: Int)
  /// The arrays do not form a compressed-sparse-row matrix; the text says why.
  case invalidSparseStructure(String)
  /// Two operands' shapes do not fit the operation; each is rows and columns, or a length.
  ///
  /// Shapes are those that the operation sees, after a transposition that was requested.
  case shapeMismatch(operation: String, left: [Int], right: [Int])
  /// The operation needs a square matrix.
  case notSquare(operation: String, rows: Int, columns: Int)
  /// A size is beyond what BLAS, LAPACK or the address space can count.
  case tooLarge(operation: String, count: Int)
  /// The leading minor of this order (from 1) is not positive.
  case notPositiveDefinite(leadingMinor: Int)
  /// An element of an operand is NaN or infinite.
  case notFinite(operation: String)
  /// LAPACK's iteration did not converge; `failures` counts what was left over.
  case notConverged(routine: String, failures: Int)
  /// LAPACK refused an argument or could not get memory; `code` is what it returned.
  case lapack(routine: String, code: Int)
}

extension LinearAlgebraError: CustomStringConvertible {
  /// One sentence that says what was found and what was expected.
  public var description: String {
    switch self {
    case .elementCount(let rows, let columns, let found):
      "a \(rows) × \(columns) matrix cannot be made of \(found) elements"
    case .raggedRows(let row, let found, let expected):
      "row \(row) has \(found) elements, but row 0 has \(expected)"
    case .invalidSparseStructure(let reason):
      "not a compressed-sparse-row matrix: \(reason)"
    case .shapeMismatch(let operation, let left, let right):
      "\(operation): the left operand is \(Self.shape(left)), but the right one is "
        + Self.shape(right)
    case .notSquare(let operation, let rows, let columns):
      "\(operation): the matrix must be square, but is \(rows) × \(columns)"
    case .tooLarge(let operation, let count):
      "\(operation): a size of \(count) is too large"
    case .notPositiveDefinite(let minor):
      "the matrix is not positive definite: its leading minor of order \(minor) is not positive"
    case .notFinite(let operation):
      "\(operation): an element is NaN or infinite"
    case .notConverged(let routine, let failures):
      "\(routine) did not converge; \(failures) elements are left over"
    case .lapack(let routine, let code):
      "\(routine) failed with code \(code)"
    }
  }

  private static func shape(_ sizes: [Int]) -> String {
    sizes.map(String.init).joined(separator: " × ")
  }
}

/// Checks that BLAS can count each size, and that the result's elements can be addressed.
func checkSizes<Scalar: BLASScalar>(
  _ operation: String, _ sizes: Int..., result: (rows: Int, columns: Int), of: Scalar.Type
) throws(LinearAlgebraError) {
  for size in sizes where size > Int(Int32.max) {
    throw .tooLarge(operation: operation, count: size)
  }
  guard elementCount(result.rows, result.columns, of: Scalar.self) != nil else {
    throw .tooLarge(operation: operation, count: max(result.rows, result.columns))
  }
}

/// The number of elements of a matrix, unless their bytes exceed what an Int counts.
func elementCount<Scalar>(_ rows: Int, _ columns: Int, of: Scalar.Type) -> Int? {
  guard rows >= 0, columns >= 0 else { return nil }
  let (count, countOverflows) = rows.multipliedReportingOverflow(by: columns)
  let (_, bytesOverflow) = count.multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
  return countOverflows || bytesOverflow ? nil : count
}
