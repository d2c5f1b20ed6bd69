import Basics

/// A kernel that cannot be used: a sentence that says what was found and what was expected.
public struct KernelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String
  /// The reason, where callers tell it from others.
  package let reason: Reason?

  /// Reasons that callers tell apart.
  package enum Reason: Equatable, Sendable {
    case notFinite
    case unreachable
    case negativeFeature(kernel: String, row: Int, column: Int, value: Double)
  }

  private init(_ description: String, _ reason: Reason? = nil) {
    self.description = description
    self.reason = reason
  }
}

extension KernelError {
  /// A parameter is out of its range; `expected` says what the range is.
  package static func invalidParameter(name: String, value: Double, expected: String) -> Self {
    Self("\(name): must be \(expected), but is \(value)")
  }

  /// A kernel value is NaN or infinite; rows count from 0.
  package static func notFinite(row: Int, column: Int) -> Self {
    Self(
      "the kernel value of rows \(row + 1) and \(column + 1) is not a finite number; "
        + "scale the features or choose smaller kernel parameters", .notFinite)
  }

  /// The kernel is one of features that are at least 0, but one is not; rows and columns count from 0.
  package static func negativeFeature(kernel: String, row: Int, column: Int, value: Double) -> Self
  {
    negativeFeature(
      "row \(row + 1), feature \(column + 1)",
      .negativeFeature(kernel: kernel, row: row, column: column, value: value))
  }

  private static func negativeFeature(_ place: String, _ reason: Reason) -> Self {
    guard case .negativeFeature(let kernel, _, _, let value) = reason else {
      preconditionFailure("no feature is negative")
    }
    return Self(
      "\(place) is \(NumberText.shortest(value)), but the \(kernel) kernel takes features that "
        + "are at least 0; scale them to 0 … 1 (--scale minmax) or choose another kernel", reason)
  }

  /// The same error with a feature's name in place of its row and number, for messages that say by
  /// themselves where the row is.
  package func naming(feature: String) -> KernelError {
    guard let reason, case .negativeFeature = reason else { return self }
    return .negativeFeature(feature, reason)
  }

  /// The same of a row that is this many rows further on.
  package func moved(by rows: Int) -> KernelError {
    guard case .negativeFeature(let kernel, let row, let column, let value) = reason else {
      return self
    }
    return .negativeFeature(kernel: kernel, row: row + rows, column: column, value: value)
  }

  /// A precomputed kernel matrix has another shape than the examples ask for.
  package static func precomputedShape(rows: Int, columns: Int, expected: Int) -> Self {
    Self(
      "a precomputed kernel matrix of \(rows) × \(columns) was given; "
        + "its rows need \(expected) columns, one for each training example")
  }

  /// Another machine that holds some of the examples did not answer; the sentence says why.
  package static func unreachable(_ sentence: String) -> Self { Self(sentence, .unreachable) }

  /// A sum, product, multiple or group of columns cannot be; the sentence says why.
  package static func invalidComposition(_ sentence: String) -> Self { Self(sentence) }
}
