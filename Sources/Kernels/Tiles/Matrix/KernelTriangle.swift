import Basics
import Synchronization

/// All of K in memory, as square tiles of its lower triangle.
///
/// K(x, z) has the bits of K(z, x), so that half of the values say all: half of the memory is touched, and nothing
/// is copied but what an update turns around while it is in cache.
final class KernelTriangle<Scalar: KernelScalar>: @unchecked Sendable {
  /// Rows and columns of a tile.
  static var side: Int { TileEvaluator<Scalar>.columnCount }

  let count: Int
  /// Tiles side by side.
  let tileCount: Int
  private let values: AlignedBuffer<Scalar>

  /// Makes room for the values among examples, where it takes no more than a number of bytes.
  init?(count: Int, byteLimit: Int) {
    guard Self.fits(count: count, byteLimit: byteLimit) else { return nil }
    self.count = count
    tileCount = (count + Self.side - 1) / Self.side
    values = AlignedBuffer(count: tileCount * (tileCount + 1) / 2 * Self.side * Self.side)
  }

  /// Whether the triangle of this many examples takes at most some bytes; its elements can then be named by 32 bits.
  static func fits(count: Int, byteLimit: Int) -> Bool {
    // Beyond this number the elements could not be named.
    guard count > 0, count <= 1 << 15 else { return false }
    let tileCount = (count + side - 1) / side
    let elements = tileCount * (tileCount + 1) / 2 * side * side
    return elements <= byteLimit / MemoryLayout<Scalar>.stride
  }

  /// The first value of a tile; its rows are those from `row` · ``side`` on, its columns those from
  /// `column` · ``side`` on.
  @unsafe
  func tile(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Scalar> {
    precondition(column <= row, "only the lower triangle is kept")
    return unsafe values.pointer + Self.offset(row, column)
  }

  private static func offset(_ row: Int, _ column: Int) -> Int {
    (row * (row + 1) / 2 + column) * side * side
  }

  /// Successive rows of an update that are in the same tile.
  struct Run: Sendable {
    /// The tile's place among those one above the other.
    let tile: Int
    /// The rows' positions in the update.
    let positions: Range<Int>
    /// Which of the tile's rows they are.
    let places: [Int32]

    /// The runs of an update, as long as they can be; of ascending rows each tile has one at most.
    static func all(of rows: [Int32]) -> [Run] {
      var runs: [Run] = []
      var first = 0
      while first < rows.count {
        let tile = Int(rows[first]) / side
        let end = rows[first...].firstIndex { Int($0) / side != tile } ?? rows.count
        let places = rows[first..<end].map { $0 - Int32(tile * side) }
        runs.append(Run(tile: tile, positions: first..<end, places: places))
        first = end
      }
      return runs
    }
  }

  /// Adds rows to the sums of one tile's columns, in their order.
  ///
  /// - Parameters:
  ///   - runs: The rows.
  ///   - coefficients: One for each row.
  ///   - column: The tile's place among those side by side.
  ///   - sums: One number for each of its columns.
  ///   - scratch: Its tile and its product are overwritten.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  func accumulate(
    _ runs: [Run], _ coefficients: [Double], column: Int, into sums: inout [Double],
    scratch: TileScratch<Scalar>
  ) {
    let side = Self.side
    var pointers = unsafe [UnsafePointer<Scalar>?](
      repeating: nil, count: runs.map(\.places.count).max() ?? 0)
    unsafe coefficients.withUnsafeBufferPointer { coefficients in
      guard let base = coefficients.baseAddress else { return }
      for run in runs {
        let coefficients = unsafe base + run.positions.lowerBound
        if run.tile >= column {
          let values = unsafe tile(run.tile, column)
          for (offset, place) in run.places.enumerated() {
            unsafe pointers[offset] = UnsafePointer(values + Int(place) * side)
          }
          unsafe Scalar.library.loops.accumulate(
            pointers, coefficients, run.places.count, sums.count, &sums)
        } else {
          unsafe accumulateTurned(
            run, coefficients, column: column, into: &sums, pointers: &pointers, scratch: scratch)
        }
      }
    }
  }

