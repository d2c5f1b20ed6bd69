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
