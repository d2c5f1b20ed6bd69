import Basics
import SMOSolver

/// What a running training tells.
public enum TrainingEvent<Model: Sendable>: Sendable {
  /// Where it stands; about ten times a second, only the newest when nobody reads in time.
  case progress(SolverProgress)
  /// The model, which is the last event.
  case finished(Model)
}

/// The events of one training: an asynchronous sequence that ends with the model, or throws a
/// ``TrainingError``.
///
/// A task that is cancelled while it waits for an event, or drops the sequence, stops the training.
public typealias TrainingEvents<Model: Sendable> = AsyncThrowingStream<
  TrainingEvent<Model>, any Error
>

/// Runs a training on a Dispatch thread and passes on its progress.
package func events<Model: Sendable>(
  _ options: TrainingOptions,
  _ train: @escaping @Sendable (TrainingOptions) throws(TrainingError) -> Model
) -> TrainingEvents<Model> {
  // The newest event is the one that counts, and the model is the newest of all.
  AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
    let token = CancellationToken(following: options.cancellation)
    continuation.onTermination = { _ in token.cancel() }
    let given = options.onProgress
    var options = options
    options.cancellation = token
    options.onProgress = { progress in
      given?(progress)
      continuation.yield(.progress(progress))
    }
    inBackground { [options] in
      do throws(TrainingError) {
        continuation.yield(.finished(try train(options)))
        continuation.finish()
      } catch {
        continuation.finish(throwing: error)
      }
    }
  }
}
