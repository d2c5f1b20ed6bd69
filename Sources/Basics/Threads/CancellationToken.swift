import Dispatch
import Synchronization

/// Asks a running training, on whatever thread it computes, to stop soon.
///
/// One token may serve several trainings; once cancelled it stays so.
public final class CancellationToken: Sendable {
  private let cancelled = Atomic<Bool>(false)
  private let parent: CancellationToken?

  /// Makes a token that is not cancelled.
  public init() { parent = nil }

  /// Makes a token that is cancelled with another, too.
  package init(following parent: CancellationToken?) { self.parent = parent }

  /// Asks every training that holds the token to stop.
  ///
  /// Safe to call from any thread, and more than once; takes no lock.
  public func cancel() { cancelled.store(true, ordering: .relaxed) }

  /// Whether ``cancel()`` was called.
  public var isCancelled: Bool {
    cancelled.load(ordering: .relaxed) || parent?.isCancelled == true
  }
}

/// Computes on a Dispatch thread, so that Swift's cooperative threads are free for other tasks.
///
/// Cancelling the task cancels the token that the work is given, not the caller's, which others may
/// share; that one is followed.
package func onDispatchThread<Value: Sendable, Failure: Error>(
  _ cancellation: CancellationToken?,
  _ body: @escaping @Sendable (CancellationToken) throws(Failure) -> Value
) async throws(Failure) -> Value {
  let token = CancellationToken(following: cancellation)
  let result = await withTaskCancellationHandler {
    await withCheckedContinuation {
      (continuation: CheckedContinuation<Result<Value, Failure>, Never>) in
      inBackground {
        continuation.resume(
          returning: Result { () throws(Failure) -> Value in try body(token) })
      }
    }
  } onCancel: {
    token.cancel()
  }
  return try result.get()
}

/// Starts a computation on a Dispatch thread, and does not wait for it.
package func inBackground(_ body: @escaping @Sendable () -> Void) {
  DispatchQueue.global().async(execute: body)
}
