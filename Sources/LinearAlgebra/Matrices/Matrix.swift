/// A dense matrix, row-major, with value semantics.
///
/// Rows are examples and columns are features throughout this package, so that one example lies
/// contiguously in memory. Copies share their elements until one of them is changed.
public struct Matrix<Scalar: BLASScalar>: Sendable {
  /// The number of rows.
  public let rowCount: Int
  /// The number of columns.
  public let columnCount: Int
  /// All elements of the matrix that this one is a block of rows of; none when they are borrowed.
  @usableFromInline var storage: [Scalar]
  /// The elements instead of `storage`, where they are in a caller's memory.
  @usableFromInline var borrowed: BorrowedElements<Scalar>?
  /// Where in the elements the first row begins.
  @usableFromInline var start: Int

  @usableFromInline
  init(rowCount: Int, columnCount: Int, storage: [Scalar], start: Int) {
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.storage = storage
    self.start = start
  }

  init(rowCount: Int, columnCount: Int, borrowed: BorrowedElements<Scalar>) {
    self.init(rowCount: rowCount, columnCount: columnCount, storage: [], start: 0)
    self.borrowed = borrowed
  }

  /// Wraps a row-major buffer.
  ///
  /// - Parameters:
  ///   - rowCount: The number of rows, at least 0.
  ///   - columnCount: The number of columns, at least 0.
  ///   - elements: `rowCount × columnCount` elements, row after row.
  /// - Throws: `LinearAlgebraError/elementCount(rows:columns:found:)` when the number of
  ///   elements is another.
  public init(rowCount: Int, columnCount: Int, elements: [Scalar]) throws(LinearAlgebraError) {
    guard elementCount(rowCount, columnCount, of: Scalar.self) == elements.count else {
      throw .elementCount(rows: rowCount, columns: columnCount, found: elements.count)
    }
    self.init(rowCount: rowCount, columnCount: columnCount, storage: elements, start: 0)
  }

  /// Copies nested arrays, one for each row.
  ///
  /// - Parameter rows: The rows, all equally long. No rows at all make a 0 × 0 matrix.
  /// - Throws: `LinearAlgebraError/raggedRows(row:found:expected:)` when a row has another
  ///   length than the first.
  public init(rows: [[Scalar]]) throws(LinearAlgebraError) {
    let width = rows.first?.count ?? 0
    var elements: [Scalar] = []
    elements.reserveCapacity(rows.count * width)
    for (index, row) in rows.enumerated() {
      guard row.count == width else {
        throw .raggedRows(row: index, found: row.count, expected: width)
      }
      elements.append(contentsOf: row)
    }
    self.init(rowCount: rows.count, columnCount: width, storage: elements, start: 0)
  }

  /// Makes a matrix in which every element is the same.
  ///
  /// - Parameters:
  ///   - rowCount: The number of rows, at least 0.
  ///   - columnCount: The number of columns, at least 0.
  ///   - element: The value of every element.
  public init(rowCount: Int, columnCount: Int, repeating element: Scalar) {
    self.init(
      rowCount: rowCount, columnCount: columnCount,
      storage: Array(repeating: element, count: Self.count(rowCount, columnCount)), start: 0)
  }

  /// Makes a matrix from a formula of row and column.
  ///
  /// - Parameters:
  ///   - rowCount: The number of rows, at least 0.
  ///   - columnCount: The number of columns, at least 0.
  ///   - element: Called once for each element, row after row.
  @inlinable
  public init(rowCount: Int, columnCount: Int, _ element: (_ row: Int, _ column: Int) -> Scalar) {
    var storage: [Scalar] = []
    storage.reserveCapacity(Self.count(rowCount, columnCount))
    for row in 0..<rowCount {
      for column in 0..<columnCount { storage.append(element(row, column)) }
    }
    self.init(rowCount: rowCount, columnCount: columnCount, storage: storage, start: 0)
  }

