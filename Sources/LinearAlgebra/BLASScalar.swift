import COpenBLAS

// The only file that calls BLAS. Another implementation (Accelerate, say) would stand in here.

/// A floating-point type that BLAS and LAPACK compute with: `Float` or `Double`.
///
/// Types outside this package do not conform to it.
public protocol BLASScalar: BinaryFloatingPoint, Sendable {
  /// C = alpha · op(A) · op(B) + beta · C, row-major; the leading dimensions count elements.
  @unsafe
  static func _gemm(
    transposeA: Bool, transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Self,
    _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafePointer<Self>, _ ldb: Int, _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
}

extension Float: BLASScalar {
  @unsafe
  public static func _gemm(
    transposeA: Bool, transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Float,
    _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int, _ beta: Float,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int
  ) {
    unsafe cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, blasInt(m), blasInt(n), blasInt(k), alpha, a,
      blasInt(lda), b, blasInt(ldb), beta, c, blasInt(ldc))
  }
}

extension Double: BLASScalar {
  @unsafe
  public static func _gemm(
    transposeA: Bool, transposeB: Bool, _ m: Int, _ n: Int, _ k: Int, _ alpha: Double,
    _ a: UnsafePointer<Double>, _ lda: Int, _ b: UnsafePointer<Double>, _ ldb: Int,
    _ beta: Double, _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    unsafe cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, blasInt(m), blasInt(n), blasInt(k), alpha, a,
      blasInt(lda), b, blasInt(ldb), beta, c, blasInt(ldc))
  }
}

/// BLAS counts in 32 bits.
private func blasInt(_ value: Int) -> Int32 {
  precondition(value <= Int(Int32.max), "BLAS cannot count \(value) elements")
  return Int32(value)
}
