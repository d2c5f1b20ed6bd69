import Kernels
import LinearAlgebra

/// The examples of the working set with their block of K, on which sequential minimal optimization
/// runs.
///
/// An example keeps its slot while it stays in the working set, so that only the rows and columns
/// of newcomers are computed. Variables of one example lie in layers above its slot: one layer for
/// a classification, two for a regression, and all layers read the same row of the block.
final class WorkingBlock<Operator: KernelOperator> where Operator.Scalar: SMOScalar {
  typealias Scalar = Operator.Scalar

  let capacity: Int
  /// Elements from row to row: the capacity up to full vectors.
  private let stride: Int
  private let layerCount: Int
  private let groupCount: Int
  private let values: AlignedBuffer<Scalar>
  private(set) var slots: [Int32]
  /// The variable in each layer of each slot, −1 if there is none.
  private let variablesOfExample: [[Int32]]
  private var diagonals: [Scalar]
  private var freshRows: AlignedBuffer<Scalar>?
  private var freshColumns: AlignedBuffer<Scalar>?

  // One element for each layer and slot; a group's penalties are infinite where a variable belongs
  // to another group, may not grow (up) or may not fall (low).
  private var variable: [Int32]
  private let v: AlignedBuffer<Double>
  private let upPenalty: [AlignedBuffer<Double>]
  private let lowPenalty: [AlignedBuffer<Double>]

  /// The threads that put newcomers in place.
  private let threads: Int

  init(capacity: Int, program: SignedProgram, threads: Int) {
    self.capacity = capacity
    self.threads = threads
    stride = (capacity + 15) / 16 * 16
    groupCount = program.groupCount
    exampleCount = program.exampleCount
    var layers: [[Int32]] = []
    // Layer by layer: the k-th variable of each example.
    var seen = [Int32](repeating: 0, count: program.exampleCount)
    for t in 0..<program.variableCount {
      let example = Int(program.example[t])
      let layer = Int(seen[example])
      if layer == layers.count {
        layers.append(Array(repeating: -1, count: program.exampleCount))
      }
      layers[layer][example] = Int32(t)
      seen[example] += 1
    }
    variablesOfExample = layers
    layerCount = layers.count
    values = AlignedBuffer(count: stride * stride)
    slots = Array(repeating: -1, count: capacity)
    diagonals = Array(repeating: 0, count: stride)
    let size = max(layerCount, 1) * stride
    variable = Array(repeating: -1, count: size)
    v = AlignedBuffer(count: size)
    upPenalty = (0..<program.groupCount).map { _ in AlignedBuffer(count: size) }
    lowPenalty = (0..<program.groupCount).map { _ in AlignedBuffer(count: size) }
    values.clear(count: stride * stride)
  }

  /// The variables of one example.
  func variables(of example: Int32) -> [Int] {
    variablesOfExample.compactMap { $0[Int(example)] >= 0 ? Int($0[Int(example)]) : nil }
  }

  /// Whether the block holds all of K.
  private(set) var coversAll = false
  private let exampleCount: Int

  /// Puts newcomers into slots and computes their rows and columns.
  ///
  /// - Parameters:
  ///   - evicted: Slots that are given up; empty slots need not be named.
  ///   - newcomers: Examples; at most as many as slots are then empty.
  ///   - kernel: Where their rows come from.
  ///   - stopping: Asked now and then; once it says yes, the newcomers are turned away.
  /// - Returns: Whether the newcomers are in their slots.
  /// - Throws: `KernelError.notFinite`.
  func replace(
    _ evicted: [Int], by newcomers: [Int32], of kernel: Operator, stopping: @Sendable () -> Bool
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
    // Columns are all occupied slots, in slot order.
    let occupied = (0..<capacity).filter { slots[$0] >= 0 }
    let columns = occupied.map { slots[$0] }
    let fresh = scratch(&freshRows, count: newcomers.count * columns.count)
    guard
      try unsafe kernel.block(
        rows: newcomers, columns: columns, into: fresh.pointer, stopping: stopping)
    else {
      for slot in empty { slots[slot] = -1 }
      return false
    }
    let isFresh = {
      var flags = [Bool](repeating: false, count: capacity)
      for slot in empty { flags[slot] = true }
      return flags
    }()
    let places = occupied.map { Int32($0) }
    let freshPlaces = empty.map { Int32($0) }
    let transposed = scratch(&freshColumns, count: newcomers.count * columns.count)
    // Strips of rows, then strips of columns; each strip writes rows of its own.
    let strip = 64
    let rowStrips = (newcomers.count + strip - 1) / strip
    let columnStrips = (columns.count + strip - 1) / strip
    concurrentTiles(
      count: rowStrips, threads: newcomers.count * columns.count < 200_000 ? 1 : threads
    ) { [values, stride, empty] tile in
      for r in tile * strip..<min((tile + 1) * strip, newcomers.count) {
        unsafe Scalar.scatter(
          fresh.pointer + r * columns.count, places, places.count,
          values.pointer + empty[r] * stride)
      }
    }
    // The columns of the newcomers in the other rows, by symmetry. Transposed first, so that both
    // sides of the copy are read and written in order.
    concurrentTiles(
      count: columnStrips, threads: newcomers.count * columns.count < 200_000 ? 1 : threads
    ) { [values, stride] tile in
      let first = tile * strip
      let count = min(strip, columns.count - first)
      guard (first..<first + count).contains(where: { !isFresh[occupied[$0]] }) else { return }
      let target = unsafe transposed.pointer + first * newcomers.count
      unsafe Scalar.transpose(
        fresh.pointer + first, newcomers.count, count, columns.count, target, newcomers.count)
      for c in 0..<count where !isFresh[occupied[first + c]] {
        unsafe Scalar.scatter(
          target + c * newcomers.count, freshPlaces, freshPlaces.count,
          values.pointer + occupied[first + c] * stride)
      }
    }
    for slot in empty { diagonals[slot] = unsafe values.pointer[slot * stride + slot] }
    coversAll = occupied.count == exampleCount
    return true
  }

