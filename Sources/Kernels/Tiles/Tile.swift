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

  /// Takes a step that has no parameter but γ.
  @unsafe
  package func apply(_ step: VectorLoops<Scalar>.Step, _ gamma: Scalar) {
    unsafe step(values, rows, columns, stride, gamma)
  }

  /// Fills the tile with the pair values of two sides.
  @unsafe
  package func fill(_ loop: VectorLoops<Scalar>.Sides, _ sides: TileSides<Scalar>) {
    unsafe loop(
      values, rows, columns, stride, sides.rows, sides.columns, sides.featureCount,
      sides.columnStride)
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

/// What each example of a tile adds to kernel values that come from inner products.
@unsafe
package struct TileTerms<Scalar: KernelScalar> {
  /// ``KernelFormula/term(_:squaredNorm:)`` of each row's example.
  let rows: UnsafePointer<Scalar>
  /// The same of each column's, with room up to a full vector.
  let columns: UnsafePointer<Scalar>
}
