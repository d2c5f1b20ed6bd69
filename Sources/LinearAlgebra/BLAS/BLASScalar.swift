import COpenBLAS

// The only file that calls BLAS; LAPACKScalar.swift is its counterpart for LAPACK. Another
// implementation (Accelerate, say) would stand in here. Sizes have been checked by the callers; all
// matrices are row-major, and leading dimensions count elements.

/// A floating-point type that BLAS computes with: `Float` or `Double`.
///
/// Types outside this package do not conform to it.
public protocol BLASScalar: BinaryFloatingPoint, Sendable {
  /// C = alpha · op(A) · op(B) + beta · C, where op(A) is m × k and op(B) is k × n.
  @unsafe
  static func _gemm(
    transposeA: Bool, transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Self,
    _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafePointer<Self>, _ ldb: Int, _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ ldc: Int)

  /// y = alpha · op(A) · x + beta · y, where A is m × n before it is transposed.
  @unsafe
  static func _gemv(
    transposeA: Bool, _ m: Int, _ n: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int,
    _ x: UnsafePointer<Self>, _ beta: Self, _ y: UnsafeMutablePointer<Self>)

  /// The lower triangle of C = alpha · op(A) · op(A)ᵀ + beta · C, where op(A) is n × k.
  @unsafe
  static func _syrk(
    transposeA: Bool, _ n: Int, _ k: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int,
    _ beta: Self, _ c: UnsafeMutablePointer<Self>, _ ldc: Int)

  /// B = op(L)⁻¹ · B for a lower triangular L, which is m × m; B is m × n.
  @unsafe
  static func _trsm(
    transposeL: Bool, _ m: Int, _ n: Int, _ l: UnsafePointer<Self>, _ ldl: Int,
    _ b: UnsafeMutablePointer<Self>, _ ldb: Int)

  /// Σ xᵢ yᵢ.
  @unsafe
  static func _dot(_ n: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>) -> Self

  /// y = alpha · x + y.
  @unsafe
  static func _axpy(
    _ n: Int, _ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)

  /// √Σ xᵢ², without needless overflow.
  @unsafe
  static func _nrm2(_ n: Int, _ x: UnsafePointer<Self>) -> Self

  /// Σ |xᵢ|.
  @unsafe
  static func _asum(_ n: Int, _ x: UnsafePointer<Self>) -> Self
}

extension Float: BLASScalar {
  /// Calls `cblas_sgemm`.
  @unsafe
  public static func _gemm(
    transposeA: Bool, transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Float,
    _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int, _ beta: Float,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int
  ) {
    unsafe cblas_sgemm(
      CblasRowMajor, blasTranspose(transposeA), blasTranspose(transposeB), blasInt(m), blasInt(n),
      blasInt(k), alpha, a, blasInt(lda), b, blasInt(ldb), beta, c, blasInt(ldc))
  }

  /// Calls `cblas_sgemv`.
  @unsafe
  public static func _gemv(
    transposeA: Bool, _ m: Int, _ n: Int, _ alpha: Float, _ a: UnsafePointer<Float>, _ lda: Int,
    _ x: UnsafePointer<Float>, _ beta: Float, _ y: UnsafeMutablePointer<Float>
  ) {
    unsafe cblas_sgemv(
      CblasRowMajor, blasTranspose(transposeA), blasInt(m), blasInt(n), alpha, a, blasInt(lda), x,
      1, beta, y, 1)
  }

  /// Calls `cblas_ssyrk`.
  @unsafe
  public static func _syrk(
    transposeA: Bool, _ n: Int, _ k: Int, _ alpha: Float, _ a: UnsafePointer<Float>, _ lda: Int,
    _ beta: Float, _ c: UnsafeMutablePointer<Float>, _ ldc: Int
  ) {
    unsafe cblas_ssyrk(
      CblasRowMajor, CblasLower, blasTranspose(transposeA), blasInt(n), blasInt(k), alpha, a,
      blasInt(lda), beta, c, blasInt(ldc))
  }

  /// Calls `cblas_strsm`.
  @unsafe
  public static func _trsm(
    transposeL: Bool, _ m: Int, _ n: Int, _ l: UnsafePointer<Float>, _ ldl: Int,
    _ b: UnsafeMutablePointer<Float>, _ ldb: Int
  ) {
    unsafe cblas_strsm(
      CblasRowMajor, CblasLeft, CblasLower, blasTranspose(transposeL), CblasNonUnit, blasInt(m),
      blasInt(n), 1, l, blasInt(ldl), b, blasInt(ldb))
  }

