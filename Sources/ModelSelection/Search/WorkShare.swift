import Basics
import LinearAlgebra
import SupportVectors

/// How trainings that run side by side share threads and memory.
struct WorkShare: Sendable {
  /// How many run at the same time.
  let workers: Int
  private let base: TrainingOptions

  /// More trainings than this never run at the same time.
  ///
  /// How much memory one has may shape its bits, so that it must not depend on the number of threads.
  private static let maximumWorkers = 16
  /// Nor fewer, for the sake of memory.
  private static let minimumWorkers = 4

  /// Shares threads and memory.
  ///
  /// - Parameters:
  ///   - options: How to train.
  ///   - taskCount: The number of trainings.
  ///   - bytesEach: What each would like to have, 0 when it does not matter: where that much is there for
  ///     some, but not for as many as usual, fewer run.
  init(_ options: TrainingOptions, taskCount: Int, bytesEach: Int = 0) {
    let threads = options.threads ?? processorCount
    var most = max(1, min(Self.maximumWorkers, taskCount))
    if bytesEach > 0 {
      let fitting = options.memoryLimit / bytesEach
      if fitting >= Self.minimumWorkers { most = min(most, fitting) }
    }
    workers = max(1, min(threads, most))
    var base = options
    base.threads = max(1, threads / workers)
    base.memoryLimit = max(1 << 20, options.memoryLimit / most)
    base.onProgress = nil
    self.base = base
  }

  /// The options of a training that begins now; `nil` when none should.
  func options(until deadline: ContinuousClock.Instant?) -> TrainingOptions? {
    if base.cancellation?.isCancelled == true { return nil }
    guard let deadline else { return base }
    let left = deadline - ContinuousClock.now
    guard left > .zero else { return nil }
    var options = base
    options.timeLimit = left
    // What is done with the model afterwards shares the time.
    options.deadline = deadline
    return options
  }
}
