import COpenBLAS

// The only file that calls LAPACK, through the C interface LAPACKE.
//
// LAPACK stores matrices column by column, and this package row by row, so that what it sees is
// the transpose of what we mean. For a symmetric matrix that only exchanges the triangles, and a
// matrix and its transpose have the same singular values: nothing has to be copied. The `_work`
// forms of LAPACKE are called, whose work space is ours: the plain forms transpose, search for NaN
// (a setting of the whole process) and size the work space by a number that older LAPACKs round
// down in single precision.

/// A floating-point type that LAPACK computes with: `Float` or `Double`.
///
/// Types outside this package do not conform to it. Each routine returns LAPACK's `info`: 0 for
/// success, −i when argument i was rejected, and a positive number whose meaning is the routine's.
public protocol LAPACKScalar: BLASScalar {
  /// Cholesky factor L of the lower triangle of a row-major matrix, in place.
  @unsafe
  static func _potrf(_ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int) -> Int

  /// Eigenvalues, and eigenvectors as rows in place of the matrix, from its lower triangle.
  ///
  /// With `workCount` −1 only the first elements of `work` and `integerWork` are set, to the sizes
  /// that these need.
  @unsafe
  static func _syevd(
    vectors: Bool, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int,
    _ values: UnsafeMutablePointer<Self>, _ work: UnsafeMutablePointer<Self>, _ workCount: Int,
    _ integerWork: UnsafeMutablePointer<Int32>, _ integerWorkCount: Int
  ) -> Int

  /// Singular values, descending, of a column-major m × n matrix, which is overwritten.
  ///
  /// With `workCount` −1 only the first element of `work` is set; `integerWork` holds 8·min(m, n).
  @unsafe
  static func _gesdd(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int,
    _ values: UnsafeMutablePointer<Self>, _ work: UnsafeMutablePointer<Self>, _ workCount: Int,
    _ integerWork: UnsafeMutablePointer<Int32>
  ) -> Int

  /// The shortest least-squares solutions, in place of the right sides; column-major.
  ///
  /// With `workCount` −1 only the first elements of `work` and `integerWork` are set.
  @unsafe
  static func _gelsd(
    _ m: Int, _ n: Int, _ sides: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int,
    _ b: UnsafeMutablePointer<Self>, _ ldb: Int, _ singularValues: UnsafeMutablePointer<Self>,
    _ reciprocalCondition: Self, _ rank: inout Int, _ work: UnsafeMutablePointer<Self>,
    _ workCount: Int, _ integerWork: UnsafeMutablePointer<Int32>
  ) -> Int
}

extension Float: LAPACKScalar {
  /// Calls `LAPACKE_spotrf_work`.
  @unsafe
  public static func _potrf(_ n: Int, _ a: UnsafeMutablePointer<Float>, _ lda: Int) -> Int {
    unsafe Int(LAPACKE_spotrf_work(LAPACK_COL_MAJOR, upper, blasInt(n), a, blasInt(lda)))
  }

  /// Calls `LAPACKE_ssyevd_work`.
  @unsafe
  public static func _syevd(
    vectors: Bool, _ n: Int, _ a: UnsafeMutablePointer<Float>, _ lda: Int,
    _ values: UnsafeMutablePointer<Float>, _ work: UnsafeMutablePointer<Float>, _ workCount: Int,
    _ integerWork: UnsafeMutablePointer<Int32>, _ integerWorkCount: Int
  ) -> Int {
    unsafe Int(
      LAPACKE_ssyevd_work(
        LAPACK_COL_MAJOR, vectors ? withVectors : valuesOnly, upper, blasInt(n), a, blasInt(lda),
        values, work, blasInt(workCount), integerWork, blasInt(integerWorkCount)))
  }

  /// Calls `LAPACKE_sgesdd_work`.
  @unsafe
  public static func _gesdd(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Float>, _ lda: Int,
    _ values: UnsafeMutablePointer<Float>, _ work: UnsafeMutablePointer<Float>, _ workCount: Int,
    _ integerWork: UnsafeMutablePointer<Int32>
  ) -> Int {
    unsafe Int(
      LAPACKE_sgesdd_work(
        LAPACK_COL_MAJOR, valuesOnly, blasInt(m), blasInt(n), a, blasInt(lda), values, nil, 1, nil,
        1, work, blasInt(workCount), integerWork))
  }

  /// Calls `LAPACKE_sgelsd_work`.
  @unsafe
  public static func _gelsd(
    _ m: Int, _ n: Int, _ sides: Int, _ a: UnsafeMutablePointer<Float>, _ lda: Int,
    _ b: UnsafeMutablePointer<Float>, _ ldb: Int, _ singularValues: UnsafeMutablePointer<Float>,
    _ reciprocalCondition: Float, _ rank: inout Int, _ work: UnsafeMutablePointer<Float>,
    _ workCount: Int, _ integerWork: UnsafeMutablePointer<Int32>
  ) -> Int {
    var found: Int32 = 0
    defer { rank = Int(found) }
    return unsafe Int(
      LAPACKE_sgelsd_work(
        LAPACK_COL_MAJOR, blasInt(m), blasInt(n), blasInt(sides), a, blasInt(lda), b,
        blasInt(ldb), singularValues, reciprocalCondition, &found, work, blasInt(workCount),
        integerWork))
  }
}

