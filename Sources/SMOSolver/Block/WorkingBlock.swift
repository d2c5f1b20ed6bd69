import Basics
import Kernels
import LinearAlgebra

/// The examples of the working set with their block of K.
///
/// An example keeps its slot while it stays in the working set, so that only the rows and columns
/// of newcomers are computed.
final class WorkingBlock<Field: ExampleField> {
  typealias Scalar = Field.Scalar

  let capacity: Int
  /// Elements from row to row: the capacity up to full vectors.
  private let stride: Int
  private let values: AlignedBuffer<Scalar>
  private(set) var slots: [Int32]
  private let diagonals: AlignedBuffer<Scalar>
  private let steps: PairSteps<Scalar>

  /// The slots whose rows are 0 where no example is.
  ///
  /// Memory is touched when a slot is first used: a small problem never needs most of it.
  private var isPrepared: [Bool]
  /// The threads that put newcomers in place.
  private let threads: Int
  private let pool: BufferPool<Scalar>?

  init(capacity: Int, shape: ProgramShape, threads: Int, pool: BufferPool<Scalar>?) {
    self.capacity = capacity
    self.threads = threads
    stride = (capacity + 15) / 16 * 16
    exampleCount = shape.exampleCount
    self.pool = pool
    values = pool?.take(count: stride * stride) ?? AlignedBuffer(count: stride * stride)
    slots = Array(repeating: -1, count: capacity)
    diagonals = AlignedBuffer(count: stride)
    steps = PairSteps(stride: stride, shape: shape)
    diagonals.clear(count: stride)
    isPrepared = Array(repeating: false, count: capacity)
  }

  deinit {
    pool?.give(values)
  }

  /// Moves the block to huge pages, once, for a training whose steps will read its rows in changing order for long.
  func moveToHugePages() {
    guard !isOnHugePages else { return }
    isOnHugePages = true
    values.moveToHugePages()
  }

  private var isOnHugePages = false

  /// The slots that hold an example, ascending.
  var occupied: [Int] {
    let slots = slots
    return slots.indices.filter { slots[$0] >= 0 }
  }

  /// Their examples.
  var examples: [Int32] { slots.filter { $0 >= 0 } }

  /// Whether the block holds all of K.
  private(set) var coversAll = false
  private let exampleCount: Int

  /// Rows that have not been copied yet from a field that provides them; empty when all are there.
  private var isMissing: [Bool] = []

  /// Puts newcomers into slots and computes their rows and columns.
  ///
  /// - Parameters:
  ///   - evicted: Slots that are given up; empty slots need not be named.
  ///   - newcomers: Examples; at most as many as slots are then empty.
  ///   - field: Where their rows come from.
  ///   - isCancelled: Asked now and then; once it says yes, the newcomers are turned away.
  /// - Returns: Whether the newcomers are in their slots.
  /// - Throws: `KernelError.notFinite`.
  func replace(
    _ evicted: [Int], by newcomers: [Int32], of field: Field, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    for slot in evicted { slots[slot] = -1 }
    guard !newcomers.isEmpty else { return true }
    var empty: [Int] = []
    for slot in 0..<capacity where slots[slot] < 0 {
      if empty.count == newcomers.count { break }
      empty.append(slot)
    }
    precondition(
      empty.count == newcomers.count,
      "\(newcomers.count) newcomers, but only \(empty.count) empty slots")
    for (slot, example) in zip(empty, newcomers) { slots[slot] = example }
    let inPlace = unsafe BlockTarget(values.pointer, stride: stride)
    if newcomers.count == exampleCount {
      if field.providesRows {
        unsafe field.copyDiagonal(into: diagonals.pointer)
        isMissing = Array(repeating: true, count: capacity)
        coversAll = true
        return true
      }
      guard
        try field.block((newcomers, newcomers), into: inPlace, isCancelled: isCancelled)
      else {
        for slot in empty { slots[slot] = -1 }
        return false
      }
      prepare(empty, from: capacity)
      for slot in empty {
        unsafe diagonals.pointer[slot] = values.pointer[slot * stride + slot]
      }
      coversAll = true
      return true
    }
    // Columns are all occupied slots, in slot order.
    let occupied = occupied
    if occupied.count == empty.count && empty.last == empty.count - 1 {
      // Nobody was there before: the values are computed in place.
      guard
        try field.block((newcomers, newcomers), into: inPlace, isCancelled: isCancelled)
      else {
        for slot in empty { slots[slot] = -1 }
        return false
      }
      prepare(empty, from: empty.count)
      for slot in empty {
        unsafe diagonals.pointer[slot] = values.pointer[slot * stride + slot]
      }
      return true
    }
    // Where no slot between is empty, what the newcomers' rows hold there is written below.
    let fresh = empty.filter { !isPrepared[$0] }
    prepare(fresh, from: occupied.last == occupied.count - 1 ? occupied.count : 0)
    let target = unsafe BlockTarget(
      square: values.pointer, stride: stride, rows: empty.map { Int32($0) },
      columns: occupied.map { Int32($0) })
    guard
      try field.block(
        (newcomers, occupied.map { slots[$0] }), into: target, isCancelled: isCancelled)
    else {
      for slot in empty { slots[slot] = -1 }
      for slot in fresh { isPrepared[slot] = false }
      return false
    }
    for slot in empty {
      unsafe diagonals.pointer[slot] = values.pointer[slot * stride + slot]
    }
    coversAll = occupied.count == exampleCount
    return true
  }

