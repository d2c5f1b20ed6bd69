/// A sparse matrix in compressed-sparse-row form, with value semantics.
///
/// Row `i` holds the entries `rowOffsets[i]..<rowOffsets[i + 1]` of ``columnIndices`` and
/// ``values``; the columns of a row ascend, and what is not stored is zero.
public struct SparseMatrix<Scalar: BLASScalar>: Sendable, Equatable {
  /// The number of rows.
  public let rowCount: Int
  /// The number of columns.
  public let columnCount: Int
  /// `rowCount + 1` ascending offsets, from 0 to the number of stored entries.
  public let rowOffsets: [Int]
  /// The column of each stored entry, ascending within a row.
  public let columnIndices: [Int32]
  /// The stored entries.
  public let values: [Scalar]

  /// Wraps the three arrays of a compressed-sparse-row matrix.
  ///
  /// - Parameters:
  ///   - rowCount: The number of rows, at least 0.
  ///   - columnCount: The number of columns, from 0 to 2³¹ − 1.
  ///   - rowOffsets: `rowCount + 1` offsets that do not descend, from 0 to `values.count`.
  ///   - columnIndices: One for each value, ascending within a row, below `columnCount`.
  ///   - values: The stored entries.
  /// - Throws: `LinearAlgebraError/invalidSparseStructure(_:)` when one of these is violated.
  public init(
    rowCount: Int, columnCount: Int, rowOffsets: [Int], columnIndices: [Int32], values: [Scalar]
  ) throws(LinearAlgebraError) {
    guard rowCount >= 0, columnCount >= 0, columnCount <= Int(Int32.max) else {
      throw .invalidSparseStructure("\(rowCount) rows and \(columnCount) columns")
    }
    guard rowOffsets.count - 1 == rowCount, rowOffsets.first == 0, rowOffsets.last == values.count
    else {
      throw .invalidSparseStructure(
        "\(rowOffsets.count) row offsets for \(rowCount) rows and \(values.count) values")
    }
    guard columnIndices.count == values.count else {
      throw .invalidSparseStructure(
        "\(columnIndices.count) column indices for \(values.count) values")
    }
    for row in 0..<rowCount {
      guard rowOffsets[row] <= rowOffsets[row + 1], rowOffsets[row + 1] <= values.count else {
        throw .invalidSparseStructure("row offsets descend at row \(row)")
      }
      var previous: Int32 = -1
      for entry in rowOffsets[row]..<rowOffsets[row + 1] {
        let column = columnIndices[entry]
        guard column > previous, Int(column) < columnCount else {
          throw .invalidSparseStructure(
            "column \(column) after column \(previous) in row \(row) of \(columnCount) columns")
        }
        previous = column
      }
    }
    self.init(
      unchecked: rowCount, columnCount: columnCount, rowOffsets: rowOffsets,
      columnIndices: columnIndices, values: values)
  }

