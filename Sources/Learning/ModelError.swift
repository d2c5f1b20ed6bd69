import Kernels
import LinearAlgebra

/// A trained model that cannot exist or cannot be applied.
public enum ModelError: Error, Equatable, Sendable {
  /// The parts of a model do not fit together; the text says which.
  case inconsistent(String)
  /// The examples have another number of features than the training data had.
  case featureCount(found: Int, expected: Int)
  /// A feature is NaN or infinite; row and column count from 0.
  case notFinite(row: Int, column: Int, value: Double)
  /// A decision value is not finite, though the features are: they are too large for the kernel. Rows
  /// count from 0.
  case overflow(row: Int)
  /// The kernel is not defined for a feature.
  case kernel(KernelError)
}

extension ModelError: CustomStringConvertible {
  /// One sentence that says what was found and what was expected.
  public var description: String {
    switch self {
    case .inconsistent(let reason): reason
    case .featureCount(let found, let expected):
      "features have \(found) columns, but the model was trained on \(expected)"
    case .notFinite(let row, let column, let value):
      "row \(row + 1), feature \(column + 1) is \(value); every feature needs a finite number"
    case .overflow(let row):
      "row \(row + 1): its features are so large that the prediction is not a finite number"
    case .kernel(let error): error.description
    }
  }
}

/// Checks that all models share.
package enum ModelChecks {
  package static func formulation(_ check: () throws(TrainingError) -> Void) throws(ModelError) {
    do throws(TrainingError) {
      try check()
    } catch {
      throw .inconsistent(error.description)
    }
  }

  package static func counts(training: Int, excluded: Int) throws(ModelError) {
    guard training >= 0, excluded >= 0, excluded <= training else {
      throw .inconsistent("\(excluded) of \(training) training examples were left out")
    }
  }
}
