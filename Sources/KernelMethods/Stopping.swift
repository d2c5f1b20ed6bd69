import Dispatch
import LinearAlgebra
import SupportVectors
import Synchronization

// Tiles of K and of its factor ask whether to stop. Much else does not: LAPACK's eigenvalue routines, which
// take minutes for some thousand rows, and passes over matrices of gigabytes. A training that may have to stop
// therefore computes on a thread of its own, and whoever waits for it leaves it behind: it ends, and gives its
// memory back, where it next asks.

/// How often to look whether to stop.
private let patience = DispatchTimeInterval.milliseconds(20)

/// Computes what cannot always be interrupted.
///
/// - Parameters:
///   - control: When to stop; without a token and a deadline there is no need for a thread.
///   - body: The computation.
/// - Returns: What it computed.
/// - Throws: ``KernelMethodError/stopped(_:)``, and what the computation throws.
func stoppable<Value: Sendable>(
  _ control: TrainingControl,
  _ body: @escaping @Sendable () throws(KernelMethodError) -> Value
) throws(KernelMethodError) -> Value {
  if control.deadline == nil && control.options.cancellation == nil { return try body() }
  let work = Work<Value>()
  // A queue of its own: the global ones may have no thread to spare.
  DispatchQueue(label: "support-vectors.kernel-method").async { work.run(body) }
  while work.done.wait(timeout: .now() + patience) == .timedOut {
    if let reason = control.interruption { throw .stopped(reason) }
  }
  return try work.result()
}

extension MethodRun {
  /// Computes what cannot always be interrupted.
  ///
  /// - Throws: ``KernelMethodError/stopped(_:)``, and what the computation throws.
  func stoppable<Value: Sendable>(
    _ body: @escaping @Sendable () throws(KernelMethodError) -> Value
  ) throws(KernelMethodError) -> Value {
    try KernelMethods.stoppable(control, body)
  }
}

/// A result on its way from one thread to another.
private final class Work<Value: Sendable>: Sendable {
  let done = DispatchSemaphore(value: 0)
  private let outcome = Mutex<Result<Value, KernelMethodError>?>(nil)

  func run(_ body: @Sendable () throws(KernelMethodError) -> Value) {
    let result = Result { () throws(KernelMethodError) -> Value in try body() }
    outcome.withLock { $0 = result }
    done.signal()
  }

  func result() throws(KernelMethodError) -> Value {
    guard let result = outcome.withLock({ $0 }) else {
      preconditionFailure("there is no result although the work is done")
    }
    return try result.get()
  }
}
