import Kernels
import LinearAlgebra
import SMOSolver

/// What training rejects.
public enum TrainingError: Error, Equatable, Sendable {
  /// A parameter is out of its range.
  case invalidParameter(name: String, value: String, expected: String)
  /// The examples are missing, or have no features.
  case empty(rows: Int, columns: Int)
  /// There is not one label or target for each example.
  case countMismatch(what: String, found: Int, rows: Int)
  /// A feature or target is NaN or infinite; rows and columns count from 0, targets have no column.
  case notFinite(row: Int, column: Int?, value: Double)
  /// A weight is negative, NaN or infinite; rows count from 0.
  case invalidWeight(row: Int, value: Double)
  /// Every weight is 0.
  case noPositiveWeight(rows: Int)
  /// A class weight is given for a name that is not a class.
  case unknownClass(name: String, classes: [String])
  /// ν is larger than the sizes of the classes allow.
  case infeasibleNu(nu: Double, largest: Double, classes: [String])
  /// A checkpoint is not of this training; the text says why.
  case checkpoint(String)
  /// Checkpoints are asked of a solver that keeps none.
  case noCheckpoints(solver: String)
  /// Data that is said to be a model's training data cannot be; the text says why.
  case notTheTrainingData(String)
  /// The parts of the trained model do not fit together, which is a defect of this package.
  case model(ModelError)
  /// The kernel cannot be used with these examples.
  case kernel(KernelError)
  /// The training would take more memory than its limit.
  case memory(MemoryShortage)
  /// The matrices of this many examples do not fit the memory limit; both are in bytes.
  case matrices(needed: Int, limit: Int, examples: Int)
  /// A system of equations is not positive definite: the kernel is not positive semi-definite, or what
  /// is added to its diagonal is too small for the precision of Double.
  ///
  /// `order` is that of the first leading minor that is not positive.
  case notPositiveDefinite(kernel: String, addedToDiagonal: Double, order: Int)
  /// The caller cancelled, or the time limit was reached, and an unfinished model does not exist.
  case stopped(StopReason)
  /// The method is not defined for this kernel.
  case unsuitableKernel(method: String, kernel: String, expected: String)
  /// All eigenvalues are zero to rounding: the examples do not differ for this kernel.
  case noVariation(method: String)
  /// A matrix computation failed.
  case linearAlgebra(LinearAlgebraError)
}

extension TrainingError: CustomStringConvertible {
  /// One sentence that says what was found and what was expected.
  public var description: String {
    switch self {
    case .invalidParameter(let name, let value, let expected):
      "\(name): must be \(expected), but is \(value)"
    case .empty(let rows, let columns):
      "the training data has \(rows) rows and \(columns) features; at least one of each is needed"
    case .countMismatch(let what, let found, let rows):
      "\(what) has \(found) elements, but features has \(rows) rows"
    case .notFinite(let row, let column?, let value):
      "row \(row + 1), feature \(column + 1) is \(value); every feature needs a finite number"
    case .notFinite(let row, nil, let value):
      "row \(row + 1): the target is \(value); it must be a finite number"
    case .invalidWeight(let row, let value):
      "row \(row + 1): the weight is \(value); it must be a finite number of at least 0"
    case .noPositiveWeight(let rows):
      "all \(rows) rows have the weight 0; at least one must have a greater weight"
    case .unknownClass(let name, let classes):
      "class-weight: \"\(name)\" is not a class; the classes are "
        + classes.map { "\"\($0)\"" }.joined(separator: ", ")
    case .infeasibleNu(let nu, let largest, let classes):
      "nu: must be at most \(largest) for the classes "
        + classes.map { "\"\($0)\"" }.joined(separator: " and ") + ", but is \(nu)"
    case .checkpoint(let reason): "the checkpoint cannot be resumed: \(reason)"
    case .noCheckpoints(let solver):
      "checkpoint: \(solver) write none; only the solver of dual variables does"
    case .notTheTrainingData(let reason): "this is not the training data of the model: \(reason)"
    case .model(let error): error.description
    case .kernel(let error): error.description
    case .memory(let shortage): shortage.description
    case .matrices(let needed, let limit, let examples):
      "the matrices of \(examples) examples need \((needed + (1 << 20) - 1) >> 20) MB, but the "
        + "memory limit is \(limit >> 20) MB; raise --memory"
    case .notPositiveDefinite(let kernel, let added, let order):
      "the matrix of the kernel \(kernel) with \(added) on its diagonal is not positive definite "
        + "(minor \(order)); choose a larger lambda or a positive semi-definite kernel"
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
