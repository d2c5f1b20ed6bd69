import Kernels
import Learning
import LinearAlgebra
import SMOSolver

extension SharedValues {
  /// The kernel of a problem of all these examples.
  ///
  /// - Parameters:
  ///   - source: The examples, in the order of the values.
  ///   - threads: The number of threads.
  ///   - isFirst: Whether the computed values are counted with this problem.
  /// - Returns: The kernel.
  func kernel(of source: KernelSource, threads: Int, isFirst: Bool = true) -> SolverKernel {
    SolverKernel {
      StoredKernel(
        matrix, ranges: [0..<source.count], threads: threads,
        valuesComputed: isFirst ? computed : 0
      ) {
        source.tiles(threads: threads)
      }
    }
  }
}

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
    guard let shared = options.sharedKernel, options.resuming == nil, !source.isSharded else {
      return nil
    }
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
    let source = try request.source()
    let shared: SharedValues<Scalar>? = try sharedValues(
      source, order: (0..<Int32(source.count)).map { $0 })
    return shared?.kernel(of: source, threads: request.threads)
  }
}
