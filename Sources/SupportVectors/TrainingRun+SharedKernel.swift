import Kernels
import Learning
import LinearAlgebra
import SMOSolver

extension TrainingRun {
  /// All kernel values, when trainings share them and they fit the memory; see `SharedKernel`.
  ///
  /// - Parameters:
  ///   - source: The examples and the kernel.
  ///   - order: The examples of the rows.
  /// - Returns: The values.
  /// - Throws: `TrainingError/kernel(_:)`.
  func sharedValues<Scalar: SMOScalar>(
    _ source: KernelSource, order: [Int32]
  ) throws(TrainingError) -> SharedValues<Scalar>? {
    guard let shared = options.sharedKernel, options.resuming == nil else { return nil }
    do throws(KernelError) {
      return try shared.matrix(
        source, order: order, threads: threads, byteLimit: options.memoryLimit / 2,
        isCancelled: { self.interruption != nil })
    } catch {
      throw .kernel(error)
    }
  }

  /// A kernel of one problem of all examples that reads shared values; `nil` where there are none.
  func sharedKernel<Scalar: SMOScalar>(
    _ scalar: Scalar.Type, _ request: SolveRequest
  ) throws(TrainingError) -> SolverKernel? {
    guard options.sharedKernel != nil else { return nil }
    let source = request.source()
    let shared: SharedValues<Scalar>? = try sharedValues(
      source, order: (0..<Int32(source.features.rowCount)).map { $0 })
    return shared?.kernel(of: source, threads: request.threads)
  }
}
