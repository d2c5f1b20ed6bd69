/// The precision of kernel products.
///
/// Dual variables, gradients and sums over support vectors are in Double whatever is chosen.
public enum Precision: String, Sendable, Equatable, CaseIterable {
  /// Single where it serves the tolerance, else Double.
  case automatic = "auto"
  /// Float products.
  case single
  /// Double products.
  case double
}
