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
  /// Sums in the order of the features have, whichever of the two is the row. Sparse products, and what callers compute, are not relied on.
  private var isSymmetricInBits: Bool {
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
  ///   - stopping: Asked before each tile.
  /// - Returns: The positions of the rows that are still to be computed, or `nil` when it was stopped.
  /// - Throws: `KernelError.notFinite`.
  func fillKeptRows(
    _ rows: [Int32], _ columns: [Int32], into target: BlockTarget<Scalar>,
    stopping: @Sendable () -> Bool
  ) throws(KernelError) -> [Int]? {
    let all = Array(rows.indices)
    guard case .own = numbers, let kept, kept.capacity > 0 else { return all }
    let places = columns.map { place(of: $0) }
    guard !places.contains(-1) else { return all }
    guard try keep(rows, stopping) else { return nil }
    let slots = rows.map { kept.slot(of: $0) }
    let atHand = all.filter { slots[$0] != nil }
    let targetRows = target.rowPlaces(atHand)
    let strip = 32
    concurrentTiles(
      count: (atHand.count + strip - 1) / strip,
      threads: worthwhileThreads(values: atHand.count * columns.count)
    ) { [scratch] number, worker in
      let part = number * strip..<min((number + 1) * strip, atHand.count)
      let scratch = scratch[worker]
      let values = unsafe scratch.buffer(.tile, count: strip * columns.count)
      for (offset, position) in atHand[part].enumerated() {
        guard let slot = slots[position] else { continue }
        unsafe Scalar.library.loops.gather(
          kept.row(slot), places, places.count, values + offset * columns.count)
      }
      unsafe target.put(
        values, stride: columns.count, rows: targetRows[part], columns: columns.indices,
        scratch: scratch)
    }
    return all.filter { slots[$0] == nil }
  }

  /// Makes rows of K for the active examples, and keeps them.
  ///
  /// K is symmetric: what earlier rows hold of a row is copied, and only the rest computed, so that all
  /// rows together cost half as much.
  ///
  /// - Parameters:
  ///   - rows: Examples.
  ///   - stopping: Asked before each tile.
  /// - Returns: Whether those for which there is room are in memory.
  /// - Throws: `KernelError.notFinite`.
  func keep(_ rows: [Int32], _ stopping: @Sendable () -> Bool) throws(KernelError) -> Bool {
    guard let kept else { return true }
    let wanted = kept.makeRoom(for: rows)
    let largest = RowBlock<Scalar>.largestCount(of: examples)
    for first in stride(from: 0, to: wanted.count, by: largest) {
      let batch = Array(wanted[first..<min(first + largest, wanted.count)])
      guard try make(batch, in: kept, stopping) else { return false }
      kept.complete(batch.lazy.map(\.slot))
    }
    return true
  }

  /// Where the values of some columns of new rows come from.
  private struct Columns {
    /// Columns whose own rows lie in memory: their places in a row, and their slots.
    var known: (places: [Int32], slots: [Int]) = ([], [])
    /// Columns to compute: their places and examples.
    var fresh: (places: [Int32], examples: [Int32]) = ([], [])
    /// Columns that are among the new rows: their places, and which of these rows they are.
    var own: (places: [Int32], numbers: [Int32]) = ([], [])
  }

  /// Makes new rows.
  ///
  /// - Parameters:
  ///   - batch: Examples and their slots, at most as many as a ``RowBlock`` holds.
  ///   - kept: Where they go.
  ///   - stopping: Asked before each tile.
  /// - Returns: Whether they were made.
  /// - Throws: `KernelError.notFinite`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func make(
    _ batch: [(row: Int32, slot: Int)], in kept: KeptRows<Scalar>,
    _ stopping: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    let rows = batch.map(\.row)
    // Of some examples' columns, rows may be anywhere.
    var rowPlaces: [Int32] = []
    if isSymmetricInBits, case .own = numbers { rowPlaces = rows.map { place(of: $0) } }
    let copies = !rowPlaces.isEmpty && !rowPlaces.contains(-1)
    // What the new rows hold of each other is computed first, half of it.
    let square = AlignedBuffer<Scalar>(count: copies ? rows.count * rows.count : 0)
    if copies {
      guard
        try compute(
          Array(rows.indices), of: rows, rows,
          into: unsafe BlockTarget(square.pointer, stride: rows.count), stopping: stopping)
      else { return false }
    }
    let width = TileEvaluator<Scalar>.columnCount
    let tiles = columns(besides: copies ? rows : nil, in: kept, width: width)
    let block = rowBlock(rows)
    let stopped = Atomic<Bool>(false)
    let computed = Atomic<Int>(0)
    concurrentTiles(
      count: tiles.count, threads: worthwhileThreads(values: rows.count * (active?.count ?? count))
    ) { [evaluator, scratch, rowPlaces] number, worker in
      let columns = tiles[number]
      let scratch = scratch[worker]
      let values = unsafe scratch.buffer(.tile, count: TileEvaluator<Scalar>.rowCount * width)
      if !columns.fresh.places.isEmpty {
        let prepared = evaluator.prepare(
          .indices(columns.fresh.examples, columns.fresh.examples.indices), scratch: scratch)
        for first in stride(from: 0, to: rows.count, by: TileEvaluator<Scalar>.rowCount) {
          if stopping() { stopped.store(true, ordering: .relaxed) }
          guard !stopped.load(ordering: .relaxed) else { return }
          let part = first..<min(first + TileEvaluator<Scalar>.rowCount, rows.count)
          unsafe evaluator.evaluate(
            block, rows: part, prepared, into: values, stride: width, scratch: scratch)
          for row in part {
            unsafe Self.store(
              values + (row - first) * width, at: columns.fresh.places,
              in: kept.row(batch[row].slot))
          }
        }
        computed.wrappingAdd(rows.count * columns.fresh.places.count, ordering: .relaxed)
      }
      // What known rows hold of the new ones, a few at a time, turned around.
      let strip = 32
      for first in stride(from: 0, to: columns.known.slots.count, by: strip) {
        let part = first..<min(first + strip, columns.known.slots.count)
        let places = Array(columns.known.places[part])
        let gathered = unsafe scratch.buffer(.product, count: strip * rows.count)
        for (offset, slot) in columns.known.slots[part].enumerated() {
          unsafe Scalar.library.loops.gather(
            kept.row(slot), rowPlaces, rows.count, gathered + offset * rows.count)
        }
        let turned = unsafe scratch.buffer(.columns, count: strip * rows.count)
        unsafe Scalar.library.loops.transpose(
          gathered, part.count, rows.count, rows.count, turned, strip)
        for (row, entry) in batch.enumerated() {
          unsafe Self.store(turned + row * strip, at: places, in: kept.row(entry.slot))
        }
      }
      if !columns.own.places.isEmpty {
        for (row, entry) in batch.enumerated() {
          unsafe Scalar.library.loops.gather(
            square.pointer + row * rows.count, columns.own.numbers, columns.own.numbers.count,
            values)
          unsafe Self.store(values, at: columns.own.places, in: kept.row(entry.slot))
        }
      }
    }
    valuesComputed += computed.load(ordering: .relaxed)
    guard !stopped.load(ordering: .relaxed) else { return false }
    for entry in batch {
      let columnCount = active?.count ?? count
      let index = unsafe Scalar.library.loops.firstNotFinite(kept.row(entry.slot), columnCount)
      if index >= 0 {
        throw .notFinite(
          row: Int(entry.row), column: numbers[active.map { Int($0[index]) } ?? index])
      }
    }
    return true
  }

  /// Puts values to their places in a row.
  @inline(__always)
  @unsafe
  private static func store(
    _ values: UnsafePointer<Scalar>, at places: [Int32], in row: UnsafeMutablePointer<Scalar>
  ) {
    guard let first = places.first, let last = places.last else { return }
    if Int(last - first) == places.count - 1 {
      unsafe (row + Int(first)).update(from: values, count: places.count)
    } else {
      unsafe Scalar.library.loops.scatter(values, places, places.count, row)
    }
  }

  /// Cuts the columns of new rows into tiles: neighbours in a row are written by the same worker, one
  /// after the other.
  ///
  /// - Parameters:
  ///   - rows: The new rows, or `nil` where all columns are to be computed.
  ///   - kept: The rows in memory.
  ///   - width: Columns of a tile.
  /// - Returns: The tiles' columns, from left to right.
  private func columns(
    besides rows: [Int32]?, in kept: KeptRows<Scalar>, width: Int
  ) -> [Columns] {
    var numbers: [Int32: Int32] = [:]
    for (number, row) in (rows ?? []).enumerated() { numbers[row] = Int32(number) }
    let columnCount = active?.count ?? count
    return stride(from: 0, to: columnCount, by: width).map { first in
      var columns = Columns()
      for place in Int32(first)..<Int32(min(first + width, columnCount)) {
        let example = active.map { $0[Int(place)] } ?? place
        if let number = numbers[example] {
          columns.own.places.append(place)
          columns.own.numbers.append(number)
        } else if rows != nil, let slot = kept.slot(of: example) {
          columns.known.places.append(place)
          columns.known.slots.append(slot)
        } else {
          columns.fresh.places.append(place)
          columns.fresh.examples.append(example)
        }
      }
      return columns
    }
  }
}
