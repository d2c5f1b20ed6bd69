import Kernels

/// How a block of K is cut into parts of as many values, one for each rank.
///
/// A symmetric block is cut so that each part has as many values above the diagonal; the others are
/// copies.
struct BlockParts {
  /// What one rank computes: rows, and their columns from the first to the last.
  struct Part {
    let rows: Range<Int>
    let columns: Range<Int>
    /// The pieces in which it is computed: of a symmetric block first the square on the diagonal.
    let pieces: [(rows: Range<Int>, columns: Range<Int>)]
    var count: Int { rows.count * columns.count }
  }

  private let rowCount: Int
  private let columnCount: Int
  private let isSymmetric: Bool
  private let size: Int

  init(_ examples: (rows: [Int32], columns: [Int32]), size: Int) {
    rowCount = examples.rows.count
    columnCount = examples.columns.count
    isSymmetric = examples.rows == examples.columns
    self.size = size
  }

  subscript(rank: Int) -> Part {
    let rows = cut(rank)..<cut(rank + 1)
    guard isSymmetric else {
      let columns = 0..<columnCount
      return Part(rows: rows, columns: columns, pieces: rows.isEmpty ? [] : [(rows, columns)])
    }
    let right = rows.upperBound..<columnCount
    return Part(
      rows: rows, columns: rows.lowerBound..<columnCount,
      pieces: rows.isEmpty ? [] : right.isEmpty ? [(rows, rows)] : [(rows, rows), (rows, right)])
  }

  private func cut(_ rank: Int) -> Int {
    let share = Double(rank) / Double(size)
    guard isSymmetric else { return rank * rowCount / size }
    // Rows before i have i·n − i²/2 values above the diagonal.
    return rank == size ? rowCount : Int(Double(rowCount) * (1 - (1 - share).squareRoot()))
  }

  /// Puts the values of a part in their places.
  func place<Scalar: KernelScalar>(
    _ values: [Scalar], of part: Part, into target: BlockTarget<Scalar>,
    scratch: TileScratch<Scalar>
  ) {
    guard !part.rows.isEmpty, !part.columns.isEmpty else { return }
    unsafe values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe target.put(
        base, stride: part.columns.count, rows: target.rowPlaces(part.rows)[...],
        columns: part.columns, scratch: scratch)
      // Rows of this part have their values left of the diagonal from the square.
      let right = part.rows.upperBound..<part.columns.upperBound
      guard isSymmetric, !right.isEmpty else { return }
      let turned = unsafe [Scalar](unsafeUninitializedCapacity: right.count * part.rows.count) {
        turned, count in
        if let turned = turned.baseAddress {
          unsafe Scalar.library.loops.transpose(
            base + (right.lowerBound - part.columns.lowerBound), part.rows.count, right.count,
            part.columns.count, turned, part.rows.count)
        }
        count = right.count * part.rows.count
      }
      unsafe turned.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        unsafe target.put(
          base, stride: part.rows.count, rows: target.rowPlaces(right)[...], columns: part.rows,
          scratch: scratch)
      }
    }
  }
}
