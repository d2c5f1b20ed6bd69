extension Matrix {
  /// The Frobenius norm √Σ aᵢⱼ² (BLAS `nrm2`), without needless overflow or underflow.
  ///
  /// - Throws: `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count a row.
  package var normFrobenius: Scalar {
    get throws(LinearAlgebraError) {
      // The norm of the rows' norms: the elements of all rows may be more than BLAS can count.
      var rowNorms: [Scalar] = []
      rowNorms.reserveCapacity(rowCount)
      for row in 0..<rowCount {
        rowNorms.append(try withRow(row) { row throws(LinearAlgebraError) in try row.norm2 })
      }
      return try rowNorms.norm2
    }
  }

  /// The 1-norm: the largest sum of magnitudes in a column; NaN when an element is NaN.
  package var norm1: Scalar {
    var sums = [Scalar](repeating: 0, count: columnCount)
    for row in 0..<rowCount {
      withRow(row) { row in
        unsafe row.withUnsafeBufferPointer { unsafe addMagnitudes($0, to: &sums) }
      }
    }
    return sums.normInfinity
  }

  /// The ∞-norm: the largest sum of magnitudes in a row (BLAS `asum`); NaN when an element is NaN.
  ///
  /// - Throws: `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count a row.
  package var normInfinity: Scalar {
    get throws(LinearAlgebraError) {
      var sums: [Scalar] = []
      sums.reserveCapacity(rowCount)
      for row in 0..<rowCount {
        sums.append(try withRow(row) { row throws(LinearAlgebraError) in try row.norm1 })
      }
      return sums.normInfinity
    }
  }

  /// The squared Euclidean norm of each row (BLAS `dot`).
  ///
  /// - Throws: `LinearAlgebraError/tooLarge(operation:count:)` when BLAS cannot count a row.
  package var rowSquaredNorms: [Scalar] {
    get throws(LinearAlgebraError) {
      var norms: [Scalar] = []
      norms.reserveCapacity(rowCount)
      for row in 0..<rowCount {
        norms.append(try withRow(row) { row throws(LinearAlgebraError) in try row.dot(row) })
      }
      return norms
    }
  }
}

extension Matrix where Scalar: LAPACKScalar {
  /// The 2-norm: the largest singular value; 0 for a matrix without elements.
  ///
  /// - Throws: What `singularValues()` throws.
  /// - Complexity: O(m·n·min(m, n)).
  package var norm2: Scalar {
    get throws(LinearAlgebraError) { try singularValues().first ?? 0 }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addMagnitudes<Scalar: BLASScalar>(
  _ row: UnsafeBufferPointer<Scalar>, to sums: inout [Scalar]
) {
  for column in row.indices { unsafe sums[column] += row[column].magnitude }
}
