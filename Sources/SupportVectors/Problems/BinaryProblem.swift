import Learning
import SMOSolver

/// One binary problem of a classifier: in the terms of the solver, and back.
struct BinaryProblem: Sendable {
  let formulation: ClassifierFormulation
  let isPositive: [Bool]
  /// C or 1, times the weights of each example.
  let upperBounds: ProgramValues<Double>
  /// The size of kernel values, which the tolerance of the ν form follows.
  var kernelScale = 1.0

  var program: QuadraticProgram {
    switch formulation {
    case .c: .classification(isPositive: isPositive, boxConstraints: upperBounds)
    case .nu(let nu):
      .nuClassification(isPositive: isPositive, upperBounds: upperBounds, nu: nu)
        .scalingTolerance(kernelScale: kernelScale)
    }
  }

  /// Rejects a ν for which the problem has no solution.
  func check(_ classes: [String]) throws(TrainingError) {
    guard case .nu(let nu) = formulation else { return }
    let largest = QuadraticProgram.largestNu(isPositive: isPositive, upperBounds: upperBounds)
    // Twice a share of the sums rounds a few times.
    guard nu <= largest * (1 + 1e-12) else {
      throw .infeasibleNu(nu: nu, largest: largest, classes: classes)
    }
  }

  /// What the solver found, as coefficients and a bias on the scale of C-SVC.
  ///
  /// A ν-classification separates with the margin r in place of 1; divided by r, its coefficients and
  /// bias are those of the C-classification with C = 1/r. Where rounding leaves no margin they stay
  /// as they are.
  func solution(_ solution: Solution) -> ProblemSolution {
    let certificate = solution.certificate
    var scale = 1.0
    var bias = solution.multipliers[0]
    if case .nu = formulation {
      // Without the gradient at its start, a problem that was stopped has not begun.
      if certificate.iterations == 0, [.cancelled, .timeLimit].contains(certificate.stopReason) {
        return .untrained(certificate.stopReason)
      }
      let margin = (solution.multipliers[1] - solution.multipliers[0]) / 2
      bias = (solution.multipliers[0] + solution.multipliers[1]) / 2
      if margin > 1e-14 * solution.alpha.reduce(0, +) {
        scale = margin
        bias /= margin
      }
    }
    return ProblemSolution(
      coefficients: zip(solution.alpha, isPositive).map { ($1 ? $0 : -$0) / scale },
      bias: bias,
      report: ProblemReport(
        certificate: certificate, supportVectorCount: solution.alpha.count { $0 > 0 },
        boundedSupportVectorCount: zip(solution.alpha, upperBounds.array).count { $0 >= $1 },
        kernelValuesComputed: solution.kernelValuesComputed, phases: solution.phases))
  }

  /// The dual variables behind stored coefficients; `nil` when they cannot be this problem's.
  func alpha(of coefficients: [Double]) -> [Double]? {
    var alpha = zip(coefficients, isPositive).map { $1 ? $0 : -$0 }
    if case .nu(let nu) = formulation {
      // Σ α = ν Σ w shows what they were divided by.
      let total = alpha.reduce(0, +)
      let scale = nu * upperBounds.array.reduce(0, +) / total
      guard total > 0, scale.isFinite else {
        return alpha.allSatisfy { $0 == 0 } ? alpha : nil
      }
      alpha = zip(alpha, upperBounds.array).map { snapped($0 * scale, to: $1) }
    }
    return zip(alpha, upperBounds.array).allSatisfy { $0 >= 0 && $0 <= $1 } ? alpha : nil
  }
}

/// A product that rounding has moved off the bound it was at.
func snapped(_ value: Double, to bound: Double) -> Double {
  abs(value - bound) <= 1e-9 * bound ? bound : value
}
