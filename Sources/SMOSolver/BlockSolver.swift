import Kernels
import LinearAlgebra

/// Solves a quadratic program by sequential minimal optimization on blocks.
///
/// Read `solve()` first. Each round chooses a working set of some thousand examples by their KKT
/// violation (``WorkingSet``), computes its block of K, moves pairs of variables inside it until
/// its own violation has fallen well below the whole problem's (``WorkingBlock``; second-order
/// selection, Fan, Chen and Lin 2005), and then adds the changes to the gradient of all examples in
/// one pass of tiles. Rows of K are needed only for variables that changed, once a round, and as
/// tiles of some hundred rows, which a processor multiplies ten times faster than single rows.
///
/// Every working set contains the maximal violating pair, so that the objective falls in every
/// round; examples that look settled at their bounds are set aside and always looked at again
/// before the solver stops.
package final class BlockSolver<Operator: KernelOperator> where Operator.Scalar: SMOScalar {
  let program: SignedProgram
  private let isPositive: [Bool]
  /// The program's start.
  private let ownStart: [Double]
  let kernel: Operator
  let options: SolverOptions
  let block: WorkingBlock<Operator>
  /// The gradient at a point near the start, where it is known.
  let known: KnownGradient?
  /// All that later steps depend on.
  package internal(set) var state: SolverState
  /// Set when rounding of single-precision kernel values keeps the solver from its tolerance: it
  /// should go on from ``state`` with an operator in Double.
  package internal(set) var needsMorePrecision = false

  /// Set when the solver was interrupted before the gradient at its start was known, so that its solution
  /// is the program's own start.
  package private(set) var startsInVain = false

  /// Where the time went.
  var phases = SolverPhases()

  // What follows from the state.
  var activeVariables: [Int32]
  var v: [Double]
  var isConfirmed = false
  /// The block of the round to go on with, until it has been put in place.
  private var restoring: SolverCheckpoint.Block?
  /// The state in the middle of the round, when checkpoints are taken.
  private var roundStart: SolverState?

  /// Prepares a solver.
  ///
  /// - Parameters:
  ///   - program: The program; its examples are those of the kernel.
  ///   - kernel: K.
  ///   - options: When to stop, and how.
  ///   - pool: Where the memory of the working block comes from and returns to.
  ///   - start: A feasible point to begin at, or `nil` for the program's start.
  ///   - known: The gradient at a point near that, if it is known.
  ///   - state: Where to go on with an empty block, or `nil` to begin.
  ///   - checkpoint: The round to go on with; it fits the program, the kernel's precision and the
  ///     options it was taken with.
  package init(
    _ program: QuadraticProgram, kernel: Operator, options: SolverOptions,
    pool: BufferPool<Operator.Scalar>? = nil, startingAt start: [Double]? = nil,
    near known: KnownGradient? = nil, resuming state: SolverState? = nil,
    from checkpoint: SolverCheckpoint? = nil
  ) {
    precondition(
      program.exampleCount == kernel.count,
      "the program has \(program.exampleCount) examples, but the kernel \(kernel.count)")
    self.program = SignedProgram(program)
    ownStart = program.start
    self.known = known
    isPositive = program.isPositive
    self.kernel = kernel
    self.options = options
    let capacity = Self.workingSetSize(of: program, byteLimit: options.blockByteLimit)
    block = WorkingBlock(
      capacity: capacity, program: self.program, threads: options.threads, pool: pool)
    restoring = checkpoint?.block
    self.state =
      checkpoint?.state ?? state?.withoutBlock(capacity: capacity)
      ?? SolverState(
        beta: Self.signed(start ?? program.start, program.isPositive),
        gradient: Array(repeating: 0, count: program.exampleCount), iterations: 0,
        slots: Array(repeating: -1, count: capacity), shrunk: nil,
        settledRounds: Array(repeating: 0, count: program.exampleCount), squaredChanges: 0,
        isBegun: false, ages: Array(repeating: 0, count: capacity), fruitlessRounds: 0,
        fruitlessRefreshes: 0, violationAtRefresh: nil)
    precondition(
      self.state.slots.count == capacity,
      "the checkpoint has \(self.state.slots.count) slots, but the block \(capacity)")
    activeVariables = (0..<Int32(program.variableCount)).map { $0 }
    v = Array(repeating: 0, count: program.variableCount)
  }

  private static func signed(_ alpha: [Double], _ isPositive: [Bool]) -> [Double] {
    zip(alpha, isPositive).map { $1 ? $0 : -$0 }
  }

  /// Larger working sets need fewer rounds and fewer rows of K, but their block is computed whole;
  /// a problem that fits one block needs a single round.
  ///
  /// Where few variables can move one way, as those of a class of six examples can, their partners are
  /// few as well.
  package static func workingSetSize(of program: QuadraticProgram, byteLimit: Int) -> Int {
    let count = program.exampleCount
    let size = MemoryLayout<Operator.Scalar>.stride
    // A block that holds all of K is computed in place, in full vectors.
    let stride = (count + 15) / 16 * 16
    if count <= SolverOptions.wholeBlockLimit && stride * stride * size <= byteLimit {
      return max(2, count)
    }
    // The block itself, and newcomers' rows twice while they are put in place.
    let fitting = Int((Double(byteLimit) / Double(3 * size)).squareRoot())
    var rising = [Int](repeating: 0, count: program.groupCount)
    var falling = rising
    for t in 0..<program.variableCount {
      let mayGrow = program.start[t] < program.upperBound[t]
      let mayFall = program.start[t] > program.lowerBound[t]
      let g = Int(program.group[t])
      if program.isPositive[t] ? mayGrow : mayFall { rising[g] += 1 }
      if program.isPositive[t] ? mayFall : mayGrow { falling[g] += 1 }
    }
    let partners = zip(rising, falling).reduce(0) { $0 + min($1.0, $1.1) }
    return max(2, min(count, fitting, 2048, max(256, 16 * partners)))
  }

  /// Solves the program.
  ///
  /// - Returns: The solution, with the reason why it is not better when it is not.
  /// - Throws: `KernelError.notFinite`.
  package func solve() throws(KernelError) -> Solution {
    var reason = StopReason.converged
    try begin()
    while true {
      let began = ContinuousClock.now
      let extremes = WorkingSet.extremes(
        of: activeVariables, program, beta: state.beta, gradient: state.gradient, v: &v)
      let violation = extremes.map(\.violation).max() ?? 0
      phases.selection += ContinuousClock.now - began
      report(violation)
      if let interruption = options.interruption {
        reason = interruption
        break
      }
      if violation > options.tolerance {
        switch try watchProgress(violation) {
        case .goesOn: break
        case .changed: continue
        case .stalled: reason = .stalled
        case .interrupted: reason = options.interruption ?? .cancelled
        }
        if reason != .converged || needsMorePrecision { break }
      }
      if violation <= options.tolerance {
        if state.shrunk != nil {
          guard try restoreAll() else {
            reason = options.interruption ?? .cancelled
            break
          }
          continue
        }
        if isConfirmed { break }
        switch try confirm(violation) {
        case .confirmed: break
        case .changed: continue
        case .stalled: reason = .stalled
        case .interrupted: reason = options.interruption ?? .cancelled
        }
        break
      }
      if state.iterations >= options.maximumIterations {
        reason = .iterationLimit
        break
      }
      isConfirmed = false
      if let stop = try round(extremes, violation: violation) {
        reason = stop
        break
      }
      if needsMorePrecision { break }
      setAside(extremes)
    }
    if options.interruption != nil { takeCheckpoint() }
    let result = solution(try bringUpToDate(reason))
    if needsMorePrecision { state = state.withoutGradient }
    return result
  }

  /// What an interrupted solver may still take to bring its figures up to date.
  private static var grace: Duration { .milliseconds(30) }

  /// Before the solver stops short of its tolerance, the gradient that its figures come from is
  /// made that of all examples, without what rounding has moved it by.
  ///
  /// After an interruption there is time only for a little of this: the figures of examples that
  /// are set aside are then as of when they were.
  private func bringUpToDate(_ reason: StopReason) throws(KernelError) -> StopReason {
    guard reason != .converged, !needsMorePrecision else { return reason }
    if options.interruption != nil {
      if let shrunk = state.shrunk {
        let changed = zip(state.beta, shrunk.beta).count { $0 != $1 }
        let values = changed * (program.exampleCount - shrunk.active.count)
        if values < 20_000_000 { _ = try restoreAll(until: .now + Self.grace) }
      }
      return reason
    }
    guard try restoreAll() else { return reason }
    let drift = 3 * kernel.rounding * state.squaredChanges.squareRoot()
    if options.refinesInDouble && drift > options.tolerance / 10 {
      guard try refresh(inDouble: true) else { return reason }
    }
    let extremes = WorkingSet.extremes(
      of: activeVariables, program, beta: state.beta, gradient: state.gradient, v: &v)
    return extremes.allSatisfy { $0.violation <= options.tolerance } ? .converged : reason
  }

  /// The gradient at the start, and the restriction of a resumed state.
  private func begin() throws(KernelError) {
    if state.shrunk != nil { activate() }
    guard !state.isBegun else { return }
    if state.beta.contains(where: { $0 != 0 }), try !startGradient() {
      startsInVain = true
      // Without its gradient a point is worth nothing; that of 0 is known.
      state.beta = Self.signed(ownStart, isPositive)
      return
    }
    state.isBegun = true
  }

  /// Puts every example into the slot of its number.
  func fillWholeBlock() throws(KernelError) -> Bool {
    let isDone = try replace(
      [], by: (0..<Int32(program.exampleCount)).map { $0 },
      stopping: { [options] in options.interruption != nil })
    state.slots = block.slots
    return isDone
  }

  // MARK: One round

  /// One round; returns why to stop, if there is a reason.
  private func round(_ extremes: [Extremes], violation: Double) throws(KernelError) -> StopReason? {
    guard try chooseWorkingSet(extremes) else {
      roundStart = nil
      return options.interruption ?? .cancelled
    }
    if let checkpointing = options.checkpointing {
      roundStart = state
      if checkpointing.isDue() { takeCheckpoint() }
    }
    let before = state.beta
    // A block that is the whole problem is solved at once, as far as single precision resolves.
    let local =
      block.coversAll
      ? max(violation * 1e-4, options.tolerance * 0.5)
      : max(violation * 0.1, options.tolerance * 0.25)
    let start = state.iterations
    let activeCount = state.shrunk?.active.count ?? program.exampleCount
    var beta = before
    let began = ContinuousClock.now
    let outcome = block.optimize(
      program, kernel, beta: &beta, gradient: state.gradient,
      localTolerance: local,
      maximumIterations: options.maximumIterations - start, effort: effort
    ) { [options] iterations in
      // The violation of all examples, not that of the block alone.
      options.onProgress?(
        SolverOptions.Progress(
          iterations: start + iterations, kktViolation: violation, activeCount: activeCount))
      return options.interruption
    }
    phases.optimization += ContinuousClock.now - began
    state.beta = beta
    state.iterations += outcome.iterations
    noteEffort(outcome.isUnfinished)
    // One change for each slot: variables of one example share its row.
    var changes: [(slot: Int, change: Double)] = []
    for (slot, example) in block.slots.enumerated() where example >= 0 {
      var change = 0.0
      for t in program.variables(of: example) { change += state.beta[Int(t)] - before[Int(t)] }
      if change != 0 { changes.append((slot, change)) }
    }
    guard outcome.iterations > 0 else {
      // Nothing in the working set can be moved although the pair violates: the gradient or the
      // curvature is lost in rounding.
      return try afterFruitlessRound(violation)
    }
    state.fruitlessRounds = 0
    for (_, change) in changes { state.squaredChanges += change * change }
    if block.coversAll {
      block.accumulate(changes: changes, into: &state.gradient)
      return outcome.interruption
    }
    let gradient = state.gradient
    let completed = try accumulate(
      rows: changes.map { block.slots[$0.slot] }, coefficients: changes.map(\.change))
    if !completed {
      state.beta = before
      state.gradient = gradient
      return options.interruption ?? .cancelled
    }
    return outcome.interruption
  }

  /// Keeps the examples that are free or still violate, up to three quarters of the set, the rest of the
  /// places go to the examples that violate most.
  private func chooseWorkingSet(_ extremes: [Extremes]) throws(KernelError) -> Bool {
    if let checkpoint = restoring {
      restoring = nil
      if block.restore(slots: state.slots, checkpoint) { return true }
    }
    if block.coversAll { return true }
    let isStopping: @Sendable () -> Bool = { [options] in options.interruption != nil }
    if block.capacity == program.exampleCount { return try fillWholeBlock() }
    let began = ContinuousClock.now
    var occupied: [(slot: Int, rank: Int)] = []
    var isTaken = [Bool](repeating: false, count: program.exampleCount)
    let aside = asideFlags()
    // The most violating pair must be among the members: it can be moved, so that every round
    // lowers the objective, however small the set is.
    let worst = extremes.max { $0.violation < $1.violation } ?? Extremes()
    var pair = Set<Int32>()
    for variable in [worst.topVariable, worst.bottomVariable] where variable >= 0 {
      pair.insert(program.example[Int(variable)])
    }
    var newcomers = pair
    for (slot, example) in block.slots.enumerated() where example >= 0 {
      newcomers.remove(example)
      var rank = aside[Int(example)] ? 3 : 2
      for variable in program.variables(of: example) where rank < 3 {
        let t = Int(variable)
        let isFree = state.beta[t] > program.lower[t] && state.beta[t] < program.upper[t]
        let bounds = extremes[Int(program.group[t])]
        let violates =
          (state.beta[t] < program.upper[t] && v[t] > bounds.bottom)
          || (state.beta[t] > program.lower[t] && v[t] < bounds.top)
        if isFree { rank = 0 } else if violates { rank = min(rank, 1) }
      }
      if pair.contains(example) { rank = -1 }
      occupied.append((slot, rank))
      isTaken[Int(example)] = true
    }
    let capacity = block.capacity
    let places = capacity - max(min(occupied.count, capacity * 3 / 4), pair.count - newcomers.count)
    for example in newcomers { isTaken[Int(example)] = true }
    newcomers.formUnion(
      WorkingSet.choose(
        max(places - newcomers.count, 0), among: activeVariables, program, beta: state.beta, v: v,
        extremes: extremes, tolerance: options.tolerance, isTaken: &isTaken))
    var evicted: [Int] = []
    let surplus = occupied.count + newcomers.count - capacity
    if surplus > 0 {
      // Last in, first kept: the oldest of the highest rank go first.
      let order = occupied.sorted {
        ($0.rank, state.ages[$0.slot], $1.slot) > ($1.rank, state.ages[$1.slot], $0.slot)
      }
      evicted = order.prefix(surplus).map(\.slot)
    }
    for slot in state.ages.indices { state.ages[slot] += 1 }
    let emptyBefore = Set(evicted)
    for slot in 0..<capacity where block.slots[slot] < 0 || emptyBefore.contains(slot) {
      state.ages[slot] = 0
    }
    phases.selection += ContinuousClock.now - began
    let isDone = try replace(evicted, by: newcomers.sorted(), stopping: isStopping)
    state.slots = block.slots
    return isDone
  }

  private func replace(
    _ evicted: [Int], by newcomers: [Int32], stopping: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    let began = ContinuousClock.now
    defer { phases.block += ContinuousClock.now - began }
    return try block.replace(evicted, by: newcomers, of: kernel, stopping: stopping)
  }

  /// Hands out the state of the round, and the block, which has not changed since.
  private func takeCheckpoint() {
    guard let roundStart else { return }
    options.checkpointing?.take(SolverCheckpoint(state: roundStart, block: block.checkpoint()))
  }

  /// Adds to the gradient of the active examples; `false` when interrupted, or past the limit when there
  /// is one, which leaves it half updated.
  func accumulate(
    rows: [Int32], coefficients: [Double], until limit: ContinuousClock.Instant? = nil
  ) throws(KernelError) -> Bool {
    let options = options
    let began = ContinuousClock.now
    defer { phases.gradient += ContinuousClock.now - began }
    return try unsafe state.gradient.withUnsafeMutableBufferPointer {
      (buffer) throws(KernelError) -> Bool in
      guard let base = buffer.baseAddress else { return true }
      return try unsafe kernel.accumulate(
        rows: rows, coefficients: coefficients, into: base,
        stopping: { limit.map { ContinuousClock.now >= $0 } ?? (options.interruption != nil) })
    }
  }

  private func afterFruitlessRound(_ violation: Double) throws(KernelError) -> StopReason? {
    state.fruitlessRounds += 1
    if state.fruitlessRounds > 3 {
      if Operator.Scalar.self == Float.self && options.refinesInDouble {
        needsMorePrecision = true
        return nil
      }
      return .stalled
    }
    if state.shrunk != nil {
      return try restoreAll() ? nil : options.interruption ?? .cancelled
    }
    return try refresh(inDouble: options.refinesInDouble) ? nil : options.interruption
  }

  // MARK: The end

  private func report(_ violation: Double) {
    guard let onProgress = options.onProgress else { return }
    var gap: Double?
    // Of examples that are set aside the gradient is not known.
    if state.shrunk == nil, state.isBegun, options.isProgressDue?() == true {
      gap =
        program.certificate(
          beta: state.beta, gradient: state.gradient, iterations: state.iterations,
          stopReason: .cancelled, isPositiveSemidefinite: kernel.isPositiveSemidefinite,
          source: .running
        ).relativeGap
    }
    onProgress(
      SolverOptions.Progress(
        iterations: state.iterations, kktViolation: violation, relativeGap: gap,
        activeCount: state.shrunk?.active.count ?? program.exampleCount))
  }

  private func solution(_ reason: StopReason) -> Solution {
    let multipliers = program.measure(beta: state.beta, gradient: state.gradient).multipliers
    var solution = Solution(
      alpha: zip(state.beta, isPositive).map { $1 ? $0 : -$0 }, multipliers: multipliers,
      certificate: program.certificate(
        beta: state.beta, gradient: state.gradient, iterations: state.iterations,
        stopReason: reason, isPositiveSemidefinite: kernel.isPositiveSemidefinite,
        source: isConfirmed && options.certifies ? .recomputed : .running),
      kernelValuesComputed: kernel.valuesComputed, phases: phases)
    if program.keepsBoundaryInside && reason == .converged {
      solution.nearBoundary = (0..<program.variableCount).filter {
        let example = Int(program.example[$0])
        return state.beta[$0] < program.upper[$0]
          && state.gradient[example] + program.linear[$0] + multipliers[0]
            <= 10 * options.tolerance
      }.map { Int(program.example[$0]) }
    }
    return solution
  }
}
