import Reports
import SupportVectors
import Synchronization

/// Keeps where a training stood, moment by moment, in bounded memory.
///
/// When there are too many moments every second one is dropped, and from then on every second one that
/// comes: what is kept stays evenly spread over the whole training.
package final class ConvergenceRecorder: Sendable {
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
  package init(limit: Int = 500) {
    precondition(
      limit >= 4 && limit % 2 == 0, "an even limit of at least 4 is needed, not \(limit)")
    self.limit = limit
  }

  /// Keeps a moment; to be called as `TrainingOptions.onProgress`.
  ///
  /// Only the first training is recorded: the next one begins again with the clock.
  package func record(_ progress: SolverProgress) {
    state.withLock { state in
      guard !state.isOver, progress.kktViolation.isFinite else { return }
      // Problems may be solved side by side, so that only the clock says where a training begins.
      if let last = state.moments.last, progress.elapsedSeconds < last.elapsedSeconds {
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

  /// What was recorded.
  package var moments: [TrainingMoment] {
    state.withLock { state in
      state.moments.map {
        TrainingMoment(
          problem: $0.problem, progress: Double($0.problemIterations), violation: $0.kktViolation,
          relativeGap: $0.relativeGap)
      }
    }
  }
}

/// Where one of a training's problems stood at a moment.
package struct TrainingMoment: Sendable, Equatable {
  /// The number of the problem among those of the model.
  package var problem: Int
  /// Its iterations so far.
  package var progress: Double
  /// Its largest violation of the optimality conditions.
  package var violation: Double
  /// Its relative duality gap, when known.
  package var relativeGap: Double?

  /// A moment from its figures.
  package init(problem: Int = 0, progress: Double, violation: Double, relativeGap: Double? = nil) {
    self.problem = problem
    self.progress = progress
    self.violation = violation
    self.relativeGap = relativeGap
  }
}
