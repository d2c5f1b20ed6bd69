import Kernels

// Problems on which pairs in single precision get nowhere, noticed early: rounding as large as the
// violation, blocks that are left unsolved, rounds that change nothing. A solver in single precision then
// hands over to one in Double, and that one moves all free variables together (SubspaceSteps.swift).

extension BlockSolver {
  enum Progress { case progressing, changed, stalled, interrupted }

  private var isSingle: Bool { Scalar.self == Float.self }
  /// Whether the solver may hand over to one in Double.
  private var mayHandOver: Bool { isSingle && options.refinesInDouble }

  /// How long this round moves the variables of its block.
  ///
  /// Ordinary problems never get there: they take some steps for each of their examples.
  var effort: WorkingBlock<Field>.Effort {
    let count = field.shape.exampleCount
    if block.capacity == count {
      return .init(
        pairSteps: 2000 + 20 * count, subspacePhases: isSingle ? 0 : 8,
        beginsWithSubspace: !isSingle && rounds.difficulty.unfinishedRounds > 0)
    }
    return isSingle
      ? .init(pairSteps: 100 * block.capacity + 1000, subspacePhases: 0)
      : .init(pairSteps: 20 * block.capacity + 1000, subspacePhases: 30)
  }

  /// Counts a round whose block was not solved.
  func noteEffort(_ isUnfinished: Bool) {
    guard isUnfinished else { return }
    rounds.difficulty.unfinishedRounds += 1
    let limit = block.capacity == field.shape.exampleCount ? 1 : 3
    if mayHandOver && rounds.difficulty.unfinishedRounds >= limit { needsMorePrecision = true }
  }

  /// Looks at what rounds bring; asked when the violation is above the tolerance.
  func watchProgress(_ violation: Double) throws(KernelError) -> Progress {
    if mayHandOver, let outcome = try watchRounding(violation) { return outcome }
    if violation < 0.9 * rounds.difficulty.minimumViolation {
      rounds.difficulty.minimumViolation = violation
      rounds.difficulty.idleRounds = 0
      return .progressing
    }
    rounds.difficulty.idleRounds += 1
    guard rounds.difficulty.idleRounds > (rounds.difficulty.unfinishedRounds > 0 ? 5 : 30) else {
      return .progressing
    }
    // The violation may stay for long where the objective still grows.
    rounds.difficulty.idleRounds = 0
    guard try restoreAll() else { return .interrupted }
    let before = rounds.difficulty.objective
    let objective = try field.measure().dual
    rounds.difficulty.objective = objective
    guard objective - before <= 1e-13 * abs(objective) else {
      rounds.fruitlessRefreshes = 0
      return .changed
    }
    if mayHandOver {
      needsMorePrecision = true
      return .progressing
    }
    rounds.fruitlessRefreshes += 1
    guard rounds.fruitlessRefreshes < 3 else { return .stalled }
    return try refresh(inDouble: options.refinesInDouble || !isSingle) ? .changed : .interrupted
  }

  /// Recomputes the gradient in Double where rounding is as large as the violation, and hands over where
  /// that happens again and again.
  ///
  /// The estimate is cautious; what it suspects is measured, once for each time that it doubles.
  private func watchRounding(_ violation: Double) throws(KernelError) -> Progress? {
    let changes = rounds.squaredChanges
    let drift = 3 * field.rounding * changes.squareRoot()
    guard drift > violation / 2, changes >= 4 * rounds.difficulty.squaredChangesAtMeasurement,
      changes > 0
    else { return nil }
    rounds.difficulty.squaredChangesAtMeasurement = changes
    guard let measured = try measuredDrift() else { return .interrupted }
    guard measured > violation / 4 else { return nil }
    rounds.difficulty.noisyGradients += 1
    if rounds.difficulty.noisyGradients > 2 {
      needsMorePrecision = true
      return .progressing
    }
    rounds.difficulty.squaredChangesAtMeasurement = 0
    guard try restoreAll() else { return .interrupted }
    return try refresh(inDouble: true) ? .changed : .interrupted
  }
}
