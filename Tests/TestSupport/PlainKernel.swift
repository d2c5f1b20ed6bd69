import Basics
import Kernels
import LinearAlgebra

/// Kernel values by the textbook's formulas, one feature after the other in Double.
///
/// Tiles and trained models are compared with it. It shares no code with the library. The value of a
/// formula that is missing here is NaN, which fails every comparison.
package func plainKernel(_ kernel: KernelFunction, _ x: [Double], _ z: [Double]) -> Double {
  func inner() -> Double {
    var sum = 0.0
    for index in x.indices { sum += x[index] * z[index] }
    return sum
  }
  func distance(_ power: (Double) -> Double) -> Double {
    var sum = 0.0
    for index in x.indices { sum += power(x[index] - z[index]) }
    return sum
  }
  switch kernel {
  case .formula(let formula):
    let gamma = formula.width ?? 0
    var constantTerm: Double { formula.value(of: .constantTerm) ?? 0 }
    switch formula.name {
    case "linear": return inner()
    case "polynomial": return pow(gamma * inner() + constantTerm, formula.value(of: .degree) ?? 0)
    case "gaussian": return exp(-gamma * distance { $0 * $0 })
    case "laplacian": return exp(-gamma * distance { $0 * $0 }.squareRoot())
    case "laplacian-l1": return exp(-gamma * distance { $0.magnitude })
    case "sigmoid": return tanh(gamma * inner() + constantTerm)
    case "rational-quadratic":
      let shape = formula.value(of: .shape) ?? 0
      return pow(1 + gamma * distance { $0 * $0 } / (2 * shape), -shape)
    case "matern32":
      let a = 3.0.squareRoot() * gamma * distance { $0 * $0 }.squareRoot()
      return (1 + a) * exp(-a)
    case "matern52":
      let a = 5.0.squareRoot() * gamma * distance { $0 * $0 }.squareRoot()
      return (1 + a + a * a / 3) * exp(-a)
    case "chi-squared":
      return exp(
        -gamma
          * zip(x, z).reduce(0) { sum, pair in
            let total = pair.0 + pair.1
            return total == 0 ? sum : sum + (pair.0 - pair.1) * (pair.0 - pair.1) / total
          })
    case "intersection": return zip(x, z).reduce(0) { $0 + min($1.0, $1.1) }
    default: return .nan
    }
  case .sum(let parts): return parts.reduce(0) { $0 + plainKernel($1, x, z) }
  case .product(let parts): return parts.reduce(1) { $0 * plainKernel($1, x, z) }
  case .scaled(let factor, let part): return factor * plainKernel(part, x, z)
  case .columns(let group, let part):
    let columns = group.ranges.flatMap { Array($0) }
    return plainKernel(part, columns.map { x[$0] }, columns.map { z[$0] })
  case .custom(let kernel): return kernel.value(x.span, z.span)
  case .precomputed: preconditionFailure("\(kernel.name) has no formula")
  }
}

/// The kernel matrix of two lists of examples, by ``plainKernel(_:_:_:)``.
package func plainKernelMatrix(
  _ kernel: KernelFunction, _ rows: Matrix<Double>, _ columns: Matrix<Double>
) -> Matrix<Double> {
  let x = (0..<rows.rowCount).map { rows.row($0) }
  let z = (0..<columns.rowCount).map { columns.row($0) }
  return Matrix(rowCount: x.count, columnCount: z.count) { plainKernel(kernel, x[$0], z[$1]) }
}

/// The kernel matrix of examples with themselves; one triangle is computed, since kernels are symmetric.
package func plainKernelMatrix(
  _ kernel: KernelFunction, _ examples: Matrix<Double>
) -> Matrix<Double> {
  let x = (0..<examples.rowCount).map { examples.row($0) }
  return .symmetric(x.count) { plainKernel(kernel, x[$0], x[$1]) }
}
