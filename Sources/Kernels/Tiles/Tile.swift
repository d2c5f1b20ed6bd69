/// A rectangle of numbers, row after row.
@unsafe
package struct Tile<Scalar: KernelScalar> {
  package let values: UnsafeMutablePointer<Scalar>
  package let rows: Int
  package let columns: Int
  /// Elements from one row to the next, at least `columns`.
  package let stride: Int

  package init(_ values: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, stride: Int) {
    unsafe self.values = values
    unsafe self.rows = rows
    unsafe self.columns = columns
    unsafe self.stride = stride
  }
}

/// The examples of a tile's rows and columns, written out.
@unsafe
package struct TileSides<Scalar: KernelScalar> {
  /// rows × features.
  let rows: UnsafePointer<Scalar>
  /// features × columns, `columnStride` elements from feature to feature.
  let columns: UnsafePointer<Scalar>
  let featureCount: Int
  let columnStride: Int
}
