import LinearAlgebra

/// A kernel as a caller asks for it: γ may be a rule, which ``ParameterizedKernel/resolved(for:weights:)``
/// turns into a number.
public typealias Kernel = ParameterizedKernel<Gamma>

/// A kernel with its parameters in numbers: what a trained model stores and evaluates.
public typealias KernelFunction = ParameterizedKernel<Double>

/// A kernel: a formula, a precomputed matrix, a caller's function, or composed of others.
public indirect enum ParameterizedKernel<Width: Sendable>: Sendable {
  /// A formula with its parameters: `.gaussian(gamma: .scale)`.
  case formula(FormulaKernel<Width>)
  /// The features are rows of a kernel matrix: feature j of example i is κ(xᵢ, xⱼ), where j
  /// counts the training examples.
  case precomputed
  /// A function that the caller wrote.
  case custom(CustomKernel)
  /// Σ κₖ(x, z) of one or more kernels, written `a + b`. Positive semi-definite where all of them are.
  case sum([ParameterizedKernel])
  /// Π κₖ(x, z) of one or more kernels, written `a * b`. Positive semi-definite where all of them are
  /// (Schur).
  case product([ParameterizedKernel])
  /// c·κ(x, z), c > 0, written `2 * a`. Positive semi-definite where κ is.
  case scaled(Double, ParameterizedKernel)
  /// κ of some columns of the examples, to which alone γ by a rule is fitted. Positive semi-definite
  /// where κ is.
  ///
  /// Columns count from 0, within the columns of the group around them where groups are nested. The
  /// columns of a ``precomputed`` kernel are its values with the training examples, in their order.
  case columns(ColumnGroup, ParameterizedKernel)
}

extension ParameterizedKernel {
  /// The name of a precomputed kernel in files and reports.
  package static var precomputedName: String { "precomputed" }

  /// The kernel's name on the command line and in files.
  public var name: String {
    switch self {
    case .formula(let kernel): kernel.name
    case .precomputed: Self.precomputedName
    case .custom(let kernel): kernel.name
    case .sum: "sum"
    case .product: "product"
    case .scaled: "scaled"
    case .columns: "columns"
    }
  }

  /// γ, where the kernel has one of its own; those of a composite kernel's parts do not count.
  public var gamma: Width? {
    if case .formula(let kernel) = self { kernel.width } else { nil }
  }

  /// The formula, unless the kernel is precomputed, a caller's or composed of others.
  package var formula: FormulaKernel<Width>? {
    if case .formula(let kernel) = self { kernel } else { nil }
  }

  /// Whether the kernel is the inner product itself, so that a model is its weights.
  package var isInnerProduct: Bool { formula?.formula.isInnerProduct == true }

  /// Whether the examples are rows of a kernel matrix as a whole.
  package var isPrecomputed: Bool {
    if case .precomputed = self { true } else { false }
  }

  /// Whether the kernel is composed of others.
  package var isComposite: Bool {
    switch self {
    case .sum, .product, .scaled, .columns: true
    case .formula, .precomputed, .custom: false
    }
  }
}

extension ParameterizedKernel {
  /// Whether a formula in it is defined for features that are at least 0 alone.
  package var requiresNonNegativeFeatures: Bool {
    switch self {
    case .formula(let kernel): kernel.formula.pair.requiresNonNegativeFeatures
    case .precomputed, .custom: false
    case .sum(let parts), .product(let parts): parts.contains(where: \.requiresNonNegativeFeatures)
    case .scaled(_, let part), .columns(_, let part): part.requiresNonNegativeFeatures
    }
  }
}

extension Kernel {
  /// The same kernel with another γ, where the kernel itself has one.
  package func replacing(gamma: Double) -> Kernel {
    formula.map { .formula($0.replacingWidth(.value(gamma))) } ?? self
  }

  /// Whether it has the formula of ``default``, the kernel where none is asked for.
  package var isDefaultFormula: Bool {
    guard let own = formula, let other = Self.default.formula else { return false }
    return own.formula == other.formula
  }
}

extension KernelFunction {
  /// The kernel to ask for in order to get this one.
  package var request: Kernel {
    switch self {
    case .formula(let kernel):
      kernel.width.map { .formula(kernel.replacingWidth(.value($0))) }
        ?? .formula(kernel.replacingWidth(.scale))
    case .precomputed: .precomputed
    case .custom(let kernel): .custom(kernel)
    case .sum(let parts): .sum(parts.map(\.request))
    case .product(let parts): .product(parts.map(\.request))
    case .scaled(let factor, let part): .scaled(factor, part.request)
    case .columns(let group, let part): .columns(group, part.request)
    }
  }

