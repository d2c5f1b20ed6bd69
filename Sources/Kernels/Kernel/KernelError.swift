/// A kernel that cannot be used.
public enum KernelError: Error, Equatable, Sendable {
  /// A parameter is out of its range; `expected` says what the range is.
  case invalidParameter(name: String, value: Double, expected: String)
  /// A kernel value is NaN or infinite.
  case notFinite(row: Int, column: Int)
  /// The kernel is one of features that are at least 0, but one is not; rows and columns count from 0.
  case negativeFeature(kernel: String, row: Int, column: Int, value: Double)
  /// A precomputed kernel matrix has another shape than the examples ask for.
  case precomputedShape(rows: Int, columns: Int, expected: Int)
  /// A sum, product, multiple or group of columns cannot be; the sentence says why.
  case invalidComposition(String)
}

extension KernelError {
  /// The same of a row that is so many rows further on.
  package func moved(by rows: Int) -> KernelError {
    guard case .negativeFeature(let kernel, let row, let column, let value) = self else {
      return self
    }
    return .negativeFeature(kernel: kernel, row: row + rows, column: column, value: value)
  }
}

extension KernelError: CustomStringConvertible {
  /// One sentence that says what was found and what was expected.
  public var description: String {
    switch self {
    case .invalidParameter(let name, let value, let expected):
      "\(name): must be \(expected), but is \(value)"
    case .notFinite(let row, let column):
      "the kernel value of rows \(row + 1) and \(column + 1) is not a finite number; "
        + "scale the features or choose smaller kernel parameters"
    case .negativeFeature(let kernel, let row, let column, let value):
      "row \(row + 1), feature \(column + 1) is \(value), but the \(kernel) kernel takes features that "
        + "are at least 0; scale them to 0 … 1 (--scale minmax) or choose another kernel"
    case .precomputedShape(let rows, let columns, let expected):
      "a precomputed kernel matrix of \(rows) × \(columns) was given; "
        + "its rows need \(expected) columns, one for each training example"
    case .invalidComposition(let reason): reason
    }
  }
}
