import LinearAlgebra

/// Rows of entries, one behind the other: a sparse matrix that is being made.
struct SparseRows: Sendable {
  private(set) var offsets = [0]
  var columns: [Int32] = []
  var values: [Double] = []

  /// Ends a row with what was added since the row before it.
  mutating func endRow() { offsets.append(values.count) }

  /// Takes back what was added since the last row ended.
  mutating func abandonRow() {
    columns.removeSubrange(offsets[offsets.count - 1]...)
    values.removeSubrange(offsets[offsets.count - 1]...)
  }

  /// Adds all rows of another matrix.
  mutating func append(_ other: SparseRows) {
    let start = values.count
    offsets.append(contentsOf: other.offsets.dropFirst().lazy.map { $0 + start })
    columns.append(contentsOf: other.columns)
    values.append(contentsOf: other.values)
  }

  /// The matrix.
  func matrix(columnCount: Int) -> SparseMatrix<Double> {
    SparseMatrix(
      unchecked: offsets.count - 1, columnCount: columnCount, rowOffsets: offsets,
      columnIndices: columns, values: values)
  }
}
