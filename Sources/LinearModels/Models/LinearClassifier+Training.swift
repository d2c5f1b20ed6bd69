import LinearAlgebra
import Learning

extension LinearClassifier {
  /// What is to be learned from examples.
  public struct Settings: Sendable {
    package var loss: LinearLoss
    package var boxConstraint: Double
    package var intercept: Intercept
    package var decomposition: Decomposition
    /// The method; all give the same answer.
    package var solver = LinearSolver.automatic

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - loss: ``LinearLoss/hinge``, ``LinearLoss/squaredHinge`` or ``LinearLoss/logistic``.
    ///   - boxConstraint: C > 0. Larger values fit the training data harder.
    ///   - intercept: How the bias is treated.
    ///   - decomposition: How more than two classes become two.
    public init(
      loss: LinearLoss = .hinge, boxConstraint: Double = 1, intercept: Intercept = .free,
      decomposition: Decomposition = .oneVersusOne
    ) {
      self.loss = loss
      self.boxConstraint = boxConstraint
      self.intercept = intercept
      self.decomposition = decomposition
    }

    /// The same settings, solved by a given method.
    package func solved(by solver: LinearSolver) -> Settings {
      var settings = self
      settings.solver = solver
      return settings
    }
  }

  /// Trains a linear classifier.
  ///
  /// Each output minimises
  /// ```
  /// ½‖w‖² [+ ½(b/scale)²] + Σ C wᵢ ℓ(yᵢ, ⟨w, xᵢ⟩ + b)
  /// ```
  /// With the hinge loss and a free intercept that is the C-support vector classifier of the linear
  /// kernel, the same model that `SupportVectorClassifier` finds.
  ///
  /// Features are used as given; scale them first.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite.
  ///   - labels: n class names. When all are numbers, `+1`, `1` and `1.0` are one class.
  ///   - weights: Of each example a factor ≥ 0 of C, or `nil` for 1 everywhere. An example of weight 0
  ///     is ignored, its class too unless others have it; weight 2 is the example twice.
  ///   - settings: The loss and what else shapes the problem.
  ///   - options: When to stop. A problem is solved when its relative duality gap is at most a
  ///     thousandth of `tolerance` (but at least 5e-13), and ‖w − Σβᵢxᵢ‖, which the certificate
  ///     reports as its KKT violation, at most `tolerance` times ‖w‖, or times 1 for a shorter w; both
  ///     are recomputed from w and the dual variables. Iterations are the method's steps: matrices
  ///     factored, or passes over the examples. `precision`, `shrinking` and `certify` change
  ///     nothing: everything is in Double and certified.
  /// - Returns: The trained model. Reaching a limit or being cancelled is not an error: each output's
  ///   certificate says why it stopped; see ``isConverged``.
  /// - Throws: `TrainingError`.
  /// - Complexity: For few features O(n·d² + d³) for each of some 20 steps (10 for losses with a
  ///   derivative), for many O(stored features) for each of a few hundred passes. In
  ///   addition to the features memory is O(n + d²), or O(n + d).
  public static func train(
    features: FeatureMatrix, labels: [String], weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> LinearClassifier {
    try train(
      features: features, classes: ClassTable(labels), weights: weights, settings: settings,
      options: options)
  }

  /// Trains on classes whose names are kept as they are.
  package static func train(
    features: FeatureMatrix, classes: ClassTable, weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> LinearClassifier {
    try train(
      .local(features), classes: classes, weights: weights, settings: settings, options: options)
  }

  /// Trains on examples in this process or on several ranks, each of which gets the model; classes and
  /// weights are those of all examples.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    _ examples: ExampleSet, classes: ClassTable, weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> LinearClassifier {
    try TrainingChecks.examples(examples)
    let count = classes.codes.count
    guard count == examples.rowCount else {
      throw .countMismatch(what: "labels", found: count, rows: examples.rowCount)
    }
    try LinearChecks.parameters(
      settings.loss, forRegression: false, boxConstraint: settings.boxConstraint,
      intercept: settings.intercept)
    let costs = try LinearChecks.costs(
      weights, boxConstraint: settings.boxConstraint, rows: examples.rowCount)
    let used = (0..<count).filter { costs[$0] > 0 }
    let coded = classes.selecting(used)
    var codes = [Double](repeating: -1, count: count)
    var members = [[Int32]](repeating: [], count: coded.names.count)
    for (row, index) in zip(used, coded.codes) {
      codes[row] = Double(index)
      members[index].append(Int32(row))
    }
    let problems = binaryProblems(classes: coded.names.count, settings.decomposition)
    try LinearChecks.outputs(
      problems.count, features: examples.columnCount, memoryLimit: options.memoryLimit,
      classes: coded.names.count)
    let all = used.map { Int32($0) }
    let parts = problems.map { problem in
      LinearTraining.Part(
        rows: problem.negative.map { (members[$0] + members[problem.positive]).sorted() } ?? all,
        positive: problem.positive)
    }
    let run = try TrainingControl(
      options, problemCount: parts.count, solverLackingCheckpoints: "linear models")
    let solutions = try LinearTraining(
      examples: examples, loss: settings.loss, epsilon: 0, intercept: settings.intercept,
      solver: settings.solver, run: run
    ).solve(parts, targets: codes, costs: costs)
    do {
      return try LinearClassifier(
        classes: coded.names,
        function: LinearFunction(solutions, featureCount: examples.columnCount),
        decomposition: settings.decomposition, loss: settings.loss, intercept: settings.intercept,
        boxConstraint: settings.boxConstraint, tolerance: options.tolerance,
        trainingCount: used.count,
        problems: solutions.map(\.report))
    } catch {
      throw .model(error)
    }
  }

  /// Trains on dense features.
  package static func train(
    features: Matrix<Double>, labels: [String], weights: [Double]? = nil,
    settings: Settings = Settings(), options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> LinearClassifier {
    try train(
      features: .dense(features), labels: labels, weights: weights, settings: settings,
      options: options)
  }
}

extension LinearFunction {
  /// The parameters of solutions.
  init(_ solutions: [LinearSolution], featureCount: Int) throws(ModelError) {
    try self.init(
      weights: Matrix(rowCount: solutions.count, columnCount: featureCount) {
        solutions[$0].parameters[$1]
      },
      biases: solutions.map {
        $0.parameters.count > featureCount ? $0.parameters[featureCount] : 0
      })
  }
}
