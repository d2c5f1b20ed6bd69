import LinearAlgebra

/// A kernel as a caller asks for it; ``resolved(for:weights:)`` fills in what depends on the data.
public enum Kernel: Sendable {
  /// ⟨x, z⟩.
  case linear
  /// (γ⟨x, z⟩ + r)ᵈ with integer d ≥ 1. The textbook's ⟨x, z⟩ᵈ is gamma 1, constant term 0.
  case polynomial(degree: Int = 3, gamma: Gamma = .scale, constantTerm: Double = 0)
  /// exp(−γ‖x − z‖²), with γ = 1/(2σ²) for a width σ.
  case gaussian(gamma: Gamma = .scale)
  /// exp(−γ‖x − z‖₂), with γ = 1/σ for a width σ.
  case laplacian(gamma: Gamma = .scale)
  /// exp(−γ‖x − z‖₁).
  case laplacianL1(gamma: Gamma = .scale)
  /// tanh(γ⟨x, z⟩ + r).
  case sigmoid(gamma: Gamma = .scale, constantTerm: Double = 0)
  /// The features are rows of a kernel matrix.
  case precomputed
  /// A function that the caller wrote.
  case custom(CustomKernel)
  /// Σ κₖ(x, z), written `a + b`.
  case sum([Kernel])
  /// Π κₖ(x, z), written `a * b`.
  case product([Kernel])
  /// c·κ(x, z) with c > 0, written `2 * a`.
  indirect case scaled(Double, Kernel)
  /// κ of some columns of the examples; its gamma ``Gamma/scale`` is fitted to them alone.
  indirect case columns(ColumnGroup, Kernel)
}

/// The width parameter γ of a kernel: a number, or a rule that makes one from the data.
public enum Gamma: Sendable, Equatable {
  /// Fitted to the spread of the data: 1/(p·Var) for polynomial, gaussian and sigmoid,
  /// 1/√(p·Var) for laplacian, 1/(p·√Var) for laplacian-l1; p features, Var the variance of all
  /// entries of the training matrix, rows counted by their weights, taken as 1 when it is 0.
  case scale
  /// 1/p for p features.
  case auto
  /// γ itself; greater than 0.
  case value(Double)
}

extension Gamma: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A number written in the source is γ itself.
  public init(floatLiteral value: Double) { self = .value(value) }

  /// A whole number written in the source is γ itself.
  public init(integerLiteral value: Int) { self = .value(Double(value)) }
}

/// A kernel that cannot be used.
public enum KernelError: Error, Equatable, Sendable {
  /// A parameter is out of its range; `expected` says what the range is.
  case invalidParameter(name: String, value: Double, expected: String)
  /// A kernel value is NaN or infinite.
  case notFinite(row: Int, column: Int)
  /// A precomputed kernel matrix has another shape than the examples ask for.
  case precomputedShape(rows: Int, columns: Int, expected: Int)
  /// A sum, product, multiple or group of columns cannot be; the sentence says why.
  case invalidComposition(String)
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
    case .precomputedShape(let rows, let columns, let expected):
      "a precomputed kernel matrix of \(rows) × \(columns) was given; "
        + "its rows need \(expected) columns, one for each training example"
    case .invalidComposition(let reason): reason
    }
  }
}

extension Kernel {
  /// Checks the parameters and computes those that depend on the data.
  ///
  /// Sums of sums and products of products become flat, and factors of factors one.
  ///
  /// - Parameters:
  ///   - features: The training examples.
  ///   - weights: A finite number ≥ 0 for each, not all 0, which ``Gamma/scale`` counts its row by;
  ///     `nil` when all count alike.
  /// - Returns: The kernel in numbers.
  /// - Throws: ``KernelError/invalidParameter(name:value:expected:)``; for a composite kernel also
  ///   ``KernelError/invalidComposition(_:)`` and
  ///   ``KernelError/precomputedShape(rows:columns:expected:)``.
  /// - Complexity: O(n·d) for each gamma that is ``Gamma/scale``, else O(1).
  public func resolved(
    for features: FeatureMatrix, weights: [Double]? = nil
  ) throws(KernelError) -> KernelFunction {
    switch self {
    case .sum, .product, .scaled, .columns:
      let function = try resolvedComposition(for: features, weights: weights, depth: 1)
      try function.checkComposition(
        featureCount: features.columnCount, isSparse: features.isSparse,
        exampleCounts: features.rowCount...features.rowCount)
      return function
    case .linear: return .linear
    case .precomputed: return .precomputed
    case .custom(let kernel): return .custom(kernel)
    case .polynomial(let degree, let gamma, let constantTerm):
      guard degree >= 1, degree <= 1000 else {
        throw .invalidParameter(
          name: "degree", value: Double(degree), expected: "a whole number from 1 to 1000")
      }
      return .polynomial(
        degree: degree, gamma: try number(gamma, features, weights) { 1 / ($0 * $1) },
        constantTerm: try finite(constantTerm))
    case .gaussian(let gamma):
      return .gaussian(gamma: try number(gamma, features, weights) { 1 / ($0 * $1) })
    case .laplacian(let gamma):
      return .laplacian(gamma: try number(gamma, features, weights) { 1 / ($0 * $1).squareRoot() })
    case .laplacianL1(let gamma):
      return .laplacianL1(
        gamma: try number(gamma, features, weights) { 1 / ($0 * $1.squareRoot()) })
    case .sigmoid(let gamma, let constantTerm):
      return .sigmoid(
        gamma: try number(gamma, features, weights) { 1 / ($0 * $1) },
        constantTerm: try finite(constantTerm))
    }
  }

