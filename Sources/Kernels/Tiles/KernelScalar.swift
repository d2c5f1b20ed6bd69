import LinearAlgebra

/// A floating-point type that tiles of kernel values are computed in: `Float` or `Double`.
package protocol KernelScalar: BitwiseCopyable, BLASScalar {
  /// The unit roundoff, 2⁻²⁴ or 2⁻⁵³.
  static var roundoff: Double { get }
  /// The vector loops of the type.
  static var library: VectorLibrary<Self> { get }
}
