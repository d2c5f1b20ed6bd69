extension Matrix where Scalar: LAPACKScalar {
  /// The singular values, descending (LAPACK `gesdd`, divide and conquer).
  ///
  /// Each is within c·max(m, n)·u·σ₁ of the exact one, with c a small constant: the small ones may
  /// have no right digit.
  ///
  /// - Returns: min(m, n) values, none negative.
  /// - Throws: `LinearAlgebraError/notFinite(operation:)` when an element is NaN or infinite;
  ///   `LinearAlgebraError/tooLarge(operation:count:)` when LAPACK cannot count a size;
  ///   `LinearAlgebraError/notConverged(routine:failures:)`.
  /// - Complexity: O(m·n·min(m, n)); one copy of the matrix is made.
  package func singularValues() throws(LinearAlgebraError) -> [Scalar] {
    try checkSizes(
      "singular values", rowCount, columnCount, result: (rowCount, columnCount), of: Scalar.self)
    guard rowCount > 0, columnCount > 0 else { return [] }
    guard unsafe withUnsafeElements({ unsafe allFinite($0) }) else {
      throw .notFinite(operation: "singular values")
    }

    let smaller = min(rowCount, columnCount)
    let larger = max(rowCount, columnCount)
    var scratch = self
    var values = [Scalar](repeating: 0, count: smaller)
    var integers = [Int32](repeating: 0, count: 8 * smaller)
    // The rows of this matrix are the columns that LAPACK sees: n × m, with the same values.
    func call(_ work: inout [Scalar], _ workCount: Int) -> Int {
      unsafe scratch.withUnsafeMutableElements { elements in
        unsafe Scalar._gesdd(
          columnCount, rowCount, elements.baseAddress!, columnCount, &values, &work, workCount,
          &integers)
      }
    }

    var work: [Scalar] = [0]
    try checkLAPACK(call(&work, -1), routine: "gesdd") { .lapack(routine: "gesdd", code: $0) }
    let count = try Scalar.workCount(
      work[0], atLeast: 3 * smaller + max(larger, 7 * smaller), routine: "gesdd")
    work = Array(repeating: 0, count: count)
    try checkLAPACK(call(&work, count), routine: "gesdd") {
      .notConverged(routine: "gesdd", failures: $0)
    }
    return values
  }
}
