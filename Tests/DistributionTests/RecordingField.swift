import Distribution
import Kernels
import SMOSolver
import Transport

/// A transport that counts messages as those of MPI are counted: of each call one, and another one where a rank has more
/// than is sent along with its number.
final class CountedTransport: Transport {
  private let transport: any Transport
  /// The messages that all have waited for; read and written by the rank's own thread.
  nonisolated(unsafe) private(set) var messages = 0

  init(_ transport: any Transport) { self.transport = transport }

  var rank: Int { transport.rank }
  var size: Int { transport.size }
  var traffic: TransportTraffic { transport.traffic }

  func allGather(_ bytes: [UInt8]) throws(TransportError) -> [[UInt8]] {
    let all = try transport.allGather(bytes)
    messages += all.allSatisfy { $0.count <= MPITransport.room } ? 1 : 2
    return all
  }

  func broadcast(_ bytes: [UInt8], from root: Int) throws(TransportError) -> [UInt8] {
    let result = try transport.broadcast(bytes, from: root)
    messages += result.count <= MPITransport.room ? 1 : 2
    return result
  }

  func exchange(_ bytes: [[UInt8]]) throws(TransportError) -> [[UInt8]] {
    messages += 1 + size
    return try transport.exchange(bytes)
  }

  func end(_ failure: [UInt8]?) -> [UInt8]? { transport.end(failure) }

  func abort(_ reason: String) { transport.abort(reason) }
}

/// What a call of a field sends, and what the formulas say of it.
struct FieldCall: Sendable {
  enum Kind: Sendable { case extremes, members, violators, block, apply, shrink }

  let kind: Kind
  /// What this rank has handed to its collectives.
  let bytesSent: Int
  let messages: Int
  /// What all ranks together send by the formulas, at least and at most.
  let expected: ClosedRange<Int>
  /// The newcomers of a block.
  var newcomerCount = 0
}

/// A field that writes down what the calls of a round send.
final class RecordingField: ExampleField {
  typealias Scalar = Float

  private let field: DistributedField<Float>
  private let transport: CountedTransport
  private let round: RoundTraffic
  /// The calls of rounds, in their order.
  private(set) var calls: [FieldCall] = []
  /// The examples whose features are on every rank, and those of which all know the variables.
  private var held: Set<Int32> = []
  private var known: Set<Int32> = []
  private var memberCount = 0
  /// Whether the end of a round has told what the next one asks.
  private var isAhead = false

  init(_ field: DistributedField<Float>, _ transport: CountedTransport, featureCount: Int) {
    self.field = field
    self.transport = transport
    round = RoundTraffic(
      rankCount: transport.size, memberCount: 0, newcomerCount: 0,
      exampleBytes: RoundTraffic.bytesOfExample(featureCount: featureCount))
  }

  private func recording<Value>(
    _ kind: FieldCall.Kind, _ expected: ClosedRange<Int>, newcomers: Int = 0,
    _ body: () throws(KernelError) -> Value
  ) throws(KernelError) -> Value {
    let (bytes, messages) = (transport.traffic.bytesSent, transport.messages)
    let value = try body()
    calls.append(
      FieldCall(
        kind: kind, bytesSent: transport.traffic.bytesSent - bytes,
        messages: transport.messages - messages, expected: expected, newcomerCount: newcomers))
    return value
  }

  /// A round of so many newcomers, in a block of so many examples.
  private func traffic(newcomers: Int, members: Int) -> RoundTraffic {
    var round = round
    round.newcomerCount = newcomers
    round.memberCount = members
    round.variableCount = members
    return round
  }

  // MARK: A round

  func extremes() throws(KernelError) -> [Extremes] {
    let bytes = isAhead ? 0 : round.extremes
    isAhead = false
    return try recording(.extremes, bytes...bytes) { () throws(KernelError) in
      try field.extremes()
    }
  }

