import LinearAlgebra

// Ridge equations for many λ from one decomposition.
//
// With B = W^½ K W^½ = Vᵀ·diag(μ)·V (eigenvectors are rows of V),
//
//     (K + λW⁻¹)⁻¹ = W^½ Vᵀ diag(1/(μₖ + λ)) V W^½,
//
// so that each λ takes O(n²) for the coefficients, and as much for the diagonal of the inverse.

/// The leave-one-out error for each of some strengths of lambda.
public struct RegularizationPath: Sendable, Equatable {
  /// The values of λ, as they were given.
  package let lambdas: [Double]
  /// For a regression the root mean squared residual, for a classifier the share of examples that
  /// are classified wrongly, each when the example is left out; weighted.
  public let leaveOneOutErrors: [Double]
  /// The λ of the smallest error; the largest of equals, which is the smoothest model.
  public let best: Double
}

extension MethodRun {
  /// Leave-one-out residuals for each λ.
  ///
  /// - Parameters:
  ///   - task: Targets and weights; its λ is not used.
  ///   - lambdas: Values of λ, at least one, all positive.
  ///   - measure: Makes an error of n × m residuals.
  /// - Returns: The errors, and the best λ.
  /// - Throws: `TrainingError`.
  func path(
    _ task: RidgeTask, lambdas: [Double], measure: @Sendable (Matrix<Double>) -> Double
  ) throws(TrainingError) -> RegularizationPath {
    guard !lambdas.isEmpty else {
      throw .invalidParameter(
        name: "regularizations", value: "none", expected: "at least one number")
    }
    for value in lambdas { try TrainingChecks.positive(value, "lambda") }
    // The decomposition works in two more matrices.
    try reserve(squares: 3)
    var matrix = try kernelMatrix()
    let roots = task.weights.map { $0.squareRoot() }
    unsafe matrix.withUnsafeMutableElements { elements in
      for row in 0..<count {
        for column in 0..<count {
          unsafe elements[row * count + column] *= roots[row] * roots[column]
        }
      }
    }
    let eigen: SymmetricEigen<Double>
    do {
      eigen = try SymmetricEigen(consume matrix)
    } catch {
      throw .linearAlgebra(error)
    }
    let least = lambdas.min() ?? 0
    if let lowest = eigen.values.first, lowest + least <= 0 {
      throw .notPositiveDefinite(kernel: kernel.name, addedToDiagonal: least, order: 1)
    }
    let outputs = task.targets.columnCount
    let sides = Matrix<Double>(rowCount: count, columnCount: outputs + (task.fitsBias ? 1 : 0)) {
      roots[$0] * ($1 < outputs ? task.targets[$0, $1] : 1)
    }
    let turned = try withLinearAlgebra { () throws(LinearAlgebraError) in
      try eigen.vectors.multiplied(by: sides)
    }
    var errors: [Double] = []
    for lambda in lambdas {
      try checkpoint()
      let factors = eigen.values.map { 1 / ($0 + lambda) }
      let scaled = Matrix<Double>(rowCount: count, columnCount: sides.columnCount) {
        factors[$0] * turned[$0, $1]
      }
      let product = try withLinearAlgebra { () throws(LinearAlgebraError) in
        try eigen.vectors.multiplied(by: scaled, transposing: .left)
      }
      let solved = Matrix<Double>(rowCount: count, columnCount: sides.columnCount) {
        roots[$0] * product[$0, $1]
      }
      let border = task.fitsBias ? (0..<count).map { solved[$0, outputs] } : nil
      let diagonal = eigen.vectors.weightedSquareSums(factors)
      errors.append(
        measure(
          leaveOneOutResiduals(
            bordered(solved, outputs: outputs, border).coefficients,
            diagonal.indices.map { task.weights[$0] * diagonal[$0] }, border)))
    }
    var best = 0
    for index in errors.indices {
      if errors[index] < errors[best]
        || (errors[index] == errors[best] && lambdas[index] > lambdas[best])
      {
        best = index
      }
    }
    return RegularizationPath(
      lambdas: lambdas, leaveOneOutErrors: errors, best: lambdas[best])
  }
}

extension Matrix<Double> {
  /// Σ over rows k of factorₖ · elementₖᵢ², for each column i.
  fileprivate func weightedSquareSums(_ factors: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: columnCount)
    unsafe withUnsafeElements { elements in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        for row in 0..<rowCount {
          let factor = factors[row]
          for column in 0..<columnCount {
            let value = unsafe elements[row * columnCount + column]
            unsafe sums[column] += factor * value * value
          }
        }
      }
    }
    return sums
  }
}

/// √(Σ wᵢ rᵢ² / Σ wᵢ) of one column of residuals.
func rootMeanSquare(_ residuals: Matrix<Double>, weights: [Double]) -> Double {
  var sum = 0.0
  for row in 0..<residuals.rowCount {
    sum += weights[row] * residuals[row, 0] * residuals[row, 0]
  }
  return (sum / weights.reduce(0, +)).squareRoot()
}
