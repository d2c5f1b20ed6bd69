import Dispatch
import LinearAlgebra
import Synchronization

// LAPACK's eigenvalue routines cannot be asked to stop, and take minutes for some thousand rows. They run on
// a thread of their own: whoever is to stop leaves them behind, with a matrix that nobody else sees. The
// thread ends when the routine does.

extension MethodRun {
  /// Matrices up to this size are worked on without a thread: they take a few hundredths of a second.
  private static let briefSize = 256
  /// How often to look whether to stop.
  private static let patience = DispatchTimeInterval.milliseconds(20)

  /// Computes something of a matrix, and leaves that behind when the training is to stop.
  ///
  /// - Parameters:
  ///   - matrix: Its memory is the computation's when it is the only copy.
  ///   - body: The computation.
  /// - Returns: What it computed.
  /// - Throws: ``KernelMethodError/stopped(_:)``, ``KernelMethodError/linearAlgebra(_:)``.
  func abandonable<Value: Sendable>(
    _ matrix: consuming Matrix<Double>,
    _ body: @escaping @Sendable (consuming Matrix<Double>) throws(LinearAlgebraError) -> Value
  ) throws(KernelMethodError) -> Value {
    try checkpoint()
    if matrix.rowCount <= Self.briefSize {
      do {
        return try body(consume matrix)
      } catch {
        throw .linearAlgebra(error)
      }
    }
    let work = Work<Value>(consume matrix)
    // A queue of its own: the global ones may have no thread to spare.
    DispatchQueue(label: "support-vectors.decomposition").async { work.run(body) }
    while work.done.wait(timeout: .now() + Self.patience) == .timedOut { try checkpoint() }
    do {
      return try work.result()
    } catch {
      throw .linearAlgebra(error)
    }
  }
}

/// A matrix on its way to a thread, and the result on its way back.
private final class Work<Value: Sendable>: Sendable {
  let done = DispatchSemaphore(value: 0)
  private let matrix: Mutex<Matrix<Double>?>
  private let outcome = Mutex<Result<Value, LinearAlgebraError>?>(nil)

  init(_ matrix: consuming Matrix<Double>) { self.matrix = Mutex(consume matrix) }

  func run(
    _ body: @Sendable (consuming Matrix<Double>) throws(LinearAlgebraError) -> Value
  ) {
    guard let matrix = matrix.withLock({ $0.take() }) else {
      preconditionFailure("a matrix was taken twice")
    }
    let result: Result<Value, LinearAlgebraError>
    do throws(LinearAlgebraError) {
      result = .success(try body(consume matrix))
    } catch {
      result = .failure(error)
    }
    outcome.withLock { $0 = result }
    done.signal()
  }

  func result() throws(LinearAlgebraError) -> Value {
    guard let result = outcome.withLock({ $0 }) else {
      preconditionFailure("there is no result although the work is done")
    }
    return try result.get()
  }
}
