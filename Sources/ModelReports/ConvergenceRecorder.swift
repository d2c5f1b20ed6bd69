import Reports
import SupportVectors
import Synchronization

/// Keeps where a training stood, moment by moment, in bounded memory.
///
/// When there are too many moments every second one is dropped, and from then on every second one that
/// comes: what is kept stays evenly spread over the whole training.
public final class ConvergenceRecorder: Sendable {
  private struct State {
    var moments: [SolverProgress] = []
    var stride = 1
    var seenCount = 0
    /// Whether another training has begun, of folds or without held-out rows.
    var isOver = false
  }

  private let state = Mutex(State())
  private let limit: Int

  /// Makes a recorder.
  ///
  /// - Parameter limit: The most moments that are kept; an even number of at least 4.
  public init(limit: Int = 500) {
    precondition(
      limit >= 4 && limit % 2 == 0, "an even limit of at least 4 is needed, not \(limit)")
    self.limit = limit
  }

  /// Keeps a moment; to be called as `TrainingOptions.onProgress`.
  ///
  /// Only the first training is recorded: the next one begins again with the clock or the iterations.
  public func record(_ progress: SolverProgress) {
    state.withLock { state in
      guard !state.isOver, progress.kktViolation.isFinite else { return }
      if let last = state.moments.last,
        progress.elapsedSeconds < last.elapsedSeconds || progress.iterations < last.iterations
      {
        state.isOver = true
        return
      }
      defer { state.seenCount += 1 }
      guard state.seenCount % state.stride == 0 else { return }
      if state.moments.count == limit {
        state.moments = stride(from: 0, to: limit, by: 2).map { state.moments[$0] }
        state.stride *= 2
        guard state.seenCount % state.stride == 0 else { return }
      }
      state.moments.append(progress)
    }
  }

  /// What was recorded, over seconds.
  public var moments: [ConvergenceChart.Moment] {
    state.withLock { state in
      state.moments.map {
        .init(
          progress: $0.elapsedSeconds, violation: $0.kktViolation, relativeGap: $0.relativeGap)
      }
    }
  }
}
