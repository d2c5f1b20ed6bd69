import LinearAlgebra

extension Kernel {
  /// κ of some columns of the examples, in the order given.
  ///
  /// - Parameters:
  ///   - columns: Columns, counted from 0, as a range or a list.
  ///   - kernel: The kernel of these columns.
  /// - Returns: A kernel that sees nothing else of the examples.
  public static func columns(_ columns: some Sequence<Int>, _ kernel: Kernel) -> Kernel {
    .columns(ColumnGroup(columns), kernel)
  }

  /// The sum of two kernels: alike in either sense.
  public static func + (first: Kernel, second: Kernel) -> Kernel { .sum([first, second]) }

  /// The product of two kernels: alike in both senses.
  public static func * (first: Kernel, second: Kernel) -> Kernel { .product([first, second]) }

  /// A multiple of a kernel; the factor is greater than 0.
  public static func * (factor: Double, kernel: Kernel) -> Kernel { .scaled(factor, kernel) }

  /// Checks the parameters and computes those that depend on the data.
  ///
  /// Sums of sums and products of products become flat, and factors of factors one.
  ///
  /// - Parameters:
  ///   - features: The training examples.
  ///   - weights: A finite number ≥ 0 for each, not all 0, which ``Gamma/scale`` counts its row by;
  ///     `nil` when all count alike.
  /// - Returns: The kernel in numbers.
  /// - Throws: `KernelError/invalidParameter(name:value:expected:)`; for a composite kernel also
  ///   `KernelError/invalidComposition(_:)` and
  ///   `KernelError/precomputedShape(rows:columns:expected:)`.
  /// - Complexity: O(n·d) for each gamma that is ``Gamma/scale``, else O(1).
  public func resolved(
    for features: FeatureMatrix, weights: [Double]? = nil
  ) throws(KernelError) -> KernelFunction {
    try resolved(for: features) { $0.entryVariance(weights: weights) }
  }

  /// The same for some of the training examples.
  ///
  /// - Parameters:
  ///   - features: Some of the training examples.
  ///   - variance: The variance of the entries of all examples, given these as a part of the kernel sees
  ///     them.
  /// - Returns: The kernel in numbers.
  /// - Throws: ``KernelError``.
  package func resolved(
    for features: FeatureMatrix, variance: (FeatureMatrix) throws(KernelError) -> Double
  ) throws(KernelError) -> KernelFunction {
    let function = try resolvedComposition(for: features, variance: variance, depth: 1)
    try function.checkComposition(
      featureCount: features.columnCount, isSparse: features.isSparse,
      exampleCounts: features.rowCount...features.rowCount)
    return function
  }

  /// The kernel in numbers; what does not depend on them is checked afterwards, as a whole.
  ///
  /// - Parameters:
  ///   - features: The training examples, or their columns of the group around.
  ///   - variance: The variance that gamma `scale` follows.
  ///   - depth: How many kernels this one is inside of, itself included.
  /// - Returns: The kernel, flat where it can be.
  /// - Throws: ``KernelError``.
  func resolvedComposition(
    for features: FeatureMatrix, variance: (FeatureMatrix) throws(KernelError) -> Double, depth: Int
  ) throws(KernelError) -> KernelFunction {
    try KernelFunction.checkDepth(depth)
    switch self {
    case .sum(let parts):
      var terms: [KernelFunction] = []
      for part in parts {
        let part = try part.resolvedComposition(for: features, variance: variance, depth: depth + 1)
        if case .sum(let inner) = part, !inner.isEmpty {
          terms += inner
        } else {
          terms.append(part)
        }
      }
      return terms.count == 1 ? terms[0] : .sum(terms)
    case .product(let parts):
      var factors: [KernelFunction] = []
      for part in parts {
        let part = try part.resolvedComposition(for: features, variance: variance, depth: depth + 1)
        if case .product(let inner) = part, !inner.isEmpty {
          factors += inner
        } else {
          factors.append(part)
        }
      }
      return factors.count == 1 ? factors[0] : .product(factors)
    case .scaled(let factor, let part):
      // Here and not in the product of factors, where two negative ones would pass.
      try KernelFunction.checkFactor(factor)
      let part = try part.resolvedComposition(for: features, variance: variance, depth: depth + 1)
      if case .scaled(let inner, let kernel) = part { return .scaled(factor * inner, kernel) }
      return .scaled(factor, part)
    case .columns(let group, let part):
      if let problem = group.problem(columnCount: features.columnCount) {
        throw .invalidComposition(problem)
      }
      return .columns(
        group,
        try part.resolvedComposition(
          for: features.selectingColumns(group), variance: variance, depth: depth + 1))
    case .precomputed: return .precomputed
    case .custom(let kernel): return .custom(kernel)
    case .formula(let kernel):
      return .formula(try kernel.resolved(for: features, variance: variance))
    }
  }
}

extension FormulaKernel<Gamma> {
  fileprivate func resolved(
    for features: FeatureMatrix, variance: (FeatureMatrix) throws(KernelError) -> Double
  ) throws(KernelError) -> FormulaKernel<Double> {
    var gamma = 0.0
    for parameter in parameters {
      if let value = value(of: parameter) {
        try parameter.check(value)
      } else if let rule = formula.widthRule {
        let featureCount = Double(max(features.columnCount, 1))
        gamma =
          switch width ?? .scale {
          case .value(let value): value
          case .auto: 1 / featureCount
          case .scale: rule.scale(featureCount, try variance(features))
          }
        try parameter.check(gamma)
      }
    }
    return replacingWidth(gamma)
  }
}

extension FeatureMatrix {
  /// Whether only the features that are not zero are stored.
  package var isSparse: Bool {
    if case .sparse = self { true } else { false }
  }
}
