import Kernels
import LinearAlgebra
import SMOSolver
import Transport

/// The examples of several ranks, each of which owns the state and the kernel columns of its shard.
///
/// Every rank runs the solver, and its field gives it the answers that all give: maxima and lists are
/// merged, sums go from rank to rank, and the gradient of an example is computed where it is. All take
/// the same steps, and the bits are those of a ``LocalField``.
///
/// The examples of the working block are on every rank: its kernel values are computed in equal parts and
/// shared, and the rows by which the gradient changes are among them, so that a round sends the newcomers'
/// features and nothing else that grows with d.
package final class DistributedField<Scalar: SMOScalar>: ExampleField {
  package let shape: ProgramShape
  let program: QuadraticProgram
  package let rounding: Double
  package let isPositiveSemidefinite: Bool
  let source: ShardedSource
  let agreement: Agreement
  var shard: ExampleShard
  private var marked: ExampleState?
  let kernel: TiledKernel<Scalar>
  private let threads: Int
  /// Made when values in Double are first asked for.
  private var inDouble: TiledKernel<Double>?
  var guests: Guests
  /// How many examples each rank has active.
  var activeCounts: [Int]
  /// What is known here of the block's examples, wherever they are.
  var blockMembers = BlockMembers()
  /// The last extremes of all ranks, since the gradient was last computed anew.
  var lastExtremes: [Extremes]?
  /// What the ranks have said of the next round, as long as it holds.
  var foresight: Foresight?
  private var blockValues = 0

  /// Makes a field at the program's start; a collective.
  ///
  /// - Parameters:
  ///   - program: The program, whole on every rank.
  ///   - source: Its examples.
  ///   - agreement: Decisions that depend on clocks and signals.
  ///   - threads: The number of threads of this rank.
  ///   - memoryLimit: The bytes that kept rows may take on this rank.
  ///   - rounding: How values round, or `nil` to find it from the examples.
  /// - Throws: `KernelError.unreachable`.
  package init(
    _ program: QuadraticProgram, _ source: ShardedSource, _ agreement: Agreement, threads: Int,
    memoryLimit: Int = 0, rounding: Double? = nil
  ) throws(KernelError) {
    precondition(
      program.exampleCount == source.features.rowCount,
      "the program has \(program.exampleCount) examples, but the ranks \(source.features.rowCount)")
    shape = ProgramShape(program)
    self.program = program
    self.source = source
    self.agreement = agreement
    self.threads = threads
    let features = source.features
    shard = ExampleShard(program, examples: features.ownRows, shape: shape)
    kernel = source.tiles(threads: threads, memoryLimit: memoryLimit)
    isPositiveSemidefinite = kernel.isPositiveSemidefinite
    if let rounding {
      self.rounding = rounding
    } else {
      self.rounding = try source.rounding(kernel)
    }
    guests = Guests(features)
    activeCounts = (0..<features.transport.size).map {
      features.offsets[$0 + 1] - features.offsets[$0]
    }
  }

  var transport: any Transport { source.features.transport }
  private var firstExample: Int { source.features.ownRows.lowerBound }

  // MARK: The kernel

  /// Those that this rank computed.
  package var ownValuesComputed: Int {
    kernel.valuesComputed + blockValues + (inDouble?.valuesComputed ?? 0)
  }

  package var valuesComputed: Int {
    get throws(KernelError) {
      try reach { () throws(TransportError) in try transport.allReduceSums([ownValuesComputed])[0] }
    }
  }

  package func block(
    _ examples: (rows: [Int32], columns: [Int32]), into target: BlockTarget<Scalar>,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    guard !examples.rows.isEmpty, !examples.columns.isEmpty else { return true }
    let found = try guests.hold(examples.columns, and: examples.rows) { missing in
      ByteWriter.bytes { $0.append(shard.members(of: missing)) }
    }
    try learn(found)
    guests.show(to: kernel)
    let parts = BlockParts(examples, size: transport.size)
    let own = parts[transport.rank]
    let among = kernel.amongGuests()
    let values = AlignedBuffer<Scalar>(count: own.count)
    let (rows, columns) = (guests.places(of: examples.rows), guests.places(of: examples.columns))
    let outcome = try attempt(isCancelled) { (isCancelled) throws(KernelError) in
      for piece in own.pieces {
        guard
          try unsafe among.block(
            rows: Array(rows[piece.rows]), columns: Array(columns[piece.columns]),
            into: values.pointer + (piece.columns.lowerBound - own.columns.lowerBound),
            stride: own.columns.count, isCancelled: isCancelled)
        else { return false }
      }
      return true
    } appending: { writer in
      unsafe writer.append(values.pointer, count: own.count)
    }
    blockValues += among.valuesComputed
    guard let outcome else { return false }
    let scratch = TileScratch<Scalar>()
    for (rank, var reader) in outcome.enumerated() {
      let part = parts[rank]
      let received = try reach { () throws(TransportError) in
        try reader.values(part.count, of: Scalar.self)
      }
      parts.place(received, of: part, into: target, scratch: scratch)
    }
    return true
  }

  /// Runs what each rank computes by itself, and finds out whether all have.
  ///
  /// - Parameters:
  ///   - isCancelled: What the solver asks.
  ///   - body: The computation; it returns whether it was completed.
  ///   - appending: What this rank has for the others if it was.
  /// - Returns: What the ranks have for each other, or `nil` when one was not completed.
  /// - Throws: The error of the first rank that has one, on all.
  func attempt(
    _ isCancelled: @Sendable () -> Bool,
    _ body: (_ isCancelled: @Sendable () -> Bool) throws(KernelError) -> Bool,
    appending: (inout ByteWriter) -> Void = { _ in }
  ) throws(KernelError) -> [ByteReader]? {
    var isDone = false
    var failure: KernelError?
    do throws(KernelError) {
      isDone = try withoutActuallyEscaping(isCancelled) { (isCancelled) throws(KernelError) in
        try body { [agreement] in isCancelled() || agreement.hasNews }
      }
    } catch {
      failure = error
    }
    let message = ByteWriter.bytes { writer in
      writer.append(agreement.byte)
      writer.append(UInt8(failure != nil ? 2 : isDone ? 0 : 1))
      if let failure {
        writer.append(failure.description)
      } else if isDone {
        appending(&writer)
      }
    }
    return try reach { () throws(TransportError) in
      var readers = try transport.allGather(message).map { ByteReader($0) }
      var views: [UInt8] = []
      var codes: [UInt8] = []
      for rank in readers.indices {
        views.append(try readers[rank].byte())
        codes.append(try readers[rank].byte())
      }
      agreement.settle(views)
      if let failed = codes.firstIndex(of: 2) {
        throw TransportError(try readers[failed].text())
      }
      return codes.contains(1) ? nil : readers
    }
  }

  typealias Changes = (rows: [Int32], coefficients: [Double])

  /// What is added to, and how.
  struct Target {
    /// Whether kernel values are computed in Double.
    var inDouble = false
    /// The examples of this rank, numbered from 0, of values in Double; `nil` for all.
    var columns: [Int32]?
    /// The examples of this rank, numbered from 0, whose gradient is known otherwise.
    var known: [Int32] = []
  }

  /// Adds to the gradient of this rank's examples, all or active.
  ///
  /// - Parameters:
  ///   - changes: Rows of K, by their numbers among all, and what they are multiplied by.
  ///   - gradient: Left half updated when the sum is not completed.
  ///   - target: What is added to.
  ///   - isCancelled: What the solver asks.
  /// - Returns: Whether all ranks have completed it.
  /// - Throws: `KernelError`.
  func add(
    _ changes: Changes, to gradient: inout [Double], _ target: Target = Target(),
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    if !target.inDouble, guests.contain(changes.rows) {
      guests.show(to: kernel)
      return try addPart(changes, to: &gradient, target, isCancelled)
    }
    if target.inDouble, Scalar.self != Double.self, inDouble == nil {
      inDouble = source.tiles(threads: threads)
    }
    let step = source.features.chunkCount
    for first in stride(from: 0, to: changes.rows.count, by: step) {
      let range = first..<min(first + step, changes.rows.count)
      let rows = Array(changes.rows[range])
      let features = try source.features.gathering(rows.map { Int($0) })
      if target.inDouble, let inDouble {
        inDouble.bring(features, numbers: rows)
      } else {
        kernel.bring(features, numbers: rows)
        guests.isShown = false
      }
      guard
        try addPart(
          (rows, Array(changes.coefficients[range])), to: &gradient, target, isCancelled)
      else { return false }
    }
    return true
  }

  /// Adds rows that the kernel has.
  private func addPart(
    _ changes: Changes, to gradient: inout [Double], _ target: Target,
    _ isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    var sums = gradient
    let outcome = try attempt(isCancelled) { (isCancelled) throws(KernelError) in
      try addHere(changes, to: &sums, target, isCancelled)
    }
    gradient = sums
    return outcome != nil
  }

  /// Adds rows that the kernel has, on this rank alone; whether it was completed.
  func addHere(
    _ changes: Changes, to sums: inout [Double], _ target: Target,
    _ isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    let (rows, coefficients) = changes
    return try unsafe sums.withUnsafeMutableBufferPointer {
      (buffer) throws(KernelError) -> Bool in
      guard let base = buffer.baseAddress else { return true }
      guard target.inDouble else {
        return try unsafe kernel.accumulate(
          rows: rows, coefficients: coefficients, besides: target.known, into: base,
          isCancelled: isCancelled)
      }
      if let inDouble {
        return try unsafe inDouble.accumulateInDouble(
          rows: rows, coefficients: coefficients, columns: target.columns, into: base,
          isCancelled: isCancelled)
      }
      return try unsafe kernel.accumulateInDouble(
        rows: rows, coefficients: coefficients, columns: target.columns, into: base,
        isCancelled: isCancelled)
    }
  }

  /// Forgets what was known of the gradient elsewhere.
  private func forget() {
    blockMembers = BlockMembers()
    lastExtremes = nil
    foresight = nil
  }

  private func restrict(to examples: [Int32]?) {
    kernel.restrict(to: nil)
    kernel.restrict(to: examples)
  }

  // MARK: Start and end

  package func load(_ state: ExampleState) {
    forget()
    shard.load(state)
    activeCounts = (0..<transport.size).map { rank in
      let range = source.features.offsets[rank]..<source.features.offsets[rank + 1]
      return state.shrunk.map { $0.active.count { range.contains(Int($0)) } } ?? range.count
    }
    restrict(to: shard.state.shrunk?.active)
  }

  package func place(at alpha: [Double]?) {
    forget()
    shard.place(at: alpha)
    activeCounts = (0..<transport.size).map {
      source.features.offsets[$0 + 1] - source.features.offsets[$0]
    }
    restrict(to: nil)
  }

  package var isAtZero: Bool {
    get throws(KernelError) {
      let isZero = shard.state.beta.allSatisfy { $0 == 0 }
      return try reach { () throws(TransportError) in
        try transport.allReduceSums([isZero ? 0 : 1])[0] == 0
      }
    }
  }

  package func snapshot() throws(KernelError) -> ExampleState { try whole(shard.state) }
  package func mark() { marked = shard.state }
  package func markedSnapshot() throws(KernelError) -> ExampleState? {
    guard let marked else { return nil }
    return try whole(marked)
  }

  package func alpha() throws(KernelError) -> [Double] {
    try gatheredAlpha(of: shard.state.beta)
  }

  package func examplesNearBoundary(
    multiplier: Double, margin: Double
  ) throws(KernelError) -> [Int] {
    let own = shard.examplesNearBoundary(multiplier: multiplier, margin: margin)
    return try gatheredExamples(own.map { Int32($0) }).map { Int($0) }
  }

  // MARK: The active set

  private var isShardShrunk: Bool { shard.state.shrunk != nil }

  package var shrunkCount: Int? { isShardShrunk ? activeCounts.reduce(0, +) : nil }

  package func restoreCost() throws(KernelError) -> Int {
    try allCounts(shard.changedCount).reduce(0, +)
      * (shape.exampleCount - activeCounts.reduce(0, +))
  }

  package func restore(isCancelled: @Sendable () -> Bool) throws(KernelError) -> Bool {
    guard isShardShrunk else { return true }
    forget()
    let changes = try gatheredChanges(shard.changesWhileShrunk())
    let active = shard.active
    restrict(to: shard.inactive)
    let isDone = try shard.restore { (gradient) throws(KernelError) in
      try add(changes, to: &gradient, isCancelled: isCancelled)
    }
    restrict(to: isDone ? nil : active)
    if isDone {
      activeCounts = (0..<transport.size).map {
        source.features.offsets[$0 + 1] - source.features.offsets[$0]
      }
    }
    return isDone
  }

  // MARK: Figures

  package func refresh(
    inDouble: Bool, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Double? {
    forget()
    let changes = try gatheredChanges(shard.support())
    let isDone = try shard.updateGradient { (gradient) throws(KernelError) in
      gradient = Array(repeating: 0, count: gradient.count)
      return try add(changes, to: &gradient, Target(inDouble: inDouble), isCancelled: isCancelled)
    }
    return isDone ? changes.coefficients.reduce(0) { $0 + $1 * $1 } : nil
  }

  package func refresh(
    near extremes: [Extremes], margin: Double, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    forget()
    let near = shard.examples(near: extremes, margin: margin)
    guard let exact = try exactGradient(of: near, isCancelled) else { return false }
    shard.setGradient(of: near, from: exact)
    return true
  }

  /// The gradient of some examples of this rank in Double, with 0 for its others; a collective.
  ///
  /// - Returns: One number for each example of the rank, or `nil` when it was cancelled.
  private func exactGradient(
    of columns: [Int32], _ isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> [Double]? {
    let changes = try gatheredChanges(shard.support())
    var exact = [Double](repeating: 0, count: shard.exampleCount)
    let isDone = try add(
      changes, to: &exact, Target(inDouble: true, columns: columns), isCancelled: isCancelled)
    return isDone ? exact : nil
  }

  package func drift(isCancelled: @Sendable () -> Bool) throws(KernelError) -> Double? {
    let total = activeCounts.reduce(0, +)
    var sample = Set(
      shard.spreadSample(before: activeCounts[..<transport.rank].reduce(0, +), of: total))
    if ExampleShard.samplesLargest(of: total) {
      for example in try largestGradients() where shard.examples.contains(Int(example)) {
        sample.insert(example - Int32(firstExample))
      }
    }
    let columns = sample.sorted()
    guard let exact = try exactGradient(of: columns, isCancelled) else { return nil }
    let gradient = shard.state.gradient
    let own = columns.reduce(0) { max($0, abs(exact[Int($1)] - gradient[Int($1)])) }
    return try reach { () throws(TransportError) in try transport.allReduceMaxima([own])[0] }
  }

  package func measure() throws(KernelError) -> ProgramMeasurement {
    var values = ProgramSums(groupCount: shape.groupCount).flattened
    for section in shape.sectionStarts.indices {
      values = try reach { () throws(TransportError) in
        try transport.relay(values) { values in
          var sums = ProgramSums(flattened: values)
          shard.add(section: section, to: &sums)
          values = sums.flattened
        }
      }
    }
    let sums = ProgramSums(flattened: values)
    let multipliers = sums.multipliers(keepsBoundaryInside: shape.keepsBoundaryInside)
    var loss = 0.0
    for section in shape.sectionStarts.indices {
      loss = try reach { () throws(TransportError) in
        try transport.relay([loss]) { values in
          shard.addLoss(section: section, multipliers, to: &values[0])
        }[0]
      }
    }
    return ProgramMeasurement(sums, multipliers: multipliers, loss: loss)
  }
}
