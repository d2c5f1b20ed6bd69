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
