import Kernels
import LinearAlgebra

// Moving all free variables of a block at once. Pairs get on slowly where curvatures differ by many powers
// of ten: a polynomial kernel of features that were not scaled, a gaussian that is nearly constant, a C of
// 10⁸. The least objective among the free variables alone is the solution of a linear system, which a
// Cholesky factor solves whatever the curvatures are; pairs then find out which variables are free at
// all, as gradient projection does in the method of Moré and Toraldo (1991).

extension PairSteps where Scalar == Double {
  /// What moving free variables together did.
  struct SubspaceOutcome {
    /// The pairs that moving each variable once would have taken.
    var pairCount = 0
  }

  /// A place whose value lies between the bounds of one variable.
  private struct FreePlace {
    var place: Int
    var slot: Int
    var group: Int
    /// Where its variable is among the pieces.
    var piece: Int
  }

  /// Moves the free places towards the minimum of the objective among them until they are
  /// there, or have met their bounds as often as is worth its time.
  ///
  /// With F the free places and one equality for each group, the direction d solves
  ///
  ///     K_FF d + Σ over groups of μ e = v,   eᵀd = 0
  ///
  /// The objective along d is least at d itself. Where a bound is met before, the point is the best of
  /// some along d projected onto the bounds; a variable that meets its bound is free no more, and the
  /// others continue.
  ///
  /// - Parameters:
  ///   - values: The block of K, as many elements from row to row as there are slots.
  ///   - maximumPairs: The largest number of pairs to count.
  ///   - threads: The number of threads.
  ///   - fill: Makes sure that a row is there.
  ///   - isCancelled: Asked now and then.
  /// - Returns: How much was moved.
  @unsafe
  func moveFreePlaces(
    values: UnsafePointer<Double>, maximumPairs: Int, threads: Int, fill: (_ row: Int) -> Void,
    isCancelled: @Sendable () -> Bool
  ) -> SubspaceOutcome {
    var outcome = SubspaceOutcome()
    var free = freePlaces()
    for place in free { fill(place.slot) }
    // About a tenth of a second on one thread.
    var budget = 2e9
    while free.count > 1, outcome.pairCount + free.count <= maximumPairs {
      let size = Double(free.count)
      budget -= size * size * size / 3
      guard budget > 0 || outcome.pairCount == 0, !isCancelled() else { break }
      guard
        let direction = unsafe direction(
          of: free, values: values, threads: threads, isCancelled: isCancelled)
      else { break }
      guard let move = unsafe bestMove(along: direction, free, values: values) else { break }
      unsafe apply(move.change, to: free, values: values)
      outcome.pairCount += free.count
      if move.isWhole { break }
      free = freePlaces()
    }
    return outcome
  }

  private func freePlaces() -> [FreePlace] {
    var result: [FreePlace] = []
    for place in 0..<layerCount * stride {
      let piece = unsafe Int(rising.pointer[place])
      guard piece >= 0, unsafe group.pointer[place] >= 0,
        unsafe Int(falling.pointer[place]) == piece
      else { continue }
      result.append(
        FreePlace(
          place: place, slot: place % stride, group: unsafe Int(group.pointer[place]),
          piece: place * pieceCount + piece))
    }
    return result
  }

  /// How strongly the objective pulls each free place up, less its group's mean.
  private func wants(_ free: [FreePlace]) -> [Double] {
    centred(free.map { unsafe v.pointer[$0.place] + offset.pointer[$0.piece] }, free)
  }

  /// Numbers less the mean of their group, so that each group's sum is 0.
  private func centred(_ numbers: [Double], _ free: [FreePlace]) -> [Double] {
    var sums = [Double](repeating: 0, count: groupCount)
    var counts = sums
    for (number, place) in zip(numbers, free) {
      sums[place.group] += number
      counts[place.group] += 1
    }
    return zip(numbers, free).map { $0 - sums[$1.group] / counts[$1.group] }
  }