  /// Memory that is used again round after round, because fresh pages cost more than the work.
  private func scratch(_ buffer: inout AlignedBuffer<Scalar>?, count: Int)
    -> AlignedBuffer<Scalar>
  {
    if let buffer, buffer.count >= count { return buffer }
    let larger = AlignedBuffer<Scalar>(count: count)
    buffer = larger
    return larger
  }

  /// What a run on the block did.
  struct Outcome {
    var iterations = 0
    /// Why it stopped before its local tolerance, if it did.
    var interruption: StopReason?
  }

  /// Runs sequential minimal optimization on the block's variables until their own violation is
  /// at most `localTolerance`.
  ///
  /// - Parameters:
  ///   - program: The program of all variables.
  ///   - beta: The variables, changed in place; the gradient is left to the caller.
  ///   - gradient: g of each example at the β given.
  ///   - localTolerance: The violation among the block's variables to stop at.
  ///   - maximumIterations: The largest number of steps.
  ///   - poll: Asked every few hundred steps with the local violation; a reason stops the run.
  /// - Returns: The number of steps, and what cut them short.
  func optimize(
    _ program: SignedProgram, beta: inout [Double], gradient: [Double], localTolerance: Double,
    maximumIterations: Int, poll: (_ iterations: Int, _ violation: Double) -> StopReason?
  ) -> Outcome {
    load(program, beta: beta, gradient: gradient)
    var outcome = Outcome()
    // The rows may be shorter than the stride when slots are empty; penalties guard the rest.
    let count = stride
    var gain: Float = 0
    var extremes = [(top: Double, index: Int, bottom: Double)](
      repeating: (0, -1, 0), count: groupCount)
    for g in 0..<groupCount { extremes[g] = scan(group: g) }
    while true {
      // The group that violates most.
      var g = 0
      for other in 1..<max(groupCount, 1)
      where extremes[other].top - extremes[other].bottom > extremes[g].top - extremes[g].bottom {
        g = other
      }
      let (top, i, bottom) = extremes[g]
      guard i >= 0, top - bottom > localTolerance else { break }
      if outcome.iterations >= maximumIterations {
        outcome.interruption = .iterationLimit
        break
      }
      if outcome.iterations & 255 == 255, let reason = poll(outcome.iterations, top - bottom) {
        outcome.interruption = reason
        break
      }
      let slotI = i % stride
      let rowI = unsafe values.pointer + slotI * stride
      var j = -1
      var bestGain: Float = -1
      for layer in 0..<layerCount {
        let offset = layer * stride
        let candidate = unsafe Scalar.bestPartner(
          v.pointer + offset, lowPenalty[g].pointer + offset, rowI, diagonals, diagonals[slotI],
          top, 1 / (top - bottom), count, &gain)
        if candidate >= 0 && gain > bestGain {
          bestGain = gain
          j = offset + candidate
        }
      }
      guard j >= 0 else { break }
      let slotJ = j % stride
      let rowJ = unsafe values.pointer + slotJ * stride
      let ti = Int(variable[i])
      let tj = Int(variable[j])
      // Along βᵢ += δ, βⱼ −= δ the objective is least at δ = (vᵢ − vⱼ) / a with
      // a = Kᵢᵢ + Kⱼⱼ − 2Kᵢⱼ = ‖φ(xᵢ) − φ(xⱼ)‖², which is 0 for duplicate examples and may be
      // negative for an indefinite kernel. Fan, Chen and Lin (2005) put τ = 1e-12 in its place.
      // All three values come from the block, as the update's do: a diagonal of another precision
      // lets the same pair be chosen for ever.
      let curvature =
        unsafe Double(diagonals[slotI]) + Double(diagonals[slotJ])
        - 2 * Double(rowI[slotJ])
      var delta = unsafe (v.pointer[i] - v.pointer[j]) / (curvature > 1e-12 ? curvature : 1e-12)
      let roomUp = program.upper[ti] - beta[ti]
      let roomDown = beta[tj] - program.lower[tj]
      var newI = beta[ti] + delta
      var newJ = beta[tj] - delta
      if delta >= min(roomUp, roomDown) {
        // Land on the bound itself, not beside it.
        delta = min(roomUp, roomDown)
        newI = roomUp <= roomDown ? program.upper[ti] : beta[ti] + delta
        newJ = roomDown <= roomUp ? program.lower[tj] : beta[tj] - delta
        newI = min(newI, program.upper[ti])
        newJ = max(newJ, program.lower[tj])
      }
      // A step that is lost in rounding would be repeated for ever.
      if newI == beta[ti] && newJ == beta[tj] { break }
      beta[ti] = newI
      beta[tj] = newJ
      setPenalties(i, program, beta: newI)
      setPenalties(j, program, beta: newJ)
      outcome.iterations += 1
      for g in 0..<groupCount {
        extremes[g] = (-.infinity, -1, .infinity)
      }
      for layer in 0..<layerCount {
        let offset = layer * stride
        var top = 0.0
        var index = -1
        var bottom = 0.0
        for g in 0..<groupCount {
          // v is moved once; further groups only look for their extremes.
          unsafe Scalar.movePair(
            v.pointer + offset, upPenalty[g].pointer + offset, lowPenalty[g].pointer + offset,
            rowI, rowJ, g == 0 ? delta : 0, count, &top, &index, &bottom)
          if index >= 0 && top > extremes[g].top {
            extremes[g].top = top
            extremes[g].index = offset + index
          }
          if bottom < extremes[g].bottom { extremes[g].bottom = bottom }
        }
      }
    }
    return outcome
  }