  /// Makes rows that were not used before 0 from a column on.
  private func prepare(_ slots: [Int], from column: Int) {
    for slot in slots { prepare(slot, from: column) }
  }

  private func prepare(_ slot: Int, from column: Int) {
    guard !isPrepared[slot] else { return }
    values.clear(from: slot * stride + column, count: stride - column)
    isPrepared[slot] = true
  }

  /// The rows of the occupied slots, as a checkpoint keeps them.
  func checkpoint() -> SolverCheckpoint.Block {
    if capacity == exampleCount { return .whole(isDouble: Scalar.self == Double.self) }
    let occupied = occupied
    let count = occupied.count * capacity
    let copy = unsafe [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let target = buffer.baseAddress {
        for (row, slot) in occupied.enumerated() {
          unsafe (target + row * capacity).update(
            from: values.pointer + slot * stride, count: capacity)
        }
      }
      initialized = count
    }
    if let copy = copy as? [Float] { return .single(copy) }
    guard let copy = copy as? [Double] else {
      preconditionFailure("a checkpoint of \(Scalar.self) is not possible")
    }
    return .double(copy)
  }

  /// Puts the rows of a checkpoint in place.
  ///
  /// - Parameters:
  ///   - slots: The examples in the slots.
  ///   - block: Their rows, as ``checkpoint()`` gives them, in this precision.
  /// - Returns: Whether the rows are in place; the block that holds all of K is left empty.
  func restore(slots: [Int32], _ block: SolverCheckpoint.Block) -> Bool {
    let copy: Any
    switch block {
    case .whole: return false
    case .single(let values): copy = values
    case .double(let values): copy = values
    }
    guard slots.count == capacity, let copy = copy as? [Scalar] else {
      preconditionFailure("the checkpoint is of another block")
    }
    self.slots = slots
    let occupied = occupied
    unsafe copy.withUnsafeBufferPointer { buffer in
      guard let source = buffer.baseAddress else { return }
      for (row, slot) in occupied.enumerated() {
        unsafe (values.pointer + slot * stride).update(
          from: source + row * capacity, count: capacity)
        prepare(slot, from: capacity)
        unsafe diagonals.pointer[slot] = values.pointer[slot * stride + slot]
      }
    }
    return true
  }

  /// How long the block's variables are moved in one go.
  struct Effort {
    /// Steps of pairs before anything else is tried.
    var pairSteps: Int
    /// How often, in Double, all free variables are moved together then, each time followed by steps of
    /// pairs; 0 for never.
    var subspacePhases: Int
    /// Whether steps of pairs alone are known not to get far, so that they come second.
    var beginsWithSubspace = false
  }

  /// When to leave the block.
  struct Goal {
    /// The violation among the block's variables to stop at.
    var tolerance: Double
    /// The largest number of steps.
    var maximumIterations: Int
    /// When to stop before, as unfinished.
    var effort: Effort
  }

