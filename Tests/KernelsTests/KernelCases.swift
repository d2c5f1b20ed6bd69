import Kernels
import LinearAlgebra
import TestSupport

/// The kernels with a formula, with parameters that suit examples of d standard normal features.
///
/// A formula of the catalogue that has no line here is tested with its default parameters.
func formulas(featureCount: Int) -> [KernelFunction] {
  let chosen = chosenFormulas(featureCount: featureCount)
  return chosen
    + KernelCatalog.formulas.filter { formula in !chosen.contains { $0.name == formula.name } }
    .map { .formula(FormulaKernel($0, width: 1 / Double(featureCount))) }
}

private func chosenFormulas(featureCount: Int) -> [KernelFunction] {
  let d = Double(featureCount)
  return [
    .linear,
    .polynomial(degree: 1, gamma: 1, constantTerm: 0),
    .polynomial(degree: 3, gamma: 1 / d, constantTerm: 1),
    .polynomial(degree: 6, gamma: 0.5 / d, constantTerm: -0.5),
    .gaussian(gamma: 1 / d),
    .laplacian(gamma: 1 / d.squareRoot()),
    .laplacianL1(gamma: 1 / d),
    .sigmoid(gamma: 1 / d, constantTerm: -0.5),
    .rationalQuadratic(gamma: 1 / d, shape: 0.75),
    .matern32(gamma: 1 / d.squareRoot()),
    .matern52(gamma: 1 / d.squareRoot()),
  ]
}

/// All kernels but those without a formula; some of them need features that are at least 0.
func everyKernel(featureCount: Int) -> [KernelFunction] {
  formulas(featureCount: featureCount) + composites(featureCount: featureCount)
}

/// Kernels put together from others, whose parameters suit the same examples.
func composites(featureCount: Int) -> [KernelFunction] {
  let d = Double(featureCount)
  let gaussian = KernelFunction.gaussian(gamma: 1 / d)
  let square = KernelFunction.polynomial(degree: 2, gamma: 1 / d, constantTerm: 1)
  let half = (featureCount + 1) / 2
  let mixed = [featureCount - 1] + Array(0..<featureCount / 2)
  return [
    .sum([.scaled(0.5, gaussian), .linear]),
    .product([gaussian, square, .laplacian(gamma: 1 / d.squareRoot())]),
    .sum([
      .columns(ColumnGroup(0..<half), gaussian),
      .scaled(3, .columns(ColumnGroup(featureCount - half..<featureCount), .linear)),
    ]),
    .scaled(
      2,
      .product([
        .sum([.columns(ColumnGroup(mixed), .laplacianL1(gamma: 1 / d)), .scaled(0.25, square)]),
        .sum([gaussian, .product([square, gaussian]), .columns(ColumnGroup(0..<1), .linear)]),
      ])),
  ]
}

extension KernelFunction {
  /// How far a kernel value that was computed in a precision with this unit roundoff may lie from the
  /// formula, for examples x and z: the textbook's bound of a sum of d products, passed on by what
  /// follows, and 4 roundings of the elementwise step.
  func bound(_ x: [Double], _ z: [Double], roundoff u: Double) -> Double {
    let d = Double(x.count)
    var products = 0.0
    var differences = 0.0
    var squares = 0.0
    for index in x.indices {
      products += abs(x[index] * z[index])
      differences += abs(x[index] - z[index]) + u * (abs(x[index]) + abs(z[index]))
      squares += x[index] * x[index] + z[index] * z[index]
    }
    // Both examples were rounded when they were converted.
    let product = (d + 3) * u * products
    switch self {
    case .formula(let kernel):
      return kernel.bound(
        product: product, products: products, differences: differences, squares: squares,
        count: d, roundoff: u)
    case .precomputed, .custom: return u
    case .sum(let parts):
      // The partial sums are rounded.
      return parts.reduce(0) { sum, part in
        sum + part.bound(x, z, roundoff: u)
          + Double(parts.count) * u * abs(plainKernel(part, x, z))
      }
    case .product(let parts):
      var (value, error) = (1.0, 0.0)
      for part in parts {
        let (own, bound) = (abs(plainKernel(part, x, z)), part.bound(x, z, roundoff: u))
        error = error * own + value * bound + error * bound + 2 * u * value * own
        value *= own
      }
      return error
    case .scaled(let factor, let part):
      return factor * (part.bound(x, z, roundoff: u) + 2 * u * abs(plainKernel(part, x, z)))
    case .columns(let group, let part):
      let columns = group.ranges.flatMap { Array($0) }
      // Where sparse examples are not moved, and the group's are, nothing else changes.
      return part.bound(columns.map { x[$0] }, columns.map { z[$0] }, roundoff: u)
    }
  }
}

extension FormulaKernel<Double> {
  /// The same for a formula, whose pair value has an error: of products, from differences, or cancelled.
  fileprivate func bound(
    product: Double, products: Double, differences: Double, squares: Double, count d: Double,
    roundoff u: Double
  ) -> Double {
    let gamma = width ?? 0
    var constantTerm: Double { value(of: .constantTerm) ?? 0 }
    switch name {
    case "linear": return product
    case "polynomial":
      let degree = value(of: .degree) ?? 0
      let base = gamma * products + abs(constantTerm)
      var power = degree
      for _ in 1..<Int(degree) { power *= base }
      // The derivative of the power times the error of its base, and the roundings of the squarings.
      return power * (gamma * product + 3 * u * base) + 2 * degree * u * power * base
    case "sigmoid": return gamma * product + 2 * u * abs(constantTerm) + 8 * u
    case "laplacian":
      return gamma * (d + 4) * u * (squares.squareRoot() + differences) + 4 * u
    case "intersection": return (d + 4) * u * squares.squareRoot() * d.squareRoot()
    case "laplacian-l1", "chi-squared":
      return gamma * (d + 4) * u * (differences + squares.squareRoot() * d.squareRoot()) + 4 * u
    default:
      if let slope = distanceSlope { return slope * 2 * (d + 3) * u * (products + squares) + 8 * u }
      return gamma * (d + 8) * u * differences + 8 * u + (d + 3) * u * differences
    }
  }
}

/// Kernel values of a tiled kernel, as a matrix.
func block<Scalar>(_ kernel: some KernelOperator<Scalar>, rows: [Int32], columns: [Int32]) throws
  -> Matrix<Scalar>
{
  let buffer = AlignedBuffer<Scalar>(count: rows.count * columns.count)
  let isDone = try kernel.block(
    rows: rows, columns: columns, into: buffer.pointer, stride: columns.count,
    isCancelled: { false })
  precondition(isDone, "nothing asked the block to stop")
  return Matrix(rowCount: rows.count, columnCount: columns.count) {
    buffer.pointer[$0 * columns.count + $1]
  }
}

/// Σ coefficient · K(row, j) added to sums, and whether it was completed.
func accumulate<Scalar>(
  _ kernel: some KernelOperator<Scalar>, rows: [Int32], _ coefficients: [Double],
  into sums: inout [Double], isCancelled: @Sendable () -> Bool = { false }
) throws -> Bool {
  try sums.withUnsafeMutableBufferPointer {
    try kernel.accumulate(
      rows: rows, coefficients: coefficients, besides: [], into: $0.baseAddress!,
      isCancelled: isCancelled)
  }
}

func indices(_ count: Int) -> [Int32] { (0..<Int32(count)).map { $0 } }
