import Basics
import Synchronization

// Rows of K in memory: how they are made, and blocks that are copies of them.

extension TiledKernel {
  /// Where an example stands among the active ones, −1 for one that is not active.
  private func place(of example: Int32) -> Int32 {
    placeOfExample.map { $0[Int(example)] } ?? example
  }

  /// Whether K(x, z) and K(z, x) have the same bits.
  ///
  /// Sums in the order of the features have, whichever of the two is the row. Sparse products, and what callers
  /// compute, are not relied on.
  static func isSymmetricInBits(_ examples: PreparedExamples<Scalar>) -> Bool {
    switch examples.step.product {
    case .differences: true
    case .inner: !examples.isSparseProduct
    case .lookup, .closure, .combination: false
    }
  }

  /// Fills the rows of a block that lie in memory, or for which there is room.
  ///
  /// - Parameters:
  ///   - rows: Examples.
  ///   - columns: Examples.
  ///   - target: Where the block goes.
  ///   - isCancelled: Asked before each tile.
  /// - Returns: The positions of the rows that are still to be computed, or `nil` when it was stopped.
  /// - Throws: `KernelError.notFinite`.
  func fillKeptRows(
    _ rows: [Int32], _ columns: [Int32], into target: BlockTarget<Scalar>,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> [Int]? {
    let all = Array(rows.indices)
    guard numbers.isOwn, let kept, kept.capacity > 0 else { return all }
    let places = columns.map { place(of: $0) }
    guard !places.contains(-1) else { return all }
    guard try keep(rows, isCancelled) else { return nil }
    let slots = rows.map { kept.slot(of: $0) }
    let atHand = all.filter { slots[$0] != nil }
    let isDone = unsafe target.putRows(
      atHand, columnCount: columns.count,
      threads: worthwhileThreads(values: atHand.count * columns.count), scratch: scratch,
      isCancelled: isCancelled
    ) { position, values in
      guard let slot = slots[position] else { return }
      unsafe Scalar.library.loops.gather(kept.row(slot), places, places.count, values)
    }
    guard isDone else { return nil }
    return all.filter { slots[$0] == nil }
  }

  /// Makes rows of K for the active examples, and keeps them.
  ///
  /// - Parameters:
  ///   - rows: Examples.
  ///   - isCancelled: Asked before each tile.
  /// - Returns: Whether those for which there is room are in memory.
  /// - Throws: `KernelError.notFinite`.
  func keep(_ rows: [Int32], _ isCancelled: @Sendable () -> Bool) throws(KernelError) -> Bool {
    guard let kept else { return true }
    let wanted = kept.makeRoom(for: rows)
    let largest = RowBlock<Scalar>.largestCount(of: examples)
    for first in stride(from: 0, to: wanted.count, by: largest) {
      let batch = Array(wanted[first..<min(first + largest, wanted.count)])
      guard try make(batch, in: kept, isCancelled) else { return false }
      kept.complete(batch.lazy.map(\.slot))
    }
    return true
  }

  /// Makes new rows.
  ///
  /// - Parameters:
  ///   - batch: Examples and their slots, at most as many as a ``RowBlock`` holds.
  ///   - kept: Where they go.
  ///   - isCancelled: Asked before each tile.
  /// - Returns: Whether they were made.
  /// - Throws: `KernelError.notFinite`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func make(
    _ batch: [(row: Int32, slot: Int)], in kept: KeptRows<Scalar>,
    _ isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    let width = TileEvaluator<Scalar>.columnCount
    let height = TileEvaluator<Scalar>.rowCount
    let columnCount = active?.count ?? count
    let block = rowBlock(batch.map(\.row))
    let stopped = Atomic<Bool>(false)
    concurrentTiles(
      count: (columnCount + width - 1) / width,
      threads: worthwhileThreads(values: batch.count * columnCount)
    ) { [evaluator, scratch, active] number, worker in
      let range = number * width..<min((number + 1) * width, columnCount)
      let scratch = scratch[worker]
      let prepared = evaluator.prepare(
        active.map { .indices($0, range) } ?? .range(range), scratch: scratch)
      let values = unsafe scratch.buffer(.tile, count: height * width)
      for first in stride(from: 0, to: batch.count, by: height) {
        if isCancelled() { stopped.store(true, ordering: .relaxed) }
        guard !stopped.load(ordering: .relaxed) else { return }
        let part = first..<min(first + height, batch.count)
        unsafe evaluator.evaluate(
          block, rows: part, prepared, into: values, stride: width, scratch: scratch)
        for row in part {
          unsafe (kept.row(batch[row].slot) + range.lowerBound).update(
            from: values + (row - first) * width, count: range.count)
        }
      }
    }
    guard !stopped.load(ordering: .relaxed) else { return false }
    valuesComputed += batch.count * columnCount
    for entry in batch {
      let index = unsafe Scalar.library.loops.firstNotFinite(kept.row(entry.slot), columnCount)
      if index >= 0 {
        throw .notFinite(
          row: Int(entry.row), column: numbers[active.map { Int($0[index]) } ?? index])
      }
    }
    return true
  }
}
