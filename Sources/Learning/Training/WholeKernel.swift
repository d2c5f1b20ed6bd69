import Kernels
import LinearAlgebra
import Synchronization

/// All kernel values among the examples of a set, for trainings on parts of it such as the folds of a
/// cross-validation: computed when the first of them asks, while the others wait.
///
/// A value depends on its two examples alone where these are sparse; of dense examples in Float, which are
/// moved so that their mean is 0, the last bits depend on the set.
package final class WholeKernel: Sendable {
  private let source: KernelSource
  private let threads: Int
  /// How much memory the values may take.
  package let byteLimit: Int
  private let state = Mutex(State())

  private struct State {
    var single: KernelMatrix<Float>?
    var double: KernelMatrix<Double>?
  }

  /// Prepares to compute.
  ///
  /// - Parameters:
  ///   - source: The examples and the kernel.
  ///   - threads: The number of threads.
  ///   - byteLimit: How much memory the values may take.
  package init(_ source: KernelSource, threads: Int, byteLimit: Int) {
    self.source = source
    self.threads = threads
    self.byteLimit = byteLimit
  }

  /// The bytes of the values that were computed.
  package var byteCount: Int {
    state.withLock {
      ($0.single.map { KernelMatrix<Float>.byteCount(of: $0.count) } ?? 0)
        + ($0.double.map { KernelMatrix<Double>.byteCount(of: $0.count) } ?? 0)
    }
  }

  /// The values, and how many of them were computed now.
  ///
  /// - Parameter isCancelled: Asked before each tile.
  /// - Returns: The values; `nil` when they do not fit, or `isCancelled` said yes.
  /// - Throws: `KernelError.notFinite`.
  func values<Scalar: KernelScalar>(
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> SharedValues<Scalar>? {
    let count = source.features.rowCount
    guard KernelMatrix<Scalar>.byteCount(of: count) <= byteLimit else { return nil }
    return try state.withLock { state throws(KernelError) in
      if let known = state.single as? KernelMatrix<Scalar> ?? state.double as? KernelMatrix<Scalar>
      {
        return SharedValues(matrix: known, computed: 0)
      }
      guard
        let matrix = try KernelMatrix<Scalar>(
          source.features, source.function, order: (0..<Int32(count)).map { $0 },
          threads: threads, isCancelled: isCancelled)
      else { return nil }
      // One precision at a time, so that the limit holds.
      state.single = matrix as? KernelMatrix<Float>
      state.double = matrix as? KernelMatrix<Double>
      return SharedValues(matrix: matrix, computed: count * (count + 1) / 2)
    }
  }
}
