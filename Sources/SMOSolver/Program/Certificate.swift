/// Why training stopped.
public enum StopReason: String, Sendable, Equatable, CaseIterable {
  /// The KKT violation is within the tolerance.
  case converged
  /// The iteration limit was reached first.
  case iterationLimit
  /// The deadline was reached first.
  case timeLimit
  /// The caller asked to stop.
  case cancelled
  /// No step changes anything any more, also after the gradient was recomputed.
  case stalled
  /// Another program trained the model, and its file does not tell.
  case imported
}

/// How well a quadratic program was solved.
public struct Certificate: Sendable, Equatable {
  /// Where the figures come from.
  package enum Source: String, Sendable, Equatable {
    /// The gradient that the solver updated as it went.
    case running
    /// A gradient recomputed in Double from the dual variables.
    case recomputed
  }

  /// The number of pairs of variables that were moved.
  public var iterations: Int
  /// Why the solver stopped.
  public var stopReason: StopReason
  /// m(α) − M(α), by how much the most violating pair violates the Karush-Kuhn-Tucker conditions,
  /// in units of the decision value; 0 when it is negative.
  public var kktViolation: Double
  /// The primal objective at the weights that α stands for and the best bias.
  public var primalObjective: Double
  /// The dual objective, which is maximised.
  public var dualObjective: Double
  /// (primal − dual) / max(|primal|, |dual|, 1e-12); `nil` for kernels that are not positive
  /// semi-definite, where the gap bounds nothing.
  public var relativeGap: Double?
  /// Where the figures come from.
  package var source: Source
  /// How much of a recomputed violation may be the rounding of Double; 0 where it was not estimated.
  package var resolution = 0.0

  /// Collects the figures.
  package init(
    iterations: Int, stopReason: StopReason, kktViolation: Double, primalObjective: Double,
    dualObjective: Double, relativeGap: Double?, source: Source
  ) {
    self.iterations = iterations
    self.stopReason = stopReason
    self.kktViolation = kktViolation
    self.primalObjective = primalObjective
    self.dualObjective = dualObjective
    self.relativeGap = relativeGap
    self.source = source
  }
}
