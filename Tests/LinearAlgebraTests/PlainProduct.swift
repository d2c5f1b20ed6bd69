import LinearAlgebra

/// The slow, clear product that the fast ones are compared with, and its error bound.
///
/// A computed sum of k products differs from the exact one by at most γₖ·Σ|aᵢbᵢ|, γₖ = k·u/(1 − k·u),
/// in whichever order the terms are added, where u is half an ulp of 1 (N. J. Higham, *Accuracy and
/// Stability of Numerical Algorithms*, 2002, section 3.1). The sums here are computed in Double and
/// have such an error themselves.
struct PlainProduct {
  /// op(A)·op(B), by three loops.
  var product: Matrix<Double>
  /// |op(A)|·|op(B)|.
  var magnitude: Matrix<Double>
  /// The number of terms of each sum.
  var terms: Int

  init<Scalar>(
    _ left: Matrix<Scalar>, _ right: Matrix<Scalar>, _ transposing: Transposing = .neither
  ) {
    let leftTransposed = transposing == .left || transposing == .both
    let rightTransposed = transposing == .right || transposing == .both
    let rows = leftTransposed ? left.columnCount : left.rowCount
    let terms = leftTransposed ? left.rowCount : left.columnCount
    let columns = rightTransposed ? right.rowCount : right.columnCount
    func a(_ i: Int, _ j: Int) -> Double { Double(leftTransposed ? left[j, i] : left[i, j]) }
    func b(_ i: Int, _ j: Int) -> Double { Double(rightTransposed ? right[j, i] : right[i, j]) }
    product = Matrix(rowCount: rows, columnCount: columns) { i, j in
      (0..<terms).reduce(0) { $0 + a(i, $1) * b($1, j) }
    }
    magnitude = Matrix(rowCount: rows, columnCount: columns) { i, j in
      (0..<terms).reduce(0) { $0 + (a(i, $1) * b($1, j)).magnitude }
    }
    self.terms = terms
  }

  /// How far a product computed in a scalar type, and this one, may be apart at one place.
  func bound<Scalar: BLASScalar>(_: Scalar.Type, _ row: Int, _ column: Int) -> Double {
    errorFactor(Scalar.self, terms: terms) * magnitude[row, column]
  }
}

/// γₖ of a scalar type plus γₖ of Double, which the reference was computed in.
func errorFactor<Scalar: BLASScalar>(_: Scalar.Type, terms: Int) -> Double {
  func gamma(_ u: Double) -> Double { Double(terms) * u / (1 - Double(terms) * u) }
  return gamma(Double(Scalar.ulpOfOne) / 2) + gamma(Double.ulpOfOne / 2)
}
