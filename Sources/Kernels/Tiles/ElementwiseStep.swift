import LinearAlgebra

/// What a tile's values are computed from.
package enum TileProduct: Sendable {
  /// ⟨x, z⟩, by a matrix product; squared distances where the kernel is a function of these.
  case inner
  /// Both examples written out, feature by feature: pair values that no matrix product gives, and squared
  /// distances of few features or of formulas that would show what cancels in a product. For examples
  /// that lie close together a product leaves a distance of √ε in place of 0.
  case differences
  /// Entries of a precomputed kernel matrix.
  case lookup
  /// Values of a function that the caller wrote.
  case closure
  /// Values of a composite kernel, from tiles of the kernels that it is made of.
  case combination
}

/// The step from a tile of products to a tile of kernel values.
package struct ElementwiseStep<Scalar: KernelScalar>: Sendable {
  let function: KernelFunction
  /// What the step expects in the tile.
  package let product: TileProduct

  /// The step of a kernel.
  ///
  /// - Parameters:
  ///   - function: The kernel.
  ///   - features: The examples: the differences of few dense features take no longer than a
  ///     product, and nothing cancels.
  package init(function: KernelFunction, features: FeatureMatrix) {
    self.function = function
    product = Self.product(function, features)
  }

  /// Whether kernel values come from ‖x‖² + ‖z‖² − 2⟨x, z⟩, which cancels far from the origin.
  package static func cancels(_ function: KernelFunction, _ features: FeatureMatrix) -> Bool {
    function.formula?.formula.pair == .squaredDistance && product(function, features) == .inner
  }

  private static func product(_ function: KernelFunction, _ features: FeatureMatrix)
    -> TileProduct
  {
    switch function {
    case .formula(let kernel):
      if kernel.formula.pair == .innerProduct { return .inner }
      guard kernel.formula.distanceSlope(kernel) != nil else { return .differences }
      if case .dense(let matrix) = features, matrix.columnCount <= directDistanceFeatureLimit {
        return .differences
      }
      return .inner
    case .precomputed: return .lookup
    case .custom: return .closure
    case .sum, .product, .scaled, .columns: return .combination
    }
  }

  /// Up to this many features, differences are at least as fast as products (measured: by a third at
  /// 3, by a tenth at 8, equal at 24).
  private static var directDistanceFeatureLimit: Int { 24 }

  /// The formula's pair value; `nil` of other kernels.
  var pair: PairValue? { function.formula?.formula.pair }

  /// Whether the step takes the squared norms of both examples.
  var usesTerms: Bool { product == .inner && pair == .squaredDistance }

  /// Whether norms tell how large values get, or how they round.
  var usesNorms: Bool {
    guard let kernel = function.formula else { return false }
    return product == .inner || kernel.formula.distanceSlope(kernel) != nil
      || !kernel.formula.isBounded
  }

  /// Whether examples are moved so that their mean is 0, which leaves the kernel values as they
  /// are: ‖x‖² + ‖z‖² − 2⟨x, z⟩ cancels far from the origin, and in Float examples there lose the
  /// digits that tell them apart.
  ///
  /// Of a composite kernel each part moves the examples by itself.
  package var isCentred: Bool { pair?.isTranslationInvariant ?? false }

  /// The share of one example's squared norm in the step.
  package func term(squaredNorm: Double) -> Scalar {
    guard usesTerms, let kernel = function.formula else { return 0 }
    return Scalar(kernel.formula.term(kernel, squaredNorm: squaredNorm))
  }

  /// Turns products, or pair values, into kernel values, in place.
  ///
  /// - Parameters:
  ///   - tile: Products, or pair values of ``TileProduct/differences``.
  ///   - rowTerms: `term(squaredNorm:)` of each row's example.
  ///   - columnTerms: The same of each column's.
  @unsafe
  package func apply(
    to tile: Tile<Scalar>, rowTerms: UnsafePointer<Scalar>, columnTerms: UnsafePointer<Scalar>
  ) {
    guard let kernel = function.formula else { return }
    if usesTerms {
      unsafe kernel.formula.applyToProducts(
        kernel, to: tile, TileTerms(rows: rowTerms, columns: columnTerms))
    } else {
      unsafe kernel.formula.apply(kernel, to: tile)
    }
  }

  /// Computes kernel values from two sides of dense examples.
  ///
  /// - Parameters:
  ///   - sides: The examples.
  ///   - rowTerms: `term(squaredNorm:)` of each row's example, where ``usesTerms``.
  ///   - columnTerms: The same of each column's, with room up to a full vector.
  ///   - tile: Where the values go.
  @unsafe
  func evaluate(
    _ sides: TileSides<Scalar>, rowTerms: UnsafePointer<Scalar>?,
    columnTerms: UnsafePointer<Scalar>?, into tile: Tile<Scalar>
  ) {
    guard let kernel = function.formula else { return }
    if usesTerms, let rowTerms = unsafe rowTerms, let columnTerms = unsafe columnTerms {
      unsafe kernel.formula.evaluateByProducts(
        kernel, sides, TileTerms(rows: rowTerms, columns: columnTerms), into: tile)
    } else {
      unsafe kernel.formula.evaluate(kernel, sides, into: tile)
    }
  }
}
