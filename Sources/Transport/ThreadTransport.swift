import Dispatch
import Synchronization

/// Ranks that are threads of this process: what tests run on, and what shows that a training on several
/// machines computes what one machine does.
package final class ThreadTransport: Transport {
  package let rank: Int
  private let meeting: Meeting
  private let count = Mutex(TransportTraffic())

  private init(rank: Int, _ meeting: Meeting) {
    self.rank = rank
    self.meeting = meeting
  }

  package var size: Int { meeting.size }
  package var traffic: TransportTraffic { count.withLock { $0 } }

  /// Runs a program on every rank.
  ///
  /// - Parameters:
  ///   - size: The number of ranks, at least 1.
  ///   - patience: How many seconds a rank waits for the others before all end.
  ///   - program: What each rank runs.
  /// - Returns: What each rank returned, or threw: of a failure all ranks have the sentence of the rank that
  ///   failed first.
  package static func run<Value: Sendable>(
    ranks size: Int, patience: Double = 120,
    _ program: @escaping @Sendable (ThreadTransport) throws -> Value
  ) -> [Result<Value, any Error>] {
    let meeting = Meeting(size: size, patience: patience)
    let results = Mutex([Result<Value, any Error>?](repeating: nil, count: size))
    let group = DispatchGroup()
    for rank in 0..<size {
      // A queue of its own for each, so that all get a thread: they wait for each other.
      DispatchQueue(label: "rank \(rank)").async(group: group) {
        let transport = ThreadTransport(rank: rank, meeting)
        let result = Result { try program(transport) }
        if case .failure(let error) = result { meeting.fail("rank \(rank): \(error)") }
        meeting.leave(rank)
        results.withLock { $0[rank] = result }
      }
    }
    group.wait()
    return results.withLock { $0.compactMap { $0 } }
  }

  package func allGather(_ bytes: [UInt8]) throws(TransportError) -> [[UInt8]] {
    let all = try meeting.meet(rank, [bytes]).map { $0[0] }
    record(sent: bytes.count, received: all.reduce(0) { $0 + $1.count } - bytes.count)
    return all
  }

  package func broadcast(_ bytes: [UInt8], from root: Int) throws(TransportError) -> [UInt8] {
    let result = try meeting.meet(rank, [rank == root ? bytes : []])[root][0]
    record(sent: rank == root ? bytes.count : 0, received: rank == root ? 0 : result.count)
    return result
  }

  package func exchange(_ bytes: [[UInt8]]) throws(TransportError) -> [[UInt8]] {
    let result = try meeting.meet(rank, bytes).map { $0[rank] }
    let own = bytes[rank].count
    record(
      sent: bytes.reduce(0) { $0 + $1.count } - own,
      received: result.reduce(0) { $0 + $1.count } - own)
    return result
  }

  package func end(_ failure: [UInt8]?) -> [UInt8]? {
    if let failure {
      meeting.fail("rank \(rank) has failed", report: failure)
    } else {
      do throws(TransportError) {
        _ = try meeting.meet(rank, [])
      } catch {
        // What was said of it is the answer.
      }
    }
    return meeting.report
  }

  package func abort(_ reason: String) { meeting.fail(reason) }

  /// Whether the ranks have been ended.
  package var isEnded: Bool { meeting.isEnded }

  private func record(sent: Int, received: Int) {
    count.withLock { $0.add(sent: sent, received: received, ranks: size) }
  }
}

/// Where threads wait for each other.
private final class Meeting: Sendable {
  let size: Int
  private let patience: Double
  private let bells: [DispatchSemaphore]
  private let state: Mutex<State>

  private struct State {
    /// What has been brought to the meeting that some still wait for.
    var arriving: [[[UInt8]]?]
    /// What was brought to the last one, there until all have it, since the next needs all.
    var brought: [[[UInt8]]] = []
    /// How many meetings have been complete.
    var meetings = 0
    var failure: String?
    /// What the rank that failed first said of it.
    var report: [UInt8]?
    var departed: Int?
  }

  init(size: Int, patience: Double) {
    self.size = size
    self.patience = patience
    bells = (0..<size).map { _ in DispatchSemaphore(value: 0) }
    state = Mutex(State(arriving: Array(repeating: nil, count: size)))
  }

  /// Brings something, and gets what all have brought.
  func meet(_ rank: Int, _ bytes: [[UInt8]]) throws(TransportError) -> [[[UInt8]]] {
    let (isComplete, before) = state.withLock { state in
      let before = state.meetings
      if let departed = state.departed, state.failure == nil {
        state.failure = "rank \(departed) has ended while rank \(rank) waits for it"
      }
      state.arriving[rank] = bytes
      guard state.failure == nil else { return (true, before) }
      let all = state.arriving.compactMap { $0 }
      guard all.count == size else { return (false, before) }
      state.brought = all
      state.arriving = Array(repeating: nil, count: size)
      state.meetings += 1
      return (true, before)
    }
    if isComplete { ring() }
    if bells[rank].wait(timeout: .now() + patience) == .timedOut {
      fail("rank \(rank) has waited \(patience) seconds for the others")
    }
    return try state.withLock { state throws(TransportError) in
      // What another rank does after the meeting does not undo it.
      if state.meetings == before, let failure = state.failure { throw TransportError(failure) }
      // What has ended brings nothing.
      if !bytes.isEmpty, let ended = state.brought.firstIndex(where: \.isEmpty) {
        throw TransportError("rank \(ended) has ended while others wait for it")
      }
      return state.brought
    }
  }

  var isEnded: Bool { state.withLock { $0.failure != nil } }

  private func ring() { for bell in bells { bell.signal() } }

  var report: [UInt8]? { state.withLock { $0.report } }

  func fail(_ reason: String, report: [UInt8]? = nil) {
    state.withLock {
      if $0.failure == nil { ($0.failure, $0.report) = (reason, report) }
    }
    ring()
  }

  /// A rank has come to the end of its program.
  func leave(_ rank: Int) {
    let keepsOthersWaiting = state.withLock { state in
      state.departed = state.departed ?? rank
      guard state.failure == nil, state.arriving.contains(where: { $0 != nil }) else {
        return false
      }
      state.failure = "rank \(rank) has ended while others wait for it"
      return true
    }
    if keepsOthersWaiting { ring() }
  }
}
