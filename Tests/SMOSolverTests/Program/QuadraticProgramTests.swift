import Kernels
import LinearAlgebra
import SMOSolver
import TestSupport
import Testing

@Suite struct QuadraticProgramTests {
  @Test func aClassificationHasOneVariableForEachExample() {
    let program = QuadraticProgram.classification(
      isPositive: [true, false, true], boxConstraints: [1, 2, 3])
    #expect(program.exampleCount == 3)
    #expect(program.variableCount == 3)
    #expect(program.groupCount == 1)
    #expect(Array(program.exampleIndex) == [0, 1, 2])
    #expect(program.isPositive == [true, false, true])
    #expect(program.linearTerm == [-1, -1, -1])
    #expect(program.lowerBound == [0, 0, 0])
    #expect(program.upperBound == [1, 2, 3])
    #expect(program.start == [0, 0, 0])
  }

  @Test func aRegressionHasTwoVariablesForEachExample() {
    let program = QuadraticProgram.regression(
      targets: [3, -1], epsilon: 0.5, boxConstraints: [1, 2])
    #expect(program.exampleCount == 2)
    #expect(Array(program.exampleIndex) == [0, 1, 0, 1])
    #expect(program.isPositive == [true, true, false, false])
    #expect(program.linearTerm == [-2.5, 1.5, 3.5, -0.5])
    #expect(program.upperBound == [1, 2, 1, 2])
  }

  /// The certificate of a point that is far from optimal: every figure is that of plain code.
  @Test func theCertificateOfAnyPointIsThatOfPlainCode() throws {
    for seed in UInt64(90)..<94 {
      var generator = TestGenerator(seed: seed)
      let classification = SolverCase.classification(40, boxConstraint: 2, seed: seed)
      // Equal sums on both sides, some at their bounds.
      var alpha = (0..<20).map { _ in min(2, max(0, 3 * generator.uniform() - 0.5)) }
      alpha = alpha.flatMap { [$0, $0] }
      let certificate = try classification.program.certificate(
        of: alpha, kernel: classification.kernel(Float.self), iterations: 5,
        stopReason: .iterationLimit)
      let plain = classification.plain
      let comment: Comment = "seed \(seed)"
      #expect(isClose(certificate.kktViolation, plain.violation(alpha), within: 1e-12), comment)
      #expect(isClose(certificate.dualObjective, -plain.objective(alpha), within: 1e-11), comment)
      #expect(certificate.source == .recomputed)
      #expect(certificate.iterations == 5)
      #expect(certificate.stopReason == .iterationLimit)
      let gap = try #require(certificate.relativeGap)
      #expect(gap >= 0, comment)
      let scale = max(abs(certificate.primalObjective), abs(certificate.dualObjective))
      #expect(
        isClose(
          gap, (certificate.primalObjective - certificate.dualObjective) / scale, within: 1e-12),
        comment)
    }
  }

  @Test func anIndefiniteKernelHasNoGap() throws {
    let problem = SolverCase.classification(
      30, function: .sigmoid(gamma: 1, constantTerm: -1), seed: 95)
    let certificate = try problem.program.certificate(
      of: Array(problem.program.start), kernel: problem.kernel(), iterations: 0,
      stopReason: .converged)
    #expect(certificate.relativeGap == nil)
  }
}
