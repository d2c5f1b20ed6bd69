import LinearAlgebra
import Learning

extension LinearRegressor {
  /// What is to be learned from examples.
  public struct Settings: Sendable {
    package var loss: LinearLoss
    package var boxConstraint: Double
    package var epsilon: Double
    package var intercept: Intercept
    /// The method; all give the same answer.
    package var solver = LinearSolver.automatic

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - loss: ``LinearLoss/epsilonInsensitive`` or ``LinearLoss/squaredEpsilonInsensitive``.
    ///   - boxConstraint: C > 0. Larger values fit the training data harder.
    ///   - epsilon: ε ≥ 0, in units of the target: errors within ±ε cost nothing.
    ///   - intercept: How the bias is treated.
    public init(
      loss: LinearLoss = .epsilonInsensitive, boxConstraint: Double = 1, epsilon: Double = 0.1,
      intercept: Intercept = .free
    ) {
      self.loss = loss
      self.boxConstraint = boxConstraint
      self.epsilon = epsilon
      self.intercept = intercept
    }

    /// The same settings, solved by a given method.
    package func solved(by solver: LinearSolver) -> Settings {
      var settings = self
      settings.solver = solver
      return settings
    }
  }

  /// Trains a linear regressor.
  ///
  /// It minimises ½‖w‖² [+ ½(b/scale)²] + Σ C wᵢ ℓ(yᵢ, ⟨w, xᵢ⟩ + b). With the ε-insensitive loss and a
  /// free intercept that is the ε-support vector regressor of the linear kernel, the same model that
  /// `SupportVectorRegressor` finds.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite.
  ///   - targets: n finite numbers.
  ///   - weights: Of each example a factor ≥ 0 of C, or `nil` for 1 everywhere. An example of weight 0
  ///     is ignored; weight 2 is the example twice.
  ///   - settings: The loss and what else shapes the problem.
  ///   - options: When to stop; see
  ///     ``LinearClassifier``.
  /// - Returns: The trained model. Reaching a limit or being cancelled is not an error: the
  ///   certificate says why training stopped; see ``isConverged``.
  /// - Throws: `TrainingError`.
  public static func train(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> LinearRegressor {
    try train(
      .local(features), targets: targets, weights: weights, settings: settings, options: options)
  }

  /// Trains on examples in this process or on several ranks, each of which gets the model; targets and
  /// weights are those of all examples.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    _ examples: ExampleSet, targets: [Double], weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> LinearRegressor {
    try TrainingChecks.examples(examples)
    try TrainingChecks.targets(targets, rowCount: examples.rowCount)
    try LinearChecks.parameters(
      settings.loss, forRegression: true, boxConstraint: settings.boxConstraint,
      intercept: settings.intercept)
    let epsilon = settings.epsilon
    guard epsilon >= 0, epsilon.isFinite else {
      throw .invalidParameter(name: "epsilon", value: "\(epsilon)", expected: "at least 0")
    }
    let costs = try LinearChecks.costs(
      weights, boxConstraint: settings.boxConstraint, rows: examples.rowCount)
    let rows = (0..<Int32(examples.rowCount)).filter { costs[Int($0)] > 0 }
    let run = try TrainingControl(options, solverLackingCheckpoints: "linear models")
    let solutions = try LinearTraining(
      examples: examples, loss: settings.loss, epsilon: epsilon,
      intercept: settings.intercept, solver: settings.solver, run: run
    ).solve([LinearTraining.Part(rows: rows)], targets: targets, costs: costs)
    do {
      return try LinearRegressor(
        function: LinearFunction(solutions, featureCount: examples.columnCount),
        loss: settings.loss, intercept: settings.intercept,
        boxConstraint: settings.boxConstraint, epsilon: epsilon,
        tolerance: options.tolerance, trainingCount: rows.count, problem: solutions[0].report)
    } catch {
      throw .model(error)
    }
  }

  /// Trains on dense features.
  package static func train(
    features: Matrix<Double>, targets: [Double], weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> LinearRegressor {
    try train(
      features: .dense(features), targets: targets, weights: weights, settings: settings,
      options: options)
  }
}
