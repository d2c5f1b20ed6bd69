/// A kernel that the caller wrote.
public struct CustomKernel: Sendable {
  /// How the kernel is called in reports.
  package let name: String
  /// Whether the caller vouches that every kernel matrix is positive semi-definite (Mercer's
  /// condition).
  ///
  /// A relative gap is reported only then.
  package let isPositiveSemidefinite: Bool
  /// κ(x, z).
  ///
  /// It must be symmetric and finite, and may be called from several threads at once.
  package let value: @Sendable (_ x: Span<Double>, _ z: Span<Double>) -> Double

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
