import Dispatch
import LinearAlgebra
import SupportVectors
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How trainings that run side by side share threads and memory.
struct WorkShare: Sendable {
  /// How many run at the same time.
  let workers: Int
  private let base: TrainingOptions

  /// More trainings than this never run at the same time.
  ///
  /// How much memory one has may shape its bits, so that it must not depend on the number of threads.
  private static let mostWorkers = 16
  /// Nor fewer, for the sake of memory.
  private static let fewestWorkers = 4

  /// Shares threads and memory.
  ///
  /// - Parameters:
  ///   - options: How to train.
  ///   - taskCount: The number of trainings.
  ///   - bytesEach: What each would like to have, 0 when it does not matter: where that much is there for
  ///     some, but not for as many as usual, fewer run.
  init(_ options: TrainingOptions, taskCount: Int, bytesEach: Int = 0) {
    let threads = options.threads ?? Self.processorCount
    var most = max(1, min(Self.mostWorkers, taskCount))
    if bytesEach > 0 {
      let fitting = options.memoryLimit / bytesEach
      if fitting >= Self.fewestWorkers { most = min(most, fitting) }
    }
    workers = max(1, min(threads, most))
    var base = options
    base.threads = max(1, threads / workers)
    base.memoryLimit = max(1 << 20, options.memoryLimit / most)
    base.onProgress = nil
    self.base = base
  }

  /// The number of threads that the process may use.
  static var processorCount: Int { max(1, min(256, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))) }

  /// The options of a training that begins now; `nil` when none should.
  func options(until deadline: ContinuousClock.Instant?) -> TrainingOptions? {
    if base.cancellation?.isCancelled == true { return nil }
    guard let deadline else { return base }
    let left = deadline - ContinuousClock.now
    guard left > .zero else { return nil }
    var options = base
    options.timeLimit = left
    return options
  }
}

/// Computes results side by side.
///
/// - Parameters:
///   - count: The number of results.
///   - threads: How many to compute at the same time.
///   - body: Computes one.
/// - Returns: The results by their indices.
/// - Throws: The error of the smallest index that has one.
func concurrentResults<Value: Sendable>(
  count: Int, threads: Int, _ body: @Sendable (_ index: Int) throws -> Value
) throws -> [Value] {
  let results = Mutex([Result<Value, any Error>?](repeating: nil, count: count))
  concurrentTiles(count: count, threads: threads) { index in
    let result = Result { try body(index) }
    results.withLock { $0[index] = result }
  }
  return try results.withLock { $0 }.compactMap { try $0?.get() }
}

/// Computes on a Dispatch thread; cancelling the task cancels the token, which follows the caller's.
func onDispatchThread<Value: Sendable>(
  _ cancellation: CancellationToken?,
  _ body: @escaping @Sendable (CancellationToken) throws -> Value
) async throws -> Value {
  let token = CancellationToken(following: cancellation)
  return try await withTaskCancellationHandler {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try body(token) }) }
    }
  } onCancel: {
    token.cancel()
  }
}
