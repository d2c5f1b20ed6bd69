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

// How far the running gradient has drifted is measured on a sample, and what that may hide is looked up.

extension ExampleShard {
  /// The largest size of a sample, of which this many are spread over the active examples.
  private static let spreadCount = 192
  /// The others have the largest gradients.
  package static let largestCount = 64

  /// Its examples of the part of a sample that is spread over all active examples, numbered from 0.
  ///
  /// - Parameters:
  ///   - before: The number of active examples of the shards before it.
  ///   - total: That of all shards.
  /// - Returns: The examples, ascending.
  package func spreadSample(before: Int, of total: Int) -> [Int32] {
    let spread = min(Self.spreadCount, total)
    let active = active
    return (0..<spread).map { $0 * total / spread - before }
      .filter { active.indices.contains($0) }.map { active[$0] }
  }

  /// Whether the examples of the largest gradients belong to a sample.
  package static func samplesLargest(of total: Int) -> Bool { total > spreadCount }

  /// The active examples with the largest gradients, by their number among all: the largest first, of
  /// equals the first example.
  package func largestGradients() -> [(size: Double, example: Int32)] {
    let list = active.map {
      (size: abs(state.gradient[Int($0)]), example: $0 + Int32(firstExample))
    }
    return Self.largest(list)
  }

  /// The largest of several lists of ``largestGradients()``.
  package static func largest(
    _ list: [(size: Double, example: Int32)]
  ) -> [(size: Double, example: Int32)] {
    Array(
      list.sorted { $0.size != $1.size ? $0.size > $1.size : $0.example < $1.example }
        .prefix(largestCount))
  }

  /// The examples with a variable that may move and lies beyond an end of its group, or within a margin
  /// of it, numbered from 0.
  ///
  /// - Parameters:
  ///   - extremes: The last ``extremes()`` of all shards.
  ///   - margin: Where the gradient of each example is in error by at most half of this, all variables
  ///     that can be an end of their group are among those of the examples returned.
  /// - Returns: The examples, ascending.
  package func examples(near extremes: [Extremes], margin: Double) -> [Int32] {
    var isNear = [Bool](repeating: false, count: exampleCount)
    for variable in activeVariables {
      let t = Int(variable)
      let ends = extremes[Int(program.group[t])]
      if (state.beta[t] < program.upper[t] && v[t] >= ends.top.v - margin)
        || (state.beta[t] > program.lower[t] && v[t] <= ends.bottom.v + margin)
      {
        isNear[Int(program.example[t])] = true
      }
    }
    return isNear.indices.filter { isNear[$0] }.map { Int32($0) }
  }
}
