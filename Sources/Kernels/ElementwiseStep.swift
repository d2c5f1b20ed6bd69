import CVectorMath
import LinearAlgebra

/// What a tile holds before the elementwise step.
package enum TileProduct: Sendable {
  /// ⟨x, z⟩, by a matrix product.
  case inner
  /// ‖x − z‖₁, which no matrix product gives.
  case manhattan
  /// ‖x − z‖² from differences. Products would give it in half the time, but for examples that lie
  /// close together they leave a distance of √ε in place of 0.
  case squaredDistance
  /// Entries of a precomputed kernel matrix.
  case lookup
  /// Values of a function that the caller wrote.
  case closure
}

/// The step from a tile of products to a tile of kernel values.
///
/// A new kernel of inner products or distances needs a case of ``KernelFunction``, a loop in
/// `CVectorMath` and a line in each switch here.
package struct ElementwiseStep<Scalar: KernelScalar>: Sendable {
  let function: KernelFunction

  /// What the step expects in the tile.
  package var product: TileProduct {
    switch function {
    case .linear, .polynomial, .gaussian, .sigmoid: .inner
    case .laplacian: .squaredDistance
    case .laplacianL1: .manhattan
    case .precomputed: .lookup
    case .custom: .closure
    }
  }

  /// Whether examples are moved so that their mean is 0, which leaves the kernel values as they are:
  /// ‖x‖² + ‖z‖² − 2⟨x, z⟩ cancels far from the origin, and in Float examples there lose the digits
  /// that tell them apart.
  package var isCentred: Bool {
    switch function {
    case .gaussian, .laplacian, .laplacianL1: true
    case .linear, .polynomial, .sigmoid, .precomputed, .custom: false
    }
  }

  /// The share of one example's squared norm in the step: γ‖x‖².
  package func term(squaredNorm: Double) -> Scalar {
    switch function {
    case .gaussian(let gamma): Scalar(gamma * squaredNorm)
    case .linear, .polynomial, .laplacian, .laplacianL1, .sigmoid, .precomputed, .custom: 0
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
    case .linear, .precomputed, .custom:
      break
    case .polynomial(let degree, let gamma, let constantTerm):
      unsafe Scalar.polynomialStep(
        tile, rows, columns, stride, Scalar(gamma), Scalar(constantTerm), degree)
    case .gaussian(let gamma):
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