  private func number(
    _ gamma: Gamma, _ features: FeatureMatrix, _ weights: [Double]?,
    scale: (_ p: Double, _ variance: Double) -> Double
  ) throws(KernelError) -> Double {
    let featureCount = Double(max(features.columnCount, 1))
    let value =
      switch gamma {
      case .value(let value): value
      case .auto: 1 / featureCount
      case .scale: scale(featureCount, features.entryVariance(weights: weights))
      }
    guard value > 0, value.isFinite else {
      throw .invalidParameter(name: "gamma", value: value, expected: "greater than 0")
    }
    return value
  }

  private func finite(_ constantTerm: Double) throws(KernelError) -> Double {
    guard constantTerm.isFinite else {
      throw .invalidParameter(name: "coef0", value: constantTerm, expected: "a finite number")
    }
    return constantTerm
  }
}

extension FeatureMatrix {
  /// The variance of all entries (divisor n·p), zeros included; 1 when it is 0.
  package var entryVariance: Double { entryVariance(weights: nil) }

  /// The variance of all entries, each counted by its row's weight.
  ///
  /// - Parameter weights: One for each row, or `nil` when all count alike.
  /// - Returns: The variance (divisor n·p of weighted rows), zeros included; 1 when it is 0.
  package func entryVariance(weights: [Double]?) -> Double {
    if let weights { return weightedVariance(weights) }
    let count = Double(rowCount) * Double(columnCount)
    guard count > 0 else { return 1 }
    // Two passes: the one-pass formula cancels when the mean is large.
    let (sum, stored) = reduceEntries { $0 }
    let mean = sum / count
    let (squares, _) = reduceEntries { ($0 - mean) * ($0 - mean) }
    let variance = (squares + (count - stored) * mean * mean) / count
    return variance > 0 ? variance : 1
  }

  private func weightedVariance(_ weights: [Double]) -> Double {
    precondition(
      weights.count == rowCount, "\(weights.count) weights for \(rowCount) examples")
    // Shares of the largest: sums of weights need not fit a Double.
    let largest = weights.max() ?? 0
    guard largest > 0, columnCount > 0 else { return 1 }
    let shares = weights.map { $0 / largest }
    let total = shares.reduce(0, +) * Double(columnCount)
    let (sum, _) = reduceRows(shares) { $0 }
    let mean = sum / total
    let (squares, stored) = reduceRows(shares) { ($0 - mean) * ($0 - mean) }
    let variance = (squares + max(total - stored, 0) * mean * mean) / total
    return variance > 0 ? variance : 1
  }

  /// Sums of a term over the stored entries, and of 1, times the weights of their rows.
  private func reduceRows(
    _ weights: [Double], _ term: (Double) -> Double
  ) -> (sum: Double, stored: Double) {
    var sum = 0.0
    var stored = 0.0
    for (row, weight) in weights.enumerated() {
      var ofRow = 0.0
      switch self {
      case .dense(let matrix):
        matrix.withRow(row) { values in
          for index in 0..<values.count { ofRow += term(values[index]) }
        }
        stored += weight * Double(matrix.columnCount)
      case .sparse(let matrix):
        let range = matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]
        for index in range { ofRow += term(matrix.values[index]) }
        stored += weight * Double(range.count)
      }
      sum += weight * ofRow
    }
    return (sum, stored)
  }

  /// The largest magnitude of an entry.
  package var largestEntry: Double {
    var largest = 0.0
    _ = reduceEntries {
      largest = max(largest, abs($0))
      return 0
    }
    return largest
  }

  private func reduceEntries(_ term: (Double) -> Double) -> (sum: Double, stored: Double) {
    switch self {
    case .dense(let matrix):
      var sum = 0.0
      unsafe matrix.withUnsafeElements { elements in
        for index in elements.indices { unsafe sum += term(elements[index]) }
      }
      return (sum, Double(matrix.rowCount * matrix.columnCount))
    case .sparse(let matrix):
      var sum = 0.0
      for value in matrix.values { sum += term(value) }
      return (sum, Double(matrix.values.count))
    }
  }
}
