import LinearAlgebra

/// Rows of nodes, which are pairs of an index and a value, on their way into a matrix or out of one.
package struct NodeRows: Sendable {
  private var offsets = [0]
  private var columns: [Int32] = []
  private var values: [Double] = []
  private var largest: Int32 = -1
  private var smallest: Int32 = .max

  package init() {}

  package var count: Int { offsets.count - 1 }

  /// The largest index, -1 where there is no node.
  package var largestIndex: Int { Int(largest) }

  package func indices(ofRow row: Int) -> ArraySlice<Int32> {
    columns[offsets[row]..<offsets[row + 1]]
  }

  package func values(ofRow row: Int) -> ArraySlice<Double> {
    values[offsets[row]..<offsets[row + 1]]
  }

  /// Adds a node to the row that ``endRow(inOrder:)`` will end.
  package mutating func append(_ index: Int32, _ value: Double) {
    columns.append(index)
    values.append(value)
    largest = max(largest, index)
    smallest = min(smallest, index)
  }

  /// Ends a row.
  ///
  /// - Parameter inOrder: Whether nodes out of order are put in order, and of equal indices the last one counts.
  package mutating func endRow(inOrder: Bool = true) {
    let begin = offsets[offsets.count - 1]
    if inOrder,
      (begin..<columns.count).dropFirst().contains(where: { columns[$0] <= columns[$0 - 1] })
    {
      sort(from: begin)
    }
    offsets.append(columns.count)
  }

  private mutating func sort(from begin: Int) {
    var last: [Int32: Double] = [:]
    for place in begin..<columns.count { last[columns[place]] = values[place] }
    columns.removeSubrange(begin...)
    values.removeSubrange(begin...)
    for (column, value) in last.sorted(by: { $0.key < $1.key }) {
      columns.append(column)
      values.append(value)
    }
  }

  /// Some of the rows.
  package func selecting(_ rows: some Sequence<Int>) -> NodeRows {
    var selected = NodeRows()
    for row in rows {
      for (index, value) in zip(indices(ofRow: row), values(ofRow: row)) {
        selected.append(index, value)
      }
      selected.endRow(inOrder: false)
    }
    return selected
  }

  /// The rows with nodes in order, and of equal indices the last.
  func sorted() -> NodeRows {
    var rows = NodeRows()
    for row in 0..<count {
      for (index, value) in zip(indices(ofRow: row), values(ofRow: row)) {
        rows.append(index, value)
      }
      rows.endRow()
    }
    return rows
  }

  /// The index of the first feature: 0 where that occurs, else 1, as in files.
  package var firstIndex: Int32 { smallest > 0 ? 1 : 0 }

  /// The rows as a matrix with a column for each index from ``firstIndex`` on, also where all its values are 0.
  ///
  /// - Throws: ``LIBSVMError/featureIndex(_:)`` for an index below 0 or without a successor.
  package func matrix() throws(LIBSVMError) -> SparseMatrix<Double> {
    guard smallest >= 0 else { throw .featureIndex(Int(smallest)) }
    guard largest < Int32.max else { throw .featureIndex(Int(largest)) }
    // Zeros that are written out are none of a sparse matrix's entries, as when a file is read.
    let rows = values.contains(0) ? withoutZeros() : self
    let first = firstIndex
    return SparseMatrix(
      unchecked: count, columnCount: max(Int(largest - first) + 1, 1), rowOffsets: rows.offsets,
      columnIndices: first == 0 ? rows.columns : rows.columns.map { $0 - first },
      values: rows.values)
  }

  private func withoutZeros() -> NodeRows {
    var rows = NodeRows()
    for row in 0..<count {
      for (index, value) in zip(indices(ofRow: row), values(ofRow: row)) where value != 0 {
        rows.append(index, value)
      }
      rows.endRow(inOrder: false)
    }
    return rows
  }

  /// The rows for a model of `columnCount` features.
  ///
  /// What the model's features lack meets only zeros: it is nothing to an inner product, and counts in
  /// a distance by its length, which goes into a column of its own.
  ///
  /// - Parameters:
  ///   - columnCount: The number of the model's features.
  ///   - first: The index of the first of them.
  /// - Returns: The rows, of `columnCount` columns or one more.
  func examples(columnCount: Int, from first: Int32) -> SparseMatrix<Double> {
    var (offsets, columns, values, isWide) = ([0], [Int32](), [Double](), false)
    for row in 0..<count {
      var squares = 0.0
      for (index, value) in zip(indices(ofRow: row), self.values(ofRow: row)) {
        let column = Int(index) - Int(first)
        if column >= 0, column < columnCount {
          columns.append(Int32(column))
          values.append(value)
        } else {
          squares += value * value
        }
      }
      // Not a number is no length either, and makes the decision value none.
      if !(squares == 0) {
        isWide = true
        columns.append(Int32(columnCount))
        values.append(squares.squareRoot())
      }
      offsets.append(columns.count)
    }
    return SparseMatrix(
      unchecked: count, columnCount: columnCount + (isWide ? 1 : 0), rowOffsets: offsets,
      columnIndices: columns, values: values)
  }
}
