/// A value of two examples that formulas are functions of.
///
/// All but the inner product come from loops over both examples, which stand here once for tiles and once
/// for panels.
package enum PairValue: Sendable, Equatable {
  /// ⟨x, z⟩, a matrix product.
  case innerProduct
  /// ‖x − z‖², from differences, or from products where what cancels does no harm.
  case squaredDistance
  /// ‖x − z‖₁.
  case manhattanDistance
  /// Σ (x − z)²/(x + z) of features that are at least 0.
  case chiSquaredDistance
  /// Σ min(x, z) of features that are at least 0.
  case minimumSum

  /// Whether it depends on x − z alone, so that both examples may be moved.
  package var isTranslationInvariant: Bool {
    self == .squaredDistance || self == .manhattanDistance
  }

  /// Whether it is 0 for equal examples.
  package var isDistance: Bool { isTranslationInvariant || self == .chiSquaredDistance }

  /// Whether it is defined for features that are at least 0 alone.
  package var requiresNonNegativeFeatures: Bool {
    self == .chiSquaredDistance || self == .minimumSum
  }

  /// What a feature costs, in multiplications of a matrix product.
  package var cost: Int {
    switch self {
    case .innerProduct: 1
    case .squaredDistance, .manhattanDistance, .minimumSum: 2
    case .chiSquaredDistance: 4
    }
  }

  /// The plain value of one feature.
  package func term(_ x: Double, _ z: Double) -> Double {
    switch self {
    case .innerProduct: x * z
    case .squaredDistance: (x - z) * (x - z)
    case .manhattanDistance: abs(x - z)
    case .chiSquaredDistance: x + z > 0 ? (x - z) * (x - z) / (x + z) : 0
    case .minimumSum: min(x, z)
    }
  }

  /// What a feature adds that one of two examples has and the other lacks.
  @inline(__always)
  func loneTerm<Scalar: KernelScalar>(_ value: Scalar) -> Scalar {
    switch self {
    case .squaredDistance: value * value
    case .manhattanDistance, .chiSquaredDistance: abs(value)
    case .innerProduct, .minimumSum: 0
    }
  }

  /// The largest magnitude for entries of a largest magnitude.
  func magnitude(largestEntry: Double, featureCount: Double) -> Double {
    switch self {
    case .squaredDistance:
      let difference = 2 * largestEntry
      return featureCount * difference * difference
    case .innerProduct: return featureCount * largestEntry * largestEntry
    case .manhattanDistance, .chiSquaredDistance, .minimumSum:
      return featureCount * 2 * largestEntry
    }
  }

  /// Computes a tile of values from two sides that are written out.
  @unsafe
  func evaluate<Scalar: KernelScalar>(_ sides: TileSides<Scalar>, into tile: Tile<Scalar>) {
    switch self {
    case .innerProduct: unsafe tile.fill(Scalar.library.loops.innerProducts, sides)
    case .squaredDistance: unsafe tile.fill(Scalar.library.loops.squaredDistances, sides)
    case .manhattanDistance: unsafe tile.fill(Scalar.library.loops.manhattan, sides)
    case .chiSquaredDistance: unsafe tile.fill(Scalar.library.loops.chiSquaredDistances, sides)
    case .minimumSum: unsafe tile.fill(Scalar.library.loops.minimumSums, sides)
    }
  }

  /// Computes the values of some rows with a panel of support vectors.
  @unsafe
  func evaluate<Scalar: KernelScalar>(
    _ x: UnsafePointer<Scalar>, rows: Int, features: Int, panel: UnsafePointer<Scalar>,
    into values: UnsafeMutablePointer<Scalar>
  ) {
    switch self {
    case .innerProduct: unsafe Scalar.library.loops.panelInner(x, rows, features, panel, values)
    case .squaredDistance:
      unsafe Scalar.library.loops.panelSquaredDistances(x, rows, features, panel, values)
    case .manhattanDistance:
      unsafe Scalar.library.loops.panelManhattan(x, rows, features, panel, values)
    case .chiSquaredDistance:
      unsafe Scalar.library.loops.panelChiSquaredDistances(x, rows, features, panel, values)
    case .minimumSum: unsafe Scalar.library.loops.panelMinimumSums(x, rows, features, panel, values)
    }
  }
}
