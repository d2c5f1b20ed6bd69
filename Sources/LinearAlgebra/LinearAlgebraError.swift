/// What can go wrong in a matrix operation that depends on the data.
public enum LinearAlgebraError: Error, Equatable, Sendable {
  /// A buffer does not hold one element for each row and column.
  case elementCount(rows: Int, columns: Int, found: Int)
  /// A nested array's row has another length than its first row.
  case raggedRows(row: Int, found: Int, expected: Int)
  /// The arrays do not form a compressed-sparse-row matrix; the text says why.
  case invalidSparseStructure(String)
  /// Two operands' shapes do not fit the operation.
  case shapeMismatch(operation: String, left: [Int], right: [Int])
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
