/// Examples by features, stored densely or sparsely: what models are trained on and applied to.
public enum FeatureMatrix: Sendable, Equatable {
  /// Every feature of every example is stored.
  case dense(Matrix<Double>)
  /// Only the features that are not zero are stored.
  case sparse(SparseMatrix<Double>)

  /// The number of examples.
  public var rowCount: Int {
    switch self {
    case .dense(let matrix): matrix.rowCount
    case .sparse(let matrix): matrix.rowCount
    }
  }

  /// The number of features.
  public var columnCount: Int {
    switch self {
    case .dense(let matrix): matrix.columnCount
    case .sparse(let matrix): matrix.columnCount
    }
  }

  /// Copies chosen examples, in the order given.
  public func gatheringRows(_ indices: [Int]) -> FeatureMatrix {
    switch self {
    case .dense(let matrix): .dense(matrix.gatheringRows(indices))
    case .sparse(let matrix): .sparse(matrix.gatheringRows(indices))
    }
  }

  /// The examples with every feature stored; shares the elements when they are stored already.
  public var dense: Matrix<Double> {
    switch self {
    case .dense(let matrix): matrix
    case .sparse(let matrix): matrix.dense
    }
  }

  /// The bytes that the elements take in memory.
  package var byteCount: Int {
    switch self {
    case .dense(let matrix): matrix.rowCount * matrix.columnCount * 8
    case .sparse(let matrix): matrix.storedCount * 12 + (matrix.rowCount + 1) * 8
    }
  }

  /// The first entry that is NaN or infinite, in row order.
  package var firstNonFinite: (row: Int, column: Int, value: Double)? {
    switch self {
    case .dense(let matrix):
      return unsafe matrix.withUnsafeElements { elements in
        for index in elements.indices where unsafe !elements[index].isFinite {
          return unsafe (
            index / matrix.columnCount, index % matrix.columnCount, elements[index]
          )
        }
        return nil
      }
    case .sparse(let matrix):
      guard let entry = matrix.values.firstIndex(where: { !$0.isFinite }) else { return nil }
      let row = matrix.rowOffsets.lastIndex(where: { $0 <= entry }) ?? 0
      return (row, Int(matrix.columnIndices[entry]), matrix.values[entry])
    }
  }
}

// MARK: The choice of storage

extension FeatureMatrix {
  /// A matrix is stored densely when the share of its entries that are not zero is above this.
  ///
  /// It then takes less than three times the memory, and products with it are several times faster.
  package static let denseShareThreshold = 0.25

  /// Chooses how to store a matrix, by the share of its entries that are not zero.
  ///
  /// - Parameter matrix: The entries.
  package init(choosingFor matrix: SparseMatrix<Double>) {
    let isDense = Self.isDense(
      rowCount: matrix.rowCount, columnCount: matrix.columnCount, storedCount: matrix.storedCount)
    self = isDense ? .dense(matrix.dense) : .sparse(matrix)
  }

  /// Whether a matrix is stored densely.
  ///
  /// - Parameters:
  ///   - rowCount: The number of its rows.
  ///   - columnCount: The number of its columns.
  ///   - storedCount: The number of its entries that are not zero.
  /// - Returns: Whether it is.
  package static func isDense(rowCount: Int, columnCount: Int, storedCount: Int) -> Bool {
    let (count, overflow) = rowCount.multipliedReportingOverflow(by: columnCount)
    return !overflow && Double(storedCount) > denseShareThreshold * Double(count)
  }
}
