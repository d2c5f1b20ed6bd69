import Kernels
import LinearAlgebra

/// Solves a quadratic program by sequential minimal optimization on blocks.
///
/// Read `solve()` first. Each round chooses a working set of a few thousand examples by their KKT
/// violation (``WorkingSet``), computes its block of K, moves pairs of variables inside it until
/// its own violation has fallen well below the whole problem's (``WorkingBlock``; second-order
/// selection, Fan, Chen and Lin 2005), and then adds the changes to the gradient of all examples in
/// one pass of tiles. Rows of K are needed only for variables that changed, once a round, and as
/// tiles of a few hundred rows, which a processor multiplies ten times faster than single rows.
///
/// Every working set contains the maximal violating pair, so that the objective falls in every
/// round; examples that look settled at their bounds are shrunk away and always looked at again
/// before the solver stops.
///
/// The solver holds no array that grows with the number of examples: these belong to the ``ExampleField``.
package final class BlockSolver<Field: ExampleField> {
  typealias Scalar = Field.Scalar

  let field: Field
  let options: SolverOptions
  let block: WorkingBlock<Field>
  /// The gradient at a point near the start, where it is known.
  let known: KnownGradient?
  /// The solver's own part of the state.
  var rounds: RoundState
  /// Set when rounding of single-precision kernel values keeps the solver from its tolerance: it
  /// should continue from ``state`` with a field in Double.
  package internal(set) var needsMorePrecision = false

  /// Set when the solver was interrupted before the gradient at its start was known, so that its solution
  /// is the program's own start.
  package private(set) var startsInVain = false

  /// Where the time went.
  var phases = SolverPhases()

  /// Whether the gradient that says so may be believed.
  var isConfirmed = false
  /// The block of the round to continue with, until it has been put in place.
  private var restoring: SolverCheckpoint.Block?
  /// The solver's part of the state in the middle of the round, when checkpoints are taken.
  private var roundStart: RoundState?

  /// Prepares a solver.
  ///
  /// - Parameters:
  ///   - field: The examples.
  ///   - options: When to stop, and how.
  ///   - pool: Where the memory of the working block comes from and returns to.
  ///   - start: Where to begin.
  package init(
    _ field: Field, options: SolverOptions, pool: BufferPool<Field.Scalar>? = nil,
    from start: SolverStart = .programStart
  ) {
    self.field = field
    self.options = options
    let capacity = WorkingSet.capacity(
      for: field.shape, Scalar.self, byteLimit: options.blockByteLimit)
    block = WorkingBlock(
      capacity: capacity, shape: field.shape, threads: options.threads, pool: pool)
    rounds = RoundState(capacity: capacity)
    var known: KnownGradient?
    switch start {
    case .programStart: break
    case .point(let alpha, let near):
      field.place(at: alpha)
      known = near
    case .state(let state):
      field.load(state.examples)
      rounds = state.rounds.withoutBlock(capacity: capacity)
    case .round(let checkpoint):
      field.load(checkpoint.state.examples)
      rounds = checkpoint.state.rounds
      restoring = checkpoint.block
    }
    self.known = known
    precondition(
      rounds.slots.count == capacity,
      "the checkpoint has \(rounds.slots.count) slots, but the block \(capacity)")
  }

  /// Prepares a solver of examples that are all in this process.
  ///
  /// - Parameters:
  ///   - program: The program; its examples are those of the kernel.
  ///   - kernel: K.
  ///   - options: When to stop, and how.
  ///   - pool: Where the memory of the working block comes from and returns to.
  ///   - start: Where to begin.
  package convenience init<Operator>(
    _ program: QuadraticProgram, kernel: Operator, options: SolverOptions,
    pool: BufferPool<Operator.Scalar>? = nil, from start: SolverStart = .programStart
  ) where Field == LocalField<Operator> {
    self.init(LocalField(program, kernel: kernel), options: options, pool: pool, from: start)
  }

  /// Everything that later steps depend on.
  ///
  /// - Throws: `KernelError.unreachable`.
  package var state: SolverState {
    get throws(KernelError) {
      let state = SolverState(examples: try field.snapshot(), rounds: rounds)
      return needsMorePrecision ? state.withoutGradient : state
    }
  }

  var isCancelled: @Sendable () -> Bool { { [options] in options.interruption != nil } }

  /// Runs a part of the work and counts its time.
  func timing<Value>(
    _ phase: WritableKeyPath<SolverPhases, Duration>, _ body: () throws(KernelError) -> Value
  ) throws(KernelError) -> Value {
    let began = ContinuousClock.now
    defer { phases[keyPath: phase] += ContinuousClock.now - began }
    return try body()
  }

  /// Solves the program.
  ///
  /// - Returns: The solution, with the reason why it is not better when it is not.
  /// - Throws: `KernelError.notFinite`.
  package func solve() throws(KernelError) -> Solution {
    var reason = StopReason.converged
    try begin()
    while true {
      let extremes = try timing(\.selection) { () throws(KernelError) in try field.extremes() }
      let violation = extremes.violation
      try report(violation)
      if let interruption = options.interruption {
        reason = interruption
        break
      }
      if violation > options.tolerance {
        switch try watchProgress(violation) {
        case .progressing: break
        case .changed: continue
        case .stalled: reason = .stalled
        case .interrupted: reason = options.interruption ?? .cancelled
        }
        if reason != .converged || needsMorePrecision { break }
      }
      if violation <= options.tolerance {
        if field.isShrunk {
          guard try restoreAll() else {
            reason = options.interruption ?? .cancelled
            break
          }
          continue
        }
        if isConfirmed { break }
        switch try confirm(extremes) {
        case .confirmed: break
        case .changed: continue
        case .stalled: reason = .stalled
        case .interrupted: reason = options.interruption ?? .cancelled
        }
        break
      }
      if rounds.iterations >= options.maximumIterations {
        reason = .iterationLimit
        break
      }
      isConfirmed = false
      if let stop = try round(extremes, violation: violation) {
        reason = stop
        break
      }
      if needsMorePrecision { break }
      if options.shrinking && !block.coversAll { try field.shrink(extremes) }
    }
    if options.interruption != nil { try takeCheckpoint() }
    return try solution(try bringUpToDate(reason))
  }

  /// What an interrupted solver may still take to bring its figures up to date.
  private static var grace: Duration { .milliseconds(30) }

  /// Before the solver stops short of its tolerance, the gradient that its figures come from is
  /// made that of all examples, without what rounding has moved it by.
  ///
  /// After an interruption there is time only for a little of this: the figures of shrunk examples
  /// are then as of when they were shrunk.
  private func bringUpToDate(_ reason: StopReason) throws(KernelError) -> StopReason {
    guard reason != .converged, !needsMorePrecision else { return reason }
    if options.interruption != nil {
      if field.isShrunk, try field.restoreCost() < 20_000_000 {
        _ = try restoreAll(until: .now + Self.grace)
      }
      return reason
    }
    guard try restoreAll() else { return reason }
    let drift = 3 * field.rounding * rounds.squaredChanges.squareRoot()
    if options.refinesInDouble && drift > options.tolerance / 10 {
      guard try refresh(inDouble: true) else { return reason }
    }
    return try field.extremes().allSatisfy { $0.violation <= options.tolerance }
      ? .converged : reason
  }

  /// The gradient at the start.
  private func begin() throws(KernelError) {
    guard !rounds.isBegun else { return }
    if try !field.isAtZero, try !startGradient() {
      startsInVain = true
      // Without its gradient a point is worth nothing; that of 0 is known.
      field.place(at: nil)
      return
    }
    rounds.isBegun = true
  }

  // MARK: One round

  /// One round; returns why to stop, if there is a reason.
  private func round(_ extremes: [Extremes], violation: Double) throws(KernelError) -> StopReason? {
    phases.rounds += 1
    guard try chooseWorkingSet(extremes) else {
      roundStart = nil
      return options.interruption ?? .cancelled
    }
    if let checkpointing = options.checkpointing {
      roundStart = rounds
      field.mark()
      if checkpointing.isDue() { try takeCheckpoint() }
    }
    let before = try field.members(of: block.examples)
    var members = before
    // A block that is the whole problem is solved at once, as far as single precision resolves.
    let goal = WorkingBlock<Field>.Goal(
      tolerance: block.coversAll
        ? max(violation * 1e-4, options.tolerance * 0.5)
        : max(violation * 0.1, options.tolerance * 0.25),
      maximumIterations: options.maximumIterations - rounds.iterations, effort: effort)
    let start = rounds.iterations
    let activeCount = field.activeCount
    let outcome = try timing(\.optimization) {
      block.optimize(&members, field, to: goal) { [options] iterations in
        // The violation of all examples, not that of the block alone.
        options.onProgress?(
          SolverOptions.Progress(
            iterations: start + iterations, kktViolation: violation, activeCount: activeCount))
        return options.interruption
      }
    }
    // A block that covers all is nearly done after its first round.
    if phases.optimization > .milliseconds(300), outcome.interruption == nil, !block.coversAll {
      block.moveToHugePages()
    }
    rounds.iterations += outcome.iterations
    noteEffort(outcome.isUnfinished)
    // One change for each example: its variables share its row.
    var update = BlockUpdate(from: before, to: members)
    guard outcome.iterations > 0 else {
      // Nothing in the working set can be moved although the pair violates: the gradient or the
      // curvature is lost in rounding.
      return try afterFruitlessRound(violation)
    }
    rounds.fruitlessRounds = 0
    for change in update.coefficients { rounds.squaredChanges += change * change }
    let isApplied = try timing(\.gradient) { () throws(KernelError) in
      update.know(block.gradient(of: before, after: update), of: before)
      return try field.apply(update, isCancelled: isCancelled)
    }
    guard isApplied else { return options.interruption ?? .cancelled }
    return outcome.interruption
  }

  /// Keeps the examples that are free or still violate, up to three quarters of the set; the other
  /// slots go to the examples that violate most.
  private func chooseWorkingSet(_ extremes: [Extremes]) throws(KernelError) -> Bool {
    if let checkpoint = restoring {
      restoring = nil
      if block.restore(slots: rounds.slots, checkpoint) { return true }
    }
    if block.coversAll { return true }
    if block.capacity == field.shape.exampleCount { return try fillWholeBlock() }
    let (evicted, newcomers) = try timing(\.selection) { () throws(KernelError) in
      try replacements(extremes)
    }
    for slot in rounds.ages.indices { rounds.ages[slot] += 1 }
    let isLeaving = Set(evicted)
    for slot in 0..<block.capacity where block.slots[slot] < 0 || isLeaving.contains(slot) {
      rounds.ages[slot] = 0
    }
    return try replace(evicted, by: newcomers)
  }

  /// Which slots are given up, and the examples that come in.
  private func replacements(
    _ extremes: [Extremes]
  ) throws(KernelError) -> (evicted: [Int], newcomers: [Int32]) {
    let slots = block.occupied
    let members = try field.members(of: block.examples)
    // The most violating pair must be among the members: it can be moved, so that every round
    // lowers the objective, however small the set is.
    let worst = extremes.max { $0.violation < $1.violation } ?? Extremes()
    let pair = Set([worst.top.example, worst.bottom.example].filter { $0 >= 0 })
    var newcomers = pair.subtracting(members.examples)
    let ranks = slots.indices.map { rank(of: $0, in: members, extremes) }
    let capacity = WorkingSet.size(
      after: slots.count, unsettled: ranks.count { $0 < 2 }, capacity: block.capacity)
    let free = capacity - max(min(slots.count, capacity * 3 / 4), pair.count - newcomers.count)
    let wanted = max(free - newcomers.count, 0)
    if wanted > 0 {
      let violators = try field.violators(
        WorkingSet.request(
          wanted, extremes, tolerance: options.tolerance, shape: field.shape,
          besides: members.examples + newcomers))
      newcomers.formUnion(
        WorkingSet.choose(wanted, from: violators, extremes, tolerance: options.tolerance))
    }
    let surplus = slots.count + newcomers.count - capacity
    guard surplus > 0 else { return ([], newcomers.sorted()) }
    let ranked = slots.enumerated().map { member, slot in
      let rank = pair.contains(members.examples[member]) ? -1 : ranks[member]
      return (slot: slot, rank: rank)
    }
    // Last in, first kept: the oldest of the highest rank go first.
    let order = ranked.sorted {
      ($0.rank, rounds.ages[$0.slot], $1.slot) > ($1.rank, rounds.ages[$1.slot], $0.slot)
    }
    return (order.prefix(surplus).map(\.slot), newcomers.sorted())
  }

  /// How dispensable a member is: 0 when it is free, 1 when it violates, 2 when it is settled, 3 when it
  /// has been shrunk.
  private func rank(of member: Int, in members: BlockMembers, _ extremes: [Extremes]) -> Int {
    guard members.isActive[member] else { return 3 }
    var rank = 2
    for t in members.variables[members.range(member)] {
      let v = -(members.gradient[member] + t.linear)
      let isFree = t.beta > t.lower && t.beta < t.upper
      let bounds = extremes[Int(t.group)]
      let violates =
        (t.beta < t.upper && v > bounds.bottom.v) || (t.beta > t.lower && v < bounds.top.v)
      if isFree { rank = 0 } else if violates { rank = min(rank, 1) }
    }
    return rank
  }

  /// Puts every example into the slot of its number.
  func fillWholeBlock() throws(KernelError) -> Bool {
    try replace([], by: (0..<Int32(field.shape.exampleCount)).map { $0 })
  }

  private func replace(
    _ evicted: [Int], by newcomers: [Int32]
  ) throws(KernelError) -> Bool {
    defer { rounds.slots = block.slots }
    return try timing(\.block) { () throws(KernelError) in
      try block.replace(evicted, by: newcomers, of: field, isCancelled: isCancelled)
    }
  }

  /// Hands out the state of the round, and the block, which has not changed since.
  private func takeCheckpoint() throws(KernelError) {
    guard let roundStart, let examples = try field.markedSnapshot() else { return }
    options.checkpointing?.take(
      SolverCheckpoint(
        state: SolverState(examples: examples, rounds: roundStart), block: block.checkpoint()))
  }

  /// Makes all examples active; `false` when interrupted, or past the limit when there is one.
  func restoreAll(until limit: ContinuousClock.Instant? = nil) throws(KernelError) -> Bool {
    guard field.isShrunk else { return true }
    return try timing(\.gradient) { () throws(KernelError) in
      try field.restore { [options] in
        limit.map { ContinuousClock.now >= $0 } ?? (options.interruption != nil)
      }
    }
  }

  private func afterFruitlessRound(_ violation: Double) throws(KernelError) -> StopReason? {
    rounds.fruitlessRounds += 1
    if rounds.fruitlessRounds > 3 {
      if Scalar.self == Float.self && options.refinesInDouble {
        needsMorePrecision = true
        return nil
      }
      return .stalled
    }
    if field.isShrunk { return try restoreAll() ? nil : options.interruption ?? .cancelled }
    return try refresh(inDouble: options.refinesInDouble) ? nil : options.interruption
  }

  // MARK: The end

  private func certificate(
    _ measured: ProgramMeasurement, _ reason: StopReason, _ source: Certificate.Source
  ) -> Certificate {
    Certificate(
      measured, iterations: rounds.iterations, stopReason: reason,
      isPositiveSemidefinite: field.isPositiveSemidefinite, source: source)
  }

  private func report(_ violation: Double) throws(KernelError) {
    guard let onProgress = options.onProgress else { return }
    var gap: Double?
    // The gradient of shrunk examples is not known.
    if !field.isShrunk, rounds.isBegun, options.isProgressDue?() == true {
      gap = certificate(try field.measure(), .cancelled, .running).relativeGap
    }
    onProgress(
      SolverOptions.Progress(
        iterations: rounds.iterations, kktViolation: violation, relativeGap: gap,
        activeCount: field.activeCount))
  }

  private func solution(_ reason: StopReason) throws(KernelError) -> Solution {
    let measured = try field.measure()
    var solution = Solution(
      alpha: try field.alpha(), multipliers: measured.multipliers,
      certificate: certificate(
        measured, reason, isConfirmed && options.certifies ? .recomputed : .running),
      kernelValuesComputed: try field.valuesComputed, phases: phases)
    if field.shape.keepsBoundaryInside && reason == .converged {
      solution.nearBoundary = try field.examplesNearBoundary(
        multiplier: measured.multipliers[0], margin: 10 * options.tolerance)
    }
    return solution
  }
}

/// Where a solver begins.
package enum SolverStart: Sendable {
  /// At the program's own start.
  case programStart
  /// At a feasible point, and the gradient at a point near it if that is known.
  case point([Double], near: KnownGradient? = nil)
  /// At a state, with an empty block.
  case state(SolverState)
  /// In the middle of a round; it fits the program, the kernel's precision and the options it was taken
  /// with.
  case round(SolverCheckpoint)
}
