import Kernels

/// All examples in this process, with a kernel among them.
package final class LocalField<Operator: KernelOperator>: ExampleField
where Operator.Scalar: SMOScalar {
  package typealias Scalar = Operator.Scalar

  package let shape: ProgramShape
  private let kernel: Operator
  private var shard: ExampleShard
  private var marked: ExampleState?

  /// Makes a field at the program's start.
  ///
  /// - Parameters:
  ///   - program: The program; its examples are those of the kernel.
  ///   - kernel: K.
  package init(_ program: QuadraticProgram, kernel: Operator) {
    precondition(
      program.exampleCount == kernel.count,
      "the program has \(program.exampleCount) examples, but the kernel \(kernel.count)")
    let signed = SignedProgram(program)
    shape = ProgramShape(program, signed)
    shard = ExampleShard(
      program, signed, firstExample: 0, numbers: (0..<Int32(program.variableCount)).map { $0 },
      shape: shape)
    self.kernel = kernel
  }

  // MARK: The kernel

  package var isPositiveSemidefinite: Bool { kernel.isPositiveSemidefinite }
  package var rounding: Double { kernel.rounding }
  package var valuesComputed: Int { kernel.valuesComputed }
  package var providesRows: Bool { kernel.providesRows }

  @unsafe
  package func copyRow(_ row: Int, into target: UnsafeMutablePointer<Scalar>) {
    unsafe kernel.copyRow(row, into: target)
  }

  @unsafe
  package func copyDiagonal(into target: UnsafeMutablePointer<Scalar>) {
    unsafe kernel.copyDiagonal(into: target)
  }

  package func block(
    _ examples: (rows: [Int32], columns: [Int32]), into target: BlockTarget<Scalar>,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    try kernel.block(
      rows: examples.rows, columns: examples.columns, into: target, isCancelled: isCancelled)
  }

  private func add(
    _ changes: (rows: [Int32], coefficients: [Double]), besides known: [Int32] = [],
    to sums: inout [Double], isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    try unsafe sums.withUnsafeMutableBufferPointer { (buffer) throws(KernelError) -> Bool in
      guard let base = buffer.baseAddress else { return true }
      return try unsafe kernel.accumulate(
        rows: changes.rows, coefficients: changes.coefficients, besides: known, into: base,
        isCancelled: isCancelled)
    }
  }

  private func addInDouble(
    _ changes: (rows: [Int32], coefficients: [Double]), columns: [Int32]?,
    to sums: inout [Double], isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    try unsafe sums.withUnsafeMutableBufferPointer { (buffer) throws(KernelError) -> Bool in
      guard let base = buffer.baseAddress else { return true }
      return try unsafe kernel.accumulateInDouble(
        rows: changes.rows, coefficients: changes.coefficients, columns: columns, into: base,
        isCancelled: isCancelled)
    }
  }

  // MARK: Start and end

  package func load(_ state: ExampleState) {
    shard.load(state)
    kernel.restrict(to: shard.state.shrunk?.active)
  }

  package func place(at alpha: [Double]?) { shard.place(at: alpha) }

  package var isAtZero: Bool { shard.state.beta.allSatisfy { $0 == 0 } }

  package func snapshot() -> ExampleState { shard.state }
  package func mark() { marked = shard.state }
  package func markedSnapshot() -> ExampleState? { marked }

  package func alpha() -> [Double] {
    var result = [Double](repeating: 0, count: shape.variableCount)
    shard.storeAlpha(into: &result)
    return result
  }

  package func examplesNearBoundary(multiplier: Double, margin: Double) -> [Int] {
    shard.examplesNearBoundary(multiplier: multiplier, margin: margin)
  }

  /// g is linear in β. A start along a path of C is a multiple of the earlier solution, but for what
  /// bounds and equalities have moved:
  ///
  ///     β = fβ′ + δ   ⇒   Kβ = f·Kβ′ + Kδ
  ///
  /// and δ has few elements. What lies within the rounding of f·β′ counts as equal.
  package func startGradient(
    near known: KnownGradient, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Double? {
    let isDouble = Scalar.self == Double.self
    let beta = shard.state.beta
    guard known.beta.count == beta.count, known.isDouble || !isDouble,
      let largest = known.beta.indices.max(by: { abs(known.beta[$0]) < abs(known.beta[$1]) }),
      known.beta[largest] != 0
    else { return nil }
    let factor = beta[largest] / known.beta[largest]
    guard factor.isFinite, factor != 0 else { return nil }
    let resolution = 1e-14 * abs(beta[largest])
    let changes = shard.support(
      of: zip(beta, known.beta).map { new, old in
        let change = new - factor * old
        return abs(change) > resolution ? change : 0
      })
    guard changes.rows.count < shard.support().rows.count / 2 else { return nil }
    let isDone = try shard.updateGradient { (gradient) throws(KernelError) in
      gradient = known.gradient.map { factor * $0 }
      return try add(changes, to: &gradient, isCancelled: isCancelled)
    }
    guard isDone else { return nil }
    return (known.isDouble && !isDouble ? 0 : factor * factor * known.squaredChanges)
      + changes.coefficients.reduce(0) { $0 + $1 * $1 }
  }

  // MARK: A round

  package func extremes() -> [Extremes] { shard.extremes() }
  package func members(of examples: [Int32]) -> BlockMembers { shard.members(of: examples) }
  package func violators(_ request: Violators.Request) -> Violators { shard.violators(request) }

  package func apply(
    _ update: BlockUpdate, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    if update.members.count < activeCount {
      let isDone = try shard.updateGradient { (gradient) throws(KernelError) in
        try add(
          (update.rows, update.coefficients), besides: update.members, to: &gradient,
          isCancelled: isCancelled)
      }
      guard isDone else { return false }
    }
    shard.move(update)
    return true
  }

  // MARK: The active set

  package var shrunkCount: Int? { shard.state.shrunk?.active.count }

  package func shrink(_ extremes: [Extremes]) {
    let remaining = shard.settle(extremes)
    guard ExampleShard.isWorthShrinking(to: remaining.count, of: activeCount) else { return }
    shard.shrink(to: remaining)
    kernel.restrict(to: remaining)
  }

  package func restoreCost() -> Int { shard.changedCount * (shape.exampleCount - activeCount) }

  package func restore(isCancelled: @Sendable () -> Bool) throws(KernelError) -> Bool {
    guard let shrunk = shard.state.shrunk else { return true }
    let changes = shard.changesWhileShrunk()
    kernel.restrict(to: nil)
    kernel.restrict(to: shard.inactive)
    let isDone = try shard.restore { (gradient) throws(KernelError) in
      try add(changes, to: &gradient, isCancelled: isCancelled)
    }
    kernel.restrict(to: nil)
    if !isDone { kernel.restrict(to: shrunk.active) }
    return isDone
  }

  // MARK: Figures

  package func refresh(
    inDouble: Bool, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Double? {
    let changes = shard.support()
    let isDone = try shard.updateGradient { (gradient) throws(KernelError) in
      gradient = Array(repeating: 0, count: gradient.count)
      return inDouble
        ? try addInDouble(changes, columns: nil, to: &gradient, isCancelled: isCancelled)
        : try add(changes, to: &gradient, isCancelled: isCancelled)
    }
    return isDone ? changes.coefficients.reduce(0) { $0 + $1 * $1 } : nil
  }

  package func refresh(
    near extremes: [Extremes], margin: Double, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    let near = shard.examples(near: extremes, margin: margin)
    guard let exact = try exactGradient(of: near, isCancelled) else { return false }
    shard.setGradient(of: near, from: exact)
    return true
  }

  /// The gradient of some examples in Double, with 0 for all others; `nil` when it was cancelled.
  private func exactGradient(
    of examples: [Int32], _ isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> [Double]? {
    var exact = [Double](repeating: 0, count: shape.exampleCount)
    let isDone = try addInDouble(
      shard.support(), columns: examples, to: &exact, isCancelled: isCancelled)
    return isDone ? exact : nil
  }

  package func drift(isCancelled: @Sendable () -> Bool) throws(KernelError) -> Double? {
    var sample = shard.spreadSample(before: 0, of: activeCount)
    if ExampleShard.samplesLargest(of: activeCount) {
      sample = Set(sample).union(shard.largestGradients().map(\.example)).sorted()
    }
    guard let exact = try exactGradient(of: sample, isCancelled) else { return nil }
    let gradient = shard.state.gradient
    return sample.reduce(0) { max($0, abs(exact[Int($1)] - gradient[Int($1)])) }
  }

  package func measure() -> ProgramMeasurement { ProgramMeasurement([shard], shape) }
}
