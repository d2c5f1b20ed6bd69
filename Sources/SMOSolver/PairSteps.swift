import Kernels
import LinearAlgebra

/// Sequential minimal optimization on a dense block of K: pairs of variables with the largest
/// second-order gain are moved until none violates much (Fan, Chen and Lin 2005).
///
/// Several variables of one example and one group, as the α and α* of a regression, are one *place*
/// here: along Σβ of the example the objective is convex, with a kink wherever one variable reaches
/// a bound and the next takes over, so that it grows through the variable with the least linear term
/// that has room, and falls through the one with the largest. Variables of one example in different
/// groups lie in layers above its slot, and all layers read the same row of the block.
///
/// A step reads two rows of the block and a few vectors of the same length, all in one scalar type:
/// in single precision sixteen places at a time.
final class PairSteps<Scalar: SMOScalar> {
  /// Slots in each layer, a multiple of 16.
  let stride: Int
  let layerCount: Int
  let groupCount: Int
  /// Room for so many variables in each place.
  let pieceCount: Int

  // One element for each place, that is for each layer and slot.

  /// How much the objective wants the place to grow, less the middle of its group's extremes: what
  /// matters are differences near there, which single precision then resolves.
  let v: AlignedBuffer<Scalar>
  /// For each group, what the variable that grows next adds to v; −∞ where the place is another
  /// group's or cannot grow.
  let upOffset: AlignedBuffer<Scalar>
  /// The same of the variable that falls next; ∞ where the place cannot fall.
  let lowOffset: AlignedBuffer<Scalar>
  let group: AlignedBuffer<Int32>
  /// Which of the place's variables grow and fall next, −1 where none can.
  let rising: AlignedBuffer<Int32>
  let falling: AlignedBuffer<Int32>

  // `pieceCount` elements for each place: its variables by ascending linear term.

  let variable: AlignedBuffer<Int32>
  let beta: AlignedBuffer<Double>
  let lower: AlignedBuffer<Double>
  let upper: AlignedBuffer<Double>
  let offset: AlignedBuffer<Scalar>

  /// Makes room.
  ///
  /// - Parameters:
  ///   - stride: The number of slots, a multiple of 16.
  ///   - program: The program whose variables will be loaded.
  init(stride: Int, program: SignedProgram) {
    self.stride = stride
    layerCount = program.layerCount
    groupCount = program.groupCount
    pieceCount = program.pieceCount
    let size = layerCount * stride
    v = AlignedBuffer(count: size)
    upOffset = AlignedBuffer(count: size * groupCount)
    lowOffset = AlignedBuffer(count: size * groupCount)
    group = AlignedBuffer(count: size)
    rising = AlignedBuffer(count: size)
    falling = AlignedBuffer(count: size)
    variable = AlignedBuffer(count: size * pieceCount)
    beta = AlignedBuffer(count: size * pieceCount)
    lower = AlignedBuffer(count: size * pieceCount)
    upper = AlignedBuffer(count: size * pieceCount)
    offset = AlignedBuffer(count: size * pieceCount)
  }

