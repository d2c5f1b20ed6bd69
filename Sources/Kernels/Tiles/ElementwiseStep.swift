import CVectorMath
import LinearAlgebra

/// What a tile holds before the elementwise step.
package enum TileProduct: Sendable {
  /// ⟨x, z⟩, by a matrix product.
  case inner
  /// ‖x − z‖₁, which no matrix product gives.
  case manhattan
  /// exp(−γ‖x − z‖²) from differences, the whole kernel value of few features.
  case gaussian
  /// ‖x − z‖² from differences. Products would give it in half the time, but for examples that lie
  /// close together they leave a distance of √ε in place of 0.
  case squaredDistance
  /// Entries of a precomputed kernel matrix.
  case lookup
  /// Values of a function that the caller wrote.
  case closure
  /// Values of a composite kernel, from tiles of the kernels that it is made of.
  case combination
}

/// The step from a tile of products to a tile of kernel values.
///
/// A new kernel of inner products or distances needs a case of ``KernelFunction``, a loop in
/// `CVectorMath` and a line in each switch here.
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
    if case .gaussian = function { return product(function, features) == .inner }
    return false
  }

  private static func product(_ function: KernelFunction, _ features: FeatureMatrix)
    -> TileProduct
  {
    switch function {
    case .linear, .polynomial, .sigmoid: return .inner
    case .gaussian:
      if case .dense(let matrix) = features, matrix.columnCount <= fewFeatures {
        return .gaussian
      }
      return .inner
    case .laplacian: return .squaredDistance
    case .laplacianL1: return .manhattan
    case .precomputed: return .lookup
    case .custom: return .closure
    case .sum, .product, .scaled, .columns: return .combination
    }
  }

  /// Up to so many features, differences are at least as fast as products (measured: by a third at
  /// 3, by a tenth at 8, equal at 24).
  private static var fewFeatures: Int { 24 }

  /// Whether examples are moved so that their mean is 0, which leaves the kernel values as they are:
  /// ‖x‖² + ‖z‖² − 2⟨x, z⟩ cancels far from the origin, and in Float examples there lose the digits
  /// that tell them apart.
  package var isCentred: Bool {
    switch function {
    case .gaussian, .laplacian, .laplacianL1: true
    case .linear, .polynomial, .sigmoid, .precomputed, .custom: false
    // Each of its kernels moves the examples by itself.
    case .sum, .product, .scaled, .columns: false
    }
  }

  /// The share of one example's squared norm in the step: γ‖x‖².
  package func term(squaredNorm: Double) -> Scalar {
    switch function {
    case .gaussian(let gamma): product == .inner ? Scalar(gamma * squaredNorm) : 0
    case .linear, .polynomial, .laplacian, .laplacianL1, .sigmoid, .precomputed, .custom, .sum,
      .product, .scaled, .columns:
      0
    }
  }

  /// Turns products into kernel values, in place.
  ///
  /// - Parameters:
  ///   - tile: `rows × columns` products, `stride` elements from row to row.
  ///   - rows: The number of rows.
  ///   - columns: The number of columns.
  ///   - stride: The distance between rows, at least `columns`.
  ///   - rowTerms: ``term(squaredNorm:)`` of each row's example.
  ///   - columnTerms: The same of each column's.
  @unsafe
  package func apply(
    to tile: UnsafeMutablePointer<Scalar>, rows: Int, columns: Int, stride: Int,
    rowTerms: UnsafePointer<Scalar>, columnTerms: UnsafePointer<Scalar>
  ) {
    switch function {
    case .linear, .precomputed, .custom, .sum, .product, .scaled, .columns:
      break
    case .polynomial(let degree, let gamma, let constantTerm):
      unsafe Scalar.polynomialStep(
        tile, rows, columns, stride, Scalar(gamma), Scalar(constantTerm), degree)
    case .gaussian(let gamma):
      guard product == .inner else { break }
      unsafe Scalar.gaussianStep(
        tile, rows, columns, stride, rowTerms, columnTerms, Scalar(gamma))
    case .laplacian(let gamma):
      unsafe Scalar.laplacianStep(tile, rows, columns, stride, Scalar(gamma))
    case .laplacianL1(let gamma):
      unsafe Scalar.exponentialStep(tile, rows, columns, stride, Scalar(gamma))
    case .sigmoid(let gamma, let constantTerm):
      unsafe Scalar.sigmoidStep(
        tile, rows, columns, stride, Scalar(gamma), Scalar(constantTerm))
    }
  }
}
