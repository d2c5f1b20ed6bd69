/// Elements in a caller's memory, which matrices read where they are until the caller's call ends.
///
/// A matrix that outlives the call finds them copied: see
/// ``Matrix/withBorrowed(rowCount:columnCount:_:_:)``.
@safe
@usableFromInline
final class BorrowedElements<Scalar: BLASScalar>: @unchecked Sendable {
  // It changes once, when the caller's call ends and nobody computes any more.
  private var elements: UnsafeBufferPointer<Scalar>
  private var isOwner = false

  init(_ elements: UnsafeBufferPointer<Scalar>) { unsafe self.elements = elements }

  deinit {
    if isOwner { unsafe elements.deallocate() }
  }

  /// The elements; valid as long as this object and, before ``keep()``, the caller's memory.
  @usableFromInline
  var buffer: UnsafeBufferPointer<Scalar> { unsafe elements }

  /// Copies the elements, so that the caller's memory may go.
  func keep() {
    let copy = unsafe UnsafeMutableBufferPointer<Scalar>.allocate(capacity: elements.count)
    _ = unsafe copy.initialize(fromContentsOf: elements)
    unsafe elements = UnsafeBufferPointer(copy)
    isOwner = true
  }
}

extension Matrix {
  /// Calls a closure with a matrix whose elements stay where a caller has them.
  ///
  /// Nothing is copied unless the matrix, or one that shares its elements, is still referenced when the closure
  /// returns; the elements are then copied once, and the matrix stays valid. Changing the matrix copies it first, as
  /// changing any shared matrix does.
  ///
  /// - Parameters:
  ///   - rowCount: The number of rows, at least 0.
  ///   - columnCount: The number of columns, at least 0.
  ///   - elements: `rowCount × columnCount` elements, row after row, that nobody changes before the closure
  ///     returns.
  ///   - body: Called with the matrix. No other thread may read the matrix when it returns.
  /// - Returns: What the closure returns.
  /// - Throws: What the closure throws.
  @unsafe
  package static func withBorrowed<Result, Failure: Error>(
    rowCount: Int, columnCount: Int, _ elements: UnsafeBufferPointer<Scalar>,
    _ body: (Matrix) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(
      elements.count == count(rowCount, columnCount),
      "\(elements.count) elements for \(rowCount) × \(columnCount)")
    var borrowed = unsafe BorrowedElements(elements)
    defer {
      if !isKnownUniquelyReferenced(&borrowed) { borrowed.keep() }
    }
    return try body(Matrix(rowCount: rowCount, columnCount: columnCount, borrowed: borrowed))
  }
}