  private func load(_ program: SignedProgram, beta: [Double], gradient: [Double]) {
    for layer in 0..<layerCount {
      for slot in 0..<stride {
        let place = layer * stride + slot
        let example = slot < capacity ? slots[slot] : -1
        let t = example >= 0 ? variablesOfExample[layer][Int(example)] : -1
        variable[place] = t
        unsafe v.pointer[place] = 0
        for g in 0..<groupCount {
          unsafe upPenalty[g].pointer[place] = -.infinity
          unsafe lowPenalty[g].pointer[place] = .infinity
        }
        if t >= 0 {
          unsafe v.pointer[place] = -(gradient[Int(example)] + program.linear[Int(t)])
          setPenalties(place, program, beta: beta[Int(t)])
        }
      }
    }
  }

  private func setPenalties(_ place: Int, _ program: SignedProgram, beta: Double) {
    let t = Int(variable[place])
    let g = Int(program.group[t])
    unsafe upPenalty[g].pointer[place] = beta < program.upper[t] ? 0 : -.infinity
    unsafe lowPenalty[g].pointer[place] = beta > program.lower[t] ? 0 : .infinity
  }

  private func scan(group g: Int) -> (top: Double, index: Int, bottom: Double) {
    var result = (top: -Double.infinity, index: -1, bottom: Double.infinity)
    for place in 0..<layerCount * stride {
      let rising = unsafe v.pointer[place] + upPenalty[g].pointer[place]
      if rising > result.top { (result.top, result.index) = (rising, place) }
      let falling = unsafe v.pointer[place] + lowPenalty[g].pointer[place]
      if falling < result.bottom { result.bottom = falling }
    }
    return result
  }

  /// Adds the changes of β to the gradient of all examples from the block alone, when it holds all
  /// of K.
  func accumulate(changes: [(slot: Int, change: Double)], into gradient: inout [Double]) {
    var sums = [Double](repeating: 0, count: stride)
    for slot in 0..<capacity where slots[slot] >= 0 { sums[slot] = gradient[Int(slots[slot])] }
    let rows = unsafe changes.map {
      unsafe UnsafePointer<Scalar>?(values.pointer + $0.slot * stride)
    }
    unsafe Scalar.accumulate(rows, changes.map(\.change), rows.count, stride, &sums)
    for slot in 0..<capacity where slots[slot] >= 0 { gradient[Int(slots[slot])] = sums[slot] }
  }
}
