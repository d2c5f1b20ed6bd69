/// What can go wrong in a matrix operation that depends on the data, as a sentence that says what was
/// found and what was expected.
public struct LinearAlgebraError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  /// Where a matrix is not positive definite, the order (from 1) of the first leading minor that is not
  /// positive; otherwise `nil`.
  package let leadingMinor: Int?

  private init(_ description: String, leadingMinor: Int? = nil) {
    self.description = description
    self.leadingMinor = leadingMinor
  }
}

extension LinearAlgebraError {
  /// A buffer does not hold one element for each row and column.
  package static func elementCount(rows: Int, columns: Int, found: Int) -> Self {
    Self("a \(rows) × \(columns) matrix cannot be made of \(found) elements")
  }

  /// A nested array's row has another length than its first row.
  package static func raggedRows(row: Int, found: Int, expected: Int) -> Self {
    Self("row \(row) has \(found) elements, but row 0 has \(expected)")
  }

  /// The arrays do not form a compressed-sparse-row matrix; the text says why.
  package static func invalidSparseStructure(_ reason: String) -> Self {
    Self("not a compressed-sparse-row matrix: \(reason)")
  }

  /// Two operands' shapes do not fit the operation; each is rows and columns, or a length.
  ///
  /// Shapes are those that the operation sees, after a transposition that was requested.
  package static func shapeMismatch(operation: String, left: [Int], right: [Int]) -> Self {
    let texts = [left, right].map { $0.map(String.init).joined(separator: " × ") }
    return Self("\(operation): the left operand is \(texts[0]), but the right one is \(texts[1])")
  }

  /// The operation needs a square matrix.
  package static func notSquare(operation: String, rows: Int, columns: Int) -> Self {
    Self("\(operation): the matrix must be square, but is \(rows) × \(columns)")
  }

  /// A size is beyond what BLAS, LAPACK or the address space can count.
  package static func tooLarge(operation: String, count: Int) -> Self {
    Self("\(operation): a size of \(count) is too large")
  }

  /// The leading minor of this order (from 1) is not positive.
  package static func notPositiveDefinite(leadingMinor minor: Int) -> Self {
    Self(
      "the matrix is not positive definite: its leading minor of order \(minor) is not positive",
      leadingMinor: minor)
  }

  /// An element of an operand is NaN or infinite.
  package static func notFinite(operation: String) -> Self {
    Self("\(operation): an element is NaN or infinite")
  }

  /// LAPACK's iteration did not converge; `failures` counts what was left over.
  package static func notConverged(routine: String, failures: Int) -> Self {
    Self("\(routine) did not converge; \(failures) elements are left over")
  }

  /// LAPACK refused an argument or could not get memory; `code` is what it returned.
  package static func lapack(routine: String, code: Int) -> Self {
    Self("\(routine) failed with code \(code)")
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
