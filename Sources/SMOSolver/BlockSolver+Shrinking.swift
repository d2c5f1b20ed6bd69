import Kernels

// Setting examples aside that look settled at their bounds (Joachims 1999), and bringing them back.

extension BlockSolver {
  /// Sets examples aside all of whose variables have been at a bound, and beyond the extremes, for
  /// three rounds; their gradient is not updated until ``restoreAll()``.
  func setAside(_ extremes: [Extremes]) {
    guard options.shrinking, !block.coversAll else { return }
    let count = program.exampleCount
    var isSettled = [Bool](repeating: true, count: count)
    for variable in activeVariables {
      let t = Int(variable)
      let bounds = extremes[Int(program.group[t])]
      let mayGrow = state.beta[t] < program.upper[t]
      let mayFall = state.beta[t] > program.lower[t]
      let settled =
        (!mayFall && v[t] < bounds.bottom) || (!mayGrow && v[t] > bounds.top)
        || (!mayGrow && !mayFall)
      if !settled { isSettled[Int(program.example[t])] = false }
    }
    let active = state.shrunk?.active ?? (0..<Int32(count)).map { $0 }
    var remaining: [Int32] = []
    for example in active {
      let e = Int(example)
      if isSettled[e] {
        state.settledRounds[e] = min(state.settledRounds[e] + 1, SolverCheckpoint.mostSettledRounds)
      } else {
        state.settledRounds[e] = 0
      }
      if state.settledRounds[e] < 3 { remaining.append(example) }
    }
    // A smaller set has to pay for gathering its columns and for restoring the others later.
    guard remaining.count < active.count * 3 / 4 else { return }
    if state.shrunk == nil {
      state.shrunk = SolverState.Shrunk(
        active: remaining, beta: state.beta, gradient: state.gradient)
    } else {
      state.shrunk?.active = remaining
    }
    activate()
  }

  /// Makes the variables of the state's active examples the active ones.
  func activate() {
    kernel.restrict(to: state.shrunk?.active)
    let aside = asideFlags()
    activeVariables = (0..<Int32(program.variableCount)).filter {
      !aside[Int(program.example[Int($0)])]
    }
  }

  func asideFlags() -> [Bool] {
    guard let active = state.shrunk?.active else {
      return Array(repeating: false, count: program.exampleCount)
    }
    var flags = [Bool](repeating: true, count: program.exampleCount)
    for example in active { flags[Int(example)] = false }
    return flags
  }

  /// Brings the gradient of the examples set aside up to date and makes all active; `false` when
  /// interrupted, or past the limit when there is one, and then nothing has changed.
  func restoreAll(until limit: ContinuousClock.Instant? = nil) throws(KernelError) -> Bool {
    guard let shrunk = state.shrunk else { return true }
    let aside = asideFlags()
    let others = (0..<Int32(program.exampleCount)).filter { aside[Int($0)] }
    let changes = zip(state.beta, shrunk.beta).map { $0 - $1 }
    let (rows, coefficients) = support(of: changes)
    let current = state.gradient
    kernel.restrict(to: nil)
    kernel.restrict(to: others)
    for example in others { state.gradient[Int(example)] = shrunk.gradient[Int(example)] }
    guard try accumulate(rows: rows, coefficients: coefficients, until: limit) else {
      state.gradient = current
      kernel.restrict(to: nil)
      kernel.restrict(to: shrunk.active)
      return false
    }
    kernel.restrict(to: nil)
    state.shrunk = nil
    state.settledRounds = Array(repeating: 0, count: program.exampleCount)
    activate()
    return true
  }
}