extension Double: LAPACKScalar {
  /// Calls `LAPACKE_dpotrf_work`.
  @unsafe
  public static func _potrf(_ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int) -> Int {
    unsafe Int(LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, upper, blasInt(n), a, blasInt(lda)))
  }

  /// Calls `LAPACKE_dsyevd_work`.
  @unsafe
  public static func _syevd(
    vectors: Bool, _ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int,
    _ values: UnsafeMutablePointer<Double>, _ work: UnsafeMutablePointer<Double>, _ workCount: Int,
    _ integerWork: UnsafeMutablePointer<Int32>, _ integerWorkCount: Int
  ) -> Int {
    unsafe Int(
      LAPACKE_dsyevd_work(
        LAPACK_COL_MAJOR, vectors ? withVectors : valuesOnly, upper, blasInt(n), a, blasInt(lda),
        values, work, blasInt(workCount), integerWork, blasInt(integerWorkCount)))
  }

  /// Calls `LAPACKE_dgesdd_work`.
  @unsafe
  public static func _gesdd(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int,
    _ values: UnsafeMutablePointer<Double>, _ work: UnsafeMutablePointer<Double>, _ workCount: Int,
    _ integerWork: UnsafeMutablePointer<Int32>
  ) -> Int {
    unsafe Int(
      LAPACKE_dgesdd_work(
        LAPACK_COL_MAJOR, valuesOnly, blasInt(m), blasInt(n), a, blasInt(lda), values, nil, 1, nil,
        1, work, blasInt(workCount), integerWork))
  }

  /// Calls `LAPACKE_dgelsd_work`.
  @unsafe
  public static func _gelsd(
    _ m: Int, _ n: Int, _ sides: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int,
    _ b: UnsafeMutablePointer<Double>, _ ldb: Int, _ singularValues: UnsafeMutablePointer<Double>,
    _ reciprocalCondition: Double, _ rank: inout Int, _ work: UnsafeMutablePointer<Double>,
    _ workCount: Int, _ integerWork: UnsafeMutablePointer<Int32>
  ) -> Int {
    var found: Int32 = 0
    defer { rank = Int(found) }
    return unsafe Int(
      LAPACKE_dgelsd_work(
        LAPACK_COL_MAJOR, blasInt(m), blasInt(n), blasInt(sides), a, blasInt(lda), b,
        blasInt(ldb), singularValues, reciprocalCondition, &found, work, blasInt(workCount),
        integerWork))
  }
}

extension Double {
  /// Calls `LAPACKE_dpstrf_work`: the Cholesky factor, largest remaining diagonal first, of the lower triangle of
  /// a row-major matrix, in place.
  ///
  /// The result is 1 where the rank is less than `n`. `pivots` count from 1.
  @unsafe
  static func _pstrf(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int, _ pivots: inout [Int32],
    _ rank: inout Int32, tolerance: Double
  ) -> Int {
    var work = [Double](repeating: 0, count: 2 * n)
    return unsafe Int(
      LAPACKE_dpstrf_work(
        LAPACK_COL_MAJOR, upper, blasInt(n), a, blasInt(lda), &pivots, &rank, tolerance, &work))
  }

  /// Calls `LAPACKE_dtrtri_work`: the inverse of the lower triangle of a row-major matrix, in place.
  @unsafe
  static func _trtri(_ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int) -> Int {
    unsafe Int(
      LAPACKE_dtrtri_work(
        LAPACK_COL_MAJOR, upper, CChar(UInt8(ascii: "N")), blasInt(n), a, blasInt(lda)))
  }
}

// The lower triangle of a row-major matrix is the upper one of the same memory read by columns.
private let upper = CChar(UInt8(ascii: "U"))
private let withVectors = CChar(UInt8(ascii: "V"))
private let valuesOnly = CChar(UInt8(ascii: "N"))

extension LAPACKScalar {
  /// The work space that a LAPACK query asked for, in elements.
  ///
  /// The answer arrives as a floating-point number, which Float may have rounded down; the next
  /// greater one is enough.
  static func workCount(
    _ answer: Self, atLeast minimum: Int, routine: String
  ) throws(LinearAlgebraError) -> Int {
    // `minimum` is computed in 64 bits. LAPACK's own sum would have overflowed beyond 32.
    guard minimum <= Int(Int32.max), answer.isFinite, Double(answer.nextUp) < Double(Int32.max)
    else { throw .tooLarge(operation: routine, count: minimum) }
    return max(minimum, Int(answer.nextUp.rounded(.up)), 1)
  }
}

/// Turns LAPACK's `info` into an error.
///
/// - Parameters:
///   - info: What the routine returned.
///   - routine: The routine's name, without the letter of its precision.
///   - failure: The error for a positive `info`.
/// - Throws: `failure(info)`, or `LinearAlgebraError/lapack(routine:code:)` for a negative `info`.
func checkLAPACK(
  _ info: Int, routine: String, failure: (Int) -> LinearAlgebraError
) throws(LinearAlgebraError) {
  if info < 0 { throw .lapack(routine: routine, code: info) }
  if info > 0 { throw failure(info) }
}
