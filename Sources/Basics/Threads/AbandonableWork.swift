import Dispatch
import Synchronization

/// Computes what cannot be interrupted, on a thread of its own, and leaves that behind when the result
/// is no longer wanted: it ends, and gives its memory back, in its own time.
///
/// - Parameters:
///   - interruption: Why the result is no longer wanted, or `nil` while it is; asked every 20 ms.
///   - body: The computation.
/// - Returns: What it computed.
/// - Throws: What `interruption` says, or what the computation throws.
package func abandonable<Value: Sendable, Failure: Error>(
  interruption: () -> Failure?,
  _ body: @escaping @Sendable () throws(Failure) -> Value
) throws(Failure) -> Value {
  let work = AbandonableWork<Value, Failure>()
  // A separate queue: the global ones may have no thread to spare.
  DispatchQueue(label: "support-vectors.abandonable-work").async { work.run(body) }
  while work.done.wait(timeout: .now() + .milliseconds(20)) == .timedOut {
    if let reason = interruption() { throw reason }
  }
  return try work.result()
}

/// A result on its way from one thread to another.
private final class AbandonableWork<Value: Sendable, Failure: Error>: Sendable {
  let done = DispatchSemaphore(value: 0)
  private let outcome = Mutex<Result<Value, Failure>?>(nil)

  func run(_ body: @Sendable () throws(Failure) -> Value) {
    let result = Result { () throws(Failure) -> Value in try body() }
    outcome.withLock { $0 = result }
    done.signal()
  }

  func result() throws(Failure) -> Value {
    guard let result = outcome.withLock({ $0 }) else {
      preconditionFailure("the work is done without a result")
    }
    return try result.get()
  }
}
