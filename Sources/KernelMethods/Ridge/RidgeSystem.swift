import LinearAlgebra

// The equations of kernel ridge regression and of least-squares support vector machines.
//
// Minimising Σ wᵢ(yᵢ − f(xᵢ))² + λ‖f‖² over f(x) = Σ αⱼ κ(xⱼ, x) + b, where b costs nothing, gives
//
//     (K + λW⁻¹) α + b·1 = y,    1ᵀα = 0,
//
// and without b the first line alone. With A = K + λW⁻¹ = L·Lᵀ, u = A⁻¹y and v = A⁻¹1:
//
//     b = 1ᵀu / 1ᵀv,    α = u − b·v
//
// (Suykens and Vandewalle 1999, whose γ is 1/λ). All targets share the factor.
//
// Leaving example i out changes its residual to
//
//     rᵢ = yᵢ − f⁽⁻ⁱ⁾(xᵢ) = αᵢ / (C⁻¹)ᵢᵢ,
//
// where C is the matrix of all equations: A without b, and with b the bordered one, for which
// (C⁻¹)ᵢᵢ = (A⁻¹)ᵢᵢ − vᵢ² / 1ᵀv (Cawley and Talbot 2004). It holds for any weights; an example with
// weight 2 is left out whole.

/// What a system of ridge equations is to be solved for.
struct RidgeTask: Sendable {
  /// n × m, one column for each output.
  var targets: Matrix<Double>
  /// n positive numbers.
  var weights: [Double]
  /// λ > 0.
  var lambda: Double
  /// Whether there is a bias.
  var fitsBias: Bool
}

/// What the solution consists of.
struct RidgeSolution: Sendable {
  /// m × n.
  var coefficients: Matrix<Double>
  /// One for each output, 0 without a bias.
  var biases: [Double]
  /// n × m residuals yᵢ − f⁽⁻ⁱ⁾(xᵢ), when requested.
  var leaveOneOutResiduals: Matrix<Double>?
  /// An estimate of ‖A‖₁‖A⁻¹‖₁ from below.
  var conditionEstimate: Double
  /// The factor of A.
  var factor: Cholesky<Double>
  /// A⁻¹1, with a bias.
  var inverseOfOnes: [Double]?
}

extension MethodRun {
  /// Solves ridge equations.
  ///
  /// - Parameters:
  ///   - matrix: K, which is overwritten when it is the only copy.
  ///   - task: Targets, weights, λ.
  ///   - leavesOneOut: Whether to compute leave-one-out residuals, which doubles the work.
  /// - Returns: The solution.
  /// - Throws: `TrainingError`.
  func solve(
    _ matrix: consuming Matrix<Double>, _ task: RidgeTask, leavesOneOut: Bool
  ) throws(TrainingError) -> RidgeSolution {
    var matrix = consume matrix
    let outputs = task.targets.columnCount
    for row in 0..<count { matrix[row, row] += task.lambda / task.weights[row] }
    let norm = matrix.symmetricNorm1
    let factor = try factored(consume matrix, addedToDiagonal: task.lambda)
    try checkpoint()
    let sides = Matrix<Double>(rowCount: count, columnCount: outputs + (task.fitsBias ? 1 : 0)) {
      $1 < outputs ? task.targets[$0, $1] : 1
    }
    let solved = try withLinearAlgebra { () throws(LinearAlgebraError) in try factor.solve(sides) }
    let border = task.fitsBias ? (0..<count).map { solved[$0, outputs] } : nil
    let (coefficients, biases) = bordered(solved, outputs: outputs, border)
    var residuals: Matrix<Double>?
    if leavesOneOut {
      let diagonal = try completed(
        factor.inverseDiagonal(threads: threads, isCancelled: isCancelled))
      residuals = leaveOneOutResiduals(coefficients, diagonal, border)
    }
    try checkpoint()
    return RidgeSolution(
      coefficients: coefficients, biases: biases, leaveOneOutResiduals: residuals,
      conditionEstimate: norm
        * (try withLinearAlgebra { () throws(LinearAlgebraError) in
          try factor.inverseNorm1Estimate()
        }), factor: factor, inverseOfOnes: border)
  }

