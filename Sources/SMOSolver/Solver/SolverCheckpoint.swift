/// A solver in the middle of a round: its examples are chosen and their block is computed, and nothing
/// has moved yet.
///
/// A solver that continues from here takes exactly the steps, bit for bit, that the first one would
/// have taken.
package struct SolverCheckpoint: Sendable, Equatable {
  /// The kernel values of the working block.
  package enum Block: Sendable, Equatable {
    /// The block holds all of K in the precision named, and is computed again.
    case whole(isDouble: Bool)
    /// The rows of the occupied slots, each as long as there are slots.
    case single([Float])
    case double([Double])

    /// Whether the solver computes in Double.
    package var isDouble: Bool {
      switch self {
      case .whole(let isDouble): isDouble
      case .single: false
      case .double: true
      }
    }
  }

  package var state: SolverState
  /// Kept and not computed again: on some processors a product's bits depend on its neighbours.
  package var block: Block

  package init(state: SolverState, block: Block) {
    self.state = state
    self.block = block
  }

  /// Rounds that an example was settled are counted up to here.
  static let maximumSettledRounds: UInt8 = 250

  /// Whether the parts fit together and the program that they are said to be of; what comes from a
  /// file may be anything.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - blockByteLimit: The bytes that its working block may take.
  /// - Returns: Whether a solver can continue from here.
  package func fits(_ program: QuadraticProgram, blockByteLimit: Int) -> Bool {
    let shape = ProgramShape(program)
    let capacity =
      block.isDouble
      ? WorkingSet.capacity(for: shape, Double.self, byteLimit: blockByteLimit)
      : WorkingSet.capacity(for: shape, Float.self, byteLimit: blockByteLimit)
    guard roundsFit(program.exampleCount, capacity), examplesFit(program) else { return false }
    let occupied = state.rounds.slots.count { $0 >= 0 }
    switch block {
    case .whole: return capacity == program.exampleCount && occupied == capacity
    case .single(let values):
      return values.count == occupied * capacity && values.allSatisfy(\.isFinite)
    case .double(let values):
      return values.count == occupied * capacity && values.allSatisfy(\.isFinite)
    }
  }

  private func roundsFit(_ exampleCount: Int, _ capacity: Int) -> Bool {
    let rounds = state.rounds
    let occupied = rounds.slots.filter { $0 >= 0 }
    // The solver continues to count: no count may be near the end of its type.
    let counts = [rounds.iterations, rounds.fruitlessRounds, rounds.fruitlessRefreshes]
    return rounds.slots.count == capacity && rounds.ages.count == capacity && rounds.isBegun
      && Set(occupied).count == occupied.count && occupied.allSatisfy { $0 < exampleCount }
      && rounds.slots.allSatisfy { $0 >= -1 } && rounds.squaredChanges.isFinite
      && rounds.squaredChanges >= 0 && counts.allSatisfy { (0..<1 << 53).contains($0) }
      && rounds.ages.allSatisfy { (0..<1 << 30).contains($0) }
  }

  private func examplesFit(_ program: QuadraticProgram) -> Bool {
    let count = program.exampleCount
    let examples = state.examples
    guard examples.beta.count == program.variableCount, examples.gradient.count == count,
      examples.settledRounds.count == count,
      (examples.beta + examples.gradient).allSatisfy(\.isFinite),
      examples.settledRounds.allSatisfy({ $0 <= Self.maximumSettledRounds })
    else { return false }
    for t in examples.beta.indices {
      let alpha = program.isPositive[t] ? examples.beta[t] : -examples.beta[t]
      guard alpha >= program.lowerBound[t], alpha <= program.upperBound[t] else { return false }
    }
    guard let shrunk = examples.shrunk else { return true }
    return shrunk.beta.count == examples.beta.count && shrunk.gradient.count == count
      && (shrunk.beta + shrunk.gradient).allSatisfy(\.isFinite)
      && shrunk.active.allSatisfy { $0 >= 0 && $0 < count }
      && zip(shrunk.active, shrunk.active.dropFirst()).allSatisfy { $0 < $1 }
  }
}