  /// Calls `cblas_sdot`.
  @unsafe
  public static func _dot(_ n: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>) -> Float {
    unsafe cblas_sdot(blasInt(n), x, 1, y, 1)
  }

  /// Calls `cblas_saxpy`.
  @unsafe
  public static func _axpy(
    _ n: Int, _ alpha: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
  ) {
    unsafe cblas_saxpy(blasInt(n), alpha, x, 1, y, 1)
  }

  /// Calls `cblas_snrm2`.
  @unsafe
  public static func _nrm2(_ n: Int, _ x: UnsafePointer<Float>) -> Float {
    unsafe cblas_snrm2(blasInt(n), x, 1)
  }

  /// Calls `cblas_sasum`.
  @unsafe
  public static func _asum(_ n: Int, _ x: UnsafePointer<Float>) -> Float {
    unsafe cblas_sasum(blasInt(n), x, 1)
  }
}

extension Double: BLASScalar {
  /// Calls `cblas_dgemm`.
  @unsafe
  public static func _gemm(
    transposeA: Bool, transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Double,
    _ a: UnsafePointer<Double>, _ lda: Int, _ b: UnsafePointer<Double>, _ ldb: Int,
    _ beta: Double, _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    unsafe cblas_dgemm(
      CblasRowMajor, blasTranspose(transposeA), blasTranspose(transposeB), blasInt(m), blasInt(n),
      blasInt(k), alpha, a, blasInt(lda), b, blasInt(ldb), beta, c, blasInt(ldc))
  }

  /// Calls `cblas_dgemv`.
  @unsafe
  public static func _gemv(
    transposeA: Bool, _ m: Int, _ n: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int,
    _ x: UnsafePointer<Double>, _ beta: Double, _ y: UnsafeMutablePointer<Double>
  ) {
    unsafe cblas_dgemv(
      CblasRowMajor, blasTranspose(transposeA), blasInt(m), blasInt(n), alpha, a, blasInt(lda), x,
      1, beta, y, 1)
  }

  /// Calls `cblas_dsyrk`.
  @unsafe
  public static func _syrk(
    transposeA: Bool, _ n: Int, _ k: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int,
    _ beta: Double, _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    unsafe cblas_dsyrk(
      CblasRowMajor, CblasLower, blasTranspose(transposeA), blasInt(n), blasInt(k), alpha, a,
      blasInt(lda), beta, c, blasInt(ldc))
  }

  /// Calls `cblas_dtrsm`.
  @unsafe
  public static func _trsm(
    transposeL: Bool, _ m: Int, _ n: Int, _ l: UnsafePointer<Double>, _ ldl: Int,
    _ b: UnsafeMutablePointer<Double>, _ ldb: Int
  ) {
    unsafe cblas_dtrsm(
      CblasRowMajor, CblasLeft, CblasLower, blasTranspose(transposeL), CblasNonUnit, blasInt(m),
      blasInt(n), 1, l, blasInt(ldl), b, blasInt(ldb))
  }

  /// Calls `cblas_ddot`.
  @unsafe
  public static func _dot(
    _ n: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>
  ) -> Double {
    unsafe cblas_ddot(blasInt(n), x, 1, y, 1)
  }

  /// Calls `cblas_daxpy`.
  @unsafe
  public static func _axpy(
    _ n: Int, _ alpha: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
  ) {
    unsafe cblas_daxpy(blasInt(n), alpha, x, 1, y, 1)
  }

  /// Calls `cblas_dnrm2`.
  @unsafe
  public static func _nrm2(_ n: Int, _ x: UnsafePointer<Double>) -> Double {
    unsafe cblas_dnrm2(blasInt(n), x, 1)
  }

  /// Calls `cblas_dasum`.
  @unsafe
  public static func _asum(_ n: Int, _ x: UnsafePointer<Double>) -> Double {
    unsafe cblas_dasum(blasInt(n), x, 1)
  }
}

/// BLAS and LAPACK count in 32 bits; public routines have checked with ``checkSizes(_:_:)``.
func blasInt(_ value: Int) -> Int32 {
  precondition(value <= Int(Int32.max), "BLAS cannot count \(value) elements")
  return Int32(value)
}

private func blasTranspose(_ transposes: Bool) -> CBLAS_TRANSPOSE {
  transposes ? CblasTrans : CblasNoTrans
}
