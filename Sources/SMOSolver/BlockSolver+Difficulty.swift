import Kernels

// Problems on which pairs in single precision get nowhere, noticed early: rounding as large as the
// violation, blocks that are left unsolved, rounds that change nothing. A solver in single precision then
// hands over to one in Double, and that one moves all free variables together (SubspaceSteps.swift).

extension BlockSolver {
  enum Progress { case goesOn, changed, stalled, interrupted }

  private var isSingle: Bool { Operator.Scalar.self == Float.self }
  /// Whether the solver may hand over to one in Double.
  private var mayHandOver: Bool { isSingle && options.refinesInDouble }

  /// How long this round moves the variables of its block.
  ///
  /// Ordinary problems never get there: they take some steps for each of their examples.
  var effort: WorkingBlock<Operator>.Effort {
    let count = program.exampleCount
    if block.capacity == count {
      return .init(
        pairSteps: 2000 + 20 * count, subspacePhases: isSingle ? 0 : 8,
        beginsWithSubspace: !isSingle && state.difficulty.unfinishedRounds > 0)
    }
    return isSingle
      ? .init(pairSteps: 100 * block.capacity + 1000, subspacePhases: 0)
      : .init(pairSteps: 20 * block.capacity + 1000, subspacePhases: 30)
  }

  /// Counts a round whose block was not solved.
  func noteEffort(_ isUnfinished: Bool) {
    guard isUnfinished else { return }
    state.difficulty.unfinishedRounds += 1
    let limit = block.capacity == program.exampleCount ? 1 : 3
    if mayHandOver && state.difficulty.unfinishedRounds >= limit { needsMorePrecision = true }
  }

  /// Looks at what rounds bring; asked when the violation is above the tolerance.
  func watchProgress(_ violation: Double) throws(KernelError) -> Progress {
    if mayHandOver, let outcome = try watchRounding(violation) { return outcome }
    if violation < 0.9 * state.difficulty.leastViolation {
      state.difficulty.leastViolation = violation
      state.difficulty.idleRounds = 0
      return .goesOn
    }
    state.difficulty.idleRounds += 1
    guard state.difficulty.idleRounds > (state.difficulty.unfinishedRounds > 0 ? 5 : 30) else {
      return .goesOn
    }
    // The violation may stay for long where the objective still grows.
    state.difficulty.idleRounds = 0
    guard try restoreAll() else { return .interrupted }
    let before = state.difficulty.objective
    let objective = program.measure(beta: state.beta, gradient: state.gradient).dual
    state.difficulty.objective = objective
    guard objective - before <= 1e-13 * abs(objective) else {
      state.fruitlessRefreshes = 0
      return .changed
    }
    if mayHandOver {
      needsMorePrecision = true
      return .goesOn
    }
    state.fruitlessRefreshes += 1
    guard state.fruitlessRefreshes < 3 else { return .stalled }
    return try refresh(inDouble: options.refinesInDouble || !isSingle) ? .changed : .interrupted
  }

  /// Recomputes the gradient in Double where rounding is as large as the violation, and hands over where
  /// that happens again and again.
  ///
  /// The estimate is cautious; what it suspects is measured, once for each time that it doubles.
  private func watchRounding(_ violation: Double) throws(KernelError) -> Progress? {
    let changes = state.squaredChanges
    let drift = 3 * kernel.rounding * changes.squareRoot()
    guard drift > violation / 2, changes >= 4 * state.difficulty.squaredChangesAtMeasurement,
      changes > 0
    else { return nil }
    state.difficulty.squaredChangesAtMeasurement = changes
    guard let measured = try measuredDrift() else { return .interrupted }
    guard measured > violation / 4 else { return nil }
    state.difficulty.noisyGradients += 1
    if state.difficulty.noisyGradients > 2 {
      needsMorePrecision = true
      return .goesOn
    }
    state.difficulty.squaredChangesAtMeasurement = 0
    guard try restoreAll() else { return .interrupted }
    return try refresh(inDouble: true) ? .changed : .interrupted
  }
}