  /// Whether every kernel matrix is positive semi-definite, so that the duality gap bounds the
  /// distance from the optimum.
  ///
  /// A precomputed matrix is taken to be.
  package var isPositiveSemidefinite: Bool {
    switch self {
    case .formula(let kernel): kernel.formula.isPositiveSemidefinite(kernel)
    case .precomputed: true
    case .custom(let kernel): kernel.isPositiveSemidefinite
    case .sum(let parts), .product(let parts): parts.allSatisfy(\.isPositiveSemidefinite)
    case .scaled(let factor, let part): factor > 0 && part.isPositiveSemidefinite
    case .columns(_, let part): part.isPositiveSemidefinite
    }
  }

  /// Whether κ(x, x) is the same number for every x; of a precomputed kernel that is decided by its
  /// matrix.
  package var hasConstantDiagonal: Bool {
    switch self {
    case .formula(let kernel): kernel.formula.hasUnitDiagonal
    case .precomputed: true
    case .custom: false
    case .sum(let parts), .product(let parts): parts.allSatisfy(\.hasConstantDiagonal)
    case .scaled(_, let part), .columns(_, let part): part.hasConstantDiagonal
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
    case .formula(let kernel):
      let pair = kernel.formula.pair
      var sum = 0.0
      for feature in 0..<x.count { sum += pair.term(x[feature], z[feature]) }
      return kernel.formula.map(kernel).value(sum)
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
      let (own, other) = (group.gathering(x), group.gathering(z))
      return part.value(own.span, other.span)
    }
  }

  /// κ(x, x) of each example; of a precomputed kernel's training examples the matrix's diagonal.
  package func diagonal(_ features: FeatureMatrix) -> [Double] {
    (0..<features.rowCount).map { row in
      switch (self, features) {
      case (.formula(let kernel), _) where kernel.formula.hasUnitDiagonal: return 1
      case (.precomputed, .dense(let matrix)): return matrix[row, row]
      case (.precomputed, .sparse(let matrix)):
        let range = matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]
        let entry = range.first { Int(matrix.columnIndices[$0]) == row }
        return entry.map { matrix.values[$0] } ?? 0
      case (_, .dense(let matrix)): return matrix.withRow(row) { value($0, $0) }
      case (.formula, .sparse(let matrix)):
        // Zeros add nothing to a product.
        let entries = Array(matrix.values[matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]])
        return value(entries.span, entries.span)
      case (_, .sparse(let matrix)):
        var example = [Double](repeating: 0, count: matrix.columnCount)
        for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
          example[Int(matrix.columnIndices[entry])] = matrix.values[entry]
        }
        return value(example.span, example.span)
      }
    }
  }

  /// Checks that features are what the formulas are defined for.
  ///
  /// - Throws: `KernelError/negativeFeature(kernel:row:column:value:)`.
  /// - Complexity: O(1) for formulas of all numbers, else O(n·d).
  package func checkFeatures(_ features: FeatureMatrix) throws(KernelError) {
    guard requiresNonNegativeFeatures else { return }
    for leaf in leavesByColumns() {
      guard case .formula(let kernel) = leaf.function,
        kernel.formula.pair.requiresNonNegativeFeatures
      else { continue }
      let own = leaf.columns.map { features.selectingColumns($0) } ?? features
      guard let place = own.firstNegative else { continue }
      throw .negativeFeature(
        kernel: kernel.name, row: place.row,
        column: leaf.columns.map { $0.column(at: place.column) } ?? place.column,
        value: place.value)
    }
  }
}

extension FeatureMatrix {
  /// The first entry below 0, by rows.
  fileprivate var firstNegative: (row: Int, column: Int, value: Double)? {
    for row in 0..<rowCount {
      switch self {
      case .dense(let matrix):
        let column = matrix.withRow(row) { values in
          (0..<values.count).first { values[$0] < 0 }
        }
        if let column { return (row, column, matrix[row, column]) }
      case .sparse(let matrix):
        let range = matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]
        if let entry = range.first(where: { matrix.values[$0] < 0 }) {
          return (row, Int(matrix.columnIndices[entry]), matrix.values[entry])
        }
      }
    }
    return nil
  }
}