  /// Wraps arrays that the caller built in the right form.
  package init(
    unchecked rowCount: Int, columnCount: Int, rowOffsets: [Int], columnIndices: [Int32],
    values: [Scalar]
  ) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.rowOffsets = rowOffsets
    self.columnIndices = columnIndices
    self.values = values
  }

  /// The number of stored entries.
  package var storedCount: Int { values.count }

  /// The bytes that ``dense`` takes, or nil when they are more than an Int counts.
  ///
  /// A short sparse file can name a matrix that no memory holds: compare before asking for it.
  package var denseByteCount: Int? {
    elementCount(rowCount, columnCount, of: Scalar.self).map { $0 * MemoryLayout<Scalar>.stride }
  }

  /// The matrix with every element stored.
  ///
  /// - Precondition: `denseByteCount` is not nil, and that much memory is there.
  public var dense: Matrix<Scalar> {
    @specialized(where Scalar == Float)
    @specialized(where Scalar == Double)
    get {
      guard let count = elementCount(rowCount, columnCount, of: Scalar.self) else {
        preconditionFailure("a dense matrix of \(rowCount) × \(columnCount) elements is too large")
      }
      var elements = [Scalar](repeating: 0, count: count)
      for row in 0..<rowCount {
        for entry in rowOffsets[row]..<rowOffsets[row + 1] {
          elements[row * columnCount + Int(columnIndices[entry])] = values[entry]
        }
      }
      return Matrix(rowCount: rowCount, columnCount: columnCount, storage: elements, start: 0)
    }
  }

  /// Calls a closure with one row's columns and values, without copying them.
  ///
  /// - Parameters:
  ///   - row: The row's index, from 0.
  ///   - body: Called with the ascending columns of the row's entries, and their values.
  /// - Returns: What the closure returns.
  /// - Throws: What the closure throws.
  @inlinable
  package func withRow<Result, Failure: Error>(
    _ row: Int, _ body: (_ columns: Span<Int32>, _ values: Span<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(row >= 0 && row < rowCount, "row \(row) is outside a matrix of \(rowCount) rows")
    let entries = rowOffsets[row]..<rowOffsets[row + 1]
    return try body(columnIndices.span.extracting(entries), values.span.extracting(entries))
  }

  /// A block of consecutive rows, copied.
  ///
  /// - Parameter range: Rows of this matrix.
  /// - Returns: A matrix of `range.count` rows.
  /// - Complexity: O(the number of entries copied).
  package func rows(_ range: Range<Int>) -> SparseMatrix {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rowCount,
      "rows \(range) are outside a matrix of \(rowCount) rows")
    let entries = rowOffsets[range.lowerBound]..<rowOffsets[range.upperBound]
    return SparseMatrix(
      unchecked: range.count, columnCount: columnCount,
      rowOffsets: rowOffsets[range.lowerBound...range.upperBound].map { $0 - entries.lowerBound },
      columnIndices: Array(columnIndices[entries]), values: Array(values[entries]))
  }

  /// Copies chosen rows, in the order given.
  ///
  /// - Parameter indices: Rows of this matrix; one may occur more than once.
  /// - Returns: A matrix of `indices.count` rows.
  /// - Complexity: O(the number of entries copied).
  public func gatheringRows(_ indices: [Int]) -> SparseMatrix {
    var offsets = [0]
    offsets.reserveCapacity(indices.count + 1)
    var columns: [Int32] = []
    var gathered: [Scalar] = []
    for row in indices {
      precondition(row >= 0 && row < rowCount, "row \(row) is outside a matrix of \(rowCount) rows")
      let entries = rowOffsets[row]..<rowOffsets[row + 1]
      columns.append(contentsOf: columnIndices[entries])
      gathered.append(contentsOf: values[entries])
      offsets.append(gathered.count)
    }
    return SparseMatrix(
      unchecked: indices.count, columnCount: columnCount, rowOffsets: offsets,
      columnIndices: columns, values: gathered)
  }

  /// Copies the entries of a dense matrix that are not zero.
  ///
  /// - Parameter dense: At most 2³¹ − 1 columns.
  /// - Throws: `LinearAlgebraError/tooLarge(operation:count:)` when there are more columns.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(_ dense: Matrix<Scalar>) throws(LinearAlgebraError) {
    guard dense.columnCount <= Int(Int32.max) else {
      throw .tooLarge(operation: "sparse matrix", count: dense.columnCount)
    }
    var offsets = [0]
    offsets.reserveCapacity(dense.rowCount + 1)
    var columns: [Int32] = []
    var values: [Scalar] = []
    for row in 0..<dense.rowCount {
      dense.withRow(row) { row in
        for column in row.indices where row[column] != 0 {
          columns.append(Int32(column))
          values.append(row[column])
        }
      }
      offsets.append(values.count)
    }
    self.init(
      unchecked: dense.rowCount, columnCount: dense.columnCount, rowOffsets: offsets,
      columnIndices: columns, values: values)
  }
}
