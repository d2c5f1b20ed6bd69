/// The least-squares solutions of linear systems that may have too few, too many or dependent rows.
///
/// Of all x that make ‖A·x − b‖₂ least this is the shortest; LAPACK finds it by way of the singular
/// values of A.
public struct LeastSquares<Scalar: LAPACKScalar>: Sendable {
  /// The solution of each system: column j belongs to column j of the right sides.
  public let solution: Matrix<Scalar>
  /// How many singular values were counted as not zero: the numerical rank of A.
  package let rank: Int
  /// The singular values of A, descending.
  package let singularValues: [Scalar]

  /// Solves min ‖A·X − B‖ for every column of B (LAPACK `gelsd`).
  ///
  /// - Parameters:
  ///   - matrix: A, m × n, of any shape and rank.
  ///   - rightSides: B, m × k.
  ///   - reciprocalCondition: Singular values of at most this multiple of the largest count as zero;
  ///     at least 0. By default max(m, n) ulps of 1, the size of A's own rounding errors.
  /// - Throws: `LinearAlgebraError/shapeMismatch(operation:left:right:)` when B has another number
  ///   of rows; `LinearAlgebraError/notFinite(operation:)` when an element is NaN or infinite;
  ///   `LinearAlgebraError/tooLarge(operation:count:)` when LAPACK cannot count a size;
  ///   `LinearAlgebraError/notConverged(routine:failures:)`.
  /// - Complexity: O(m·n·min(m, n)); A and B are copied.
  public init(
    _ matrix: Matrix<Scalar>, rightSides: Matrix<Scalar>, reciprocalCondition: Scalar? = nil
  ) throws(LinearAlgebraError) {
    let (rows, columns, sides) = (matrix.rowCount, matrix.columnCount, rightSides.columnCount)
    guard rightSides.rowCount == rows else {
      throw .shapeMismatch(
        operation: "least squares", left: [rows, columns], right: [rightSides.rowCount, sides])
    }
    let larger = max(rows, columns)
    let smaller = min(rows, columns)
    try checkSizes(
      "least squares", rows, columns, sides, result: (larger, max(columns, sides)),
      of: Scalar.self)
    let cutoff = reciprocalCondition ?? Scalar(larger) * Scalar.ulpOfOne
    precondition(cutoff >= 0, "the reciprocal condition must not be negative, but is \(cutoff)")
    guard unsafe matrix.withUnsafeElements({ unsafe allFinite($0) }),
      unsafe rightSides.withUnsafeElements({ unsafe allFinite($0) })
    else { throw .notFinite(operation: "least squares") }
    guard smaller > 0, sides > 0 else {
      // Without equations the shortest solution is zero; without right sides only the rank is left.
      solution = Matrix(rowCount: columns, columnCount: sides, repeating: 0)
      singularValues = try matrix.singularValues()
      let threshold = cutoff * (singularValues.first ?? 0)
      rank = singularValues.filter { $0 > threshold }.count
      return
    }

    // LAPACK wants columns, and space for the longer of a right side and its solution.
    var scratch = matrix.transposed
    var columnsOfB = unsafe Matrix<Scalar>(
      rowCount: sides, columnCount: larger,
      unsafeUninitialized: { target in
        for side in 0..<sides {
          for row in 0..<larger {
            unsafe target[side * larger + row] = row < rows ? rightSides[row, side] : 0
          }
        }
      })
    var values = [Scalar](repeating: 0, count: smaller)
    var found = 0
    func call(_ work: inout [Scalar], _ workCount: Int, _ integers: inout [Int32]) -> Int {
      unsafe scratch.withUnsafeMutableElements { a in
        unsafe columnsOfB.withUnsafeMutableElements { b in
          unsafe Scalar._gelsd(
            rows, columns, sides, a.baseAddress!, rows, b.baseAddress!, larger, &values, cutoff,
            &found, &work, workCount, &integers)
        }
      }
    }

    var work: [Scalar] = [0]
    var integers: [Int32] = [0]
    try checkLAPACK(call(&work, -1, &integers), routine: "gelsd") {
      .lapack(routine: "gelsd", code: $0)
    }
    let count = try Scalar.workCount(work[0], atLeast: larger, routine: "gelsd")
    work = Array(repeating: 0, count: count)
    integers = Array(repeating: 0, count: max(1, Int(integers[0])))
    try checkLAPACK(call(&work, count, &integers), routine: "gelsd") {
      .notConverged(routine: "gelsd", failures: $0)
    }
    solution = Matrix(rowCount: columns, columnCount: sides) { columnsOfB[$1, $0] }
    singularValues = values
    rank = found
  }

  /// Solves min ‖A·x − b‖ for one right side (LAPACK `gelsd`).
  ///
  /// - Parameters:
  ///   - matrix: A, m × n, of any shape and rank.
  ///   - rightSide: b, m elements.
  ///   - reciprocalCondition: Singular values of at most this multiple of the largest count as zero;
  ///     at least 0. By default max(m, n) ulps of 1.
  /// - Throws: What ``init(_:rightSides:reciprocalCondition:)`` throws.
  public init(
    _ matrix: Matrix<Scalar>, rightSide: [Scalar], reciprocalCondition: Scalar? = nil
  ) throws(LinearAlgebraError) {
    try self.init(
      matrix,
      rightSides: Matrix(rowCount: rightSide.count, columnCount: 1, elements: rightSide),
      reciprocalCondition: reciprocalCondition)
  }
}
