import Kernels
import LinearAlgebra
import SMOSolver

/// Examples in several shards, each with a kernel of its own, as they would be on several machines: what a
/// call takes to the shards is what it is given, and what it brings back is merged.
///
/// Every kernel sees all features, since rows of other shards are needed; on several machines they would be
/// sent. It computes only the columns of its shard.
final class PartitionedField<Operator: KernelOperator>: ExampleField
where Operator.Scalar: SMOScalar {
  typealias Scalar = Operator.Scalar
  private typealias Changes = (rows: [Int32], coefficients: [Double])

  let shape: ProgramShape
  private var shards: [ExampleShard]
  private let kernels: [Operator]
  private var marked: [ExampleState]?
  /// How often each call that goes to all shards was made.
  private(set) var calls: [String: Int] = [:]

  /// Cuts a program.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - cuts: The first examples of all shards but the first one, ascending; a shard may be empty.
  ///   - kernel: Makes a kernel of all examples.
  init(_ program: QuadraticProgram, cuts: [Int], kernel: () -> Operator) {
    let shape = ProgramShape(program)
    self.shape = shape
    shards = zip([0] + cuts, cuts + [program.exampleCount]).map {
      ExampleShard(program, examples: $0..<$1, shape: shape)
    }
    kernels = shards.map { _ in kernel() }
    restrict()
  }

  private func count(_ name: String) { calls[name, default: 0] += 1 }

  // MARK: The kernel

  var isPositiveSemidefinite: Bool { kernels[0].isPositiveSemidefinite }
  var rounding: Double { kernels[0].rounding }
  var valuesComputed: Int { kernels.reduce(0) { $0 + $1.valuesComputed } }

  func block(
    _ examples: (rows: [Int32], columns: [Int32]), into target: BlockTarget<Scalar>,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    count("block")
    return try kernels[0].block(
      rows: examples.rows, columns: examples.columns, into: target, isCancelled: isCancelled)
  }

  /// Limits each kernel to some examples of its shard.
  private func restrict(to examples: (ExampleShard) -> [Int32] = \.active) {
    for (shard, kernel) in zip(shards, kernels) {
      kernel.restrict(to: nil)
      kernel.restrict(to: examples(shard).map { $0 + Int32(shard.firstExample) })
    }
  }

  /// Adds to the gradient of one shard.
  private func add(
    _ changes: Changes, besides known: [Int32] = [], to gradient: inout [Double], of index: Int,
    columns: [Int32]? = nil, inDouble: Bool = false, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    let examples = shards[index].examples
    var sums = [Double](repeating: 0, count: shape.exampleCount)
    sums.replaceSubrange(examples, with: gradient)
    let kernel = kernels[index]
    let isDone = try sums.withUnsafeMutableBufferPointer { (buffer) throws(KernelError) -> Bool in
      guard let base = buffer.baseAddress else { return true }
      return inDouble
        ? try kernel.accumulateInDouble(
          rows: changes.rows, coefficients: changes.coefficients, columns: columns, into: base,
          isCancelled: isCancelled)
        : try kernel.accumulate(
          rows: changes.rows, coefficients: changes.coefficients, besides: known, into: base,
          isCancelled: isCancelled)
    }
    gradient = Array(sums[examples])
    return isDone
  }

  /// Runs a part on each shard; when one of them is not completed, all are as before.
  private func onAll(
    _ body: (_ index: Int, inout ExampleShard) throws(KernelError) -> Bool
  ) throws(KernelError) -> Bool {
    let before = shards
    for index in shards.indices {
      var shard = shards[index]
      guard try body(index, &shard) else {
        shards = before
        return false
      }
      shards[index] = shard
    }
    return true
  }

  private func gathered(_ changes: (ExampleShard) -> Changes) -> Changes {
    shards.map(changes).reduce(into: ([], [])) {
      $0.rows += $1.rows
      $0.coefficients += $1.coefficients
    }
  }

  // MARK: Start and end

  func load(_ state: ExampleState) {
    for index in shards.indices { shards[index].load(state) }
    restrict()
  }

  func place(at alpha: [Double]?) {
    for index in shards.indices { shards[index].place(at: alpha) }
    restrict()
  }

  var isAtZero: Bool { shards.allSatisfy { $0.state.beta.allSatisfy { $0 == 0 } } }

  private func whole(_ states: [ExampleState]) -> ExampleState {
    var whole = ExampleState(
      beta: Array(repeating: 0, count: shape.variableCount),
      gradient: Array(repeating: 0, count: shape.exampleCount),
      settledRounds: Array(repeating: 0, count: shape.exampleCount))
    for (shard, state) in zip(shards, states) { shard.store(state, into: &whole) }
    return whole
  }

  func snapshot() -> ExampleState { whole(shards.map(\.state)) }
  func mark() { marked = shards.map(\.state) }
  func markedSnapshot() -> ExampleState? { marked.map { whole($0) } }

  func alpha() -> [Double] {
    var result = [Double](repeating: 0, count: shape.variableCount)
    for shard in shards { shard.storeAlpha(into: &result) }
    return result
  }

  func examplesNearBoundary(multiplier: Double, margin: Double) -> [Int] {
    shards.flatMap { $0.examplesNearBoundary(multiplier: multiplier, margin: margin) }
  }

  // MARK: A round

  func extremes() -> [Extremes] {
    count("extremes")
    var result = [Extremes](repeating: Extremes(), count: shape.groupCount)
    for index in shards.indices {
      result = zip(result, shards[index].extremes()).map { $0.merged(with: $1) }
    }
    return result
  }

  func members(of examples: [Int32]) -> BlockMembers {
    count("members")
    return BlockMembers.gathered(shards.map { $0.members(of: examples) }, inOrderOf: examples)
  }

  func violators(_ request: Violators.Request) -> Violators {
    count("violators")
    return Violators.merged(
      shards.map { $0.violators(request) }, groupCount: shape.groupCount, limit: request.limit)
  }

  func apply(
    _ update: BlockUpdate, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    count("apply")
    return try onAll { (index, shard) throws(KernelError) in
      let known = update.members.filter { shard.examples.contains(Int($0)) }
      if known.count < shard.active.count {
        let isDone = try shard.updateGradient { (gradient) throws(KernelError) in
          try add(
            (update.rows, update.coefficients), besides: known, to: &gradient, of: index,
            isCancelled: isCancelled)
        }
        guard isDone else { return false }
      }
      shard.move(update)
      return true
    }
  }

  // MARK: The active set

  var shrunkCount: Int? {
    shards.contains { $0.state.shrunk != nil }
      ? shards.reduce(0) { $0 + $1.active.count } : nil
  }

  func shrink(_ extremes: [Extremes]) {
    count("shrink")
    let before = shrunkCount ?? shape.exampleCount
    let remaining = shards.indices.map { shards[$0].settle(extremes) }
    guard ExampleShard.isWorthShrinking(to: remaining.reduce(0) { $0 + $1.count }, of: before)
    else { return }
    for (index, list) in remaining.enumerated() { shards[index].shrink(to: list) }
    restrict()
  }

  func restoreCost() -> Int {
    shards.reduce(0) { $0 + $1.changedCount } * (shape.exampleCount - (shrunkCount ?? 0))
  }

  func restore(isCancelled: @Sendable () -> Bool) throws(KernelError) -> Bool {
    count("restore")
    let changes = gathered { $0.changesWhileShrunk() }
    restrict(to: \.inactive)
    defer { restrict() }
    return try onAll { (index, shard) throws(KernelError) in
      try shard.restore { (gradient) throws(KernelError) in
        try add(changes, to: &gradient, of: index, isCancelled: isCancelled)
      }
    }
  }

  // MARK: Figures

  func refresh(
    inDouble: Bool, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Double? {
    count("refresh")
    let changes = gathered { $0.support() }
    let isDone = try onAll { (index, shard) throws(KernelError) in
      try shard.updateGradient { (gradient) throws(KernelError) in
        gradient = Array(repeating: 0, count: gradient.count)
        return try add(
          changes, to: &gradient, of: index, columns: shards[index].examples.map { Int32($0) },
          inDouble: inDouble, isCancelled: isCancelled)
      }
    }
    return isDone ? changes.coefficients.reduce(0) { $0 + $1 * $1 } : nil
  }

  func refresh(
    near extremes: [Extremes], margin: Double, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    count("refresh near")
    let changes = gathered { $0.support() }
    var found: [(near: [Int32], exact: [Double])] = []
    for (index, shard) in shards.enumerated() {
      let near = shard.examples(near: extremes, margin: margin)
      var exact = [Double](repeating: 0, count: shard.exampleCount)
      guard
        try add(
          changes, to: &exact, of: index, columns: near.map { $0 + Int32(shard.firstExample) },
          inDouble: true, isCancelled: isCancelled)
      else { return false }
      found.append((near, exact))
    }
    for (index, part) in found.enumerated() {
      shards[index].setGradient(of: part.near, from: part.exact)
    }
    return true
  }

  func drift(isCancelled: @Sendable () -> Bool) throws(KernelError) -> Double? {
    count("drift")
    let changes = gathered { $0.support() }
    let counts = shards.map(\.active.count)
    let total = counts.reduce(0, +)
    let largest =
      ExampleShard.samplesLargest(of: total)
      ? ExampleShard.largest(shards.flatMap { $0.largestGradients() }) : []
    var before = 0
    var error = 0.0
    for (index, shard) in shards.enumerated() {
      let sample = Set(
        shard.spreadSample(before: before, of: total).map { $0 + Int32(shard.firstExample) }
          + largest.map(\.example).filter { shard.examples.contains(Int($0)) }
      ).sorted()
      before += counts[index]
      var exact = [Double](repeating: 0, count: shard.exampleCount)
      guard
        try add(
          changes, to: &exact, of: index, columns: sample, inDouble: true,
          isCancelled: isCancelled)
      else { return nil }
      for example in sample {
        let e = Int(example) - shard.firstExample
        error = max(error, abs(exact[e] - shard.state.gradient[e]))
      }
    }
    return error
  }

  func measure() -> ProgramMeasurement {
    count("measure")
    return ProgramMeasurement(shards, shape)
  }
}
