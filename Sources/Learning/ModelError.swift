import Kernels
import LinearAlgebra

/// A trained model that cannot exist or cannot be applied: a sentence that says what was found and what
/// was expected.
public struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  /// The reason, where callers tell it from others.
  package let reason: Reason?

  /// Reasons that callers tell apart; rows count from 0.
  package enum Reason: Equatable, Sendable {
    case featureCount(found: Int, expected: Int)
    case notFinite(row: Int)
    case overflow(row: Int)
    case kernel(KernelError)
  }

  private init(_ description: String, _ reason: Reason? = nil) {
    self.description = description
    self.reason = reason
  }
}

extension ModelError {
  /// The parts of a model do not fit together; the text says which.
  package static func inconsistent(_ reason: String) -> Self { Self(reason) }

  /// The examples have another number of features than the training data had.
  package static func featureCount(found: Int, expected: Int) -> Self {
    Self(
      "features have \(found) columns, but the model was trained on \(expected)",
      .featureCount(found: found, expected: expected))
  }

  /// A feature is NaN or infinite; row and column count from 0.
  package static func notFinite(row: Int, column: Int, value: Double) -> Self {
    Self(
      "row \(row + 1), feature \(column + 1) is \(value); every feature needs a finite number",
      .notFinite(row: row))
  }

  /// A decision value is not finite, though the features are: they are too large for the kernel.
  ///
  /// Rows count from 0.
  package static func overflow(row: Int) -> Self {
    Self(
      "row \(row + 1): its features are so large that the prediction is not a finite number",
      .overflow(row: row))
  }

  /// The kernel is not defined for a feature.
  package static func kernel(_ error: KernelError) -> Self {
    Self(error.description, .kernel(error))
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
