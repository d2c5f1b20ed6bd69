import LinearAlgebra

extension Matrix {
  /// A matrix of numbers with mean 0 and variance 1.
  package static func random(
    _ rowCount: Int, _ columnCount: Int, using generator: inout TestGenerator
  ) -> Matrix {
    Matrix(rowCount: rowCount, columnCount: columnCount) { _, _ in Scalar(generator.normal()) }
  }

  /// A symmetric matrix of numbers with mean 0.
  package static func randomSymmetric(
    _ size: Int, using generator: inout TestGenerator
  ) -> Matrix {
    let half = random(size, size, using: &generator)
    return Matrix(rowCount: size, columnCount: size) { half[$0, $1] + half[$1, $0] }
  }

  /// A symmetric matrix whose eigenvalues are at least 1: A·Aᵀ + 1.
  package static func randomPositiveDefinite(
    _ size: Int, using generator: inout TestGenerator
  ) -> Matrix {
    let half = random(size, size, using: &generator)
    return Matrix(rowCount: size, columnCount: size) { row, column in
      var sum: Scalar = row == column ? 1 : 0
      for index in 0..<size { sum += half[row, index] * half[column, index] }
      return sum
    }
  }

  /// The same numbers in another precision.
  package func converted<Other: BLASScalar>(to: Other.Type) -> Matrix<Other> {
    Matrix<Other>(rowCount: rowCount, columnCount: columnCount) { Other(self[$0, $1]) }
  }
}

extension SparseMatrix {
  /// A matrix in which about the given share of the entries is stored.
  package static func random(
    _ rowCount: Int, _ columnCount: Int, density: Double, using generator: inout TestGenerator
  ) throws -> SparseMatrix {
    let dense = Matrix<Scalar>(rowCount: rowCount, columnCount: columnCount) { _, _ in
      generator.uniform() < density ? Scalar(generator.normal()) : 0
    }
    return try SparseMatrix(dense)
  }
}

extension Matrix<Double> {
  /// A symmetric matrix, of which one triangle is computed.
  package static func symmetric(_ size: Int, _ value: (Int, Int) -> Double) -> Matrix {
    var matrix = Matrix(rowCount: size, columnCount: size, repeating: 0)
    for row in 0..<size {
      for column in 0...row {
        matrix[row, column] = value(row, column)
        matrix[column, row] = matrix[row, column]
      }
    }
    return matrix
  }

  /// The magnitude of each element.
  package var magnitudes: Matrix<Double> {
    Matrix(rowCount: rowCount, columnCount: columnCount) { self[$0, $1].magnitude }
  }
}