  /// Wraps elements whose number the caller knows to be right.
  package init(unchecked rowCount: Int, columnCount: Int, elements: [Scalar]) {
    precondition(
      elements.count == rowCount * columnCount,
      "\(elements.count) elements for \(rowCount) × \(columnCount)")
    self.init(rowCount: rowCount, columnCount: columnCount, storage: elements, start: 0)
  }

  /// Makes a matrix whose elements a closure writes into fresh memory, without zeroing it first.
  package init(
    rowCount: Int, columnCount: Int,
    unsafeUninitialized fill: (UnsafeMutableBufferPointer<Scalar>) throws -> Void
  ) rethrows {
    let count = Self.count(rowCount, columnCount)
    let storage = try unsafe [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      // Scalars are trivial, so that writing initialises; the capacity handed in may be larger.
      try unsafe fill(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
      initialized = count
    }
    self.init(rowCount: rowCount, columnCount: columnCount, storage: storage, start: 0)
  }

  /// The identity matrix.
  ///
  /// - Parameter size: The number of rows and of columns, at least 0.
  /// - Returns: The `size × size` matrix with ones on the diagonal and zeros elsewhere.
  public static func identity(_ size: Int) -> Matrix {
    Matrix(rowCount: size, columnCount: size) { $0 == $1 ? 1 : 0 }
  }

  /// The number of elements of a matrix that this program asked for; it stops when there is none.
  ///
  /// Sizes that come from a file are to be checked first, against the memory there is.
  @usableFromInline
  static func count(_ rowCount: Int, _ columnCount: Int) -> Int {
    guard let count = elementCount(rowCount, columnCount, of: Scalar.self) else {
      preconditionFailure("a matrix of \(rowCount) rows and \(columnCount) columns is not possible")
    }
    return count
  }

  /// The element in one row and column, both counted from 0.
  @inlinable
  public subscript(row: Int, column: Int) -> Scalar {
    get {
      let index = index(row, column)
      guard let borrowed else { return storage[index] }
      return unsafe borrowed.buffer[index]
    }
    set {
      makeContiguousOwner()
      storage[index(row, column)] = newValue
    }
  }

  @inlinable
  func index(_ row: Int, _ column: Int) -> Int {
    precondition(
      row >= 0 && row < rowCount && column >= 0 && column < columnCount,
      "element (\(row), \(column)) is outside a \(rowCount) × \(columnCount) matrix")
    return start + row * columnCount + column
  }

  /// A block drops the rows that it does not show before it is changed.
  @inlinable
  mutating func makeContiguousOwner() {
    let count = rowCount * columnCount
    guard start != 0 || storage.count != count || borrowed != nil else { return }
    storage = elements(start..<start + count)
    borrowed = nil
    start = 0
  }

  /// Copies elements of the matrix that this one is a block of.
  @usableFromInline
  func elements(_ range: Range<Int>) -> [Scalar] {
    guard let borrowed else { return Array(storage[range]) }
    return unsafe Array(borrowed.buffer[range])
  }

  /// A block of consecutive rows, which shares this matrix's elements.
  ///
  /// - Parameter range: Rows of this matrix.
  /// - Returns: A matrix of `range.count` rows. Changing it copies them first, so that neither
  ///   matrix sees changes of the other.
  /// - Complexity: O(1).
  package func rows(_ range: Range<Int>) -> Matrix {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rowCount,
      "rows \(range) are outside a matrix of \(rowCount) rows")
    var block = Matrix(
      rowCount: range.count, columnCount: columnCount, storage: storage,
      start: start + range.lowerBound * columnCount)
    block.borrowed = borrowed
    return block
  }

  /// Copies chosen rows, in the order given.
  ///
  /// - Parameter indices: Rows of this matrix; one may occur more than once.
  /// - Returns: A matrix of `indices.count` rows.
  /// - Complexity: O(`indices.count` × `columnCount`).
  public func gatheringRows(_ indices: [Int]) -> Matrix {
    var elements: [Scalar] = []
    elements.reserveCapacity(indices.count * columnCount)
    unsafe withUnsafeElements { all in
      for row in indices {
        precondition(
          row >= 0 && row < rowCount, "row \(row) is outside a matrix of \(rowCount) rows")
        let first = row * columnCount
        unsafe elements.append(contentsOf: all[first..<first + columnCount])
      }
    }
    return Matrix(
      rowCount: indices.count, columnCount: columnCount, storage: elements, start: 0)
  }

