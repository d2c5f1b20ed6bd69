import SMOSolver

/// How well one problem was solved, of a classifier or the only one of another model, and what its
/// solution consists of.
public struct ProblemReport: Sendable, Equatable {
  /// Objectives, KKT violation, gap and stop reason.
  public var certificate: Certificate
  /// The number of examples with a dual variable that is not 0.
  public var supportVectorCount: Int
  /// The number of those at their upper bound.
  public var boundedSupportVectorCount: Int
  /// The number of kernel values that were computed.
  package var kernelValuesComputed: Int
  /// Where the training's time went; nothing in a model that was loaded.
  package var phases: SolverPhases

  /// Collects the figures.
  package init(
    certificate: Certificate, supportVectorCount: Int, boundedSupportVectorCount: Int,
    kernelValuesComputed: Int, phases: SolverPhases = SolverPhases()
  ) {
    self.phases = phases
    self.certificate = certificate
    self.supportVectorCount = supportVectorCount
    self.boundedSupportVectorCount = boundedSupportVectorCount
    self.kernelValuesComputed = kernelValuesComputed
  }
}

extension ProblemReport {
  /// A problem that was not begun.
  package static func untrained(_ reason: StopReason) -> ProblemReport {
    ProblemReport(
      certificate: Certificate(
        iterations: 0, stopReason: reason, kktViolation: 2, primalObjective: 0, dualObjective: 0,
        relativeGap: nil, source: .running),
      supportVectorCount: 0, boundedSupportVectorCount: 0, kernelValuesComputed: 0)
  }

  /// Whether the problem was never begun, so that its pair of classes abstains from the vote.
  package var isUntrained: Bool {
    certificate.iterations == 0 && supportVectorCount == 0
      && certificate.stopReason != .converged && certificate.stopReason != .imported
  }
}
