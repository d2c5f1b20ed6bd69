import Basics
import Learning

// Tiles of K and of its factor ask whether to stop. Much else does not: LAPACK's eigenvalue routines, which
// take minutes for a few thousand rows, and passes over matrices of gigabytes. A training
// that may have to stop therefore computes on a separate thread, and the caller that
// waits for it abandons it: it ends, and returns its memory, where it next asks.

/// Computes what cannot always be interrupted.
///
/// - Parameters:
///   - control: When to stop; without a token and a deadline no thread is needed.
///   - body: The computation.
/// - Returns: What it computed.
/// - Throws: `TrainingError/stopped(_:)`, and what the computation throws.
func stoppable<Value: Sendable>(
  _ control: TrainingControl,
  _ body: @escaping @Sendable () throws(TrainingError) -> Value
) throws(TrainingError) -> Value {
  if control.deadline == nil && control.options.cancellation == nil { return try body() }
  return try abandonable(
    interruption: { control.interruption.map(TrainingError.stopped) }, body)
}

extension MethodRun {
  /// Computes what cannot always be interrupted.
  ///
  /// - Throws: `TrainingError/stopped(_:)`, and what the computation throws.
  func stoppable<Value: Sendable>(
    _ body: @escaping @Sendable () throws(TrainingError) -> Value
  ) throws(TrainingError) -> Value {
    try KernelMethods.stoppable(control, body)
  }
}
