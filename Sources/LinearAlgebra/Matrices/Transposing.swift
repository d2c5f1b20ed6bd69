/// Which operands of a matrix product are transposed.
///
/// The operands stay where they are: BLAS reads them the other way round.
package enum Transposing: Sendable, CaseIterable {
  /// A · B.
  case neither
  /// Aᵀ · B.
  case left
  /// A · Bᵀ.
  case right
  /// Aᵀ · Bᵀ.
  case both

  var transposesLeft: Bool { self == .left || self == .both }
  var transposesRight: Bool { self == .right || self == .both }
}

/// What the entries of a Gram matrix are the inner products of.
package enum GramOperand: Sendable, CaseIterable {
  /// The rows: A · Aᵀ.
  case rows
  /// The columns: Aᵀ · A.
  case columns
}
