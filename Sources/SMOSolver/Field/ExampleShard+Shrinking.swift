// Shrinking: examples that look settled at their bounds are left out (Joachims 1999), and brought back.

extension ExampleShard {
  /// Counts for how many rounds in a row each active example has been at its bounds, and beyond the
  /// extremes.
  ///
  /// - Parameter extremes: Those of each group, of all examples.
  /// - Returns: The active examples that have not been so for three rounds, numbered from 0.
  package mutating func settle(_ extremes: [Extremes]) -> [Int32] {
    let (remaining, rounds) = settled(extremes)
    state.settledRounds = rounds
    return remaining
  }

  /// What ``settle(_:)`` returns, and the counts that it would leave.
  private func settled(_ extremes: [Extremes]) -> (remaining: [Int32], rounds: [UInt8]) {
    var isSettled = [Bool](repeating: true, count: exampleCount)
    let top = extremes.map(\.top.v)
    let bottom = extremes.map(\.bottom.v)
    let (program, beta, v) = (program, state.beta, v)
    for variable in activeVariables {
      let t = Int(variable)
      let g = Int(program.group[t])
      let mayGrow = beta[t] < program.upper[t]
      let mayFall = beta[t] > program.lower[t]
      let settled =
        (!mayFall && v[t] < bottom[g]) || (!mayGrow && v[t] > top[g]) || (!mayGrow && !mayFall)
      if !settled { isSettled[Int(program.example[t])] = false }
    }
    var remaining: [Int32] = []
    var rounds = state.settledRounds
    for example in active {
      let e = Int(example)
      rounds[e] = isSettled[e] ? min(rounds[e] + 1, SolverCheckpoint.maximumSettledRounds) : 0
      if rounds[e] < 3 { remaining.append(example) }
    }
    return (remaining, rounds)
  }

  /// What the next round will ask for, whether or not settled examples are left out before it.
  package struct Outlook: Sendable {
    /// The extremes that the round now over began with.
    package let basis: [Extremes]
    /// What ``settle(_:)`` will return for these.
    package let remaining: [Int32]
    fileprivate let settledRounds: [UInt8]
    /// The extremes of the active examples.
    package let extremes: [Extremes]
    /// The extremes of ``remaining``.
    package let extremesOfRemaining: [Extremes]
  }

  /// Looks ahead from the end of a round; in place of the next ``extremes()``, and before ``settle(for:)``.
  ///
  /// - Parameter basis: The extremes of each group that the round began with, of all examples.
  /// - Returns: What is asked for next.
  package mutating func lookAhead(_ basis: [Extremes]) -> Outlook {
    let (remaining, rounds) = settled(basis)
    let isLeft = isActive.indices.map { !isActive[$0] || rounds[$0] >= 3 }
    let (all, some) = extremes(besides: isLeft)
    return Outlook(
      basis: basis, remaining: remaining, settledRounds: rounds, extremes: all,
      extremesOfRemaining: some)
  }

  /// ``settle(_:)`` as it was looked ahead to.
  package mutating func settle(for outlook: Outlook) {
    state.settledRounds = outlook.settledRounds
  }

  /// Whether an example of this shard would remain active.
  package func remains(_ example: Int32, _ outlook: Outlook) -> Bool {
    let e = Int(example) - firstExample
    return isActive[e] && outlook.settledRounds[e] < 3
  }

  /// Whether so few examples remain that leaving the others out pays for gathering their columns, and for
  /// restoring the others later.
  package static func isWorthShrinking(to remaining: Int, of active: Int) -> Bool {
    remaining < active * 3 / 4
  }

  /// Leaves out all examples but some.
  ///
  /// - Parameter remaining: What ``settle(_:)`` returned.
  package mutating func shrink(to remaining: [Int32]) {
    if state.shrunk == nil {
      state.shrunk = ExampleState.Shrunk(
        active: remaining, beta: state.beta, gradient: state.gradient)
    } else {
      state.shrunk?.active = remaining
    }
    activate()
  }

  /// The active examples, numbered from 0.
  package var active: [Int32] {
    state.shrunk?.active ?? (0..<Int32(exampleCount)).map { $0 }
  }

  /// The examples left out, numbered from 0.
  package var inactive: [Int32] {
    (0..<Int32(exampleCount)).filter { !isActive[Int($0)] }
  }

  /// How many variables have changed since the first examples were left out.
  package var changedCount: Int {
    state.shrunk.map { zip(state.beta, $0.beta).count { $0 != $1 } } ?? 0
  }

  /// The rows, and their coefficients, by which the gradient has changed since then.
  package func changesWhileShrunk() -> (rows: [Int32], coefficients: [Double]) {
    state.shrunk.map { support(of: zip(state.beta, $0.beta).map { $0 - $1 }) } ?? ([], [])
  }

  /// Puts the gradient of the examples left out back to what it was when they were, for a kernel to add
  /// ``changesWhileShrunk()`` to it.
  ///
  /// - Parameter body: As that of ``updateGradient(_:)``.
  /// - Returns: What `body` says; if it was completed, all examples are active.
  /// - Throws: What `body` throws.
  package mutating func restore<Failure: Error>(
    _ body: (inout [Double]) throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    guard let shrunk = state.shrunk else { return true }
    let inactive = inactive
    let isDone = try updateGradient { (gradient) throws(Failure) in
      for example in inactive { gradient[Int(example)] = shrunk.gradient[Int(example)] }
      return try body(&gradient)
    }
    guard isDone else { return false }
    state.shrunk = nil
    state.settledRounds = Array(repeating: 0, count: exampleCount)
    activate()
    return true
  }
}
