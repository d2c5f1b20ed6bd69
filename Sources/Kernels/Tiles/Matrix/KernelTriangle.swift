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

  /// Rows of an update, by the tiles that they are in.
  struct Rows: Sendable {
    /// For each tile the positions of its rows in the update.
    var positions: [[Int]]
    /// And which of the tile's rows they are.
    var places: [[Int32]]

    init(_ rows: [Int32], tileCount: Int) {
      positions = Array(repeating: [], count: tileCount)
      places = Array(repeating: [], count: tileCount)
      for (position, row) in rows.enumerated() {
        let (tile, place) = Int(row).quotientAndRemainder(dividingBy: side)
        positions[tile].append(position)
        places[tile].append(Int32(place))
      }
    }
  }

  /// Where rows of an update have their values for the columns of one tile.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - column: The tile's place among those side by side.
  ///   - pointers: Gets the first value of each row.
  ///   - scratch: Holds values that had to be turned around, until it is used again.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  func find(
    _ rows: Rows, column: Int, pointers: inout [UnsafePointer<Scalar>?],
    scratch: TileScratch<Scalar>
  ) {
    let side = Self.side
    for row in column..<tileCount where !rows.positions[row].isEmpty {
      let values = unsafe tile(row, column)
      for (position, place) in zip(rows.positions[row], rows.places[row]) {
        unsafe pointers[position] = UnsafePointer(values + Int(place) * side)
      }
    }
    // What is above the diagonal are columns of tiles below it. Of many columns a tile is turned around whole,
    // which takes less time than picking them.
    let turnedCounts = rows.places[..<column].map { places in
      places.count < Self.fewColumns || column > Self.maximumTurned ? places.count : side
    }
    // Rows a power of two apart would share a few lines of the first cache level.
    let turnedStride = side + 16
    let turned = unsafe scratch.buffer(.tile, count: turnedCounts.reduce(0, +) * turnedStride)
    let height = min(side, count - column * side)
    var next = 0
    for row in 0..<column where !rows.positions[row].isEmpty {
      let places = rows.places[row]
      let values = unsafe tile(column, row)
      let target = unsafe turned + next * turnedStride
      next += turnedCounts[row]
      if turnedCounts[row] == side {
        unsafe Scalar.library.loops.transpose(values, height, side, side, target, turnedStride)
        for (position, place) in zip(rows.positions[row], places) {
          unsafe pointers[position] = UnsafePointer(target + Int(place) * turnedStride)
        }
        continue
      }
      let strip = 64
      let gathered = unsafe scratch.buffer(.product, count: strip * places.count)
      for first in stride(from: 0, to: height, by: strip) {
        let part = min(strip, height - first)
        for offset in 0..<part {
          unsafe Scalar.library.loops.gather(
            values + (first + offset) * side, places, places.count,
            gathered + offset * places.count)
        }
        unsafe Scalar.library.loops.transpose(
          gathered, part, places.count, places.count, target + first, turnedStride)
      }
      for (offset, position) in rows.positions[row].enumerated() {
        unsafe pointers[position] = UnsafePointer(target + offset * turnedStride)
      }
    }
  }

  /// Up to this many columns of a tile are picked.
  private static var fewColumns: Int { 32 }
  /// As many whole tiles, of 256 KB in Float, a worker may turn around at a time.
  private static var maximumTurned: Int { 64 }

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
    let found = KernelTriangle<Scalar>.Rows(rows.examples, tileCount: triangle.tileCount)
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
      var pointers = unsafe [UnsafePointer<Scalar>?](repeating: nil, count: rows.examples.count)
      unsafe triangle.find(found, column: column, pointers: &pointers, scratch: scratch[worker])
      var local = range.map { unsafe target.value[$0] }
      unsafe Scalar.library.loops.accumulate(
        pointers, rows.coefficients, rows.examples.count, range.count, &local)
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
