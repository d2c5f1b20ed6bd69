import Kernels
import LinearAlgebra

/// What the BLAS library's chosen core promises of the bits of a matrix product.
package enum ProductBits {
  /// Whether an element of a product has the same bits wherever it lies in the matrix.
  ///
  /// OpenBLAS 0.3.21's single-precision products on Haswell and Zen add in an order that depends on
  /// the row and the column, also inside full register blocks: there, kernel values that are computed
  /// again in another place differ in their last bits, and are symmetric only to rounding.
  package static func dependOnPosition<Scalar: KernelScalar>(_: Scalar.Type) -> Bool {
    Scalar.self == Float.self ? inFloat : inDouble
  }

  private static let inFloat = measured(Float.self)
  private static let inDouble = measured(Double.self)

  private static func measured<Scalar: KernelScalar>(_: Scalar.Type) -> Bool {
    var generator = TestGenerator(seed: 1)
    let pair = Matrix<Double>.random(2, 123, using: &generator)
    let features = pair.gatheringRows((0..<480).map { $0 / 240 })
    let kernel = TiledKernel<Scalar>(.dense(features), .linear, threads: 1, memoryLimit: 0)
    let rows = (0..<Int32(240)).map { $0 }
    let values = AlignedBuffer<Scalar>(count: 240 * 240)
    do {
      _ = try kernel.block(
        rows: rows, columns: rows.map { 240 + $0 }, into: values.pointer, stopping: { false })
    } catch {
      return true
    }
    return (0..<240 * 240).contains { values.pointer[$0] != values.pointer[0] }
  }
}