  /// Loads the variables of the examples in the slots.
  ///
  /// - Parameters:
  ///   - slots: At most `stride` examples, −1 for an empty slot.
  ///   - program: The program of all variables.
  ///   - allBeta: Their values.
  ///   - gradient: g of each example at these values.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func load(slots: [Int32], program: SignedProgram, beta allBeta: [Double], gradient: [Double]) {
    let size = layerCount * stride
    var wants = [Double](repeating: 0, count: size)
    var tops = [Double](repeating: -.infinity, count: groupCount)
    var bottoms = [Double](repeating: .infinity, count: groupCount)
    for place in 0..<size * groupCount {
      unsafe upOffset.pointer[place] = -.infinity
      unsafe lowOffset.pointer[place] = .infinity
    }
    for place in 0..<size {
      let slot = place % stride
      let example = slot < slots.count ? slots[slot] : -1
      let range = example >= 0 ? program.place(of: Int(example), layer: place / stride) : 0..<0
      for piece in 0..<pieceCount {
        let at = place * pieceCount + piece
        let t = piece < range.count ? Int(program.variables[range.lowerBound + piece]) : -1
        unsafe variable.pointer[at] = Int32(t)
        // Without room, a variable is never chosen.
        unsafe beta.pointer[at] = t >= 0 ? allBeta[t] : 0
        unsafe lower.pointer[at] = t >= 0 ? program.lower[t] : 0
        unsafe upper.pointer[at] = t >= 0 ? program.upper[t] : 0
        unsafe offset.pointer[at] =
          t >= 0
          ? Scalar(program.linear[Int(program.variables[range.lowerBound])] - program.linear[t])
          : 0
      }
      unsafe group.pointer[place] = -1
      guard !range.isEmpty else { continue }
      let first = Int(program.variables[range.lowerBound])
      let g = Int(program.group[first])
      unsafe group.pointer[place] = Int32(g)
      wants[place] = -(gradient[Int(example)] + program.linear[first])
      setOffsets(place)
      tops[g] = unsafe max(tops[g], wants[place] + Double(upOffset.pointer[g * size + place]))
      bottoms[g] = unsafe min(
        bottoms[g], wants[place] + Double(lowOffset.pointer[g * size + place]))
    }
    for place in 0..<size {
      let g = unsafe Int(group.pointer[place])
      guard g >= 0, tops[g].isFinite, bottoms[g].isFinite else {
        unsafe v.pointer[place] = Scalar(wants[place])
        continue
      }
      unsafe v.pointer[place] = Scalar(wants[place] - (tops[g] + bottoms[g]) / 2)
    }
  }

  /// Writes the variables' values back.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func store(into allBeta: inout [Double]) {
    for at in 0..<layerCount * stride * pieceCount {
      let t = unsafe Int(variable.pointer[at])
      if t >= 0 { allBeta[t] = unsafe beta.pointer[at] }
    }
  }

  /// What a run did.
  struct Outcome {
    var iterations = 0
    /// Why it stopped before its local tolerance, if it did.
    var interruption: StopReason?
    /// Whether the steps allowed in one go were used up before the local tolerance was reached.
    var isUnfinished = false
  }

  /// Moves pairs until the violation among the loaded variables is at most `localTolerance`.
  ///
  /// - Parameters:
  ///   - values: The block of K, `stride` elements from row to row.
  ///   - diagonals: Its diagonal.
  ///   - isMissing: Whether each row has still to be filled; empty when none has.
  ///   - localTolerance: The violation to stop at.
  ///   - maximumIterations: The largest number of steps.
  ///   - fill: Writes a missing row.
  ///   - poll: Asked every few hundred steps with the local violation; a reason stops the run.
  /// - Returns: The number of steps, and what cut them short.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  func run(
    values: UnsafeMutablePointer<Scalar>, diagonals: UnsafePointer<Scalar>,
    isMissing: inout [Bool], localTolerance: Double, maximumIterations: Int,
    fill: (_ row: Int, _ target: UnsafeMutablePointer<Scalar>) -> Void,
    poll: (_ iterations: Int, _ violation: Double) -> StopReason?
  ) -> Outcome {
    var outcome = Outcome()
    let size = layerCount * stride
    let v = unsafe v.pointer
    let beta = unsafe beta.pointer
    var gain = 0.0
    var extremes = (0..<groupCount).map { scan(group: $0) }
    while true {
      // The group that violates most.
      var g = 0
      for other in 1..<max(groupCount, 1)
      where extremes[other].top - extremes[other].bottom > extremes[g].top - extremes[g].bottom {
        g = other
      }
      let (top, i, bottom) = extremes[g]
      guard i >= 0, Double(top - bottom) > localTolerance else { break }
      if outcome.iterations >= maximumIterations {
        outcome.interruption = .iterationLimit
        break
      }
      if outcome.iterations & 255 == 255,
        let reason = poll(outcome.iterations, Double(top - bottom))
      {
        outcome.interruption = reason
        break
      }
      let slotI = i % stride
      let rowI = unsafe values + slotI * stride
      if !isMissing.isEmpty && isMissing[slotI] {
        unsafe fill(slotI, rowI)
        isMissing[slotI] = false
      }
      let low = unsafe lowOffset.pointer + g * size
      var j = -1
      var bestGain = -1.0
      for layer in 0..<layerCount {
        let first = layer * stride
        let candidate = unsafe Scalar.bestPartner(
          v + first, low + first, rowI, diagonals, diagonals[slotI], top, 1 / (top - bottom),
          stride, &gain)
        if candidate >= 0 && gain > bestGain {
          bestGain = gain
          j = first + candidate
        }
      }
      guard j >= 0 else { break }
      let slotJ = j % stride
      let rowJ = unsafe values + slotJ * stride
      if !isMissing.isEmpty && isMissing[slotJ] {
        unsafe fill(slotJ, rowJ)
        isMissing[slotJ] = false
      }
      let ti = unsafe i * pieceCount + Int(rising.pointer[i])
      let tj = unsafe j * pieceCount + Int(falling.pointer[j])
      // Along βᵢ += δ, βⱼ −= δ the objective is least at δ = (vᵢ − vⱼ) / a with
      // a = Kᵢᵢ + Kⱼⱼ − 2Kᵢⱼ = ‖φ(xᵢ) − φ(xⱼ)‖², which is 0 for duplicate examples and may be
      // negative for an indefinite kernel. Fan, Chen and Lin (2005) put τ = 1e-12 in its place.
      // All three values come from the block, as the update's do: a diagonal of another precision
      // lets the same pair be chosen for ever.
      let curvature =
        unsafe Double(diagonals[slotI]) + Double(diagonals[slotJ]) - 2 * Double(rowI[slotJ])
      let slope = unsafe Double(top) - Double(v[j] + low[j])
      var delta = slope / (curvature > 1e-12 ? curvature : 1e-12)
      let highest = unsafe upper.pointer[ti]
      let lowest = unsafe lower.pointer[tj]
      let roomUp = unsafe highest - beta[ti]
      let roomDown = unsafe beta[tj] - lowest
      if delta < min(roomUp, roomDown) {
        // What the larger of the two does not resolve is left away, so that both move by the same
        // and millions of steps keep the equality.
        let larger = unsafe max(abs(beta[ti]), abs(beta[tj]))
        delta = (larger + delta) - larger
      }
      var newI = unsafe beta[ti] + delta
      var newJ = unsafe beta[tj] - delta
      if delta >= min(roomUp, roomDown) {
        // Land on the bound itself, not beside it.
        delta = min(roomUp, roomDown)
        newI = unsafe roomUp <= roomDown ? highest : min(beta[ti] + delta, highest)
        newJ = unsafe roomDown <= roomUp ? lowest : max(beta[tj] - delta, lowest)
      }
      // A step that is lost in rounding would be repeated for ever.
      if unsafe newI == beta[ti] && newJ == beta[tj] { break }
      unsafe beta[ti] = newI
      unsafe beta[tj] = newJ
      setOffsets(i)
      setOffsets(j)
      outcome.iterations += 1
      for g in 0..<groupCount { extremes[g] = (-.infinity, -1, .infinity) }
      for layer in 0..<layerCount {
        let first = layer * stride
        var top: Scalar = 0
        var index = -1
        var bottom: Scalar = 0
        for g in 0..<groupCount {
          // v is moved once; further groups only look for their extremes.
          unsafe Scalar.movePair(
            v + first, upOffset.pointer + g * size + first, lowOffset.pointer + g * size + first,
            rowI, rowJ, g == 0 ? Scalar(delta) : 0, stride, &top, &index, &bottom)
          if index >= 0 && top > extremes[g].top {
            extremes[g].top = top
            extremes[g].index = first + index
          }
          if bottom < extremes[g].bottom { extremes[g].bottom = bottom }
        }
      }
    }
    return outcome
  }

  /// Finds the variables of a place that grow and fall next.
  @inline(__always)
  func setOffsets(_ place: Int) {
    let first = place * pieceCount
    var up = -1
    var down = -1
    for piece in 0..<pieceCount {
      let at = first + piece
      if unsafe up < 0 && beta.pointer[at] < upper.pointer[at] { up = piece }
      if unsafe beta.pointer[at] > lower.pointer[at] { down = piece }
    }
    unsafe rising.pointer[place] = Int32(up)
    unsafe falling.pointer[place] = Int32(down)
    let at = unsafe Int(group.pointer[place]) * layerCount * stride + place
    unsafe upOffset.pointer[at] = up >= 0 ? offset.pointer[first + up] : -.infinity
    unsafe lowOffset.pointer[at] = down >= 0 ? offset.pointer[first + down] : .infinity
  }

  @inline(__always)
  private func scan(group g: Int) -> (top: Scalar, index: Int, bottom: Scalar) {
    let size = layerCount * stride
    var result = (top: -Scalar.infinity, index: -1, bottom: Scalar.infinity)
    for place in 0..<size {
      let rising = unsafe v.pointer[place] + upOffset.pointer[g * size + place]
      if rising > result.top { (result.top, result.index) = (rising, place) }
      let falling = unsafe v.pointer[place] + lowOffset.pointer[g * size + place]
      if falling < result.bottom { result.bottom = falling }
    }
    return result
  }
}