  /// Runs sequential minimal optimization on the block's variables until their own violation is
  /// within the goal's tolerance; see ``PairSteps``.
  ///
  /// Pairs get on slowly where curvatures differ by many powers of ten. In Double, all free variables
  /// are then moved at once to the minimum of the objective among their values, as far as
  /// their bounds allow, in turns with pairs, which find out which variables are free.
  ///
  /// - Parameters:
  ///   - members: The block's examples, in the order of their slots; their variables are changed, their
  ///     gradient is left to the caller.
  ///   - field: Where missing rows come from.
  ///   - goal: When to leave the block.
  ///   - poll: Asked every few hundred steps with the number of steps; a reason stops the run.
  /// - Returns: The number of steps, and what cut them short.
  func optimize(
    _ members: inout BlockMembers, _ field: Field, to goal: Goal,
    poll: @Sendable (_ iterations: Int) -> StopReason?
  ) -> PairSteps<Scalar>.Outcome {
    let (effort, maximumIterations) = (goal.effort, goal.maximumIterations)
    steps.load(members, slots: occupied)
    defer { steps.store(into: &members) }
    var total = PairSteps<Scalar>.Outcome()
    /// Moves pairs; whether that was all.
    func movePairs(_ limit: Int) -> Bool {
      let before = total.iterations
      let outcome = unsafe steps.run(
        PairSteps.Block(values: values.pointer, diagonals: diagonals.pointer),
        isMissing: &isMissing, tolerance: goal.tolerance,
        maximumIterations: min(limit, maximumIterations - before),
        fill: { copyRow($0, of: field) },
        poll: { poll(before + $0) })
      total.iterations += outcome.iterations
      guard outcome.interruption == .iterationLimit else {
        total.interruption = outcome.interruption
        return true
      }
      if total.iterations >= maximumIterations { total.interruption = .iterationLimit }
      return total.interruption != nil
    }
    if !effort.beginsWithSubspace && movePairs(effort.pairSteps) { return total }
    total.isUnfinished = true
    guard let steps = steps as? PairSteps<Double>, effort.subspacePhases > 0 else {
      if effort.beginsWithSubspace { total.isUnfinished = !movePairs(effort.pairSteps) }
      return total
    }
    let size = members.examples.count
    var length = size
    for _ in 0..<effort.subspacePhases {
      let before = total.iterations
      let moved = moveFreeVariables(
        steps, field, maximumIterations - before, isCancelled: { poll(before) != nil })
      total.iterations += moved.pairCount
      if let reason = poll(total.iterations) {
        total.interruption = reason
        total.isUnfinished = false
        break
      }
      // Where they cannot be moved together, pairs have longer.
      length = moved.pairCount > 0 ? size : min(2 * length, 64 * size)
      if movePairs(max(length, 256)) {
        total.isUnfinished = false
        break
      }
    }
    return total
  }

  /// Fills a row that was missing.
  private func copyRow(_ row: Int, of field: Field) {
    unsafe field.copyRow(row, into: values.pointer + row * stride)
    prepare(row, from: capacity)
  }

  private func moveFreeVariables(
    _ steps: PairSteps<Double>, _ field: Field, _ maximumPairs: Int,
    isCancelled: @Sendable () -> Bool
  ) -> PairSteps<Double>.SubspaceOutcome {
    guard let values = values as? AlignedBuffer<Double> else { return .init() }
    return unsafe steps.moveFreePlaces(
      values: values.pointer, maximumPairs: maximumPairs, threads: threads,
      fill: { row in
        guard !isMissing.isEmpty && isMissing[row] else { return }
        copyRow(row, of: field)
        isMissing[row] = false
      }, isCancelled: isCancelled)
  }

  /// The gradient of the block's examples after an update, from the block alone.
  ///
  /// - Parameters:
  ///   - members: The block's examples, in the order of their slots, with their gradient before.
  ///   - update: The rows that change it; all are the block's, in the order of their slots.
  /// - Returns: One number for each member.
  func gradient(of members: BlockMembers, after update: BlockUpdate) -> [Double] {
    let occupied = occupied
    guard let last = occupied.last else { return [] }
    let slots = slots
    var rows: [Int] = []
    rows.reserveCapacity(update.rows.count)
    for slot in occupied where rows.count < update.rows.count {
      if slots[slot] == update.rows[rows.count] { rows.append(slot) }
    }
    precondition(
      rows.count == update.rows.count,
      "\(update.rows.count) rows change the gradient, but the block has only \(rows.count) in this order"
    )
    let strip = 256
    let sums = AlignedBuffer<Double>(count: stride)
    sums.clear(count: stride)
    for (member, slot) in occupied.enumerated() {
      unsafe sums.pointer[slot] = members.gradient[member]
    }
    concurrentTiles(
      count: last / strip + 1, threads: rows.count * last < 500_000 ? 1 : threads
    ) { [values, stride, rows] tile in
      let first = tile * strip
      let pointers = unsafe rows.map {
        unsafe UnsafePointer<Scalar>?(values.pointer + $0 * stride + first)
      }
      unsafe Scalar.library.loops.accumulate(
        pointers, update.coefficients, pointers.count, min(strip, stride - first),
        sums.pointer + first)
    }
    var result: [Double] = []
    result.reserveCapacity(occupied.count)
    for slot in occupied { unsafe result.append(sums.pointer[slot]) }
    return result
  }
}