  /// Adds rows above the diagonal, which are columns of tiles below it: some of a tile's rows at a time are turned
  /// around, few enough for the nearest levels of the cache.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  private func accumulateTurned(
    _ run: Run, _ coefficients: UnsafePointer<Double>, column: Int, into sums: inout [Double],
    pointers: inout [UnsafePointer<Scalar>?], scratch: TileScratch<Scalar>
  ) {
    let (side, strip) = (Self.side, 64)
    // Rows a power of two apart would share a few lines of the first cache level.
    let stride = strip + 16
    let count = run.places.count
    let isPicked = count < Self.fewColumns
    let turned = unsafe scratch.buffer(.tile, count: side * stride)
    for (offset, place) in run.places.enumerated() {
      unsafe pointers[offset] = UnsafePointer(turned + (isPicked ? offset : Int(place)) * stride)
    }
    let values = unsafe tile(column, run.tile)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      for first in Swift.stride(from: 0, to: sums.count, by: strip) {
        let height = min(strip, sums.count - first)
        let rows = unsafe values + first * side
        if isPicked {
          let picked = unsafe scratch.buffer(.product, count: strip * count)
          for row in 0..<height {
            unsafe Scalar.library.loops.gather(
              rows + row * side, run.places, count, picked + row * count)
          }
          unsafe Scalar.library.loops.transpose(picked, height, count, count, turned, stride)
        } else {
          unsafe Scalar.library.loops.transpose(rows, height, side, side, turned, stride)
        }
        unsafe Scalar.library.loops.accumulate(
          pointers, coefficients, count, height, base + first)
      }
    }
  }

  /// Fewer columns of a tile than these are picked; of more it is turned around whole, which takes less time.
  private static var fewColumns: Int { 32 }

  /// Columns of a block, by where their values lie.
  struct Columns: Sendable {
    /// The block's columns in the order of their examples.
    let order: [Int32]
    let isInOrder: Bool
    /// Where they are among the examples of their tile and its rows above, counted from a row of the triangle.
    let direct: [Int32]
    /// Where their own rows begin, counted from a column of the triangle.
    let turned: [Int32]
    /// How many columns are in tiles up to each.
    let counts: [Int]

    init(_ columns: [Int32], tileCount: Int) {
      let order = columns.indices.sorted { columns[$0] < columns[$1] }.map { Int32($0) }
      self.order = order
      isInOrder = order.indices.allSatisfy { Int(order[$0]) == $0 }
      var direct: [Int32] = []
      var turned: [Int32] = []
      var counts = [Int](repeating: 0, count: tileCount)
      for column in order {
        let (tile, place) = Int(columns[Int(column)]).quotientAndRemainder(dividingBy: side)
        direct.append(Int32(offset(0, tile) + place))
        turned.append(Int32(offset(tile, 0) + place * side))
        counts[tile] += 1
      }
      for tile in 1..<max(tileCount, 1) { counts[tile] += counts[tile - 1] }
      (self.direct, self.turned, self.counts) = (direct, turned, counts)
    }
  }

  /// Copies values of a row.
  ///
  /// - Parameters:
  ///   - row: An example.
  ///   - columns: Examples.
  ///   - target: Where as many values go, in the order of the columns.
  ///   - scratch: Its product is overwritten.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  func copy(
    row: Int32, _ columns: Columns, into target: UnsafeMutablePointer<Scalar>,
    scratch: TileScratch<Scalar>
  ) {
    let (tile, place) = Int(row).quotientAndRemainder(dividingBy: Self.side)
    let split = columns.counts[tile]
    let count = columns.order.count
    let sorted =
      unsafe columns.isInOrder ? target : scratch.buffer(.product, count: count)
    let first = unsafe values.pointer + Self.offset(tile, 0) + place * Self.side
    unsafe Scalar.library.loops.gather(first, columns.direct, split, sorted)
    unsafe columns.turned.withUnsafeBufferPointer { turned in
      guard let base = turned.baseAddress else { return }
      unsafe Scalar.library.loops.gather(
        values.pointer + Self.offset(0, tile) + place, base + split, count - split, sorted + split)
    }
    if !columns.isInOrder {
      unsafe Scalar.library.loops.scatter(sorted, columns.order, count, target)
    }
  }
}

