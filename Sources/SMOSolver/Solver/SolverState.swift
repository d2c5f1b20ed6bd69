/// Everything that a solver knows between two rounds; with the program, the kernel and the block of the
/// examples in its slots it determines every later step.
package struct SolverState: Sendable, Equatable, Codable {
  /// What is kept for each example and variable.
  package var examples: ExampleState
  /// What is kept once.
  package var rounds: RoundState

  /// Collects the parts.
  package init(examples: ExampleState, rounds: RoundState) {
    self.examples = examples
    self.rounds = rounds
  }
}

/// What a solver keeps for each example and variable: the part of its state that an ``ExampleField`` owns.
package struct ExampleState: Sendable, Equatable, Codable {
  /// The signed dual variables.
  package var beta: [Double]
  /// g of each example; stale for examples that are not active.
  package var gradient: [Double]
  /// For how many rounds in a row each example looked settled at its bounds.
  package var settledRounds: [UInt8]
  /// What the shrunk examples were left with; `nil` while all are active.
  package var shrunk: Shrunk?

  /// The state at the moment when the first examples were shrunk.
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
    beta: [Double], gradient: [Double], settledRounds: [UInt8], shrunk: Shrunk? = nil
  ) {
    self.beta = beta
    self.gradient = gradient
    self.settledRounds = settledRounds
    self.shrunk = shrunk
  }

  /// A point whose gradient is not known yet.
  init(beta: [Double], exampleCount: Int) {
    self.init(
      beta: beta, gradient: Array(repeating: 0, count: exampleCount),
      settledRounds: Array(repeating: 0, count: exampleCount))
  }
}

/// What a solver keeps besides ``ExampleState``: counters, and which examples are in its block.
package struct RoundState: Sendable, Equatable, Codable {
  /// The pairs moved so far.
  package var iterations = 0
  /// The examples in the working block's slots, −1 for an empty slot.
  package var slots: [Int32]
  /// For how many rounds each slot has held its example.
  package var ages: [Int32]
  /// Σ of squared changes of β since the gradient was last computed in Double.
  package var squaredChanges = 0.0
  /// Whether the gradient is that of β; not so before the first round.
  package var isBegun = false
  /// Rounds in a row that moved nothing.
  package var fruitlessRounds = 0
  /// Refreshed gradients in a row that brought no progress.
  package var fruitlessRefreshes = 0
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
    /// ``RoundState/squaredChanges`` when the rounding was last measured.
    package var squaredChangesAtMeasurement = 0.0
    /// The least violation so far.
    package var minimumViolation = Double.greatestFiniteMagnitude
    /// Rounds since the violation fell, or the objective was last looked at.
    package var idleRounds = 0
    /// The dual objective when it was last looked at.
    package var objective = -Double.greatestFiniteMagnitude

    package init() {}
  }

  /// The state before the first round, of a block whose slots are empty.
  package init(capacity: Int) {
    slots = Array(repeating: -1, count: capacity)
    ages = Array(repeating: 0, count: capacity)
  }

  /// The state with a block of its own.
  package init(slots: [Int32], ages: [Int32]) {
    self.slots = slots
    self.ages = ages
  }
}

extension SolverState {
  /// The state for a solver of another precision, which computes the gradient from its
  /// own kernel values.
  var withoutGradient: SolverState {
    var state = self
    state.rounds.isBegun = false
    state.examples = ExampleState(beta: examples.beta, exampleCount: examples.gradient.count)
    state.rounds.squaredChanges = 0
    state.rounds.difficulty.squaredChangesAtMeasurement = 0
    return state
  }
}

extension RoundState {
  /// The state as another solver takes it over, whose block is empty: one of another precision, say.
  func withoutBlock(capacity: Int) -> RoundState {
    var state = self
    state.slots = Array(repeating: -1, count: capacity)
    state.ages = Array(repeating: 0, count: capacity)
    state.fruitlessRounds = 0
    state.fruitlessRefreshes = 0
    state.violationAtRefresh = nil
    state.difficulty.minimumViolation = .greatestFiniteMagnitude
    state.difficulty.idleRounds = 0
    state.difficulty.objective = -.greatestFiniteMagnitude
    return state
  }
}
