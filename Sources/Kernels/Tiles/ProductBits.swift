import LinearAlgebra

/// What the BLAS library's chosen core promises of the bits of a matrix product.
package enum ProductBits {
  /// Whether an element of a product may have other bits in another place of the matrix.
  ///
  /// OpenBLAS 0.3.21's single-precision products on Haswell and Zen add in an order that depends on
  /// the row and the column, also inside full register blocks: there, kernel values that are computed
  /// again in another place differ in their last bits, and are symmetric only to rounding. It is
  /// looked at once in a process, by a product of equal rows with equal columns.
  package static func dependOnPosition<Scalar: KernelScalar>(_: Scalar.Type) -> Bool {
    Scalar.self == Float.self ? inFloat : inDouble
  }

  private static let inFloat = measured(Float.self)
  private static let inDouble = measured(Double.self)

  private static func measured<Scalar: KernelScalar>(_: Scalar.Type) -> Bool {
    let size = 5 * RowBlock<Scalar>.granule
    let featureCount = 123
    // Numbers whose products round, without a pattern: a multiplicative sequence.
    var state: UInt32 = 1
    let examples = (0..<2).map { _ in
      (0..<featureCount).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Scalar(Double(state) * 0x1p-31 - 1)
      }
    }
    let rows = AlignedBuffer<Scalar>(count: size * featureCount)
    let columns = AlignedBuffer<Scalar>(count: size * featureCount)
    let products = AlignedBuffer<Scalar>(count: size * size)
    for place in 0..<size {
      for feature in 0..<featureCount {
        unsafe rows.pointer[place * featureCount + feature] = examples[0][feature]
        unsafe columns.pointer[place * featureCount + feature] = examples[1][feature]
      }
    }
    unsafe Scalar._gemm(
      transposeA: false, transposeB: true, size, size, featureCount, 1, rows.pointer,
      featureCount, columns.pointer, featureCount, 0, products.pointer, size)
    return (0..<size * size).contains { unsafe products.pointer[$0] != products.pointer[0] }
  }
}