extension TiledKernel {
  /// Computes all of K once it is worth it; see ``KeepingRule``.
  ///
  /// - Parameter isCancelled: Asked before each tile.
  /// - Returns: Whether it was not stopped.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func fillTriangle(_ isCancelled: @Sendable () -> Bool) -> Bool {
    guard mayKeepTriangle, triangle == nil,
      KeepingRule.keepsAll(valuesComputed: valuesComputed, count: count)
    else { return true }
    guard let triangle = KernelTriangle<Scalar>(count: count, byteLimit: memoryLimit) else {
      return true
    }
    let side = KernelTriangle<Scalar>.side
    let largest = RowBlock<Scalar>.largestCount(of: examples) / side * side
    let stopped = Atomic<Bool>(false)
    let isBroken = Atomic<Bool>(false)
    let computed = Atomic<Int>(0)
    for first in stride(from: 0, to: count, by: largest) {
      let rows = first..<min(first + largest, count)
      let block = rowBlock(rows.map { Int32($0) })
      concurrentTiles(
        count: (rows.upperBound + side - 1) / side,
        threads: worthwhileThreads(values: rows.count * rows.upperBound)
      ) { [evaluator, scratch, count] column, worker in
        let columns = column * side..<min((column + 1) * side, count)
        let scratch = scratch[worker]
        let prepared = evaluator.prepare(.range(columns), scratch: scratch)
        for row in max(first / side, column)...(rows.upperBound - 1) / side {
          if isCancelled() { stopped.store(true, ordering: .relaxed) }
          guard !stopped.load(ordering: .relaxed), !isBroken.load(ordering: .relaxed) else {
            return
          }
          let part = row * side..<min((row + 1) * side, count)
          let values = unsafe triangle.tile(row, column)
          unsafe evaluator.evaluate(
            block, rows: part.lowerBound - first..<part.upperBound - first, prepared, into: values,
            stride: side, scratch: scratch)
          for offset in 0..<part.count
          where unsafe Scalar.library.loops.firstNotFinite(values + offset * side, columns.count)
            >= 0
          {
            isBroken.store(true, ordering: .relaxed)
          }
          computed.wrappingAdd(part.count * columns.count, ordering: .relaxed)
        }
      }
    }
    valuesComputed += computed.load(ordering: .relaxed)
    guard !stopped.load(ordering: .relaxed) else { return false }
    // A value that is not finite may be one that no row of the solution needs.
    if isBroken.load(ordering: .relaxed) {
      mayKeepTriangle = false
    } else {
      self.triangle = triangle
    }
    return true
  }

  /// Copies a block from the triangle; whether it was not stopped.
  func block(
    _ rows: [Int32], _ columns: [Int32], of triangle: KernelTriangle<Scalar>,
    into target: BlockTarget<Scalar>, isCancelled: @Sendable () -> Bool
  ) -> Bool {
    let found = KernelTriangle<Scalar>.Columns(columns, tileCount: triangle.tileCount)
    return unsafe target.putRows(
      Array(rows.indices), columnCount: columns.count,
      threads: worthwhileThreads(values: rows.count * columns.count), scratch: scratch,
      isCancelled: isCancelled
    ) { position, values, scratch in
      unsafe triangle.copy(row: rows[position], found, into: values, scratch: scratch)
    }
  }

  /// Adds rows of the triangle to the sums of the active examples, in the order of the rows.
  ///
  /// - Parameters:
  ///   - rows: Examples, with their coefficients.
  ///   - triangle: All of K.
  ///   - sums: One number for each example.
  ///   - isCancelled: Asked before each tile.
  /// - Returns: Whether all was added.
  /// - Throws: `KernelError.notFinite` where a sum is.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  func accumulate(
    _ rows: (examples: [Int32], coefficients: [Double]), of triangle: KernelTriangle<Scalar>,
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    guard !rows.examples.isEmpty else { return true }
    let side = KernelTriangle<Scalar>.side
    let runs = KernelTriangle<Scalar>.Run.all(of: rows.examples)
    // The active examples of each tile that has any.
    var tiles: [(column: Int, examples: ArraySlice<Int32>)] = []
    let columns = active ?? (0..<Int32(count)).map { $0 }
    var next = 0
    while next < columns.count {
      let column = Int(columns[next]) / side
      let end = columns[next...].firstIndex { Int($0) / side > column } ?? columns.count
      tiles.append((column, columns[next..<end]))
      next = end
    }
    let stopped = Atomic<Bool>(false)
    let broken = Atomic<Int>(-1)
    let target = unsafe UnsafeSendable(sums)
    concurrentTiles(
      count: tiles.count, threads: worthwhileThreads(values: rows.examples.count * columns.count)
    ) { [scratch, tiles, count] number, worker in
      if isCancelled() { stopped.store(true, ordering: .relaxed) }
      guard !stopped.load(ordering: .relaxed) else { return }
      let (column, examples) = tiles[number]
      let range = column * side..<min((column + 1) * side, count)
      var local = range.map { unsafe target.value[$0] }
      unsafe triangle.accumulate(
        runs, rows.coefficients, column: column, into: &local, scratch: scratch[worker])
      for example in examples {
        let sum = local[Int(example) - range.lowerBound]
        if !sum.isFinite { broken.store(Int(example), ordering: .relaxed) }
        unsafe target.value[Int(example)] = sum
      }
    }
    let column = broken.load(ordering: .relaxed)
    if column >= 0 { throw .notFinite(row: Int(rows.examples[0]), column: numbers[column]) }
    return !stopped.load(ordering: .relaxed)
  }
}