  /// Calls a closure with one row, without copying it.
  ///
  /// - Parameters:
  ///   - row: The row's index, from 0.
  ///   - body: Called with the row's `columnCount` elements.
  /// - Returns: What the closure returns.
  /// - Throws: What the closure throws.
  @inlinable
  package func withRow<Result, Failure: Error>(
    _ row: Int, _ body: (Span<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(row >= 0 && row < rowCount, "row \(row) is outside a matrix of \(rowCount) rows")
    let first = start + row * columnCount
    guard let borrowed else {
      return try body(storage.span.extracting(first..<first + columnCount))
    }
    return try unsafe body(borrowed.buffer.span.extracting(first..<first + columnCount))
  }

  /// One row, copied.
  public func row(_ row: Int) -> [Scalar] {
    precondition(row >= 0 && row < rowCount, "row \(row) is outside a matrix of \(rowCount) rows")
    let first = start + row * columnCount
    return elements(first..<first + columnCount)
  }

  /// All elements, row after row, copied unless the matrix owns exactly these.
  public var elements: [Scalar] {
    start == 0 && storage.count == rowCount * columnCount && borrowed == nil
      ? storage : elements(start..<start + rowCount * columnCount)
  }

  /// Calls a closure with all elements, row after row, without copying them.
  package func withUnsafeElements<Result>(
    _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    let range = start..<start + rowCount * columnCount
    if let borrowed {
      return try withExtendedLifetime(borrowed) {
        try unsafe body(UnsafeBufferPointer(rebasing: borrowed.buffer[range]))
      }
    }
    return try unsafe storage.withUnsafeBufferPointer { buffer in
      try unsafe body(UnsafeBufferPointer(rebasing: buffer[range]))
    }
  }

  /// Calls a closure that may change all elements in place.
  package mutating func withUnsafeMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    makeContiguousOwner()
    return try unsafe storage.withUnsafeMutableBufferPointer { buffer in try unsafe body(buffer) }
  }

  /// The matrix with rows and columns exchanged, copied.
  ///
  /// Products take a transposed operand without this copy, see `Transposing`.
  public var transposed: Matrix {
    unsafe Matrix(
      rowCount: columnCount, columnCount: rowCount,
      unsafeUninitialized: { target in
        unsafe withUnsafeElements { source in
          unsafe transpose(source, rowCount: rowCount, columnCount: columnCount, into: target)
        }
      })
  }
}

/// Writes the transpose of a row-major matrix.
///
/// Squares of 16 × 16 elements are moved one after the other, so that the lines of memory that are
/// read and those that are written both stay in the cache until they are used up.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func transpose<Scalar: BLASScalar>(
  _ source: UnsafeBufferPointer<Scalar>, rowCount: Int, columnCount: Int,
  into target: UnsafeMutableBufferPointer<Scalar>
) {
  let side = 16
  for firstRow in stride(from: 0, to: rowCount, by: side) {
    for firstColumn in stride(from: 0, to: columnCount, by: side) {
      for row in firstRow..<min(firstRow + side, rowCount) {
        for column in firstColumn..<min(firstColumn + side, columnCount) {
          unsafe target[column * rowCount + row] = source[row * columnCount + column]
        }
      }
    }
  }
}

extension Matrix: Equatable {
  /// Whether two matrices have the same shape and equal elements.
  public static func == (left: Matrix, right: Matrix) -> Bool {
    left.rowCount == right.rowCount && left.columnCount == right.columnCount
      && (unsafe left.withUnsafeElements { left in
        unsafe right.withUnsafeElements { right in unsafe left.elementsEqual(right) }
      })
  }
}
