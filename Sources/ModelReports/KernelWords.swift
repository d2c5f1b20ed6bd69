import Kernels

extension KernelFunction {
  /// γ, where the kernel has one of its own.
  var ownGamma: Double? {
    switch self {
    case .polynomial(_, let gamma, _), .gaussian(let gamma), .laplacian(let gamma),
      .laplacianL1(let gamma), .sigmoid(let gamma, _):
      gamma
    case .linear, .precomputed, .custom, .sum, .product, .scaled, .columns: nil
    }
  }
}
