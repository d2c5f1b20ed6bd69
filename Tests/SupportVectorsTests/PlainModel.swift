import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport
import Testing

/// What a model says of itself, recomputed from its support indices, coefficients and biases and the
/// training data by plain code in Double.
struct PlainProblem {
  var program: PlainProgram
  var alpha: [Double]
  var bias: Double

  var violation: Double { program.violation(alpha) }
  var primal: Double { program.primal(alpha, bias: bias) }
  var dual: Double { -program.objective(alpha) }
  var gap: Double { (primal - dual) / max(abs(primal), abs(dual), 1e-12) }
}

extension SupportVectorClassifier {
  /// The problems of all pairs, in the order of the biases.
  func plainProblems(_ features: Matrix<Double>, _ labels: [String]) -> [PlainProblem] {
    var problems: [PlainProblem] = []
    for earlier in classes.indices {
      for later in classes.indices where later > earlier {
        let rows = labels.indices.filter {
          labels[$0] == classes[earlier] || labels[$0] == classes[later]
        }
        let isPositive = rows.map { labels[$0] == classes[later] }
        let chosen = features.gatheringRows(rows)
        let alpha = zip(rows, isPositive).map { row, positive -> Double in
          guard let position = expansion.supportIndices.firstIndex(of: row) else { return 0 }
          let value = expansion.dualCoefficients[positive ? earlier : later - 1, position]
          return positive ? value : -value
        }
        problems.append(
          PlainProblem(
            program: .classification(
              kernel: plainKernelMatrix(expansion.kernel, chosen), isPositive: isPositive,
              boxConstraint: boxConstraint),
            alpha: alpha, bias: expansion.biases[problems.count]))
      }
    }
    return problems
  }
}

extension SupportVectorRegressor {
  func plainProblem(_ features: Matrix<Double>, _ targets: [Double]) -> PlainProblem {
    var coefficients = [Double](repeating: 0, count: targets.count)
    for (position, row) in expansion.supportIndices.enumerated() {
      coefficients[row] = expansion.dualCoefficients[0, position]
    }
    return PlainProblem(
      program: .regression(
        kernel: plainKernelMatrix(expansion.kernel, features), targets: targets,
        epsilon: epsilon, boxConstraint: boxConstraint),
      alpha: coefficients.map { max($0, 0) } + coefficients.map { max(-$0, 0) },
      bias: expansion.biases[0])
  }
}

/// Checks what must hold of every solution, however it ended: bounds, equality, and a certificate
/// that does not claim more than is so.
func checkHonesty(
  _ problem: PlainProblem, _ certificate: Certificate, tolerance: Double, _ comment: Comment,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let program = problem.program
  for (alpha, upper) in zip(problem.alpha, program.upper) {
    #expect(alpha >= 0 && alpha <= upper, comment, sourceLocation: sourceLocation)
  }
  let total = problem.alpha.reduce(0, +)
  let balance = program.equalities(problem.alpha)[0]
  // Every step rounds twice, to either side.
  let roundings = Double(problem.alpha.count) + 4 * Double(certificate.iterations).squareRoot()
  #expect(
    abs(balance) <= total * roundings * 0x1p-52, comment, sourceLocation: sourceLocation)
  let noise = program.noise(problem.alpha)
  let violation = problem.violation
  let report: Comment =
    "\(comment): \(certificate.stopReason) after \(certificate.iterations) at \(certificate.kktViolation), recomputed \(violation), noise \(noise)"
  switch certificate.stopReason {
  case .converged:
    #expect(certificate.kktViolation <= tolerance, report, sourceLocation: sourceLocation)
    #expect(violation <= 1.25 * tolerance + noise, report, sourceLocation: sourceLocation)
  case .stalled, .iterationLimit:
    #expect(certificate.kktViolation > tolerance, report, sourceLocation: sourceLocation)
    #expect(
      certificate.kktViolation >= violation / 2 - noise, report, sourceLocation: sourceLocation)
  case .timeLimit, .cancelled, .imported:
    Issue.record(report, sourceLocation: sourceLocation)
  }
}
