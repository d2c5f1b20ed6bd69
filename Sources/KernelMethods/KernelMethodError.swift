import LinearAlgebra
import Learning

/// What a kernel method rejects, or why it ended without a model.
public enum KernelMethodError: Error, Equatable, Sendable {
  /// The examples, a parameter or the kernel cannot be used.
  case training(TrainingError)
  /// A system of equations is not positive definite: the kernel is not positive semi-definite, or what
  /// is added to its diagonal is too small for the precision of Double.
  ///
  /// `order` is that of the first leading minor that is not positive.
  case notPositiveDefinite(kernel: String, addedToDiagonal: Double, order: Int)
  /// The matrices of this many examples do not fit the memory limit; both are in bytes.
  case memory(needed: Int, limit: Int, examples: Int)
  /// The caller cancelled, or the time limit was reached; an unfinished model does not exist.
  case stopped(StopReason)
  /// The method is not defined for this kernel.
  case unsuitableKernel(method: String, kernel: String, expected: String)
  /// All eigenvalues are zero to rounding: the examples do not differ for this kernel.
  case noVariation(method: String)
  /// A matrix computation failed.
  case linearAlgebra(LinearAlgebraError)
}

extension KernelMethodError: CustomStringConvertible {
  /// One sentence that says what was found and what was expected.
  public var description: String {
    switch self {
    case .training(let error): error.description
    case .notPositiveDefinite(let kernel, let added, let order):
      "the matrix of the kernel \(kernel) with \(added) on its diagonal is not positive definite "
        + "(minor \(order)); choose a larger lambda or a positive semi-definite kernel"
    case .memory(let needed, let limit, let examples):
      "the matrices of \(examples) examples need \((needed + (1 << 20) - 1) >> 20) MB, but the "
        + "memory limit is \(limit >> 20) MB; raise --memory"
    case .stopped(.timeLimit): "the time limit was reached before the model was complete"
    case .stopped: "the training was cancelled before the model was complete"
    case .unsuitableKernel(let method, let kernel, let expected):
      "\(method): needs \(expected), but the kernel is \(kernel)"
    case .noVariation(let method):
      "\(method): all eigenvalues are zero; the examples do not differ for this kernel"
    case .linearAlgebra(let error): error.description
    }
  }
}

/// Turns what linear algebra throws into this module's error.
func withLinearAlgebra<Result>(
  _ body: () throws(LinearAlgebraError) -> Result
) throws(KernelMethodError) -> Result {
  do {
    return try body()
  } catch {
    throw .linearAlgebra(error)
  }
}

/// Turns what a model's parts reject into this module's error.
func withModel<Result>(
  _ body: () throws(ModelError) -> Result
) throws(KernelMethodError) -> Result {
  do {
    return try body()
  } catch {
    throw .training(.model(error))
  }
}
