/// All that a solver knows between two rounds; with the program, the kernel and the block of the
/// examples in its slots it determines every later step.
package struct SolverState: Sendable, Equatable, Codable {
  /// The signed dual variables.
  package var beta: [Double]
  /// g of each example; stale for examples that are not active.
  package var gradient: [Double]
  /// The pairs moved so far.
  package var iterations: Int
  /// The examples in the working block's slots, −1 for an empty slot.
  package var slots: [Int32]
  /// What examples set aside were set aside with; `nil` while all are active.
  package var shrunk: Shrunk?
  /// For how many rounds in a row each example looked settled at its bounds.
  package var settledRounds: [UInt8]
  /// Σ of squared changes of β since the gradient was last computed in Double.
  package var squaredChanges: Double
  /// Whether ``gradient`` is that of ``beta``; not so before the first round.
  package var isBegun: Bool
  /// For how many rounds each slot has held its example.
  package var ages: [Int32]
  /// Rounds in a row that moved nothing.
  package var fruitlessRounds: Int
  /// Refreshed gradients in a row that brought no progress.
  package var fruitlessRefreshes: Int
  /// The least violation after a refresh, `nil` before the first.
  package var violationAtRefresh: Double?
  /// What the solver has learned of how hard the problem is.
  package var difficulty = Difficulty()

  /// Signs that pairs in single precision do not get far.
  package struct Difficulty: Sendable, Equatable, Codable {
    /// Rounds whose block was left before it was solved.
    package var unfinishedRounds = 0
    /// Gradients recomputed because rounding had grown as large as the violation.
    package var noisyGradients = 0
    /// ``SolverState/squaredChanges`` when the rounding was last measured.
    package var squaredChangesAtMeasurement = 0.0
    /// The least violation so far.
    package var leastViolation = Double.greatestFiniteMagnitude
    /// Rounds since the violation fell, or the objective was last looked at.
    package var idleRounds = 0
    /// The dual objective when it was last looked at.
    package var objective = -Double.greatestFiniteMagnitude

    package init() {}
  }

  /// The state at the moment when the first examples were set aside.
  package struct Shrunk: Sendable, Equatable, Codable {
    /// The examples that still take part, ascending.
    package var active: [Int32]
    /// β when all examples were last active.
    package var beta: [Double]
    /// The gradient at that β.
    package var gradient: [Double]

    /// Collects the parts.
    package init(active: [Int32], beta: [Double], gradient: [Double]) {
      self.active = active
      self.beta = beta
      self.gradient = gradient
    }
  }

  /// Collects the parts.
  package init(
    beta: [Double], gradient: [Double], iterations: Int, slots: [Int32], shrunk: Shrunk?,
    settledRounds: [UInt8], squaredChanges: Double, isBegun: Bool, ages: [Int32],
    fruitlessRounds: Int, fruitlessRefreshes: Int, violationAtRefresh: Double?
  ) {
    self.beta = beta
    self.gradient = gradient
    self.iterations = iterations
    self.slots = slots
    self.shrunk = shrunk
    self.settledRounds = settledRounds
    self.squaredChanges = squaredChanges
    self.isBegun = isBegun
    self.ages = ages
    self.fruitlessRounds = fruitlessRounds
    self.fruitlessRefreshes = fruitlessRefreshes
    self.violationAtRefresh = violationAtRefresh
  }
}

extension SolverState {
  /// The state for a solver of another precision, which computes the gradient of its own kernel values.
  var withoutGradient: SolverState {
    var state = self
    state.isBegun = false
    state.shrunk = nil
    state.gradient = Array(repeating: 0, count: gradient.count)
    state.settledRounds = Array(repeating: 0, count: settledRounds.count)
    state.squaredChanges = 0
    state.difficulty.squaredChangesAtMeasurement = 0
    return state
  }

  /// The state as another solver takes it over, whose block is empty: one of another precision, say.
  func withoutBlock(capacity: Int) -> SolverState {
    var state = self
    state.slots = Array(repeating: -1, count: capacity)
    state.ages = Array(repeating: 0, count: capacity)
    state.fruitlessRounds = 0
    state.fruitlessRefreshes = 0
    state.violationAtRefresh = nil
    state.difficulty.leastViolation = .greatestFiniteMagnitude
    state.difficulty.idleRounds = 0
    state.difficulty.objective = -.greatestFiniteMagnitude
    return state
  }
}

/// A solver in the middle of a round: its examples are chosen and their block is computed, and nothing
/// has moved yet.
///
/// A solver that goes on from here takes the very steps, in the very bits, that the first
/// one would have taken.
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
  static let mostSettledRounds: UInt8 = 250

  /// Whether the parts fit together and a program of so many variables and examples; what comes from a
  /// file may be anything.
  package func fits(_ program: QuadraticProgram) -> Bool {
    let count = program.exampleCount
    let capacity = state.slots.count
    let occupied = state.slots.filter { $0 >= 0 }
    guard state.beta.count == program.variableCount, state.gradient.count == count,
      state.settledRounds.count == count, state.ages.count == capacity, state.iterations >= 0,
      state.isBegun, Set(occupied).count == occupied.count,
      occupied.allSatisfy({ $0 < count }), state.slots.allSatisfy({ $0 >= -1 }),
      (state.beta + state.gradient).allSatisfy(\.isFinite), state.squaredChanges.isFinite,
      state.squaredChanges >= 0, state.fruitlessRounds >= 0, state.fruitlessRefreshes >= 0
    else { return false }
    // The solver goes on counting: no count may be near the end of its type.
    guard
      [state.iterations, state.fruitlessRounds, state.fruitlessRefreshes].allSatisfy({
        $0 < 1 << 53
      }),
      state.ages.allSatisfy({ (0..<1 << 30).contains($0) }),
      state.settledRounds.allSatisfy({ $0 <= Self.mostSettledRounds })
    else { return false }
    for t in state.beta.indices {
      let alpha = program.isPositive[t] ? state.beta[t] : -state.beta[t]
      guard alpha >= program.lowerBound[t], alpha <= program.upperBound[t] else { return false }
    }
    if let shrunk = state.shrunk {
      guard shrunk.beta.count == state.beta.count, shrunk.gradient.count == count,
        (shrunk.beta + shrunk.gradient).allSatisfy(\.isFinite),
        shrunk.active.allSatisfy({ $0 >= 0 && $0 < count }),
        zip(shrunk.active, shrunk.active.dropFirst()).allSatisfy({ $0 < $1 })
      else { return false }
    }
    switch block {
    case .whole: return capacity == count && occupied.count == count
    case .single(let values):
      return values.count == occupied.count * capacity && values.allSatisfy(\.isFinite)
    case .double(let values):
      return values.count == occupied.count * capacity && values.allSatisfy(\.isFinite)
    }
  }
}
