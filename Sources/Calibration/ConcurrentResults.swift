import LinearAlgebra
import Synchronization

/// Calls a closure once for each index, on up to so many threads at once; the results in index order.
func concurrentResults<Value: Sendable>(
  count: Int, threads: Int, _ body: @Sendable (_ index: Int) -> Value
) -> [Value] {
  let results = Mutex([Value?](repeating: nil, count: count))
  concurrentTiles(count: count, threads: max(1, threads)) { index in
    let value = body(index)
    results.withLock { $0[index] = value }
  }
  return results.withLock { $0.compactMap { $0 } }
}
