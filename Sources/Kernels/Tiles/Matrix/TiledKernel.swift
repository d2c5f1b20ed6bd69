import Basics
import LinearAlgebra
import Synchronization

/// The kernel matrix of a set of examples, computed in tiles on several threads.
///
/// Work is cut into tiles by index, each tile is one single-threaded product with its elementwise
/// step, and each sum is owned by one tile: the bits do not depend on the number of threads.
package final class TiledKernel<Scalar: KernelScalar>: KernelOperator {
  private let source: FeatureRows
  private let function: KernelFunction
  let examples: PreparedExamples<Scalar>
  let evaluator: TileEvaluator<Scalar>
  private let threads: Int
  let numbers: Numbers

  /// How examples are called in errors.
  enum Numbers {
    case own
    case following(Int)
    case named([Int32])

    var isOwn: Bool { if case .own = self { true } else { false } }

    subscript(column: Int) -> Int {
      switch self {
      case .own: column
      case .following(let first): first + column
      case .named(let list): Int(list[column])
      }
    }
  }

  let scratch: [TileScratch<Scalar>]
  let kept: KeptRows<Scalar>?
  /// All of K, once it is in memory.
  var whole: KernelSquare<Scalar>?
  /// Whether it may come to be there.
  var mayKeepWhole: Bool
  let memoryLimit: Int
  private(set) var active: [Int32]?
  /// Where examples stand among the active ones, −1 for the others, when not all are active and rows are kept.
  private(set) var placeOfExample: [Int32]?
  /// Made when values in Double are first asked for.
  private var inDouble: TiledKernel<Double>?
  package internal(set) var valuesComputed = 0

  /// Prepares examples for tiles.
  ///
  /// - Parameters:
  ///   - source: n examples of d features, every value finite.
  ///   - function: The kernel.
  ///   - threads: The number of threads, at least 1.
  ///   - memoryLimit: The bytes that kernel values in memory may take.
  package convenience init(
    _ source: FeatureRows, _ function: KernelFunction, threads: Int, memoryLimit: Int
  ) {
    let source = source.withoutAbsentFeatures(for: function)
    self.init(
      source, function, PreparedExamples(source, for: function), rowCount: source.count,
      room: (threads, memoryLimit))
  }

  private init(
    _ source: FeatureRows, _ function: KernelFunction, _ examples: PreparedExamples<Scalar>,
    rowCount: Int, numbers: Numbers = .own, room: (threads: Int, memoryLimit: Int)
  ) {
    self.numbers = numbers
    self.source = source
    self.function = function
    threads = room.threads
    self.examples = examples
    evaluator = TileEvaluator(columns: examples)
    scratch = (0..<room.threads).map { _ in TileScratch() }
    memoryLimit = room.memoryLimit
    let keepsRows = KeepingRule.keepsRows(valueCost: KeepingRule.cost(examples))
    mayKeepWhole =
      keepsRows && numbers.isOwn && Self.isSymmetricInBits(examples)
      && KernelSquare<Scalar>.fits(count: examples.count, byteLimit: memoryLimit)
      && RowBlock<Scalar>.largestCount(of: examples) >= KernelSquare<Scalar>.side
    kept =
      keepsRows && !mayKeepWhole
      ? KeptRows(exampleCount: examples.count, rowCount: rowCount, byteLimit: memoryLimit) : nil
  }

  /// Prepares some of a training's examples as the columns of tiles whose rows come from anywhere; see
  /// ``bring(_:numbers:)``.
  ///
  /// - Parameters:
  ///   - shard: Some of the examples.
  ///   - firstExample: The number of the first of them among all.
  ///   - function: The kernel.
  ///   - whole: What is known of all examples.
  ///   - threads: The number of threads, at least 1.
  ///   - memoryLimit: The bytes that kernel values in memory may take.
  package convenience init(
    shard: FeatureMatrix, from firstExample: Int, _ function: KernelFunction,
    of whole: WholeExamples, threads: Int, memoryLimit: Int
  ) {
    self.init(
      FeatureRows(shard), function, PreparedExamples(shard, for: function, centres: whole.centres),
      rowCount: whole.count, numbers: .following(firstExample),
      room: (threads, memoryLimit))
  }

  /// Examples of other shards, as the rows of tiles; examples are then numbered among all of the training
  /// where they are rows.
  private var guests:
    (examples: PreparedExamples<Scalar>, numbers: [Int32], places: [Int32: Int32])?

  /// Takes the examples that the rows of the next tiles come from.
  ///
  /// - Parameters:
  ///   - features: Examples, stored as those of the columns.
  ///   - numbers: The number of each among all of the training.
  package func bring(_ features: FeatureMatrix, numbers: [Int32]) {
    guests = (
      PreparedExamples(features, for: function, like: examples), numbers,
      Dictionary(uniqueKeysWithValues: zip(numbers, 0..<Int32(numbers.count)))
    )
  }

  /// The kernel among the examples that were brought last, by their places there.
  package func amongGuests() -> TiledKernel {
    guard let guests else { preconditionFailure("no examples were brought") }
    return TiledKernel(
      source, function, guests.examples, rowCount: guests.examples.count,
      numbers: .named(guests.numbers), room: (threads, 0))
  }

  /// The sums of the examples' norms, added to those of the examples before these.
  package func normSums(after earlier: [NormSums]?) -> [NormSums] {
    examples.normSums(after: earlier)
  }

  /// ``rounding`` where these are some of the training's examples.
  package func rounding(of norms: [NormSums]) -> Double {
    KernelMagnitudes.rounding(of: examples, norms: norms).error
  }

  func rowBlock(_ rows: [Int32]) -> RowBlock<Scalar> {
    guard let guests else {
      return RowBlock(rows, of: examples, transposed: examples.isSparseProduct)
    }
    let places = rows.map { row in
      guard let place = guests.places[row] else {
        preconditionFailure("row \(row) was not brought")
      }
      return place
    }
    return RowBlock(places, of: guests.examples, transposed: examples.isSparseProduct)
  }

  package var count: Int { examples.count }

  package var isPositiveSemidefinite: Bool { function.isPositiveSemidefinite }

  package var rounding: Double { KernelMagnitudes.rounding(of: examples).error }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func block(
    rows: [Int32], columns: [Int32], into target: BlockTarget<Scalar>,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    guard !rows.isEmpty, !columns.isEmpty else { return true }
    if let whole {
      return block(rows, columns, of: whole, into: target, isCancelled: isCancelled)
    }
    guard let positions = try fillKeptRows(rows, columns, into: target, isCancelled: isCancelled)
    else { return false }
    return try compute(positions, of: rows, columns, into: target, isCancelled: isCancelled)
  }

  /// Computes some rows of a block.
  ///
  /// - Parameters:
  ///   - positions: Which of the rows.
  ///   - rows: Examples.
  ///   - columns: Examples.
  ///   - target: Where the block goes.
  ///   - isCancelled: Asked before each tile.
  /// - Returns: Whether all values were computed.
  /// - Throws: `KernelError.notFinite`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func compute(
    _ positions: [Int], of rows: [Int32], _ columns: [Int32], into target: BlockTarget<Scalar>,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    // Of a symmetric block, the tiles below the diagonal are copies.
    let isSymmetric = target.isInOrder && rows == columns && positions.count == rows.count
    let stopped = Atomic<Bool>(false)
    // The first value that is not finite, by row and then by column.
    let broken = Atomic<Int>(Int.max)
    let width = TileEvaluator<Scalar>.columnCount
    let height = TileEvaluator<Scalar>.rowCount
    let tileCount = (columns.count + width - 1) / width
    let computed = Atomic<Int>(0)
    let largest = RowBlock<Scalar>.largestCount(of: examples)
    for first in Swift.stride(from: 0, to: positions.count, by: largest) {
      let positions = positions[first..<min(first + largest, positions.count)]
      let part = positions.map { rows[$0] }
      let places = target.rowPlaces(positions)
      let block = rowBlock(part)
      // The widest tiles of a symmetric block come last, and would be waited for.
      concurrentTiles(
        count: tileCount, threads: worthwhileThreads(values: part.count * columns.count)
      ) { [evaluator, scratch] number, worker in
        let tile = tileCount - 1 - number
        let range = tile * width..<min((tile + 1) * width, columns.count)
        let needed = isSymmetric ? min(part.count, range.upperBound - first) : part.count
        guard needed > 0 else { return }
        let scratch = scratch[worker]
        let prepared = evaluator.prepare(.indices(columns, range), scratch: scratch)
        let values = unsafe scratch.buffer(.tile, count: height * width)
        for row in Swift.stride(from: 0, to: needed, by: height) {
          if stopped.load(ordering: .relaxed) || isCancelled() {
            stopped.store(true, ordering: .relaxed)
            return
          }
          let rows = row..<min(row + height, needed)
          unsafe evaluator.evaluate(
            block, rows: rows, prepared, into: values, stride: width, scratch: scratch)
          unsafe target.put(
            values, stride: width, rows: places[rows], columns: range, scratch: scratch)
          for r in 0..<rows.count {
            let column = unsafe Scalar.library.loops.firstNotFinite(values + r * width, range.count)
            guard column >= 0 else { continue }
            let place = positions[first + row + r] * columns.count + range.lowerBound + column
            broken.min(place, ordering: .relaxed)
            break
          }
        }
        computed.wrappingAdd(needed * range.count, ordering: .relaxed)
      }
    }
    guard !stopped.load(ordering: .relaxed) else { return false }
    valuesComputed += computed.load(ordering: .relaxed)
    let place = broken.load(ordering: .relaxed)
    if place < Int.max {
      throw .notFinite(
        row: numbers[Int(rows[place / columns.count])],
        column: numbers[Int(columns[place % columns.count])])
    }
    if isSymmetric {
      concurrentTiles(
        count: tileCount, threads: worthwhileThreads(values: rows.count * columns.count)
      ) { tile in
        let range = tile * width..<min((tile + 1) * width, columns.count)
        guard range.upperBound < columns.count else { return }
        // What the tiles right of this one hold in its rows.
        let (values, stride) = unsafe (target.values, target.stride)
        unsafe Scalar.library.loops.transpose(
          values + range.lowerBound * stride + range.upperBound, range.count,
          columns.count - range.upperBound, stride,
          values + range.upperBound * stride + range.lowerBound, stride)
      }
    }
    return true
  }

  package func restrict(to active: [Int32]?) {
    if active == nil && self.active == nil { return }
    if let kept {
      if let places = active.flatMap({ places(of: $0) }) {
        kept.compact(to: places, threads: threads)
      } else {
        kept.removeAll()
      }
    }
    self.active = active
    guard kept != nil else { return }
    placeOfExample = active.map { active in
      var places = [Int32](repeating: -1, count: count)
      for (place, example) in active.enumerated() { places[Int(example)] = Int32(place) }
      return places
    }
  }

  /// Where examples stand among the active ones; `nil` when one is not active.
  private func places(of examples: [Int32]) -> [Int32]? {
    guard let active else { return examples }
    var places: [Int32] = []
    places.reserveCapacity(examples.count)
    var place = 0
    for example in examples {
      while place < active.count, active[place] < example { place += 1 }
      guard place < active.count, active[place] == example else { return nil }
      places.append(Int32(place))
    }
    return places
  }

  @unsafe
  package func accumulate(
    rows: [Int32], coefficients: [Double], besides known: [Int32],
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    guard fillWhole(isCancelled) else { return false }
    if let whole {
      return try unsafe accumulate(
        (rows, coefficients), of: whole, into: sums, isCancelled: isCancelled)
    }
    // Kept rows have values for all active examples.
    let columns = kept == nil && !known.isEmpty ? active(besides: known) : active
    return try unsafe accumulate(
      rows: rows, coefficients: coefficients, columns: columns, keeping: kept, into: sums,
      isCancelled: isCancelled)
  }

  /// The active examples but for some.
  private func active(besides known: [Int32]) -> [Int32] {
    var isKnown = [Bool](repeating: false, count: count)
    for example in known { isKnown[Int(example)] = true }
    guard let active else { return (0..<Int32(count)).filter { !isKnown[Int($0)] } }
    return active.filter { !isKnown[Int($0)] }
  }

  @unsafe
  package func accumulateInDouble(
    rows: [Int32], coefficients: [Double], columns: [Int32]?,
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    if let own = self as? TiledKernel<Double> {
      return try unsafe own.accumulate(
        rows: rows, coefficients: coefficients, columns: columns, keeping: nil, into: sums,
        isCancelled: isCancelled)
    }
    let kernel =
      inDouble ?? TiledKernel<Double>(source, function, threads: threads, memoryLimit: 0)
    inDouble = kernel
    let before = kernel.valuesComputed
    defer { valuesComputed += kernel.valuesComputed - before }
    return try unsafe kernel.accumulate(
      rows: rows, coefficients: coefficients, columns: columns, keeping: nil, into: sums,
      isCancelled: isCancelled)
  }

  @unsafe
  private func accumulate(
    rows: [Int32], coefficients: [Double], columns: [Int32]?, keeping kept: KeptRows<Scalar>?,
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    let largest = RowBlock<Scalar>.largestCount(of: examples)
    for first in stride(from: 0, to: rows.count, by: largest) {
      let range = first..<min(first + largest, rows.count)
      let isDone = try unsafe accumulatePart(
        rows: Array(rows[range]), coefficients: Array(coefficients[range]), columns: columns,
        keeping: kept, into: sums, isCancelled: isCancelled)
      guard isDone else { return false }
    }
    return true
  }

  /// Adds the rows of one block.
  ///
  /// For each tile of columns, kept rows are read and the others computed, in pieces of at most
  /// `TileEvaluator.rowCount`, and all are added in their order.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  private func accumulatePart(
    rows: [Int32], coefficients: [Double], columns: [Int32]?, keeping kept: KeptRows<Scalar>?,
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    guard !rows.isEmpty else { return true }
    if kept != nil {
      guard try keep(rows, isCancelled) else { return false }
    }
    let slots = rows.map { row in kept?.slot(of: row) }
    let computed = rows.indices.filter { slots[$0] == nil }
    let block = rowBlock(computed.map { rows[$0] })
    let columnCount = columns?.count ?? count
    let width = TileEvaluator<Scalar>.columnCount
    let tileCount = (columnCount + width - 1) / width
    let plan = UpdatePlan(slots: slots, tileHeight: TileEvaluator<Scalar>.rowCount)
    // Sparse products come column by column; rows that are kept need them row by row.
    let isByColumn = kept == nil && examples.isSparseProduct
    let stopped = Atomic<Bool>(false)
    // The first column whose sum is not finite.
    let broken = Atomic<Int>(-1)
    let context = unsafe UnsafeSendable((sums: sums, kept: kept))
    concurrentTiles(
      count: tileCount, threads: worthwhileThreads(values: rows.count * columnCount)
    ) { [evaluator, scratch] tile, worker in
      guard !stopped.load(ordering: .relaxed) else { return }
      let range = tile * width..<min((tile + 1) * width, columnCount)
      let scratch = scratch[worker]
      let prepared = evaluator.prepare(
        columns.map { .indices($0, range) } ?? .range(range), scratch: scratch)
      let values = unsafe scratch.buffer(
        .tile, count: TileEvaluator<Scalar>.rowCount * width)
      var local = [Double](repeating: 0, count: range.count)
      for c in 0..<range.count {
        local[c] = unsafe context.value.sums[
          columns.map { Int($0[range.lowerBound + c]) }
            ?? range.lowerBound + c]
      }
      var pointers = unsafe [UnsafePointer<Scalar>?](
        repeating: nil, count: rows.count)
      for piece in plan.pieces {
        if isCancelled() {
          stopped.store(true, ordering: .relaxed)
          return
        }
        if isByColumn {
          let tile = unsafe evaluator.evaluateByColumn(
            block, rows: piece.computed, prepared, scratch: scratch)
          unsafe coefficients.withUnsafeBufferPointer { coefficients in
            if let base = coefficients.baseAddress {
              unsafe Scalar.library.loops.weightedSums(
                tile.values, range.count, piece.rows.count, tile.stride,
                base + piece.rows.lowerBound, &local)
            }
          }
          continue
        }
        if !piece.computed.isEmpty {
          unsafe evaluator.evaluate(
            block, rows: piece.computed, prepared, into: values, stride: width, scratch: scratch)
        }
        var next = 0
        for (offset, position) in piece.rows.enumerated() {
          if let kept = unsafe context.value.kept, let slot = slots[position] {
            unsafe pointers[offset] = UnsafePointer(kept.row(slot) + range.lowerBound)
          } else {
            unsafe pointers[offset] = UnsafePointer(values + next * width)
            next += 1
          }
        }
        unsafe coefficients.withUnsafeBufferPointer { coefficients in
          if let base = coefficients.baseAddress {
            unsafe Scalar.library.loops.accumulate(
              pointers, base + piece.rows.lowerBound, piece.rows.count, range.count, &local)
          }
        }
      }
      for c in 0..<range.count {
        let column =
          columns.map { Int($0[range.lowerBound + c]) } ?? range.lowerBound + c
        if !local[c].isFinite { broken.store(column, ordering: .relaxed) }
        unsafe context.value.sums[column] = local[c]
      }
    }
    valuesComputed += computed.count * columnCount
    let column = broken.load(ordering: .relaxed)
    if column >= 0 { throw .notFinite(row: Int(rows[0]), column: numbers[column]) }
    return !stopped.load(ordering: .relaxed)
  }

  /// Fewer threads for less work: waking one costs as much as a few hundred thousand values.
  func worthwhileThreads(values: Int) -> Int {
    let cost = values / 100_000 * max(1, examples.featureCount / 64)
    return max(1, min(threads, 1 + cost / 2))
  }
}

/// How the rows of an update are cut into pieces whose computed rows fill one tile each; kept rows
/// need no room there.
private struct UpdatePlan: Sendable {
  struct Piece: Sendable {
    /// Positions in the update.
    var rows: Range<Int>
    /// Positions among the rows to compute; begins at a multiple of the tile's height.
    var computed: Range<Int>
  }

  var pieces: [Piece] = []

  init(slots: [Int?], tileHeight: Int) {
    var first = 0
    var firstComputed = 0
    var computed = 0
    for position in slots.indices {
      if slots[position] == nil { computed += 1 }
      if position == slots.count - 1 || computed - firstComputed == tileHeight {
        pieces.append(Piece(rows: first..<position + 1, computed: firstComputed..<computed))
        first = position + 1
        firstComputed = computed
      }
    }
  }
}
