import LinearAlgebra

/// One of the kernels that a composite kernel is made of, and the examples as it sees them.
package struct KernelLeaf: Sendable {
  /// No composite one.
  package let function: KernelFunction
  package let features: FeatureMatrix
}

extension KernelFunction {
  /// The kernels that this one is made of, in the order of writing, each with its columns; the kernel
  /// itself when it is not composite.
  func leavesByColumns(within group: ColumnGroup? = nil)
    -> [(function: KernelFunction, columns: ColumnGroup?)]
  {
    switch self {
    case .sum(let parts), .product(let parts):
      return parts.flatMap { $0.leavesByColumns(within: group) }
    case .scaled(_, let part): return part.leavesByColumns(within: group)
    case .columns(let inner, let part):
      return part.leavesByColumns(within: group.map { $0.composed(with: inner) } ?? inner)
    case .formula, .precomputed, .custom: return [(self, group)]
    }
  }

  /// The same with the examples as each kernel sees them.
  ///
  /// A group's columns are copied, once for all kernels of the group; those of sparse examples are
  /// stored densely where a quarter of them or more is filled.
  package func leaves(of features: FeatureMatrix) -> [KernelLeaf] {
    guard isComposite else { return [KernelLeaf(function: self, features: features)] }
    var known: [(columns: ColumnGroup, features: FeatureMatrix)] = []
    return leavesByColumns().map { leaf in
      guard let columns = leaf.columns else {
        return KernelLeaf(function: leaf.function, features: features)
      }
      if let same = known.first(where: { $0.columns == columns }) {
        return KernelLeaf(function: leaf.function, features: same.features)
      }
      let own = features.selectingColumns(columns).denseWhereFilled
      known.append((columns, own))
      return KernelLeaf(function: leaf.function, features: own)
    }
  }

  /// The custom kernel that this one is or contains.
  package var customKernel: CustomKernel? {
    for leaf in leavesByColumns() {
      if case .custom(let kernel) = leaf.function { return kernel }
    }
    return nil
  }

  /// The kernel among some of the training examples: precomputed parts keep the columns of these.
  ///
  /// A kernel that is precomputed itself stays as it is; its examples lose columns instead.
  ///
  /// - Parameter rows: Which examples, in their new order.
  /// - Returns: The kernel for features of these rows, all columns kept.
  package func choosingExamples(_ rows: [Int]) -> KernelFunction {
    guard hasPrecomputedPart else { return self }
    return choosingColumns(ColumnGroup(rows))
  }

  private func choosingColumns(_ chosen: ColumnGroup) -> KernelFunction {
    switch self {
    case .sum(let parts): .sum(parts.map { $0.choosingColumns(chosen) })
    case .product(let parts): .product(parts.map { $0.choosingColumns(chosen) })
    case .scaled(let factor, let part): .scaled(factor, part.choosingColumns(chosen))
    case .columns(let group, .precomputed): .columns(group.composed(with: chosen), .precomputed)
    case .columns(let group, let part): .columns(group, part.choosingColumns(chosen))
    case .precomputed: .columns(chosen, .precomputed)
    case .formula, .custom: self
    }
  }

  /// Whether tiles need every feature of both examples, so that sparse ones are written out.
  package var writesExamplesOut: Bool {
    switch self {
    case .formula(let kernel): kernel.formula.writesExamplesOut(kernel)
    case .custom: true
    case .precomputed, .sum, .product, .scaled, .columns: false
    }
  }

  /// Whether the kernel is a composite one that contains a precomputed one.
  package var hasPrecomputedPart: Bool {
    isComposite && leavesByColumns().contains(where: \.function.isPrecomputed)
  }
}

// MARK: Checks

extension KernelFunction {
  /// How many kernels may lie inside each other, the innermost included.
  package static var maximumDepth: Int { 12 }
  /// The maximum number of kernels in a composition.
  package static var maximumLeafCount: Int { 64 }
  /// How many columns of sparse examples a part may have whose tiles are written out densely.
  package static var maximumDenseWidth: Int { 1 << 16 }

  static func checkDepth(_ depth: Int) throws(KernelError) {
    guard depth <= maximumDepth else {
      throw .invalidComposition("kernels are nested more than \(maximumDepth) deep")
    }
  }

  static func checkFactor(_ factor: Double) throws(KernelError) {
    guard factor > 0, factor.isFinite else {
      throw .invalidParameter(
        name: "factor of a kernel", value: factor, expected: "greater than 0")
    }
  }

  /// Checks that a composite kernel can be evaluated; has nothing to say about others.
  ///
  /// - Parameters:
  ///   - featureCount: The number of features of an example.
  ///   - isSparse: Whether examples are stored sparsely.
  ///   - exampleCounts: How many columns a precomputed part may have.
  /// - Throws: ``KernelError``.
  package func checkComposition(
    featureCount: Int, isSparse: Bool, exampleCounts: ClosedRange<Int>
  ) throws(KernelError) {
    guard isComposite else { return }
    var leafCount = 0
    try check(featureCount, isSparse, exampleCounts, depth: 1, &leafCount)
  }

  private func check(
    _ width: Int, _ isSparse: Bool, _ exampleCounts: ClosedRange<Int>, depth: Int,
    _ leafCount: inout Int
  ) throws(KernelError) {
    try Self.checkDepth(depth)
    switch self {
    case .sum(let parts), .product(let parts):
      guard !parts.isEmpty else {
        throw .invalidComposition("a \(name) of kernels is empty; it needs at least one")
      }
      for part in parts {
        try part.check(width, isSparse, exampleCounts, depth: depth + 1, &leafCount)
      }
      return
    case .scaled(let factor, let part):
      try Self.checkFactor(factor)
      try part.check(width, isSparse, exampleCounts, depth: depth + 1, &leafCount)
      return
    case .columns(let group, let part):
      if let problem = group.problem(columnCount: width) { throw .invalidComposition(problem) }
      try part.check(group.count, isSparse, exampleCounts, depth: depth + 1, &leafCount)
      return
    case .precomputed:
      guard exampleCounts.contains(width) else {
        throw .precomputedShape(
          rows: exampleCounts.lowerBound, columns: width, expected: exampleCounts.lowerBound)
      }
    case .formula, .custom:
      guard !isSparse || !writesExamplesOut || width <= Self.maximumDenseWidth else {
        throw .invalidComposition(
          "a \(name) kernel inside another has \(width) columns of sparse examples; at most "
            + "\(Self.maximumDenseWidth) are computed")
      }
    }
    leafCount += 1
    guard leafCount <= Self.maximumLeafCount else {
      throw .invalidComposition(
        "it is composed of more than \(Self.maximumLeafCount) kernels")
    }
  }
}

extension FeatureMatrix {
  /// The examples with every feature stored, where a quarter of them or more is not zero.
  fileprivate var denseWhereFilled: FeatureMatrix {
    guard case .sparse(let matrix) = self, matrix.columnCount > 0 else { return self }
    let isFilled = matrix.storedCount / matrix.columnCount * 4 >= matrix.rowCount
    return isFilled ? .dense(matrix.dense) : self
  }
}
