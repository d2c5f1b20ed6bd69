import Basics
import LinearAlgebra

// Systems with the matrix I + XᵀDX, the bias's feature included.

extension LinearProblem {
  /// The Cholesky factor of I + κXᵀDX; ρ stands in the bias's place of the identity.
  ///
  /// The matrix is positive definite, but that may get lost in rounding when D spans many powers of
  /// ten, or when a feature hardly varies around a large value. Growing its diagonal by a small share
  /// then serves as well: it only bends the direction, since right sides are exact.
  ///
  /// - Parameters:
  ///   - gram: XᵀDX, its lower triangle.
  ///   - kappa: κ.
  /// - Returns: The factor, or `nil` when there is none or no time for one.
  func factor(_ gram: NumberVector, times kappa: Double = 1) -> Cholesky<Double>? {
    let size = dimension
    for share in [0, 1e-14, 1e-12, 1e-10, 1e-8, 1e-6] {
      guard interruption == nil else { return nil }
      var matrix = unsafe Matrix<Double>(
        rowCount: size, columnCount: size,
        unsafeUninitialized: { elements in
          for row in 0..<size {
            for place in row * size...row * size + row {
              unsafe elements[place] = kappa * gram[place]
            }
            for place in row * size + row + 1..<(row + 1) * size { unsafe elements[place] = 0 }
          }
        })
      for index in 0..<featureCount { matrix[index, index] += 1 }
      if hasBias {
        matrix[size - 1, size - 1] += biasPenalty
        // No example has a curvature: nothing bends along the bias.
        if matrix[size - 1, size - 1] == 0 { matrix[size - 1, size - 1] = 1 }
      }
      for index in 0..<size { matrix[index, index] *= 1 + share }
      do {
        return try Cholesky(
          inTiles: consume matrix, threads: size < 512 ? 1 : threads,
          isCancelled: { interruption != nil })
      } catch  where error.leadingMinor != nil {
        continue
      } catch {
        // A number overflowed.
        return nil
      }
    }
    return nil
  }

  /// Solves the system for a right side.
  ///
  /// - Returns: Whether the solution is finite.
  func solve(
    _ factor: Cholesky<Double>, _ rightSide: NumberVector, scaledBy scale: Double,
    into solution: NumberVector
  ) -> Bool {
    do {
      let found = try factor.solve(rightSide.numbers.map { scale * $0 })
      for (index, number) in found.enumerated() { solution[index] = number }
      return found.allSatisfy(\.isFinite)
    } catch {
      preconditionFailure("a factor of \(dimension) rows refused a right side: \(error)")
    }
  }

  /// The diagonal of I + XᵀDX.
  func diagonal(_ weights: NumberVector) -> NumberVector {
    let diagonal = sum(weights, ofSquares: true, stopsEarly: true)
    for feature in 0..<featureCount { diagonal[feature] += 1 }
    if hasBias {
      diagonal[featureCount] += biasPenalty
      if diagonal[featureCount] == 0 { diagonal[featureCount] = 1 }
    }
    return diagonal
  }
}
