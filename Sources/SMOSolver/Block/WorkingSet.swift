/// Chooses the examples that enter the working set: those whose variables violate the KKT
/// conditions most, half from those that want to grow and half from those that want to fall
/// (Joachims 1999).
enum WorkingSet {
  /// The number of slots of the block.
  ///
  /// Larger working sets need fewer rounds and fewer rows of K, but their block is computed whole;
  /// a problem that fits one block needs a single round. Where few variables can move one way, as those
  /// of a class of six examples can, their partners are few as well.
  ///
  /// - Parameters:
  ///   - shape: The program's figures.
  ///   - scalar: The precision of kernel values.
  ///   - byteLimit: The bytes that the block may take.
  /// - Returns: At least 2.
  static func capacity<Scalar>(
    for shape: ProgramShape, _ scalar: Scalar.Type, byteLimit: Int
  ) -> Int {
    let count = shape.exampleCount
    let size = MemoryLayout<Scalar>.stride
    // A block that holds all of K is computed in place, in full vectors.
    let stride = (count + 15) / 16 * 16
    if count <= SolverOptions.wholeBlockLimit && stride * stride * size <= byteLimit {
      return max(2, count)
    }
    // Two thirds are left to what a round needs besides the block: tiles, and lists of its examples.
    let fitting = Int((Double(byteLimit) / Double(3 * size)).squareRoot())
    return max(2, min(count, fitting, 2048, max(256, 16 * shape.partnerCount)))
  }

  /// How many examples may be chosen for a round.
  ///
  /// The first set is small, and each may be twice as large as what is not settled of the one before, but is never
  /// smaller than that one: an easy problem of many examples has few support vectors, which need no block of
  /// thousands to be found, and a hard one has a full block after a few cheap rounds.
  ///
  /// - Parameters:
  ///   - last: The number of examples of the round before, 0 in the first.
  ///   - unsettled: How many of them are free or violate.
  ///   - capacity: The number of slots.
  /// - Returns: At most the capacity.
  static func size(after last: Int, unsettled: Int, capacity: Int) -> Int {
    min(capacity, max(256, last, 2 * unsettled))
  }

  /// What to ask a field for, so that ``choose(_:from:tolerance:)`` finds enough.
  ///
  /// A later group leaves out what an earlier one has chosen, each with all its variables.
  static func request(
    _ count: Int, _ extremes: [Extremes], tolerance: Double, shape: ProgramShape, besides: [Int32]
  ) -> Violators.Request {
    let groups = extremes.count { $0.violation > tolerance }
    return Violators.Request(
      extremes: extremes, tolerance: tolerance,
      limit: groups > 1 ? count * shape.pieceCount : count, excluded: besides)
  }

  /// Chooses examples by their violation.
  ///
  /// - Parameters:
  ///   - count: How many examples to choose at most.
  ///   - violators: At least as many variables as ``request(_:_:tolerance:shape:besides:)`` asks for.
  ///   - extremes: The extremes of each group.
  ///   - tolerance: Groups whose violation is at most this are left alone.
  /// - Returns: Examples.
  static func choose(
    _ count: Int, from violators: Violators, _ extremes: [Extremes], tolerance: Double
  ) -> [Int32] {
    var chosen: [Int32] = []
    var isTaken = Set<Int32>()
    let groups = extremes.indices.filter { extremes[$0].violation > tolerance }
    for (position, g) in groups.enumerated() {
      // Each violating group gets its share of what is left.
      let share = (count - chosen.count) / (groups.count - position)
      let taken = isTaken
      let rising = violators.rising[g].lazy.filter { !taken.contains($0.example) }.prefix(share)
        .map(\.example)
      let falling = violators.falling[g].lazy.filter { !taken.contains($0.example) }.prefix(share)
        .map(\.example)
      let (up, down) = (Array(rising), Array(falling))
      var r = 0
      var f = 0
      var left = share
      // Take turns, and what one side lacks the other gives.
      while left > 0 && (r < up.count || f < down.count) {
        let takesRising = f >= down.count || (r < up.count && r <= f)
        let example = takesRising ? up[r] : down[f]
        if takesRising { r += 1 } else { f += 1 }
        guard isTaken.insert(example).inserted else { continue }
        chosen.append(example)
        left -= 1
      }
    }
    return chosen
  }
}
