import Kernels
import LinearAlgebra
import SMOSolver

/// What training rejects, as a sentence that says what was found and what was expected.
public struct TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  /// The reason, where callers tell it from others.
  package let reason: Reason?

  /// Reasons that callers tell apart.
  package enum Reason: Equatable, Sendable {
    case infeasibleNu(nu: Double, largest: Double, classes: [String])
    case kernel(KernelError)
    case memory
    case matrices
    case stopped(StopReason)
    case noVariation
  }

  private init(_ description: String, _ reason: Reason? = nil) {
    self.description = description
    self.reason = reason
  }

  /// Why there is no model though nothing is wrong with the training: the caller cancelled, or the time
  /// limit was reached; otherwise `nil`.
  public var stopReason: StopReason? {
    if case .stopped(let reason) = reason { reason } else { nil }
  }
}

extension TrainingError {
  /// A parameter is out of its range.
  package static func invalidParameter(name: String, value: String, expected: String) -> Self {
    Self("\(name): must be \(expected), but is \(value)")
  }

  /// The examples are missing, or have no features.
  package static func empty(rows: Int, columns: Int) -> Self {
    Self(
      "the training data has \(rows) rows and \(columns) features; at least one of each is needed")
  }

  /// There is not one label or target for each example.
  package static func countMismatch(what: String, found: Int, rows: Int) -> Self {
    Self("\(what) has \(found) elements, but features has \(rows) rows")
  }

  /// A feature or target is NaN or infinite; rows and columns count from 0, targets have no column.
  package static func notFinite(row: Int, column: Int?, value: Double) -> Self {
    guard let column else {
      return Self("row \(row + 1): the target is \(value); it must be a finite number")
    }
    return Self(
      "row \(row + 1), feature \(column + 1) is \(value); every feature needs a finite number")
  }

  /// A weight is negative, NaN or infinite; rows count from 0.
  package static func invalidWeight(row: Int, value: Double) -> Self {
    Self("row \(row + 1): the weight is \(value); it must be a finite number of at least 0")
  }

  /// Every weight is 0.
  package static func noPositiveWeight(rows: Int) -> Self {
    Self("all \(rows) rows have the weight 0; at least one must have a greater weight")
  }

  /// A class weight is given for a name that is not a class.
  package static func unknownClass(name: String, classes: [String]) -> Self {
    Self(
      "class-weight: \"\(name)\" is not a class; the classes are "
        + classes.map { "\"\($0)\"" }.joined(separator: ", "))
  }

  /// ν is larger than the sizes of the classes allow.
  package static func infeasibleNu(nu: Double, largest: Double, classes: [String]) -> Self {
    Self(
      "nu: must be at most \(largest) for the classes "
        + classes.map { "\"\($0)\"" }.joined(separator: " and ") + ", but is \(nu)",
      .infeasibleNu(nu: nu, largest: largest, classes: classes))
  }

  /// A checkpoint is not of this training; the text says why.
  package static func checkpoint(_ reason: String) -> Self {
    Self("the checkpoint cannot be resumed: \(reason)")
  }

  /// Checkpoints are asked of a solver that keeps none.
  package static func noCheckpoints(solver: String) -> Self {
    Self("checkpoint: \(solver) write none; only the solver of dual variables does")
  }

  /// Data that is said to be a model's training data cannot be; the text says why.
  package static func notTheTrainingData(_ reason: String) -> Self {
    Self("this is not the training data of the model: \(reason)")
  }

  /// The parts of the trained model do not fit together, which is a defect of this package.
  package static func model(_ error: ModelError) -> Self { Self(error.description) }

  /// The kernel cannot be used with these examples.
  package static func kernel(_ error: KernelError) -> Self {
    Self(error.description, .kernel(error))
  }

  /// The training would take more memory than its limit.
  package static func memory(_ shortage: MemoryShortage) -> Self {
    Self(shortage.description, .memory)
  }

  /// The matrices of this many examples do not fit the memory limit; both are in bytes.
  package static func matrices(needed: Int, limit: Int, examples: Int) -> Self {
    Self(
      "the matrices of \(examples) examples need \((needed + (1 << 20) - 1) >> 20) MB, but the "
        + "memory limit is \(limit >> 20) MB; raise --memory", .matrices)
  }

  /// A system of equations is not positive definite: the kernel is not positive semi-definite, or what
  /// is added to its diagonal is too small for the precision of Double.
  ///
  /// `order` is that of the first leading minor that is not positive.
  package static func notPositiveDefinite(kernel: String, addedToDiagonal: Double, order: Int)
    -> Self
  {
    Self(
      "the matrix of the kernel \(kernel) with \(addedToDiagonal) on its diagonal is not positive "
        + "definite (minor \(order)); choose a larger lambda or a positive semi-definite kernel")
  }

  /// The caller cancelled, or the time limit was reached, and an unfinished model does not exist.
  package static func stopped(_ reason: StopReason) -> Self {
    Self(
      reason == .timeLimit
        ? "the time limit was reached before the model was complete"
        : "the training was cancelled before the model was complete", .stopped(reason))
  }

  /// The method is not defined for this kernel.
  package static func unsuitableKernel(method: String, kernel: String, expected: String) -> Self {
    Self("\(method): needs \(expected), but the kernel is \(kernel)")
  }

  /// All eigenvalues are zero to rounding: the examples do not differ for this kernel.
  package static func noVariation(method: String) -> Self {
    Self(
      "\(method): all eigenvalues are zero; the examples do not differ for this kernel",
      .noVariation)
  }

  /// A matrix computation failed.
  package static func linearAlgebra(_ error: LinearAlgebraError) -> Self {
    Self(error.description)
  }
}
