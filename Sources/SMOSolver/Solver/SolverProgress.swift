/// The progress of a running training.
public struct SolverProgress: Sendable, Equatable {
  /// The pairs of variables moved so far.
  public var iterations: Int
  /// The KKT violation of the running gradient; infinite until it was first measured.
  public var kktViolation: Double
  /// The relative duality gap, where the solver knows it without much work: not within long rounds, not
  /// while examples are shrunk away, and not for kernels that are not positive semi-definite.
  public var relativeGap: Double?
  /// The examples that are not shrunk away.
  package var activeCount: Int
  /// All examples.
  package var exampleCount: Int
  /// Binary problems solved so far, of a model with several.
  public var problemsDone: Int
  /// The number of binary problems.
  public var problemCount: Int
  /// The binary problem that the figures are of, in the order of the model's problems.
  package var problem: Int
  /// The pairs of variables moved so far in this problem.
  package var problemIterations: Int
  /// Seconds since training began.
  public var elapsedSeconds: Double

  /// Collects the figures.
  package init(
    iterations: Int, kktViolation: Double, relativeGap: Double? = nil, activeCount: Int,
    exampleCount: Int, problemsDone: Int, problemCount: Int, problem: Int = 0,
    problemIterations: Int? = nil, elapsedSeconds: Double
  ) {
    self.iterations = iterations
    self.kktViolation = kktViolation
    self.relativeGap = relativeGap
    self.activeCount = activeCount
    self.exampleCount = exampleCount
    self.problemsDone = problemsDone
    self.problemCount = problemCount
    self.problem = problem
    self.problemIterations = problemIterations ?? iterations
    self.elapsedSeconds = elapsedSeconds
  }
}
