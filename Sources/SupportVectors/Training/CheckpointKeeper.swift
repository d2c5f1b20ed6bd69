import Kernels
import Learning
import LinearAlgebra
import SMOSolver
import Synchronization

/// What a training was given, in words and digests that a checkpoint keeps.
struct TrainingIdentity {
  private(set) var entries: [String: String] = [:]

  init(
    _ examples: ExampleSet, _ function: KernelFunction, _ weights: ExampleWeights,
    _ options: TrainingOptions
  ) throws(TrainingError) {
    var digest = DataDigest()
    try digest.add(examples)
    entries["examples"] = digest.text
    entries["kernel"] = "\(function)"
    add("weights", weights.values ?? [])
    addReadable("tolerance", "\(options.tolerance)")
    addReadable("precision", "\(options.precision)")
    addReadable("memory limit", "\(options.memoryLimit)")
    addReadable("iteration limit", options.maximumIterations.map { "\($0)" } ?? "none")
    addReadable("shrinking", "\(options.shrinking)")
    addReadable("certificate", "\(options.certify)")
  }

  /// Entries whose text means something to a user; the others are digests and descriptions of types.
  private var readable: Set<String> = []

  private mutating func addReadable(_ name: String, _ text: String) {
    entries[name] = text
    readable.insert(name)
  }

  mutating func add(_ name: String, _ text: String) { entries[name] = text }

  mutating func add(_ name: String, _ values: [Double]) {
    var digest = DataDigest()
    digest.add(values)
    entries[name] = digest.text
  }

  /// Rejects a checkpoint of another training.
  func check(_ other: [String: String]) throws(TrainingError) {
    for (name, text) in entries.sorted(by: { $0.key < $1.key }) where other[name] != text {
      guard readable.contains(name), let found = other[name] else {
        throw .checkpoint(
          "it was written by a training that differs in the \(name), or by another build")
      }
      throw .checkpoint(
        "it was written by a training with the \(name) \(found), but this one has \(text)")
    }
  }
}

/// A number of 128 bits that equal data share, and others hardly ever; not made to withstand malice.
struct DataDigest {
  private var first: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var second: UInt64 = 0xC2B2_AE3D_27D4_EB4F

  mutating func add(_ word: UInt64) {
    first = (first ^ word) &* 0xFF51_AFD7_ED55_8CCD
    first ^= first >> 32
    second = (second &+ word) &* 0xC4CE_B9FE_1A85_EC53
    second ^= second >> 29
  }

  mutating func add(_ values: [Double]) {
    add(UInt64(values.count))
    for value in values { add(value.bitPattern) }
  }

  /// Adds examples: those of several ranks give the number that they give in one process.
  mutating func add(_ examples: ExampleSet) throws(TrainingError) {
    add(UInt64(examples.rowCount))
    add(UInt64(examples.columnCount))
    guard examples.isSparse else {
      add(UInt64(examples.rowCount * examples.columnCount))
      try relay(examples) { digest, features, _ in
        for value in features.dense.elements { digest.add(value.bitPattern) }
      }
      return
    }
    add(0)
    let stored = try relay(examples) { digest, features, before in
      guard case .sparse(let matrix) = features else { return }
      for offset in matrix.rowOffsets.dropFirst() { digest.add(before + UInt64(offset)) }
      before += UInt64(matrix.storedCount)
    }
    try relay(examples) { digest, features, _ in
      guard case .sparse(let matrix) = features else { return }
      for index in matrix.columnIndices { digest.add(UInt64(index)) }
    }
    add(stored)
    try relay(examples) { digest, features, _ in
      guard case .sparse(let matrix) = features else { return }
      for value in matrix.values { digest.add(value.bitPattern) }
    }
  }

  /// Goes through all examples in their order; the number next to the digest begins at 0, and is returned.
  @discardableResult
  private mutating func relay(
    _ examples: ExampleSet, _ step: (inout DataDigest, FeatureMatrix, inout UInt64) -> Void
  ) throws(TrainingError) -> UInt64 {
    let values = try examples.relay([first, second, 0]) { features, values in
      var digest = DataDigest()
      (digest.first, digest.second) = (values[0], values[1])
      step(&digest, features, &values[2])
      (values[0], values[1]) = (digest.first, digest.second)
    }
    (first, second) = (values[0], values[1])
    return values[2]
  }

  /// 32 hexadecimal digits.
  var text: String {
    [first, second].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}

/// Collects what the problems of one training hand out, and writes it when it is time.
final class CheckpointKeeper: Sendable {
  private struct State {
    var checkpoint: TrainingCheckpoint
    var lastWrite: ContinuousClock.Instant
    var lastTaken: [Int: ContinuousClock.Instant] = [:]
  }

  private let interval: Duration
  private let write: @Sendable (TrainingCheckpoint) -> Void
  private let state: Mutex<State>
  /// Writes do not overtake each other.
  private let writing = Mutex(())

  init(
    interval: Duration, write: @escaping @Sendable (TrainingCheckpoint) -> Void,
    _ checkpoint: TrainingCheckpoint
  ) {
    self.interval = interval
    self.write = write
    state = Mutex(State(checkpoint: checkpoint, lastWrite: .now))
  }

  /// Whether a running problem should hand out its state.
  func isDue(_ problem: Int) -> Bool {
    state.withLock {
      ContinuousClock.now - ($0.lastTaken[problem] ?? $0.lastWrite) >= interval
    }
  }

  /// The same of problems that are solved one after the other.
  var isDueForLatest: Bool {
    state.withLock {
      ContinuousClock.now - ($0.lastTaken.values.max() ?? $0.lastWrite) >= interval
    }
  }

  func take(_ problem: Int, _ checkpoint: SolverCheckpoint) {
    put(problem, .running(checkpoint), isUrgent: true)
  }

  /// Keeps a solution, unless a limit kept it from being one.
  func take(_ problem: Int, _ solution: Solution) {
    let reason = solution.certificate.stopReason
    guard reason != .cancelled, reason != .timeLimit else { return }
    put(problem, .solved(solution), isUrgent: false)
  }

  private func put(_ problem: Int, _ value: TrainingCheckpoint.Problem, isUrgent: Bool) {
    writing.withLock { _ in
      let due: TrainingCheckpoint? = state.withLock { state in
        let now = ContinuousClock.now
        state.checkpoint.problems[problem] = value
        state.lastTaken[problem] = now
        guard isUrgent || now - state.lastWrite >= interval else { return nil }
        state.lastWrite = now
        return state.checkpoint
      }
      if let due { write(due) }
    }
  }
}