  func members(of examples: [Int32]) throws(KernelError) -> BlockMembers {
    let missing = examples.filter { !known.contains($0) }.count
    let bytes = missing == 0 ? 0 : traffic(newcomers: missing, members: missing).members
    known = Set(examples)
    memberCount = examples.count
    return try recording(.members, bytes...bytes) { () throws(KernelError) in
      try field.members(of: examples)
    }
  }

  func violators(_ request: Violators.Request) throws(KernelError) -> Violators {
    let most = traffic(newcomers: request.limit, members: 1).violators
    return try recording(.violators, 16 * transport.size...most) { () throws(KernelError) in
      try field.violators(request)
    }
  }

  func block(
    _ examples: (rows: [Int32], columns: [Int32]), into target: BlockTarget<Float>,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    let wanted = Set(examples.rows).union(examples.columns)
    let missing = wanted.subtracting(held)
    held = wanted
    known.formUnion(missing)
    let isSymmetric = examples.rows == examples.columns
    let values = traffic(newcomers: examples.rows.count, members: examples.columns.count)
    var bytes = isSymmetric ? values.symmetricValues : values.values
    if !missing.isEmpty {
      let newcomers = traffic(newcomers: missing.count, members: missing.count)
      bytes += newcomers.features + newcomers.members
    }
    return try recording(.block, bytes...bytes, newcomers: missing.count) {
      () throws(KernelError) in
      try field.block(examples, into: target, isCancelled: isCancelled)
    }
  }

  func apply(
    _ update: BlockUpdate, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    let bytes = traffic(newcomers: 0, members: memberCount).apply
    isAhead = true
    return try recording(.apply, bytes...bytes) { () throws(KernelError) in
      try field.apply(update, isCancelled: isCancelled)
    }
  }

  func shrink(_ extremes: [Extremes]) throws(KernelError) {
    try recording(.shrink, 0...0) { () throws(KernelError) in try field.shrink(extremes) }
  }

  // MARK: The rest, which is not of rounds

  var shape: ProgramShape { field.shape }
  var isPositiveSemidefinite: Bool { field.isPositiveSemidefinite }
  var rounding: Double { field.rounding }
  var valuesComputed: Int { get throws(KernelError) { try field.valuesComputed } }
  var isAtZero: Bool { get throws(KernelError) { try field.isAtZero } }
  var shrunkCount: Int? { field.shrunkCount }

  func load(_ state: ExampleState) { field.load(state) }
  func place(at alpha: [Double]?) { field.place(at: alpha) }
  func snapshot() throws(KernelError) -> ExampleState { try field.snapshot() }
  func mark() { field.mark() }
  func markedSnapshot() throws(KernelError) -> ExampleState? { try field.markedSnapshot() }
  func alpha() throws(KernelError) -> [Double] { try field.alpha() }
  func measure() throws(KernelError) -> ProgramMeasurement { try field.measure() }
  func restoreCost() throws(KernelError) -> Int { try field.restoreCost() }

  func examplesNearBoundary(multiplier: Double, margin: Double) throws(KernelError) -> [Int] {
    try field.examplesNearBoundary(multiplier: multiplier, margin: margin)
  }

  func restore(isCancelled: @Sendable () -> Bool) throws(KernelError) -> Bool {
    (isAhead, known) = (false, [])
    return try field.restore(isCancelled: isCancelled)
  }

  func refresh(inDouble: Bool, isCancelled: @Sendable () -> Bool) throws(KernelError) -> Double? {
    (isAhead, known) = (false, [])
    return try field.refresh(inDouble: inDouble, isCancelled: isCancelled)
  }

  func refresh(
    near extremes: [Extremes], margin: Double, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    (isAhead, known) = (false, [])
    return try field.refresh(near: extremes, margin: margin, isCancelled: isCancelled)
  }

  func drift(isCancelled: @Sendable () -> Bool) throws(KernelError) -> Double? {
    try field.drift(isCancelled: isCancelled)
  }
}