  /// The direction to the minimum of the objective among the free places; `nil` where
  /// there is none to be found.
  @unsafe
  private func direction(
    of free: [FreePlace], values: UnsafePointer<Double>, threads: Int,
    isCancelled: @Sendable () -> Bool
  ) -> [Double]? {
    let count = free.count
    let sides = 1 + groupCount
    let wants = wants(free)
    let mean =
      free.reduce(0) { unsafe $0 + abs(values[$1.slot * stride + $1.slot]) } / Double(count)
    guard mean > 0 else { return nil }
    // What is added to the diagonal makes a matrix of less than full rank definite.
    var addition = 1e-12
    while addition < 1e-2 {
      let matrix = unsafe Matrix<Double>(rowCount: count, columnCount: count) { buffer in
        for i in 0..<count {
          let row = unsafe values + free[i].slot * stride
          for j in 0...i { unsafe buffer[i * count + j] = row[free[j].slot] }
          for j in i + 1..<max(count, i + 1) { unsafe buffer[i * count + j] = 0 }
          unsafe buffer[i * count + i] += addition * mean
        }
      }
      addition *= 1000
      var right = Matrix<Double>(rowCount: count, columnCount: sides) { row, column in
        column == 0 ? wants[row] : (free[row].group == column - 1 ? 1 : 0)
      }
      do throws(LinearAlgebraError) {
        guard
          let factor = try Cholesky(inTiles: matrix, threads: threads, isCancelled: isCancelled)
        else { return nil }
        try factor.solveInPlace(&right)
      } catch {
        // Rounding, or an indefinite kernel.
        continue
      }
      guard let multipliers = multipliers(right, free) else { continue }
      let direction = (0..<count).map { row in
        var value = right[row, 0]
        for group in 0..<groupCount { value -= multipliers[group] * right[row, 1 + group] }
        return value
      }
      let result = centred(direction, free)
      guard result.allSatisfy(\.isFinite) else { continue }
      let slope = zip(result, wants).reduce(0) { $0 + $1.0 * $1.1 }
      if slope > 0 { return result }
    }
    return nil
  }

  /// The multipliers that make each group's part of the direction sum to 0.
  private func multipliers(_ solved: Matrix<Double>, _ free: [FreePlace]) -> [Double]? {
    var system = [Double](repeating: 0, count: groupCount * groupCount)
    var sums = [Double](repeating: 0, count: groupCount)
    var isPresent = [Bool](repeating: false, count: groupCount)
    for (row, place) in free.enumerated() {
      isPresent[place.group] = true
      sums[place.group] += solved[row, 0]
      for group in 0..<groupCount {
        system[place.group * groupCount + group] += solved[row, 1 + group]
      }
    }
    for group in 0..<groupCount where !isPresent[group] {
      system[group * groupCount + group] = 1
    }
    if groupCount == 1 {
      return system[0] > 0 ? [sums[0] / system[0]] : nil
    }
    guard groupCount == 2 else { return nil }
    let determinant = system[0] * system[3] - system[1] * system[2]
    guard determinant != 0, determinant.isFinite else { return nil }
    return [
      (sums[0] * system[3] - system[1] * sums[1]) / determinant,
      (system[0] * sums[1] - sums[0] * system[2]) / determinant,
    ]
  }

  private struct Move {
    var change: [Double]
    /// Whether no bound was in the way.
    var isWhole: Bool
  }

  /// The point to go to along a direction; `nil` where none is better than the present one.
  @unsafe
  private func bestMove(
    along direction: [Double], _ free: [FreePlace], values: UnsafePointer<Double>
  ) -> Move? {
    let wants = wants(free)
    let slope = zip(direction, wants).reduce(0) { $0 + $1.0 * $1.1 }
    let curvature = unsafe quadratic(direction, free, values: values)
    let whole = curvature > 0 ? slope / curvature : .infinity
    var limit = Double.infinity
    var farthest = 0.0
    for (index, place) in free.enumerated() where direction[index] != 0 {
      let bound = direction[index] > 0 ? upper : lower
      let room = unsafe (bound.pointer[place.piece] - beta.pointer[place.piece]) / direction[index]
      limit = min(limit, room)
      farthest = max(farthest, room)
    }
    if whole <= limit { return Move(change: direction.map { whole * $0 }, isWhole: true) }
    guard limit.isFinite else { return nil }
    var lengths = [limit]
    var length = min(whole, farthest)
    for turn in 0..<8 where length > limit {
      lengths.append(length)
      length /= turn < 4 ? 2 : 4
    }
    var best: (gain: Double, change: [Double])?
    for length in lengths {
      guard let change = projected(direction.map { length * $0 }, free) else { continue }
      let gain =
        unsafe zip(change, wants).reduce(0) { $0 + $1.0 * $1.1 }
        - quadratic(change, free, values: values) / 2
      if gain > best?.gain ?? 0 { best = (gain, change) }
    }
    return best.map { Move(change: $0.change, isWhole: false) }
  }

