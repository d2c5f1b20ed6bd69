import Basics

/// A kernel with its parameters in numbers: what a trained model stores and evaluates.
///
/// ``Kernel`` is what a caller asks for; its parameters may depend on the data (gamma `scale`).
public enum KernelFunction: Sendable {
  /// ⟨x, z⟩. Positive semi-definite.
  case linear
  /// (γ⟨x, z⟩ + r)ᵈ with integer d ≥ 1. Positive semi-definite for r ≥ 0.
  case polynomial(degree: Int, gamma: Double, constantTerm: Double)
  /// exp(−γ‖x − z‖²), γ > 0. Positive semi-definite.
  case gaussian(gamma: Double)
  /// exp(−γ‖x − z‖₂), γ > 0, with the Euclidean norm. Positive semi-definite.
  case laplacian(gamma: Double)
  /// exp(−γ‖x − z‖₁), γ > 0, with the Manhattan norm. Positive semi-definite.
  case laplacianL1(gamma: Double)
  /// tanh(γ⟨x, z⟩ + r). Indefinite for many parameters.
  case sigmoid(gamma: Double, constantTerm: Double)
  /// The features are rows of a kernel matrix: feature j of example i is κ(xᵢ, xⱼ), where j
  /// counts the training examples.
  case precomputed
  /// A function that the caller wrote.
  case custom(CustomKernel)
  /// Σ κₖ(x, z) of one or more kernels. Positive semi-definite where all of them are.
  case sum([KernelFunction])
  /// Π κₖ(x, z) of one or more kernels. Positive semi-definite where all of them are (Schur).
  case product([KernelFunction])
  /// c·κ(x, z), c > 0. Positive semi-definite where κ is.
  indirect case scaled(Double, KernelFunction)
  /// κ of some columns of the examples. Positive semi-definite where κ is.
  ///
  /// Columns count from 0, within the columns of the group around them where groups are nested. The
  /// columns of a ``precomputed`` kernel are its values with the training examples, in their order.
  indirect case columns(ColumnGroup, KernelFunction)
}

/// A kernel that the caller wrote.
public struct CustomKernel: Sendable {
  /// How the kernel is called in reports.
  public let name: String
  /// Whether the caller vouches that every kernel matrix is positive semi-definite (Mercer's
  /// condition).
  ///
  /// A relative gap is reported only then.
  public let isPositiveSemidefinite: Bool
  /// κ(x, z).
  ///
  /// It must be symmetric and finite, and may be called from several threads at once.
  public let value: @Sendable (_ x: Span<Double>, _ z: Span<Double>) -> Double

  /// Wraps a function as a kernel.
  ///
  /// - Parameters:
  ///   - name: How the kernel is called in reports.
  ///   - isPositiveSemidefinite: Whether every kernel matrix of the function is positive
  ///     semi-definite.
  ///   - value: κ(x, z) of two examples with equally many features.
  public init(
    name: String, isPositiveSemidefinite: Bool,
    value: @escaping @Sendable (_ x: Span<Double>, _ z: Span<Double>) -> Double
  ) {
    self.name = name
    self.isPositiveSemidefinite = isPositiveSemidefinite
    self.value = value
  }
}

extension KernelFunction {
  /// The kernel's name on the command line and in files.
  public var name: String {
    switch self {
    case .linear: "linear"
    case .polynomial: "polynomial"
    case .gaussian: "gaussian"
    case .laplacian: "laplacian"
    case .laplacianL1: "laplacian-l1"
    case .sigmoid: "sigmoid"
    case .precomputed: "precomputed"
    case .custom(let kernel): kernel.name
    case .sum: "sum"
    case .product: "product"
    case .scaled: "scaled"
    case .columns: "columns"
    }
  }

  /// Whether every kernel matrix is positive semi-definite, so that the duality gap bounds the
  /// distance from the optimum.
  ///
  /// A precomputed matrix is taken to be.
  public var isPositiveSemidefinite: Bool {
    switch self {
    case .linear, .gaussian, .laplacian, .laplacianL1, .precomputed: true
    case .polynomial(_, _, let constantTerm): constantTerm >= 0
    case .sigmoid: false
    case .custom(let kernel): kernel.isPositiveSemidefinite
    case .sum(let parts), .product(let parts): parts.allSatisfy(\.isPositiveSemidefinite)
    case .scaled(let factor, let part): factor > 0 && part.isPositiveSemidefinite
    case .columns(_, let part): part.isPositiveSemidefinite
    }
  }

  /// κ(x, z) in Double: the reference that every tile is tested against.
  ///
  /// - Parameters:
  ///   - x: One example.
  ///   - z: Another, with equally many features.
  /// - Returns: The kernel value; a precomputed kernel has no formula and traps.
  /// - Complexity: O(d).
  public func value(_ x: Span<Double>, _ z: Span<Double>) -> Double {
    precondition(
      x.count == z.count, "kernel: x has \(x.count) features, but z has \(z.count)")
    switch self {
    case .linear:
      return dotProduct(x, z)
    case .polynomial(let degree, let gamma, let constantTerm):
      return power(gamma * dotProduct(x, z) + constantTerm, degree)
    case .gaussian(let gamma):
      return exp(-gamma * squaredDistance(x, z))
    case .laplacian(let gamma):
      return exp(-gamma * squaredDistance(x, z).squareRoot())
    case .laplacianL1(let gamma):
      var sum = 0.0
      for feature in 0..<x.count { sum += abs(x[feature] - z[feature]) }
      return exp(-gamma * sum)
    case .sigmoid(let gamma, let constantTerm):
      return tanh(gamma * dotProduct(x, z) + constantTerm)
    case .precomputed:
      preconditionFailure("a precomputed kernel has no formula")
    case .custom(let kernel):
      return kernel.value(x, z)
    case .sum(let parts):
      var sum = 0.0
      for part in parts { sum += part.value(x, z) }
      return sum
    case .product(let parts):
      var product = 1.0
      for part in parts { product *= part.value(x, z) }
      return product
    case .scaled(let factor, let part):
      return factor * part.value(x, z)
    case .columns(let group, let part):
      let (own, other) = (gather(group, of: x), gather(group, of: z))
      return part.value(own.span, other.span)
    }
  }

  private func gather(_ group: ColumnGroup, of x: Span<Double>) -> [Double] {
    var values: [Double] = []
    for range in group.ranges {
      for column in range { values.append(x[column]) }
    }
    return values
  }

  private func dotProduct(_ x: Span<Double>, _ z: Span<Double>) -> Double {
    var sum = 0.0
    for feature in 0..<x.count { sum += x[feature] * z[feature] }
    return sum
  }

  private func squaredDistance(_ x: Span<Double>, _ z: Span<Double>) -> Double {
    var sum = 0.0
    for feature in 0..<x.count {
      let difference = x[feature] - z[feature]
      sum += difference * difference
    }
    return sum
  }

  /// Powers by squaring, as the tiles compute them.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    var square = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }
}
