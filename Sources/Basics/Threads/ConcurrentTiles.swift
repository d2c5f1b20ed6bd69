import Dispatch
import Synchronization

// Work on a large matrix is cut into tiles by index, never by thread, and each tile writes only
// what it owns. Which thread computes a tile then changes nothing but the time, so that a result
// has the same bits for every number of threads.

/// Calls a closure once for each tile, on up to `threads` threads at once, and waits for all.
///
/// The calling thread takes part. A thread that is done takes the next tile that nobody has begun,
/// so that tiles of unequal cost are spread well; the order of the calls is therefore unspecified,
/// except with one thread, where tiles run in ascending order on the calling thread. Waking a
/// thread costs tens of microseconds: give each thread at least half a millisecond of work.
///
/// The threads are Dispatch's. The caller blocks until the last tile is done, so do not call this
/// from a task on Swift's cooperative thread pool. Tiles may call it again; the inner tiles then
/// share the threads that there are.
///
/// - Parameters:
///   - count: The number of tiles, at least 0.
///   - threads: The largest number of threads to use, at least 1.
///   - body: The work on one tile, given the tile's index in `0..<count` and the index of the
///     worker in `0..<threads`, by which scratch memory may be kept: no two tiles run at the same
///     time on one worker. Tiles that write to shared memory must write to disjoint parts of it.
package func concurrentTiles(
  count: Int, threads: Int, _ body: @Sendable (_ tile: Int, _ worker: Int) -> Void
) {
  precondition(count >= 0, "there cannot be \(count) tiles")
  precondition(threads >= 1, "tiles cannot run on \(threads) threads")
  let workers = min(threads, count)
  guard workers > 1 else {
    for tile in 0..<count { body(tile, 0) }
    return
  }
  // Relaxed order is enough: the counter only hands out indices, and concurrentPerform orders
  // everything before and after it.
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    while true {
      let tile = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard tile < count else { return }
      body(tile, worker)
    }
  }
}

/// Calls a closure once for each tile, as ``concurrentTiles(count:threads:_:)`` with a worker does.
package func concurrentTiles(
  count: Int, threads: Int, _ body: @Sendable (_ tile: Int) -> Void
) {
  concurrentTiles(count: count, threads: threads) { tile, _ in body(tile) }
}

/// Calls a closure once for each tile of the lower triangle of a matrix, as ``concurrentTiles(count:threads:_:)`` does:
/// row after row, the diagonal's tile the last of its row.
///
/// - Parameters:
///   - side: The tiles of a row and of a column of the whole matrix, at least 0.
///   - threads: The largest number of threads to use, at least 1.
///   - body: The work on one tile, given its row and its column, which is at most the row.
package func concurrentTriangleTiles(
  side: Int, threads: Int, _ body: @Sendable (_ row: Int, _ column: Int) -> Void
) {
  concurrentTiles(count: side * (side + 1) / 2, threads: threads) { tile in
    var (row, column) = (0, tile)
    while column > row {
      column -= row + 1
      row += 1
    }
    body(row, column)
  }
}

/// Computes results side by side.
///
/// - Parameters:
///   - count: The number of results.
///   - threads: How many to compute at the same time; fewer than 1 are 1.
///   - body: Computes one.
/// - Returns: The results by their indices.
/// - Throws: The error of the smallest index that has one.
package func concurrentResults<Value: Sendable, Failure: Error>(
  count: Int, threads: Int, _ body: @Sendable (_ index: Int) throws(Failure) -> Value
) throws(Failure) -> [Value] {
  let results = Mutex([Result<Value, Failure>?](repeating: nil, count: count))
  concurrentTiles(count: count, threads: max(1, threads)) { index in
    let result = Result { () throws(Failure) -> Value in try body(index) }
    results.withLock { $0[index] = result }
  }
  var values: [Value] = []
  values.reserveCapacity(count)
  for result in results.withLock({ $0 }) {
    guard let result else { preconditionFailure("a result was forgotten") }
    values.append(try result.get())
  }
  return values
}

/// Carries a value, a pointer above all, into a closure that other threads run.
///
/// The compiler no longer checks what the threads do with it: the code that makes one promises
/// that no two threads write to the same memory, or one writes what another reads, at the same
/// time.
package struct UnsafeSendable<Value>: @unchecked Sendable {
  /// What is carried.
  package let value: Value

  /// Wraps a value.
  package init(_ value: Value) { self.value = value }
}
