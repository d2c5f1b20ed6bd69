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
  /// Where problems hand on their memory.
  let pools = BufferPools()
  private let state = Mutex(State())

  private struct State {
    var order: [Int32] = []
    var single: KernelMatrix<Float>?
    var double: KernelMatrix<Double>?
    var gradients: [Int: KnownGradient] = [:]
  }

  /// Makes an empty one.
  package init() {}

  /// All kernel values, computed when they are first asked for.
  ///
  /// - Parameters:
  ///   - features: The examples, the same in every training.
  ///   - function: The kernel, the same in every training.
  ///   - order: The examples of the rows.
  ///   - threads: The number of threads.
  ///   - byteLimit: How much memory the values may take.
  ///   - stopping: Asked before each tile.
  /// - Returns: The values, and how many were computed now; `nil` when they do not fit, or `stopping`
  ///   said yes.
  /// - Throws: `KernelError.notFinite`.
  func matrix<Scalar: SMOScalar>(
    _ features: FeatureMatrix, _ function: KernelFunction, order: [Int32], threads: Int,
    byteLimit: Int, stopping: @Sendable () -> Bool
  ) throws(KernelError) -> (matrix: KernelMatrix<Scalar>, computed: Int)? {
    let known = state.withLock { state -> KernelMatrix<Scalar>? in
      guard state.order == order else { return nil }
      return state.single as? KernelMatrix<Scalar> ?? state.double as? KernelMatrix<Scalar>
    }
    if let known { return (known, 0) }
    guard KernelMatrix<Scalar>.byteCount(of: order.count) <= byteLimit,
      let matrix = try KernelMatrix<Scalar>(
        features, function, order: order, threads: threads, stopping: stopping)
    else { return nil }
    state.withLock {
      if $0.order != order {
        $0 = State()
        $0.order = order
      }
      // One precision at a time: the other is needed again only by another tolerance.
      $0.single = matrix as? KernelMatrix<Float>
      $0.double = matrix as? KernelMatrix<Double>
    }
    return (matrix, order.count * (order.count + 1) / 2)
  }

  /// The gradient at the end of the last training of a problem.
  func gradient(of problem: Int) -> KnownGradient? { state.withLock { $0.gradients[problem] } }

  /// Keeps the gradient at the end of a training.
  func keep(_ gradient: KnownGradient?, of problem: Int) {
    state.withLock { $0.gradients[problem] = gradient }
  }
}

extension TrainingRun {
  /// All kernel values, when trainings share them and they fit the memory; see ``SharedKernel``.
  ///
  /// - Parameters:
  ///   - features: The examples.
  ///   - function: The kernel.
  ///   - order: The examples of the rows.
  /// - Returns: The values, and how many were computed now.
  /// - Throws: ``TrainingError/kernel(_:)``.
  func sharedMatrix<Scalar: SMOScalar>(
    _ features: FeatureMatrix, _ function: KernelFunction, order: [Int32]
  ) throws(TrainingError) -> (matrix: KernelMatrix<Scalar>, computed: Int)? {
    guard let shared = options.sharedKernel, options.resuming == nil else { return nil }
    do throws(KernelError) {
      return try shared.matrix(
        features, function, order: order, threads: threads, byteLimit: options.memoryLimit / 2,
        stopping: { self.interruption != nil })
    } catch {
      throw .kernel(error)
    }
  }

  /// Solves one problem of all examples from shared kernel values; `nil` where there are none.
  func solveShared<Scalar: SMOScalar>(
    _ scalar: Scalar.Type, _ program: QuadraticProgram, _ features: FeatureMatrix,
    _ function: KernelFunction, problem: Int, threads: Int, share: Int,
    startingAt start: [Double]?
  ) throws(TrainingError) -> Solution? {
    let order = (0..<Int32(features.rowCount)).map { $0 }
    let shared: (matrix: KernelMatrix<Scalar>, computed: Int)? = try sharedMatrix(
      features, function, order: order)
    guard let shared else { return nil }
    let kernel = StoredKernel(
      shared.matrix, ranges: [0..<order.count], threads: threads, valuesComputed: shared.computed
    ) {
      TiledKernel<Double>(features, function, threads: threads, memoryLimit: 0)
    }
    return try solve(
      program, kernel, problem: problem, threads: threads, share: share, startingAt: start
    ) {
      (features, function)
    }
  }
}
