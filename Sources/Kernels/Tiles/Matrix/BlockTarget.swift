import Basics
import Synchronization

/// Where the values of a block of K go.
///
/// In a working block newcomers have slots among those of other examples, and their values belong into the
/// rows of the others as well, since K is symmetric. Tiles are put there while they are in cache, so that no
/// copy of the block is needed in between.
@safe
package struct BlockTarget<Scalar: KernelScalar>: @unchecked Sendable {
  /// The first element; rows lie `stride` elements apart.
  let values: UnsafeMutablePointer<Scalar>
  let stride: Int
  private let places: Places?

  private struct Places {
    var rows: [Int32]
    var columns: [Int32]
    /// Whether the values of a column go into its example's own row as well.
    var isMirrored: [Bool]
  }

  /// Rows and columns in the order of the block.
  ///
  /// - Parameters:
  ///   - values: Room for the rows.
  ///   - stride: Elements from one row to the next, at least the number of columns.
  @unsafe
  package init(_ values: UnsafeMutablePointer<Scalar>, stride: Int) {
    unsafe self.values = values
    self.stride = stride
    places = nil
  }

  /// Rows and columns in places of their own, in a square whose rows and columns are the same examples.
  ///
  /// - Parameters:
  ///   - values: The square.
  ///   - stride: Elements from one of its rows to the next.
  ///   - rows: Where the block's rows go, which no others do.
  ///   - columns: Where its columns go, ascending, each once.
  @unsafe
  package init(
    square values: UnsafeMutablePointer<Scalar>, stride: Int, rows: [Int32], columns: [Int32]
  ) {
    unsafe self.values = values
    self.stride = stride
    let isRow = Set(rows)
    places = Places(
      rows: rows, columns: columns, isMirrored: columns.map { !isRow.contains($0) })
  }

  /// Whether rows and columns are in the order of the block.
  var isInOrder: Bool { places == nil }

  /// Where some of the block's rows go.
  package func rowPlaces(_ positions: some Collection<Int>) -> [Int32] {
    positions.map { places?.rows[$0] ?? Int32($0) }
  }

  /// Puts a tile in place.
  ///
  /// - Parameters:
  ///   - tile: Values, row after row.
  ///   - tileStride: Elements from one row to the next.
  ///   - rows: Where its rows go; see ``rowPlaces(_:)``.
  ///   - columns: Which of the block's columns it has.
  ///   - scratch: The worker's memory; its product is overwritten.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  package func put(
    _ tile: UnsafePointer<Scalar>, stride tileStride: Int, rows: ArraySlice<Int32>,
    columns: Range<Int>, scratch: TileScratch<Scalar>
  ) {
    guard let places else {
      for (r, row) in rows.enumerated() {
        unsafe (values + Int(row) * stride + columns.lowerBound).update(
          from: tile + r * tileStride, count: columns.count)
      }
      return
    }
    guard let first = columns.first, let last = columns.last else { return }
    let firstPlace = Int(places.columns[first])
    let isContiguous = Int(places.columns[last]) - firstPlace == columns.count - 1
    unsafe places.columns.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for (r, row) in rows.enumerated() {
        let target = unsafe values + Int(row) * stride
        if isContiguous {
          unsafe (target + firstPlace).update(from: tile + r * tileStride, count: columns.count)
        } else {
          unsafe Scalar.library.loops.scatter(
            tile + r * tileStride, base + first, columns.count, target)
        }
      }
    }
    // By symmetry, some columns at a time, turned around so that both sides are read and written in order.
    let strip = 64
    unsafe rows.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for start in Swift.stride(from: first, to: columns.upperBound, by: strip) {
        let part = start..<min(start + strip, columns.upperBound)
        guard part.contains(where: { places.isMirrored[$0] }) else { continue }
        let turned = unsafe scratch.buffer(.product, count: strip * rows.count)
        unsafe Scalar.library.loops.transpose(
          tile + (start - first), rows.count, part.count, tileStride, turned, rows.count)
        for column in part where places.isMirrored[column] {
          unsafe Scalar.library.loops.scatter(
            turned + (column - start) * rows.count, base, rows.count,
            values + Int(places.columns[column]) * stride)
        }
      }
    }
  }

  /// Puts rows in place that are copied from memory, some at a time on several threads.
  ///
  /// - Parameters:
  ///   - positions: Which of the block's rows.
  ///   - columnCount: The number of the block's columns.
  ///   - threads: The number of threads, at most one for each scratch.
  ///   - scratch: The workers' memory.
  ///   - isCancelled: Asked now and then.
  ///   - copy: Writes the values of a row, given its position.
  /// - Returns: Whether all were put in place.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  func putRows(
    _ positions: [Int], columnCount: Int, threads: Int, scratch: [TileScratch<Scalar>],
    isCancelled: @Sendable () -> Bool,
    copy: @Sendable (Int, UnsafeMutablePointer<Scalar>) -> Void
  ) -> Bool {
    let rows = rowPlaces(positions)
    let stopped = Atomic<Bool>(false)
    let strip = 32
    concurrentTiles(count: (positions.count + strip - 1) / strip, threads: threads) {
      number, worker in
      if isCancelled() { stopped.store(true, ordering: .relaxed) }
      guard !stopped.load(ordering: .relaxed) else { return }
      let part = number * strip..<min((number + 1) * strip, positions.count)
      let scratch = scratch[worker]
      let values = unsafe scratch.buffer(.tile, count: strip * columnCount)
      for (offset, position) in positions[part].enumerated() {
        unsafe copy(position, values + offset * columnCount)
      }
      unsafe put(
        values, stride: columnCount, rows: rows[part], columns: 0..<columnCount, scratch: scratch)
    }
    return !stopped.load(ordering: .relaxed)
  }
}
