import LinearAlgebra

/// The features that occur in a sparse matrix, numbered without gaps in their order.
///
/// Its memory grows with the stored entries, whatever the number of columns says: a model file of
/// a few lines may name two thousand million features.
package struct OccurringFeatures: Sendable {
  /// How many features occur.
  package let count: Int
  /// Each feature's place, −1 where it does not occur; empty for many more features than entries.
  private let table: [Int32]
  /// The features that occur, ascending, where there is no table.
  private let sorted: [Int32]

  /// Numbers the features of a matrix.
  ///
  /// - Complexity: O(d + stored entries); O(e log e) for e entries when d is more than four times
  ///   as many.
  package init(_ matrix: SparseMatrix<Double>) {
    if matrix.columnCount <= max(1 << 16, 4 * matrix.storedCount) {
      var table = [Int32](repeating: -1, count: matrix.columnCount)
      for column in matrix.columnIndices { table[Int(column)] = 0 }
      var count: Int32 = 0
      for column in table.indices where table[column] == 0 {
        table[column] = count
        count += 1
      }
      self.table = table
      self.count = Int(count)
      sorted = []
    } else {
      var features: [Int32] = []
      for column in matrix.columnIndices.sorted() where features.last != column {
        features.append(column)
      }
      sorted = features
      count = features.count
      table = []
    }
  }

  /// The place of a feature, or −1.
  package func place(of feature: Int32) -> Int32 {
    if sorted.isEmpty { return table.isEmpty ? -1 : table[Int(feature)] }
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < feature { low = middle + 1 } else { high = middle }
    }
    return low < sorted.count && sorted[low] == feature ? Int32(low) : -1
  }
}

extension FeatureMatrix {
  /// The examples without the features that no example has, where those are most; kernel values of
  /// products and distances are the same.
  ///
  /// - Complexity: O(e log e) for e stored entries where features are left out.
  package func withoutAbsentFeatures(for function: KernelFunction) -> FeatureMatrix {
    // A composite kernel's parts are looked at one by one, when they are prepared.
    guard function.formula != nil, case .sparse(let matrix) = self,
      matrix.columnCount > max(1 << 16, 4 * matrix.storedCount)
    else { return self }
    let features = OccurringFeatures(matrix)
    return .sparse(
      SparseMatrix(
        unchecked: matrix.rowCount, columnCount: max(features.count, 1),
        rowOffsets: matrix.rowOffsets,
        columnIndices: matrix.columnIndices.map { features.place(of: $0) },
        values: matrix.values))
  }

  /// The bytes that tiles of a kernel take whose examples have to be written out, 0 for other kernels.
  package func denseTileBytes(for function: KernelFunction) -> Int {
    guard case .sparse = self else { return 0 }
    if function.isComposite {
      return function.leaves(of: self).reduce(0) {
        $0 + $1.features.denseTileBytes(for: $1.function)
      }
    }
    guard function.writesExamplesOut else { return 0 }
    // A block of rows, and columns twice while they are turned around.
    let rows = RowBlock<Double>.granule + 2 * TileEvaluator<Double>.columnCount
    let width = withoutAbsentFeatures(for: function).columnCount
    return rows * width * MemoryLayout<Double>.stride
  }
}
