import Basics
import LinearAlgebra
import Synchronization

/// The kernel matrix of a problem that reads its values from a ``KernelMatrix``: of all its examples, or
/// of consecutive ranges of them, as the two classes of a pair are.
///
/// Sums are owned by one tile of columns each and add their terms in order, so that bits depend neither
/// on the number of threads nor on which examples are active.
package final class StoredKernel<Scalar: KernelScalar>: KernelOperator {
  private let matrix: KernelMatrix<Scalar>
  /// Rows of the matrix, and the example that each begins with.
  private let ranges: [(stored: Range<Int>, first: Int)]
  /// The row of the matrix of each example.
  private let places: [Int32]
  private let threads: Int
  private var active: [Int32]?
  private let makeInDouble: () -> TiledKernel<Double>
  private lazy var inDouble: TiledKernel<Double> = makeInDouble()
  package private(set) var valuesComputed: Int

  /// Columns of a tile.
  private static var tileWidth: Int { 1024 }
  /// Rows that are gathered at once where few columns are active.
  private static var gatheredRows: Int { 64 }

  /// Reads a matrix.
  ///
  /// - Parameters:
  ///   - matrix: The values.
  ///   - ranges: The rows of the matrix that are the problem's examples, in their order.
  ///   - threads: The number of threads, at least 1.
  ///   - valuesComputed: How many values of the matrix were computed for this problem.
  ///   - makeInDouble: Makes a kernel of the problem's examples that computes in Double.
  package init(
    _ matrix: KernelMatrix<Scalar>, ranges: [Range<Int>], threads: Int, valuesComputed: Int,
    makeInDouble: @escaping () -> TiledKernel<Double>
  ) {
    self.matrix = matrix
    var first = 0
    self.ranges = ranges.map { range in
      defer { first += range.count }
      return (range, first)
    }
    places = ranges.flatMap { $0.map { Int32($0) } }
    self.threads = threads
    self.valuesComputed = valuesComputed
    self.makeInDouble = makeInDouble
  }

  package var count: Int { places.count }

  package var isPositiveSemidefinite: Bool { matrix.isPositiveSemidefinite }

  package var rounding: Double { matrix.rounding }

  package var providesRows: Bool { true }

  package func restrict(to active: [Int32]?) { self.active = active }

  @unsafe
  package func copyRow(_ row: Int, into target: UnsafeMutablePointer<Scalar>) {
    let source = unsafe matrix.row(Int(places[row]))
    for range in ranges {
      unsafe (target + range.first).update(
        from: source + range.stored.lowerBound, count: range.stored.count)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  package func copyDiagonal(into target: UnsafeMutablePointer<Scalar>) {
    for (example, place) in places.enumerated() {
      unsafe target[example] = matrix.row(Int(place))[Int(place)]
    }
  }

  package func block(
    rows: [Int32], columns: [Int32], into target: BlockTarget<Scalar>,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    let positions = columns.map { places[Int($0)] }
    return unsafe target.putRows(
      Array(rows.indices), columnCount: columns.count,
      threads: worthwhileThreads(values: rows.count * columns.count),
      scratch: (0..<threads).map { _ in TileScratch() }, isCancelled: isCancelled
    ) { [matrix, places] position, values in
      unsafe Scalar.library.loops.gather(
        matrix.row(Int(places[Int(rows[position])])), positions, positions.count, values)
    }
  }

  @unsafe
  package func accumulate(
    rows: [Int32], coefficients: [Double], besides known: [Int32],
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    guard !rows.isEmpty else { return true }
    if let active, active.count < count / 3 {
      return unsafe accumulateGathered(rows, coefficients, active, into: sums, isCancelled)
    }
    guard let active else {
      return unsafe accumulateAll(rows, coefficients, into: sums, isCancelled)
    }
    // Reading all columns in order is faster than picking most of them.
    let all = AlignedBuffer<Double>(count: count)
    unsafe all.pointer.update(from: sums, count: count)
    guard unsafe accumulateAll(rows, coefficients, into: all.pointer, isCancelled) else {
      return false
    }
    for example in active { unsafe sums[Int(example)] = all.pointer[Int(example)] }
    return true
  }

  @unsafe
  package func accumulateInDouble(
    rows: [Int32], coefficients: [Double], columns: [Int32]?,
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    let before = inDouble.valuesComputed
    defer { valuesComputed += inDouble.valuesComputed - before }
    return try unsafe inDouble.accumulateInDouble(
      rows: rows, coefficients: coefficients, columns: columns, into: sums, isCancelled: isCancelled
    )
  }

  // MARK: Sums

  @unsafe
  private func accumulateAll(
    _ rows: [Int32], _ coefficients: [Double], into sums: UnsafeMutablePointer<Double>,
    _ isCancelled: @Sendable () -> Bool
  ) -> Bool {
    let tiles = ranges.flatMap { range in
      stride(from: 0, to: range.stored.count, by: Self.tileWidth).map { offset in
        (
          stored: range.stored.lowerBound + offset, first: range.first + offset,
          count: min(Self.tileWidth, range.stored.count - offset)
        )
      }
    }
    let target = unsafe UnsafeSendable(sums)
    let stopped = Atomic<Bool>(false)
    concurrentTiles(
      count: tiles.count, threads: worthwhileThreads(values: rows.count * count)
    ) { [matrix, places] number in
      if isCancelled() { stopped.store(true, ordering: .relaxed) }
      guard !stopped.load(ordering: .relaxed) else { return }
      let tile = tiles[number]
      let pointers = unsafe rows.map {
        unsafe UnsafePointer<Scalar>?(matrix.row(Int(places[Int($0)])) + tile.stored)
      }
      unsafe Scalar.library.loops.accumulate(
        pointers, coefficients, rows.count, tile.count, target.value + tile.first)
    }
    return !stopped.load(ordering: .relaxed)
  }

  @unsafe
  private func accumulateGathered(
    _ rows: [Int32], _ coefficients: [Double], _ active: [Int32],
    into sums: UnsafeMutablePointer<Double>, _ isCancelled: @Sendable () -> Bool
  ) -> Bool {
    let width = Self.tileWidth
    let height = Self.gatheredRows
    let target = unsafe UnsafeSendable(sums)
    let stopped = Atomic<Bool>(false)
    concurrentTiles(
      count: (active.count + width - 1) / width,
      threads: worthwhileThreads(values: 2 * rows.count * active.count)
    ) { [matrix, places] number in
      let examples = active[number * width..<min((number + 1) * width, active.count)]
      let positions = examples.map { places[Int($0)] }
      let gathered = AlignedBuffer<Scalar>(count: height * positions.count)
      var local = examples.map { unsafe target.value[Int($0)] }
      for first in stride(from: 0, to: rows.count, by: height) {
        if isCancelled() { stopped.store(true, ordering: .relaxed) }
        guard !stopped.load(ordering: .relaxed) else { return }
        let piece = first..<min(first + height, rows.count)
        var pointers = unsafe [UnsafePointer<Scalar>?]()
        for (offset, row) in rows[piece].enumerated() {
          let values = unsafe gathered.pointer + offset * positions.count
          unsafe Scalar.library.loops.gather(
            matrix.row(Int(places[Int(row)])), positions, positions.count, values)
          unsafe pointers.append(UnsafePointer(values))
        }
        unsafe Scalar.library.loops.accumulate(
          pointers, Array(coefficients[piece]), piece.count, positions.count, &local)
      }
      for (example, sum) in zip(examples, local) { unsafe target.value[Int(example)] = sum }
    }
    return !stopped.load(ordering: .relaxed)
  }

  /// Fewer threads for less work: waking one costs as much as reading a few hundred thousand
  /// values.
  private func worthwhileThreads(values: Int) -> Int { max(1, min(threads, values / 400_000)) }
}
