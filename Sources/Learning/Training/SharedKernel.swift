import Kernels
import LinearAlgebra
import SMOSolver
import Synchronization

/// What trainings of the same examples and kernel have in common that differ in their bounds, such as
/// those along a path of C: all kernel values, where they fit the memory; the gradient at the end of the
/// last training, from which that of the next one's start follows; and memory.
///
/// Trainings that share take turns. What is kept changes neither when a training stops nor what it aims
/// at; but values that come from here may differ in the last bits from those that a training by itself
/// computes.
package final class SharedKernel: Sendable {
  /// Where problems pass on their memory.
  package let pools = BufferPools()
  private let state = Mutex(State())
  private let whole: WholeKernel?
  /// The examples of `whole` that these are.
  private let rows: [Int32]

  private struct State {
    var order: [Int32] = []
    var single: KernelMatrix<Float>?
    var double: KernelMatrix<Double>?
    var gradients: [Int: KnownGradient] = [:]
  }

  /// Makes an empty one.
  package init() {
    whole = nil
    rows = []
  }

  /// Makes one for trainings on some of the examples of a larger set.
  ///
  /// - Parameters:
  ///   - rows: The examples of the set that the trainings have, in their order.
  ///   - whole: The kernel values of the set.
  package init(_ rows: [Int], of whole: WholeKernel) {
    self.whole = whole
    self.rows = rows.map { Int32($0) }
  }

  /// All kernel values, computed when they are first asked for.
  ///
  /// - Parameters:
  ///   - source: The examples and the kernel, the same in every training.
  ///   - order: The examples of the rows.
  ///   - threads: The number of threads.
  ///   - byteLimit: How much memory the values may take.
  ///   - isCancelled: Asked before each tile.
  /// - Returns: The values; `nil` when they do not fit, or `isCancelled` said yes.
  /// - Throws: `KernelError.notFinite`.
  package func matrix<Scalar: SMOScalar>(
    _ source: KernelSource, order: [Int32], threads: Int, byteLimit: Int,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> SharedValues<Scalar>? {
    let known = state.withLock { state -> KernelMatrix<Scalar>? in
      guard state.order == order else { return nil }
      return state.single as? KernelMatrix<Scalar> ?? state.double as? KernelMatrix<Scalar>
    }
    if let known { return SharedValues(matrix: known, computed: 0) }
    guard KernelMatrix<Scalar>.byteCount(of: order.count) <= byteLimit else { return nil }
    var computed = order.count * (order.count + 1) / 2
    let found: KernelMatrix<Scalar>?
    if let values: SharedValues<Scalar> = try whole?.values(isCancelled: isCancelled) {
      found = KernelMatrix(
        gathering: values.matrix, order: order.map { rows[Int($0)] }, threads: threads)
      computed = values.computed
    } else {
      found = try KernelMatrix(
        source.features, source.function, order: order, threads: threads, isCancelled: isCancelled)
    }
    guard let matrix = found else { return nil }
    state.withLock {
      if $0.order != order {
        $0 = State()
        $0.order = order
      }
      // One precision at a time: the other is needed again only by another tolerance.
      $0.single = matrix as? KernelMatrix<Float>
      $0.double = matrix as? KernelMatrix<Double>
    }
    return SharedValues(matrix: matrix, computed: computed)
  }

  /// The gradient at the end of the last training of a problem.
  package func gradient(of problem: Int) -> KnownGradient? {
    state.withLock { $0.gradients[problem] }
  }

  /// Keeps the gradient at the end of a training.
  package func keep(_ gradient: KnownGradient?, of problem: Int) {
    state.withLock { $0.gradients[problem] = gradient }
  }
}

/// All kernel values of some examples.
package struct SharedValues<Scalar: SMOScalar> {
  package let matrix: KernelMatrix<Scalar>
  /// How many of them were computed now.
  package let computed: Int
}