  /// A change that stays within the bounds, and whose sums are 0; `nil` where no such change is
  /// possible.
  private func projected(_ change: [Double], _ free: [FreePlace]) -> [Double]? {
    var result = change
    var sums = [Double](repeating: 0, count: groupCount)
    for (index, place) in free.enumerated() {
      let value = unsafe beta.pointer[place.piece]
      let highest = unsafe upper.pointer[place.piece] - value
      let lowest = unsafe lower.pointer[place.piece] - value
      result[index] = min(max(change[index], lowest), highest)
      sums[place.group] += result[index]
    }
    // What the bounds took is taken back from the others, by the room that each has.
    func room(_ index: Int) -> Double {
      let piece = free[index].piece
      let value = unsafe beta.pointer[piece] + result[index]
      return unsafe sums[free[index].group] > 0
        ? value - lower.pointer[piece] : upper.pointer[piece] - value
    }
    var rooms = [Double](repeating: 0, count: groupCount)
    let isInside = free.indices.map { index in
      let piece = free[index].piece
      let value = unsafe beta.pointer[piece] + result[index]
      return unsafe value > lower.pointer[piece] && value < upper.pointer[piece]
    }
    for index in free.indices where isInside[index] { rooms[free[index].group] += room(index) }
    for group in 0..<groupCount where abs(sums[group]) > rooms[group] { return nil }
    let shares = (0..<groupCount).map { rooms[$0] > 0 ? sums[$0] / rooms[$0] : 0 }
    let taken = free.indices.map { isInside[$0] ? shares[free[$0].group] * room($0) : 0 }
    for index in free.indices { result[index] -= taken[index] }
    return result
  }

  /// The sums of a change over the slots, as variables of one example share its row.
  private func slotSums(_ change: [Double], _ free: [FreePlace]) -> [Double] {
    var sums = [Double](repeating: 0, count: stride)
    for (amount, place) in zip(change, free) { sums[place.slot] += amount }
    return sums
  }

  /// xᵀKx.
  @unsafe
  private func quadratic(
    _ change: [Double], _ free: [FreePlace], values: UnsafePointer<Double>
  ) -> Double {
    let sums = slotSums(change, free)
    var result = 0.0
    unsafe sums.withUnsafeBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      var isDone = [Bool](repeating: false, count: stride)
      for place in free where !isDone[place.slot] {
        isDone[place.slot] = true
        result +=
          unsafe base[place.slot]
          * Double._dot(stride, values + place.slot * stride, base)
      }
    }
    return result
  }

  /// Moves the places, and what every place wants.
  @unsafe
  private func apply(
    _ change: [Double], to free: [FreePlace], values: UnsafePointer<Double>
  ) {
    var moved = [Double](repeating: 0, count: free.count)
    // Each group's sum, with what adding it up rounds.
    var sums = [Double](repeating: 0, count: groupCount)
    var rest = sums
    for (index, place) in free.enumerated() {
      let old = unsafe beta.pointer[place.piece]
      let highest = unsafe upper.pointer[place.piece]
      let lowest = unsafe lower.pointer[place.piece]
      var new = min(max(old + change[index], lowest), highest)
      // Land on a bound itself, not next to it.
      let width = highest - lowest
      if new - lowest <= 1e-15 * width { new = lowest }
      if highest - new <= 1e-15 * width { new = highest }
      moved[index] = new
      let difference = new - old
      let sum = sums[place.group] + difference
      rest[place.group] +=
        abs(sums[place.group]) >= abs(difference)
        ? (sums[place.group] - sum) + difference : (difference - sum) + sums[place.group]
      sums[place.group] = sum
    }
    // What rounding added goes to the place with the most room.
    for group in 0..<groupCount {
      let excess = sums[group] + rest[group]
      var best = -1
      var bestRoom = 0.0
      for (index, place) in free.enumerated() where place.group == group {
        let room = unsafe min(
          moved[index] - lower.pointer[place.piece], upper.pointer[place.piece] - moved[index])
        if room > bestRoom { (best, bestRoom) = (index, room) }
      }
      if best >= 0 && abs(excess) < bestRoom { moved[best] -= excess }
    }
    var differences = [Double](repeating: 0, count: free.count)
    for (index, place) in free.enumerated() {
      differences[index] = unsafe moved[index] - beta.pointer[place.piece]
      unsafe beta.pointer[place.piece] = moved[index]
      setOffsets(place.place)
    }
    let slotChanges = slotSums(differences, free)
    var isDone = [Bool](repeating: false, count: stride)
    for place in free where !isDone[place.slot] {
      isDone[place.slot] = true
      guard slotChanges[place.slot] != 0 else { continue }
      for layer in 0..<layerCount {
        unsafe Double._axpy(
          stride, -slotChanges[place.slot], values + place.slot * stride, v.pointer + layer * stride
        )
      }
    }
  }
}
