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
  /// Room for this many variables in each place.
  let pieceCount: Int
  /// How many slots of each layer the loaded examples take, with empty ones among them, up to a multiple of
  /// 16: what is behind them is not looked at.
  private var usedCount = 0

  // One element for each place, that is for each layer and slot.

  /// How strongly the objective pulls the place up, less the middle of its group's extremes: what
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

  /// Where each is among the variables of the members.
  let variable: AlignedBuffer<Int32>
  let beta: AlignedBuffer<Double>
  let lower: AlignedBuffer<Double>
  let upper: AlignedBuffer<Double>
  let offset: AlignedBuffer<Scalar>

  /// Makes room.
  ///
  /// - Parameters:
  ///   - stride: The number of slots, a multiple of 16.
  ///   - shape: The figures of the program whose variables will be loaded.
  init(stride: Int, shape: ProgramShape) {
    self.stride = stride
    layerCount = shape.layerCount
    groupCount = shape.groupCount
    pieceCount = shape.pieceCount
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

  /// Loads the variables of examples.
  ///
  /// - Parameters:
  ///   - members: The examples.
  ///   - slots: The slot of each.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func load(_ members: BlockMembers, slots: [Int]) {
    let size = layerCount * stride
    usedCount = min(stride, ((slots.last ?? 0) + 16) / 16 * 16)
    var wants = [Double](repeating: 0, count: size)
    var tops = [Double](repeating: -.infinity, count: groupCount)
    var bottoms = [Double](repeating: .infinity, count: groupCount)
    for place in 0..<size * groupCount {
      unsafe upOffset.pointer[place] = -.infinity
      unsafe lowOffset.pointer[place] = .infinity
    }
    for place in 0..<size { clear(place) }
    for (member, slot) in slots.enumerated() {
      var rest = members.range(member)
      var place = slot
      while let first = rest.first {
        // The variables of one group are a place; those of the next are in the layer above.
        let g = members.variables[first].group
        let range = first..<(rest.first { members.variables[$0].group != g } ?? rest.upperBound)
        rest = range.upperBound..<rest.upperBound
        fill(place, members, range)
        let group = Int(g)
        wants[place] = -(members.gradient[member] + members.variables[first].linear)
        tops[group] = unsafe max(
          tops[group], wants[place] + Double(upOffset.pointer[group * size + place]))
        bottoms[group] = unsafe min(
          bottoms[group], wants[place] + Double(lowOffset.pointer[group * size + place]))
        place += stride
      }
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

  /// Leaves a place without variables.
  @inline(__always)
  private func clear(_ place: Int) {
    unsafe group.pointer[place] = -1
    for at in place * pieceCount..<(place + 1) * pieceCount {
      // Without room, a variable is never chosen.
      unsafe variable.pointer[at] = -1
      unsafe beta.pointer[at] = 0
      unsafe lower.pointer[at] = 0
      unsafe upper.pointer[at] = 0
      unsafe offset.pointer[at] = 0
    }
  }

  /// Gives a place its variables.
  @inline(__always)
  private func fill(_ place: Int, _ members: BlockMembers, _ range: Range<Int>) {
    let first = members.variables[range.lowerBound]
    unsafe group.pointer[place] = Int32(first.group)
    for (piece, index) in range.enumerated() {
      let at = place * pieceCount + piece
      let t = members.variables[index]
      unsafe variable.pointer[at] = Int32(index)
      unsafe beta.pointer[at] = t.beta
      unsafe lower.pointer[at] = t.lower
      unsafe upper.pointer[at] = t.upper
      unsafe offset.pointer[at] = Scalar(first.linear - t.linear)
    }
    setOffsets(place)
  }

  /// Writes the variables' values back.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func store(into members: inout BlockMembers) {
    for at in 0..<layerCount * stride * pieceCount {
      let t = unsafe Int(variable.pointer[at])
      if t >= 0 { members.variables[t].beta = unsafe beta.pointer[at] }
    }
  }

  /// What a run did.
  struct Outcome {
    var iterations = 0
    /// Why it stopped before its tolerance, if it did.
    var interruption: StopReason?
    /// Whether the steps allowed in one go were used up before the tolerance was reached.
    var isUnfinished = false
  }

  /// A block of K.
  @safe
  struct Block {
    /// Its rows, `stride` elements from one to the next.
    let values: UnsafeMutablePointer<Scalar>
    let diagonals: UnsafePointer<Scalar>
  }

  /// Moves pairs until the violation among the loaded variables is at most `tolerance`.
  ///
  /// - Parameters:
  ///   - block: The block of K.
  ///   - isMissing: Whether each row has still to be filled; empty when none has.
  ///   - tolerance: The violation to stop at.
  ///   - maximumIterations: The largest number of steps.
  ///   - fill: Writes a missing row.
  ///   - poll: Asked every few hundred steps with their number; a reason stops the run.
  /// - Returns: The number of steps, and what cut them short.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  func run(
    _ block: Block, isMissing: inout [Bool], tolerance: Double, maximumIterations: Int,
    fill: (_ row: Int) -> Void,
    poll: (_ iterations: Int) -> StopReason?
  ) -> Outcome {
    let values = unsafe block.values
    let diagonals = unsafe block.diagonals
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
      guard i >= 0, Double(top - bottom) > tolerance else { break }
      if outcome.iterations >= maximumIterations {
        outcome.interruption = .iterationLimit
        break
      }
      if outcome.iterations & 255 == 255, let reason = poll(outcome.iterations) {
        outcome.interruption = reason
        break
      }
      let slotI = i % stride
      let rowI = unsafe values + slotI * stride
      if !isMissing.isEmpty && isMissing[slotI] {
        fill(slotI)
        isMissing[slotI] = false
      }
      let low = unsafe lowOffset.pointer + g * size
      var j = -1
      var bestGain = -1.0
      for layer in 0..<layerCount {
        let first = layer * stride
        let scan = unsafe PartnerScan(
          v: v + first, lowOffset: low + first, row: rowI, diagonals: diagonals,
          diagonal: diagonals[slotI], top: top, scale: 1 / (top - bottom), count: usedCount)
        let candidate = unsafe Scalar.bestPartner(scan, gain: &gain)
        if candidate >= 0 && gain > bestGain {
          bestGain = gain
          j = first + candidate
        }
      }
      guard j >= 0 else { break }
      let slotJ = j % stride
      let rowJ = unsafe values + slotJ * stride
      if !isMissing.isEmpty && isMissing[slotJ] {
        fill(slotJ)
        isMissing[slotJ] = false
      }
      let ti = unsafe i * pieceCount + Int(rising.pointer[i])
      let tj = unsafe j * pieceCount + Int(falling.pointer[j])
      // Along βᵢ += δ, βⱼ −= δ the objective is least at δ = (vᵢ − vⱼ) / a with
      // a = Kᵢᵢ + Kⱼⱼ − 2Kᵢⱼ = ‖φ(xᵢ) − φ(xⱼ)‖², which is 0 for duplicate examples and may be
      // negative for an indefinite kernel. Fan, Chen and Lin (2005) put τ = 1e-12 in its place.
      // All three values come from the block, as the update's do: a diagonal of another precision
      // lets the same pair be chosen forever.
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
        // Land on the bound itself, not next to it.
        delta = min(roomUp, roomDown)
        newI = unsafe roomUp <= roomDown ? highest : min(beta[ti] + delta, highest)
        newJ = unsafe roomDown <= roomUp ? lowest : max(beta[tj] - delta, lowest)
      }
      // A step that is lost in rounding would be repeated forever.
      if unsafe newI == beta[ti] && newJ == beta[tj] { break }
      unsafe beta[ti] = newI
      unsafe beta[tj] = newJ
      setOffsets(i)
      setOffsets(j)
      outcome.iterations += 1
      for g in 0..<groupCount { extremes[g] = (-.infinity, -1, .infinity) }
      for layer in 0..<layerCount {
        let first = layer * stride
        for g in 0..<groupCount {
          var found = PairExtremes<Scalar>(top: 0, topIndex: -1, bottom: 0)
          // v is moved once; further groups only look for their extremes.
          let move = unsafe PairMove(
            v: v + first, upOffset: upOffset.pointer + g * size + first,
            lowOffset: lowOffset.pointer + g * size + first, rowI: rowI, rowJ: rowJ,
            delta: g == 0 ? Scalar(delta) : 0, count: usedCount)
          unsafe Scalar.movePair(move, extremes: &found)
          if found.topIndex >= 0 && found.top > extremes[g].top {
            extremes[g].top = found.top
            extremes[g].index = first + found.topIndex
          }
          if found.bottom < extremes[g].bottom { extremes[g].bottom = found.bottom }
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
