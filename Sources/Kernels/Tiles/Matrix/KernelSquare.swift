import Basics
import Synchronization

/// All of K in memory, row after row.
///
/// K(x, z) has the bits of K(z, x), so that only the tiles on and below the diagonal are computed; the others are
/// copies, made while theirs are in cache. An update then reads the rows that it needs, and nothing else.
final class KernelSquare<Scalar: KernelScalar>: @unchecked Sendable {
  /// Rows and columns of the tiles that are computed at a time.
  static var side: Int { TileEvaluator<Scalar>.columnCount }

  /// Elements from one row to the next.
  let stride: Int
  private let values: AlignedBuffer<Scalar>

  /// Makes room for the values among examples, where it takes no more than a number of bytes.
  init?(count: Int, byteLimit: Int) {
    guard Self.fits(count: count, byteLimit: byteLimit) else { return nil }
    stride = Self.stride(of: count)
    values = AlignedBuffer(count: count * stride)
  }

  /// Whole vectors, an odd number of them: rows a power of two apart would share a few lines of the first cache level.
  private static func stride(of count: Int) -> Int { (count + 15) / 16 * 16 | 16 }

  /// Whether the values among this many examples take at most some bytes.
  static func fits(count: Int, byteLimit: Int) -> Bool {
    guard count > 0, count <= 1 << 24 else { return false }
    return count * stride(of: count) <= byteLimit / MemoryLayout<Scalar>.stride
  }

  /// Where a row's values lie from a column on.
  @unsafe
  func row(_ row: Int, from column: Int = 0) -> UnsafeMutablePointer<Scalar> {
    unsafe values.pointer + row * stride + column
  }
}

extension TiledKernel {
  /// Computes all of K once it is worth it; see ``KeepingRule``.
  ///
  /// - Parameter isCancelled: Asked before each tile.
  /// - Returns: Whether it was not stopped.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func fillWhole(_ isCancelled: @Sendable () -> Bool) -> Bool {
    guard mayKeepWhole, whole == nil,
      KeepingRule.keepsAll(valuesComputed: valuesComputed, count: count)
    else { return true }
    guard let whole = KernelSquare<Scalar>(count: count, byteLimit: memoryLimit) else {
      return true
    }
    let side = KernelSquare<Scalar>.side
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
          let values = unsafe whole.row(part.lowerBound, from: columns.lowerBound)
          unsafe evaluator.evaluate(
            block, rows: part.lowerBound - first..<part.upperBound - first, prepared, into: values,
            stride: whole.stride, scratch: scratch)
          for offset in 0..<part.count
          where unsafe Scalar.library.loops.firstNotFinite(
            values + offset * whole.stride, columns.count) >= 0
          {
            isBroken.store(true, ordering: .relaxed)
          }
          if row > column {
            unsafe Scalar.library.loops.transpose(
              values, part.count, columns.count, whole.stride,
              whole.row(columns.lowerBound, from: part.lowerBound), whole.stride)
          }
          computed.wrappingAdd(part.count * columns.count, ordering: .relaxed)
        }
      }
    }
    valuesComputed += computed.load(ordering: .relaxed)
    guard !stopped.load(ordering: .relaxed) else { return false }
    // A value that is not finite may be one that no row of the solution needs.
    if isBroken.load(ordering: .relaxed) {
      mayKeepWhole = false
    } else {
      self.whole = whole
    }
    return true
  }

  /// Copies a block from the values in memory; whether it was not stopped.
  func block(
    _ rows: [Int32], _ columns: [Int32], of whole: KernelSquare<Scalar>,
    into target: BlockTarget<Scalar>, isCancelled: @Sendable () -> Bool
  ) -> Bool {
    unsafe target.putRows(
      Array(rows.indices), columnCount: columns.count,
      threads: worthwhileThreads(values: rows.count * columns.count), scratch: scratch,
      isCancelled: isCancelled
    ) { position, values in
      unsafe Scalar.library.loops.gather(
        whole.row(Int(rows[position])), columns, columns.count, values)
    }
  }

  /// Adds rows in memory to the sums of the active examples, in the order of the rows.
  ///
  /// - Parameters:
  ///   - rows: Examples, with their coefficients.
  ///   - whole: All of K.
  ///   - sums: One number for each example.
  ///   - isCancelled: Asked before each tile.
  /// - Returns: Whether all was added.
  /// - Throws: `KernelError.notFinite` where a sum is.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  func accumulate(
    _ rows: (examples: [Int32], coefficients: [Double]), of whole: KernelSquare<Scalar>,
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    guard !rows.examples.isEmpty else { return true }
    let side = KernelSquare<Scalar>.side
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
    ) { [tiles, count] number in
      if isCancelled() { stopped.store(true, ordering: .relaxed) }
      guard !stopped.load(ordering: .relaxed) else { return }
      let (column, examples) = tiles[number]
      let range = column * side..<min((column + 1) * side, count)
      let pointers = unsafe rows.examples.map {
        unsafe UnsafePointer<Scalar>?(whole.row(Int($0), from: range.lowerBound))
      }
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