  /// The Cholesky factor of a matrix, on all threads.
  func factored(_ matrix: consuming Matrix<Double>, addedToDiagonal: Double)
    throws(TrainingError) -> Cholesky<Double>
  {
    let factor: Cholesky<Double>?
    do {
      factor = try Cholesky(inTiles: consume matrix, threads: threads, isCancelled: isCancelled)
    } catch {
      guard let order = error.leadingMinor else { throw .linearAlgebra(error) }
      throw .notPositiveDefinite(
        kernel: kernel.name, addedToDiagonal: addedToDiagonal, order: order)
    }
    return try completed(factor)
  }
}

/// Coefficients and biases from A⁻¹Y, and from v = A⁻¹1 where there is a bias.
///
/// - Returns: Coefficients as m × n.
func bordered(_ solved: Matrix<Double>, outputs: Int, _ border: [Double]?)
  -> (coefficients: Matrix<Double>, biases: [Double])
{
  var biases = [Double](repeating: 0, count: outputs)
  if let border {
    let sum = border.reduce(0, +)
    for output in 0..<outputs {
      var total = 0.0
      for row in 0..<solved.rowCount { total += solved[row, output] }
      biases[output] = total / sum
    }
  }
  let coefficients = Matrix<Double>(rowCount: outputs, columnCount: solved.rowCount) {
    output, row in
    guard let border else { return solved[row, output] }
    return solved[row, output] - border[row] * biases[output]
  }
  return (coefficients, biases)
}

/// αᵢ / (C⁻¹)ᵢᵢ for each example and output, n × m, from the diagonal of A⁻¹.
func leaveOneOutResiduals(
  _ coefficients: Matrix<Double>, _ diagonal: [Double], _ border: [Double]?
) -> Matrix<Double> {
  let sum = border?.reduce(0, +) ?? 1
  return Matrix<Double>(rowCount: coefficients.columnCount, columnCount: coefficients.rowCount) {
    row, output in
    let bordering = border?[row] ?? 0
    return coefficients[output, row] / (diagonal[row] - bordering * bordering / sum)
  }
}

extension Matrix<Double> {
  /// The largest column sum of magnitudes of a symmetric matrix, read by rows.
  var symmetricNorm1: Double {
    unsafe withUnsafeElements { elements in
      var largest = 0.0
      for row in 0..<rowCount {
        var sum = 0.0
        for column in 0..<columnCount {
          unsafe sum += elements[row * columnCount + column].magnitude
        }
        largest = Swift.max(largest, sum)
      }
      return largest
    }
  }
}

extension Cholesky<Double> {
  /// An estimate of ‖A⁻¹‖₁ from below, usually within a factor of 3, by a few solutions.
  ///
  /// > N. J. Higham. "FORTRAN Codes for Estimating the One-Norm of a Real or Complex Matrix, with
  /// > Applications to Condition Estimation." *ACM TOMS* 14 (1988), 381–396.
  func inverseNorm1Estimate() throws(LinearAlgebraError) -> Double {
    let count = factor.rowCount
    guard count > 0 else { return 0 }
    var start = [Double](repeating: 1 / Double(count), count: count)
    var estimate = 0.0
    for _ in 0..<3 {
      let image = try solve(start)
      let norm = image.reduce(0) { $0 + $1.magnitude }
      if norm <= estimate { break }
      estimate = norm
      let slope = try solve(image.map { $0 < 0 ? -1 : 1 })
      let steepest = slope.indices.max { slope[$0].magnitude < slope[$1].magnitude } ?? 0
      if slope[steepest].magnitude <= zip(slope, start).reduce(0, { $0 + $1.0 * $1.1 }) { break }
      start = [Double](repeating: 0, count: count)
      start[steepest] = 1
    }
    return estimate
  }
}
